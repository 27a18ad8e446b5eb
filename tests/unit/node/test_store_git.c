/* What only a store in git can get wrong: other handles, leftovers, full disks, damage, many packs. */
#include "node/pack_merge.h"
#include "tests/support/store_fixture.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static const char *home_of(void **state)
{
	return ((struct fixture *)*state)->home;
}

static struct store_stats stats_of(const struct store *s)
{
	struct store_stats stats;
	store_stats(&stats, s);
	return stats;
}

/* The tip and every change before it can be read, `count` in all. */
static void assert_history(struct store *s, struct git_id tip, size_t count)
{
	struct buf text;
	char *end = NULL;
	buf_init(&text, 4096);
	for (size_t i = 0; i < count; i++) {
		buf_reset(&text);
		assert_int_equal(store_read(&text, s, STORE_COMMIT, &tip, 4096, NULL), ERR_OK);
		const char *parent = strstr(buf_text(&text), "parent ");
		assert_int_equal(parent != NULL, i + 1 < count);
		for (size_t k = 0; parent && k < sizeof tip.b; k++) {
			char digits[3] = { parent[7 + 2 * k], parent[8 + 2 * k], '\0' };
			tip.b[k] = (uint8_t)strtoul(digits, &end, 16);
		}
	}
	buf_clear(&text);
}

static void one_edit_costs_five_flushes(void **state)
{
	struct store *s = fixture_store(state);
	struct git_id tip = { 0 };
	sample_write_chain(s, &tip, 1, 1, 1);
	uint64_t before = stats_of(s).flushes;
	sample_write_chain(s, &tip, 1, 2, 2);
	assert_int_equal(stats_of(s).flushes - before, 5);
	/* And a batch no more. */
	before = stats_of(s).flushes;
	sample_write_chain(s, &tip, 1000, 3, 3);
	assert_int_equal(stats_of(s).flushes - before, 5);
}

static void another_handle_sees_a_write_and_loses_a_race(void **state)
{
	struct store *s = fixture_store(state), *other = NULL;
	struct git_id tip = { 0 };
	struct store_blob b = sample_blob('s', bytes_text("late"));
	assert_int_equal(store_git_open(&other, home_of(state), NULL), ERR_OK);
	struct store_txn late = { .blobs = &b, .blob_count = 1, .expect = fixture_heads(other) };
	sample_write_chain(s, &tip, 3, 1, 1);
	struct store_heads a = fixture_heads(s), c = fixture_heads(other);
	fixture_assert_same_heads(&a, &c);
	assert_history(other, tip, 3);
	assert_int_equal(store_write(other, &late, NULL), ERR_CONFLICT);
	store_close(other);
}

static void packs_stay_few_and_old_handles_go_on_reading(void **state)
{
	enum { WRITES = 300 };
	struct store *s = fixture_store(state), *old = NULL;
	struct git_id tip = { 0 };
	sample_write_chain(s, &tip, 1, 1, 0);
	assert_int_equal(store_git_open(&old, home_of(state), NULL), ERR_OK);
	assert_history(old, tip, 1);
	for (unsigned i = 1; i < WRITES; i++) {
		sample_write_chain(s, &tip, 1, 1 + i, i);
		assert_true(stats_of(s).packs <= STORE_PACKS_MAX);
		if (i % 50 == 0)
			assert_history(old, tip, i + 1);
	}
	assert_history(s, tip, WRITES);
	assert_history(old, tip, WRITES);
	assert_int_equal(store_merge_packs(s, 2, NULL), ERR_OK);
	assert_true(stats_of(s).packs <= 2);
	assert_history(old, tip, WRITES);
	assert_history(fixture_reopen(state), tip, WRITES);
	store_close(old);
}

static size_t count_packs(const char *home)
{
	char folder[FS_PATH_MAX];
	size_t count = 0;
	assert_int_equal(fs_path(folder, "%s/store.git/objects/pack", home), ERR_OK);
	assert_int_equal(pack_count(&count, folder, NULL), ERR_OK);
	return count;
}

/* The descriptors that this process has open. */
static size_t count_descriptors(void)
{
	struct fs_names names;
	assert_int_equal(fs_list(&names, "/proc/self/fd", NULL), ERR_OK);
	size_t count = names.count;
	fs_names_clear(&names);
	return count;
}

