/* The view on what stories and histories do not make: malformed operations, odd numbers, little memory,
 * more officers than a vector's node holds, and the exact text. */
#include "schema/view_text.h"

#include "base/cbor.h"
#include "tests/support/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

enum { ANN = 1, REF = 5, CORE = 1, LAST = 1, RANK = 2, ONCE = 5, SET = 11, FACTS = 12 };

static struct form *form;
static struct arena arena;

static int load(void **state)
{
	static uint8_t data[1 << 16];
	(void)state;
	struct err_text why = { "" };
	FILE *file = fopen("tests/model/model.json", "rb");
	assert_non_null(file);
	size_t size = fread(data, 1, sizeof data, file);
	fclose(file);
	if (form_load(&form, bytes_of(data, size), &why))
		fail_msg("%s", why.text);
	arena_init(&arena, 256 << 20);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	arena_clear(&arena);
	form_free(form);
	return 0;
}

/* A change of one payload of core; ids ascend with `n`. */
static struct view_change change(uint32_t n, uint32_t role, const struct view_payload *payload)
{
	struct view_change c = { .roles = ~(role_set)1, .payloads = payload, .payload_count = payload != NULL };
	c.dag.id.b[0] = (uint8_t)n;
	c.dag.officer.b[0] = (uint8_t)role;
	c.dag.time = 1770000000 + n;
	return c;
}

static struct view *view_of(const struct view_change *changes, uint32_t count)
{
	struct view *v = NULL;
	assert_int_equal(view_make(&v, &arena, form, changes, count), ERR_OK);
	assert_non_null(v);
	return v;
}

/* What becomes of one operation alone; REASON_NONE when it counts. */
static enum op_reason judge(uint32_t role, uint32_t field, uint32_t code, const char *hex)
{
	uint8_t value[512];
	size_t size = strlen(hex) / 2;
	for (size_t i = 0; i < size; i++) {
		unsigned byte = 0;
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		value[i] = (uint8_t)byte;
	}
	struct op op = { .field = field, .code = code, .value = bytes_of(value, size) };
	struct view_payload p = { .compartment = CORE, .role = role, .ops = &op, .op_count = 1 };
	struct view_change c = change(1, role, &p);
	struct view *v = view_of(&c, 1);
	assert_true(v->ineffective_count <= 1);
	if (v->ineffective_count == 0)
		return REASON_NONE;
	assert_int_equal(v->ineffective[0].op, 0);
	assert_int_equal(v->ineffective[0].field, field);
	return v->ineffective[0].reason;
}

