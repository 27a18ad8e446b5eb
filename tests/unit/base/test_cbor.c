/* CBOR: one encoding per value, everything else refused; libcbor is the referee. */
#include "base/cbor.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* A reproducible stream of numbers (SplitMix64): the same items on every machine. */
static uint64_t next_number(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static struct bytes from_hex(uint8_t *out, size_t size_max, const char *hex)
{
	size_t size = strlen(hex) / 2;
	assert_true(size <= size_max);
	assert_int_equal(hex_decode(out, size, bytes_text(hex)), ERR_OK);
	return bytes_of(out, size);
}

static enum err scan_hex(const char *hex, struct err_text *why)
{
	uint8_t item[256];
	return cbor_scan(from_hex(item, sizeof item, hex), &cbor_limits_default, why);
}

/* ---- RFC 8949 appendix A. */

static const char *const appendix_a[] = {
	"00", "01", "0a", "17", "1818", "1819", "1864", "1903e8", "1a000f4240", "1b000000e8d4a51000",
	"1bffffffffffffffff", "20", "29", "3863", "3903e7", "f4", "f5", "f6", "40", "4401020304", "60",
	"6161", "6449455446", "62225c", "62c3bc", "63e6b0b4", "64f0908591", "80", "83010203",
	"8301820203820405", "98190102030405060708090a0b0c0d0e0f101112131415161718181819", "a0",
	"a201020304", "a26161016162820203", "826161a161626163",
	"a56161614161626142616361436164614461656145",
	/* -2^63, the lowest number that is taken. */
	"3b7fffffffffffffff",
};

static const char *const appendix_a_refused[] = {
	/* big numbers, below -2^63, floats, undefined and other simple values, tags */
	"c249010000000000000000", "3bffffffffffffffff", "c349010000000000000000", "f90000", "f98000",
	"f93c00", "fb3ff199999999999a", "f93e00", "f97bff", "fa47c35000", "fa7f7fffff",
	"fb7e37e43c8800759c", "f90001", "f90400", "f9c400", "fbc010666666666666", "f97c00", "f97e00",
	"f9fc00", "fa7f800000", "fa7fc00000", "faff800000", "fb7ff0000000000000", "fb7ff8000000000000",
	"fbfff0000000000000", "f7", "f0", "f8ff", "c074323031332d30332d32315432303a30343a30305a",
	"c11a514b67b0", "c1fb41d452d9e8300000", "d74401020304", "d818456449455446",
	"d82076687474703a2f2f7777772e6578616d706c652e636f6d",
	/* indefinite lengths */
	"5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "9f018202039f0405ffff",
	"9f01820203820405ff", "83018202039f0405ff", "83019f0203ff820405",
	"9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff", "bf61610161629f0203ffff",
	"826161bf61626163ff", "bf6346756ef563416d7421ff",
};

static void takes_what_appendix_a_has_of_the_subset(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof appendix_a / sizeof appendix_a[0]; i++) {
		uint8_t item[256];
		struct err_text why = { "" };
		struct bytes bytes = from_hex(item, sizeof item, appendix_a[i]);
		if (cbor_scan(bytes, &cbor_limits_default, &why))
			fail_msg("%s: %s", appendix_a[i], why.text);
		assert_int_equal(cbor_check_libcbor(bytes), ERR_OK);
	}
}

static void refuses_the_rest_of_appendix_a(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof appendix_a_refused / sizeof appendix_a_refused[0]; i++)
		if (scan_hex(appendix_a_refused[i], NULL) != ERR_FORMAT)
			fail_msg("%s was not refused", appendix_a_refused[i]);
}

/* ---- Refusals, each with its offset. */

