/* Import: rows become cases once, however often and by whomever of the site they are imported. */
#include "node/import.h"
#include "tests/support/federation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { ROWS_MAX = 1024 };

static struct federation fed;
static struct fed_site *central, *budel;
static struct {
	struct import_row rows[ROWS_MAX];
	struct err_text words[ROWS_MAX];
	unsigned count;
} seen;

static int set_up(void **state)
{
	(void)state;
	federation_init(&fed, 13);
	central = federation_add(
		&fed, "central", SITE_CENTRAL, SITE_CUSTODIAN | SITE_READS_JOURNALS, "ind_registrar,ind_intake");
	budel = federation_add(&fed, "budel", SITE_REGISTRATION, 0, "police_avim,coa");
	federation_open(&fed, NULL);
	seen.count = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	federation_clear(&fed);
	return 0;
}

static void note(void *context, const struct import_row *row)
{
	(void)context;
	assert_true(seen.count < ROWS_MAX);
	seen.rows[seen.count] = *row;
	(void)err_set(&seen.words[seen.count++], ERR_REFUSED, "%s", row->words);
}

static void import(struct fed_site *s, const char *text, bool dry_run)
{
	struct import *im;
	struct err_text why = { "" };
	struct import_config config = {
		.replica = s->replica, .officer = &s->officer, .dry_run = dry_run, .report = note
	};
	seen.count = 0;
	assert_int_equal(replica_form_named(&config.form, s->replica, "asylum", &why), ERR_OK);
	assert_int_equal(import_new(&im, &config, &why), ERR_OK);
	while (*text) {
		size_t size = strcspn(text, "\n");
		assert_int_equal(import_line(im, bytes_of(text, size), &why), ERR_OK);
		text += size + (text[size] == '\n');
	}
	assert_int_equal(import_finish(im, &why), ERR_OK);
	import_free(im);
}

static void assert_row(unsigned i, unsigned line, enum import_verdict verdict, const char *words)
{
	assert_true(i < seen.count);
	assert_int_equal(seen.rows[i].line, line);
	assert_int_equal(seen.rows[i].verdict, verdict);
	if (!strstr(seen.words[i].text, words))
		fail_msg("line %u: \"%s\" does not say \"%s\"", line, seen.words[i].text, words);
}

static size_t count_cases(struct fed_site *s)
{
	struct arena a;
	struct index_case *cases;
	size_t count;
	arena_init(&a, 1 << 24);
	assert_int_equal(index_list_cases(&cases, &count, replica_index(s->replica), &a), ERR_OK);
	arena_clear(&a);
	return count;
}

static const char two[] = "{\"key\":\"A1\",\"fields\":{\"case.reported_on\":\"2026-02-02\"}}\n"
						  "\n"
						  "{\"key\":\"A2\",\"fields\":{\"case.reported_on\":\"2026-02-03\"}}\n";

static void a_file_that_is_imported_again_opens_nothing(void **state)
{
	(void)state;
	import(budel, two, false);
	assert_int_equal(seen.count, 2);
	assert_row(0, 1, IMPORT_OPENED, "");
	assert_row(1, 3, IMPORT_OPENED, "");
	struct case_id first = seen.rows[0].case_id;
	import(budel, two, false);
	assert_row(0, 1, IMPORT_KNOWN, "");
	assert_row(1, 3, IMPORT_KNOWN, "");
	assert_true(case_id_equal(&seen.rows[0].case_id, &first));
	assert_int_equal(count_cases(budel), 2);
}

static void what_is_read_is_what_the_row_says(void **state)
{
	struct buf view;
	(void)state;
	import(budel,
		"{\"key\":\"B\",\"basis\":\"own_statement\",\"fields\":{\"identity.family_name\":\"Haile\","
		"\"identity.nationalities_claimed\":[\"ER\",\"ET\"],\"identity.birth_date\":\"2003-05-14\"},"
		"\"bases\":{\"identity.birth_date\":\"official_document\"},"
		"\"ops\":[{\"op\":\"add\",\"field\":\"identity.aliases\",\"element\":\"Hayle\"}]}\n",
		false);
	assert_row(0, 1, IMPORT_OPENED, "");
	buf_init(&view, 1 << 20);
	fed_view(&view, budel, &seen.rows[0].case_id);
	assert_non_null(strstr(buf_text(&view), "\"identity.family_name\":{\"value\":\"Haile\""));
	assert_non_null(strstr(buf_text(&view), "\"value\":[\"ER\",\"ET\"]"));
	assert_non_null(strstr(buf_text(&view), "\"value\":[\"Hayle\"]"));
	/* The basis of the birth date outranks a later statement of the person. */
	struct edit_result weaker = fed_edit(
		budel, &seen.rows[0].case_id, OP_SET, "identity.birth_date", "\"2004-01-01\"", "own_statement");
	assert_int_equal(weaker.verdict, EDIT_REFUSED);
	assert_int_equal(weaker.reason, REASON_WEAKER_AUTHORITY);
	buf_clear(&view);
}

