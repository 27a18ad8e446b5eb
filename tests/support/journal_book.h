/* A node's own journal read back: all that its checkpoints say. */
#ifndef TESTS_SUPPORT_JOURNAL_BOOK_H
#define TESTS_SUPPORT_JOURNAL_BOOK_H

#include "node/replica.h"

struct journal_book {
	struct arena arena;
	struct index_checkpoint *rows; /* own checkpoints of all incarnations, by number */
	size_t count;
	const struct entry **entries; /* of each row */
	uint32_t *entry_counts;
};

/* Opens every checkpoint and its entries; asserts that all of it holds. */
void journal_book_open(struct journal_book *b, struct replica *r);
void journal_book_close(struct journal_book *b);

/* How many entries are of a kind; how often a change is named as written. */
size_t journal_book_count(const struct journal_book *b, uint32_t kind);
size_t journal_book_named(const struct journal_book *b, const struct change_id *id);

#endif
