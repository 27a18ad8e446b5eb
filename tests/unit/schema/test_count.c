/* Which changes count and why not; payloads, strikes, evidence of copied keys; in any order. */
#include "schema/count.h"
#include "tests/support/case_random.h"

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

static struct change *add(char name, const char *parents, uint32_t site, const char *text)
{
	return case_kit_add(&kit, name, parents, site, text);
}

static void expect(const char *standings)
{
	for (uint64_t seed = 0; seed < 4; seed++)
		case_kit_expect(case_kit_count(&kit, seed), standings);
}

/* ---- Standing */

static void a_case_is_opened_by_who_may(void **state)
{
	(void)state;
	add('A', "", 4, "grant 1 0 3 1 4; write 1 0"); /* a lawyer */
	add('B', "A", 4, "write 1 A");
	add('C', "A", 1, "write 1 A");
	expect("A:not_permitted B:not_permitted C:not_permitted");
	case_kit_restart(&kit);
	add('A', "", 2, "grant 1 0 1 1 2; write 1 0");
	add('B', "A", 1, "write 1 A");
	expect("A:none B:none");
}

static void roles_are_those_under_the_statements_that_it_names(void **state)
{
	(void)state;
	add('A', "", 2, "grant 1 0 1 1 2; write 1 0");
	(void)case_kit_say(&kit, kit_retire(&kit.officers[2], kit.last.words.position + 1));
	add('B', "A", 2, "write 1 A"); /* names the end of his appointment */
	(void)case_kit_say(&kit, kit_appoint(&kit.kit, 2, "north", 0x12, role_bit(DOCTOR), 0));
	add('C', "A", 2, "write 1 A");
	expect("A:none B:retired C:none");
	struct counted *c = case_kit_count(&kit, 0);
	assert_int_equal(c->changes[case_kit_at(c, 'A')].roles, role_bit(CLERK) | role_bit(DOCTOR));
	assert_int_equal(c->changes[case_kit_at(c, 'A')].site, 2);
	assert_int_equal(c->changes[case_kit_at(c, 'B')].roles, 0);
	assert_int_equal(c->changes[case_kit_at(c, 'C')].roles, role_bit(DOCTOR));
}

static void a_change_does_not_go_back_behind_the_statements_it_saw(void **state)
{
	(void)state;
	struct statement_id early = kit.last.id, late;
	add('A', "", 2, "grant 1 0 1 1 2; write 1 0");
	late = case_kit_say(&kit, kit_form(KIT_FORM, 1, "small", 1)).id;
	add('B', "A", 2, "write 1 A");
	struct change *c = add('C', "B", 1, "write 1 A");
	c->root = c->issuer = early;
	struct change *d = add('D', "A", 1, "write 1 A"); /* has not seen B */
	d->root = d->issuer = early;
	struct change *e = add('E', "CD", 1, "write 1 A");
	e->root = e->issuer = late;
	expect("A:none B:none C:not_permitted D:none E:none");
}

static void across_a_fork_statements_are_not_compared(void **state)
{
	(void)state;
	add('A', "", 2, "grant 1 0 1 1 2; write 1 0");
	struct kit_statement before = kit.last;
	struct kit_statement left = case_kit_say(&kit, kit_form(KIT_FORM, 1, "small", 1));
	struct kit_statement leaf = case_kit_say(&kit, kit_form(KIT_FORM, 2, "small", 2));
	add('B', "A", 2, "write 1 A");
	struct change *c = add('C', "B", 1, "write 1 A");
	c->root = c->issuer = before.id;
	struct change *d = add('D', "B", 1, "write 1 A");
	d->root = d->issuer = left.id;
	expect("B:none C:not_permitted D:not_permitted");
	struct kit_statement right = kit_by_root(&kit.kit, &before, kit_form(KIT_FORM, 1, "small", 3));
	kit_keep(kit.charter, &right, CHARTER_FROZEN);
	struct change *e = add('E', "B", 1, "write 1 A");
	e->root = e->issuer = right.id;
	expect("B:none C:none D:not_permitted E:none");
	assert_true(kit_entry(kit.charter, &leaf)->frozen);
}

static void another_form_version_is_without_effect(void **state)
{
	(void)state;
	add('A', "", 2, "grant 1 0 1 1 2; write 1 0");
	add('B', "A", 1, "write 1 A; grant 1 A 1 3")->form_version = 2;
	add('C', "A", 1, "write 1 A")->form = 8;
	add('D', "B", 3, "write 1 A");
	expect("A:none B:unknown_code C:unknown_code D:not_permitted");
}

/* ---- Payloads and strikes */

static enum payload_state state_of(const struct counted *c, char name, uint32_t line)
{
	const struct view_change *v = &c->changes[case_kit_at(c, name)];
	assert_true(line < v->payload_count);
	return v->payloads[line].state;
}

