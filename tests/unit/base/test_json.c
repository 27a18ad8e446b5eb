/* JSON: what is refused and where, what is read, and that writing and CBOR keep every value. */
#include "base/cbor.h"
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <cjson/cJSON.h>

static uint64_t next_number(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static struct json *parse(const char *text)
{
	struct json *j = NULL;
	struct err_text why = { "" };
	if (json_parse(&j, bytes_text(text), &why))
		fail_msg("%s: %s", text, why.text);
	return j;
}

/* ---- Refusals. */

struct refusal {
	const char *text, *why;
};

static const struct refusal refusals[] = {
	{ "", "line 1 column 1: a value must begin here" },
	{ " \n ", "line 2 column 2: a value must begin here" },
	{ "\xef\xbb\xbf{}", "line 1 column 1: a value must begin here" },
	/* Twice the same key, also when it is spelled differently. */
	{ "{\"a\":1,\n \"a\":2}", "line 2 column 2: the object has this key already" },
	{ "{\"a\":1,\"\\u0061\":2}", "line 1 column 8: the object has this key already" },
	{ "{\"é\":1,\"e\":2,\"\\u00e9\":2}", "line 1 column 14: the object has this key already" },
	{ "{\"b\":[{\"x\":{\"y\":1,\"z\":2,\"y\":3}}]}", "line 1 column 25: the object has this key already" },
	{ "{\"\":1,\"\":1}", "line 1 column 7: the object has this key already" },
	{ "{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":1}", "line 1 column 19: the object has this key already" },
	/* Junk. */
	{ "{} x", "line 1 column 4: the document ended before this" },
	{ "1 2", "line 1 column 3: the document ended before this" },
	{ "[1]]", "line 1 column 4: the document ended before this" },
	{ "nullx", "line 1 column 5: the document ended before this" },
	{ "[1,]", "line 1 column 4: a value must begin here" },
	{ "[,1]", "line 1 column 2: a value must begin here" },
	{ "[1 2]", "line 1 column 4: a comma or ']' must stand here" },
	{ "[1", "line 1 column 3: a comma or ']' must stand here" },
	{ "{\"a\":1", "line 1 column 7: a comma or '}' must stand here" },
	{ "{\"a\":1,}", "line 1 column 8: a text in double quotes must begin here" },
	{ "{\"a\":1]", "line 1 column 7: a comma or '}' must stand here" },
	{ "{\"a\" 1}", "line 1 column 6: a colon must stand here" },
	{ "{a:1}", "line 1 column 2: a text in double quotes must begin here" },
	{ "{1:1}", "line 1 column 2: a text in double quotes must begin here" },
	{ "{\"a\":}", "line 1 column 6: a value must begin here" },
	{ "['a']", "line 1 column 2: a value must begin here" },
	{ "// no\n1", "line 1 column 1: a value must begin here" },
	{ "tru", "line 1 column 1: a value must begin here" },
	{ "True", "line 1 column 1: a value must begin here" },
	{ "NaN", "line 1 column 1: a value must begin here" },
	{ "\v1", "line 1 column 1: a value must begin here" },
	/* Numbers that are not whole, not exact, or have a second spelling. */
	{ "1e5", "line 1 column 1: only whole numbers without exponent" },
	{ "1E5", "line 1 column 1: only whole numbers without exponent" },
	{ "[1.0]", "line 1 column 2: only whole numbers without exponent" },
	{ "9007199254740992", "line 1 column 1: a number is beyond 2^53 - 1" },
	{ "-9007199254740992", "line 1 column 1: a number is beyond 2^53 - 1" },
	{ "99999999999999999999999999999999", "line 1 column 1: a number is beyond 2^53 - 1" },
	{ "-0", "line 1 column 1: a number with a leading zero, or minus zero" },
	{ "01", "line 1 column 1: a number with a leading zero, or minus zero" },
	{ "00", "line 1 column 1: a number with a leading zero, or minus zero" },
	{ "-01", "line 1 column 1: a number with a leading zero, or minus zero" },
	{ "-", "line 1 column 1: a number wants a digit here" },
	{ "[-a]", "line 1 column 2: a number wants a digit here" },
	{ "+1", "line 1 column 1: a value must begin here" },
	{ ".5", "line 1 column 1: a value must begin here" },
	{ "0x1", "line 1 column 2: the document ended before this" },
	/* Texts. */
	{ "\"a", "line 1 column 1: a text has no end" },
	{ "\"a\\\"", "line 1 column 1: a text has no end" },
	{ "\"a\\", "line 1 column 3: there is no such escape" },
	{ "\"a\nb\"", "line 1 column 3: a control character must be written as an escape" },
	{ "\"\t\"", "line 1 column 2: a control character must be written as an escape" },
	{ "\"\x1f\"", "line 1 column 2: a control character must be written as an escape" },
	{ "\"\\x41\"", "line 1 column 2: there is no such escape" },
	{ "\"\\'\"", "line 1 column 2: there is no such escape" },
	{ "\"\\u00g0\"", "line 1 column 2: \\u wants four hex digits" },
	{ "\"\\u12\"", "line 1 column 2: \\u wants four hex digits" },
	{ "\"é\\u0000\"", "line 1 column 3: \\u0000 is not allowed in a text" },
	{ "{\"\\u0000\":1}", "line 1 column 3: \\u0000 is not allowed in a text" },
	{ "\"\\ud83d\"", "line 1 column 2: half of a surrogate pair" },
	{ "\"\\ud83dx\"", "line 1 column 2: half of a surrogate pair" },
	{ "\"\\ude00\"", "line 1 column 2: half of a surrogate pair" },
	{ "\"\\ude00\\ud83d\"", "line 1 column 2: half of a surrogate pair" },
	{ "\"\\ud83d\\ud83d\"", "line 1 column 2: half of a surrogate pair" },
	{ "\"\\ud83d\\u0041\"", "line 1 column 2: half of a surrogate pair" },
	{ "\"\\ud83d\\n\"", "line 1 column 2: half of a surrogate pair" },
	{ "\"ab\xff\"", "line 1 column 4: the bytes are not valid UTF-8" },
	{ "\"\xc0\x80\"", "line 1 column 2: the bytes are not valid UTF-8" },
	{ "\"\xed\xa0\x80\"", "line 1 column 2: the bytes are not valid UTF-8" },
	{ "\"\xc3", "line 1 column 2: the bytes are not valid UTF-8" },
	{ "\xff", "line 1 column 1: a value must begin here" },
};

static void refuses_with_line_and_column(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		struct json *j = (struct json *)(void *)&j;
		struct err_text why = { "" };
		enum err e = json_parse(&j, bytes_text(refusals[i].text), &why);
		if (e != ERR_FORMAT || !strstr(why.text, refusals[i].why) || j)
			fail_msg("%s: %s", refusals[i].text, why.text);
	}
}

