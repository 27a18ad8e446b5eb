/* `form explain`: the table and the JSON say for each field who, what and why. */
#include "schema/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { OUT_MAX = 1 << 20 };

static struct form *load(const char *path)
{
	static uint8_t data[1 << 20];
	struct form *f = NULL;
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t size = fread(data, 1, sizeof data, file);
	fclose(file);
	assert_int_equal(form_load(&f, bytes_of(data, size), NULL), ERR_OK);
	return f;
}

static void the_table_says_who_what_and_why(void **state)
{
	(void)state;
	struct form *f = load("tests/unit/schema/small_form.json");
	struct buf out;
	buf_init(&out, OUT_MAX);
	assert_int_equal(form_explain(&out, f, false), ERR_OK);
	assert_string_equal(buf_text(&out),
		"# form small, number 9, version 2\n"
		"\n## core\n\nFor all\n\nShared by: all roles.\n\n"
		"| field | purpose | type | who writes | who reads | rule | why |\n"
		"|---|---|---|---|---|---|---|\n"
		"| 1 case.label | Label | text ^[A-Z]+$ up to 8 | clerk | all roles | "
		"write_once; interim earliest; resolved by judge | One |\n"
		"| 2 case.name | Name | text | clerk, judge | all roles | authority by basis, then judge > clerk; "
		"sticky; tie manual_review; interim none; resolved by judge | Two |\n"
		"| 3 case.age | Age | enum: minor, adult | clerk | all roles | manual_review; "
		"interim fixed \"minor\"; resolved by judge | Three |\n"
		"| 6 case.steps | Steps | list of record | clerk, judge | all roles | append_list; came by clerk; "
		"went by clerk, judge | Six |\n"
		"| 8 case.terms | Terms | set of record: {\"months\":3}, {\"months\":6} | all roles | all roles | "
		"union_set | Eight |\n"
		"| 9 case.seen_on | Seen | date | clerk | all roles | last_writer | Nine |\n"
		"\n## health\n\nFor doctors\n\nShared by: doctor.\n\n"
		"| field | purpose | type | who writes | who reads | rule | why |\n"
		"|---|---|---|---|---|---|---|\n"
		"| 5 health.risk | Risk | enum: low, high | doctor | judge, doctor | max by low < high | Five |\n"
		"\n## acts\n\n| act | who |\n|---|---|\n"
		"| open | clerk |\n"
		"| strike | the officer of the struck change |\n"
		"| endorse | nobody |\n"
		"| hold | judge |\n"
		"| lift | judge |\n"
		"| restrict | nobody |\n"
		"| erase_order | judge |\n"
		"| erase_ack | all roles |\n"
		"| erase_execute | judge |\n"
		"| migrate | nobody |\n"
		"| regrant | all roles |\n");
	buf_clear(&out);
	form_free(f);
}

static void the_json_holds_every_field(void **state)
{
	(void)state;
	struct form *f = load("schema/forms/asylum.json");
	struct buf out;
	struct json *root = NULL;
	size_t count = 0;
	buf_init(&out, OUT_MAX);
	assert_int_equal(form_explain(&out, f, true), ERR_OK);
	assert_int_equal(json_parse(&root, buf_bytes(&out), NULL), ERR_OK);
	assert_string_equal(json_text(json_get(root, "form")), "asylum");
	assert_int_equal(json_count(json_get(root, "compartments")), 17);
	for (const struct json *j = json_first(json_get(root, "fields")); j; j = json_next(j)) {
		static const char *const keys[] = { "number", "field", "compartment", "purpose", "shape", "type",
			"write", "read", "rule", "example", "why" };
		for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
			assert_non_null(json_get(j, keys[i]));
		assert_string_equal(json_text(json_get(j, "field")), f->fields[count].path);
		assert_true(json_count(json_get(j, "read")) > 0);
		count++;
	}
	assert_int_equal(count, 116);
	json_free(root);
	buf_clear(&out);
	form_free(f);
}

static void the_json_holds_the_parameters_of_a_rule(void **state)
{
	(void)state;
	struct form *f = load("tests/unit/schema/small_form.json");
	struct buf out;
	buf_init(&out, OUT_MAX);
	assert_int_equal(form_explain(&out, f, true), ERR_OK);
	const char *text = buf_text(&out);
	assert_non_null(strstr(text, "\"rule\":\"authority\",\"ranks\":[\"judge\",\"clerk\"],"
		"\"rank_by_basis\":true,"
		"\"sticky\":true,\"tie\":\"manual_review\",\"interim\":\"none\",\"resolve\":[\"judge\"]"));
	assert_non_null(strstr(text, "\"values\":{\"minor\":1,\"adult\":2}"));
	assert_non_null(strstr(text, "\"interim\":\"fixed\",\"resolve\":[\"judge\"],"
		"\"interim_value\":\"minor\""));
	assert_non_null(strstr(text, "\"rule\":\"max\",\"order\":[\"low\",\"high\"]"));
	assert_non_null(strstr(text, "\"entry_kinds\":{\"came\":[\"clerk\"],\"went\":[\"clerk\",\"judge\"]}"));
	assert_non_null(strstr(text, "\"records\":[{\"months\":3},{\"months\":6}]"));
	assert_non_null(strstr(text, "\"pattern\":\"^[A-Z]+$\",\"text_max\":8"));
	assert_non_null(strstr(text, "\"example\":{\"kind\":\"came\"}"));
	buf_clear(&out);
	form_free(f);
}

static void a_full_buffer_is_reported(void **state)
{
	(void)state;
	struct form *f = load("tests/unit/schema/small_form.json");
	for (size_t max = 0; max < 3000; max += 7) {
		struct buf out;
		buf_init(&out, max);
		enum err e = form_explain(&out, f, true);
		assert_true(e == ERR_OK || e == ERR_LIMIT);
		buf_reset(&out);
		e = form_explain(&out, f, false);
		assert_true(e == ERR_OK || e == ERR_LIMIT);
		buf_clear(&out);
	}
	form_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_says_who_what_and_why),
		cmocka_unit_test(the_json_holds_every_field),
		cmocka_unit_test(the_json_holds_the_parameters_of_a_rule),
		cmocka_unit_test(a_full_buffer_is_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
