/* Grants, withdrawals and epochs of a case: who is a member, what counts, what is sent to whom. */
#include "schema/epoch.h"
#include "tests/support/case_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define OPENS "grant 1 0 1 1 2; write 1 0; grant 3 0 1 1 2; write 3 0" /* a case of north and centre */

static struct case_kit kit;

static int set_up(void **state)
{
	(void)state;
	case_kit_init(&kit);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	case_kit_clear(&kit);
	return 0;
}

static int restart(void **state)
{
	(void)state;
	case_kit_restart(&kit);
	return 0;
}

static void add(char name, const char *parents, uint32_t site, const char *text)
{
	(void)case_kit_add(&kit, name, parents, site, text);
}

static void expect_act(const struct counted *c, char name, uint32_t act, enum op_reason reason)
{
	assert_string_equal(op_reason_name(epoch_act(c->epochs, case_kit_at(c, name), act)),
		op_reason_name(reason));
}

static bool writes_effectively(const struct counted *c, char name, uint32_t line)
{
	uint32_t at = case_kit_at(c, name);
	return epoch_is_effective(c->epochs, at, &count_get(c, at)->change->payloads[line]);
}

/* ---- Grants */

static void an_opening_makes_members_by_what_it_grants(void **state)
{
	(void)state;
	add('A', "", 2, OPENS);
	add('B', "A", 1, "write 1 A");
	add('C', "A", 3, "write 1 A");
	struct counted *c = case_kit_count(&kit, 0);
	case_kit_expect(c, "A:none B:none C:not_permitted");
	case_kit_expect_members(c, CORE, "1 2");
	case_kit_expect_members(c, IDENTITY, "1 2");
	case_kit_expect_members(c, HEALTH, "");
	assert_true(writes_effectively(c, 'A', 0) && writes_effectively(c, 'A', 1));
	assert_true(writes_effectively(c, 'B', 0));
	assert_false(writes_effectively(c, 'C', 0));
	assert_int_equal(epoch_count(c->epochs), 2);
	assert_true(epoch_get(c->epochs, 0)->effective);
}

static void a_role_must_be_held_and_may_share_and_a_reader_must_be_there(void **state)
{
	(void)state;
	add('A', "", 2, OPENS);
	add('B', "A", 2, "grant 2 0 1 1 2");         /* a clerk can't share health: only his own site */
	add('C', "A", 2, "grant 2 0 2 1 2 3 4 5 9"); /* a doctor can; 4, 5 and 9 have no readers of it */
	add('D', "A", 2, "grant 1 A 3 3");           /* a role that he does not hold */
	add('E', "A", 2, "grant 1 A 0 3");           /* none */
	add('F', "A", 2, "grant 3 A 1 4");
	add('G', "A", 2, "grant 7 0 1 3");           /* no such compartment */
	add('H', "A", 2, "grant 1 A 1 5");           /* nobody there may read */
	struct counted *c = case_kit_count(&kit, 0);
	expect_act(c, 'B', 0, REASON_NONE);
	expect_act(c, 'C', 0, REASON_NONE);
	expect_act(c, 'D', 0, REASON_NOT_PERMITTED);
	expect_act(c, 'E', 0, REASON_NOT_PERMITTED);
	expect_act(c, 'F', 0, REASON_NONE);
	expect_act(c, 'G', 0, REASON_INVALID_VALUE);
	expect_act(c, 'H', 0, REASON_NOT_PERMITTED);
	case_kit_expect_members(c, CORE, "1 2");
	case_kit_expect_members(c, HEALTH, "1 2"); /* 3 has the key, but no part in the case */
	case_kit_expect_members(c, IDENTITY, "1 2");
	const struct epoch *by_clerk = epoch_find(c->epochs, HEALTH, &count_get(c, case_kit_at(c, 'B'))->id);
	const struct epoch *by_doctor = epoch_find(c->epochs, HEALTH, &count_get(c, case_kit_at(c, 'C'))->id);
	assert_true(epoch_has_key(c->epochs, by_clerk, 2) && !epoch_has_key(c->epochs, by_clerk, 1));
	assert_true(epoch_has_key(c->epochs, by_doctor, 3) && !epoch_has_key(c->epochs, by_doctor, 4));
}

