/* Entitlement: what an officer is as of the statements that a change names. */
#include "schema/entitle.h"
#include "tests/support/charter_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { ADMIN = 0x11, CLERK = 0x12, PC = 0x21, LAPTOP = 0x22 };
enum { R1 = 1 << 1, R2 = 1 << 2, R3 = 1 << 3 };

/* The root chain: first, site 1, site 2, admin of site 1, his node.  The admin's chain: clerk, laptop. */
static struct charter_kit kit;
static struct charter *charter;
static struct kit_statement site, other_site, admin, pc, clerk, laptop;

static int set_up(void **state)
{
	(void)state;
	charter_kit_init(&kit);
	charter = kit_charter(&kit);
	site = kit_by_root(&kit, &kit.first, kit_site(&kit, 1, "centre", SITE_CENTRAL, R1 | R2));
	other_site = kit_by_root(&kit, &site, kit_site(&kit, 2, "north", SITE_RECEPTION, R1 | R2 | R3));
	admin = kit_by_root(&kit, &other_site, kit_appoint(&kit, 1, "admin", ADMIN, R1 | R3, R1 | R2 | R3));
	pc = kit_by_root(&kit, &admin, kit_node(1, "pc", PC));
	clerk = kit_by(&kit, ADMIN, &admin, NULL, kit_appoint(&kit, 1, "clerk", CLERK, R2 | R3, 0));
	laptop = kit_by(&kit, ADMIN, &admin, &clerk, kit_node(1, "laptop", LAPTOP));
	const struct kit_statement *all[] = { &kit.first, &site, &other_site, &admin, &pc, &clerk, &laptop };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		kit_keep(charter, all[i], CHARTER_COUNTS);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	charter_free(charter);
	charter_kit_clear(&kit);
	return 0;
}

/* The verdict on officer and node relying on `root` and `issuer`, as text: "entitled 1 2", "retired". */
static void expect(const struct kit_statement *root, const struct kit_statement *issuer, uint8_t officer,
	uint8_t node, const char *expected)
{
	static const char *const names[] = { "entitled", "none", "retired" };
	struct entitle_at at;
	struct entitlement e;
	struct officer_id officer_id = kit_officer(officer);
	struct node_id node_id = kit_node_id(node);
	char text[80];
	assert_int_equal(entitle_find(&at, charter, &root->id, issuer ? &issuer->id : &root->id), ENTITLE_FOUND);
	entitle_judge(&e, charter, &at, &officer_id, &node_id, KIT_FORM);
	if (e.state == ENTITLED)
		snprintf(text, sizeof text, "entitled %u %x", e.site, (unsigned)e.roles);
	else
		snprintf(text, sizeof text, "%s", names[e.state]);
	assert_string_equal(text, expected);
}

static void expect_listed(const struct kit_statement *root, const struct kit_statement *issuer,
	uint8_t officer, uint8_t node, enum entitle_listed expected)
{
	struct entitle_at at;
	struct officer_id officer_id = kit_officer(officer);
	struct node_id node_id = kit_node_id(node);
	assert_int_equal(entitle_find(&at, charter, &root->id, issuer ? &issuer->id : &root->id), ENTITLE_FOUND);
	assert_int_equal(entitle_is_listed(charter, &at, &officer_id, &node_id), expected);
}

static void statements_must_be_of_the_right_kind_of_chain(void **state)
{
	(void)state;
	struct entitle_at at;
	struct statement_id nowhere = { { 1 } };
	assert_int_equal(entitle_find(&at, charter, &pc.id, &pc.id), ENTITLE_FOUND);
	assert_ptr_equal(at.root, at.issuer);
	assert_int_equal(entitle_find(&at, charter, &pc.id, &clerk.id), ENTITLE_FOUND);
	assert_int_equal(entitle_find(&at, charter, &nowhere, &pc.id), ENTITLE_NO_ROOT);
	assert_int_equal(entitle_find(&at, charter, &pc.id, &nowhere), ENTITLE_NO_ISSUER);
	assert_int_equal(entitle_find(&at, charter, &clerk.id, &clerk.id), ENTITLE_WRONG_CHAIN);
	assert_int_equal(entitle_find(&at, charter, &clerk.id, &nowhere), ENTITLE_WRONG_CHAIN);
	assert_int_equal(entitle_find(&at, charter, &pc.id, &admin.id), ENTITLE_WRONG_CHAIN);
}