static void refuses_a_raw_nul_anywhere(void **state)
{
	(void)state;
	static const char text[] = "{\"a\":[1,\"b\"]}";
	for (size_t at = 0; at <= sizeof text - 1; at++) {
		char with_nul[sizeof text + 1];
		struct json *j;
		memcpy(with_nul, text, at);
		with_nul[at] = '\0';
		memcpy(with_nul + at + 1, text + at, sizeof text - 1 - at);
		assert_int_equal(json_parse(&j, bytes_of(with_nul, sizeof text), NULL), ERR_FORMAT);
	}
}

static void the_check_before_cjson_is_needed(void **state)
{
	(void)state;
	/* The control: what cJSON alone would have taken. */
	static const char *const taken[] = { "{\"a\":1,\"a\":2}", "{} x", "9007199254740993", "\"\xff\"", "01",
		"\"\t\"" };
	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
		struct json *j;
		cJSON *node = cJSON_Parse(taken[i]);
		assert_non_null(node);
		cJSON_Delete(node);
		assert_int_equal(json_parse(&j, bytes_text(taken[i]), NULL), ERR_FORMAT);
	}
}

static void stops_at_the_limits_and_not_before(void **state)
{
	(void)state;
	struct buf b;
	struct json *j;
	struct err_text why;
	buf_init(&b, 20 << 20);
	for (unsigned depth = 32; depth <= 33; depth++) {
		buf_reset(&b);
		for (unsigned i = 0; i < depth; i++)
			buf_put_text(&b, i % 2 ? "[" : "{\"a\":");
		buf_put_text(&b, "1");
		for (unsigned i = depth; i > 0; i--)
			buf_put_text(&b, i % 2 ? "}" : "]");
		assert_int_equal(json_parse(&j, buf_bytes(&b), &why), depth == 32 ? ERR_OK : ERR_LIMIT);
		json_free(j);
	}
	assert_non_null(strstr(why.text, "line 1 column 97: arrays and objects are nested deeper than 32"));
	buf_reset(&b);
	buf_put_byte(&b, '[');
	for (int i = 0; i < (1 << 20) - 2; i++)
		buf_put_text(&b, "0,");
	buf_put_text(&b, "0]");
	assert_int_equal(json_parse(&j, buf_bytes(&b), &why), ERR_OK);
	json_free(j);
	b.size--;
	buf_put_text(&b, ",0]");
	assert_int_equal(json_parse(&j, buf_bytes(&b), &why), ERR_LIMIT);
	buf_reset(&b);
	buf_put_zeros(&b, (16 << 20) + 1);
	memset(b.data, ' ', b.size);
	b.data[0] = '1';
	assert_int_equal(json_parse(&j, buf_bytes(&b), &why), ERR_LIMIT);
	b.size--;
	assert_int_equal(json_parse(&j, buf_bytes(&b), &why), ERR_OK);
	json_free(j);
	buf_clear(&b);
}

