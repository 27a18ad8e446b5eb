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

static uint64_t objects(struct fed_site *s)
{
	struct store_heads heads;
	uint64_t mark;
	assert_int_equal(store_heads(&heads, replica_store(s->replica), NULL), ERR_OK);
	memcpy(&mark, heads.store.b, sizeof mark);
	uint64_t other;
	memcpy(&other, heads.journal.b, sizeof other);
	return mark ^ (other << 1);
}

static struct edit_result grant(struct fed_site *from, const struct case_id *id, struct fed_site *to)
{
	struct edit_grant g = { .site = to->number };
	struct edit edit = { .case_id = *id, .officer = &from->officer, .grants = &g, .grant_count = 1 };
	struct edit_result result;
	assert_int_equal(replica_edit(from->replica, &edit, 1, &result, NULL), ERR_OK);
	assert_int_equal(result.verdict, EDIT_DONE);
	return result;
}

static struct edit_result withdraw(struct fed_site *from, const struct case_id *id, struct fed_site *to)
{
	struct edit edit = { .case_id = *id, .officer = &from->officer, .withdraw = &to->number,
		.withdraw_count = 1 };
	struct edit_result result;
	assert_int_equal(replica_edit(from->replica, &edit, 1, &result, NULL), ERR_OK);
	assert_int_equal(result.verdict, EDIT_DONE);
	return result;
}

static size_t count_changes(struct fed_site *s, const struct case_id *id)
{
	struct casefile *f;
	enum err e = replica_case(&f, s->replica, id, NULL);
	return e ? 0 : f->count;
}

static void set_name(struct fed_site *s, const struct case_id *id, const char *name)
{
	struct edit_result r = fed_edit(s, id, OP_ADD, "identity.aliases", name, NULL);
	if (r.verdict != EDIT_DONE)
		printf("%s: %s (%d)\n", s->name, r.why.text, (int)r.reason);
	assert_int_equal(r.verdict, EDIT_DONE);
}

static struct case_id open_with_edits(struct fed_site *s, int edits)
{
	struct edit_result opened = fed_open(s, "case.reported_on", "\"2026-02-02\"");
	for (int i = 0; i < edits; i++)
		set_name(s, &opened.case_id, i % 2 ? "\"Haile\"" : "\"Hayle\"");
	return opened.case_id;
}

static void one_field_to_a_witness_costs_at_most_400_bytes(void **state)
{
	(void)state;
	struct case_id id = open_with_edits(budel, 1);
	grant(budel, &id, lawyer);
	sync_equal(budel, lawyer);
	struct wire_result idle = sync_equal(budel, lawyer), r;
	for (int i = 0; i < 3; i++) {
		set_name(budel, &id, i % 2 ? "\"A\"" : "\"B\"");
		r = sync_equal(budel, lawyer);
	}
	print("one field, to a witness", &r);
	assert_true(r.bytes - idle.bytes <= 400);
	/* One that the witness does not hear of: the next one is told with its tree head. */
	set_name(budel, &id, "\"C\"");
	sync_equal(budel, central);
	set_name(budel, &id, "\"D\"");
	r = sync_equal(budel, lawyer);
	print("two fields and a gap, to a witness", &r);
}

static void an_idle_session_writes_nothing(void **state)
{
	(void)state;
	open_with_edits(budel, 3);
	sync_equal(budel, central);
	sync_equal(central, audit);
	uint64_t before[] = { objects(budel), objects(central), objects(audit) };
	struct wire_result r = sync_equal(central, budel);
	assert_int_equal(r.stats[0].round_trips, 1);
	r = sync_equal(audit, central);
	assert_int_equal(r.stats[0].round_trips, 1);
	assert_int_equal(before[0], objects(budel));
	assert_int_equal(before[1], objects(central));
	assert_int_equal(before[2], objects(audit));
}

