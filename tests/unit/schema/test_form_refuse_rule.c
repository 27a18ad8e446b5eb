/* Broken forms: the parameters of rules.  Every error is listed, with its line. */
#include "tests/support/broken_form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void broken_fields_written_once_are_refused(void **state)
{
	static const struct broken_form cases[] = {
		{ "`interim`: `earliest`,", "",
			"line 24: field case.label: `interim` is missing: write_once needs it\n" },
		{ "`interim`: `earliest`", "`interim`: `last_agreed`",
			"line 26: field case.label: interim last_agreed has no meaning for write_once\n" },
		{ "`interim`: `earliest`", "`interim`: {`fixed`: `abc`}",
			"line 26: field case.label: takes a text without control characters that matches ^[A-Z]+$ of at "
			"most 8 characters\n" },
		{ "`interim`: `earliest`", "`interim`: {`fix`: `ABC`}",
			"line 26: field case.label: unknown key `fix`\n"
			"line 26: field case.label: `fixed` is missing\n" },
		{ "`interim`: `earliest`", "`interim`: 7",
			"line 26: field case.label: `interim` must be a text or {`fixed`: a value}\n" },
		{ "`resolve`: [`judge`], `example`: `ABC`", "`example`: `ABC`",
			"line 24: field case.label: `resolve` is missing: write_once needs it\n" },
	};
	(void)state;
	broken_form_check(cases, sizeof cases / sizeof cases[0]);
}

static void broken_fields_of_authority_are_refused(void **state)
{
	static const struct broken_form cases[] = {
		{ "`ranks`: [`judge`, `clerk`]", "`ranks`: [`judge`]",
			"line 29: field case.name: role `clerk` may write but has no rank\n" },
		{ "`ranks`: [`judge`, `clerk`]", "`ranks`: [`judge`, `clerk`, `doctor`]",
			"line 29: field case.name: role `doctor` has a rank but may not write\n" },
		{ "`ranks`: [`judge`, `clerk`]", "`ranks`: [`judge`, `clerk`, `judge`]",
			"line 29: field case.name: `ranks` names role `judge` twice\n" },
		{ " `ranks`: [`judge`, `clerk`],", "",
			"line 28: field case.name: `ranks` is missing: authority needs it\n" },
		{ "`sticky`: true, `tie`", "`sticky`: false, `tie`",
			"line 30: field case.name: `rank_by_basis` needs `sticky`: true\n" },
		{ "`sticky`: true, `tie`", "`sticky`: 1, `tie`",
			"line 30: field case.name: `sticky` must be true or false\n"
			"line 30: field case.name: `rank_by_basis` needs `sticky`: true\n" },
		{ "`tie`: `manual_review`, ", "",
			"line 28: field case.name: `tie` is missing: authority needs it\n" },
		{ "`tie`: `manual_review`", "`tie`: `last_writer`",
			"line 31: field case.name: `resolve` has no meaning for authority with this tie\n"
			"line 30: field case.name: `interim` has no meaning for authority with this tie\n" },
		{ "`tie`: `manual_review`", "`tie`: `coin`",
			"line 30: field case.name: unknown tie `coin`\n" },
		{ "`tie`: `manual_review`, `interim`: `none`", "`tie`: `manual_review`",
			"line 28: field case.name: `interim` is missing: a tie that is reviewed needs it\n" },
		{ "`interim`: `none`", "`interim`: `earliest`",
			"line 30: field case.name: interim earliest is for write_once only\n" },
	};
	(void)state;
	broken_form_check(cases, sizeof cases / sizeof cases[0]);
}

