/* Walking through everything a store holds, oldest store commit first: from this an index is rebuilt. */
#ifndef NODE_STORE_WALK_H
#define NODE_STORE_WALK_H

#include "node/store.h"

struct store_entry {
	char prefix;
	struct hash256 hash;
	struct git_id git;
};
struct store_step {
	struct git_id commit;
	uint64_t number; /* of the store commit in the chain, from 0 */
	int64_t time;
	const struct store_entry *blobs; /* sorted by prefix and hash */
	size_t blob_count;
	const struct git_id *tips; /* changes; those before them are reached through their parents */
	size_t tip_count;
};
struct store_walk;

/* Begins after the store commit `after` (NULL: at the beginning).  ERR_NOT_FOUND when that one is not
 * in the chain (any more): begin at the beginning. */
MUST_USE enum err store_walk_open(struct store_walk **out, struct store *s, const struct git_id *after,
	struct err_text *why);
/* The next step, valid until the next call; *step is NULL after the last one. */
MUST_USE enum err store_walk_next(const struct store_step **step, struct store_walk *w,
	struct err_text *why);
void store_walk_close(struct store_walk *w);

#endif
