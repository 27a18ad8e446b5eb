/* Under which epoch a change is written, and whom it gives the key. */
#include "schema/epoch.h"
#include "tests/support/case_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

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

static void add(char name, const char *parents, uint32_t site, const char *text)
{
	(void)case_kit_add(&kit, name, parents, site, text);
}

/* Keys that have not arrived at the chooser's, by the names of their openers; "" for none. */
static const char *absent = "";

static bool holds(void *context, const struct epoch *epoch)
{
	(void)context;
	return strchr(absent, epoch->id.b[0]) == NULL;
}

/* The choice as text: "A +3 by 1", "new +1 2 by 2 -3" (without 3), or the refusal's words. */
static void expect(uint32_t compartment, uint32_t site, role_set roles, const uint32_t *also,
	uint32_t also_count, const char *expected)
{
	struct counted *c = case_kit_count(&kit, 1);
	struct epoch_choice choice;
	struct err_text why = { "" };
	char text[400] = "";
	const struct epoch_keys keys = { holds, NULL };
	enum err e = epoch_choose(&choice, &kit.arena, c->epochs, compartment, site, roles, &keys, also,
		also_count, &why);
	if (e) {
		assert_int_equal(e, ERR_REFUSED);
		assert_string_equal(why.text, expected);
		return;
	}
	if (choice.epoch)
		snprintf(text, sizeof text, "%c", choice.epoch->id.b[0]);
	else
		snprintf(text, sizeof text, "new");
	for (uint32_t i = 0; i < choice.site_count; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), " +%u", choice.sites[i]);
	if (choice.role)
		snprintf(text + strlen(text), sizeof text - strlen(text), " by %u", choice.role);
	for (uint32_t i = 0; i < choice.without_count; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), " -%u", choice.without[i]);
	assert_string_equal(text, expected);
}

#define CLERKS role_bit(CLERK)
#define DOCTORS role_bit(DOCTOR)
#define LAWYERS role_bit(LAWYER)
#define BOTH (CLERKS | DOCTORS)

static void an_opening_grants_to_its_own_site_and_the_centre(void **state)
{
	(void)state;
	expect(CORE, 2, CLERKS, NULL, 0, "new +1 +2 by 1");
	expect(CORE, 2, BOTH, NULL, 0, "new +1 +2 by 1");
	expect(HEALTH, 2, BOTH, NULL, 0, "new +1 +2 by 2");
	expect(HEALTH, 2, CLERKS, NULL, 0, "new +2 -1"); /* a clerk may not share it */
	expect(IDENTITY, 4, LAWYERS, NULL, 0, "new +4 -1");
	expect(HEALTH, 4, LAWYERS, NULL, 0, "compartment health: no role of site 4 may read it");
	expect(CORE, 5, CLERKS, NULL, 0, "compartment core: no role of site 5 may read it");
	expect(7, 2, CLERKS, NULL, 0, "compartment 7: the form has none of that number");
}

static void the_first_key_of_a_compartment_goes_to_all_of_the_case_who_may_read_it(void **state)
{
	(void)state;
	add('A', "", 2, "grant 1 0 1 2 3 4");
	expect(HEALTH, 2, BOTH, NULL, 0, "new +2 +3 by 2"); /* the centre has no part in this case */
	expect(IDENTITY, 4, LAWYERS, NULL, 0, "new +4 -2 -3");
	expect(IDENTITY, 3, CLERKS, NULL, 0, "new +2 +3 +4 by 1");
	add('B', "A", 2, "withdraw 3 1 4"); /* beforehand */
	expect(IDENTITY, 3, CLERKS, NULL, 0, "new +2 +3 by 1");
	expect(IDENTITY, 4, LAWYERS, NULL, 0, "compartment identity: it was withdrawn from site 4");
}

static void a_writer_takes_the_lowest_epoch_that_covers_all(void **state)
{
	(void)state;
	add('A', "", 2, "grant 1 0 1 1 2");
	add('C', "A", 1, "grant 3 0 1 1 2");
	add('B', "A", 2, "grant 3 0 1 1 2"); /* two at once: both cover all */
	expect(IDENTITY, 1, CLERKS, NULL, 0, "B");
	expect(IDENTITY, 2, CLERKS, NULL, 0, "B");
	expect(CORE, 2, CLERKS, NULL, 0, "A");
	add('D', "BC", 1, "grant 1 A 1 3; grant 3 C 1 3"); /* now only C covers all */
	expect(IDENTITY, 1, CLERKS, NULL, 0, "C");
	expect(IDENTITY, 3, CLERKS, NULL, 0, "C");
}

static void a_holder_gives_the_key_to_a_member_without_it(void **state)
{
	(void)state;
	const uint32_t north = 3;
	add('A', "", 2, "grant 1 0 1 1 2 3");
	add('B', "A", 2, "grant 3 0 1 1 2");
	expect(CORE, 2, CLERKS, NULL, 0, "A");
	expect(IDENTITY, 2, CLERKS, &north, 1, "B +3 by 1");
	expect(IDENTITY, 3, CLERKS, NULL, 0, "compartment identity: it was not granted to site 3");
	add('C', "A", 3, "grant 3 0 1 3"); /* opened at once, without the others */
	expect(IDENTITY, 3, CLERKS, NULL, 0, "C +1 +2 by 1");
	expect(IDENTITY, 2, CLERKS, NULL, 0, "B +3 by 1");
	expect(IDENTITY, 2, 0, NULL, 0, "B -3"); /* who may not share writes all the same */
	expect(HEALTH, 2, BOTH, &north, 1, "new +1 +2 +3 by 2");
	expect(HEALTH, 2, CLERKS, &north, 1, "compartment health: no role of yours may share it");
	const uint32_t counsel = 4;
	expect(HEALTH, 2, BOTH, &counsel, 1, "compartment health: no role of site 4 may read it");
}

