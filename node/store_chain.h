/* The store chain: unsigned commits whose only job is to keep reachable what a node holds.
 *
 * Commit 0 has no parents and the empty tree; every later one has the one before it as its first
 * parent, then the new tips, and a tree of the new blobs by name.  docs/format.md, "Store". */
#ifndef NODE_STORE_CHAIN_H
#define NODE_STORE_CHAIN_H

#include "node/gittext.h"
#include "node/store_walk.h"

enum { CHAIN_NAME = 2 + 64, CHAIN_COMMIT_MAX = 64 * 1024 };

struct chain_commit {
	struct git_id tree;
	struct git_id previous; /* when number is not 0 */
	uint64_t number;
	int64_t time; /* UTC seconds, 0 to 2^34 - 1: a later date breaks stock git */
	const struct git_id *tips;
	size_t tip_count;
};

/* Appends the commit; the time is forced into its range, so that a broken clock stops nobody. */
void chain_put(struct buf *out, const struct chain_commit *c);

/* Reads a commit back.  `tips` is not set: tip i is parent i + 1 of `text`, which borrows from
 * `commit`.  ERR_FORMAT when chain_put would not have written it. */
MUST_USE enum err chain_parse(struct chain_commit *out, struct gittext_commit *text, struct bytes commit);

/* The name of a blob, such as "p-" and 64 digits; no NUL. */
void chain_name(char out[CHAIN_NAME], char prefix, const struct hash256 *hash);
MUST_USE enum err chain_parse_name(char *prefix, struct hash256 *hash, struct bytes name);

#endif