static void payloads_are_unknown_until_opened_and_invalid_for_good(void **state)
{
	(void)state;
	add('A', "", 2, "grant 1 0 1 1 2; write 1 0; write 3 0");
	add('B', "A", 3, "write 1 A");
	struct counted *c = case_kit_count(&kit, 0);
	const struct op op = { .field = 1, .code = OP_SET, .value = bytes_text("\x01") };
	uint32_t a = case_kit_at(c, 'A'), b = case_kit_at(c, 'B');
	assert_int_equal(state_of(c, 'A', 0), PAYLOAD_UNKNOWN);
	assert_int_equal(state_of(c, 'A', 1), PAYLOAD_INVALID); /* no such epoch */
	assert_int_equal(state_of(c, 'B', 0), PAYLOAD_UNKNOWN); /* does not count, but may be read */
	count_put_payload(c, a, 0, PAYLOAD_OPEN, CLERK, &op, 1);
	count_put_payload(c, a, 1, PAYLOAD_OPEN, CLERK, &op, 1);
	count_put_payload(c, b, 0, PAYLOAD_OPEN, CLERK, &op, 1);
	assert_int_equal(state_of(c, 'A', 0), PAYLOAD_OPEN);
	assert_int_equal(c->changes[a].payloads[0].role, CLERK);
	assert_ptr_equal(c->changes[a].payloads[0].ops, &op);
	assert_int_equal(state_of(c, 'A', 1), PAYLOAD_INVALID);
	assert_int_equal(c->changes[a].payloads[1].op_count, 0);
	assert_int_equal(state_of(c, 'B', 0), PAYLOAD_OPEN);
	count_put_payload(c, a, 0, PAYLOAD_ERASED, 0, NULL, 0);
	assert_int_equal(state_of(c, 'A', 0), PAYLOAD_ERASED);
	assert_int_equal(c->changes[a].payloads[0].op_count, 0);
}

static void strikes_name_changes_by_position(void **state)
{
	(void)state;
	add('A', "", 2, "grant 1 0 1 1 2; write 1 0");
	add('B', "A", 2, "write 1 A");
	add('C', "B", 2, "strike 1 ABz; act 4711");
	for (uint64_t seed = 0; seed < 4; seed++) {
		struct counted *c = case_kit_count(&kit, seed);
		const struct view_change *v = &c->changes[case_kit_at(c, 'C')];
		assert_int_equal(v->strike_count, 3);
		assert_int_equal(v->strikes[0].change, case_kit_at(c, 'A'));
		assert_int_equal(v->strikes[1].change, case_kit_at(c, 'B'));
		assert_int_equal(v->strikes[2].change, UINT32_MAX);
		assert_int_equal(v->strikes[0].role, 1);
	}
}

/* ---- Copied keys */

/* The flags as text: "lanes BC" for two lanes, "openings AB". */
static void expect_flags(const char *expected)
{
	for (uint64_t seed = 0; seed < 6; seed++) {
		struct counted *c = case_kit_count(&kit, seed);
		const struct count_flagged *flags = NULL;
		uint32_t count = 0;
		char text[200] = "";
		assert_int_equal(count_find_flags(&flags, &count, &kit.arena, c), ERR_OK);
		for (uint32_t i = 0; i < count; i++)
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s %c%c", i ? ", " : "",
				flags[i].flag == COUNT_TWO_LANES ? "lanes" : "openings",
				count_get(c, flags[i].a)->id.b[0], count_get(c, flags[i].b)->id.b[0]);
		assert_string_equal(text, expected);
	}
}

static void one_pen_in_two_places_is_flagged_and_counts(void **state)
{
	(void)state;
	add('A', "", 2, "grant 1 0 1 1 2; write 1 0");
	add('B', "A", 2, "write 1 A");
	add('C', "B", 1, "write 1 A"); /* another officer: no breach */
	add('D', "B", 2, "write 1 A");
	expect_flags("");
	add('E', "A", 2, "write 1 A"); /* beside B and D */
	add('F', "DE", 2, "write 1 A");
	expect_flags("lanes DE");
	expect("A:none B:none C:none D:none E:none F:none");
	add('G', "A", 2, "write 1 A")->incarnation.b[0] = 1; /* another life of the node: no breach */
	expect_flags("lanes DE");
}

static void two_openings_of_one_case_are_flagged_and_count(void **state)
{
	(void)state;
	add('A', "", 2, "grant 1 0 1 1 2; write 1 0");
	add('B', "", 2, "grant 1 0 1 1 2; write 1 0");
	add('C', "AB", 1, "write 1 A; write 1 B");
	expect("A:none B:none C:none");
	expect_flags("openings AB, lanes AB");
}