static void a_case_goes_to_whom_it_was_granted_and_to_nobody_else(void **state)
{
	(void)state;
	struct case_id mine = open_with_edits(budel, 2), other = open_with_edits(budel, 2);
	sync_equal(budel, lawyer);
	assert_int_equal(count_changes(lawyer, &mine), 0);
	grant(budel, &mine, lawyer);
	struct wire_result r = sync_equal(budel, lawyer);
	assert_int_equal(r.counts[1].changes_taken, 4);
	assert_int_equal(count_changes(lawyer, &mine), 4);
	assert_int_equal(count_changes(lawyer, &other), 0);
	/* And back, by way of the lawyer's own word. */
	fed_edit(lawyer, &mine, OP_APPEND, "legal.views", "{\"file\":\"z.pdf\"}", NULL);
	sync_equal(lawyer, budel);
	assert_int_equal(count_changes(budel, &mine), 5);
	/* The centre gets the bytes of the letter from the lawyer only: budel may not hold them. */
	sync_equal(budel, central);
	r = sync_equal(central, lawyer);
	assert_int_equal(r.counts[0].blobs_taken > 0, true);
	assert_equal_views(&mine, central, central);
	/* Withdrawn: the withdrawal is the last that the lawyer hears. */
	withdraw(budel, &mine, lawyer);
	set_name(budel, &mine, "\"Late\"");
	r = sync_equal(budel, lawyer);
	assert_int_equal(count_changes(lawyer, &mine), 6);
	assert_int_equal(count_changes(budel, &mine), 7);
	sync_equal(lawyer, budel);
}

static void what_a_withdrawn_site_wrote_before_it_knew_is_still_taken(void **state)
{
	(void)state;
	struct case_id mine = open_with_edits(budel, 1);
	grant(budel, &mine, lawyer);
	sync_equal(budel, lawyer);
	fed_edit(lawyer, &mine, OP_APPEND, "legal.views", "{\"file\":\"z.pdf\"}", NULL);
	withdraw(budel, &mine, lawyer);
	sync_equal(budel, lawyer);
	assert_int_equal(count_changes(budel, &mine), 5);
	assert_int_equal(count_changes(lawyer, &mine), 5);
}

static void a_lost_cursor_is_repaired(void **state)
{
	(void)state;
	struct case_id ids[40];
	for (int i = 0; i < 40; i++)
		ids[i] = open_with_edits(budel, i % 3);
	for (int i = 0; i < 40; i++)
		open_with_edits(central, 0); /* not shared with budel */
	sync_equal(budel, central);
	for (int i = 0; i < 40; i++) {
		if (i % 3 == 1)
			set_name(central, &ids[i], "\"X\"");
		if (i % 5 == 0)
			set_name(budel, &ids[i], "\"Y\"");
	}
	/* Both believe that the other has everything. */
	struct fed_site *both[] = { budel, central };
	for (int i = 0; i < 2; i++) {
		struct index_peer row;
		struct index *ix = replica_index(both[i]->replica);
		assert_int_equal(index_get_peer(&row, ix, replica_node(both[!i]->replica)), ERR_OK);
		row.sent = 1000;
		assert_int_equal(index_put_peer(ix, &row, bytes_of(NULL, 0)), ERR_OK);
	}
	struct wire_result r = sync_equal(budel, central);
	print("a lost cursor, 40 cases", &r);
	for (int i = 0; i < 40; i += 7)
		assert_equal_views(&ids[i], budel, central);
	/* One case differs among them. */
	set_name(central, &ids[3], "\"X\"");
	struct index_peer row;
	assert_int_equal(
		index_get_peer(&row, replica_index(central->replica), replica_node(budel->replica)), ERR_OK);
	row.sent = 1000;
	assert_int_equal(index_put_peer(replica_index(central->replica), &row, bytes_of(NULL, 0)), ERR_OK);
	r = sync_equal(budel, central);
	print("a lost cursor, one change", &r);
	assert_int_equal(r.counts[0].changes_taken, 1);
	assert_int_equal(r.counts[1].changes_sent, 1);
}

static void a_session_cut_again_and_again_gets_there(void **state)
{
	(void)state;
	size_t total = 0, sessions = 0;
	struct case_id id = open_with_edits(budel, 150);
	for (;; sessions++) {
		struct wire_result r = wire_sync(budel, central, 8000);
		total += r.bytes;
		assert_true(sessions < 100);
		if (r.end[0] == SESSION_EQUAL && r.end[1] == SESSION_EQUAL)
			break;
	}
	assert_equal_views(&id, budel, central);
	printf("cut every 8000 bytes: %zu sessions, %zu bytes\n", sessions + 1, total);
	/* A grant sends a whole case at once, which no single session may bring. */
	grant(budel, &id, lawyer);
	for (sessions = 0, total = 0;; sessions++) {
		struct wire_result r = wire_sync(budel, lawyer, 8000);
		total += r.bytes;
		assert_true(sessions < 100);
		if (r.end[0] == SESSION_EQUAL && r.end[1] == SESSION_EQUAL)
			break;
	}
	printf("a whole case, cut every 8000 bytes: %zu sessions, %zu bytes\n", sessions + 1, total);
	assert_int_equal(count_changes(lawyer, &id), 152);
}

