/* Broken forms: the file, its roles, compartments and acts.  Every error is listed, with its line. */
#include "tests/support/broken_form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void a_broken_file_is_refused(void **state)
{
	static const struct broken_form cases[] = {
		{ "`form`: `small`,", "`form`: `small`",
			"line 2 column 18: a comma or '}' must stand here\n" },
		{ "`form`: `small`", "`form`: `small`, `form`: `big`",
			"line 2 column 19: the object has this key already\n" },
		{ "{\n\t`form`", "[]{",
			"line 1 column 3: the document ended before this\n" },
		{ "`form`: `small`", "`form`: `Small`",
			"line 2: `form` must be a name of at most 64 lower-case letters, digits and _\n" },
		{ "`form`: `small`, ", "",
			"line 1: `form` is missing\n" },
		{ "`number`: 9, `version`", "`number`: 0, `version`",
			"line 2: `number` must be 1 to 65535\n" },
		{ "`number`: 9, `version`", "`number`: `9`, `version`",
			"line 2: `number` must be a whole number\n" },
		{ "`version`: 2", "`version`: 65536",
			"line 2: `version` must be 1 to 65535\n" },
		{ "`version`: 2", "`version`: 2.5",
			"line 2 column 43: only whole numbers without exponent are taken\n" },
		{ "`version`: 2", "`versoin`: 2",
			"line 2: unknown key `versoin`; did you mean `version`?\n"
			"line 1: `version` is missing\n" },
		{ "`bases`: [", "`basis`: [",
			"line 9: unknown key `basis`; did you mean `bases`?\n"
			"line 30: field case.name: the form has no `bases` to rank by\n" },
	};
	(void)state;
	broken_form_check(cases, sizeof cases / sizeof cases[0]);
}

static void broken_roles_and_bases_are_refused(void **state)
{
	static const struct broken_form cases[] = {
		{ "{`number`: 4, `name`: `doctor`, `meaning`: `Heals`}",
			"{`number`: 2, `name`: `doctor`, `meaning`: `Heals`}",
			"line 6: role doctor: number 2 is used twice\n"
			"line 8: telling: role `doctor` stands here twice\n"
			"line 16: compartment health: `read` names role `judge` twice\n" },
		{ "{`number`: 4, `name`: `doctor`, `meaning`: `Heals`}",
			"{`number`: 1, `name`: `doctor`, `meaning`: `Heals`}",
			"line 6: role doctor: number 1 comes after 2: numbers must ascend\n"
			"line 8: telling: role `doctor` stands here twice\n" },
		{ "`name`: `judge`, `meaning`: `Decides`", "`name`: `clerk`, `meaning`: `Decides`",
			"line 5: role clerk: the name `clerk` is used twice\n"
			"line 8: telling: unknown role `judge`\n"
			"line 16: compartment health: unknown role `judge`\n"
			"line 19: acts: unknown role `judge`\n"
			"line 19: acts: unknown role `judge`\n"
			"line 20: acts: unknown role `judge`\n"
			"line 21: acts: unknown role `judge`\n"
			"line 27: field case.label: unknown role `judge`\n"
			"line 31: field case.name: unknown role `judge`\n"
			"line 31: field case.name: unknown role `judge`\n"
			"line 29: field case.name: unknown role `judge`\n"
			"line 35: field case.age: unknown role `judge`\n"
			"line 42: field case.steps: unknown role `judge`\n"
			"line 41: field case.steps: unknown role `judge`\n" },
		{ ", `meaning`: `Heals`", "",
			"line 6: role: `meaning` is missing\n" },
		{ "`meaning`: `Heals`", "`meaning`: `Heals\\nall`",
			"line 6: role doctor: `meaning` must be one line of 1 to 500 bytes in NFC\n" },
		{ "`meaning`: `Heals`", "`meaning`: ``",
			"line 6: role doctor: `meaning` must be one line of 1 to 500 bytes in NFC\n" },
		{ "`meaning`: `Heals`", "`meaning`: `Heals`, `colour`: `red`",
			"line 6: role: unknown key `colour`\n" },
		{ "`telling`: [`clerk`, `judge`, `doctor`]", "`telling`: [`clerk`, `judge`]",
			"line 8: telling: role `doctor` is missing\n" },
		{ "`telling`: [`clerk`, `judge`, `doctor`]", "`telling`: [`clerk`, `judge`, `doctor`, `clerk`]",
			"line 8: telling: role `clerk` stands here twice\n" },
		{ "`telling`: [`clerk`, `judge`, `doctor`]", "`telling`: [`clerk`, `judge`, `docter`]",
			"line 8: telling: unknown role `docter`; did you mean `doctor`?\n"
			"line 8: telling: role `doctor` is missing\n" },
		{ "`telling`: [`clerk`, `judge`, `doctor`]", "`telling`: `all`",
			"line 8: `telling` must be an array\n" },
		{ "{`number`: 2, `name`: `word`", "{`number`: 1, `name`: `word`",
			"line 11: basis word: number 1 is used twice\n" },
		{ "`name`: `word`", "`name`: `paper`",
			"line 11: basis paper: the name `paper` is used twice\n" },
		{ "\t`bases`: [\n\t\t{`number`: 1, `name`: `paper`, `meaning`: `A paper`},\n\t\t{`number`: 2, "
			"`name`: `word`, `meaning`: `A word`}\n\t],\n",
			"",
			"line 26: field case.name: the form has no `bases` to rank by\n" },
	};
	(void)state;
	broken_form_check(cases, sizeof cases / sizeof cases[0]);
}

