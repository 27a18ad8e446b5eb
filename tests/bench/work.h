/* What the bench works on: two sites with homes on disk, cases, and edits like those of a day. */
#ifndef TESTS_BENCH_WORK_H
#define TESTS_BENCH_WORK_H

#include "tests/support/federation.h"

#include "node/fs.h"

enum { WORK_CASES_MAX = 512, WORK_OPS_MAX = 3 };

struct work {
	struct federation fed;
	struct fed_site *centre, *budel;
	char homes[2][FS_PATH_MAX];
	const struct form *form; /* of budel's replica */
	struct case_id cases[WORK_CASES_MAX];
	size_t case_count;
	struct arena arena; /* edits, and what a part keeps */
	uint64_t seed;
};

/* Homes on disk, this machine's clock and randomness. */
void work_open(struct work *w);
void work_close(struct work *w);

/* Budel opens so many cases, in one transaction. */
void work_open_cases(struct work *w, size_t count);

/* `count` edits of fields of those cases by budel's officer, mostly one field each, never more than
 * `fields_max`; in the arena. */
const struct edit *work_make_edits(struct work *w, size_t count, uint32_t fields_max);
/* Makes them, in one transaction; asserts that all were done.  Returns the seconds. */
double work_edit(struct work *w, const struct edit *edits, size_t count);

/* What budel wrote after that number of its index, as it would travel: portable wire and blobs. */
struct work_change {
	struct bytes wire;
	struct bytes commit;
	struct admit_blob *blobs;
	size_t blob_count;
};
const struct work_change *work_collect(struct work *w, int64_t after, size_t *count);

/* The centre takes the changes in, in batches.  Returns the seconds, reading the wire included. */
double work_admit(struct work *w, const struct work_change *changes, size_t count, size_t batch);

#endif