static void only_who_holds_an_epoch_hands_it_on(void **state)
{
	(void)state;
	add('A', "", 2, OPENS);
	add('B', "A", 2, "grant 1 A 1 3; grant 2 0 2 2 3; write 2 0");
	add('C', "B", 1, "grant 2 B 2 4");          /* the centre does not hold it */
	add('D', "B", 3, "grant 2 B 2 1; write 2 B");
	add('E', "A", 1, "grant 2 B 2 1");          /* has not seen it opened */
	add('F', "D", 1, "write 2 B");
	add('G', "A", 1, "write 2 B");
	struct counted *c = case_kit_count(&kit, 0);
	expect_act(c, 'C', 0, REASON_NOT_PERMITTED);
	expect_act(c, 'D', 0, REASON_NONE);
	expect_act(c, 'E', 0, REASON_INVALID_VALUE);
	assert_true(writes_effectively(c, 'D', 0));
	assert_true(writes_effectively(c, 'F', 0));
	assert_false(writes_effectively(c, 'G', 0));
	case_kit_expect_members(c, HEALTH, "1 2 3");
}

static void nobody_lets_himself_into_a_compartment_that_others_have(void **state)
{
	(void)state;
	add('A', "", 2, "grant 1 0 1 1 2 3; grant 3 0 1 1 2");
	add('B', "A", 3, "grant 3 0 1 1 2 3; write 3 0"); /* may read and share it, but was not granted it */
	add('C', "A", 3, "grant 2 0 2 3; write 2 0");     /* nobody has this one yet */
	add('D', "A", 1, "grant 2 0 2 1; write 2 0");     /* beside it */
	add('E', "D", 2, "grant 2 0 2 1 2; write 2 0");   /* after one of them */
	add('F', "C", 3, "grant 2 0 2 2 3; write 2 0");   /* its own again */
	struct counted *c = case_kit_count(&kit, 0);
	expect_act(c, 'B', 0, REASON_NOT_PERMITTED);
	assert_false(writes_effectively(c, 'B', 0));
	expect_act(c, 'C', 0, REASON_NONE);
	expect_act(c, 'D', 0, REASON_NONE);
	expect_act(c, 'E', 0, REASON_NOT_PERMITTED);
	expect_act(c, 'F', 0, REASON_NONE);
	case_kit_expect_members(c, IDENTITY, "1 2");
	case_kit_expect_members(c, HEALTH, "1 2 3");
}

static void an_epoch_is_named_once_and_opened_once(void **state)
{
	(void)state;
	add('A', "", 2, OPENS);
	add('B', "A", 2, "grant 3 0 1 2; grant 3 0 1 1; write 3 0");
	add('C', "B", 2, "grant 3 B 1 1; grant 3 B 1 1");
	add('D', "B", 2, "write 3 C; write 1 B");
	add('E', "A", 2, "write 3 0");
	add('F', "A", 2, "grant 2 0 1 1"); /* reaches nobody: no epoch */
	add('G', "F", 2, "grant 2 F 2 1 2");
	struct counted *c = case_kit_count(&kit, 0);
	expect_act(c, 'F', 0, REASON_NOT_PERMITTED);
	expect_act(c, 'G', 0, REASON_INVALID_VALUE);
	expect_act(c, 'B', 0, REASON_NONE);
	expect_act(c, 'B', 1, REASON_INVALID_VALUE);
	expect_act(c, 'C', 0, REASON_NONE);
	expect_act(c, 'C', 1, REASON_INVALID_VALUE);
	assert_false(writes_effectively(c, 'D', 0));
	assert_false(writes_effectively(c, 'D', 1));
	assert_false(writes_effectively(c, 'E', 0));
}

static void the_keys_of_a_grant_are_found_act_by_act(void **state)
{
	(void)state;
	uint32_t position, act;
	add('A', "", 2, OPENS);
	add('B', "A", 2, "grant 1 A 1 3");
	add('C', "B", 2, "act 77; grant 1 A 1 1 3");
	struct counted *c = case_kit_count(&kit, 0);
	const struct epoch *core = epoch_find(c->epochs, CORE, &count_get(c, case_kit_at(c, 'A'))->id);
	assert_true(epoch_find_grant(c->epochs, core, 3, 0, &position, &act));
	assert_true(position == case_kit_at(c, 'B') && act == 0);
	assert_true(epoch_find_grant(c->epochs, core, 3, 1, &position, &act));
	assert_true(position == case_kit_at(c, 'C') && act == 1);
	assert_false(epoch_find_grant(c->epochs, core, 3, 2, &position, &act));
	assert_false(epoch_find_grant(c->epochs, core, 4, 0, &position, &act));
	expect_act(c, 'C', 0, REASON_UNKNOWN_CODE);
}

/* ---- Withdrawals */

