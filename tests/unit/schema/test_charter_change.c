/* The charter over time: forks, endings, who is who now, and the heads that peers compare. */
#include "schema/charter_now.h"
#include "tests/support/charter_base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* ---- Forks */

static void a_fork_freezes_the_chain_for_all_but_endings(void **state)
{
	struct charter_base *b = *state;
	struct charter_kit *k = &b->kit;
	struct charter *c = b->charter;
	struct kit_statement p0 = kit_by(k, ADMIN, &b->admin, NULL, kit_appoint(k, 1, "clerk", CLERK, R1, R1));
	struct kit_statement p1 = kit_by(k, ADMIN, &b->admin, &p0, kit_node(1, "pc", NODE));
	struct kit_statement p2 = kit_by(k, ADMIN, &b->admin, &p1,
		kit_appoint(k, 1, "doctor", DOCTOR, R2, R2));
	struct kit_statement q1 = kit_by(k, ADMIN, &b->admin, &p0, kit_node(1, "laptop", OTHER_NODE));
	struct kit_statement q2 = kit_by(k, ADMIN, &b->admin, &q1, kit_retire(&p0, 1));
	struct kit_statement below = kit_by(k, DOCTOR, &p2, NULL, kit_node(1, "tablet", 0x23));
	kit_keep(c, &p0, CHARTER_COUNTS);
	kit_keep(c, &p1, CHARTER_COUNTS);
	kit_keep(c, &p2, CHARTER_COUNTS);
	kit_keep(c, &below, CHARTER_COUNTS);
	struct officer_id admin = kit_officer(ADMIN);
	assert_false(charter_is_forked(c, &admin));
	assert_ptr_equal(charter_chain_tip(c, &admin), kit_entry(c, &p2));
	kit_keep(c, &q1, CHARTER_FROZEN);
	assert_true(charter_is_forked(c, &admin));
	assert_false(charter_is_forked(c, NULL));
	assert_null(charter_chain_tip(c, &admin));
	assert_ptr_equal(charter_issuer_head(c, &admin), kit_entry(c, &p0));
	assert_int_equal(kit_entry(c, &p0)->standing, CHARTER_COUNTS);
	assert_int_equal(kit_entry(c, &p1)->standing, CHARTER_FROZEN);
	assert_int_equal(kit_entry(c, &p2)->standing, CHARTER_FROZEN);
	assert_int_equal(kit_entry(c, &below)->standing, CHARTER_SUPERIOR);
	assert_false(kit_entry(c, &p0)->ended);
	kit_keep(c, &q2, CHARTER_COUNTS);
	assert_true(kit_entry(c, &p0)->ended);
	assert_true(kit_entry(c, &q2)->frozen && !kit_entry(c, &p0)->frozen);
	assert_true(charter_precedes(c, kit_entry(c, &p0), kit_entry(c, &q2)));
	assert_true(charter_precedes(c, kit_entry(c, &p2), kit_entry(c, &p2)));
	assert_false(charter_precedes(c, kit_entry(c, &p1), kit_entry(c, &q2)));
	assert_false(charter_precedes(c, kit_entry(c, &q1), kit_entry(c, &p2)));
	assert_false(charter_precedes(c, kit_entry(c, &q2), kit_entry(c, &p0)));
}

static void two_first_statements_freeze_a_whole_chain(void **state)
{
	struct charter_base *b = *state;
	struct kit_statement p = kit_by(&b->kit, ADMIN, &b->admin, NULL, kit_node(1, "pc", NODE));
	struct kit_statement q = kit_by(&b->kit, ADMIN, &b->admin, NULL, kit_node(1, "laptop", OTHER_NODE));
	struct officer_id admin = kit_officer(ADMIN);
	kit_keep(b->charter, &p, CHARTER_COUNTS);
	kit_keep(b->charter, &q, CHARTER_FROZEN);
	assert_int_equal(kit_entry(b->charter, &p)->standing, CHARTER_FROZEN);
	assert_null(charter_issuer_head(b->charter, &admin));
}

