/* The line of a node of a JSON tree. */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char text[] =
	"\n"
	"{ \"a\": 1,\n"
	"  \"b\\\"]:\": [ true, \"x:{\\\\\", -12,\n"
	"    [], {},\n"
	"    { \"c\"\n"
	"      :\n"
	"      null } ],\n"
	"  \"d\": \"\\u0022\" ,\n"
	"\n"
	"  \"e\": { \"f\": [\n"
	"    7,8\n"
	"  ]}}\n";

static void every_node_has_the_line_on_which_it_starts(void **state)
{
	(void)state;
	struct json *root = NULL;
	struct bytes bytes = bytes_text(text);
	assert_int_equal(json_parse(&root, bytes, NULL), ERR_OK);
	assert_int_equal(json_line(root, root, bytes), 2);
	assert_int_equal(json_line(root, json_get(root, "a"), bytes), 2);
	static const unsigned lines[] = { 3, 3, 3, 4, 4, 5 };
	const struct json *at = json_first(json_get(root, "b\"]:"));
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++, at = json_next(at))
		assert_int_equal(json_line(root, at, bytes), lines[i]);
	assert_null(at);
	at = json_first(json_get(root, "b\"]:"));
	while (json_next(at))
		at = json_next(at);
	assert_int_equal(json_line(root, json_get(at, "c"), bytes), 7);
	assert_int_equal(json_line(root, json_get(root, "d"), bytes), 8);
	assert_int_equal(json_line(root, json_get(root, "e"), bytes), 10);
	assert_int_equal(json_line(root, json_get(json_get(root, "e"), "f"), bytes), 10);
	at = json_first(json_get(json_get(root, "e"), "f"));
	assert_int_equal(json_line(root, at, bytes), 11);
	assert_int_equal(json_line(root, json_next(at), bytes), 11);
	json_free(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_node_has_the_line_on_which_it_starts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
