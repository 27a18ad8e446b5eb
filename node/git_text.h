/* The texts of git objects, as far as a store needs them: headers of commits, entries of trees.
 *
 * Pure functions over bytes; everything they read may be damaged or foreign. */
#ifndef NODE_GIT_TEXT_H
#define NODE_GIT_TEXT_H

#include "base/buf.h"
#include "base/id.h"

enum { GIT_HEX = 40 };

/* The head of a commit: `tree`, then `parent` lines, then the rest. */
struct git_commit {
	struct git_id tree;
	struct bytes parents; /* the parent lines, GIT_PARENT_LINE bytes each */
	struct bytes rest;    /* from the author line on */
};
enum { GIT_PARENT_LINE = 7 + GIT_HEX + 1 };

/* ERR_FORMAT when tree or parent lines are malformed. */
MUST_USE enum err git_commit_parse(struct git_commit *out, struct bytes text);
size_t git_commit_parents(const struct git_commit *c);
/* The parent of that number, which must be below git_commit_parents. */
struct git_id git_commit_parent(const struct git_commit *c, size_t i);

/* Appends one entry of a tree: a file (mode 100644).  The caller puts names in bytewise order. */
void git_tree_put(struct buf *out, struct bytes name, const struct git_id *id);

struct git_tree_entry {
	struct bytes name; /* borrowed */
	struct git_id id;
};
/* Reads the entry at *at and moves *at behind it; ERR_FORMAT unless it is a file of mode 100644. */
MUST_USE enum err git_tree_next(struct git_tree_entry *out, struct bytes tree, size_t *at);

#endif
