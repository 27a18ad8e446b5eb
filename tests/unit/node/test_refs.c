/* Refs as files and as lines of packed-refs. */
#include "node/refs.h"
#include "tests/support/temp_home.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ONES "1111111111111111111111111111111111111111"
#define TWOS "2222222222222222222222222222222222222222"
#define NODE "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define INCARNATION "bbbbbbbbbbbbbbbb"

static char dir[FS_PATH_MAX]; /* of the running test */

static int set_up(void **state)
{
	char path[FS_PATH_MAX];
	static const char *const folders[] = { "refs", "refs/heads", "refs/journals" };
	(void)state;
	temp_home_make(dir);
	for (size_t i = 0; i < 3; i++)
		if (fs_path(path, "%s/%s", dir, folders[i]) || fs_make_dir(path, NULL, NULL))
			return -1;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	temp_home_remove(dir);
	return 0;
}

static void put_file(const char *name, const char *text)
{
	char path[FS_PATH_MAX];
	assert_int_equal(fs_path(path, "%s/%s", dir, name), ERR_OK);
	assert_int_equal(fs_write_file(path, bytes_text(text), 0600, NULL, NULL), ERR_OK);
}

static struct git_id id_of(uint8_t byte)
{
	struct git_id id;
	memset(id.b, byte, sizeof id.b);
	return id;
}

static void assert_ref(const char *name, uint8_t byte)
{
	struct git_id id, expected = id_of(byte);
	assert_int_equal(refs_read(&id, dir, name, NULL), ERR_OK);
	assert_true(git_id_equal(&id, &expected));
}

static void a_file_rules_over_a_packed_line(void **state)
{
	struct git_id id;
	(void)state;
	assert_int_equal(refs_read(&id, dir, REFS_STORE, NULL), ERR_NOT_FOUND);
	put_file("packed-refs", "# pack-refs with: peeled fully-peeled sorted \n" ONES " refs/heads/journal\n"
		ONES " refs/heads/store\n^" TWOS "\n" TWOS " refs/heads/store2\n");
	assert_ref(REFS_STORE, 0x11);
	put_file("refs/heads/store", TWOS "\n");
	assert_ref(REFS_STORE, 0x22);
	assert_ref(REFS_JOURNAL, 0x11);
	assert_int_equal(refs_read(&id, dir, "refs/heads/stor", NULL), ERR_NOT_FOUND);
}

static void a_ref_that_holds_no_id_is_told_and_not_taken(void **state)
{
	struct git_id id;
	struct err_text why = { "" };
	static const char *const bad[] = { "", "ref: refs/heads/other\n", ONES, ONES " \n", "x" ONES "\n",
		"111111111111111111111111111111111111111A\n" };
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		put_file(REFS_STORE, bad[i]);
		assert_int_equal(refs_read(&id, dir, REFS_STORE, &why), ERR_IO);
		assert_non_null(strstr(why.text, REFS_STORE));
	}
}

static struct refs_move move_of(const char *name, int old, uint8_t head)
{
	struct refs_move m = { .has_old = old >= 0, .head = id_of(head) };
	if (old >= 0)
		m.old = id_of((uint8_t)old);
	memcpy(m.name, name, strlen(name) + 1);
	return m;
}

static void a_ref_moves_only_from_what_was_expected(void **state)
{
	struct refs_move first = move_of(REFS_STORE, -1, 0x11), next = move_of(REFS_STORE, 0x11, 0x22);
	struct refs_move wrong[3] = { move_of(REFS_STORE, 0x22, 0x33), move_of(REFS_STORE, -1, 0x33),
		move_of(REFS_JOURNAL, 0x11, 0x33) };
	struct fs_stats stats = { 0 };
	char lock[FS_PATH_MAX];
	(void)state;
	assert_int_equal(refs_lock(&first, dir, &stats, NULL), ERR_OK);
	assert_int_equal(fs_path(lock, "%s/" REFS_STORE ".lock", dir), ERR_OK);
	assert_true(fs_exists(lock));
	assert_int_equal(refs_commit(&first, dir, &stats, NULL), ERR_OK);
	assert_int_equal(stats.flushes, 2);
	assert_ref(REFS_STORE, 0x11);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(refs_lock(&wrong[i], dir, NULL, NULL), ERR_CONFLICT);
		assert_false(wrong[i].locked);
		assert_false(fs_exists(lock));
	}
	assert_int_equal(refs_lock(&next, dir, NULL, NULL), ERR_OK);
	assert_ref(REFS_STORE, 0x11);
	refs_unlock(&next, dir);
	refs_unlock(&next, dir);
	assert_false(fs_exists(lock));
	assert_ref(REFS_STORE, 0x11);
}

