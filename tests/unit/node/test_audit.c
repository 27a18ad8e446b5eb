/* The audit: what is sound has no fault, and each lie that a node could tell is found by its name. */
#include "node/audit.h"
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
	federation_init(&fed, 11);
	central = federation_add(
		&fed, "central", SITE_CENTRAL, SITE_CUSTODIAN | SITE_READS_JOURNALS, "ind_registrar,ind_officer,dpo");
	budel = federation_add(&fed, "budel", SITE_REGISTRATION, 0, "police_avim,coa");
	lawyer = federation_add(&fed, "lawyer", SITE_COUNSEL, 0, "lawyer");
	federation_open(&fed, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	federation_clear(&fed);
	return 0;
}

static void attest(struct fed_site *s)
{
	struct err_text why;
	assert_int_equal(replica_lock(s->replica, &why), ERR_OK);
	assert_int_equal(journal_checkpoint(replica_journal(s->replica), &why), ERR_OK);
	replica_unlock(s->replica);
}

/* The site's officer is shown a case. */
static void show(struct fed_site *s, const struct case_id *id, uint32_t code, const char *reason)
{
	struct entry showed = { .kind = ENTRY_SHOWED };
	memcpy(showed.as.showed.officer.b, s->officer.public_key, sizeof showed.as.showed.officer.b);
	showed.as.showed.time = 1770000100;
	showed.as.showed.cases = id;
	showed.as.showed.case_count = 1;
	showed.as.showed.compartments = 2;
	showed.as.showed.code = code;
	showed.as.showed.reason = bytes_text(reason);
	assert_int_equal(replica_lock(s->replica, NULL), ERR_OK);
	assert_int_equal(journal_show(replica_journal(s->replica), &showed, NULL), ERR_OK);
	replica_unlock(s->replica);
}

static struct case_id open_case(struct fed_site *s)
{
	struct edit_result r = fed_open(s, "case.reported_on", "\"2026-02-02\"");
	assert_int_equal(r.verdict, EDIT_DONE);
	return r.case_id;
}

/* Hands over the newest incarnation's journal: with its entries, or as a witness gets it. */
static void copy_journal(struct fed_site *to, struct fed_site *from, bool full)
{
	struct arena a;
	struct index_checkpoint *rows;
	size_t count;
	struct err_text why;
	arena_init(&a, 1 << 28);
	assert_int_equal(index_list_checkpoints(&rows, &count, replica_index(from->replica), &a,
						 replica_node(from->replica), journal_incarnation(replica_journal(from->replica)), 0),
		ERR_OK);
	for (size_t i = 0; i < count; i++) {
		struct buf commit, blob, wire;
		struct checkpoint *c;
		buf_init(&commit, CHECKPOINT_WIRE_MAX);
		buf_init(&blob, ENTRIES_BLOB_MAX + 1024);
		buf_init(&wire, ENTRIES_BLOB_MAX + CHECKPOINT_WIRE_MAX);
		struct store *store = replica_store(from->replica);
		assert_int_equal(
			store_read(&commit, store, STORE_COMMIT, &rows[i].git, CHECKPOINT_WIRE_MAX, &why), ERR_OK);
		assert_int_equal(checkpoint_parse_commit(&c, &a, buf_bytes(&commit), &why), ERR_OK);
		assert_int_equal(journal_read_blob(&blob, store, &c->tree, &why), ERR_OK);
		assert_int_equal(checkpoint_put_wire(&wire, c, full ? buf_bytes(&blob) : bytes_text("")), ERR_OK);
		struct admit_checkpoint one = { .wire = buf_bytes(&wire) };
		struct admission batch = {
			.checkpoints = &one, .checkpoint_count = 1, .peer = replica_node(from->replica)
		};
		assert_int_equal(replica_admit(to->replica, &batch, &why), ERR_OK);
		assert_int_equal(one.err, ERR_OK);
		buf_clear(&commit);
		buf_clear(&blob);
		buf_clear(&wire);
	}
	arena_clear(&a);
}

/* A second node with budel's keys and budel's store as it is now: a copied disk. */
static struct fed_site clone_budel(bool reborn)
{
	struct fed_site copy = *budel;
	struct store *store;
	copy.replica = NULL;
	copy.random.state ^= 0x5eed;
	assert_int_equal(store_mem_copy(&store, replica_store(budel->replica)), ERR_OK);
	federation_open_site(&fed, &copy, NULL, reborn, store);
	return copy;
}

static struct audit run(struct fed_site *s)
{
	struct audit a;
	struct audit_options options = { .since = 0 };
	struct err_text why = { "" };
	assert_int_equal(audit_run(&a, s->replica, &options, &why), ERR_OK);
	return a;
}

/* The audit of a site finds this, and nothing else. */
static void assert_finds(struct fed_site *s, enum audit_fault_kind kind)
{
	struct audit a = run(s);
	assert_true(a.fault_count > 0);
	for (uint32_t i = 0; i < a.fault_count; i++)
		if (a.faults[i].kind != kind)
			fail_msg("%s: %s", audit_fault_name(a.faults[i].kind), a.faults[i].words.text);
	audit_clear(&a);
}

static void assert_sound(struct fed_site *s)
{
	struct audit a = run(s);
	if (a.fault_count)
		fail_msg("%s: %s", audit_fault_name(a.faults[0].kind), a.faults[0].words.text);
	audit_clear(&a);
}

