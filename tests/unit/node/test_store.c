/* The contract of a store, run against both of its bodies. */
#include "node/store_walk.h"
#include "tests/support/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void a_new_store_has_no_heads_journals_or_steps(void **state)
{
	struct store *s = fixture_store(state);
	struct store_heads h = fixture_heads(s);
	struct store_journal *journals = NULL;
	struct store_walk *w = NULL;
	const struct store_step *step = NULL;
	size_t count = 1;
	assert_false(h.has_store || h.has_journal);
	assert_int_equal(store_journals(&journals, &count, s, NULL), ERR_OK);
	assert_int_equal(count, 0);
	free(journals);
	assert_int_equal(store_walk_open(&w, s, NULL, NULL), ERR_OK);
	assert_int_equal(store_walk_next(&step, w, NULL), ERR_OK);
	assert_null(step);
	store_walk_close(w);
	assert_int_equal(store_walk_open(&w, s, &store_empty_tree, NULL), ERR_NOT_FOUND);
	assert_null(w);
}

static void what_was_written_is_read_at_once_and_after_opening_anew(void **state)
{
	struct store *s = fixture_store(state);
	struct buf change;
	static const uint8_t data[3] = { 0, 255, 'x' };
	struct store_blob blobs[2] = { sample_blob('p', bytes_of(data, 3)), sample_blob('g', bytes_of(NULL, 0)) };
	buf_init(&change, 4096);
	sample_change(&change, NULL, 0, 1700000000, 1);
	struct store_change c = { .commit = buf_bytes(&change) };
	struct store_txn t = { .blobs = blobs, .blob_count = 2, .changes = &c, .change_count = 1,
		.time = 1700000000 };
	sample_write(s, &t);
	struct store_heads h = fixture_heads(s);
	fixture_assert_same_heads(&h, &t.heads);
	assert_true(h.has_store);
	assert_false(h.has_journal);
	for (int i = 0; i < 2; i++) {
		fixture_assert_holds(s, STORE_BLOB, &blobs[0].git, bytes_of(data, 3));
		fixture_assert_holds(s, STORE_BLOB, &blobs[1].git, bytes_of(NULL, 0));
		fixture_assert_holds(s, STORE_COMMIT, &c.git, buf_bytes(&change));
		fixture_assert_holds(s, STORE_TREE, &store_empty_tree, bytes_of(NULL, 0));
		s = fixture_reopen(state);
	}
	buf_clear(&change);
}

static void objects_of_every_awkward_size_come_back(void **state)
{
	/* Around a pack's size bytes and zlib's stored blocks, and a large one. */
	static const size_t sizes[] = { 0, 1, 15, 16, 2047, 2048, 65534, 65535, 65536, 131070, 131071, 5000000 };
	enum { COUNT = sizeof sizes / sizeof sizes[0] };
	struct store *s = fixture_store(state);
	struct store_blob blobs[COUNT];
	struct buf data;
	buf_init(&data, 5000000);
	for (size_t i = 0; i < 5000000 / 8; i++) {
		uint64_t word = i * 0x9e3779b97f4a7c15;
		buf_put(&data, &word, sizeof word);
	}
	for (size_t i = 0; i < COUNT; i++)
		blobs[i] = sample_blob('a', bytes_of(data.data, sizes[i]));
	struct store_txn t = { .blobs = blobs, .blob_count = COUNT };
	sample_write(s, &t);
	for (int i = 0; i < 2; i++) {
		for (size_t k = 0; k < COUNT; k++)
			fixture_assert_holds(s, STORE_BLOB, &blobs[k].git, blobs[k].data);
		s = fixture_reopen(state);
	}
	buf_clear(&data);
}

