/* The command line as a whole: exit codes, what goes to which stream, help, man pages, languages. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/version.h"
#include "tests/support/run_cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void every_error_has_its_exit_code(void **state)
{
	(void)state;
	static const int codes[] = {
		[ERR_OK] = 0, [ERR_MEMORY] = 1, [ERR_LIMIT] = 1, [ERR_FORMAT] = 1, [ERR_CRYPTO] = 5,
		[ERR_NOT_FOUND] = 3, [ERR_EXISTS] = 1, [ERR_MISSING] = 1, [ERR_CONFLICT] = 1, [ERR_BUSY] = 7,
		[ERR_NO_KEY] = 7, [ERR_REFUSED] = 8, [ERR_IO] = 1, [ERR_FULL] = 1, [ERR_PEER] = 6,
		[ERR_USAGE] = 2, [ERR_INTERRUPTED] = 130,
	};
	for (size_t e = 0; e < sizeof codes / sizeof codes[0]; e++)
		assert_int_equal(exit_code((enum err)e), codes[e]);
}

static void data_goes_to_the_output_and_words_to_the_error(void **state)
{
	(void)state;
	struct cli_result r = run_cli("version");
	assert_int_equal(r.code, EXIT_DONE);
	assert_string_equal(r.out, "dossier " DOSSIER_VERSION "\n");
	assert_string_equal(r.err, "");
	cli_result_clear(&r);
	r = run_cli("verzion");
	assert_int_equal(r.code, EXIT_BAD_USAGE);
	assert_string_equal(r.out, "");
	assert_string_equal(r.err, "dossier: there is no command \"verzion\"; did you mean \"version\"?\n");
	cli_result_clear(&r);
}

static void a_line_without_a_command_shows_them_all_and_fails(void **state)
{
	(void)state;
	struct cli_result r = run_cli("");
	assert_int_equal(r.code, EXIT_BAD_USAGE);
	assert_string_equal(r.out, "");
	for (size_t i = 0; commands[i]; i++)
		assert_non_null(strstr(r.err, commands[i]->name));
	cli_result_clear(&r);
}

static void json_goes_for_errors_too_wherever_it_stands(void **state)
{
	(void)state;
	static const char *const lines[] = { "--json verzion", "verzion --json", "verzion --nonsense --json" };
	for (size_t i = 0; i < 3; i++) {
		struct cli_result r = run_cli(lines[i]);
		assert_int_equal(r.code, EXIT_BAD_USAGE);
		assert_string_equal(r.err, "{\"error\":\"usage\",\"exit\":2,\"message\":\"there is no command "
			"\\\"verzion\\\"; did you mean \\\"version\\\"?\"}\n");
		cli_result_clear(&r);
	}
}

static void the_language_follows_the_option_and_the_locale(void **state)
{
	(void)state;
	struct cli_result r = run_cli("verzion --lang nl");
	assert_string_equal(r.err, "dossier: het commando \"verzion\" bestaat niet; bedoelde u \"version\"?\n");
	cli_result_clear(&r);
	setenv("LC_ALL", "nl_NL.UTF-8", 1);
	r = run_cli("verzion");
	assert_string_equal(r.err, "dossier: het commando \"verzion\" bestaat niet; bedoelde u \"version\"?\n");
	cli_result_clear(&r);
	r = run_cli("version --lang fr");
	assert_int_equal(r.code, EXIT_BAD_USAGE);
	cli_result_clear(&r);
	setenv("LC_ALL", "C.UTF-8", 1);
}

static void help_of_a_command_needs_nothing_else_of_it(void **state)
{
	(void)state;
	struct cli_result a = run_cli("form check --help");
	struct cli_result b = run_cli("help form check");
	assert_int_equal(a.code, EXIT_DONE);
	assert_string_equal(a.out, b.out);
	assert_non_null(strstr(a.out, "dossier form check FILE"));
	cli_result_clear(&a);
	cli_result_clear(&b);
	a = run_cli("form --help");
	assert_int_equal(a.code, EXIT_DONE);
	assert_non_null(strstr(a.out, "form explain"));
	cli_result_clear(&a);
	a = run_cli("help nothing-like-it");
	assert_int_equal(a.code, EXIT_BAD_USAGE);
	cli_result_clear(&a);
}

/* A page in which roff would see a request where there is none, or a hyphen where a dash is meant. */
static void check_page(const char *page)
{
	assert_memory_equal(page, ".TH DOSSIER", 11);
	for (const char *line = page; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		static const char *const known[] = { ".TH ", ".SH ", ".PP\n", ".TP\n", ".BR ", ".nh\n", ".ad l\n" };
		bool ok = *line != '.' && *line != '\'';
		for (size_t i = 0; i < sizeof known / sizeof known[0] && !ok; i++)
			ok = strncmp(line, known[i], strlen(known[i])) == 0;
		if (!ok)
			fail_msg("%.*s", (int)strcspn(line, "\n"), line);
	}
}