static void only_statements_at_or_before_the_named_ones_are_relied_on(void **state)
{
	(void)state;
	expect(&pc, NULL, ADMIN, PC, "entitled 1 2"); /* role 3 is not the site's */
	expect(&admin, NULL, ADMIN, PC, "none");
	expect(&other_site, NULL, ADMIN, PC, "none");
	expect(&pc, NULL, ADMIN, LAPTOP, "none");
	expect(&pc, &laptop, ADMIN, LAPTOP, "entitled 1 2"); /* appointed by the root, enrolled by himself */
	expect(&pc, &clerk, ADMIN, LAPTOP, "none");
	expect(&pc, &clerk, CLERK, PC, "entitled 1 4");
	expect(&admin, &clerk, CLERK, PC, "none");
	expect(&admin, &laptop, CLERK, LAPTOP, "entitled 1 4");
	expect(&kit.first, &laptop, CLERK, LAPTOP, "none"); /* no site yet */
	expect(&pc, NULL, CLERK, PC, "none");

	expect_listed(&pc, NULL, ADMIN, PC, ENTITLE_LISTED);
	expect_listed(&admin, NULL, ADMIN, PC, ENTITLE_UNKNOWN_NODE);
	expect_listed(&other_site, NULL, ADMIN, PC, ENTITLE_NOT_APPOINTED);
	expect_listed(&pc, &clerk, CLERK, LAPTOP, ENTITLE_UNKNOWN_NODE);
	expect_listed(&kit.first, &laptop, CLERK, LAPTOP, ENTITLE_LISTED); /* listed is not counting */
}

static void kept_appointments_list_a_key_even_when_they_do_not_count(void **state)
{
	(void)state;
	struct kit_statement foreign = kit_by(&kit, ADMIN, &admin, &laptop,
		kit_appoint(&kit, 2, "clerk", 0x31, R1, 0));
	struct kit_statement node = kit_by(&kit, ADMIN, &admin, &foreign, kit_node(2, "pc", 0x41));
	kit_keep(charter, &foreign, CHARTER_NOT_ENTITLED);
	kit_keep(charter, &node, CHARTER_NOT_ENTITLED);
	expect_listed(&pc, &node, 0x31, 0x41, ENTITLE_LISTED);
	expect(&pc, &node, 0x31, 0x41, "none");
	expect_listed(&pc, &node, 0x31, PC, ENTITLE_UNKNOWN_NODE); /* another site's */
}

static void appointment_and_enrolment_must_both_count(void **state)
{
	(void)state;
	struct kit_statement there = kit_by_root(&kit, &pc, kit_node(2, "there", 0x42));
	struct kit_statement rightly = kit_by_root(&kit, &there, kit_appoint(&kit, 2, "right", 0x32, R1, 0));
	struct kit_statement foreign = kit_by(&kit, ADMIN, &admin, &laptop,
		kit_appoint(&kit, 2, "wrong", 0x31, R1, 0));
	struct kit_statement node = kit_by(&kit, ADMIN, &admin, &foreign, kit_node(2, "wrong", 0x41));
	kit_keep(charter, &there, CHARTER_COUNTS);
	kit_keep(charter, &rightly, CHARTER_COUNTS);
	kit_keep(charter, &foreign, CHARTER_NOT_ENTITLED);
	kit_keep(charter, &node, CHARTER_NOT_ENTITLED);
	expect(&rightly, &node, 0x32, 0x42, "entitled 2 2");
	expect(&rightly, &node, 0x31, 0x42, "none");
	expect(&rightly, &node, 0x32, 0x41, "none");
}