static void refuses_every_second_spelling_and_names_the_place(void **state)
{
	(void)state;
	static const struct {
		const char *hex, *why;
	} cases[] = {
		{ "", "byte 0: the bytes end where" },
		{ "19", "byte 0: the bytes end within" },
		{ "1b00000000000000", "byte 0: the bytes end within" },
		{ "1817", "byte 0: a number or length is not in its shortest form" },
		{ "1900ff", "byte 0: a number or length is not in its shortest form" },
		{ "1a0000ffff", "byte 0: a number or length is not in its shortest form" },
		{ "1b00000000ffffffff", "byte 0: a number or length is not in its shortest form" },
		{ "3800", "byte 0: a number or length is not in its shortest form" },
		{ "81580101", "byte 1: a number or length is not in its shortest form" },
		{ "780161", "byte 0: a number or length is not in its shortest form" },
		{ "980101", "byte 0: a number or length is not in its shortest form" },
		{ "b8010102", "byte 0: a number or length is not in its shortest form" },
		{ "3b8000000000000000", "byte 0: a negative number is below -2^63" },
		{ "1c", "byte 0: indefinite lengths and reserved" },
		{ "5d", "byte 0: indefinite lengths and reserved" },
		{ "f800", "byte 0: floats and simple" },
		{ "f820", "byte 0: floats and simple" },
		{ "ff", "byte 0: floats and simple" },
		{ "8200ff", "byte 2: floats and simple" },
		{ "0000", "byte 1: bytes follow" },
		{ "8000", "byte 1: bytes follow" },
		{ "4201", "byte 0: a string is longer" },
		{ "5bffffffffffffffff00", "byte 0: a string is longer" },
		{ "7b7fffffffffffffff00", "byte 0: a string is longer" },
		{ "82ff", "byte 0: an array or map claims" },
		{ "9bffffffffffffffff", "byte 0: an array or map claims" },
		{ "bbffffffffffffffff", "byte 0: an array or map claims" },
		{ "bb800000000000000100", "byte 0: an array or map claims" },
		{ "61ff", "byte 0: a text is not valid UTF-8" },
		{ "62c080", "byte 0: a text is not valid UTF-8" },
		{ "63eda080", "byte 0: a text is not valid UTF-8" },
		{ "64f4908080", "byte 0: a text is not valid UTF-8" },
		{ "61c3", "byte 0: a text is not valid UTF-8" },
		{ "a201000100", "byte 3: a map key is not above" },
		{ "a202000100", "byte 3: a map key is not above" },
		/* Shorter first: "b" before "aa"; numbers before negative ones; arrays as keys. */
		{ "a262616100616200", "byte 5: a map key is not above" },
		{ "a220000000", "byte 3: a map key is not above" },
		{ "a2810200810100", "byte 4: a map key is not above" },
		{ "a2a1010200a1010100", "byte 5: a map key is not above" },
		/* A duplicate within a map that is itself a key. */
		{ "a1a20100010000", "byte 4: a map key is not above" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct err_text why = { "" };
		if (scan_hex(cases[i].hex, &why) != ERR_FORMAT || !strstr(why.text, cases[i].why))
			fail_msg("%s: %s", cases[i].hex, why.text);
	}
}

static void takes_keys_in_the_order_of_their_encodings(void **state)
{
	(void)state;
	/* 10, 100, -1, "z", "aa", [100], [-1], false: the example of RFC 8949 section 4.2.1. */
	assert_int_equal(scan_hex("a80a001864002000617a006261610081186400812000f400", NULL), ERR_OK);
	assert_int_equal(scan_hex("a2a1010100a1010200", NULL), ERR_OK);
}

static void stops_at_each_limit_and_not_before(void **state)
{
	(void)state;
	uint8_t item[64];
	struct err_text why;
	struct bytes nested = from_hex(item, sizeof item, "81818180");
	struct cbor_limits limits = { .size_max = 4, .depth_max = 4, .items_max = 4 };
	assert_int_equal(cbor_scan(nested, &limits, &why), ERR_OK);
	limits.depth_max = 3;
	assert_int_equal(cbor_scan(nested, &limits, &why), ERR_LIMIT);
	assert_string_equal(why.text, "cbor item at byte 3: arrays and maps are nested too deep");
	limits = (struct cbor_limits){ .size_max = 3, .depth_max = 4, .items_max = 4 };
	assert_int_equal(cbor_scan(nested, &limits, &why), ERR_LIMIT);
	assert_string_equal(why.text, "cbor item of 4 bytes: at most 3 are taken");
	limits = (struct cbor_limits){ .size_max = 4, .depth_max = 4, .items_max = 3 };
	assert_int_equal(cbor_scan(nested, &limits, &why), ERR_LIMIT);
	assert_string_equal(why.text, "cbor item at byte 3: too many items");
	limits = (struct cbor_limits){ .size_max = 1, .depth_max = 0, .items_max = 1 };
	assert_int_equal(cbor_scan(bytes_of("\x00", 1), &limits, NULL), ERR_OK);
}

/* ---- Writing. */

static void writes_the_shortest_form_at_every_border(void **state)
{
	(void)state;
	static const struct {
		int64_t n;
		const char *hex;
	} cases[] = {
		{ 0, "00" }, { 23, "17" }, { 24, "1818" }, { 255, "18ff" }, { 256, "190100" },
		{ 65535, "19ffff" }, { 65536, "1a00010000" }, { 4294967295, "1affffffff" },
		{ 4294967296, "1b0000000100000000" }, { INT64_MAX, "1b7fffffffffffffff" },
		{ -1, "20" }, { -24, "37" }, { -25, "3818" }, { -256, "38ff" }, { -257, "390100" },
		{ INT64_MIN, "3b7fffffffffffffff" },
	};
	struct buf b, hex;
	buf_init(&b, 64);
	buf_init(&hex, 256);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct cbor c;
		buf_reset(&b);
		buf_reset(&hex);
		cbor_put_int(&b, cases[i].n);
		hex_put(&hex, buf_bytes(&b));
		assert_string_equal(buf_text(&hex), cases[i].hex);
		assert_int_equal(cbor_scan(buf_bytes(&b), &cbor_limits_default, NULL), ERR_OK);
		cbor_begin(&c, buf_bytes(&b));
		assert_true(cbor_int(&c) == cases[i].n);
		assert_int_equal(cbor_end(&c), ERR_OK);
	}
	buf_clear(&b);
	buf_clear(&hex);
}