/* ---- Any order */

/* Everything that was judged, by name and not by position. */
static void describe(struct buf *out, const struct counted *c)
{
	const struct epoch_case *e = c->epochs;
	for (uint32_t n = 0; n < kit.count; n++) {
		uint32_t at = case_kit_at(c, kit.changes[n].name);
		const struct change *change = count_get(c, at)->change;
		buf_printf(out, "\n%c %s %u", kit.changes[n].name, op_reason_name(c->changes[at].standing),
			c->changes[at].site);
		for (uint32_t i = 0; i < change->act_count; i++)
			buf_printf(out, " %s", op_reason_name(epoch_act(e, at, i)));
		for (uint32_t i = 0; i < change->payload_count; i++)
			buf_printf(out, " %d", c->changes[at].payloads[i].state);
		for (uint32_t site = 1; site <= KIT_SITES; site++) {
			buf_printf(out, " %d", epoch_shares_change(e, at, site));
			for (uint32_t i = 0; i < change->payload_count; i++)
				buf_printf(out, "%d", epoch_shares_line(e, at, &change->payloads[i], site));
		}
	}
	for (uint32_t i = 0; i < epoch_count(e); i++) {
		const struct epoch *epoch = epoch_get(e, i);
		buf_printf(out, "\nepoch %u %c %d", epoch->compartment, epoch->id.b[0], epoch->effective);
		for (uint32_t site = 1; site <= KIT_SITES; site++)
			buf_printf(out, " %d", epoch_has_key(e, epoch, site));
	}
	for (uint32_t site = 1; site <= KIT_SITES; site++) {
		for (uint32_t compartment = 1; compartment <= 3; compartment++)
			buf_printf(out, " %d", epoch_is_member(e, compartment, site));
	}
	assert_int_equal(buf_err(out), ERR_OK);
}

static void any_order_and_any_batches_give_the_same_verdicts(void **state)
{
	(void)state;
	struct buf first, other;
	buf_init(&first, 1 << 20);
	buf_init(&other, 1 << 20);
	uint32_t standing = 0, fallen = 0;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		case_kit_restart(&kit);
		case_random_make(&kit, seed);
		struct counted *c = case_kit_count(&kit, 0);
		buf_reset(&first);
		describe(&first, c);
		for (uint32_t i = 0; i < c->count; i++)
			*(c->changes[i].standing == REASON_NONE ? &standing : &fallen) += 1;
		for (uint64_t shuffle = 1; shuffle <= 3; shuffle++) {
			buf_reset(&other);
			describe(&other, case_kit_count(&kit, seed * 100 + shuffle));
			assert_string_equal(buf_text(&first), buf_text(&other));
		}
		/* One by one, in the order in which they were added. */
		struct counted *grown = NULL;
		assert_int_equal(count_make(&grown, &kit.arena, &kit.form, kit.charter, NULL, 0), ERR_OK);
		for (uint32_t i = 0; i < c->count; i++)
			assert_int_equal(count_add(grown, count_get(c, i)), ERR_OK);
		buf_reset(&other);
		describe(&other, grown);
		assert_string_equal(buf_text(&first), buf_text(&other));
	}
	assert_true(standing > 500 && fallen > 200);
	buf_clear(&first);
	buf_clear(&other);
}

/* What may be sent to a site is closed under parents, or the site could not verify it. */
static void what_is_sent_is_closed_under_parents(void **state)
{
	(void)state;
	for (uint64_t seed = 100; seed <= 160; seed++) {
		case_kit_restart(&kit);
		case_random_make(&kit, seed);
		struct counted *c = case_kit_count(&kit, 0);
		for (uint32_t i = 0; i < c->count; i++) {
			for (uint32_t site = 1; site <= KIT_SITES; site++) {
				if (!epoch_shares_change(c->epochs, i, site))
					continue;
				for (uint32_t p = 0; p < c->changes[i].dag.parent_count; p++)
					assert_true(epoch_shares_change(c->epochs, c->changes[i].dag.parents[p], site));
			}
		}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_case_is_opened_by_who_may),
		TEST(roles_are_those_under_the_statements_that_it_names),
		TEST(a_change_does_not_go_back_behind_the_statements_it_saw),
		TEST(across_a_fork_statements_are_not_compared),
		TEST(another_form_version_is_without_effect),
		TEST(payloads_are_unknown_until_opened_and_invalid_for_good),
		TEST(strikes_name_changes_by_position),
		TEST(one_pen_in_two_places_is_flagged_and_counts),
		TEST(two_openings_of_one_case_are_flagged_and_count),
		TEST(any_order_and_any_batches_give_the_same_verdicts),
		TEST(what_is_sent_is_closed_under_parents),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
