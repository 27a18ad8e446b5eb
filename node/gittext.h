/* The texts of git objects, as far as a store needs them: headers of commits, entries of trees.
 *
 * Pure functions over bytes; everything they read may be damaged or foreign. */
#ifndef NODE_GITTEXT_H
#define NODE_GITTEXT_H

#include "base/buf.h"
#include "base/id.h"

enum { GITTEXT_HEX = 40 };

/* The head of a commit: `tree`, then `parent` lines, then the rest. */
struct gittext_commit {
	struct git_id tree;
	struct bytes parents; /* the parent lines, GITTEXT_PARENT_LINE bytes each */
	struct bytes rest;    /* from the author line on */
};
enum { GITTEXT_PARENT_LINE = 7 + GITTEXT_HEX + 1 };

/* ERR_FORMAT when tree or parent lines are malformed. */
MUST_USE enum err gittext_parse(struct gittext_commit *out, struct bytes text);
size_t gittext_parent_count(const struct gittext_commit *c);
/* The parent of that number, which must be below gittext_parent_count. */
struct git_id gittext_parent(const struct gittext_commit *c, size_t i);

/* Appends one entry of a tree: a file (mode 100644).  The caller puts names in bytewise order. */
void gittext_tree_put(struct buf *out, struct bytes name, const struct git_id *id);

struct gittext_entry {
	struct bytes name; /* borrowed */
	struct git_id id;
};
/* Reads the entry at *at and moves *at behind it; ERR_FORMAT unless it is a file of mode 100644. */
MUST_USE enum err gittext_tree_next(struct gittext_entry *out, struct bytes tree, size_t *at);

#endif