static void a_withdrawal_ends_what_it_saw_and_what_was_granted_beside_it(void **state)
{
	(void)state;
	add('A', "", 2, OPENS);
	add('B', "A", 2, "grant 1 A 1 3");
	add('C', "B", 2, "withdraw 1 1 3");
	add('D', "B", 1, "grant 1 A 1 3");   /* beside the withdrawal: does not overrule it */
	add('E', "B", 3, "write 1 A");       /* has not seen it: counts */
	add('F', "CE", 3, "write 1 A");      /* has */
	add('G', "CD", 2, "grant 1 A 1 3");  /* saw it, and grants again */
	add('H', "G", 3, "write 1 A");
	struct counted *c = case_kit_count(&kit, 0);
	case_kit_expect(c, "A:none B:none C:none D:none E:none F:not_permitted G:none H:none");
	case_kit_expect_members(c, CORE, "1 2 3");
	kit.count -= 2;
	c = case_kit_count(&kit, 3);
	case_kit_expect_members(c, CORE, "1 2");
	case_kit_expect(c, "E:none F:not_permitted");
}

static void acts_of_one_change_apply_in_their_order(void **state)
{
	(void)state;
	add('A', "", 2, OPENS);
	add('B', "A", 2, "grant 1 A 1 3; withdraw 1 1 3");
	struct counted *c = case_kit_count(&kit, 0);
	case_kit_expect_members(c, CORE, "1 2");
	add('C', "B", 2, "withdraw 1 1 3; grant 1 A 1 3");
	c = case_kit_count(&kit, 0);
	case_kit_expect_members(c, CORE, "1 2 3");
}

static void a_withdrawn_site_does_not_let_itself_in_again(void **state)
{
	(void)state;
	add('A', "", 2, OPENS);
	add('B', "A", 2, "grant 1 A 1 3; grant 2 0 2 2 3");
	add('C', "B", 2, "withdraw 2 2 3");
	add('D', "C", 3, "grant 2 0 2 3; write 2 0");       /* a new epoch for itself */
	add('E', "C", 3, "grant 2 B 2 3; write 2 B");       /* the old one */
	add('F', "C", 3, "withdraw 2 2 2");                 /* revenge */
	add('G', "B", 3, "grant 2 B 2 1 3; write 2 B");     /* without having seen it */
	add('H', "C", 3, "write 1 A");                      /* core it still has */
	struct counted *c = case_kit_count(&kit, 0);
	case_kit_expect(c, "D:none E:none F:none G:none H:none");
	expect_act(c, 'D', 0, REASON_NOT_PERMITTED);
	expect_act(c, 'E', 0, REASON_NOT_PERMITTED);
	expect_act(c, 'F', 0, REASON_NOT_PERMITTED);
	expect_act(c, 'G', 0, REASON_NONE);
	assert_false(writes_effectively(c, 'D', 0));
	assert_false(writes_effectively(c, 'E', 0));
	assert_true(writes_effectively(c, 'G', 0));
	assert_true(writes_effectively(c, 'H', 0));
	case_kit_expect_members(c, HEALTH, "1 2"); /* 1 by G; 3's grant to itself there saw no withdrawal */
}

static void withdrawing_core_or_all_withdraws_everything(void **state)
{
	(void)state;
	add('A', "", 2, OPENS);
	add('B', "A", 2, "grant 1 A 1 3; grant 2 0 2 2 3; grant 3 A 1 3");
	add('C', "B", 2, "withdraw 0 1 3");
	struct counted *c = case_kit_count(&kit, 0);
	case_kit_expect_members(c, HEALTH, "2");
	case_kit_expect_members(c, CORE, "1 2");
	add('D', "C", 2, "grant 1 A 1 3"); /* back, but only in core */
	c = case_kit_count(&kit, 0);
	case_kit_expect_members(c, CORE, "1 2 3");
	case_kit_expect_members(c, HEALTH, "2");
	case_kit_expect_members(c, IDENTITY, "1 2");
	add('E', "D", 2, "withdraw 3 1 1; withdraw 9 1 1; withdraw 2 1 3");
	c = case_kit_count(&kit, 0);
	expect_act(c, 'E', 0, REASON_NONE);
	expect_act(c, 'E', 1, REASON_INVALID_VALUE);
	expect_act(c, 'E', 2, REASON_NOT_PERMITTED); /* a clerk may not share health, nor withdraw it */
	case_kit_expect_members(c, IDENTITY, "2");
}

/* ---- What goes to a site */

static bool is_sent(const struct counted *c, char name, uint32_t site)
{
	return epoch_shares_change(c->epochs, case_kit_at(c, name), site);
}

static bool is_sent_line(const struct counted *c, char name, uint32_t line, uint32_t site)
{
	uint32_t at = case_kit_at(c, name);
	return epoch_shares_line(c->epochs, at, &count_get(c, at)->change->payloads[line], site);
}