static void new_statements_come_before_what_relies_on_them(void **state)
{
	(void)state;
	struct sign_key officer;
	assert_int_equal(officer_key_new(&officer, replica_ports(budel->replica)), ERR_OK);
	struct form_roles roles = { 1, charter_site_roles(replica_charter(budel->replica), budel->number, 1) };
	struct statement s = { .code = STATEMENT_APPOINT, .valid = true,
		.as.appoint = { .site = budel->number, .name = bytes_text("second"), .roles = { &roles, 1 } } };
	struct statement_id id;
	struct err_text why = { "" };
	memcpy(s.as.appoint.officer.b, officer.public_key, sizeof s.as.appoint.officer.b);
	enum err e = replica_state(&id, budel->replica, &s, &budel->officer, false, &why);
	if (e)
		printf("%s\n", why.text);
	assert_int_equal(e, ERR_OK);
	struct fed_site second = *budel;
	second.officer = officer;
	struct case_id mine = open_with_edits(&second, 1);
	struct wire_result r = sync_equal(central, budel);
	print("a statement and a case", &r);
	assert_int_equal(r.counts[0].statements_taken, 1);
	assert_int_equal(r.counts[0].changes_taken, 2);
	assert_int_equal(count_changes(central, &mine), 2);
	sync_equal(central, lawyer);
	assert_int_equal(charter_count(replica_charter(lawyer->replica)), fed.blob_count + 1);
	sign_key_clear(&officer);
}

static void an_open_session_pushes_both_ways(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, budel, central, true);
	wire_run(&w, SIZE_MAX);
	struct case_id id = open_with_edits(budel, 1);
	session_wake(w.side[0].session);
	wire_run(&w, SIZE_MAX);
	assert_int_equal(count_changes(central, &id), 2);
	set_name(central, &id, "\"Y\"");
	session_wake(w.side[1].session);
	wire_run(&w, SIZE_MAX);
	assert_int_equal(count_changes(budel, &id), 3);
	for (int i = 0; i < 2; i++)
		assert_true(session_is_idle(w.side[i].session));
	/* Several at once, while both write. */
	for (int i = 0; i < 5; i++) {
		set_name(budel, &id, "\"Y\"");
		set_name(central, &id, "\"Z\"");
	}
	session_wake(w.side[0].session);
	session_wake(w.side[1].session);
	wire_run(&w, SIZE_MAX);
	assert_equal_views(&id, budel, central);
	assert_int_equal(count_changes(budel, &id), 13);
	assert_true(session_is_idle(w.side[0].session) && session_is_idle(w.side[1].session));
	wire_close(&w);
	struct wire_result r = sync_equal(budel, central);
	assert_int_equal(r.stats[0].round_trips, 1);
}

static void journals_reach_who_reads_them_by_whatever_way(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		open_with_edits(budel, 1);
		sync_equal(budel, central);
	}
	struct wire_result r = sync_equal(audit, central);
	print("audit", &r);
	struct arena a;
	struct index_checkpoint *rows;
	size_t count;
	arena_init(&a, 1 << 20);
	assert_int_equal(index_list_checkpoints(&rows, &count, replica_index(audit->replica), &a,
		replica_node(budel->replica), journal_incarnation(replica_journal(budel->replica)), 0), ERR_OK);
	assert_int_equal(count, journal_sequence(replica_journal(budel->replica)) + 1);
	for (size_t i = 0; i < count; i++)
		assert_true(rows[i].full);
	/* A witness holds the head, and not what is in it. */
	assert_int_equal(index_list_checkpoints(&rows, &count, replica_index(budel->replica), &a,
		replica_node(central->replica), journal_incarnation(replica_journal(central->replica)), 0), ERR_OK);
	assert_true(count > 0 && !rows[count - 1].full);
	arena_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_edit_goes_over_and_costs_little, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_field_to_a_witness_costs_at_most_400_bytes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_idle_session_writes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_case_goes_to_whom_it_was_granted_and_to_nobody_else, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_a_withdrawn_site_wrote_before_it_knew_is_still_taken, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_lost_cursor_is_repaired, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_session_cut_again_and_again_gets_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(new_statements_come_before_what_relies_on_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_open_session_pushes_both_ways, set_up, tear_down),
		cmocka_unit_test_setup_teardown(journals_reach_who_reads_them_by_whatever_way, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
