/* Git's refs as files: reading, and moving one by stock git's own lock protocol.
 *
 * Own code, because libgit2 does not flush the folders that it makes for a ref, and opens no
 * repository without reading the user's git configuration.  A ref is a file below the git folder, or,
 * after a stock `git pack-refs`, a line of `packed-refs`.  Writers hold the home's lock. */
#ifndef NODE_REFS_H
#define NODE_REFS_H

#include "base/id.h"
#include "node/fs.h"
#include "node/store.h"

enum { REFS_NAME_MAX = 160, REFS_PACKED_MAX = 64 * 1024 * 1024 };

#define REFS_STORE "refs/heads/store"
#define REFS_JOURNAL "refs/heads/journal"
#define REFS_JOURNALS "refs/journals"

/* The name of another node's journal. */
void refs_journal_name(char out[REFS_NAME_MAX], const struct node_id *node,
	const struct incarnation_id *incarnation);

/* ERR_NOT_FOUND; ERR_IO when the ref holds something else than an id. */
MUST_USE enum err refs_read(struct git_id *out, const char *git_dir, const char *name,
	struct err_text *why);

/* All refs/journals, sorted; the caller frees *out.  Other names there are passed over. */
MUST_USE enum err refs_journals(struct store_journal **out, size_t *count, const char *git_dir,
	struct err_text *why);

/* One ref that moves from `old` (or from nothing) to `head`. */
struct refs_move {
	char name[REFS_NAME_MAX];
	bool has_old, locked;
	struct git_id old, head;
};

/* Makes and flushes the ref's lock file, which holds the new value, after comparing the present one:
 * ERR_CONFLICT.  A lock file that a killed process left is removed. */
MUST_USE enum err refs_lock(struct refs_move *m, const char *git_dir, struct fs_stats *stats,
	struct err_text *why);
/* Moves a locked ref; flushes its folder.  After an error of the flush the ref may have moved. */
MUST_USE enum err refs_commit(struct refs_move *m, const char *git_dir, struct fs_stats *stats,
	struct err_text *why);
/* Gives up a lock; not locked is fine. */
void refs_unlock(struct refs_move *m, const char *git_dir);

/* Removes lock files that killed processes left on the refs of a store. */
void refs_clean(const char *git_dir);

#endif