/* ---- Reading. */

static void reads_back_what_was_written(void **state)
{
	(void)state;
	struct buf b;
	uint8_t id[4];
	buf_init(&b, 1024);
	cbor_put_array(&b, 7);
	cbor_put_uint(&b, UINT64_MAX);
	cbor_put_bytes(&b, bytes_text("abcd"));
	cbor_put_text(&b, bytes_text("Saïd"));
	cbor_put_map(&b, 1);
	cbor_put_text(&b, bytes_text("absent"));
	cbor_put_raw(&b, bytes_of("\x82\x01\xa1\x01\x80", 5));
	cbor_put_bool(&b, true);
	cbor_put_bool(&b, false);
	cbor_put_null(&b);
	assert_int_equal(cbor_scan(buf_bytes(&b), &cbor_limits_default, NULL), ERR_OK);

	struct cbor c;
	cbor_begin(&c, buf_bytes(&b));
	assert_int_equal(cbor_peek(&c), CBOR_ARRAY);
	assert_int_equal(cbor_array(&c, 7), 7);
	assert_int_equal(cbor_peek(&c), CBOR_UINT);
	assert_true(cbor_uint(&c, UINT64_MAX) == UINT64_MAX);
	assert_int_equal(cbor_peek(&c), CBOR_BYTES);
	cbor_fixed(&c, id, sizeof id);
	assert_memory_equal(id, "abcd", 4);
	assert_int_equal(cbor_peek(&c), CBOR_TEXT);
	assert_true(bytes_equal(cbor_text(&c), bytes_text("Saïd")));
	assert_int_equal(cbor_peek(&c), CBOR_MAP);
	assert_int_equal(cbor_map(&c, 1), 1);
	assert_true(bytes_equal(cbor_text(&c), bytes_text("absent")));
	assert_true(bytes_equal(cbor_skip(&c), bytes_of("\x82\x01\xa1\x01\x80", 5)));
	assert_int_equal(cbor_peek(&c), CBOR_TRUE);
	assert_true(cbor_bool(&c));
	assert_int_equal(cbor_peek(&c), CBOR_FALSE);
	assert_false(cbor_bool(&c));
	assert_int_equal(cbor_peek(&c), CBOR_NULL);
	assert_int_equal(cbor_end(&c), ERR_FORMAT);
	cbor_null(&c);
	assert_int_equal(cbor_peek(&c), CBOR_NONE);
	assert_int_equal(cbor_end(&c), ERR_OK);
	buf_clear(&b);
}

static void an_error_of_the_reader_sticks(void **state)
{
	(void)state;
	static const uint8_t item[] = { 0x83, 0x05, 0x41, 0xaa, 0x01 };
	struct cbor c;
	uint8_t two[2] = { 1, 1 };
	cbor_begin(&c, bytes_of(item, sizeof item));
	assert_int_equal(cbor_array(&c, 2), 0);
	assert_int_equal(cbor_end(&c), ERR_FORMAT);
	cbor_begin(&c, bytes_of(item, sizeof item));
	assert_int_equal(cbor_array(&c, 3), 3);
	assert_int_equal(cbor_uint(&c, 4), 0);
	assert_int_equal(cbor_bytes(&c).size, 0);
	assert_int_equal(cbor_uint(&c, 9), 0);
	assert_int_equal(cbor_int(&c), 0);
	assert_int_equal(cbor_peek(&c), CBOR_NONE);
	assert_int_equal(cbor_skip(&c).size, 0);
	assert_false(cbor_bool(&c));
	assert_int_equal(cbor_end(&c), ERR_FORMAT);
	cbor_begin(&c, bytes_of(item + 2, 2));
	cbor_fixed(&c, two, sizeof two);
	assert_int_equal(two[0] | two[1], 0);
	assert_int_equal(cbor_end(&c), ERR_FORMAT);
	cbor_begin(&c, bytes_of(item + 4, 1));
	cbor_null(&c);
	assert_int_equal(cbor_end(&c), ERR_FORMAT);
}

