/* The index: what is found again, what is not, and what becomes of an older file. */
#include "node/index_own.h"
#include "node/index_sync.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/temp_home.h"

static struct index *ix;
static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	bool fresh;
	arena_init(&arena, 1 << 20);
	return index_open(&ix, NULL, &fresh, NULL) || !fresh;
}

static int tear_down(void **state)
{
	(void)state;
	index_close(ix);
	arena_clear(&arena);
	return 0;
}

static int64_t add_case(uint8_t first, uint8_t second)
{
	struct case_id id = { { first, second } };
	int64_t no;
	assert_int_equal(index_add_case(&no, ix, &id), ERR_OK);
	return no;
}

/* A change whose id begins with eight times `first` and ends with `last`. */
static struct index_change add_change(int64_t case_no, uint8_t first, uint8_t last, int64_t peer)
{
	struct index_change c = { .case_no = case_no, .peer = peer, .cover = INDEX_NOT_COVERED };
	memset(c.id.b, first, INDEX_PREFIX_SIZE);
	c.id.b[sizeof c.id.b - 1] = last;
	assert_int_equal(index_add_change(ix, &c), ERR_OK);
	return c;
}

static void cases_are_matched_by_the_digits_that_were_typed(void **state)
{
	(void)state;
	struct index_case *found;
	size_t count;
	add_case(0xab, 0xcd);
	add_case(0xab, 0x12);
	add_case(0xac, 0x00);
	assert_int_equal(index_match_cases(&found, &count, ix, &arena, "ab", 10), ERR_OK);
	assert_int_equal(count, 2);
	assert_int_equal(found[0].id.b[1], 0x12); /* in the order of ids */
	assert_int_equal(index_match_cases(&found, &count, ix, &arena, "abc", 10), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(index_match_cases(&found, &count, ix, &arena, "", 2), ERR_OK);
	assert_int_equal(count, 2);
	assert_int_equal(index_match_cases(&found, &count, ix, &arena, "aB", 10), ERR_NOT_FOUND);
	assert_null(found);
	assert_int_equal(index_match_cases(&found, &count, ix, &arena, "abcdabcdabcdabcdabcdabcdabcdabcda", 10),
		ERR_NOT_FOUND);
}

static void a_prefix_of_two_changes_names_neither(void **state)
{
	(void)state;
	struct index_change found;
	struct case_id case_id;
	uint8_t prefix[INDEX_PREFIX_SIZE];
	int64_t no = add_case(1, 0);
	struct index_change c = add_change(no, 7, 1, 0);
	memset(prefix, 7, sizeof prefix);
	assert_int_equal(index_find_prefix(&found, &case_id, ix, prefix), ERR_OK);
	assert_true(change_id_equal(&found.id, &c.id));
	assert_int_equal(case_id.b[0], 1);
	add_change(no, 7, 2, 0);
	assert_int_equal(index_find_prefix(&found, &case_id, ix, prefix), ERR_CONFLICT);
	assert_int_equal(found.no, 0);
	memset(prefix, 8, sizeof prefix);
	assert_int_equal(index_find_prefix(&found, &case_id, ix, prefix), ERR_NOT_FOUND);
	/* By their whole ids both are found. */
	assert_int_equal(index_find_change(&found, ix, &c.id), ERR_OK);
	assert_int_equal(found.no, c.no);
}

static void what_a_checkpoint_covers_is_counted_no_more(void **state)
{
	(void)state;
	struct index_change *own;
	struct index_received *received;
	size_t count;
	int64_t left, no = add_case(1, 0);
	struct index_change first = add_change(no, 1, 0, 0);
	add_change(no, 2, 0, 5);
	add_change(no, 3, 0, 5);
	struct index_change late = add_change(no, 4, 0, 0);
	assert_int_equal(index_count_uncovered(&left, ix), ERR_OK);
	assert_int_equal(left, 4);
	assert_int_equal(index_count_received(&received, &count, ix, &arena), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(received[0].peer, 5);
	assert_int_equal(received[0].count, 2);
	assert_int_equal(index_cover(ix, late.no - 1, 9), ERR_OK);
	assert_int_equal(index_list_uncovered(&own, &count, ix, &arena), ERR_OK);
	assert_int_equal(count, 1);
	assert_true(change_id_equal(&own[0].id, &late.id));
	assert_int_equal(index_covered_until(&left, ix, 9), ERR_OK);
	assert_int_equal(left, late.no - 1);
	/* What one checkpoint covers no later one takes. */
	assert_int_equal(index_cover(ix, late.no, 10), ERR_OK);
	struct index_change found;
	assert_int_equal(index_find_change(&found, ix, &first.id), ERR_OK);
	assert_int_equal(found.cover, 9);
}

static void what_was_rolled_back_is_not_there(void **state)
{
	(void)state;
	struct index_case row;
	struct case_id kept = { { 1 } }, gone = { { 2 } };
	int64_t no;
	assert_int_equal(index_begin(ix, NULL), ERR_OK);
	assert_int_equal(index_add_case(&no, ix, &kept), ERR_OK);
	assert_int_equal(index_commit(ix, NULL), ERR_OK);
	assert_int_equal(index_begin(ix, NULL), ERR_OK);
	assert_int_equal(index_add_case(&no, ix, &gone), ERR_OK);
	assert_int_equal(index_find_case(&row, ix, &gone), ERR_OK);
	index_rollback(ix);
	assert_int_equal(index_find_case(&row, ix, &gone), ERR_NOT_FOUND);
	assert_int_equal(index_find_case(&row, ix, &kept), ERR_OK);
	index_rollback(ix); /* nothing to roll back is fine */
}

static void a_gap_is_of_one_length_and_goes_with_the_blob(void **state)
{
	(void)state;
	struct index_gap gap = { .case_no = 1, .letter = 'p', .hash = { { 3 } }, .size = 100 };
	bool found;
	assert_int_equal(index_add_gap(ix, &gap), ERR_OK);
	assert_int_equal(index_add_gap(ix, &gap), ERR_OK); /* twice is once */
	gap.size = 200;
	assert_int_equal(index_add_gap(ix, &gap), ERR_OK);
	assert_int_equal(index_find_gap(&found, ix, 'p', &gap.hash, 100), ERR_OK);
	assert_true(found);
	assert_int_equal(index_find_gap(&found, ix, 'p', &gap.hash, 101), ERR_OK);
	assert_false(found);
	assert_int_equal(index_find_gap(&found, ix, 'g', &gap.hash, 100), ERR_OK);
	assert_false(found);
	struct index_gap *list;
	size_t count;
	assert_int_equal(index_list_gaps(&list, &count, ix, &arena, 10), ERR_OK);
	assert_int_equal(count, 2);
	assert_int_equal(index_remove_gap(ix, 'p', &gap.hash), ERR_OK);
	assert_int_equal(index_list_gaps(&list, &count, ix, &arena, 10), ERR_OK);
	assert_int_equal(count, 0);
}

static int64_t share_since(int64_t since, bool ended)
{
	struct index_share s = { .case_no = 1, .site = 4, .since = since, .ended = ended }, *list;
	size_t count;
	assert_int_equal(index_put_share(ix, &s), ERR_OK);
	assert_int_equal(index_list_shares(&list, &count, ix, &arena, 4), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].ended, ended);
	return list[0].since;
}

static void a_share_begins_anew_only_after_it_ended(void **state)
{
	(void)state;
	assert_int_equal(share_since(10, false), 10);
	assert_int_equal(share_since(20, false), 10);
	assert_int_equal(share_since(30, true), 10);
	assert_int_equal(share_since(40, false), 40);
}

static void a_checkpoint_held_in_full_is_not_made_less(void **state)
{
	(void)state;
	struct index_checkpoint witness = { .id = { { 1 } }, .git = { { 1 } }, .sequence = 3 }, found;
	struct index_checkpoint full = witness;
	full.full = true;
	full.git.b[0] = 2;
	assert_int_equal(index_add_checkpoint(ix, &witness), ERR_OK);
	assert_int_equal(index_add_checkpoint(ix, &full), ERR_OK);
	assert_int_equal(index_add_checkpoint(ix, &witness), ERR_OK);
	assert_int_equal(index_find_checkpoint(&found, ix, &witness.id), ERR_OK);
	assert_true(found.full);
	assert_int_equal(found.git.b[0], 2);
	assert_int_equal(witness.no, full.no);
}

static void more_rows_than_an_arena_holds_are_an_error_not_half_a_list(void **state)
{
	(void)state;
	struct index_case *list;
	size_t count;
	struct arena small;
	for (uint8_t i = 0; i < 100; i++)
		add_case(i, 0);
	arena_init(&small, 2048);
	assert_int_equal(index_list_cases(&list, &count, ix, &small), ERR_MEMORY);
	assert_null(list);
	assert_int_equal(count, 0);
	arena_clear(&small);
	/* The statement is free for the next. */
	assert_int_equal(index_list_cases(&list, &count, ix, &arena), ERR_OK);
	assert_int_equal(count, 100);
}

static void a_file_of_another_layout_is_emptied_and_one_of_this_is_kept(void **state)
{
	(void)state;
	char home[FS_PATH_MAX], path[FS_PATH_MAX];
	struct index *file;
	struct index_case row;
	struct case_id id = { { 1 } };
	int64_t no;
	bool fresh;
	temp_home_make(home);
	assert_int_equal(fs_path(path, "%s/index.db", home), ERR_OK);
	assert_int_equal(index_open(&file, path, &fresh, NULL), ERR_OK);
	assert_true(fresh);
	assert_int_equal(index_add_case(&no, file, &id), ERR_OK);
	index_close(file);
	assert_int_equal(index_open(&file, path, &fresh, NULL), ERR_OK);
	assert_false(fresh);
	assert_int_equal(index_find_case(&row, file, &id), ERR_OK);
	assert_int_equal(sqlite3_exec(file->db, "PRAGMA user_version = 1", NULL, NULL, NULL), SQLITE_OK);
	index_close(file);
	assert_int_equal(index_open(&file, path, &fresh, NULL), ERR_OK);
	assert_true(fresh);
	assert_int_equal(index_find_case(&row, file, &id), ERR_NOT_FOUND);
	index_close(file);
	temp_home_remove(home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cases_are_matched_by_the_digits_that_were_typed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_prefix_of_two_changes_names_neither, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_a_checkpoint_covers_is_counted_no_more, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_rolled_back_is_not_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_gap_is_of_one_length_and_goes_with_the_blob, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_share_begins_anew_only_after_it_ended, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_checkpoint_held_in_full_is_not_made_less, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			more_rows_than_an_arena_holds_are_an_error_not_half_a_list, set_up, tear_down),
		cmocka_unit_test(a_file_of_another_layout_is_emptied_and_one_of_this_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