static void an_object_that_is_too_large_is_a_limit(void **state)
{
	struct store *s = fixture_store(state);
	uint8_t *data = calloc(1, STORE_OBJECT_MAX + 1);
	assert_non_null(data);
	struct store_blob b = sample_blob('a', bytes_of(data, STORE_OBJECT_MAX + 1));
	struct store_txn t = { .blobs = &b, .blob_count = 1 };
	assert_int_equal(store_write(s, &t, NULL), ERR_LIMIT);
	b.data.size--;
	assert_int_equal(store_write(s, &t, NULL), ERR_OK);
	free(data);
}

static void ids_are_those_of_stock_git(void **state)
{
	struct git_id id;
	static const struct git_id empty_blob = { { 0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b,
		0x29, 0xae, 0x77, 0x5a, 0xd8, 0xc2, 0xe4, 0x8c, 0x53, 0x91 } };
	/* What `git write-tree` prints when the index holds one file `entries` of the byte x. */
	static const struct git_id x_tree = { { 0x8e, 0x1e, 0xba, 0xaa, 0xe0, 0x41, 0xf5, 0x5e, 0x5e, 0xfc,
		0x27, 0xe3, 0x02, 0xbf, 0x3e, 0x22, 0x45, 0x33, 0x28, 0xfb } };
	(void)state;
	assert_int_equal(store_hash(&id, STORE_BLOB, bytes_of(NULL, 0)), ERR_OK);
	assert_true(git_id_equal(&id, &empty_blob));
	assert_int_equal(store_hash(&id, STORE_TREE, bytes_of(NULL, 0)), ERR_OK);
	assert_true(git_id_equal(&id, &store_empty_tree));
	assert_int_equal(store_tree_id(&id, bytes_text("x")), ERR_OK);
	assert_true(git_id_equal(&id, &x_tree));
}

static void a_stale_expectation_is_a_conflict_and_changes_nothing(void **state)
{
	struct store *s = fixture_store(state);
	struct store_blob first = sample_blob('s', bytes_text("first"));
	struct store_blob second = sample_blob('s', bytes_text("second"));
	struct store_txn t = { .blobs = &first, .blob_count = 1 };
	struct err_text why = { "" };
	sample_write(s, &t);
	struct store_heads before = fixture_heads(s);
	struct store_txn late = { .blobs = &second, .blob_count = 1 };
	assert_int_equal(store_write(s, &late, &why), ERR_CONFLICT);
	assert_string_not_equal(why.text, "");
	struct store_heads after = fixture_heads(s);
	fixture_assert_same_heads(&before, &after);
	assert_int_equal(store_hash(&second.git, STORE_BLOB, second.data), ERR_OK);
	assert_false(store_has(s, &second.git));
	/* With the right expectation the same transaction succeeds. */
	late.expect = before;
	assert_int_equal(store_write(s, &late, &why), ERR_OK);
	assert_true(store_has(s, &second.git));
}

static void a_transaction_of_nothing_does_nothing(void **state)
{
	struct store *s = fixture_store(state);
	struct store_txn t = { .time = 5 };
	sample_write(s, &t);
	assert_false(fixture_heads(s).has_store);
}

static void what_would_break_a_clone_is_refused(void **state)
{
	struct store *s = fixture_store(state);
	struct buf text, parents;
	struct git_id two[2] = { store_empty_tree, store_empty_tree };
	buf_init(&text, 4096);
	buf_init(&parents, 4096);
	sample_checkpoint(&text, bytes_text("entries"), NULL, 1, 1);
	struct store_change with_tree = { .commit = buf_bytes(&text) };
	struct store_change no_commit = { .commit = bytes_text("tree of nothing") };
	struct store_checkpoint other_entries = { .commit = buf_bytes(&text), .entries = bytes_text("other"),
		.own = true };
	struct store_txn t = { .changes = &with_tree, .change_count = 1 };
	assert_int_equal(store_write(s, &t, NULL), ERR_FORMAT);
	t.changes = &no_commit;
	assert_int_equal(store_write(s, &t, NULL), ERR_FORMAT);
	t = (struct store_txn){ .checkpoints = &other_entries, .checkpoint_count = 1 };
	assert_int_equal(store_write(s, &t, NULL), ERR_FORMAT);
	sample_change(&parents, two, 2, 1, 1);
	struct store_checkpoint two_parents = { .commit = buf_bytes(&parents), .own = true };
	t.checkpoints = &two_parents;
	assert_int_equal(store_write(s, &t, NULL), ERR_FORMAT);
	assert_false(fixture_heads(s).has_store || fixture_heads(s).has_journal);
	/* The same checkpoint with its own entries is taken. */
	other_entries.entries = bytes_text("entries");
	t.checkpoints = &other_entries;
	sample_write(s, &t);
	assert_true(fixture_heads(s).has_journal);
	buf_clear(&text);
	buf_clear(&parents);
}