static void a_site_gets_what_it_was_granted_and_a_custodian_everything(void **state)
{
	(void)state;
	add('A', "", 2, OPENS);
	add('B', "A", 2, "grant 1 A 1 4; grant 2 0 2 1 2; write 1 A; write 2 0");
	struct counted *c = case_kit_count(&kit, 0);
	const uint32_t sites[] = { 1, 2, 4, 5 };
	for (size_t i = 0; i < 4; i++) {
		assert_true(epoch_shares_case(c->epochs, sites[i]));
		assert_true(is_sent(c, 'A', sites[i]) && is_sent(c, 'B', sites[i]));
		assert_true(is_sent_line(c, 'B', 0, sites[i]));
	}
	assert_true(is_sent_line(c, 'B', 1, 1) && !is_sent_line(c, 'B', 1, 4) && is_sent_line(c, 'B', 1, 5));
	assert_true(is_sent_line(c, 'A', 1, 1) && !is_sent_line(c, 'A', 1, 4));
	assert_false(epoch_shares_case(c->epochs, 3) || is_sent(c, 'A', 3) || is_sent_line(c, 'A', 0, 3));
	assert_false(epoch_shares_case(c->epochs, 77) || is_sent(c, 'A', 77));
}

static void a_withdrawal_is_the_last_that_is_sent(void **state)
{
	(void)state;
	add('A', "", 2, OPENS);
	add('B', "A", 2, "grant 1 A 1 3; write 1 A");
	add('C', "B", 2, "withdraw 1 1 3; write 1 A");
	add('D', "B", 1, "write 1 A");
	add('E', "C", 2, "write 1 A");
	add('F', "D", 1, "withdraw 1 1 3");
	struct counted *c = case_kit_count(&kit, 0);
	assert_false(epoch_shares_case(c->epochs, 3));
	assert_true(is_sent(c, 'A', 3) && is_sent(c, 'B', 3) && is_sent(c, 'C', 3));
	assert_true(is_sent(c, 'D', 3) && is_sent(c, 'F', 3)); /* what the second withdrawal saw */
	assert_false(is_sent(c, 'E', 3));
	assert_true(is_sent_line(c, 'B', 0, 3) && is_sent_line(c, 'D', 0, 3));
	assert_false(is_sent_line(c, 'C', 0, 3));
	assert_true(epoch_shares_case(c->epochs, 1) && is_sent(c, 'E', 1));
}

static void of_a_withdrawn_compartment_only_what_came_before_is_sent(void **state)
{
	(void)state;
	add('A', "", 2, OPENS);
	add('B', "A", 2, "grant 1 A 1 3; grant 2 0 2 1 2 3; write 2 0");
	add('C', "B", 2, "withdraw 2 2 3");
	add('D', "B", 1, "write 2 B"); /* beside the withdrawal */
	struct counted *c = case_kit_count(&kit, 0);
	assert_true(is_sent(c, 'D', 3) && is_sent_line(c, 'B', 0, 3) && !is_sent_line(c, 'D', 0, 3));
	assert_true(is_sent_line(c, 'D', 0, 2));
}

static void a_retired_site_gets_nothing_more(void **state)
{
	(void)state;
	add('A', "", 2, OPENS);
	add('B', "A", 2, "grant 1 A 1 3");
	struct counted *c = case_kit_count(&kit, 0);
	assert_true(epoch_shares_case(c->epochs, 3) && is_sent(c, 'A', 3));
	(void)case_kit_say(&kit, kit_retire(&kit.sites[3], kit.last.words.position + 1));
	(void)case_kit_say(&kit, kit_retire(&kit.sites[5], kit.last.words.position + 1));
	c = case_kit_count(&kit, 0);
	assert_false(epoch_shares_case(c->epochs, 3) || is_sent(c, 'A', 3) || is_sent_line(c, 'A', 0, 3));
	assert_false(epoch_shares_case(c->epochs, 5) || is_sent(c, 'A', 5));
	case_kit_expect_members(c, CORE, "1 2 3"); /* by the acts it still is one */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, restart)
	const struct CMUnitTest tests[] = {
		TEST(an_opening_makes_members_by_what_it_grants),
		TEST(a_role_must_be_held_and_may_share_and_a_reader_must_be_there),
		TEST(only_who_holds_an_epoch_hands_it_on),
		TEST(nobody_lets_himself_into_a_compartment_that_others_have),
		TEST(an_epoch_is_named_once_and_opened_once),
		TEST(the_keys_of_a_grant_are_found_act_by_act),
		TEST(a_withdrawal_ends_what_it_saw_and_what_was_granted_beside_it),
		TEST(acts_of_one_change_apply_in_their_order),
		TEST(a_withdrawn_site_does_not_let_itself_in_again),
		TEST(withdrawing_core_or_all_withdraws_everything),
		TEST(a_site_gets_what_it_was_granted_and_a_custodian_everything),
		TEST(a_withdrawal_is_the_last_that_is_sent),
		TEST(of_a_withdrawn_compartment_only_what_came_before_is_sent),
		TEST(a_retired_site_gets_nothing_more),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
