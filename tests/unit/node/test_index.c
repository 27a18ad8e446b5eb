/* The index: what it answers. */
#include "node/index_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "node/fs.h"
#include "tests/support/temp_home.h"

static struct index *open_in_memory(void)
{
	struct index *ix;
	bool fresh;
	assert_int_equal(index_open(&ix, NULL, &fresh, NULL), ERR_OK);
	assert_true(fresh);
	return ix;
}

static void add_change(struct index *ix, uint8_t id, int64_t peer)
{
	struct index_change c = { .case_no = 1, .id = { { id } }, .peer = peer, .cover = INDEX_NOT_COVERED };
	assert_int_equal(index_add_change(ix, &c), ERR_OK);
}

static int64_t uncovered(struct index *ix)
{
	int64_t count;
	assert_int_equal(index_count_uncovered(&count, ix), ERR_OK);
	return count;
}

static void what_waits_is_counted_in_whatever_order_it_was_covered(void **state)
{
	(void)state;
	struct index *ix = open_in_memory();
	struct index_change *rows;
	struct arena a;
	size_t count;
	arena_init(&a, 1 << 20);
	add_change(ix, 1, 0);
	add_change(ix, 2, 7);
	add_change(ix, 3, 0);
	assert_int_equal(uncovered(ix), 3);
	/* The newest is covered and an older own one is not. */
	assert_int_equal(index_cover_one(ix, 3, 1), ERR_OK);
	assert_int_equal(index_cover_received(ix, 1), ERR_OK);
	assert_int_equal(uncovered(ix), 1);
	assert_int_equal(index_list_uncovered(&rows, &count, ix, &a), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].id.b[0], 1);
	assert_int_equal(index_cover(ix, 3, 2), ERR_OK);
	assert_int_equal(uncovered(ix), 0);
	arena_clear(&a);
	index_close(ix);
}

static void disclosures_wait_in_order_until_they_are_cleared(void **state)
{
	(void)state;
	struct index *ix = open_in_memory();
	struct bytes *list;
	struct arena a;
	size_t count;
	arena_init(&a, 1 << 20);
	assert_int_equal(index_add_disclosed(ix, bytes_text("one")), ERR_OK);
	assert_int_equal(index_add_disclosed(ix, bytes_text("two")), ERR_OK);
	assert_int_equal(index_list_disclosed(&list, &count, ix, &a), ERR_OK);
	assert_int_equal(count, 2);
	assert_true(bytes_equal(list[0], bytes_text("one")));
	assert_true(bytes_equal(list[1], bytes_text("two")));
	assert_int_equal(index_clear_disclosed(ix), ERR_OK);
	assert_int_equal(index_list_disclosed(&list, &count, ix, &a), ERR_OK);
	assert_int_equal(count, 0);
	arena_clear(&a);
	index_close(ix);
}

static void what_is_rolled_back_is_not_there(void **state)
{
	(void)state;
	struct index *ix = open_in_memory();
	assert_int_equal(index_begin(ix, NULL), ERR_OK);
	add_change(ix, 1, 0);
	index_rollback(ix);
	assert_int_equal(uncovered(ix), 0);
	assert_int_equal(index_begin(ix, NULL), ERR_OK);
	add_change(ix, 1, 0);
	assert_int_equal(index_commit(ix, NULL), ERR_OK);
	index_rollback(ix); /* nothing to roll back any more */
	assert_int_equal(uncovered(ix), 1);
	index_close(ix);
}

static void only_a_new_file_is_fresh(void **state)
{
	(void)state;
	char home[FS_PATH_MAX], path[FS_PATH_MAX];
	struct index *ix;
	bool fresh;
	temp_home_make(home);
	assert_int_equal(fs_path(path, "%s/index.db", home), ERR_OK);
	assert_int_equal(index_open(&ix, path, &fresh, NULL), ERR_OK);
	assert_true(fresh);
	add_change(ix, 1, 0);
	index_close(ix);
	assert_int_equal(index_open(&ix, path, &fresh, NULL), ERR_OK);
	assert_false(fresh);
	assert_int_equal(uncovered(ix), 1);
	index_close(ix);
	temp_home_remove(home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_waits_is_counted_in_whatever_order_it_was_covered),
		cmocka_unit_test(disclosures_wait_in_order_until_they_are_cleared),
		cmocka_unit_test(what_is_rolled_back_is_not_there),
		cmocka_unit_test(only_a_new_file_is_fresh),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
