/* Receiving: changes taken in per second, from wire to durable, beside verification alone. */
#include "tests/bench/bench.h"
#include "tests/bench/work.h"

enum { CASES = 200, CHANGES = 5000, BATCH = 1000, RUNS = 3 };

static double verify_alone(struct work *w, const struct work_change *changes, size_t count)
{
	struct arena a;
	double seconds = 0;
	arena_init(&a, 1 << 22);
	for (size_t i = 0; i < count; i++) {
		struct change *c;
		if (change_parse_wire(&c, &a, &w->fed.id, changes[i].wire, NULL))
			bench_fail("verification alone", "a change cannot be read");
		double start = bench_now();
		if (change_verify(c, changes[i].commit))
			bench_fail("verification alone", "a signature does not hold");
		seconds += bench_now() - start;
		arena_clear(&a);
	}
	return seconds;
}

void bench_receive(struct bench *b)
{
	struct work w;
	int64_t last = 0;
	size_t count;
	double receive = 0, verify = 0;
	work_open(&w);
	work_open_cases(&w, CASES);
	const struct work_change *changes = work_collect(&w, last, &count);
	work_admit(&w, changes, count, BATCH);
	for (int run = 0; run < RUNS; run++) {
		if (index_last_change(&last, replica_index(w.budel->replica)))
			bench_fail("receive", "the index does not say what is last");
		work_edit(&w, work_make_edits(&w, CHANGES, 1), CHANGES);
		changes = work_collect(&w, last, &count);
		double rate = (double)count / work_admit(&w, changes, count, BATCH);
		double alone = (double)count / verify_alone(&w, changes, count);
		receive = rate > receive ? rate : receive;
		verify = alone > verify ? alone : verify;
	}
	bench_heading("receiving");
	bench_put(b, &(struct bench_row){ "verification alone", verify, "a second", 0, 0, 0, false });
	bench_put(b,
		&(struct bench_row){ "changes received, in batches of 1,000, 200 cases", receive, "a second", verify,
			0.30, 0.50, false });
	work_close(&w);
}