#define ID_A "5820aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "5820bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void values_of_operations_have_one_shape(void **state)
{
	(void)state;
	assert_int_equal(judge(ANN, LAST, OP_SET, "636f6e65"), REASON_NONE);
	assert_int_equal(judge(ANN, LAST, OP_SET, "07"), REASON_INVALID_VALUE);
	assert_int_equal(judge(ANN, LAST, OP_SET, ""), REASON_INVALID_VALUE);
	/* resolve: [value, reason] */
	assert_int_equal(judge(REF, ONCE, OP_RESOLVE, "82636f6e656161"), REASON_NONE);
	assert_int_equal(judge(REF, ONCE, OP_RESOLVE, "636f6e65"), REASON_INVALID_VALUE);
	assert_int_equal(judge(REF, ONCE, OP_RESOLVE, "82636f6e6563610a61"), REASON_NONE);
	assert_int_equal(judge(REF, ONCE, OP_RESOLVE, "82636f6e6563610761"), REASON_INVALID_VALUE);
	assert_int_equal(judge(REF, ONCE, OP_RESOLVE, "81636f6e65"), REASON_INVALID_VALUE);
	assert_int_equal(judge(REF, ONCE, OP_RESOLVE, "83636f6e65616100"), REASON_INVALID_VALUE);
	assert_int_equal(judge(REF, ONCE, OP_RESOLVE, "82636f6e6560"), REASON_INVALID_VALUE);
	assert_int_equal(judge(REF, ONCE, OP_RESOLVE, "82636f6e6507"), REASON_INVALID_VALUE);
	assert_int_equal(judge(REF, ONCE, OP_RESOLVE, "82636f6e656107"), REASON_INVALID_VALUE);
	assert_int_equal(judge(REF, ONCE, OP_RESOLVE, "820761"), REASON_INVALID_VALUE);
	assert_int_equal(judge(ANN, ONCE, OP_RESOLVE, "82636f6e656161"), REASON_NOT_PERMITTED);
	/* ack: change ids, ascending, at least one */
	assert_int_equal(judge(ANN, LAST, OP_ACK, "81" ID_A), REASON_NONE);
	assert_int_equal(judge(ANN, LAST, OP_ACK, "82" ID_A ID_B), REASON_NONE);
	assert_int_equal(judge(ANN, LAST, OP_ACK, "80"), REASON_INVALID_VALUE);
	assert_int_equal(judge(ANN, LAST, OP_ACK, ID_A), REASON_INVALID_VALUE);
	assert_int_equal(judge(ANN, LAST, OP_ACK, "82" ID_B ID_A), REASON_INVALID_VALUE);
	assert_int_equal(judge(ANN, LAST, OP_ACK, "82" ID_A ID_A), REASON_INVALID_VALUE);
	assert_int_equal(judge(ANN, LAST, OP_ACK, "8141aa"), REASON_INVALID_VALUE);
	assert_int_equal(judge(REF, LAST, OP_ACK, "81" ID_A), REASON_NOT_PERMITTED);
	assert_int_equal(judge(REF, ONCE, OP_ACK, "81" ID_A), REASON_NONE);
	/* The reason of a strike, about the change itself. */
	assert_int_equal(judge(ANN, 0, OP_REASON, "82" ID_A "6161"), REASON_NONE);
	assert_int_equal(judge(ANN, 0, OP_REASON, "82" ID_A "60"), REASON_INVALID_VALUE);
	assert_int_equal(judge(ANN, 0, OP_REASON, "81" ID_A), REASON_INVALID_VALUE);
	assert_int_equal(judge(ANN, 0, OP_REASON, "826161" ID_A), REASON_INVALID_VALUE);
	assert_int_equal(judge(ANN, 0, OP_SET, "6161"), REASON_INVALID_VALUE);
	assert_int_equal(judge(ANN, LAST, OP_REASON, "82" ID_A "6161"), REASON_INVALID_VALUE);
}

static void a_reason_has_a_greatest_length(void **state)
{
	(void)state;
	for (size_t size = 4095; size <= 4097; size++) {
		struct buf b;
		buf_init(&b, 8192);
		cbor_put_array(&b, 2);
		cbor_put_text(&b, bytes_text("one"));
		uint8_t *words = arena_array(&arena, size, 1);
		memset(words, 'a', size);
		cbor_put_text(&b, bytes_of(words, size));
		struct op op = { .field = ONCE, .code = OP_RESOLVE, .value = buf_bytes(&b) };
		struct view_payload p = { .compartment = CORE, .role = REF, .ops = &op, .op_count = 1 };
		struct view_change c = change(1, REF, &p);
		assert_int_equal(view_of(&c, 1)->ineffective_count, size > 4096);
		buf_clear(&b);
	}
}

static void codes_fields_and_roles_out_of_range_are_kept_without_effect(void **state)
{
	(void)state;
	assert_int_equal(judge(ANN, LAST, OP_MOVE, "820102"), REASON_INVALID_VALUE);
	assert_int_equal(judge(ANN, SET, OP_MOVE, "820102"), REASON_INVALID_VALUE);
	assert_int_equal(judge(ANN, LAST, 0, "6161"), REASON_UNKNOWN_CODE);
	assert_int_equal(judge(ANN, LAST, OP_REASON + 1, "6161"), REASON_UNKNOWN_CODE);
	assert_int_equal(judge(ANN, LAST, UINT32_MAX, "6161"), REASON_UNKNOWN_CODE);
	assert_int_equal(judge(ANN, UINT32_MAX, OP_SET, "6161"), REASON_UNKNOWN_CODE);
	assert_int_equal(judge(0, LAST, OP_SET, "6161"), REASON_NOT_PERMITTED);
	assert_int_equal(judge(64, LAST, OP_SET, "6161"), REASON_NOT_PERMITTED);
	assert_int_equal(judge(UINT32_MAX, LAST, OP_SET, "6161"), REASON_NOT_PERMITTED);
	assert_int_equal(judge(ANN, FACTS, OP_APPEND, "a1646b696e646468656c64"), REASON_NONE);
	assert_int_equal(judge(ANN, FACTS, OP_APPEND, "a1646b696e646568656c6473"), REASON_INVALID_VALUE);
	assert_int_equal(judge(ANN, FACTS, OP_APPEND, "a1646b696e646566696c6564"), REASON_NOT_PERMITTED);
}

