/* The thread: one edit on one node, through every floor, to a second node, with equal views. */
#include "tests/support/federation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static struct federation fed;
static struct fed_site *central, *budel, *lawyer;

static int set_up(void **state)
{
	(void)state;
	federation_init(&fed, 7);
	central = federation_add(
		&fed, "central", SITE_CENTRAL, SITE_CUSTODIAN | SITE_READS_JOURNALS, "ind_registrar,ind_officer,dpo");
	budel = federation_add(&fed, "budel", SITE_REGISTRATION, 0, "police_avim,coa");
	lawyer = federation_add(&fed, "lawyer", SITE_COUNSEL, 0, "lawyer");
	(void)federation_add(&fed, "second", SITE_COUNSEL, 0, "lawyer");
	federation_open(&fed, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	federation_clear(&fed);
	return 0;
}

static void assert_equal_views(const struct case_id *id, struct fed_site *a, struct fed_site *b)
{
	struct buf x, y;
	buf_init(&x, 1 << 20);
	buf_init(&y, 1 << 20);
	fed_view(&x, a, id);
	fed_view(&y, b, id);
	assert_string_equal(buf_text(&x), buf_text(&y));
	buf_clear(&x);
	buf_clear(&y);
}

static bool shows(struct fed_site *s, const struct case_id *id, const char *text)
{
	struct buf x;
	buf_init(&x, 1 << 20);
	fed_view(&x, s, id);
	bool found = strstr(buf_text(&x), text) != NULL;
	buf_clear(&x);
	return found;
}

static void an_edit_reaches_the_central_office_and_both_see_the_same(void **state)
{
	(void)state;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	assert_int_equal(opened.verdict, EDIT_DONE);
	struct edit_result named =
		fed_edit(budel, &opened.case_id, OP_SET, "identity.family_name", "\"Haile\"", "own_statement");
	assert_int_equal(named.verdict, EDIT_DONE);
	fed_copy(central, budel);
	assert_true(shows(central, &opened.case_id, "Haile"));
	assert_equal_views(&opened.case_id, budel, central);
	struct edit_result back = fed_edit(
		central, &opened.case_id, OP_SET, "identity.family_name", "\"HAILE\"", "identifying_document");
	assert_int_equal(back.verdict, EDIT_DONE);
	fed_copy(budel, central);
	assert_true(shows(budel, &opened.case_id, "HAILE"));
	assert_equal_views(&opened.case_id, budel, central);
}

static void what_may_not_be_written_is_refused_before_it_is_signed(void **state)
{
	(void)state;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	struct edit_result refused =
		fed_edit(budel, &opened.case_id, OP_SET, "decision.outcome", "\"granted\"", NULL);
	assert_int_equal(refused.verdict, EDIT_REFUSED);
	assert_int_equal(refused.reason, REASON_NOT_PERMITTED);
	struct casefile *f;
	assert_int_equal(replica_case(&f, budel->replica, &opened.case_id, NULL), ERR_OK);
	assert_int_equal(f->count, 1);
}

static void a_lawyer_sees_a_case_once_it_was_granted(void **state)
{
	(void)state;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-03\"");
	fed_edit(budel, &opened.case_id, OP_SET, "identity.family_name", "\"Vos\"", "own_statement");
	fed_edit(budel, &opened.case_id, OP_SET, "security.public_order", "\"cleared\"", NULL);
	fed_copy(lawyer, budel);
	struct casefile *f;
	assert_int_equal(replica_case(&f, lawyer->replica, &opened.case_id, NULL), ERR_NOT_FOUND);
	struct edit_grant grant = { .site = lawyer->number };
	struct edit edit = {
		.case_id = opened.case_id, .officer = &budel->officer, .grants = &grant, .grant_count = 1
	};
	struct edit_result result;
	assert_int_equal(replica_edit(budel->replica, &edit, 1, &result, NULL), ERR_OK);
	assert_int_equal(result.verdict, EDIT_DONE);
	fed_copy(lawyer, budel);
	assert_true(shows(lawyer, &opened.case_id, "Vos"));
	assert_false(shows(lawyer, &opened.case_id, "cleared"));
	assert_true(shows(lawyer, &opened.case_id, "\"unknown\":[\"security\"]"));
	struct edit_result view =
		fed_edit(lawyer, &opened.case_id, OP_APPEND, "legal.views", "{\"file\":\"z.pdf\"}", NULL);
	assert_int_equal(view.verdict, EDIT_DONE);
	fed_copy(budel, lawyer);
	/* Budel may not hold the letter's bytes, so it can't pass them on; the centre knows what it lacks. */
	fed_copy(central, budel);
	assert_true(shows(central, &opened.case_id, "\"unknown\":[\"legal\"]"));
	fed_copy(central, lawyer);
	assert_true(shows(central, &opened.case_id, "z.pdf"));
	assert_false(shows(budel, &opened.case_id, "z.pdf"));
}

