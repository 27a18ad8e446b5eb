/* CBOR on random items and on mutations of them: our reader and libcbor must agree. */
#include "base/cbor.h"
#include "base/text.h"
#include "tests/support/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct bytes from_hex(uint8_t *out, size_t size_max, const char *hex)
{
	size_t size = strlen(hex) / 2;
	assert_true(size <= size_max);
	assert_int_equal(hex_decode(out, size, bytes_text(hex)), ERR_OK);
	return bytes_of(out, size);
}

static void libcbor_alone_would_take_more(void **state)
{
	(void)state;
	/* The control of the scanner: each comes out of libcbor as it went in, so that encoding again and
	 * comparing finds none of them. */
	static const char *const taken[] = {
		"a201000100",         /* a key twice */
		"a202000100",         /* keys out of order */
		"1b0000000000000001", /* 1 in nine bytes */
		"f93c00",             /* a float */
		"c100",               /* a tag */
		"9f01ff",             /* an indefinite length */
		"f7",                 /* undefined */
		"3bffffffffffffffff", /* -2^64 */
	};
	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
		uint8_t item[16];
		struct bytes bytes = from_hex(item, sizeof item, taken[i]);
		if (cbor_check_libcbor(bytes) != ERR_OK || cbor_scan(bytes, &cbor_limits_default, NULL) != ERR_FORMAT)
			fail_msg("%s", taken[i]);
	}
}

static void libcbor_finds_what_it_would_write_differently(void **state)
{
	(void)state;
	static const char *const found[] = { "", "1817", "580161", "0000", "61ff", "8201" };
	for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
		uint8_t item[16];
		assert_int_equal(cbor_check_libcbor(from_hex(item, sizeof item, found[i])), ERR_FORMAT);
	}
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libcbor_alone_would_take_more),
		cmocka_unit_test(libcbor_finds_what_it_would_write_differently),
		cmocka_unit_test(random_items_are_read_alike_by_us_and_by_libcbor),
		cmocka_unit_test(no_mutation_of_an_item_is_read_in_two_ways),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