static void a_fork_of_the_root_chain_takes_back_what_follows_it(void **state)
{
	struct charter_base *b = *state;
	struct charter_kit *k = &b->kit;
	struct kit_statement p = kit_by_root(k, &b->admin, kit_site(k, 2, "ter-apel", SITE_RECEPTION, R1));
	struct kit_statement p2 = kit_by_root(k, &p, kit_form(9, 1, "small", 1));
	struct kit_statement q = kit_by_root(k, &b->admin, kit_site(k, 3, "budel", SITE_RECEPTION, R1));
	kit_keep(b->charter, &p, CHARTER_COUNTS);
	kit_keep(b->charter, &p2, CHARTER_COUNTS);
	assert_non_null(charter_site(b->charter, 2));
	kit_keep(b->charter, &q, CHARTER_FROZEN);
	assert_null(charter_site(b->charter, 2));
	assert_null(charter_site(b->charter, 3));
	assert_null(charter_form(b->charter, 9, 1));
	assert_non_null(charter_site(b->charter, 1));
	assert_ptr_equal(charter_root_head(b->charter), kit_entry(b->charter, &b->admin));
}

/* ---- Endings */

static void endings_come_from_issuer_superior_or_root_alone(void **state)
{
	struct charter_base *b = *state;
	struct charter_kit *k = &b->kit;
	struct charter *c = b->charter;
	struct kit_statement rival = kit_by_root(k, &b->admin, kit_appoint(k, 1, "rival", 0x31, R1, R1));
	struct kit_statement clerk = kit_by(k, ADMIN, &b->admin, NULL, kit_appoint(k, 1, "clerk", CLERK, R1, R1));
	struct kit_statement doctor = kit_by(k, CLERK, &clerk, NULL,
		kit_appoint(k, 1, "doctor", DOCTOR, R1, R1));
	struct kit_statement by_rival = kit_by(k, 0x31, &rival, NULL, kit_retire(&doctor, 0));
	struct kit_statement by_self = kit_by(k, DOCTOR, &doctor, NULL, kit_retire(&doctor, 0));
	struct kit_statement by_issuer = kit_by(k, CLERK, &clerk, &doctor, kit_retire(&doctor, 7));
	struct kit_statement by_superior = kit_by(k, ADMIN, &b->admin, &clerk, kit_retire(&doctor, 5));
	struct kit_statement by_root = kit_by_root(k, &rival, kit_retire(&doctor, 6));
	kit_keep(c, &rival, CHARTER_COUNTS);
	kit_keep(c, &by_rival, CHARTER_NO_EFFECT); /* of what is not here yet */
	kit_keep(c, &clerk, CHARTER_COUNTS);
	kit_keep(c, &doctor, CHARTER_COUNTS);
	assert_int_equal(kit_entry(c, &by_rival)->standing, CHARTER_NOT_ENTITLED);
	kit_keep(c, &by_self, CHARTER_NOT_ENTITLED);
	assert_false(kit_entry(c, &doctor)->ended);
	kit_keep(c, &by_issuer, CHARTER_COUNTS);
	assert_true(kit_entry(c, &doctor)->ended);
	assert_int_equal(kit_entry(c, &doctor)->ended_from, 7);
	kit_keep(c, &by_superior, CHARTER_COUNTS);
	assert_int_equal(kit_entry(c, &doctor)->ended_from, 5);
	kit_keep(c, &by_root, CHARTER_COUNTS);
	assert_int_equal(kit_entry(c, &doctor)->ended_from, 5);
	struct kit_statement nothing = kit_by_root(k, &by_root, kit_retire(&by_root, 0));
	kit_keep(c, &nothing, CHARTER_NO_EFFECT);
}