static void what_comes_twice_is_kept_once(void **state)
{
	struct store *s = fixture_store(state);
	struct buf text;
	buf_init(&text, 4096);
	sample_change(&text, NULL, 0, 1, 1);
	struct store_change changes[2] = { { .commit = buf_bytes(&text) }, { .commit = buf_bytes(&text) } };
	struct store_blob blobs[3] = { sample_blob('p', bytes_text("a")), sample_blob('p', bytes_text("a")),
		sample_blob('c', bytes_text("a")) };
	struct store_txn t = { .blobs = blobs, .blob_count = 3, .changes = changes, .change_count = 2 };
	struct store_walk *w = NULL;
	const struct store_step *step = NULL;
	sample_write(s, &t);
	sample_write(s, &t); /* and once more as a whole */
	assert_int_equal(store_walk_open(&w, s, NULL, NULL), ERR_OK);
	assert_int_equal(store_walk_next(&step, w, NULL), ERR_OK);
	assert_int_equal(step->number, 0);
	assert_int_equal(step->tip_count + step->blob_count, 0);
	for (unsigned i = 1; i <= 2; i++) {
		assert_int_equal(store_walk_next(&step, w, NULL), ERR_OK);
		assert_int_equal(step->number, i);
		assert_int_equal(step->tip_count, 1);
		assert_int_equal(step->blob_count, 2); /* one content under two names */
		assert_int_equal(step->blobs[0].prefix, 'c');
		assert_true(git_id_equal(&step->blobs[0].git, &step->blobs[1].git));
	}
	assert_int_equal(store_walk_next(&step, w, NULL), ERR_OK);
	assert_null(step);
	store_walk_close(w);
	buf_clear(&text);
}

/* Counts what a walk brings. */
struct walked {
	size_t steps, tips, blobs, tips_most, blobs_most;
	int64_t time;
	struct git_id last_tip, last_commit;
};

static struct walked walk_all(struct store *s, const struct git_id *after)
{
	struct walked sum = { 0 };
	struct store_walk *w = NULL;
	const struct store_step *step = NULL;
	assert_int_equal(store_walk_open(&w, s, after, NULL), ERR_OK);
	for (;;) {
		assert_int_equal(store_walk_next(&step, w, NULL), ERR_OK);
		if (!step)
			break;
		sum.steps++;
		sum.tips += step->tip_count;
		sum.blobs += step->blob_count;
		sum.tips_most = step->tip_count > sum.tips_most ? step->tip_count : sum.tips_most;
		sum.blobs_most = step->blob_count > sum.blobs_most ? step->blob_count : sum.blobs_most;
		sum.time = step->time;
		sum.last_commit = step->commit;
		if (step->tip_count)
			sum.last_tip = step->tips[step->tip_count - 1];
		for (size_t i = 1; i < step->blob_count; i++)
			assert_true(hash256_compare(&step->blobs[i - 1].hash, &step->blobs[i].hash) < 0);
	}
	store_walk_close(w);
	return sum;
}

static void of_a_chain_of_changes_only_the_last_is_a_tip(void **state)
{
	struct store *s = fixture_store(state);
	struct git_id tip = { 0 };
	sample_write_chain(s, &tip, 10, 1700000000, 1);
	struct walked sum = walk_all(s, NULL);
	assert_int_equal(sum.steps, 2);
	assert_int_equal(sum.tips, 1);
	assert_int_equal(sum.blobs, 10);
	assert_int_equal(sum.time, 1700000000);
	assert_true(git_id_equal(&sum.last_tip, &tip));
	assert_true(store_has(s, &tip));
}