static void of_two_sites_the_lower_speaks(void **state)
{
	(void)state;
	struct kit_statement node = kit_by_root(&kit, &pc, kit_node(2, "pc", PC));
	struct kit_statement high = kit_by_root(&kit, &node, kit_appoint(&kit, 2, "x", 0x31, R1, 0));
	struct kit_statement low = kit_by_root(&kit, &high, kit_appoint(&kit, 1, "x", 0x31, R2, 0));
	struct kit_statement second = kit_by_root(&kit, &low, kit_appoint(&kit, 1, "y", 0x32, R2, 0));
	struct kit_statement last = kit_by_root(&kit, &second, kit_appoint(&kit, 2, "y", 0x32, R1, 0));
	struct kit_statement end = kit_by_root(&kit, &last, kit_retire(&low, 10));
	const struct kit_statement *all[] = { &node, &high, &low, &second, &last, &end };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		kit_keep(charter, all[i], CHARTER_COUNTS);
	expect(&last, NULL, 0x31, PC, "entitled 1 4");
	expect(&last, NULL, 0x32, PC, "entitled 1 4");
	expect(&end, NULL, 0x31, PC, "entitled 2 2"); /* one in force before one that is ended */
}

static void several_appointments_at_one_site_add_up(void **state)
{
	(void)state;
	struct kit_statement second = kit_by_root(&kit, &pc, kit_appoint(&kit, 1, "clerk", CLERK, R1, 0));
	struct kit_statement elsewhere = kit_by_root(&kit, &second, kit_appoint(&kit, 2, "clerk", CLERK, R3, 0));
	struct kit_statement there = kit_by_root(&kit, &elsewhere, kit_node(2, "tablet", 0x23));
	kit_keep(charter, &second, CHARTER_COUNTS);
	kit_keep(charter, &elsewhere, CHARTER_COUNTS);
	kit_keep(charter, &there, CHARTER_COUNTS);
	expect(&there, &clerk, CLERK, PC, "entitled 1 6");
	expect(&there, NULL, CLERK, PC, "entitled 1 2");
	expect(&pc, &clerk, CLERK, PC, "entitled 1 4");
	expect(&there, &clerk, CLERK, 0x23, "entitled 2 8"); /* he acts where the node is */
}

static void a_retirement_holds_from_the_position_it_names(void **state)
{
	(void)state;
	struct kit_statement end = kit_by(&kit, ADMIN, &admin, &laptop, kit_retire(&clerk, 2));
	struct kit_statement after = kit_by(&kit, ADMIN, &admin, &end, kit_node(1, "tablet", 0x23));
	expect(&pc, &laptop, CLERK, PC, "entitled 1 4");
	kit_keep(charter, &end, CHARTER_COUNTS);
	kit_keep(charter, &after, CHARTER_COUNTS);
	expect(&pc, &clerk, CLERK, PC, "entitled 1 4");
	expect(&pc, &laptop, CLERK, PC, "entitled 1 4");
	expect(&pc, &end, CLERK, PC, "retired");
	expect(&pc, &after, CLERK, PC, "retired");
	expect(&pc, &after, ADMIN, PC, "entitled 1 2");
	/* An earlier position, named later, reaches back. */
	struct kit_statement harder = kit_by(&kit, ADMIN, &admin, &after, kit_retire(&clerk, 1));
	kit_keep(charter, &harder, CHARTER_COUNTS);
	expect(&pc, &laptop, CLERK, PC, "retired");
	expect(&pc, &clerk, CLERK, PC, "entitled 1 4");
	const struct charter_entry *e = kit_entry(charter, &clerk), *root = kit_entry(charter, &pc);
	const struct entitle_at with = { root, kit_entry(charter, &laptop) }, without = { root, root };
	assert_true(entitle_is_ended(charter, e, &with));
	assert_false(entitle_is_ended(charter, e, &without)); /* positions of another chain say nothing */
	expect_listed(&pc, &harder, CLERK, PC, ENTITLE_LISTED); /* kept it is, whatever was ended */
	expect(&pc, NULL, ADMIN, PC, "entitled 1 2");
	/* An ending that does not count ends nothing, also where one that does comes later. */
	struct kit_statement powerless = kit_by(&kit, ADMIN, &admin, &harder,
		kit_appoint(&kit, 2, "admin", ADMIN, R1, R1));
	struct kit_statement idle = kit_by(&kit, ADMIN, &powerless, &powerless, kit_retire(&pc, 0));
	struct kit_statement late = kit_by_root(&kit, &pc, kit_retire(&pc, 99));
	kit_keep(charter, &powerless, CHARTER_NOT_ENTITLED);
	kit_keep(charter, &idle, CHARTER_SUPERIOR);
	kit_keep(charter, &late, CHARTER_COUNTS);
	expect(&pc, &idle, ADMIN, PC, "entitled 1 2");
	expect(&late, &idle, ADMIN, PC, "retired");
}

