/* Operations from words and JSON: what is meant, and in which words the rest is refused. */
#include "schema/op_read.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct form *form;
static struct arena arena;
static struct op_list list;
static struct err_text why;

static int set_up(void **state)
{
	static uint8_t data[1 << 20];
	(void)state;
	FILE *file = fopen("schema/forms/asylum.json", "rb");
	assert_non_null(file);
	size_t size = fread(data, 1, sizeof data, file);
	fclose(file);
	assert_int_equal(form_load(&form, bytes_of(data, size), &why), ERR_OK);
	arena_init(&arena, 1 << 24);
	op_list_init(&list, &arena, form);
	why.text[0] = '\0';
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_clear(&arena);
	form_free(form);
	return 0;
}

static enum err add(const char *text, uint32_t basis)
{
	struct op_word word;
	assert_true(op_word_split(&word, text));
	return op_list_add_word(&list, &word, bytes_text(word.value), basis, &why);
}

static enum err add_json(const char *text)
{
	struct json *j;
	assert_int_equal(json_parse(&j, bytes_text(text), NULL), ERR_OK);
	enum err e = op_list_add_all_json(&list, j, &why);
	json_free(j);
	return e;
}

static void assert_op(uint32_t i, const char *path, uint32_t code, uint32_t basis, const char *hex)
{
	char got[512];
	assert_true(i < list.count);
	assert_int_equal(list.ops[i].field, form_find_path(form, path)->number);
	assert_int_equal(list.ops[i].code, code);
	assert_int_equal(list.ops[i].basis, basis);
	assert_true(list.ops[i].value.size < sizeof got / 2);
	hex_encode(got, list.ops[i].value);
	assert_string_equal(got, hex);
}

static void assert_words(enum err e, enum err expected, const char *part)
{
	assert_int_equal(e, expected);
	if (!strstr(why.text, part))
		fail_msg("\"%s\" does not say \"%s\"", why.text, part);
	assert_int_equal(list.count, 0);
}

static void words_mean_what_the_shape_of_the_field_says(void **state)
{
	(void)state;
	assert_int_equal(add("case.reported_on=2026-02-03", 7), ERR_OK);
	assert_int_equal(add("contact.phone=", 0), ERR_OK);
	assert_int_equal(add("identity.nationalities_claimed+=ER", 7), ERR_OK);
	assert_int_equal(add("identity.nationalities_claimed-=ER", 7), ERR_OK);
	assert_int_equal(add("procedure.milestones+={\"kind\":\"identified\"}", 0), ERR_OK);
	assert_int_equal(add("contact.phone={\"absent\":\"refused\"}", 0), ERR_OK);
	assert_int_equal(add("contact.phone=a=b", 0), ERR_OK);
	assert_op(0, "case.reported_on", OP_SET, 7, "1a0135256b");
	assert_op(1, "contact.phone", OP_SET, 0, "f6");
	assert_op(2, "identity.nationalities_claimed", OP_ADD, 0, "624552");
	assert_op(3, "identity.nationalities_claimed", OP_REMOVE, 0, "624552");
	assert_op(4, "procedure.milestones", OP_APPEND, 0, "a1646b696e646a6964656e746966696564");
	assert_op(5, "contact.phone", OP_SET, 0, "8103");
	assert_op(6, "contact.phone", OP_SET, 0, "63613d62");
}

static void what_is_no_word_is_seen(void **state)
{
	static const char *const none[] = { "", "=", "=x", "contact.phone", "+=x", "-=x" };
	struct op_word word;
	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		if (op_word_split(&word, none[i]))
			fail_msg("\"%s\" was taken", none[i]);
}

static void a_word_that_does_not_fit_is_refused_with_the_way_out(void **state)
{
	(void)state;
	assert_words(add("identty.family_name=x", 0), ERR_USAGE, "did you mean \"identity.family_name\"");
	assert_words(add("x=x", 0), ERR_USAGE, "dossier form explain");
	assert_words(add("identity.nationalities_claimed=ER", 0), ERR_USAGE, "is a set: remove with -= and add");
	assert_words(add("procedure.milestones-={}", 0), ERR_USAGE, "nothing is taken out");
	assert_words(add("contact.phone+=1", 0), ERR_USAGE, "set it with contact.phone=VALUE");
	assert_words(add("case.reported_on=2026-02-31", 0), ERR_REFUSED, "takes a day that exists");
	assert_words(add("case.v_number=", 0), ERR_REFUSED, "case.v_number takes");
}