static void many_keys_take_no_quadratic_time(void **state)
{
	(void)state;
	struct buf b;
	struct json *j;
	buf_init(&b, 16 << 20);
	buf_put_byte(&b, '{');
	for (int i = 0; i < 200000; i++)
		buf_printf(&b, "\"key %d\":0,", i);
	buf_put_text(&b, "\"key 199999\":0}");
	assert_int_equal(json_parse(&j, buf_bytes(&b), NULL), ERR_FORMAT);
	b.data[b.size - 5] = 'x';
	assert_int_equal(json_parse(&j, buf_bytes(&b), NULL), ERR_OK);
	json_free(j);
	buf_clear(&b);
}

/* ---- Reading. */

static void reads_every_kind(void **state)
{
	(void)state;
	struct json *j = parse(" {\"int\":-9007199254740991, \"max\":9007199254740991,\"zero\":0,\n"
		"\"text\":\"S\\u0061\\u00efd \\ud83d\\ude00 \\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\","
		"\"no\":false,\"yes\":true,\"nil\":null,\"list\":[1,[],{}]}\r\n\t ");
	assert_int_equal(json_kind(j), JSON_OBJECT);
	assert_int_equal(json_count(j), 8);
	assert_int_equal(json_kind(json_get(j, "int")), JSON_INT);
	assert_true(json_int(json_get(j, "int")) == -INT64_C(9007199254740991));
	assert_true(json_int(json_get(j, "max")) == INT64_C(9007199254740991));
	assert_int_equal(json_int(json_get(j, "zero")), 0);
	assert_int_equal(json_kind(json_get(j, "text")), JSON_TEXT);
	assert_string_equal(json_text(json_get(j, "text")), "Saïd 😀 \"\\/\b\f\n\r\t\x01");
	assert_int_equal(json_kind(json_get(j, "yes")), JSON_BOOL);
	assert_true(json_bool(json_get(j, "yes")));
	assert_false(json_bool(json_get(j, "no")));
	assert_int_equal(json_kind(json_get(j, "nil")), JSON_NULL);
	const struct json *list = json_get(j, "list");
	assert_int_equal(json_kind(list), JSON_ARRAY);
	assert_string_equal(json_key(list), "list");
	assert_int_equal(json_count(list), 3);
	assert_int_equal(json_int(json_first(list)), 1);
	assert_int_equal(json_kind(json_next(json_first(list))), JSON_ARRAY);
	assert_null(json_first(json_next(json_first(list))));
	assert_null(json_next(json_next(json_next(json_first(list)))));
	json_free(j);
}

static void what_is_not_there_reads_as_nothing(void **state)
{
	(void)state;
	struct json *j = parse("{\"Name\":\"x\",\"list\":[1]}");
	assert_null(json_get(j, "name")); /* case matters */
	assert_null(json_get(json_get(j, "list"), "Name"));
	assert_null(json_get(NULL, "Name"));
	assert_int_equal(json_kind(NULL), JSON_NULL);
	assert_string_equal(json_text(json_get(j, "list")), "");
	assert_string_equal(json_text(NULL), "");
	assert_string_equal(json_key(j), "");
	assert_int_equal(json_int(json_get(j, "Name")), 0);
	assert_int_equal(json_count(NULL), 0);
	assert_false(json_bool(NULL));
	json_free(j);
	json_free(NULL);
}

/* ---- Writing. */