static void the_root_ends_what_an_officer_said(void **state)
{
	(void)state;
	struct kit_statement end = kit_by_root(&kit, &pc, kit_retire(&clerk, 2));
	struct kit_statement more = kit_by(&kit, ADMIN, &admin, &laptop, kit_node(1, "tablet", 0x23));
	kit_keep(charter, &end, CHARTER_COUNTS);
	kit_keep(charter, &more, CHARTER_COUNTS);
	expect(&pc, &laptop, CLERK, PC, "entitled 1 4"); /* before it in both chains */
	expect(&pc, &more, CLERK, PC, "retired");        /* at the position */
	expect(&end, &laptop, CLERK, PC, "retired");     /* knows of the ending */
}

static void nodes_and_sites_are_retired_too(void **state)
{
	(void)state;
	struct kit_statement node = kit_by(&kit, ADMIN, &admin, &laptop, kit_retire(&laptop, 2));
	struct kit_statement whole = kit_by_root(&kit, &pc, kit_retire(&site, 5));
	struct kit_statement again = kit_by_root(&kit, &whole, kit_site(&kit, 1, "centre", SITE_CENTRAL, R2));
	kit_keep(charter, &node, CHARTER_COUNTS);
	expect(&pc, &laptop, CLERK, LAPTOP, "entitled 1 4");
	expect(&pc, &node, CLERK, LAPTOP, "retired");
	expect(&pc, &node, CLERK, PC, "entitled 1 4");
	kit_keep(charter, &whole, CHARTER_COUNTS);
	kit_keep(charter, &again, CHARTER_COUNTS);
	expect(&pc, &node, CLERK, PC, "entitled 1 4");
	expect(&whole, &node, CLERK, PC, "retired");
	expect(&again, &node, CLERK, PC, "entitled 1 4");
	expect(&again, NULL, ADMIN, PC, "entitled 1 0"); /* the site lost role 1 */
	assert_int_equal(entitle_site_roles(charter, kit_entry(charter, &pc), 1, KIT_FORM), R1 | R2);
	assert_int_equal(entitle_site_roles(charter, kit_entry(charter, &whole), 1, KIT_FORM), 0);
	assert_int_equal(entitle_site_roles(charter, kit_entry(charter, &again), 1, KIT_FORM), R2);
	assert_int_equal(entitle_site_roles(charter, kit_entry(charter, &kit.first), 1, KIT_FORM), 0);
	assert_int_equal(entitle_site_roles(charter, kit_entry(charter, &pc), 9, KIT_FORM), 0);
	assert_int_equal(entitle_site_roles(charter, kit_entry(charter, &pc), 1, KIT_FORM + 1), 0);
}

static void those_whom_a_retired_officer_appointed_stay(void **state)
{
	(void)state;
	struct kit_statement end = kit_by_root(&kit, &pc, kit_retire(&admin, 5));
	kit_keep(charter, &end, CHARTER_COUNTS);
	expect(&end, &laptop, ADMIN, PC, "retired");
	expect(&end, &laptop, CLERK, PC, "entitled 1 4");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(statements_must_be_of_the_right_kind_of_chain),
		TEST(only_statements_at_or_before_the_named_ones_are_relied_on),
		TEST(kept_appointments_list_a_key_even_when_they_do_not_count),
		TEST(appointment_and_enrolment_must_both_count),
		TEST(of_two_sites_the_lower_speaks),
		TEST(several_appointments_at_one_site_add_up),
		TEST(a_retirement_holds_from_the_position_it_names),
		TEST(the_root_ends_what_an_officer_said),
		TEST(nodes_and_sites_are_retired_too),
		TEST(those_whom_a_retired_officer_appointed_stay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