static void a_retired_site_has_no_roles_until_it_is_issued_again(void **state)
{
	struct charter_base *b = *state;
	struct charter_kit *k = &b->kit;
	struct charter *c = b->charter;
	struct officer_id admin = kit_officer(ADMIN);
	assert_int_equal(charter_site_roles(c, 1, KIT_FORM), R1 | R2 | R3);
	assert_int_equal(charter_roles(c, 1, &admin, KIT_FORM), R1);
	assert_int_equal(charter_may_appoint(c, 1, &admin, KIT_FORM), R1 | R2);
	assert_int_equal(charter_roles(c, 1, &admin, KIT_FORM + 1), 0);
	struct kit_statement end = kit_by_root(k, &b->admin, kit_retire(&b->site, 3));
	kit_keep(c, &end, CHARTER_COUNTS);
	assert_int_equal(charter_site_roles(c, 1, KIT_FORM), 0);
	assert_int_equal(charter_roles(c, 1, &admin, KIT_FORM), 0);
	struct statement words = kit_site(k, 1, "centre", SITE_CENTRAL, R2);
	words.as.site.flags = SITE_CUSTODIAN | SITE_READS_JOURNALS;
	struct kit_statement again = kit_by_root(k, &end, words);
	assert_false(charter_is_custodian(c, 1) || charter_reads_journals(c, 1));
	kit_keep(c, &again, CHARTER_COUNTS);
	assert_int_equal(charter_site_roles(c, 1, KIT_FORM), R2);
	assert_int_equal(charter_roles(c, 1, &admin, KIT_FORM), 0); /* the site lost role 1 */
	assert_int_equal(charter_may_appoint(c, 1, &admin, KIT_FORM), R2);
	struct kit_statement over = kit_by_root(k, &again, kit_retire(&b->admin, 6));
	kit_keep(c, &over, CHARTER_COUNTS);
	assert_null(charter_officer(c, 1, &admin));
	assert_int_equal(charter_may_appoint(c, 1, &admin, KIT_FORM), 0);
	assert_true(charter_is_custodian(c, 1) && charter_reads_journals(c, 1));
	struct kit_statement closed = kit_by_root(k, &over, kit_retire(&again, 7));
	kit_keep(c, &closed, CHARTER_COUNTS);
	assert_false(charter_is_custodian(c, 1) || charter_reads_journals(c, 1));
}

/* ---- Who is who */

static void nodes_and_officers_are_found_by_key_and_name(void **state)
{
	struct charter_base *b = *state;
	struct charter_kit *k = &b->kit;
	struct charter *c = b->charter;
	struct kit_statement node = kit_by(k, ADMIN, &b->admin, NULL, kit_node(1, "pc", NODE));
	struct kit_statement clerk = kit_by(k, ADMIN, &b->admin, &node, kit_appoint(k, 1, "kim", CLERK, R1, 0));
	struct kit_statement twin = kit_by(k, ADMIN, &b->admin, &clerk, kit_appoint(k, 1, "kim", DOCTOR, R1, 0));
	struct statement moved = kit_node(2, "pc", NODE);
	struct kit_statement by_root = kit_by_root(k, &b->admin, moved);
	struct node_id id = kit_node_id(NODE);
	struct officer_id officer = kit_officer(CLERK);
	uint32_t others = 9;
	kit_keep(c, &node, CHARTER_COUNTS);
	kit_keep(c, &clerk, CHARTER_COUNTS);
	assert_ptr_equal(charter_node(c, &id), kit_entry(c, &node));
	assert_ptr_equal(charter_node_by_transport(c, node.words.as.node.transport_key), kit_entry(c, &node));
	assert_ptr_equal(charter_officer_named(c, 1, bytes_text("kim"), &others), kit_entry(c, &clerk));
	assert_int_equal(others, 0);
	assert_ptr_equal(charter_officer(c, 1, &officer), kit_entry(c, &clerk));
	assert_null(charter_officer(c, 2, &officer));
	struct kit_statement foreign = kit_by(k, CLERK, &clerk, NULL, kit_appoint(k, 1, "pat", 0x31, R1, 0));
	struct officer_id nobody = kit_officer(0x31);
	kit_keep(c, &foreign, CHARTER_NOT_ENTITLED);
	assert_null(charter_officer(c, 1, &nobody));
	assert_null(charter_officer_named(c, 1, bytes_text("pat"), NULL));
	assert_int_equal(charter_roles(c, 1, &nobody, KIT_FORM), 0);
	kit_keep(c, &twin, CHARTER_COUNTS);
	assert_ptr_equal(charter_officer_named(c, 1, bytes_text("kim"), &others), kit_entry(c, &twin));
	assert_int_equal(others, 1);
	assert_null(charter_officer_named(c, 1, bytes_text("nobody"), &others));
	assert_int_equal(others, 0);
	kit_keep(c, &by_root, CHARTER_COUNTS);
	assert_ptr_equal(charter_node(c, &id), kit_entry(c, &by_root));
	struct kit_statement end = kit_by_root(k, &by_root, kit_retire(&by_root, 0));
	kit_keep(c, &end, CHARTER_COUNTS);
	assert_ptr_equal(charter_node(c, &id), kit_entry(c, &node));
}

