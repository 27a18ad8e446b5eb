/* Writing: changes committed per second, beside signing alone, and one durable edit beside its floor. */
#include "tests/bench/bench.h"
#include "tests/bench/work.h"

#include "tests/support/temp_home.h"

#include <string.h>

enum { CASES = 200, EDITS = 10000, RUNS = 3, SINGLE = 200 };

/* Signing alone: the same texts, by the same key. */
static double sign_alone(struct work *w, const struct work_change *changes, size_t count)
{
	struct buf texts[64];
	uint8_t signature[SIGN_SIZE];
	double seconds = 0;
	for (size_t i = 0; i < count;) {
		size_t n = 0;
		for (; n < sizeof texts / sizeof texts[0] && i < count; n++, i++) {
			struct arena a;
			struct change *c;
			const struct git_id *parents;
			arena_init(&a, 1 << 22);
			buf_init(&texts[n], CHANGE_COMMIT_MAX);
			if (change_parse_commit(&c, &parents, &a, changes[i].commit, NULL)
				|| change_put_unsigned(&texts[n], c, parents))
				bench_fail("signing alone", "a change cannot be written again");
			arena_clear(&a);
		}
		double start = bench_now();
		for (size_t k = 0; k < n; k++)
			if (sshsig_make(signature, &w->budel->officer, "git", buf_bytes(&texts[k])))
				bench_fail("signing alone", "no signature");
		seconds += bench_now() - start;
		for (size_t k = 0; k < n; k++)
			buf_clear(&texts[k]);
	}
	return seconds;
}

/* One edit at a time, each durable when its call returns. */
static double edit_singly(struct work *w)
{
	const struct edit *edits = work_make_edits(w, SINGLE, 1);
	double seconds = 0;
	for (size_t i = 0; i < SINGLE; i++)
		seconds += work_edit(w, &edits[i], 1);
	return SINGLE / seconds;
}

static double flush_alone(const struct work *w)
{
	char path[FS_PATH_MAX];
	if (fs_path(path, "%s/floor", w->homes[1]))
		bench_fail("the floor of flushing", "path too long");
	double start = bench_now();
	for (int i = 0; i < SINGLE; i++)
		if (fs_write_file(path, bytes_text("x"), 0600, NULL, NULL))
			bench_fail("the floor of flushing", path);
	return SINGLE / (bench_now() - start);
}

/* The best of some runs, each a transaction of EDITS with its floor beside it. */
static void measure(double *edit, double *sign, struct work *w, size_t cases, int runs)
{
	work_open_cases(w, cases);
	*edit = *sign = 0;
	for (int run = 0; run < runs; run++) {
		int64_t last;
		size_t count;
		const struct edit *edits = work_make_edits(w, EDITS, 1);
		if (index_last_change(&last, replica_index(w->budel->replica)))
			bench_fail("edit", "the index does not say what is last");
		double rate = EDITS / work_edit(w, edits, EDITS);
		const struct work_change *changes = work_collect(w, last, &count);
		double alone = (double)count / sign_alone(w, changes, count);
		*edit = rate > *edit ? rate : *edit;
		*sign = alone > *sign ? alone : *sign;
	}
}

void bench_edit(struct bench *b)
{
	struct work w;
	double edit, sign;
	work_open(&w);
	measure(&edit, &sign, &w, CASES, RUNS);
	bench_heading("writing");
	bench_put(b, &(struct bench_row){ "signing alone", sign, "a second", 0, 0, 0, false });
	bench_put(b,
		&(struct bench_row){ "changes committed, 10,000 in one transaction, 200 cases", edit, "a second",
			sign, 1.0 / 8, 1.0 / 4, false });
	double flush = flush_alone(&w);
	double single = edit_singly(&w);
	work_close(&w);
	work_open(&w);
	measure(&edit, &sign, &w, 1, 1);
	work_close(&w);
	bench_put(b,
		&(struct bench_row){ "changes committed, 10,000 in one transaction, one case", edit, "a second", sign,
			0, 1.0 / 4, false });
	bench_put(b,
		&(struct bench_row){
			"write, flush, rename, flush of the folder", flush, "a second", 0, 0, 0, false });
	bench_put(b,
		&(struct bench_row){
			"edits, each durable before the next", single, "a second", flush, 0, 1.0 / 3, false });
}