static void many_tips_and_many_blobs_make_a_chain_of_store_commits(void **state)
{
	enum { TIPS = 600, BLOBS = 9000 };
	struct store *s = fixture_store(state);
	struct buf *texts = calloc(TIPS, sizeof *texts);
	struct store_change *changes = calloc(TIPS, sizeof *changes);
	struct store_blob *blobs = calloc(BLOBS, sizeof *blobs);
	uint32_t *contents = calloc(BLOBS, sizeof *contents);
	assert_true(texts && changes && blobs && contents);
	for (uint32_t i = 0; i < TIPS; i++) {
		buf_init(&texts[i], 4096);
		sample_change(&texts[i], NULL, 0, 1, i);
		changes[i].commit = buf_bytes(&texts[i]);
	}
	for (uint32_t i = 0; i < BLOBS; i++) {
		contents[i] = i;
		blobs[i] = sample_blob('a', bytes_of(&contents[i], sizeof contents[i]));
	}
	struct store_txn t = { .blobs = blobs, .blob_count = BLOBS, .changes = changes, .change_count = TIPS };
	sample_write(s, &t);
	struct walked sum = walk_all(fixture_reopen(state), NULL);
	assert_int_equal(sum.steps, 1 + 3);
	assert_int_equal(sum.tips, TIPS);
	assert_int_equal(sum.blobs, BLOBS);
	assert_int_equal(sum.tips_most, STORE_TIPS_MAX);
	assert_int_equal(sum.blobs_most, STORE_BLOBS_MAX);
	assert_true(git_id_equal(&sum.last_tip, &changes[TIPS - 1].git));
	for (uint32_t i = 0; i < TIPS; i++)
		buf_clear(&texts[i]);
	free(texts);
	free(changes);
	free(blobs);
	free(contents);
}

static void a_walk_goes_on_where_the_last_one_ended(void **state)
{
	struct store *s = fixture_store(state);
	struct git_id tip = { 0 };
	for (unsigned i = 0; i < 5; i++)
		sample_write_chain(s, &tip, 2, 1000 + i, 10 * i);
	struct walked all = walk_all(s, NULL);
	assert_int_equal(all.steps, 6);
	assert_int_equal(walk_all(s, &all.last_commit).steps, 0);
	sample_write_chain(s, &tip, 3, 2000, 100);
	struct walked rest = walk_all(s, &all.last_commit);
	assert_int_equal(rest.steps, 1);
	assert_int_equal(rest.blobs, 3);
	struct store_walk *w = NULL;
	assert_int_equal(store_walk_open(&w, s, &tip, NULL), ERR_NOT_FOUND);
}

static void a_date_that_git_cannot_bear_is_cut(void **state)
{
	struct store *s = fixture_store(state);
	struct store_blob a = sample_blob('s', bytes_text("a")), b = sample_blob('s', bytes_text("b"));
	struct store_txn t = { .blobs = &a, .blob_count = 1, .time = -5 };
	sample_write(s, &t);
	assert_int_equal(walk_all(s, NULL).time, 0);
	t = (struct store_txn){ .blobs = &b, .blob_count = 1, .time = INT64_MAX };
	sample_write(s, &t);
	assert_int_equal(walk_all(s, NULL).time, ((int64_t)1 << 34) - 1);
}

