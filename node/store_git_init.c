/* Making the bare repository of a store, folder by folder, so that every piece of it is flushed. */
#include "node/store_git.h"

/* What stock git is told, so that `gc` is never needed but always safe: it does not start by itself,
 * and keeps no graph, bitmap or log that would name what an erasure removed. */
static const char config[] =
	"[core]\n"
	"\trepositoryformatversion = 0\n"
	"\tfilemode = true\n"
	"\tbare = true\n"
	"\tlogAllRefUpdates = false\n"
	"\tcommitGraph = false\n"
	"\tmultiPackIndex = false\n"
	"\tfsync = all\n"
	"[gc]\n"
	"\tauto = 0\n"
	"\twriteCommitGraph = false\n"
	"[repack]\n"
	"\twriteBitmaps = false\n"
	"[maintenance]\n"
	"\tauto = false\n";

/* What a clone or a `git log` begins with: the node's diary. */
static const char head[] = "ref: refs/heads/journal\n";

enum err store_git_init(const char *home, struct fs_stats *stats, struct err_text *why)
{
	static const char *const folders[] = {
		"", "/objects", "/objects/info", "/objects/pack", "/refs", "/refs/heads", "/refs/journals",
	};
	char path[FS_PATH_MAX];
	enum err e = ERR_OK;
	for (size_t i = 0; !e && i < sizeof folders / sizeof folders[0]; i++) {
		e = fs_path(path, "%s/store.git%s", home, folders[i]);
		if (!e)
			e = fs_make_dir(path, stats, why);
	}
	if (!e)
		e = fs_path(path, "%s/store.git/config", home);
	if (!e)
		e = fs_write_file(path, bytes_text(config), 0600, stats, why);
	if (!e)
		e = fs_path(path, "%s/store.git/HEAD", home);
	/* Last, because it says that the rest is there. */
	return e ? e : fs_write_file(path, bytes_text(head), 0600, stats, why);
}