/* ---- Random items: ours against libcbor, and mutations of them. */

static int compare_keys(const void *a, const void *b)
{
	const struct buf *x = a, *y = b;
	return bytes_compare(buf_bytes(x), buf_bytes(y));
}

static void put_random(struct buf *b, uint64_t *seed, unsigned depth);

/* Keys of any kind, sorted; what comes twice is left out. */
static void put_random_map(struct buf *b, uint64_t *seed, unsigned depth)
{
	enum { KEYS = 40 };
	struct buf keys[KEYS];
	size_t count = next_number(seed) % 8 == 0 ? KEYS : next_number(seed) % 5, unique = 0;
	for (size_t i = 0; i < count; i++) {
		buf_init(&keys[i], 1 << 20);
		put_random(&keys[i], seed, depth);
	}
	qsort(keys, count, sizeof keys[0], compare_keys);
	for (size_t i = 0; i < count; i++)
		unique += i == 0 || compare_keys(&keys[i - 1], &keys[i]) != 0;
	cbor_put_map(b, unique);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && compare_keys(&keys[i - 1], &keys[i]) == 0)
			continue;
		cbor_put_raw(b, buf_bytes(&keys[i]));
		put_random(b, seed, depth);
	}
	for (size_t i = 0; i < count; i++)
		buf_clear(&keys[i]);
}

static void put_random_text(struct buf *b, uint64_t *seed)
{
	struct buf text;
	size_t count = next_number(seed) % (next_number(seed) % 16 == 0 ? 400 : 30);
	buf_init(&text, 4096);
	for (size_t i = 0; i < count; i++) {
		static const uint32_t above[] = { 0x80, 0x800, 0x10000, 0x110000 };
		uint32_t c = (uint32_t)(next_number(seed) % above[next_number(seed) % 4]);
		utf8_put(&text, c >= 0xd800 && c <= 0xdfff ? 'x' : c);
	}
	cbor_put_text(b, buf_bytes(&text));
	buf_clear(&text);
}

static void put_random(struct buf *b, uint64_t *seed, unsigned depth)
{
	uint8_t bytes[400] = { 0 };
	uint64_t n = next_number(seed) >> next_number(seed) % 64;
	switch (next_number(seed) % (depth ? 9 : 6)) {
	case 0: cbor_put_uint(b, n); break;
	case 1: cbor_put_int(b, -(int64_t)(n >> 1) - 1); break;
	case 2: cbor_put_bool(b, n & 1); break;
	case 3: cbor_put_null(b); break;
	case 4: cbor_put_bytes(b, bytes_of(bytes, n % sizeof bytes)); break;
	case 5: put_random_text(b, seed); break;
	case 6:
	case 7:
		n = n % 8 == 0 ? 30 : n % 6;
		cbor_put_array(b, n);
		for (size_t i = 0; i < n; i++)
			put_random(b, seed, depth - 1);
		break;
	default: put_random_map(b, seed, depth - 1); break;
	}
}

/* Reads an item with the typed reads and writes it again. */
static void copy_item(struct cbor *c, struct buf *out)
{
	size_t count;
	switch (cbor_peek(c)) {
	case CBOR_UINT: cbor_put_uint(out, cbor_uint(c, UINT64_MAX)); break;
	case CBOR_NINT: cbor_put_int(out, cbor_int(c)); break;
	case CBOR_BYTES: cbor_put_bytes(out, cbor_bytes(c)); break;
	case CBOR_TEXT: cbor_put_text(out, cbor_text(c)); break;
	case CBOR_FALSE:
	case CBOR_TRUE: cbor_put_bool(out, cbor_bool(c)); break;
	case CBOR_NULL: cbor_null(c); cbor_put_null(out); break;
	case CBOR_ARRAY:
		count = cbor_array(c, SIZE_MAX);
		cbor_put_array(out, count);
		while (count-- > 0 && !c->err)
			copy_item(c, out);
		break;
	case CBOR_MAP:
		count = cbor_map(c, SIZE_MAX);
		cbor_put_map(out, count);
		for (count *= 2; count > 0 && !c->err; count--)
			copy_item(c, out);
		break;
	case CBOR_NONE: cbor_fail(c); break;
	}
}

