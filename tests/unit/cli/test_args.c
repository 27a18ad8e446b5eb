/* The option parser: what it takes, and what it refuses in one line. */
#include "cli/args.h"
#include "cli/commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* Parses the words of a line after "dossier", in English. */
static enum err parse(struct args *a, struct err_text *why, int argc, const char *const *argv)
{
	static char *line[32];
	line[0] = NULL;
	for (int i = 0; i < argc; i++)
		memcpy(&line[i + 1], &argv[i], sizeof line[0]);
	why->text[0] = '\0';
	return args_parse(a, argc + 1, line, LANG_EN, why);
}

#define PARSE(a, why, ...) \
	parse(a, why, sizeof (const char *[]){ __VA_ARGS__ } / sizeof(char *), (const char *[]){ __VA_ARGS__ })

static void options_may_stand_anywhere(void **state)
{
	(void)state;
	struct args a;
	struct err_text why;
	assert_int_equal(PARSE(&a, &why, "--home", "/h", "help", "--json", "version", "--lang=nl", "-h"), ERR_OK);
	assert_ptr_equal(a.command, &command_help);
	assert_int_equal(a.word_count, 1);
	assert_string_equal(a.words[0], "version");
	assert_string_equal(args_get(&a, "home"), "/h");
	assert_string_equal(args_get(&a, "lang"), "nl");
	assert_true(args_has(&a, "json"));
	assert_true(args_has(&a, "help"));
	assert_false(args_has(&a, "quiet"));
	assert_null(args_get(&a, "as"));
	args_clear(&a);
}

static void two_dashes_end_the_options(void **state)
{
	(void)state;
	struct args a;
	struct err_text why;
	assert_int_equal(PARSE(&a, &why, "help", "--", "--json"), ERR_OK);
	assert_string_equal(a.words[0], "--json");
	assert_false(args_has(&a, "json"));
	args_clear(&a);
	assert_int_equal(PARSE(&a, &why, "help", "-"), ERR_OK);
	assert_string_equal(a.words[0], "-");
	args_clear(&a);
}

static void a_line_that_makes_no_sense_is_refused_in_one_line(void **state)
{
	(void)state;
	static const struct {
		const char *words[4];
		const char *says;
	} lines[] = {
		{ { "verzion" }, "there is no command \"verzion\"; did you mean \"version\"?" },
		{ { "qqqqqqq" }, "there is no command \"qqqqqqq\"; `dossier help` lists them" },
		{ { "help", "--jason" }, "there is no option \"--jason\" here; did you mean \"--json\"?" },
		{ { "help", "--zzzzzzzz" }, "there is no option \"--zzzzzzzz\" here" },
		{ { "help", "-x" }, "there is no option \"-x\" here" },
		{ { "help", "--json=1" }, "--json takes no value" },
		{ { "help", "--home" }, "--home wants a value: DIR" },
		{ { "--home=a", "help", "--home=b" }, "--home was given twice" },
		{ { "version", "now" }, "\"now\" is one word too many; see `dossier help version`" },
	};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct args a;
		struct err_text why;
		int count = 0;
		while (count < 4 && lines[i].words[count])
			count++;
		assert_int_equal(parse(&a, &why, count, lines[i].words), ERR_USAGE);
		assert_string_equal(why.text, lines[i].says);
		args_clear(&a);
	}
}

static void more_options_than_room_are_refused(void **state)
{
	(void)state;
	static char json[] = "--json", help[] = "help";
	static char *line[ARGS_OPTIONS_MAX + 4] = { NULL, help };
	struct args a;
	struct err_text why;
	for (int i = 2; i < ARGS_OPTIONS_MAX + 3; i++)
		line[i] = json;
	assert_int_equal(args_parse(&a, ARGS_OPTIONS_MAX + 2, line, LANG_EN, &why), ERR_OK);
	args_clear(&a);
	assert_int_equal(args_parse(&a, ARGS_OPTIONS_MAX + 3, line, LANG_EN, &why), ERR_USAGE);
	args_clear(&a);
}

/* A command of its own, since those of the table need not have such options. */
static const struct option test_options[] = {
	{ "role", "ROLE,...", MSG_OPTION_AS, true, true },
	{ NULL, NULL, MSG_NONE, false, false },
};

static void items_of_a_repeated_option_come_one_by_one(void **state)
{
	(void)state;
	static const struct command command = { .name = "test", .options = test_options };
	struct args a = { .command = &command, .option_count = 3 };
	a.options[0].option = a.options[1].option = a.options[2].option = test_options;
	a.options[0].value = "a,bc";
	a.options[1].value = "";
	a.options[2].value = ",d,";
	struct args_cursor cursor = { 0 };
	struct bytes item;
	static const char *const expected[] = { "a", "bc", "d" };
	for (size_t i = 0; i < 3; i++) {
		assert_true(args_next_item(&a, "role", &cursor, &item));
		assert_true(bytes_equal(item, bytes_text(expected[i])));
	}
	assert_false(args_next_item(&a, "role", &cursor, &item));
}

static void the_language_is_known_before_the_line_is(void **state)
{
	(void)state;
	static char name[] = "dossier", lang[] = "--lang", nl[] = "nl", en[] = "--lang=en", bad[] = "--lang=fr";
	assert_int_equal(args_lang(1, (char *[]){ name }, NULL), LANG_EN);
	assert_int_equal(args_lang(1, (char *[]){ name }, "nl_BE.UTF-8"), LANG_NL);
	assert_int_equal(args_lang(1, (char *[]){ name }, "nld"), LANG_EN);
	assert_int_equal(args_lang(2, (char *[]){ name, en }, "nl"), LANG_EN);
	assert_int_equal(args_lang(3, (char *[]){ name, lang, nl }, "C"), LANG_NL);
	assert_int_equal(args_lang(2, (char *[]){ name, bad }, "nl"), LANG_NL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_may_stand_anywhere),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(a_line_that_makes_no_sense_is_refused_in_one_line),
		cmocka_unit_test(more_options_than_room_are_refused),
		cmocka_unit_test(items_of_a_repeated_option_come_one_by_one),
		cmocka_unit_test(the_language_is_known_before_the_line_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
