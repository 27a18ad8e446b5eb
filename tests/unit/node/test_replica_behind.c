/* An index that can't follow the store: what was written is not lost, not doubled and not written over. */
#include "tests/support/federation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "node/fs.h"
#include "tests/support/journal_book.h"
#include "tests/support/temp_home.h"

static struct federation fed;
static struct fed_site *budel;
static char home[FS_PATH_MAX];

static int set_up(void **state)
{
	(void)state;
	temp_home_make(home);
	federation_init(&fed, 23);
	budel = federation_add(&fed, "budel", SITE_RECEPTION, 0, "coa");
	federation_open(&fed, (const char *const[]){ home });
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	federation_clear(&fed);
	temp_home_remove(home);
	return 0;
}

/* As another process would: what SQLite then refuses, it refuses to the replica. */
static void tell_index(const char *sql)
{
	char path[FS_PATH_MAX];
	sqlite3 *db;
	assert_int_equal(fs_path(path, "%s/index.db", home), ERR_OK);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void break_table(const char *table)
{
	char sql[256];
	sqlite3_snprintf(sizeof sql, sql,
		"CREATE TRIGGER broken BEFORE INSERT ON %s BEGIN SELECT RAISE(ABORT, 'broken'); END", table);
	tell_index(sql);
}

static void mend(void)
{
	tell_index("DROP TRIGGER broken");
}

static enum err set_phone(const struct case_id *id)
{
	const struct form *form;
	struct edit_result result;
	assert_int_equal(replica_form(&form, budel->replica, 1, 1, NULL), ERR_OK);
	const struct form_field *field = form_find_path(form, "contact.phone");
	static const uint8_t text[] = { 0x63, '0', '6', '1' };
	struct op op = { .field = field->number, .code = OP_SET, .value = bytes_of(text, sizeof text) };
	struct edit edit = { .case_id = *id, .officer = &budel->officer, .ops = &op, .op_count = 1 };
	enum err e = replica_edit(budel->replica, &edit, 1, &result, NULL);
	if (!e)
		assert_int_equal(result.verdict, EDIT_DONE);
	return e;
}

static enum err checkpoint(void)
{
	enum err e = replica_lock(budel->replica, NULL);
	if (e)
		return e;
	e = journal_checkpoint(replica_journal(budel->replica), NULL);
	replica_unlock(budel->replica);
	return e;
}

static uint32_t count_changes(const struct case_id *id)
{
	struct casefile *f;
	const uint32_t *frontier;
	uint32_t width;
	assert_int_equal(replica_lock(budel->replica, NULL), ERR_OK);
	assert_int_equal(replica_case(&f, budel->replica, id, NULL), ERR_OK);
	assert_int_equal(casefile_frontier(&frontier, &width, f), ERR_OK);
	assert_int_equal(width, 1); /* nothing was written beside what was there */
	uint32_t count = f->count;
	replica_unlock(budel->replica);
	return count;
}

static void assert_each_named_once(void)
{
	struct journal_book b;
	struct index_change *rows;
	size_t count;
	journal_book_open(&b, budel->replica);
	assert_int_equal(
		index_list_since(&rows, &count, replica_index(budel->replica), &b.arena, 0, 1000), ERR_OK);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(journal_book_named(&b, &rows[i].id), 1);
	journal_book_close(&b);
}

static void a_change_that_was_not_indexed_is_built_upon_by_the_next(void **state)
{
	(void)state;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	break_table("changes");
	assert_int_not_equal(set_phone(&opened.case_id), ERR_OK);
	mend();
	assert_int_equal(count_changes(&opened.case_id), 2);
	assert_int_equal(set_phone(&opened.case_id), ERR_OK);
	assert_int_equal(count_changes(&opened.case_id), 3);
	assert_int_equal(checkpoint(), ERR_OK);
	assert_each_named_once();
}

static void under_one_lock_nothing_is_written_over_what_was_not_indexed(void **state)
{
	(void)state;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	assert_int_equal(replica_lock(budel->replica, NULL), ERR_OK);
	break_table("changes");
	assert_int_not_equal(set_phone(&opened.case_id), ERR_OK);
	mend();
	assert_int_equal(set_phone(&opened.case_id), ERR_CONFLICT);
	replica_unlock(budel->replica);
	assert_int_equal(count_changes(&opened.case_id), 2);
	assert_int_equal(set_phone(&opened.case_id), ERR_OK);
}

static void a_checkpoint_that_was_not_indexed_is_followed_by_the_next(void **state)
{
	(void)state;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	uint64_t before = journal_sequence(replica_journal(budel->replica));
	break_table("checkpoints");
	assert_int_not_equal(checkpoint(), ERR_OK);
	mend();
	assert_int_equal(set_phone(&opened.case_id), ERR_OK);
	assert_int_equal(checkpoint(), ERR_OK);
	assert_int_equal(journal_sequence(replica_journal(budel->replica)), before + 2);
	assert_each_named_once();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_change_that_was_not_indexed_is_built_upon_by_the_next, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			under_one_lock_nothing_is_written_over_what_was_not_indexed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_checkpoint_that_was_not_indexed_is_followed_by_the_next, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