/* ---- Heads */

static void heads_say_what_a_peer_lacks(void **state)
{
	struct charter_base *b = *state;
	struct charter_kit *k = &b->kit;
	struct arena a;
	arena_init(&a, 1 << 20);
	const struct charter_head *old = NULL, *heads = NULL;
	uint32_t old_count = 0, count = 0, lacking_count = 0;
	const uint32_t *lacking = NULL;
	assert_int_equal(charter_heads(&old, &old_count, &a, b->charter), ERR_OK);
	assert_int_equal(old_count, 1);
	struct kit_statement p = kit_by(k, ADMIN, &b->admin, NULL, kit_node(1, "pc", NODE));
	struct kit_statement q = kit_by_root(k, &b->admin, kit_form(9, 1, "small", 1));
	kit_keep(b->charter, &p, CHARTER_COUNTS);
	kit_keep(b->charter, &q, CHARTER_COUNTS);
	assert_int_equal(charter_heads(&heads, &count, &a, b->charter), ERR_OK);
	assert_int_equal(count, 2);
	assert_false(heads[0].has_issuer);
	assert_memory_equal(heads[0].id.b, q.id.b, sizeof q.id.b);
	assert_int_equal(heads[0].position, 3);
	assert_memory_equal(heads[1].id.b, p.id.b, sizeof p.id.b);

	assert_int_equal(charter_lacking(&lacking, &lacking_count, &a, b->charter, old, old_count, 8), ERR_OK);
	assert_int_equal(lacking_count, 2);
	assert_int_equal(lacking[0], kit_entry(b->charter, &p)->index);
	assert_int_equal(lacking[1], kit_entry(b->charter, &q)->index);
	assert_int_equal(charter_lacking(&lacking, &lacking_count, &a, b->charter, heads, count, 8), ERR_OK);
	assert_int_equal(lacking_count, 0);
	assert_int_equal(charter_lacking(&lacking, &lacking_count, &a, b->charter, NULL, 0, 8), ERR_OK);
	assert_int_equal(lacking_count, 5);

	/* A head further on stands for all of the chain; one at the same place with another id for nothing. */
	struct charter_head other = heads[0];
	other.position += 5;
	other.id.b[0] ^= 1;
	assert_int_equal(charter_lacking(&lacking, &lacking_count, &a, b->charter, &other, 1, 8), ERR_OK);
	assert_int_equal(lacking_count, 1);
	other.position -= 5;
	assert_int_equal(charter_lacking(&lacking, &lacking_count, &a, b->charter, &other, 1, 8), ERR_OK);
	assert_int_equal(lacking_count, 5);
	/* After a fork each branch has a head of its own. */
	struct kit_statement fork = kit_by_root(k, &b->admin, kit_form(9, 1, "small", 2));
	kit_keep(b->charter, &fork, CHARTER_FROZEN);
	assert_int_equal(charter_lacking(&lacking, &lacking_count, &a, b->charter, heads, count, 8), ERR_OK);
	assert_int_equal(lacking_count, 1);
	assert_int_equal(lacking[0], kit_entry(b->charter, &fork)->index);
	arena_clear(&a);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, charter_base_set_up, charter_base_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_fork_freezes_the_chain_for_all_but_endings),
		TEST(two_first_statements_freeze_a_whole_chain),
		TEST(a_fork_of_the_root_chain_takes_back_what_follows_it),
		TEST(endings_come_from_issuer_superior_or_root_alone),
		TEST(a_retired_site_has_no_roles_until_it_is_issued_again),
		TEST(nodes_and_officers_are_found_by_key_and_name),
		TEST(heads_say_what_a_peer_lacks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