static void strikes_of_what_is_not_there_change_nothing(void **state)
{
	(void)state;
	struct view_strike strikes[] = { { UINT32_MAX, REF }, { 1, REF }, { 0, 64 }, { 2, REF } };
	struct view_change changes[2] = { change(1, ANN, NULL), change(2, REF, NULL) };
	uint32_t root = 0;
	changes[1].dag.parents = &root;
	changes[1].dag.parent_count = 1;
	changes[1].strikes = strikes;
	changes[1].strike_count = 4;
	struct view *v = view_of(changes, 2);
	static const enum op_reason reasons[] = {
		REASON_INVALID_VALUE, REASON_INVALID_VALUE, REASON_NOT_PERMITTED, REASON_INVALID_VALUE,
	};
	assert_int_equal(v->ineffective_count, 4);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(v->ineffective[i].change, 1);
		assert_int_equal(v->ineffective[i].payload, UINT32_MAX);
		assert_int_equal(v->ineffective[i].op, UINT32_MAX);
		assert_int_equal(v->ineffective[i].reason, reasons[i]);
	}
}

static void a_case_of_nothing_has_a_view(void **state)
{
	(void)state;
	struct view *v = view_of(NULL, 0);
	assert_int_equal(v->field_count, 0);
	assert_int_equal(v->ineffective_count, 0);
	assert_null(view_find(v, LAST));
}

static void every_compartment_number_has_its_bit(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 65; n++) {
		struct view_payload p = { .compartment = n, .state = PAYLOAD_UNKNOWN };
		struct view_change c = change(1, ANN, &p);
		assert_true(view_of(&c, 1)->unknown == (n <= 63 ? (uint64_t)1 << n : 0));
	}
}

static void the_text_is_exact(void **state)
{
	(void)state;
	static const uint8_t one[] = { 0x63, 'o', 'n', 'e' }, quoted[] = { 0x62, '"', '\n' };
	struct op ops[] = {
		{ .field = LAST, .code = OP_SET, .value = { one, sizeof one } },
		{ .field = LAST, .code = OP_SET, .value = { quoted, sizeof quoted } },
		{ .field = 60000, .code = OP_SET, .value = { one, sizeof one } },
	};
	struct view_payload first = { .compartment = CORE, .role = ANN, .ops = ops, .op_count = 1 };
	struct view_payload other = { .compartment = CORE, .role = ANN, .ops = ops + 1, .op_count = 2 };
	struct view_payload gone = { .compartment = 3, .state = PAYLOAD_UNKNOWN };
	struct view_change changes[] = { change(1, ANN, &first), change(2, ANN, &other), change(3, ANN, &gone) };
	struct view *v = view_of(changes, 3);
	struct buf b;
	struct json_out o;
	buf_init(&b, 1 << 20);
	json_out_init(&o, &b);
	assert_int_equal(view_text_json(&o, v, form, changes, 0), ERR_OK);
	assert_string_equal(buf_text(&b),
		"{\"fields\":{\"core.last\":{\"value\":\"\\\"\\n\",\"status\":\"auto\",\"losers\":[\"one\"]},"
		"\"beta.most_named\":{\"value\":null,\"status\":\"unknown\",\"candidates\":[]},"
		"\"beta.when\":{\"value\":null,\"status\":\"unknown\",\"candidates\":[]},"
		"\"beta.is_so\":{\"value\":null,\"status\":\"unknown\",\"candidates\":[]},"
		"\"beta.notes\":{\"value\":null,\"status\":\"unknown\",\"candidates\":[]},"
		"\"beta.days\":{\"value\":null,\"status\":\"unknown\",\"candidates\":[]}},"
		"\"ineffective\":[[\"0200000000000000000000000000000000000000000000000000000000000000\",\"\","
		"\"unknown_code\"]],\"unknown\":[\"beta\"]}");
	buf_reset(&b);
	json_out_init(&o, &b);
	assert_int_equal(view_text_field(&o, view_find(v, LAST), form, changes, VIEW_TEXT_BY), ERR_OK);
	assert_string_equal(buf_text(&b), "{\"value\":\"\\\"\\n\",\"status\":\"auto\",\"by\":{"
		"\"change\":\"0200000000000000000000000000000000000000000000000000000000000000\","
		"\"officer\":\"0100000000000000000000000000000000000000000000000000000000000000\","
		"\"role\":\"ann\",\"site\":0,\"time\":1770000002},\"losers\":[{\"value\":\"one\",\"by\":{"
		"\"change\":\"0100000000000000000000000000000000000000000000000000000000000000\","
		"\"officer\":\"0100000000000000000000000000000000000000000000000000000000000000\","
		"\"role\":\"ann\",\"site\":0,\"time\":1770000001}}]}");
	buf_clear(&b);
}