static void json_operations_are_those_of_the_stories(void **state)
{
	(void)state;
	assert_int_equal(
		add_json(
			"[{\"op\":\"set\",\"field\":\"identity.birth_date\",\"value\":\"2003-00-00\","
			"\"basis\":\"own_statement\"},"
			"{\"op\":\"append\",\"field\":\"procedure.milestones\",\"entry\":{\"kind\":\"identified\"}},"
			"{\"op\":\"resolve\",\"field\":\"case.v_number\",\"value\":\"2912345678\",\"reason\":\"seen\"}]"),
		ERR_OK);
	assert_op(0, "identity.birth_date", OP_SET, 7, "1a0131a230");
	assert_op(1, "procedure.milestones", OP_APPEND, 0, "a1646b696e646a6964656e746966696564");
	assert_op(2, "case.v_number", OP_RESOLVE, 0, "826a32393132333435363738647365656e");
}

static void acknowledged_changes_stand_in_order_and_once(void **state)
{
	char text[512], a[65], b[65], hex[512];
	(void)state;
	memset(a, 'a', 64);
	memset(b, 'b', 64);
	a[64] = b[64] = '\0';
	snprintf(text, sizeof text,
		"{\"op\":\"ack\",\"field\":\"contact.phone\",\"changes\":[\"%s\",\"%s\",\"%s\"]}", b, a, b);
	assert_int_equal(add_json(text), ERR_OK);
	snprintf(hex, sizeof hex, "825820%s5820%s", a, b);
	assert_op(0, "contact.phone", OP_ACK, 0, hex);
}

static void json_that_does_not_fit_is_refused_by_its_number(void **state)
{
	(void)state;
	assert_words(add_json("[3]"), ERR_USAGE, "operation 1: an operation is an object");
	assert_words(add_json("[{\"op\":\"sett\"}]"), ERR_USAGE, "there is no operation \"sett\"");
	assert_words(add_json("{\"op\":\"set\",\"field\":\"contact.phone\",\"element\":\"1\"}"), ERR_USAGE,
		"has no \"element\"");
	assert_words(
		add_json("{\"op\":\"set\",\"field\":\"contact.phone\"}"), ERR_USAGE, "contact.phone wants \"value\"");
	assert_words(add_json("{\"op\":\"set\",\"field\":\"contact.phone\",\"value\":1}"), ERR_REFUSED,
		"contact.phone takes");
	assert_words(add_json("{\"op\":\"set\",\"field\":\"contact.phone\",\"value\":\"1\",\"basis\":\"x\"}"),
		ERR_USAGE, "has no basis \"x\"");
	assert_words(add_json("{\"op\":\"resolve\",\"field\":\"case.v_number\",\"value\":\"2912345678\"}"),
		ERR_USAGE, "wants a reason");
	assert_words(add_json("{\"op\":\"ack\",\"field\":\"contact.phone\",\"changes\":[\"ab\"]}"), ERR_USAGE,
		"64 hex digits");
}

static void a_list_of_values_is_all_its_elements(void **state)
{
	struct json *j;
	(void)state;
	assert_int_equal(json_parse(&j, bytes_text("[\"ER\",\"ET\"]"), NULL), ERR_OK);
	const struct form_field *field = form_find_path(form, "identity.nationalities_claimed");
	assert_int_equal(op_list_add_value(&list, field, j, 7, &why), ERR_OK);
	json_free(j);
	assert_int_equal(list.count, 2);
	assert_op(0, "identity.nationalities_claimed", OP_ADD, 0, "624552");
	assert_op(1, "identity.nationalities_claimed", OP_ADD, 0, "624554");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(words_mean_what_the_shape_of_the_field_says, set_up, tear_down),
		cmocka_unit_test(what_is_no_word_is_seen),
		cmocka_unit_test_setup_teardown(
			a_word_that_does_not_fit_is_refused_with_the_way_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(json_operations_are_those_of_the_stories, set_up, tear_down),
		cmocka_unit_test_setup_teardown(acknowledged_changes_stand_in_order_and_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(json_that_does_not_fit_is_refused_by_its_number, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_list_of_values_is_all_its_elements, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