static void a_packed_ref_moves_too_and_its_folder_is_made_again(void **state)
{
	static const char name[] = REFS_JOURNALS "/" NODE "/" INCARNATION;
	struct refs_move m = move_of(name, 0x11, 0x22);
	(void)state;
	put_file("packed-refs", ONES " " REFS_JOURNALS "/" NODE "/" INCARNATION "\n");
	assert_ref(name, 0x11);
	assert_int_equal(refs_lock(&m, dir, NULL, NULL), ERR_OK);
	assert_int_equal(refs_commit(&m, dir, NULL, NULL), ERR_OK);
	assert_ref(name, 0x22);
}

static void journals_come_from_files_and_packed_lines_alike(void **state)
{
	struct store_journal *list = NULL;
	size_t count = 9;
	char path[FS_PATH_MAX];
	struct git_id ones = id_of(0x11), twos = id_of(0x22);
	(void)state;
	assert_int_equal(refs_journals(&list, &count, dir, NULL), ERR_OK);
	assert_int_equal(count, 0);
	assert_null(list);
	put_file("packed-refs", ONES " " REFS_JOURNALS "/" NODE "/" INCARNATION "\n"
		ONES " " REFS_JOURNALS "/" NODE "/0000000000000001\n"
		ONES " " REFS_JOURNALS "/" NODE "/0000000000000001x\n"
		ONES " refs/heads/journal\n");
	assert_int_equal(fs_path(path, "%s/" REFS_JOURNALS "/" NODE, dir), ERR_OK);
	assert_int_equal(fs_make_dir(path, NULL, NULL), ERR_OK);
	put_file(REFS_JOURNALS "/" NODE "/" INCARNATION, TWOS "\n");
	put_file(REFS_JOURNALS "/" NODE "/" INCARNATION ".lock", "");
	put_file(REFS_JOURNALS "/stray", ONES "\n");
	assert_int_equal(refs_journals(&list, &count, dir, NULL), ERR_OK);
	assert_int_equal(count, 2);
	assert_int_equal(list[0].node.b[0], 0xaa);
	assert_int_equal(list[0].incarnation.b[7], 1);
	assert_true(git_id_equal(&list[0].head, &ones));
	assert_int_equal(list[1].incarnation.b[7], 0xbb);
	assert_true(git_id_equal(&list[1].head, &twos));
	free(list);
}

static void left_locks_are_cleaned_wherever_refs_are(void **state)
{
	char path[FS_PATH_MAX];
	(void)state;
	assert_int_equal(fs_path(path, "%s/" REFS_JOURNALS "/" NODE, dir), ERR_OK);
	assert_int_equal(fs_make_dir(path, NULL, NULL), ERR_OK);
	put_file("refs/heads/journal.lock", ONES "\n");
	put_file("refs/heads/journal", ONES "\n");
	put_file(REFS_JOURNALS "/" NODE "/" INCARNATION ".lock", ONES "\n");
	refs_clean(dir);
	assert_ref(REFS_JOURNAL, 0x11);
	assert_int_equal(fs_path(path, "%s/refs/heads/journal.lock", dir), ERR_OK);
	assert_false(fs_exists(path));
	assert_int_equal(fs_path(path, "%s/" REFS_JOURNALS "/" NODE "/" INCARNATION ".lock", dir), ERR_OK);
	assert_false(fs_exists(path));
}

static void names_of_journals_are_hex(void **state)
{
	char name[REFS_NAME_MAX];
	struct node_id node;
	struct incarnation_id incarnation;
	(void)state;
	memset(node.b, 0xaa, sizeof node.b);
	memset(incarnation.b, 0xbb, sizeof incarnation.b);
	refs_journal_name(name, &node, &incarnation);
	assert_string_equal(name, "refs/journals/" NODE "/" INCARNATION);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(a_file_rules_over_a_packed_line),
		IN_DIR(a_ref_that_holds_no_id_is_told_and_not_taken),
		IN_DIR(a_ref_moves_only_from_what_was_expected),
		IN_DIR(a_packed_ref_moves_too_and_its_folder_is_made_again),
		IN_DIR(journals_come_from_files_and_packed_lines_alike),
		IN_DIR(left_locks_are_cleaned_wherever_refs_are),
		cmocka_unit_test(names_of_journals_are_hex),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
