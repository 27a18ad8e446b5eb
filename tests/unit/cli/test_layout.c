/* Columns, paragraphs, and what a value from elsewhere may do to a terminal. */
#include "cli/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void widths_are_those_of_a_terminal(void **state)
{
	(void)state;
	assert_int_equal(text_width(bytes_text("abc")), 3);
	assert_int_equal(text_width(bytes_text("Zo\xc3\xab")), 3);
	assert_int_equal(text_width(bytes_text("e\xcc\x81")), 1);          /* e and a combining acute */
	assert_int_equal(text_width(bytes_text("\xe9\x9f\xa9\xe5\x9b\xbd")), 4); /* two wide ones */
	assert_int_equal(text_width(bytes_text("\xd9\x85\xd9\x8f")), 1);   /* Arabic meem with damma */
	assert_int_equal(text_width(bytes_text("a\xff""b")), 3);             /* a malformed byte */
}

static void a_value_cannot_reach_the_terminal(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1000);
	text_put_safe(&b, bytes_text("a\033[2Jb\rc\n\xe2\x80\xae""d\xc2\x9b""e\xc3"));
	assert_string_equal(buf_text(&b), "a\xef\xbf\xbd[2Jb\xef\xbf\xbd""c\xef\xbf\xbd"
		"\xef\xbf\xbd""d\xef\xbf\xbd""e\xef\xbf\xbd");
	buf_clear(&b);
}

static void paragraphs_break_at_blanks(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1000);
	text_put_wrapped(&b, "one two three\n\nfour", 2, 9);
	assert_string_equal(buf_text(&b), "  one two\n  three\n\n  four\n");
	buf_reset(&b);
	text_put_wrapped(&b, "a-word-longer-than-the-line b", 0, 5);
	assert_string_equal(buf_text(&b), "a-word-longer-than-the-line\nb\n");
	buf_clear(&b);
}

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
	(void)state;
	struct buf b;
	struct table t;
	buf_init(&b, 1000);
	table_init(&t, 3);
	t.right[1] = true;
	table_put(&t, "na\xc3\xafve");
	table_printf(&t, "%d", 5);
	table_put(&t, "");
	table_put(&t, "x");
	table_printf(&t, "%d", 1234);
	table_put(&t, "end");
	assert_int_equal(table_write(&b, &t, 1), ERR_OK);
	assert_string_equal(buf_text(&b), " na\xc3\xafve     5\n x      1234  end\n");
	table_clear(&t);
	buf_clear(&b);
}

static void a_table_that_outgrew_its_cap_is_an_error(void **state)
{
	(void)state;
	struct buf b;
	struct table t;
	buf_init(&b, 1000);
	table_init(&t, 1);
	t.cells.size_max = 10;
	table_put(&t, "more than ten characters");
	assert_int_equal(table_write(&b, &t, 0), ERR_LIMIT);
	assert_int_equal(b.size, 0);
	table_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths_are_those_of_a_terminal),
		cmocka_unit_test(a_value_cannot_reach_the_terminal),
		cmocka_unit_test(paragraphs_break_at_blanks),
		cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
		cmocka_unit_test(a_table_that_outgrew_its_cap_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
