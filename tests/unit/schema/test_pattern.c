/* Patterns: what they match, what is refused, and that none takes long. */
#include "schema/pattern.h"

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void the_whole_text_must_match(void **state)
{
	(void)state;
	static const struct { const char *pattern, *text; bool matches; } cases[] = {
		{ "^[0-9]{10}$", "2912345678", true },
		{ "^[0-9]{10}$", "291234567", false },
		{ "^[0-9]{10}$", "29123456789", false },
		{ "^[0-9]{10}$", "291234567x", false },
		{ "^[A-Z]{2}$", "ER", true },
		{ "^[A-Z]{2}$", "er", false },
		{ "^[a-z]{2,3}(-[A-Z]{2})?$", "ti", true },
		{ "^[a-z]{2,3}(-[A-Z]{2})?$", "nld-NL", true },
		{ "^[a-z]{2,3}(-[A-Z]{2})?$", "ti-", false },
		{ "^(cat|dog)s?$", "dogs", true },
		{ "^(cat|dog)s?$", "cats", true },
		{ "^(cat|dog)s?$", "cow", false },
		{ "^a|bc$", "a", true },
		{ "^a|bc$", "bc", true },
		{ "^a|bc$", "ac", false },
		{ "^a*$", "", true },
		{ "^a*$", "aaaa", true },
		{ "^a+$", "", false },
		{ "^(a*)*b$", "aaab", true },
		{ "^(ab){0,2}c$", "ababc", true },
		{ "^(ab){0,2}c$", "abababc", false },
		{ "^.$", "é", true },
		{ "^.$", "\n", false },
		{ "^[à-ü]$", "é", true },
		{ "^[^0-9]+$", "abc", true },
		{ "^[^0-9]+$", "ab1", false },
		{ "^[a-]+$", "a-a", true },
		{ "^\\.\\$\\\\$", ".$\\", true },
		{ "^\\(\\)$", "()", true },
		{ "^.$", "\xff", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (pattern_fault(cases[i].pattern))
			fail_msg("%s: %s", cases[i].pattern, pattern_fault(cases[i].pattern));
		if (pattern_matches(cases[i].pattern, bytes_text(cases[i].text)) != cases[i].matches)
			fail_msg("%s and \"%s\"", cases[i].pattern, cases[i].text);
	}
}

static void what_is_no_pattern_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "^", "$", "^$", "abc", "^abc", "abc$", "^a\\$", "^*$", "^a**$",
		"^(a$", "^a)$", "^()$", "^a||b$", "^|a$", "^a|$", "^[]$", "^[a$", "^[b-a]$", "^[[:alpha:]]$",
		"^a{$", "^a{}$", "^a{2$", "^a{2,1}$", "^a{0}$", "^a{2,}$", "^a{256}$", "^a{-1}$", "^a^b$",
		"^a$b$", "^a}$", "^a]$", "^\\d$", "^(((((((((a)))))))))$", "^(a{255}){255}$",
		"^((a{99}){99}){99}$", "^\xff$", "^[\xff]$" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (!pattern_fault(bad[i]))
			fail_msg("%s passed", bad[i]);
	char longest[PATTERN_SIZE_MAX + 2];
	memset(longest, 'a', sizeof longest);
	longest[0] = '^';
	longest[PATTERN_SIZE_MAX - 1] = '$';
	longest[PATTERN_SIZE_MAX] = '\0';
	assert_null(pattern_fault(longest));
	longest[PATTERN_SIZE_MAX - 1] = 'a';
	longest[PATTERN_SIZE_MAX] = '$';
	longest[PATTERN_SIZE_MAX + 1] = '\0';
	assert_non_null(pattern_fault(longest));
}

/* What sends a backtracking matcher away for ever is over at once here. */
static void no_pattern_takes_long(void **state)
{
	(void)state;
	char text[PATTERN_TEXT_MAX + 1];
	memset(text, 'a', sizeof text);
	assert_false(pattern_matches("^((a*)*)*b$", bytes_of(text, PATTERN_TEXT_MAX)));
	assert_false(pattern_matches("^(a|a|aa)+b$", bytes_of(text, PATTERN_TEXT_MAX)));
	assert_false(pattern_matches("^(a?){250}b$", bytes_of(text, PATTERN_TEXT_MAX)));
	assert_true(pattern_matches("^a*$", bytes_of(text, PATTERN_TEXT_MAX)));
	assert_false(pattern_matches("^a*$", bytes_of(text, PATTERN_TEXT_MAX + 1)));
}

static unsigned draw(uint64_t *seed, unsigned below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*seed >> 33) % below;
}

/* Writes a random expression over a, b and c; it may come out with a fault. */
static void draw_pattern(uint64_t *seed, char *out, unsigned size)
{
	static const char *const parts[] = { "a", "b", "c", ".", "[ab]", "[^a]", "(", ")", "|", "*", "+", "?",
		"{2}", "{1,3}", "(a|b)", "(ab)" };
	size_t at = 0;
	out[at++] = '^';
	for (unsigned i = draw(seed, 10) + 1; i > 0 && at + 8 < size; i--) {
		const char *part = parts[draw(seed, sizeof parts / sizeof parts[0])];
		memcpy(out + at, part, strlen(part));
		at += strlen(part);
	}
	out[at++] = '$';
	out[at] = '\0';
}

/* The C library's matcher, in the C locale, as referee: ^(...)$ since a bare ^a|b$ means (^a)|(b$). */
static void answers_are_those_of_posix(void **state)
{
	(void)state;
	uint64_t seed = 7;
	unsigned judged = 0, matched = 0;
	for (unsigned i = 0; i < 20000; i++) {
		char pattern[100], wrapped[110];
		regex_t regex;
		draw_pattern(&seed, pattern, sizeof pattern);
		if (pattern_fault(pattern))
			continue;
		snprintf(wrapped, sizeof wrapped, "^(%.*s)$", (int)strlen(pattern) - 2, pattern + 1);
		assert_int_equal(regcomp(&regex, wrapped, REG_EXTENDED | REG_NOSUB), 0);
		for (unsigned k = 0; k < 8; k++) {
			char text[8] = "";
			for (unsigned n = draw(&seed, 7), c = 0; c < n; c++)
				text[c] = "abc"[draw(&seed, 3)];
			bool want = regexec(&regex, text, 0, NULL, 0) == 0;
			if (pattern_matches(pattern, bytes_text(text)) != want)
				fail_msg("%s and \"%s\": posix says %d", pattern, text, want);
			judged++;
			matched += want;
		}
		regfree(&regex);
	}
	assert_true(judged > 20000 && matched > 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_text_must_match),
		cmocka_unit_test(what_is_no_pattern_is_refused),
		cmocka_unit_test(no_pattern_takes_long),
		cmocka_unit_test(answers_are_those_of_posix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