static void writes_compact_json_with_one_escape_per_character(void **state)
{
	(void)state;
	struct buf b;
	struct json_out o;
	buf_init(&b, 1024);
	json_out_init(&o, &b);
	json_put_open(&o, '{');
	json_put_key(&o, "a\"b");
	json_put_open(&o, '[');
	json_put_int(&o, INT64_MIN);
	json_put_bool(&o, true);
	json_put_bool(&o, false);
	json_put_null(&o);
	json_put_open(&o, '[');
	json_put_close(&o, ']');
	json_put_raw(&o, bytes_text("{}"));
	json_put_close(&o, ']');
	json_put_key(&o, "t");
	json_put_text(&o, bytes_of("\x00\x1f\n\r\t\b\f\"\\/\x7f\xc3\xa9", 13));
	json_put_key(&o, "bad");
	json_put_text(&o, bytes_text("a\xff\xc3z\xed\xa0\x80"));
	json_put_close(&o, '}');
	assert_string_equal(buf_text(&b),
		"{\"a\\\"b\":[-9223372036854775808,true,false,null,[],{}],"
		"\"t\":\"\\u0000\\u001f\\n\\r\\t\\b\\f\\\"\\\\/\x7f\xc3\xa9\",\"bad\":\"a��z���\"}");
	buf_clear(&b);
}

/* ---- JSON and CBOR. */

static void cbor_maps_have_their_keys_sorted(void **state)
{
	(void)state;
	struct buf item, text;
	struct json_out o;
	struct json *j = parse("{\"aa\":1,\"b\":[true,null,-5],\"a\":{\"é\":\"\",\"zz\":false},\"\":0}");
	buf_init(&item, 1024);
	buf_init(&text, 1024);
	assert_int_equal(json_to_cbor(&item, j), ERR_OK);
	assert_int_equal(cbor_scan(buf_bytes(&item), &cbor_limits_default, NULL), ERR_OK);
	json_out_init(&o, &text);
	json_put_open(&o, '[');
	json_put_int(&o, 1);
	assert_int_equal(json_from_cbor(&o, buf_bytes(&item)), ERR_OK);
	json_put_close(&o, ']');
	assert_string_equal(buf_text(&text),
		"[1,{\"\":0,\"a\":{\"zz\":false,\"é\":\"\"},\"b\":[true,null,-5],\"aa\":1}]");
	json_free(j);
	buf_clear(&item);
	buf_clear(&text);
}

static void cbor_that_json_cannot_hold_puts_nothing(void **state)
{
	(void)state;
	static const struct bytes items[] = {
		{ (const uint8_t *)"\x41\x00", 2 },                                 /* bytes */
		{ (const uint8_t *)"\x82\x01\x41\x00", 4 },                         /* bytes, within */
		{ (const uint8_t *)"\xa1\x01\x02", 3 },                             /* a number as key */
		{ (const uint8_t *)"\x1b\x00\x20\x00\x00\x00\x00\x00\x00", 9 },     /* 2^53 */
		{ (const uint8_t *)"\x3b\x00\x1f\xff\xff\xff\xff\xff\xff", 9 },     /* -2^53 */
		{ (const uint8_t *)"\x1b\xff\xff\xff\xff\xff\xff\xff\xff", 9 },
		{ (const uint8_t *)"\x01\x01", 2 },                                 /* two items */
		{ (const uint8_t *)"", 0 },
		{ (const uint8_t *)"\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81"
			"\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x00", 34 }, /* 33 levels */
	};
	struct buf b;
	struct json_out o;
	buf_init(&b, 1024);
	for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
		buf_reset(&b);
		json_out_init(&o, &b);
		json_put_open(&o, '[');
		json_put_int(&o, 1);
		assert_int_equal(json_from_cbor(&o, items[i]), ERR_FORMAT);
		json_put_int(&o, 2);
		json_put_close(&o, ']');
		assert_string_equal(buf_text(&b), "[1,2]");
	}
	/* The control: one level less, and one number less, are taken. */
	assert_int_equal(json_from_cbor(&o, bytes_of(items[8].data + 1, 33)), ERR_OK);
	assert_int_equal(json_from_cbor(&o, bytes_of("\x3b\x00\x1f\xff\xff\xff\xff\xff\xfe", 9)), ERR_OK);
	buf_clear(&b);
}

/* ---- Random documents, and mutations of them. */

static void put_random_text(struct json_out *o, uint64_t *seed)
{
	static const char *const pieces[] = { "a", "b", "é", "\n", "\"", "\\", "😀", "\x01", "ع", " ", "/" };
	struct buf b;
	buf_init(&b, 256);
	for (uint64_t n = next_number(seed) % 12; n > 0; n--)
		buf_put_text(&b, pieces[next_number(seed) % (sizeof pieces / sizeof pieces[0])]);
	json_put_text(o, buf_bytes(&b));
	buf_clear(&b);
}