static void reading_is_capped_and_kinds_are_told_apart(void **state)
{
	struct store *s = fixture_store(state);
	struct store_blob b = sample_blob('p', bytes_text("twelve bytes"));
	struct store_txn t = { .blobs = &b, .blob_count = 1 };
	struct git_id missing = { { 1, 2, 3 } };
	struct buf out;
	struct err_text why;
	buf_init(&out, 100);
	sample_write(s, &t);
	assert_int_equal(store_read(&out, s, STORE_BLOB, &b.git, 11, &why), ERR_LIMIT);
	assert_int_equal(store_read(&out, s, STORE_COMMIT, &b.git, 100, &why), ERR_FORMAT);
	assert_int_equal(store_read(&out, s, STORE_BLOB, &missing, 100, &why), ERR_NOT_FOUND);
	assert_false(store_has(s, &missing));
	assert_int_equal(out.size, 0);
	assert_int_equal(store_read(&out, s, STORE_BLOB, &b.git, 12, &why), ERR_OK);
	assert_int_equal(store_read(&out, s, STORE_BLOB, &b.git, 12, &why), ERR_OK);
	assert_int_equal(out.size, 24); /* it appends */
	buf_clear(&out);
}

static void both_bodies_come_to_the_same_heads(void **state)
{
	struct store *other = NULL;
	struct store *stores[2] = { fixture_store(state), NULL };
	assert_int_equal(store_mem_new(&other), ERR_OK);
	stores[1] = other;
	for (int i = 0; i < 2; i++) {
		struct git_id tip = { 0 };
		struct buf text;
		struct store_checkpoint c = sample_checkpoint_init(&text, NULL, 1);
		struct store_txn t = { .checkpoints = &c, .checkpoint_count = 1 };
		c.own = true;
		sample_write_chain(stores[i], &tip, 300, 1700000000, 1);
		sample_write(stores[i], &t);
		sample_write_chain(stores[i], &tip, 3, 1700000100, 1000);
		buf_clear(&text);
	}
	struct store_heads a = fixture_heads(stores[0]), b = fixture_heads(stores[1]);
	fixture_assert_same_heads(&a, &b);
	store_close(other);
}

static void a_copy_in_memory_goes_its_own_way(void **state)
{
	struct store *copy = NULL;
	struct git_id tip = { 0 };
	struct fixture *f = *state;
	if (f->in_git)
		skip();
	sample_write_chain(f->store, &tip, 200, 1, 1);
	assert_int_equal(store_mem_copy(&copy, f->store), ERR_OK);
	struct store_heads before = fixture_heads(f->store), copied = fixture_heads(copy);
	fixture_assert_same_heads(&before, &copied);
	sample_write_chain(copy, &tip, 1, 2, 1000);
	assert_false(store_has(f->store, &tip));
	store_close(f->store);
	f->store = copy;
	assert_true(store_has(copy, &tip));
	assert_int_equal(walk_all(copy, NULL).blobs, 201);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_BOTH(a_new_store_has_no_heads_journals_or_steps),
		FIXTURE_BOTH(what_was_written_is_read_at_once_and_after_opening_anew),
		FIXTURE_BOTH(objects_of_every_awkward_size_come_back),
		FIXTURE_BOTH(an_object_that_is_too_large_is_a_limit),
		FIXTURE_BOTH(ids_are_those_of_stock_git),
		FIXTURE_BOTH(a_stale_expectation_is_a_conflict_and_changes_nothing),
		FIXTURE_BOTH(a_transaction_of_nothing_does_nothing),
		FIXTURE_BOTH(what_would_break_a_clone_is_refused),
		FIXTURE_BOTH(what_comes_twice_is_kept_once),
		FIXTURE_BOTH(of_a_chain_of_changes_only_the_last_is_a_tip),
		FIXTURE_BOTH(many_tips_and_many_blobs_make_a_chain_of_store_commits),
		FIXTURE_BOTH(a_walk_goes_on_where_the_last_one_ended),
		FIXTURE_BOTH(a_date_that_git_cannot_bear_is_cut),
		FIXTURE_BOTH(reading_is_capped_and_kinds_are_told_apart),
		FIXTURE_BOTH(both_bodies_come_to_the_same_heads),
		{ "a_copy_in_memory_goes_its_own_way", a_copy_in_memory_goes_its_own_way, fixture_open_memory,
			fixture_close, NULL },
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