/* 200 officers write one field at once; then 20 lines of 10 more each, that saw one or two of them. */
static void many_lanes_have_the_heads_that_brute_force_finds(void **state)
{
	enum { FIRST = 200, ALL = 400 };
	static struct view_change changes[ALL];
	static struct view_payload payloads[ALL];
	static struct op ops[ALL];
	static uint8_t values[ALL][4];
	static uint32_t parents[ALL][2];
	static bool sees[ALL][ALL];
	(void)state;
	for (uint32_t i = 0; i < ALL; i++) {
		uint8_t value[4] = { 0x63, 'a', (uint8_t)('a' + i / 26), (uint8_t)('a' + i % 26) };
		memcpy(values[i], value, sizeof value);
		ops[i] = (struct op){ .field = RANK, .code = OP_SET, .value = bytes_of(values[i], 4) };
		payloads[i] = (struct view_payload){ .compartment = CORE, .role = 1 + i % 3, .ops = &ops[i],
			.op_count = 1 };
		changes[i] = change(i % 250, ANN, &payloads[i]);
		changes[i].dag.id.b[1] = (uint8_t)(i / 250);
		changes[i].dag.officer.b[1] = (uint8_t)(i % FIRST);
		changes[i].dag.time = 1770000000 + i;
		if (i < FIRST)
			continue;
		parents[i][0] = (i * 7 + 3) % i;
		parents[i][1] = (i * 13 + 5) % i;
		changes[i].dag.parents = parents[i];
		changes[i].dag.parent_count = 2;
		for (int k = 0; k < 2; k++) {
			sees[i][parents[i][k]] = true;
			for (uint32_t j = 0; j < i; j++)
				sees[i][j] |= sees[parents[i][k]][j];
		}
	}
	struct view *v = view_of(changes, ALL);
	const struct view_field *f = view_find(v, RANK);
	assert_null(view_find(v, LAST));
	assert_null(view_find(v, ONCE));
	uint32_t heads = 0;
	for (uint32_t i = 0; i < ALL; i++) {
		bool head = true;
		for (uint32_t k = 0; k < ALL; k++)
			head = head && !sees[k][i];
		heads += head;
		bool listed = f->value.change == i;
		for (uint32_t k = 0; k < f->loser_count; k++)
			listed = listed || f->losers[k].change == i;
		assert_int_equal(listed, head);
	}
	assert_int_equal(f->loser_count + 1, heads);
	assert_true(heads > 50);
}

static void little_memory_is_an_error_and_nothing_else(void **state)
{
	(void)state;
	static const uint8_t one[] = { 0x63, 'o', 'n', 'e' };
	struct op op = { .field = RANK, .code = OP_SET, .value = { one, sizeof one } };
	struct view_payload p = { .compartment = CORE, .role = ANN, .ops = &op, .op_count = 1 };
	struct view_change changes[40];
	for (uint32_t i = 0; i < 40; i++) {
		changes[i] = change(i, ANN, &p);
		changes[i].dag.officer.b[1] = (uint8_t)i;
	}
	bool done = false;
	for (size_t size = 0; size < 200000; size += 500) {
		struct arena small;
		struct view *v = NULL;
		arena_init(&small, size);
		enum err e = view_make(&v, &small, form, changes, 40);
		assert_true(e == ERR_OK || e == ERR_MEMORY);
		assert_int_equal(e == ERR_OK, v != NULL);
		done = e == ERR_OK;
		arena_clear(&small);
	}
	assert_true(done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_operations_have_one_shape),
		cmocka_unit_test(a_reason_has_a_greatest_length),
		cmocka_unit_test(codes_fields_and_roles_out_of_range_are_kept_without_effect),
		cmocka_unit_test(strikes_of_what_is_not_there_change_nothing),
		cmocka_unit_test(a_case_of_nothing_has_a_view),
		cmocka_unit_test(every_compartment_number_has_its_bit),
		cmocka_unit_test(the_text_is_exact),
		cmocka_unit_test(many_lanes_have_the_heads_that_brute_force_finds),
		cmocka_unit_test(little_memory_is_an_error_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