static void broken_enums_and_orders_are_refused(void **state)
{
	static const struct broken_form cases[] = {
		{ "`values`: {`minor`: 1, `adult`: 2},\n", "\n",
			"line 32: field case.age: `values` is missing: enum needs it\n" },
		{ "`values`: {`minor`: 1, `adult`: 2}", "`values`: {`minor`: 1, `adult`: 1}",
			"line 33: field case.age: number 1 is used twice\n" },
		{ "`values`: {`minor`: 1, `adult`: 2}", "`values`: {`minor`: 2, `adult`: 1}",
			"line 33: field case.age: number 1 comes after 2: numbers must ascend\n" },
		{ "`values`: {`minor`: 1, `adult`: 2}", "`values`: {`minor`: 1, `adult`: `2`}",
			"line 33: field case.age: the value `adult` needs a number\n"
			"line 35: field case.age: takes one of minor\n" },
		{ "`values`: {`minor`: 1, `adult`: 2}", "`values`: {`minor`: 1, `adult`: 2, `not so`: 3}",
			"line 33: field case.age: the value `not so` must be a name of letters, digits and _\n" },
		{ "`values`: {`minor`: 1, `adult`: 2}", "`values`: {}",
			"line 33: field case.age: `values` must name 1 to 512 values\n" },
		{ "{`fixed`: `minor`}", "{`fixed`: `child`}",
			"line 34: field case.age: takes one of minor, adult\n" },
		{ "{`fixed`: `minor`}", "{`fixed`: `minro`}",
			"line 34: field case.age: takes one of minor, adult; did you mean `minor`?\n" },
		{ "`order`: [`low`, `high`]", "`order`: [`low`]",
			"line 37: field health.risk: `order` lacks `high`\n" },
		{ "`order`: [`low`, `high`]", "`order`: [`low`, `high`, `low`]",
			"line 37: field health.risk: `order` names `low` twice\n" },
		{ "`order`: [`low`, `high`]", "`order`: [`low`, `medium`, `high`]",
			"line 37: field health.risk: `medium` is not one of the values\n" },
		{ ", `order`: [`low`, `high`]", "",
			"line 36: field health.risk: `order` is missing: max needs it\n" },
		{ "`values`: {`low`: 1, `high`: 2}, `rule`: `max`, `order`: [`low`, `high`]",
			"`values`: {`low`: 1, `high`: 2}, `rule`: `last_writer`, `order`: [`low`, `high`]",
			"line 37: field health.risk: `order` has no meaning for last_writer\n" },
		{ "`type`: `enum`, `values`: {`low`: 1, `high`: 2}, `rule`: `max`, `order`: [`low`, "
			"`high`],\n\t\t\t`write`: [`doctor`], `example`: `high`",
			"`type`: `text`, `rule`: `min`,\n\t\t\t`write`: [`doctor`], `example`: `high`",
			"line 37: field health.risk: min needs date, datetime, integer, or enum with `order`\n" },
		{ "`write`: [`doctor`], `example`", "`write`: [`doctor`, `clerk`], `example`",
			"line 38: field health.risk: role `clerk` writes, but may not read health\n" },
		{ "`path`: `case.age`, `compartment`: `core`", "`path`: `case.age`, `compartment`: `health`",
			"line 35: field case.age: role `clerk` writes, but may not read health\n" },
	};
	(void)state;
	broken_form_check(cases, sizeof cases / sizeof cases[0]);
}

static void broken_lists_and_sets_are_refused(void **state)
{
	static const struct broken_form cases[] = {
		{ "`entry_kinds`: {`came`: [`clerk`], `went`: [`judge`, `clerk`]}",
			"`entry_kinds`: {`came`: [`clerk`], `went`: [`clerk`]}",
			"line 41: field case.steps: role `judge` may write but append no kind\n" },
		{ "`went`: [`judge`, `clerk`]", "`went`: [`judge`, `doctor`]",
			"line 41: field case.steps: role `doctor` may append `went` but may not write\n" },
		{ "`went`: [`judge`, `clerk`]", "`Went`: [`judge`]",
			"line 41: field case.steps: the kind `Went` must be a lower-case name\n" },
		{ "`went`: [`judge`, `clerk`]", "`went`: []",
			"line 41: field case.steps: `went` names no role\n"
			"line 41: field case.steps: role `judge` may write but append no kind\n" },
		{ "`entry_kinds`: {`came`: [`clerk`], `went`: [`judge`, `clerk`]}", "`entry_kinds`: {}",
			"line 41: field case.steps: `entry_kinds` must name 1 to 256 kinds\n" },
		{ "`type`: `list of record`", "`type`: `list of text`",
			"line 42: field case.steps: takes a text without control characters; did you mean `came`?\n"
			"line 40: field case.steps: `entry_kinds` needs a list of record\n" },
		{ "`type`: `list of record`", "`type`: `set of record`",
			"line 40: field case.steps: append_list needs `list of` a type\n" },
		{ "`rule`: `append_list`", "`rule`: `union_set`",
			"line 40: field case.steps: union_set needs `set of` a type\n"
			"line 41: field case.steps: `entry_kinds` has no meaning for union_set\n" },
		{ "`example`: [{`kind`: `came`}]", "`example`: [{`kind`: `left`}]",
			"line 42: field case.steps: takes a record whose `kind` the form declares\n" },
		{ "`example`: [{`kind`: `came`}]", "`example`: {`kind`: `came`}",
			"line 42: field case.steps: `example` must be an array: the field is a set or list\n" },
		{ "`records`: [{`months`: 3}, {`months`: 6}]", "`records`: [{`months`: 3}, {`months`: 3}]",
			"line 44: field case.terms: this record stands here twice\n" },
		{ "`records`: [{`months`: 3}, {`months`: 6}]", "`records`: [{`months`: 3}, 6]",
			"line 44: field case.terms: takes a record\n" },
		{ "`records`: [{`months`: 3}, {`months`: 6}]", "`records`: []",
			"line 44: field case.terms: `records` must list 1 to 256 records\n" },
		{ "`records`: [{`months`: 3}, {`months`: 6}]", "`records`: [{`months`: 4}]",
			"line 45: field case.terms: takes one of the records that the form lists\n" },
		{ "`type`: `set of record`, `records`: [{`months`: 3}, {`months`: 6}]",
			"`type`: `set of date`, `records`: [{`months`: 3}]",
			"line 45: field case.terms: takes a day that exists\n"
			"line 44: field case.terms: `records` has no meaning for date\n" },
	};
	(void)state;
	broken_form_check(cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_fields_written_once_are_refused),
		cmocka_unit_test(broken_fields_of_authority_are_refused),
		cmocka_unit_test(broken_enums_and_orders_are_refused),
		cmocka_unit_test(broken_lists_and_sets_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