static void a_dry_run_judges_and_writes_nothing(void **state)
{
	struct store_heads before, after;
	(void)state;
	assert_int_equal(store_heads(&before, replica_store(budel->replica), NULL), ERR_OK);
	import(budel, two, true);
	assert_row(0, 1, IMPORT_WOULD_OPEN, "");
	import(budel, "{\"fields\":{\"medical.allergies\":[\"penicillin\"]}}\n", true);
	assert_row(0, 1, IMPORT_REFUSED, "medical.allergies would not take effect: not_permitted");
	assert_int_equal(store_heads(&after, replica_store(budel->replica), NULL), ERR_OK);
	assert_memory_equal(&before, &after, sizeof before);
	assert_int_equal(count_cases(budel), 0);
}

static void a_bad_row_is_named_and_the_others_go_on(void **state)
{
	static const struct {
		const char *line, *words;
	} bad[] = {
		{ "{", "line 1 column" },
		{ "[]", "a row is an object" },
		{ "{\"keys\":\"A\"}", "no member \"keys\"" },
		{ "{\"key\":1}", "\"key\" is of the wrong kind" },
		{ "{\"key\":\"\"}", "a key is 1 to 1024 bytes" },
		{ "{\"form\":\"nothing\"}", "nothing" },
		{ "{\"fields\":{\"case.reported\":1}}", "has no field \"case.reported\"" },
		{ "{\"fields\":{\"case.reported_on\":\"2026-02-31\"}}", "takes a day that exists" },
		{ "{\"fields\":{},\"bases\":{\"contact.phone\":\"own_statement\"}}", "which \"fields\" does not" },
		{ "{\"ops\":[{\"op\":\"set\"}]}", "operation 1:" },
	};
	struct buf file;
	(void)state;
	buf_init(&file, 1 << 20);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		buf_printf(&file, "%s\n", bad[i].line);
	buf_put_text(&file, two);
	import(budel, buf_text(&file), false);
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_row(i, i + 1, IMPORT_REFUSED, bad[i].words);
	assert_int_equal(seen.count, sizeof bad / sizeof bad[0] + 2);
	assert_int_equal(count_cases(budel), 2);
	buf_clear(&file);
}

static void a_key_that_stands_twice_is_refused_the_second_time(void **state)
{
	(void)state;
	import(budel, "{\"key\":\"A\",\"fields\":{}}\n{\"key\":\"A\",\"fields\":{}}\n", false);
	assert_row(0, 2, IMPORT_REFUSED, "the key of line 1");
	assert_row(1, 1, IMPORT_OPENED, "");
	/* A line that looks like a key is not that key. */
	import(budel, "{\"fields\":{}}\n{\"key\":\"{\\\"fields\\\":{}}\",\"fields\":{}}\n", false);
	assert_row(0, 1, IMPORT_OPENED, "");
	assert_row(1, 2, IMPORT_OPENED, "");
}

static void more_rows_than_one_transaction_takes(void **state)
{
	struct buf file;
	(void)state;
	buf_init(&file, 1 << 20);
	for (unsigned i = 0; i < 3 * IMPORT_BATCH_MAX + 5; i++)
		buf_printf(&file, "{\"key\":\"%u\",\"fields\":{}}\n", i);
	import(budel, buf_text(&file), false);
	assert_int_equal(seen.count, 3 * IMPORT_BATCH_MAX + 5);
	for (unsigned i = 0; i < seen.count; i++)
		assert_row(i, i + 1, IMPORT_OPENED, "");
	assert_int_equal(count_cases(budel), seen.count);
	buf_clear(&file);
}

static void another_site_opens_a_case_of_its_own(void **state)
{
	(void)state;
	import(budel, two, false);
	struct case_id here = seen.rows[0].case_id;
	import(central, two, false);
	assert_row(0, 1, IMPORT_OPENED, "");
	assert_false(case_id_equal(&here, &seen.rows[0].case_id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_that_is_imported_again_opens_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_read_is_what_the_row_says, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_dry_run_judges_and_writes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_bad_row_is_named_and_the_others_go_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_key_that_stands_twice_is_refused_the_second_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(more_rows_than_one_transaction_takes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_site_opens_a_case_of_its_own, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
