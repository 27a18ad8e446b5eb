/* Checkpoints that follow from constants alone; see tests/support/sample.h. */
#ifndef TESTS_SUPPORT_SAMPLE_JOURNAL_H
#define TESTS_SUPPORT_SAMPLE_JOURNAL_H

#include "schema/checkpoint.h"
#include "schema/entry.h"

enum { SAMPLE_ENTRIES = 6 };

struct sample_checkpoint {
	struct arena arena;
	struct checkpoint checkpoint;
	struct checkpoint_id id;
	struct buf entries; /* the blob */
	struct buf commit;
};

/* One entry of every kind, in the arena. */
const struct entry *sample_entries(struct arena *a);

/* Sequence 0 (two boxes, no parent) or 1 (no box, the parent's git id).  NULL: runs of one byte. */
void sample_checkpoint_make(struct sample_checkpoint *s, uint64_t sequence, const struct git_id *tree,
	const struct git_id *parent);
void sample_checkpoint_clear(struct sample_checkpoint *s);

/* The journal key of the samples; the caller frees it. */
void sample_journal_key(struct secret *out);

#endif
