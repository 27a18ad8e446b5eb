/* The calendar: days that exist, partial days, moments and their one spelling. */
#include "schema/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void a_day_exists_or_not(void **state)
{
	(void)state;
	assert_true(date_exists(2024, 2, 29));
	assert_true(date_exists(2000, 2, 29));
	assert_true(date_exists(1, 1, 1));
	assert_true(date_exists(9999, 12, 31));
	assert_false(date_exists(2026, 2, 29));
	assert_false(date_exists(1900, 2, 29));
	assert_false(date_exists(2026, 4, 31));
	assert_false(date_exists(2026, 0, 1));
	assert_false(date_exists(2026, 13, 1));
	assert_false(date_exists(2026, 1, 0));
	assert_false(date_exists(0, 1, 1));
	assert_false(date_exists(10000, 1, 1));
	assert_true(date_is_valid(20260203));
	assert_false(date_is_valid(20260230));
	assert_false(date_is_valid(120260203));
	assert_false(date_is_valid(UINT64_MAX));
}

static void a_partial_day_is_unknown_from_the_right(void **state)
{
	(void)state;
	static const uint64_t good[] = { 20030514, 20030500, 20030000, 0, 10000, 99991231, 20240229 };
	static const uint64_t bad[] = { 20030014, 514, 500, 20031300, 20031301, 20030532, 20230229,
		100000000, 1, UINT64_MAX };
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(date_is_valid_partial(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(date_is_valid_partial(bad[i]));
}

static void a_day_has_one_spelling(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "2026-2-03", "2026-02-3", "2026/02/03", "20260203", "2026-02-03 ",
		" 026-02-03", "+026-02-03", "2026-02-0a", "02026-02-03", "2026-02_03" };
	uint64_t date;
	char text[11];
	assert_int_equal(date_decode(&date, bytes_text("2026-02-03")), ERR_OK);
	assert_int_equal(date, 20260203);
	date_encode(text, date);
	assert_string_equal(text, "2026-02-03");
	date_encode(text, 0);
	assert_string_equal(text, "0000-00-00");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(date_decode(&date, bytes_text(bad[i])), ERR_FORMAT);
		assert_int_equal(date, 0);
	}
}

static void moments_agree_with_known_ones(void **state)
{
	(void)state;
	/* `date -u -d TEXT +%s` */
	static const struct { const char *text; uint64_t seconds; } cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-12-31T23:59:59Z", 31535999 },
		{ "1972-02-29T12:00:00Z", 68212800 },
		{ "2000-02-29T00:00:00Z", 951782400 },
		{ "2000-03-01T00:00:00Z", 951868800 },
		{ "2026-02-03T09:00:00Z", 1770109200 },
		{ "2038-01-19T03:14:08Z", 2147483648 },
		{ "2100-03-01T00:00:00Z", 4107542400 },
		{ "2514-05-30T01:53:03Z", 17179869183 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint64_t seconds;
		char text[21];
		assert_int_equal(datetime_decode(&seconds, bytes_text(cases[i].text)), ERR_OK);
		assert_int_equal(seconds, cases[i].seconds);
		datetime_encode(text, seconds);
		assert_string_equal(text, cases[i].text);
	}
}

static void every_day_of_the_range_comes_back(void **state)
{
	(void)state;
	char before[21] = "", text[21];
	for (uint64_t seconds = 86399; seconds <= DATETIME_MAX; seconds += 86400) {
		uint64_t again;
		datetime_encode(text, seconds);
		assert_int_equal(datetime_decode(&again, bytes_text(text)), ERR_OK);
		assert_int_equal(again, seconds);
		assert_true(strcmp(before, text) < 0);
		memcpy(before, text, sizeof text);
	}
}

static void a_moment_has_one_spelling_and_a_range(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "2026-02-03", "2026-02-03T09:00:00", "2026-02-03T09:00:00z",
		"2026-02-03t09:00:00Z", "2026-02-03 09:00:00Z", "2026-02-03T09:00:00+00:00",
		"2026-02-03T24:00:00Z", "2026-02-03T09:60:00Z", "2026-02-03T23:59:60Z", "2026-02-30T09:00:00Z",
		"1969-12-31T23:59:59Z", "2514-05-30T01:53:04Z", "9999-12-31T23:59:59Z", "2026-02-03T9:00:00Z0" };
	uint64_t seconds;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(datetime_decode(&seconds, bytes_text(bad[i])), ERR_FORMAT);
		assert_int_equal(seconds, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_exists_or_not),
		cmocka_unit_test(a_partial_day_is_unknown_from_the_right),
		cmocka_unit_test(a_day_has_one_spelling),
		cmocka_unit_test(moments_agree_with_known_ones),
		cmocka_unit_test(every_day_of_the_range_comes_back),
		cmocka_unit_test(a_moment_has_one_spelling_and_a_range),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
