/* The body of a store in git, shared by its reading and its writing half; private to them. */
#ifndef NODE_STORE_GIT_H
#define NODE_STORE_GIT_H

#include "node/fs.h"
#include "node/store_body.h"

struct git_odb;

/* What must be done before `odb` is asked next.  libgit2 looks for new packs but never lets go of one
 * that is gone, with its descriptor and its room on the disk, until the database is closed. */
enum git_store_look { LOOK_FRESH, LOOK_AGAIN, LOOK_ANEW };

struct git_store {
	struct store store;
	struct git_odb *odb;
	enum git_store_look look;
	struct store_heads seen; /* what this handle wrote or read last */
	char dir[FS_PATH_MAX];   /* HOME/store.git */
	char packs[FS_PATH_MAX]; /* its objects/pack */
	size_t pack_count;
	struct fs_stats stats;
};

/* Makes the folders and settings of an empty store, or completes half made ones. */
MUST_USE enum err store_git_init(const char *home, struct fs_stats *stats, struct err_text *why);

MUST_USE enum err store_git_apply(struct store *s, const struct store_plan *p, struct err_text *why);
MUST_USE enum err store_git_merge(struct store *s, size_t packs_max, struct err_text *why);

#endif