static void broken_compartments_are_refused(void **state)
{
	static const struct broken_form cases[] = {
		{ "`name`: `core`, `meaning`", "`name`: `heart`, `meaning`",
			"line 14: compartment heart: compartment 1 must be core\n"
			"line 13: there is no compartment core\n"
			"line 24: field case.label: unknown compartment `core`\n"
			"line 28: field case.name: unknown compartment `core`\n"
			"line 32: field case.age: unknown compartment `core`\n"
			"line 39: field case.steps: unknown compartment `core`\n"
			"line 43: field case.terms: unknown compartment `core`\n"
			"line 46: field case.seen_on: unknown compartment `core`\n" },
		{ "{`number`: 1, `name`: `core`, `meaning`: `For all`",
			"{`number`: 2, `name`: `core`, `meaning`: `For all`",
			"line 14: compartment core: core must be compartment 1\n"
			"line 15: compartment health: number 2 is used twice\n" },
		{ "`read`: `all`, `share`: `all`", "`read`: [`clerk`, `judge`], `share`: [`clerk`]",
			"line 14: compartment core: every role must read core, and `doctor` does not\n"
			"line 45: field case.terms: role `doctor` writes, but may not read core\n" },
		{ "`read`: [`doctor`, `judge`]", "`read`: []",
			"line 16: compartment health: `read` names no role\n" },
		{ "`read`: [`doctor`, `judge`]", "`read`: [`judge`]",
			"line 16: compartment health: role `doctor` may share what it may not read\n"
			"line 38: field health.risk: role `doctor` writes, but may not read health\n" },
		{ "`read`: [`doctor`, `judge`]", "`read`: [`doctor`, `judge`, `doctor`]",
			"line 16: compartment health: `read` names role `doctor` twice\n" },
		{ "`read`: [`doctor`, `judge`]", "`read`: `some`",
			"line 16: compartment health: `read` must be an array of roles, or `all`\n" },
		{ "`read`: [`doctor`, `judge`]", "`read`: [`doctor`, 7]",
			"line 16: compartment health: a role must be a text\n" },
		{ "`name`: `health`, `meaning`", "`name`: `core`, `meaning`",
			"line 15: compartment core: the name `core` is used twice\n"
			"line 15: compartment core: core must be compartment 1\n"
			"line 16: compartment core: every role must read core, and `clerk` does not\n"
			"line 36: field health.risk: unknown compartment `health`\n" },
		{ "`share`: [`doctor`]", "`share`: [`doctor`, `clerk`]",
			"line 16: compartment health: role `clerk` may share what it may not read\n" },
		{ "`share`: [`doctor`]", "`share`: []",
			"line 16: compartment health: `share` names no role\n" },
	};
	(void)state;
	broken_form_check(cases, sizeof cases / sizeof cases[0]);
}

static void broken_acts_are_refused(void **state)
{
	static const struct broken_form cases[] = {
		{ "`open`: [`clerk`]", "`open`: []",
			"line 19: acts: `open` names no role\n" },
		{ "`migrate`: []", "`migrate`: [`jugde`]",
			"line 21: acts: unknown role `jugde`; did you mean `judge`?\n" },
		{ ", `regrant`: `all`", "",
			"line 18: acts: `regrant` is missing\n" },
		{ "`strike`: []", "`attach`: []",
			"line 19: acts: unknown key `attach`\n"
			"line 18: acts: `strike` is missing\n" },
		{ "`lift`: [`judge`]", "`lift`: []",
			"line 19: acts: a hold that nobody may lift would stand for ever\n" },
		{ "`erase_ack`: `all`", "`erase_ack`: []",
			"line 20: acts: nobody may acknowledge an erasure order\n" },
		{ "`erase_execute`: [`judge`]", "`erase_execute`: []",
			"line 21: acts: nobody may execute an erasure order\n" },
		{ "`strike`: []", "`strike`: `nobody`",
			"line 19: acts: `strike` must be an array of roles, or `all`\n" },
	};
	(void)state;
	broken_form_check(cases, sizeof cases / sizeof cases[0]);
}

static void broken_sites_are_refused(void **state)
{
	static const struct broken_form cases[] = {
		{ "`version`: 2", "`version`: 2, `sites`: {`central`: [`jugde`]}",
			"line 2: sites: unknown role `jugde`; did you mean `judge`?\n" },
		{ "`version`: 2", "`version`: 2, `sites`: {`centre`: [`judge`]}",
			"line 2: sites: unknown key `centre`; did you mean `central`?\n" },
		{ "`version`: 2", "`version`: 2, `sites`: {`relay`: 3}",
			"line 2: sites: `relay` must be an array of roles, or `all`\n" },
	};
	(void)state;
	broken_form_check(cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_broken_file_is_refused),
		cmocka_unit_test(broken_roles_and_bases_are_refused),
		cmocka_unit_test(broken_compartments_are_refused),
		cmocka_unit_test(broken_acts_are_refused),
		cmocka_unit_test(broken_sites_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
