/* What the store costs, beside the floors of this machine measured in the same run. */
#include "node/fs.h"
#include "node/process.h"
#include "node/store_walk.h"
#include "tests/support/store_sample.h"
#include "tests/support/temp_home.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 10000, EDITS = 500, FILES = 300, TIME = 1700000000 };

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void row(const char *what, double value, const char *unit, const char *floor, double ratio)
{
	printf("%-44s %12.1f %-10s", what, value, unit);
	if (floor)
		printf(" %6.0f %% of %s", ratio * 100, floor);
	putchar('\n');
}

static struct store *open_home(const char *home)
{
	struct store *s = NULL;
	enum err e = store_git_open(&s, home, NULL);
	assert(!e);
	return s;
}

/* Write, flush, rename, flush the folder: what one durable step costs at least. */
static double rename_floor(const char *home)
{
	char path[FS_PATH_MAX];
	enum err e = fs_path(path, "%s/floor", home);
	double from = now();
	for (int i = 0; !e && i < FILES; i++)
		e = fs_write_file(path, bytes_text("one small file"), 0600, NULL, NULL);
	assert(!e);
	return FILES / (now() - from);
}

/* The changes of a transaction, made before the clock runs. */
struct batch {
	struct store_txn txn;
	uint8_t (*payloads)[72];
	struct buf *texts;
};

static void batch_init(struct batch *b, size_t count, struct git_id *tip, uint64_t number)
{
	b->texts = calloc(count, sizeof *b->texts);
	b->payloads = calloc(count, sizeof *b->payloads);
	b->txn = (struct store_txn){ .blob_count = count, .change_count = count, .time = TIME };
	b->txn.blobs = calloc(count, sizeof *b->txn.blobs);
	b->txn.changes = calloc(count, sizeof *b->txn.changes);
	assert(b->texts && b->payloads && b->txn.blobs && b->txn.changes);
	for (size_t i = 0; i < count; i++) {
		uint64_t seed = number + i;
		buf_init(&b->texts[i], 4096);
		sample_change(&b->texts[i], tip, !git_id_is_zero(tip), TIME, number + i);
		b->txn.changes[i].commit = buf_bytes(&b->texts[i]);
		enum err e = store_hash(tip, STORE_COMMIT, b->txn.changes[i].commit);
		assert(!e);
		memcpy(b->payloads[i], &seed, sizeof seed);
		b->txn.blobs[i] = sample_blob('p', bytes_of(b->payloads[i], sizeof b->payloads[i]));
	}
}

static void batch_clear(struct batch *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_clear(&b->texts[i]);
	free(b->texts);
	free(b->payloads);
	free(b->txn.blobs);
	free(b->txn.changes);
}

static double hash_floor(const struct batch *b)
{
	struct git_id id;
	double from = now();
	for (size_t i = 0; i < BATCH; i++) {
		enum err e = store_hash(&id, STORE_COMMIT, b->txn.changes[i].commit);
		if (!e)
			e = store_hash(&id, STORE_BLOB, b->txn.blobs[i].data);
		assert(!e);
	}
	return BATCH / (now() - from);
}

static void bench_batch(struct store *s, struct git_id *tip)
{
	struct batch b;
	struct store_stats before, after;
	batch_init(&b, BATCH, tip, 1);
	double floor = hash_floor(&b);
	store_stats(&before, s);
	double from = now();
	sample_write(s, &b.txn);
	double rate = BATCH / (now() - from);
	store_stats(&after, s);
	row("ids of a change and its blob (floor)", floor, "/s", NULL, 0);
	row("10,000 changes in one transaction", rate, "/s", "ids alone", rate / floor);
	row("  bytes written per change", (double)(after.bytes_written - before.bytes_written) / BATCH, "bytes",
		NULL, 0);
	row("  flushes", (double)(after.flushes - before.flushes), "", NULL, 0);
	batch_clear(&b, BATCH);
}

static void bench_edits(struct store *s, struct git_id *tip, double floor)
{
	struct batch b;
	struct store_stats before, after;
	double spent = 0, worst = 0;
	store_stats(&before, s);
	for (unsigned i = 0; i < EDITS; i++) {
		batch_init(&b, 1, tip, 1000000 + i);
		double from = now();
		sample_write(s, &b.txn);
		double took = now() - from;
		spent += took;
		worst = took > worst ? took : worst;
		batch_clear(&b, 1);
	}
	store_stats(&after, s);
	row("one change a transaction", EDITS / spent, "/s", "write, flush, rename, flush",
		EDITS / spent / floor);
	row("  flushes each, merges included", (double)(after.flushes - before.flushes) / EDITS, "", NULL, 0);
	row("  the slowest, with a merge of packs", worst * 1e3, "ms", NULL, 0);
	row("  packs at the end", (double)after.packs, "", NULL, 0);
}

static void bench_reads(struct store *s, const char *what)
{
	struct store_walk *w = NULL;
	const struct store_step *step = NULL;
	struct buf out;
	size_t count = 0;
	double from = now(), reading = 0;
	buf_init(&out, STORE_OBJECT_MAX);
	enum err e = store_walk_open(&w, s, NULL, NULL);
	while (!e && !(e = store_walk_next(&step, w, NULL)) && step) {
		double start = now();
		for (size_t i = 0; !e && i < step->blob_count; i++, count++) {
			buf_reset(&out);
			e = store_read(&out, s, STORE_BLOB, &step->blobs[i].git, 4096, NULL);
		}
		reading += now() - start;
	}
	assert(!e);
	double all = now() - from;
	store_walk_close(w);
	buf_clear(&out);
	printf("%s\n", what);
	row("  reading a blob", reading / (double)count * 1e6, "us", NULL, 0);
	row("  walking the chain, per blob", (all - reading) / (double)count * 1e6, "us", NULL, 0);
}

static void bench_misses(struct store *s)
{
	struct git_id id = { { 0 } };
	double from = now();
	for (unsigned i = 0; i < 1000; i++) {
		memcpy(id.b, &i, sizeof i);
		bool has = store_has(s, &id);
		assert(!has);
	}
	row("  asking for what is not there", (now() - from) * 1e3, "us", NULL, 0);
}

int main(void)
{
	char home[FS_PATH_MAX];
	struct git_id tip = { 0 };
	process_tune_memory();
	temp_home_make(home);
	double from = now();
	struct store *s = open_home(home);
	row("making a store", (now() - from) * 1e3, "ms", NULL, 0);
	double floor = rename_floor(home);
	row("write, flush, rename, flush (floor)", floor, "/s", NULL, 0);
	bench_batch(s, &tip);
	bench_edits(s, &tip, floor);
	bench_reads(s, "with up to 64 packs");
	bench_misses(s);
	from = now();
	enum err e = store_merge_packs(s, 2, NULL);
	assert(!e);
	row("merging the packs, of 10,500 changes", (now() - from) * 1e3, "ms", NULL, 0);
	bench_reads(s, "with one or two packs");
	bench_misses(s);
	store_close(s);
	from = now();
	s = open_home(home);
	row("opening a store", (now() - from) * 1e3, "ms", NULL, 0);
	store_close(s);
	temp_home_remove(home);
	return 0;
}
