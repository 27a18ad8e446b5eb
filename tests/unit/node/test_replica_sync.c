/* Sessions between replicas: what goes, what it costs, and that both are equal afterwards. */
#include "tests/support/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct federation fed;
static struct fed_site *central, *budel, *lawyer, *audit;

static int set_up(void **state)
{
	(void)state;
	federation_init(&fed, 11);
	central = federation_add(
		&fed, "central", SITE_CENTRAL, SITE_CUSTODIAN | SITE_READS_JOURNALS, "ind_registrar,ind_officer,dpo");
	budel = federation_add(&fed, "budel", SITE_REGISTRATION, 0, "police_avim,coa");
	lawyer = federation_add(&fed, "lawyer", SITE_COUNSEL, 0, "lawyer");
	audit = federation_add(&fed, "audit", SITE_AUDIT, SITE_READS_JOURNALS, "dpo");
	federation_open(&fed, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	federation_clear(&fed);
	return 0;
}

static void print(const char *what, const struct wire_result *r)
{
	printf("%s: %zu bytes, %llu round trips; ends %s (%s), %s (%s)\n", what, r->bytes,
		(unsigned long long)r->stats[0].round_trips, session_end_name(r->end[0]), r->reason[0],
		session_end_name(r->end[1]), r->reason[1]);
	for (int i = 0; i < 2; i++)
		printf("  %d sent %d taken %d refused %d waiting %d blobs %d\n", i, (int)r->counts[i].changes_sent,
			(int)r->counts[i].changes_taken, (int)r->counts[i].changes_refused,
			(int)r->counts[i].changes_waiting, (int)r->counts[i].blobs_taken);
	for (int i = 0; i < 2; i++)
		for (int kind = 0; kind < 16; kind++)
			if (r->stats[i].kind_out[kind])
				printf("  %d %s %llu\n", i, kind ? message_name((uint64_t)kind) : "hello",
					(unsigned long long)r->stats[i].kind_out[kind]);
}

static struct wire_result sync_equal(struct fed_site *from, struct fed_site *to)
{
	struct wire_result r = wire_sync(from, to, SIZE_MAX);
	if (r.end[0] != SESSION_EQUAL || r.end[1] != SESSION_EQUAL)
		print("NOT EQUAL", &r);
	assert_int_equal(r.end[0], SESSION_EQUAL);
	assert_int_equal(r.end[1], SESSION_EQUAL);
	return r;
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

static void an_edit_goes_over_and_costs_little(void **state)
{
	(void)state;
	struct wire_result idle = sync_equal(budel, central);
	print("nothing at all", &idle);
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	struct wire_result r = sync_equal(budel, central);
	print("an opening", &r);
	assert_int_equal(r.counts[1].changes_taken, 1);
	assert_equal_views(&opened.case_id, budel, central);
	idle = sync_equal(budel, central);
	print("idle", &idle);
	assert_true(idle.bytes <= 300);
	assert_int_equal(idle.stats[0].round_trips, 1);
	for (int i = 0; i < 3; i++) {
		fed_edit(budel, &opened.case_id, OP_SET, "identity.family_name", "\"Haile\"", "own_statement");
		r = sync_equal(budel, central);
		print("one field", &r);
		assert_equal_views(&opened.case_id, budel, central);
	}
	assert_true(r.bytes - idle.bytes <= 450);
	fed_edit(central, &opened.case_id, OP_SET, "identity.family_name", "\"HAILE\"", "identifying_document");
	r = sync_equal(budel, central);
	print("one field back", &r);
	assert_equal_views(&opened.case_id, budel, central);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_edit_goes_over_and_costs_little, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