static void what_is_sound_has_no_fault(void **state)
{
	(void)state;
	struct case_id id = open_case(budel);
	fed_edit(budel, &id, OP_SET, "identity.family_name", "\"Haile\"", "own_statement");
	attest(budel);
	fed_copy(central, budel);
	copy_journal(central, budel, true);
	fed_edit(central, &id, OP_ADD, "case.linked_cases", "\"case:1\"", NULL);
	attest(central);
	struct audit a = run(central);
	assert_int_equal(a.fault_count, 0);
	assert_int_equal(a.counts.changes, 3);
	assert_int_equal(a.counts.named, 3);
	assert_int_equal(a.counts.unattested, 0);
	assert_int_equal(a.counts.sealed, 0);
	assert_int_equal(a.counts.witnesses, 1);
	assert_int_equal(a.counts.not_here, 0);
	assert_true(a.counts.payloads >= 3 && a.counts.grants >= 2);
	audit_clear(&a);
	assert_sound(budel);
	assert_sound(lawyer);
}

static void what_is_not_attested_yet_is_no_fault(void **state)
{
	(void)state;
	open_case(budel);
	struct audit a = run(budel);
	assert_int_equal(a.fault_count, 0);
	assert_int_equal(a.counts.unattested, 1);
	audit_clear(&a);
	/* Nor is what this site may not open. */
	attest(budel);
	copy_journal(lawyer, budel, false);
	a = run(lawyer);
	assert_int_equal(a.fault_count, 0);
	assert_int_equal(a.counts.checkpoints, 2);
	audit_clear(&a);
}

static void a_change_that_the_journal_leaves_out_is_found(void **state)
{
	(void)state;
	open_case(budel);
	/* The index is made to believe that the head names the change. */
	assert_int_equal(index_cover(replica_index(budel->replica), INT64_MAX,
						 journal_head_no(replica_journal(budel->replica))),
		ERR_OK);
	assert_sound(budel);
	open_case(budel);
	attest(budel);
	assert_finds(budel, AUDIT_NOT_NAMED);
}

static void a_change_that_is_named_twice_is_found(void **state)
{
	(void)state;
	open_case(budel);
	/* The copied disk opens a life of its own, which takes in what was not attested; so does the first. */
	struct fed_site other = clone_budel(true);
	attest(budel);
	open_case(&other);
	fed_copy(central, budel);
	copy_journal(central, budel, true);
	assert_sound(central);
	copy_journal(central, &other, true);
	struct audit found = run(central);
	assert_int_equal(found.fault_count, 2);
	assert_int_equal(found.faults[0].kind, AUDIT_NAMED_TWICE);
	assert_int_equal(found.faults[1].kind, AUDIT_CLONED);
	audit_clear(&found);
	replica_close(other.replica);
}

static void a_journal_that_was_rewritten_is_found(void **state)
{
	(void)state;
	open_case(budel);
	attest(budel);
	struct fed_site other = clone_budel(false);
	open_case(budel);
	attest(budel);
	open_case(&other);
	attest(&other);
	copy_journal(central, budel, true);
	copy_journal(lawyer, &other, false);
	open_case(central); /* so that there is something to attest */
	attest(central);
	assert_sound(central); /* the control: one side alone is a sound journal */
	struct case_id none = { { 0 } };
	show(lawyer, &none, SHOW_WORK, "");
	attest(lawyer);
	copy_journal(central, lawyer, true);
	assert_finds(central, AUDIT_REWRITTEN);
	replica_close(other.replica);
}

static void two_lives_from_one_head_are_found(void **state)
{
	(void)state;
	open_case(budel);
	attest(budel);
	struct fed_site other = clone_budel(true);
	open_case(budel);
	attest(budel);
	copy_journal(central, budel, true);
	assert_sound(central);
	open_case(&other);
	attest(&other);
	copy_journal(central, &other, true);
	assert_finds(central, AUDIT_CLONED);
	replica_close(other.replica);
}

static void reads_are_listed_with_who_and_why(void **state)
{
	(void)state;
	struct case_id id = open_case(budel);
	show(budel, &id, SHOW_BREAK_GLASS, "found unconscious");
	struct audit a = run(budel);
	assert_int_equal(a.read_count, 1);
	assert_true(a.reads[0].pending);
	audit_clear(&a);
	attest(budel);
	copy_journal(central, budel, true);
	a = run(central);
	assert_int_equal(a.read_count, 1);
	assert_false(a.reads[0].pending);
	assert_int_equal(a.reads[0].code, SHOW_BREAK_GLASS);
	assert_int_equal(a.reads[0].site, budel->number);
	assert_true(case_id_equal(&a.reads[0].cases[0], &id));
	assert_true(bytes_equal(a.reads[0].reason, bytes_text("found unconscious")));
	audit_clear(&a);
}

static void a_part_can_be_audited_alone(void **state)
{
	(void)state;
	struct case_id id = open_case(budel);
	struct err_text why;
	struct audit a;
	open_case(budel);
	open_case(central);
	fed_copy(central, budel);
	struct audit_options one = { .only_case = &id }, site = { .only_site = budel->number },
						 late = { .since = UINT64_MAX };
	assert_int_equal(audit_run(&a, central->replica, &one, &why), ERR_OK);
	assert_int_equal(a.counts.changes, 1);
	audit_clear(&a);
	assert_int_equal(audit_run(&a, central->replica, &site, &why), ERR_OK);
	assert_int_equal(a.counts.changes, 2);
	audit_clear(&a);
	assert_int_equal(audit_run(&a, central->replica, &late, &why), ERR_OK);
	assert_int_equal(a.counts.changes, 0);
	audit_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_sound_has_no_fault, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_attested_yet_is_no_fault, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_change_that_the_journal_leaves_out_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_change_that_is_named_twice_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_journal_that_was_rewritten_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(two_lives_from_one_head_are_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reads_are_listed_with_who_and_why, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_part_can_be_audited_alone, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