/* The lawyer hears from budel of a letter that nobody there may hold, and with it of the letters' key. */
static void a_site_that_waits_for_a_key_writes_under_its_own(void **state)
{
	(void)state;
	struct fed_site *second = &fed.sites[3];
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-03\"");
	struct edit_grant grants[] = { { .site = lawyer->number }, { .site = second->number } };
	struct edit edit = {
		.case_id = opened.case_id, .officer = &budel->officer, .grants = grants, .grant_count = 2
	};
	struct edit_result result;
	assert_int_equal(replica_edit(budel->replica, &edit, 1, &result, NULL), ERR_OK);
	fed_copy(lawyer, budel);
	fed_edit(lawyer, &opened.case_id, OP_APPEND, "legal.views", "{\"file\":\"first.pdf\"}", NULL);
	fed_copy(budel, lawyer);
	fed_copy(second, budel);
	assert_true(shows(second, &opened.case_id, "\"unknown\":[\"legal\"]"));
	struct edit_result own =
		fed_edit(second, &opened.case_id, OP_APPEND, "legal.views", "{\"file\":\"second.pdf\"}", NULL);
	assert_int_equal(own.verdict, EDIT_DONE);
	fed_copy(lawyer, second);
	fed_copy(second, lawyer);
	assert_true(shows(second, &opened.case_id, "first.pdf") && shows(second, &opened.case_id, "second.pdf"));
	assert_equal_views(&opened.case_id, lawyer, second);
}

static void a_rebuilt_index_says_the_same_and_names_no_change_twice(void **state)
{
	(void)state;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-04\"");
	struct replica *r = budel->replica;
	struct buf before, after;
	uint64_t pending;
	assert_int_equal(replica_lock(r, NULL), ERR_OK);
	assert_int_equal(journal_checkpoint(replica_journal(r), NULL), ERR_OK);
	replica_unlock(r);
	fed_edit(budel, &opened.case_id, OP_SET, "identity.family_name", "\"Uz\"", "own_statement");
	buf_init(&before, 1 << 20);
	buf_init(&after, 1 << 20);
	fed_view(&before, budel, &opened.case_id);
	assert_int_equal(replica_reindex(r, NULL), ERR_OK);
	fed_view(&after, budel, &opened.case_id);
	assert_string_equal(buf_text(&before), buf_text(&after));
	assert_int_equal(journal_count_pending(&pending, replica_journal(r)), ERR_OK);
	assert_int_equal(pending, 1);
	buf_clear(&before);
	buf_clear(&after);
}

static void what_was_disclosed_outlives_the_index(void **state)
{
	(void)state;
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-04\"");
	struct replica *r = budel->replica;
	struct entry entry = { .kind = ENTRY_DISCLOSED };
	int64_t count;
	entry.as.disclosed.time = budel->random.now;
	entry.as.disclosed.site = central->number;
	entry.as.disclosed.case_id = opened.case_id;
	entry.as.disclosed.compartments = 2;
	assert_int_equal(replica_lock(r, NULL), ERR_OK);
	assert_int_equal(journal_disclose(replica_journal(r), &entry), ERR_OK);
	replica_unlock(r);
	assert_int_equal(replica_reindex(r, NULL), ERR_OK);
	assert_int_equal(index_count_disclosed(&count, replica_index(r)), ERR_OK);
	assert_int_equal(count, 1);
	/* A checkpoint takes it in, and then it is kept no longer. */
	assert_int_equal(replica_lock(r, NULL), ERR_OK);
	assert_int_equal(journal_checkpoint(replica_journal(r), NULL), ERR_OK);
	replica_unlock(r);
	assert_int_equal(index_count_disclosed(&count, replica_index(r)), ERR_OK);
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			an_edit_reaches_the_central_office_and_both_see_the_same, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_may_not_be_written_is_refused_before_it_is_signed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_lawyer_sees_a_case_once_it_was_granted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_site_that_waits_for_a_key_writes_under_its_own, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_rebuilt_index_says_the_same_and_names_no_change_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_disclosed_outlives_the_index, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
