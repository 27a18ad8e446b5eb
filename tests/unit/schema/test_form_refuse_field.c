/* Broken forms: fields and their texts.  Every error is listed, with its line. */
#include "tests/support/broken_form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void broken_fields_at_large_are_refused(void **state)
{
	static const struct broken_form cases[] = {
		{ "`number`: 2, `path`", "`number`: 1, `path`",
			"line 28: field case.name: number 1 is used twice\n" },
		{ "`number`: 9, `path`", "`number`: 7, `path`",
			"line 46: field case.seen_on: number 7 comes after 8: numbers must ascend\n" },
		{ "`number`: 9, `path`", "`number`: 65536, `path`",
			"line 46: field case.seen_on: `number` must be 1 to 65535\n" },
		{ "`path`: `case.name`", "`path`: `case.label`",
			"line 28: field case.label: the path is that of field 1 too\n" },
		{ "`path`: `case.name`", "`path`: `name`",
			"line 28: field: `path` must be lower-case names with points between, such as `identity.sex`\n" },
		{ "`path`: `case.name`", "`path`: `case..name`",
			"line 28: field: `path` must be lower-case names with points between, such as `identity.sex`\n" },
		{ "`path`: `case.name`", "`path`: `case.Name`",
			"line 28: field: `path` must be lower-case names with points between, such as `identity.sex`\n" },
		{ "`path`: `case.name`", "`path`: `case.name.`",
			"line 28: field: `path` must be lower-case names with points between, such as `identity.sex`\n" },
		{ "`path`: `case.seen_on`, `compartment`: `core`", "`path`: `case.seen_on`, `compartment`: `corr`",
			"line 46: field case.seen_on: unknown compartment `corr`; did you mean `core`?\n" },
		{ ", `purpose`: `Seen`", "",
			"line 46: field case.seen_on: `purpose` is missing\n" },
		{ "`why`: `Nine`", "`why`: `Nine`, `wye`: 1",
			"line 48: field case.seen_on: unknown key `wye`\n" },
		{ "`why`: `Nine`", "`why`: 9",
			"line 48: field case.seen_on: `why` must be a text\n" },
		{ "`type`: `date`", "`type`: `dat`",
			"line 47: field case.seen_on: unknown type `dat`; did you mean `date`?\n" },
		{ "`type`: `date`", "`type`: `set of dates`",
			"line 47: field case.seen_on: unknown type `dates`; did you mean `date`?\n" },
		{ "`rule`: `last_writer`", "`rule`: `last_write`",
			"line 47: field case.seen_on: unknown rule `last_write`; did you mean `last_writer`?\n" },
		{ "`rule`: `last_writer`", "`rule`: `state_machine`",
			"line 47: field case.seen_on: the rule state_machine is reserved: it cannot be used yet\n" },
		{ "`type`: `date`, `rule`: `last_writer`", "`type`: `text`, `rule`: `text_merge`",
			"line 47: field case.seen_on: the rule text_merge is reserved: it cannot be used yet\n" },
		{ "`rule`: `last_writer`,\n\t\t\t`write`: [`clerk`]",
			"`rule`: `last_writer`,\n\t\t\t`write`: [`clark`]",
			"line 48: field case.seen_on: unknown role `clark`; did you mean `clerk`?\n" },
		{ "`rule`: `last_writer`,\n\t\t\t`write`: [`clerk`]", "`rule`: `last_writer`,\n\t\t\t`write`: []",
			"line 48: field case.seen_on: `write` names no role\n" },
		{ "`rule`: `last_writer`,\n\t\t\t`write`: [`clerk`]",
			"`rule`: `last_writer`,\n\t\t\t`write`: [`clerk`], `resolve`: [`judge`]",
			"line 48: field case.seen_on: `resolve` has no meaning for last_writer\n" },
		{ "`rule`: `last_writer`", "`rule`: `last_writer`, `sticky`: true",
			"line 47: field case.seen_on: `sticky` has no meaning for last_writer\n" },
		{ "`rule`: `last_writer`", "`rule`: `last_writer`, `ranks`: [`clerk`], `tie`: `last_writer`",
			"line 47: field case.seen_on: `ranks` has no meaning for last_writer\n"
			"line 47: field case.seen_on: `tie` has no meaning for last_writer\n" },
		{ "`rule`: `last_writer`", "`rule`: `union_set`",
			"line 47: field case.seen_on: union_set needs `set of` a type\n" },
		{ "`type`: `date`, `rule`: `last_writer`", "`type`: `list of date`, `rule`: `last_writer`",
			"line 48: field case.seen_on: `example` must be an array: the field is a set or list\n"
			"line 47: field case.seen_on: last_writer needs a single value\n" },
		{ "`example`: `2026-02-03`", "`example`: `2026-02-30`",
			"line 48: field case.seen_on: takes a day that exists\n" },
		{ "`example`: `2026-02-03`, ", "",
			"line 46: field case.seen_on: `example` is missing\n" },
	};
	(void)state;
	broken_form_check(cases, sizeof cases / sizeof cases[0]);
}

static void broken_texts_are_refused(void **state)
{
	static const struct broken_form cases[] = {
		{ "`pattern`: `^[A-Z]+$`", "`pattern`: `[A-Z]+`",
			"line 25: field case.label: `pattern` cannot be used: it must start with ^ and end with $\n" },
		{ "`pattern`: `^[A-Z]+$`", "`pattern`: `^([A-Z]+$`",
			"line 25: field case.label: `pattern` cannot be used: a group lacks its ')'\n" },
		{ "`pattern`: `^[A-Z]+$`", "`pattern`: `^[0-9]+$`",
			"line 27: field case.label: takes a text without control characters that matches ^[0-9]+$ of at "
			"most 8 characters\n" },
		{ "`text_max`: 8", "`text_max`: 2",
			"line 27: field case.label: takes a text without control characters that matches ^[A-Z]+$ of at "
			"most 2 characters\n" },
		{ "`text_max`: 8", "`text_max`: 0",
			"line 25: field case.label: `text_max` must be 1 to 65536\n" },
		{ "`type`: `date`", "`type`: `date`, `pattern`: `^[0-9]+$`",
			"line 47: field case.seen_on: `pattern` has no meaning for date\n" },
	};
	(void)state;
	broken_form_check(cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_fields_at_large_are_refused),
		cmocka_unit_test(broken_texts_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