static void after_a_withdrawal_a_new_epoch_is_opened_when_it_is_written_again(void **state)
{
	(void)state;
	const uint32_t south = 3;
	add('A', "", 2, "grant 1 0 1 1 2 3; grant 3 0 1 1 2 3");
	expect(IDENTITY, 2, CLERKS, NULL, 0, "A");
	add('B', "A", 2, "withdraw 3 1 3");
	expect(IDENTITY, 2, CLERKS, NULL, 0, "new +1 +2 by 1");
	expect(CORE, 2, CLERKS, NULL, 0, "A");
	expect(IDENTITY, 3, CLERKS, NULL, 0, "compartment identity: it was withdrawn from site 3");
	expect(IDENTITY, 2, CLERKS, &south, 1, "A +3 by 1"); /* given back: the old one serves again */
	add('C', "B", 1, "grant 3 0 1 1 2");
	expect(IDENTITY, 2, CLERKS, NULL, 0, "C");
	add('D', "C", 1, "withdraw 0 1 3");
	expect(CORE, 2, CLERKS, NULL, 0, "new +1 +2 by 1");
	expect(CORE, 3, CLERKS, NULL, 0, "compartment core: site 3 has no part in the case");
	expect(HEALTH, 3, BOTH, NULL, 0, "compartment health: site 3 has no part in the case");
}

static void who_asks_again_is_given_the_key_again(void **state)
{
	(void)state;
	add('A', "", 2, "grant 1 0 1 1 2");
	add('B', "A", 1, "regrant 1 A");
	expect(CORE, 2, CLERKS, NULL, 0, "A +1 by 1");
	add('C', "B", 2, "grant 1 A 1 1");
	expect(CORE, 2, CLERKS, NULL, 0, "A");
	add('D', "C", 3, "regrant 1 A"); /* has no part in it */
	expect(CORE, 2, CLERKS, NULL, 0, "A");
	struct counted *c = case_kit_count(&kit, 0);
	assert_int_equal(epoch_act(c->epochs, case_kit_at(c, 'B'), 0), REASON_NONE);
	assert_int_equal(epoch_act(c->epochs, case_kit_at(c, 'D'), 0), REASON_NOT_PERMITTED);
}

static void what_the_charter_takes_away_makes_a_new_epoch(void **state)
{
	(void)state;
	add('A', "", 2, "grant 1 0 1 1 2 3; grant 2 0 2 1 2 3; grant 3 0 1 1 2");
	expect(HEALTH, 2, BOTH, NULL, 0, "A");
	/* The south loses its doctors and clerks, then it is retired. */
	struct kit_statement poor = case_kit_say(&kit,
		kit_site(&kit.kit, 3, "south", SITE_RECEPTION, role_bit(LAWYER)));
	expect(HEALTH, 2, BOTH, NULL, 0, "new +1 +2 by 2");
	expect(CORE, 2, BOTH, NULL, 0, "A");
	expect(IDENTITY, 2, BOTH, NULL, 0, "A");
	(void)case_kit_say(&kit, kit_retire(&poor, kit.last.words.position + 1));
	expect(CORE, 2, BOTH, NULL, 0, "new +1 +2 by 1");
	expect(IDENTITY, 2, BOTH, NULL, 0, "A");
	/* A second centre gets what is opened from now on, but has no part in what there is. */
	(void)case_kit_say(&kit, kit_site(&kit.kit, 6, "second", SITE_CENTRAL, role_bit(CLERK)));
	expect(IDENTITY, 2, BOTH, NULL, 0, "A");
	case_kit_restart(&kit);
	expect(CORE, 2, CLERKS, NULL, 0, "new +1 +2 +6 by 1");
	/* Nor does what was a centre once. */
	(void)case_kit_say(&kit, kit_site(&kit.kit, 6, "second", SITE_AUDIT, role_bit(CLERK)));
	case_kit_restart(&kit);
	expect(CORE, 2, CLERKS, NULL, 0, "new +1 +2 by 1");
}

/* The grant came by a site that may not hold its bytes: nobody waits for them to go on writing. */
static void a_key_that_has_not_arrived_is_not_written_under(void **state)
{
	(void)state;
	add('A', "", 2, "grant 1 0 1 1 2");
	add('B', "A", 2, "grant 3 0 1 1 2");
	add('C', "A", 1, "grant 3 0 1 1 2");
	expect(IDENTITY, 1, CLERKS, NULL, 0, "B");
	absent = "B";
	expect(IDENTITY, 1, CLERKS, NULL, 0, "C");
	absent = "BC";
	expect(IDENTITY, 1, CLERKS, NULL, 0, "new +1 +2 by 1");
	absent = "";
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_opening_grants_to_its_own_site_and_the_centre),
		TEST(the_first_key_of_a_compartment_goes_to_all_of_the_case_who_may_read_it),
		TEST(a_writer_takes_the_lowest_epoch_that_covers_all),
		TEST(a_holder_gives_the_key_to_a_member_without_it),
		TEST(after_a_withdrawal_a_new_epoch_is_opened_when_it_is_written_again),
		TEST(who_asks_again_is_given_the_key_again),
		TEST(what_the_charter_takes_away_makes_a_new_epoch),
		TEST(a_key_that_has_not_arrived_is_not_written_under),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