static void every_command_has_a_man_page_in_both_languages(void **state)
{
	(void)state;
	struct cli_result r = run_cli("help --man");
	check_page(r.out);
	cli_result_clear(&r);
	for (size_t i = 0; commands[i]; i++) {
		for (int lang = LANG_EN; lang <= LANG_NL; lang++) {
			char line[100];
			snprintf(line, sizeof line, "help --man %s --lang %s", commands[i]->name,
				lang_name((enum lang)lang));
			r = run_cli(line);
			assert_int_equal(r.code, EXIT_DONE);
			check_page(r.out);
			cli_result_clear(&r);
		}
	}
}

static void names_and_completion_know_every_command(void **state)
{
	(void)state;
	struct cli_result names = run_cli("help --names");
	struct cli_result bash = run_cli("help --completion bash");
	for (size_t i = 0; commands[i]; i++) {
		char quoted[80];
		assert_non_null(strstr(names.out, commands[i]->name));
		snprintf(quoted, sizeof quoted, "\t\"%s\") options=", commands[i]->name);
		assert_non_null(strstr(bash.out, quoted));
	}
	cli_result_clear(&names);
	cli_result_clear(&bash);
	names = run_cli("help --completion fish");
	assert_int_equal(names.code, EXIT_BAD_USAGE);
	cli_result_clear(&names);
}

/* What the table promises the parser and the help. */
static void the_table_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; commands[i]; i++) {
		const struct command *c = commands[i];
		assert_ptr_equal(command_find(c->name), c);
		assert_non_null(c->run);
		assert_non_null(c->words);
		assert_true(c->words_min <= c->words_max);
		assert_true(c->summary != MSG_NONE);
		/* A first word is a command or a family, never both. */
		assert_false(command_is_family(c->name));
		for (const struct option *o = c->options; o && o->name; o++) {
			assert_true(o->help != MSG_NONE);
			for (const struct option *g = global_options; g->name; g++)
				assert_string_not_equal(o->name, g->name);
		}
		for (const struct example *e = c->examples; e && e->line; e++)
			assert_non_null(strstr(e->line, c->name));
	}
}

static void output_that_cannot_be_written_is_a_failure(void **state)
{
	(void)state;
	static char name[] = "dossier", version[] = "version";
	char *line[] = { name, version, NULL };
	FILE *full = fopen("/dev/full", "w");
	FILE *err = tmpfile();
	assert_non_null(full);
	assert_non_null(err);
	assert_int_equal(cli_run(2, line, full, err), EXIT_FAILED);
	fclose(full);
	fclose(err);
}

static void a_form_is_checked_and_explained(void **state)
{
	(void)state;
	struct cli_result r = run_cli("form check schema/forms/asylum.json");
	assert_int_equal(r.code, EXIT_DONE);
	assert_string_equal(r.out, "");
	cli_result_clear(&r);
	r = run_cli("form check Makefile");
	assert_int_equal(r.code, EXIT_FAILED);
	assert_non_null(strstr(r.out, "line 1"));
	cli_result_clear(&r);
	r = run_cli("form check no-such-file");
	assert_int_equal(r.code, EXIT_NOTHING);
	cli_result_clear(&r);
	r = run_cli("form explain asylum --json");
	assert_int_equal(r.code, EXIT_DONE);
	assert_int_equal(r.out[0], '{');
	cli_result_clear(&r);
	r = run_cli("form explain asilum");
	assert_int_equal(r.code, EXIT_NOTHING);
	assert_non_null(strstr(r.err, "did you mean \"asylum\"?"));
	cli_result_clear(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_has_its_exit_code),
		cmocka_unit_test(data_goes_to_the_output_and_words_to_the_error),
		cmocka_unit_test(a_line_without_a_command_shows_them_all_and_fails),
		cmocka_unit_test(json_goes_for_errors_too_wherever_it_stands),
		cmocka_unit_test(the_language_follows_the_option_and_the_locale),
		cmocka_unit_test(help_of_a_command_needs_nothing_else_of_it),
		cmocka_unit_test(every_command_has_a_man_page_in_both_languages),
		cmocka_unit_test(names_and_completion_know_every_command),
		cmocka_unit_test(the_table_is_sound),
		cmocka_unit_test(output_that_cannot_be_written_is_a_failure),
		cmocka_unit_test(a_form_is_checked_and_explained),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
