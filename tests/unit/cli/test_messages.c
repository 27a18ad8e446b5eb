/* The catalogue: every sentence in both languages, with the same arguments in the same order. */
#include "cli/commands.h"
#include "cli/messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* Writes the printf directives of a text, one after the other: "%s%d". */
static void take_directives(char *out, size_t size, const char *text)
{
	size_t used = 0;
	for (; *text; text++) {
		if (*text != '%')
			continue;
		size_t length = 1 + strspn(text + 1, "0123456789.*-+# lzhj");
		assert_true(text[length] != '\0');
		for (size_t i = 0; i <= length; i++) {
			assert_true(used + 1 < size);
			out[used++] = text[i];
		}
		text += length;
	}
	out[used] = '\0';
}

static bool same_directives(const char *a, const char *b)
{
	char in_a[200], in_b[200];
	take_directives(in_a, sizeof in_a, a);
	take_directives(in_b, sizeof in_b, b);
	return strcmp(in_a, in_b) == 0;
}

static void both_languages_say_everything_with_the_same_arguments(void **state)
{
	(void)state;
	for (int id = MSG_NONE + 1; id < MESSAGE_COUNT; id++) {
		const char *en = message_text(LANG_EN, (enum message)id);
		const char *nl = message_text(LANG_NL, (enum message)id);
		if (!*en || !*nl || !same_directives(en, nl))
			fail_msg("%s differs:\n  %s\n  %s", message_label((enum message)id), en, nl);
	}
}

static void the_comparison_sees_a_difference(void **state)
{
	(void)state;
	assert_true(same_directives("a %s b %d %%", "%s c %d%%"));
	assert_false(same_directives("a %s b %d", "a %d b %s"));
	assert_false(same_directives("a %s", "a"));
	assert_false(same_directives("a %.*s", "a %s"));
}

/* Help lays these out on one line, in a list. */
static void summaries_are_one_short_line(void **state)
{
	(void)state;
	for (size_t i = 0; commands[i]; i++) {
		for (int lang = LANG_EN; lang <= LANG_NL; lang++) {
			const char *text = message_text((enum lang)lang, commands[i]->summary);
			assert_true(strlen(text) > 0 && strlen(text) <= 80);
			assert_null(strchr(text, '\n'));
			assert_true(text[strlen(text) - 1] != '.');
		}
	}
}

/* A text that goes through printf with directives would be wrong in a table. */
static void texts_of_the_table_hold_no_directives(void **state)
{
	(void)state;
	for (size_t i = 0; commands[i]; i++) {
		const struct command *c = commands[i];
		assert_null(strchr(message_text(LANG_EN, c->summary), '%'));
		assert_null(strchr(message_text(LANG_EN, c->text), '%'));
		for (const struct option *o = c->options; o && o->name; o++)
			assert_null(strchr(message_text(LANG_EN, o->help), '%'));
		for (const struct example *e = c->examples; e && e->line; e++)
			assert_null(strchr(message_text(LANG_EN, e->help), '%'));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_languages_say_everything_with_the_same_arguments),
		cmocka_unit_test(the_comparison_sees_a_difference),
		cmocka_unit_test(summaries_are_one_short_line),
		cmocka_unit_test(texts_of_the_table_hold_no_directives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
