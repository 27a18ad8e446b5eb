/* Sample contents for a store: commits shaped as changes and checkpoints, with made-up signatures. */
#ifndef TESTS_SUPPORT_STORE_SAMPLE_H
#define TESTS_SUPPORT_STORE_SAMPLE_H

#include "node/store.h"

/* Appends a change of about 700 bytes; `number` makes it one of its kind. */
void sample_change(struct buf *out, const struct git_id *parents, size_t parent_count, int64_t time,
	uint64_t number);

/* Appends a checkpoint over `entries`; `parent` may be NULL. */
void sample_checkpoint(struct buf *out, struct bytes entries, const struct git_id *parent, int64_t time,
	uint64_t number);

/* A foreign checkpoint of the zero node with entries of its own; `text` becomes its commit. */
struct store_checkpoint sample_checkpoint_init(struct buf *text, const struct git_id *parent,
	uint64_t number);

/* A blob of these bytes under its right name. */
struct store_blob sample_blob(char prefix, struct bytes data);

/* Asserts that the transaction succeeds, from the heads that the store has now. */
void sample_write(struct store *s, struct store_txn *t);

/* A chain of `count` changes from `*tip` (zero: from nothing), each with a payload of 72 bytes, in one
 * transaction; *tip becomes the last one.  Numbers run from `number`. */
void sample_write_chain(struct store *s, struct git_id *tip, size_t count, int64_t time, uint64_t number);

#endif