static void random_items_are_read_alike_by_us_and_by_libcbor(void **state)
{
	(void)state;
	struct buf item, again;
	uint64_t seed = 1;
	buf_init(&item, 1 << 20);
	buf_init(&again, 1 << 20);
	for (int i = 0; i < 2000; i++) {
		struct cbor c;
		struct err_text why = { "" };
		buf_reset(&item);
		buf_reset(&again);
		put_random(&item, &seed, 4);
		assert_int_equal(buf_err(&item), ERR_OK);
		if (cbor_scan(buf_bytes(&item), &cbor_limits_default, &why))
			fail_msg("item %d: %s", i, why.text);
		assert_int_equal(cbor_check_libcbor(buf_bytes(&item)), ERR_OK);
		cbor_begin(&c, buf_bytes(&item));
		copy_item(&c, &again);
		assert_int_equal(cbor_end(&c), ERR_OK);
		assert_true(bytes_equal(buf_bytes(&item), buf_bytes(&again)));
		cbor_begin(&c, buf_bytes(&item));
		assert_true(bytes_equal(cbor_skip(&c), buf_bytes(&item)));
	}
	buf_clear(&item);
	buf_clear(&again);
}

static void mutate(struct buf *b, uint64_t *seed)
{
	for (uint64_t n = 1 + next_number(seed) % 3; n > 0 && b->size > 0; n--) {
		size_t at = next_number(seed) % b->size;
		switch (next_number(seed) % 4) {
		case 0: b->data[at] ^= (uint8_t)(1u << next_number(seed) % 8); break;
		case 1: b->data[at] = (uint8_t)next_number(seed); break;
		case 2: b->size = at; break;
		default: b->data[at] = (uint8_t)(next_number(seed) % 8 << 5 | (24 + next_number(seed) % 8)); break;
		}
	}
}

/* What the scan passes must mean the same to our reader and to libcbor; what it refuses must not hurt
 * a reader that is used all the same. */
static void no_mutation_of_an_item_is_read_in_two_ways(void **state)
{
	(void)state;
	struct buf item, again;
	uint64_t seed = 2;
	unsigned passed = 0;
	buf_init(&item, 1 << 20);
	buf_init(&again, 1 << 20);
	for (int i = 0; i < 20000; i++) {
		struct cbor c;
		buf_reset(&item);
		buf_reset(&again);
		put_random(&item, &seed, 2);
		mutate(&item, &seed);
		/* An exact copy, so that a sanitizer sees a read behind the end. */
		uint8_t *exact = malloc(item.size ? item.size : 1);
		assert_non_null(exact);
		if (item.size)
			memcpy(exact, item.data, item.size);
		struct bytes bytes = bytes_of(exact, item.size);
		bool valid = !cbor_scan(bytes, &cbor_limits_default, NULL);
		cbor_begin(&c, bytes);
		(void)cbor_skip(&c);
		bool skipped = !cbor_end(&c);
		cbor_begin(&c, bytes);
		copy_item(&c, &again);
		if (valid) {
			passed++;
			assert_true(skipped);
			assert_int_equal(cbor_end(&c), ERR_OK);
			assert_true(bytes_equal(bytes, buf_bytes(&again)));
			assert_int_equal(cbor_check_libcbor(bytes), ERR_OK);
		}
		free(exact);
	}
	/* The control: mutations of both outcomes were seen. */
	assert_in_range(passed, 1000, 19000);
	buf_clear(&item);
	buf_clear(&again);
}

static void the_first_item_ends_where_it_says(void **state)
{
	(void)state;
	static const uint8_t bytes[] = { 0x82, 0x01, 0x00, 0x00, 0xff };
	size_t size = 9;
	for (size_t given = 0; given <= sizeof bytes; given++) {
		enum err e = cbor_scan_first(&size, bytes_of(bytes, given), &cbor_limits_default, NULL);
		assert_int_equal(e, given < 3 ? ERR_FORMAT : ERR_OK);
		assert_int_equal(size, given < 3 ? 0 : 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_appendix_a_has_of_the_subset),
		cmocka_unit_test(refuses_the_rest_of_appendix_a),
		cmocka_unit_test(refuses_every_second_spelling_and_names_the_place),
		cmocka_unit_test(the_first_item_ends_where_it_says),
		cmocka_unit_test(takes_keys_in_the_order_of_their_encodings),
		cmocka_unit_test(stops_at_each_limit_and_not_before),
		cmocka_unit_test(writes_the_shortest_form_at_every_border),
		cmocka_unit_test(reads_back_what_was_written),
		cmocka_unit_test(an_error_of_the_reader_sticks),
		cmocka_unit_test(random_items_are_read_alike_by_us_and_by_libcbor),
		cmocka_unit_test(no_mutation_of_an_item_is_read_in_two_ways),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