static void descriptors_stay_few_however_much_is_written_and_merged(void **state)
{
	struct store *s = fixture_store(state), *reader = NULL;
	struct git_id tip = { 0 };
	if (!fs_exists("/proc/self/fd"))
		skip();
	size_t before = count_descriptors();
	assert_int_equal(store_git_open(&reader, home_of(state), NULL), ERR_OK);
	for (unsigned i = 0; i < 400; i++) {
		sample_write_chain(s, &tip, 1, 1 + i, i);
		fixture_heads(reader);
		assert_true(store_has(reader, &tip));
	}
	assert_true(count_descriptors() <= before + STORE_PACKS_MAX + 8);
	store_close(reader);
}

/* The path of the only pack in the store. */
static void only_pack(char out[FS_PATH_MAX], const char *home)
{
	struct fs_names names;
	char folder[FS_PATH_MAX];
	assert_int_equal(fs_path(folder, "%s/store.git/objects/pack", home), ERR_OK);
	assert_int_equal(fs_list(&names, folder, NULL), ERR_OK);
	assert_int_equal(names.count, 2);
	assert_int_equal(fs_path(out, "%s/%s", folder, names.names[1]), ERR_OK);
	fs_names_clear(&names);
}

/* Turns one bit of a file over. */
static void flip(const char *path, long offset)
{
	assert_int_equal(chmod(path, 0600), 0);
	FILE *f = fopen(path, "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, offset, offset < 0 ? SEEK_END : SEEK_SET), 0);
	int byte = fgetc(f);
	assert_int_equal(fseek(f, -1, SEEK_CUR), 0);
	assert_int_equal(fputc(byte ^ 0x10, f), byte ^ 0x10);
	assert_int_equal(fclose(f), 0);
}

static void a_damaged_object_is_an_error_and_never_other_bytes(void **state)
{
	struct store *s = fixture_store(state);
	struct store_blob b = sample_blob('p', bytes_text("what the officer wrote, sealed"));
	struct store_txn t = { .blobs = &b, .blob_count = 1 };
	char path[FS_PATH_MAX];
	struct buf out;
	struct err_text why = { "" };
	buf_init(&out, 100);
	sample_write(s, &t);
	only_pack(path, home_of(state));
	/* The blob is the first object: 12 bytes of head, 2 of type and size, then its zlib stream. */
	flip(path, 12 + 2 + 2 + 5 + 3);
	s = fixture_reopen(state);
	assert_int_equal(store_read(&out, s, STORE_BLOB, &b.git, 100, &why), ERR_IO);
	assert_non_null(strstr(why.text, "damaged"));
	assert_int_equal(out.size, 0);
	/* The control: turned back, it is read. */
	flip(path, 12 + 2 + 2 + 5 + 3);
	s = fixture_reopen(state);
	assert_int_equal(store_read(&out, s, STORE_BLOB, &b.git, 100, &why), ERR_OK);
	buf_clear(&out);
}

static void merging_leaves_a_damaged_pack_alone(void **state)
{
	struct store *s = fixture_store(state);
	struct git_id tip = { 0 }, first = { 0 };
	char path[FS_PATH_MAX];
	sample_write_chain(s, &tip, 5, 1, 1);
	first = tip;
	only_pack(path, home_of(state));
	flip(path, 100);
	for (unsigned i = 0; i < 9; i++)
		sample_write_chain(s, &tip, 1, 10, 10 + i);
	assert_int_equal(store_merge_packs(s, 2, NULL), ERR_OK);
	assert_true(fs_exists(path));
	assert_int_equal(stats_of(s).packs, 2);
	s = fixture_reopen(state);
	assert_true(store_has(s, &tip));
	assert_true(store_has(s, &first));
}

static void a_full_disk_changes_nothing_and_ends_with_the_fullness(void **state)
{
	struct store *s = fixture_store(state);
	struct git_id tip = { 0 }, lost = { 0 };
	struct err_text why = { "" };
	struct rlimit unlimited, small;
	static uint8_t big[100 * 1000];
	struct store_blob b = sample_blob('a', bytes_of(big, sizeof big));
	struct store_txn t = { .blobs = &b, .blob_count = 1 };
	sample_write_chain(s, &tip, 3, 1, 1);
	t.expect = fixture_heads(s);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
	small = unlimited;
	signal(SIGXFSZ, SIG_IGN);
	/* From no byte at all, through the ref's lock file, to almost the whole pack. */
	for (rlim_t room = 0; room < 110 * 1000; room = room ? room * 5 : 20) {
		small.rlim_cur = room;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		enum err e = store_write(s, &t, &why);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
		assert_int_equal(e, ERR_FULL);
		assert_non_null(strstr(why.text, "make room"));
		struct store_heads now = fixture_heads(s);
		fixture_assert_same_heads(&now, &t.expect);
		assert_int_equal(count_packs(home_of(state)), 1);
	}
	lost = b.git;
	assert_false(store_has(s, &lost));
	sample_write(s, &t);
	assert_true(store_has(fixture_reopen(state), &lost));
	assert_history(fixture_store(state), tip, 3);
}

static void what_a_killed_process_left_is_removed(void **state)
{
	struct git_id tip = { 0 };
	char lock[FS_PATH_MAX], temp[FS_PATH_MAX], theirs[FS_PATH_MAX], own[FS_PATH_MAX];
	const char *home = home_of(state);
	assert_int_equal(fs_path(lock, "%s/store.git/refs/heads/store.lock", home), ERR_OK);
	/* No process has that number: it is above the kernel's limit. */
	assert_int_equal(fs_path(temp, "%s/store.git/objects/pack/tmp_pack.4194305", home), ERR_OK);
	assert_int_equal(fs_path(theirs, "%s/store.git/objects/pack/tmp_pack_Xy12z9", home), ERR_OK);
	assert_int_equal(fs_path(own, "%s/store.git/objects/pack/tmp_pack.%ld", home, (long)getpid()), ERR_OK);
	static const char value[] = "4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";
	const char *const files[] = { lock, temp, theirs, own };
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(fs_write_file(files[i], bytes_text(value), 0600, NULL, NULL), ERR_OK);
	fixture_reopen(state);
	assert_false(fs_exists(lock));
	assert_false(fs_exists(temp));
	assert_true(fs_exists(theirs)); /* stock git's, perhaps at work */
	assert_true(fs_exists(own));
	/* A lock that came while this handle was open, and that may be stock git's, is waited for. */
	assert_int_equal(fs_write_file(lock, bytes_text(""), 0600, NULL, NULL), ERR_OK);
	sample_write_chain(fixture_store(state), &tip, 1, 1, 1);
	assert_false(fs_exists(lock));
	assert_false(fs_exists(own));
	assert_history(fixture_store(state), tip, 1);
}

static void a_store_that_was_half_made_is_completed(void **state)
{
	struct git_id tip = { 0 };
	char head[FS_PATH_MAX], folder[FS_PATH_MAX];
	const char *home = home_of(state);
	assert_int_equal(fs_path(head, "%s/store.git/HEAD", home), ERR_OK);
	assert_int_equal(fs_path(folder, "%s/store.git/refs/journals", home), ERR_OK);
	assert_int_equal(fs_remove(head, NULL), ERR_OK);
	assert_int_equal(fs_remove_dir(folder, NULL), ERR_OK);
	struct store *s = fixture_reopen(state);
	assert_true(fs_exists(head));
	sample_write_chain(s, &tip, 1, 1, 1);
}

static void a_home_that_is_not_there_is_told(void **state)
{
	struct store *s = NULL;
	struct err_text why = { "" };
	char path[FS_PATH_MAX];
	assert_int_equal(fs_path(path, "%s/nowhere", home_of(state)), ERR_OK);
	assert_int_equal(store_git_open(&s, path, &why), ERR_NOT_FOUND);
	assert_null(s);
	assert_non_null(strstr(why.text, "nowhere"));
}

#define IN_GIT(test) cmocka_unit_test_setup_teardown(test, fixture_open_git, fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_GIT(one_edit_costs_five_flushes),
		IN_GIT(another_handle_sees_a_write_and_loses_a_race),
		IN_GIT(packs_stay_few_and_old_handles_go_on_reading),
		IN_GIT(descriptors_stay_few_however_much_is_written_and_merged),
		IN_GIT(a_damaged_object_is_an_error_and_never_other_bytes),
		IN_GIT(merging_leaves_a_damaged_pack_alone),
		IN_GIT(a_full_disk_changes_nothing_and_ends_with_the_fullness),
		IN_GIT(what_a_killed_process_left_is_removed),
		IN_GIT(a_store_that_was_half_made_is_completed),
		IN_GIT(a_home_that_is_not_there_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
