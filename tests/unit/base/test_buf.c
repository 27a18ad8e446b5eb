/* Bounded buffers, arenas and borrowed bytes. */
#include "base/arena.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void grows_up_to_its_cap_and_not_further(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 100);
	buf_put_zeros(&b, 100);
	assert_int_equal(buf_err(&b), ERR_OK);
	buf_put_byte(&b, 1);
	assert_int_equal(buf_err(&b), ERR_LIMIT);
	assert_int_equal(b.size, 100);
	buf_put_text(&b, "ignored after an error");
	assert_int_equal(b.size, 100);
	buf_clear(&b);
	assert_int_equal(buf_err(&b), ERR_OK);
}

static void keeps_what_was_put_in_order(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1 << 20);
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%d,", i);
	assert_int_equal(buf_err(&b), ERR_OK);
	assert_memory_equal(b.data, "0,1,2,", 6);
	buf_drop(&b, 4);
	assert_memory_equal(b.data, "2,3,", 4);
	assert_string_equal(buf_text(&b) + b.size - 4, "999,");
	buf_wipe(&b);
	assert_null(b.data);
}

static void a_size_that_overflows_is_a_limit(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_put_byte(&b, 1);
	assert_null(buf_grow(&b, SIZE_MAX));
	assert_int_equal(buf_err(&b), ERR_LIMIT);
	buf_clear(&b);
}

static void an_arena_stops_at_its_cap(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a, 10000);
	assert_non_null(arena_alloc(&a, 9000));
	assert_null(arena_alloc(&a, 9000));
	assert_null(arena_array(&a, SIZE_MAX, 2));
	assert_string_equal(arena_text(&a, bytes_text("abc")), "abc");
	arena_clear(&a);
	assert_non_null(arena_alloc(&a, 9000));
	arena_clear(&a);
}

static void bytes_compare_like_memcmp_then_length(void **state)
{
	(void)state;
	assert_true(bytes_compare(bytes_text("a"), bytes_text("ab")) < 0);
	assert_true(bytes_compare(bytes_text("b"), bytes_text("ab")) > 0);
	assert_true(bytes_equal(bytes_text(""), bytes_of(NULL, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_up_to_its_cap_and_not_further),
		cmocka_unit_test(keeps_what_was_put_in_order),
		cmocka_unit_test(a_size_that_overflows_is_a_limit),
		cmocka_unit_test(an_arena_stops_at_its_cap),
		cmocka_unit_test(bytes_compare_like_memcmp_then_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
