/* Temporary folders. */
#include "tests/support/temp_home.h"

#include <assert.h>
#include <stdlib.h>

void temp_home_make(char out[FS_PATH_MAX])
{
	const char *base = getenv("TMPDIR");
	enum err e = fs_path(out, "%s/dossier-test-XXXXXX", base ? base : "/tmp");
	assert(!e);
	const char *made = mkdtemp(out);
	assert(made);
}

void temp_home_remove(const char *path)
{
	struct fs_names names;
	struct fs_info info;
	char child[FS_PATH_MAX];
	enum err e = fs_list(&names, path, NULL);
	for (size_t i = 0; i < names.count; i++) {
		if (fs_path(child, "%s/%s", path, names.names[i]) || fs_stat(&info, child, NULL))
			continue;
		if (info.kind == FS_DIR)
			temp_home_remove(child);
		else
			e = fs_remove(child, NULL);
	}
	fs_names_clear(&names);
	e = fs_remove_dir(path, NULL);
	(void)e; /* what stays does no harm to a test */
}