static void put_random(struct json_out *o, uint64_t *seed, unsigned depth)
{
	char key[2] = "A";
	uint64_t n = next_number(seed);
	switch (next_number(seed) % (depth ? 8 : 5)) {
	case 0: json_put_null(o); break;
	case 1: json_put_bool(o, n & 1); break;
	case 2: json_put_int(o, (int64_t)(n >> 11 >> next_number(seed) % 53)); break;
	case 3: json_put_int(o, -1 - (int64_t)((n >> 11) % INT64_C(9007199254740991))); break;
	case 4: put_random_text(o, seed); break;
	case 5:
		json_put_open(o, '[');
		for (n %= 5; n > 0; n--)
			put_random(o, seed, depth - 1);
		json_put_close(o, ']');
		break;
	default:
		json_put_open(o, '{');
		for (n %= 6; n > 0; n--) {
			json_put_key(o, key);
			key[0]++;
			put_random(o, seed, depth - 1);
		}
		json_put_close(o, '}');
		break;
	}
}

/* Writes the tree again in both ways, and demands that each reads back as the same value. */
static void assert_survives(const struct json *j)
{
	struct buf text, item, again;
	struct json_out o;
	struct json *back;
	buf_init(&text, 1 << 16);
	buf_init(&item, 1 << 16);
	buf_init(&again, 1 << 16);
	json_out_init(&o, &text);
	assert_int_equal(json_to_cbor(&item, j), ERR_OK);
	assert_int_equal(cbor_scan(buf_bytes(&item), &cbor_limits_default, NULL), ERR_OK);
	json_put_node(&o, j);
	assert_int_equal(json_parse(&back, buf_bytes(&text), NULL), ERR_OK);
	assert_int_equal(json_to_cbor(&again, back), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&item), buf_bytes(&again)));
	json_free(back);
	buf_reset(&text);
	buf_reset(&again);
	json_out_init(&o, &text);
	assert_int_equal(json_from_cbor(&o, buf_bytes(&item)), ERR_OK);
	assert_int_equal(json_parse(&back, buf_bytes(&text), NULL), ERR_OK);
	assert_int_equal(json_to_cbor(&again, back), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&item), buf_bytes(&again)));
	json_free(back);
	buf_clear(&text);
	buf_clear(&item);
	buf_clear(&again);
}

static void random_documents_and_their_mutations_survive(void **state)
{
	(void)state;
	static const char interesting[] = "{}[]\",:\\u0e.-19 \n\xc3\xa9\xff";
	uint64_t seed = 3;
	unsigned passed = 0, refused = 0;
	struct buf b;
	buf_init(&b, 1 << 16);
	for (int i = 0; i < 20000; i++) {
		struct json_out o;
		struct json *j;
		buf_reset(&b);
		json_out_init(&o, &b);
		put_random(&o, &seed, 4);
		size_t at = next_number(&seed) % b.size;
		if (i % 4 == 1)
			b.size = at;
		else if (i % 4 == 2)
			b.data[at] = (uint8_t)interesting[next_number(&seed) % (sizeof interesting - 1)];
		else if (i % 4 == 3)
			b.data[at] ^= (uint8_t)(1u << next_number(&seed) % 8);
		/* An exact copy, so that a sanitizer sees a read behind the end. */
		uint8_t *exact = malloc(b.size ? b.size : 1);
		assert_non_null(exact);
		if (b.size)
			memcpy(exact, b.data, b.size);
		enum err e = json_parse(&j, bytes_of(exact, b.size), NULL);
		assert_true(e == ERR_OK || (e == ERR_FORMAT && i % 4 != 0));
		if (j)
			assert_survives(j);
		e ? refused++ : passed++;
		json_free(j);
		free(exact);
	}
	assert_in_range(passed, 6000, 19000);
	assert_in_range(refused, 1000, 14000);
	buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_with_line_and_column),
		cmocka_unit_test(refuses_a_raw_nul_anywhere),
		cmocka_unit_test(the_check_before_cjson_is_needed),
		cmocka_unit_test(stops_at_the_limits_and_not_before),
		cmocka_unit_test(many_keys_take_no_quadratic_time),
		cmocka_unit_test(reads_every_kind),
		cmocka_unit_test(what_is_not_there_reads_as_nothing),
		cmocka_unit_test(writes_compact_json_with_one_escape_per_character),
		cmocka_unit_test(cbor_maps_have_their_keys_sorted),
		cmocka_unit_test(cbor_that_json_cannot_hold_puts_nothing),
		cmocka_unit_test(random_documents_and_their_mutations_survive),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
