/* Hex, base64, decimal and UTF-8: one spelling each, the others are refused. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void hex_has_one_spelling(void **state)
{
	(void)state;
	char out[9];
	uint8_t back[4] = { 9, 9, 9, 9 };
	hex_encode(out, bytes_of("\x00\x7f\xab\xff", 4));
	assert_string_equal(out, "007fabff");
	assert_int_equal(hex_decode(back, 4, bytes_text(out)), ERR_OK);
	assert_memory_equal(back, "\x00\x7f\xab\xff", 4);
	assert_int_equal(hex_decode(back, 0, bytes_text("")), ERR_OK);

	static const char *const refused[] = { "", "007fabf", "007fabff0", "007fabff00", "007FABFF", "007fabfF",
		"007fabfg", " 07fabff", "0x7fabff", "007f:abf", "007fab\nf" };
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		memset(back, 9, sizeof back);
		if (hex_decode(back, 4, bytes_text(refused[i])) != ERR_FORMAT)
			fail_msg("'%s' was not refused", refused[i]);
		assert_memory_equal(back, "\0\0\0\0", 4);
	}
}

static void long_runs_are_put_whole(void **state)
{
	(void)state;
	uint8_t bytes[200], back[200];
	struct buf b;
	buf_init(&b, 4096);
	for (size_t size = 0; size <= sizeof bytes; size++) {
		for (size_t i = 0; i < size; i++)
			bytes[i] = (uint8_t)(i * 37 + size);
		buf_reset(&b);
		hex_put(&b, bytes_of(bytes, size));
		assert_int_equal(b.size, 2 * size);
		assert_int_equal(hex_decode(back, size, buf_bytes(&b)), ERR_OK);
		assert_true(bytes_equal(bytes_of(bytes, size), bytes_of(back, size)));
		buf_reset(&b);
		base64_put(&b, bytes_of(bytes, size));
		assert_int_equal(b.size, (size + 2) / 3 * 4);
		size_t encoded = b.size;
		struct buf decoded;
		buf_init(&decoded, sizeof bytes);
		assert_int_equal(base64_decode(&decoded, bytes_of(b.data, encoded)), ERR_OK);
		assert_true(bytes_equal(buf_bytes(&decoded), bytes_of(bytes, size)));
		buf_clear(&decoded);
	}
	buf_clear(&b);
}

static void base64_is_that_of_rfc_4648(void **state)
{
	(void)state;
	static const struct {
		const char *plain, *padded, *unpadded;
	} cases[] = {
		{ "", "", "" }, { "f", "Zg==", "Zg" }, { "fo", "Zm8=", "Zm8" }, { "foo", "Zm9v", "Zm9v" },
		{ "foob", "Zm9vYg==", "Zm9vYg" }, { "fooba", "Zm9vYmE=", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy", "Zm9vYmFy" }, { "\xfb\xff", "+/8=", "+/8" },
	};
	struct buf b;
	buf_init(&b, 64);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_reset(&b);
		base64_put(&b, bytes_text(cases[i].plain));
		assert_string_equal(buf_text(&b), cases[i].padded);
		buf_reset(&b);
		base64_put_unpadded(&b, bytes_text(cases[i].plain));
		assert_string_equal(buf_text(&b), cases[i].unpadded);
		buf_reset(&b);
		assert_int_equal(base64_decode(&b, bytes_text(cases[i].padded)), ERR_OK);
		assert_string_equal(buf_text(&b), cases[i].plain);
	}
	buf_clear(&b);
}

static void base64_refuses_a_second_spelling_and_appends_nothing(void **state)
{
	(void)state;
	static const char *const refused[] = { "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8==", "=", "====",
		"Z===", "Zg==Zg==", "Zm9v\n", "Zm9v Zm9v", "Zm-_", "Zm9v====", "Z=g=", "Zm9\xc3" };
	struct buf b;
	buf_init(&b, 64);
	buf_put_text(&b, "before");
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		if (base64_decode(&b, bytes_text(refused[i])) != ERR_FORMAT)
			fail_msg("'%s' was not refused", refused[i]);
		assert_string_equal(buf_text(&b), "before");
	}
	buf_clear(&b);
	buf_init(&b, 2);
	assert_int_equal(base64_decode(&b, bytes_text("Zm9v")), ERR_LIMIT);
	buf_clear(&b);
}

/* Every byte value at every place of a text: only the alphabet passes, and decodes to its own place. */
static void no_byte_outside_the_alphabet_passes(void **state)
{
	(void)state;
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char hex[] = "0123456789abcdef";
	uint8_t bytes[2];
	struct buf b;
	buf_init(&b, 64);
	for (int c = 0; c < 256; c++) {
		const char *in_base64 = c ? strchr(base64, c) : NULL, *in_hex = c ? strchr(hex, c) : NULL;
		for (size_t at = 0; at < 4; at++) {
			uint8_t text[4] = { 'A', 'A', 'A', 'A' }, digits[4] = { '0', '0', '0', '0' };
			text[at] = digits[at] = (uint8_t)c;
			buf_reset(&b);
			enum err e = base64_decode(&b, bytes_of(text, 4));
			bool padding = c == '=' && at == 3;
			if (!e != (in_base64 || padding))
				fail_msg("base64: byte %02x at %zu: %s", (unsigned)c, at, err_name(e));
			if (in_base64) {
				uint32_t value = (uint32_t)(in_base64 - base64) << (18 - 6 * at);
				assert_int_equal(b.data[0] << 16 | b.data[1] << 8 | b.data[2], value);
			}
			e = hex_decode(bytes, 2, bytes_of(digits, 4));
			if (!e != !!in_hex)
				fail_msg("hex: byte %02x at %zu: %s", (unsigned)c, at, err_name(e));
			if (in_hex)
				assert_int_equal(bytes[0] << 8 | bytes[1], (in_hex - hex) << (12 - 4 * at));
		}
	}
	buf_clear(&b);
}

static void decimal_has_no_sign_blank_or_leading_zero(void **state)
{
	(void)state;
	uint64_t n;
	assert_int_equal(decimal_decode(&n, bytes_text("0"), 0), ERR_OK);
	assert_int_equal(n, 0);
	assert_int_equal(decimal_decode(&n, bytes_text("18446744073709551615"), UINT64_MAX), ERR_OK);
	assert_true(n == UINT64_MAX);
	assert_int_equal(decimal_decode(&n, bytes_text("100"), 100), ERR_OK);
	static const char *const refused[] = { "", "00", "01", "-1", "+1", " 1", "1 ", "1a", "101",
		"18446744073709551616", "184467440737095516150", "0x1", "1e1", "1.0" };
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		n = 9;
		if (decimal_decode(&n, bytes_text(refused[i]), 100) != ERR_FORMAT || n != 0)
			fail_msg("'%s' was not refused", refused[i]);
	}
	assert_int_equal(decimal_decode(&n, bytes_text("18446744073709551616"), UINT64_MAX), ERR_FORMAT);
}

/* ---- UTF-8. */

static void every_code_point_survives_and_no_surrogate_does(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 8);
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		uint32_t back;
		size_t at = 0;
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		buf_reset(&b);
		utf8_put(&b, c);
		assert_int_equal(utf8_next(&back, buf_bytes(&b), &at), ERR_OK);
		assert_int_equal(back, c);
		assert_int_equal(at, b.size);
	}
	buf_clear(&b);
}

/* The definition once more, as a table of ranges (RFC 3629 section 4), against the decoder: all
 * sequences of one to three bytes and a choice of those of four. */
static bool is_well_formed(const uint8_t *s, size_t size)
{
	static const struct {
		uint8_t first[2], second[2];
		size_t size;
	} rows[] = {
		{ { 0x00, 0x7f }, { 0, 0 }, 1 }, { { 0xc2, 0xdf }, { 0x80, 0xbf }, 2 },
		{ { 0xe0, 0xe0 }, { 0xa0, 0xbf }, 3 }, { { 0xe1, 0xec }, { 0x80, 0xbf }, 3 },
		{ { 0xed, 0xed }, { 0x80, 0x9f }, 3 }, { { 0xee, 0xef }, { 0x80, 0xbf }, 3 },
		{ { 0xf0, 0xf0 }, { 0x90, 0xbf }, 4 }, { { 0xf1, 0xf3 }, { 0x80, 0xbf }, 4 },
		{ { 0xf4, 0xf4 }, { 0x80, 0x8f }, 4 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (size != rows[i].size || s[0] < rows[i].first[0] || s[0] > rows[i].first[1])
			continue;
		bool valid = size == 1 || (s[1] >= rows[i].second[0] && s[1] <= rows[i].second[1]);
		for (size_t k = 2; k < size; k++)
			valid = valid && s[k] >= 0x80 && s[k] <= 0xbf;
		return valid;
	}
	return false;
}

static void assert_decoder_agrees(const uint8_t *s, size_t size)
{
	uint32_t c;
	size_t at = 0;
	bool one = utf8_next(&c, bytes_of(s, size), &at) == ERR_OK && at == size;
	if (one != is_well_formed(s, size))
		fail_msg("%02x %02x, %zu bytes: the decoder says %d", s[0], s[1], size, one);
}

static void utf8_is_decoded_as_rfc_3629_defines_it(void **state)
{
	(void)state;
	uint8_t s[4] = { 0 };
	static const uint8_t edges[] = { 0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff };
	for (unsigned n = 0; n < 1 << 16; n++) {
		s[0] = (uint8_t)(n >> 8), s[1] = (uint8_t)n;
		if (s[1] == 0)
			assert_decoder_agrees(s, 1);
		assert_decoder_agrees(s, 2);
		for (size_t i = 0; i < sizeof edges; i++) {
			s[2] = edges[i];
			assert_decoder_agrees(s, 3);
			for (size_t k = 0; s[0] >= 0xe0 && k < sizeof edges; k++) {
				s[3] = edges[k];
				assert_decoder_agrees(s, 4);
			}
		}
	}
}

static void a_bad_byte_is_found_at_every_place(void **state)
{
	(void)state;
	/* Long enough for the run that looks at eight bytes at once, at every alignment. */
	char text[64];
	for (size_t size = 0; size < sizeof text; size++) {
		memset(text, 'a', sizeof text);
		assert_true(utf8_is_valid(bytes_of(text, size)));
		for (size_t at = 0; at < size; at++) {
			text[at] = (char)0xff;
			assert_false(utf8_is_valid(bytes_of(text, size)));
			text[at] = (char)0xc3;
			assert_false(utf8_is_valid(bytes_of(text, size)));
			if (at + 1 < size) {
				text[at + 1] = (char)0xa9;
				assert_true(utf8_is_valid(bytes_of(text, size)));
				text[at + 1] = 'a';
			}
			text[at] = 'a';
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hex_has_one_spelling),
		cmocka_unit_test(long_runs_are_put_whole),
		cmocka_unit_test(base64_is_that_of_rfc_4648),
		cmocka_unit_test(base64_refuses_a_second_spelling_and_appends_nothing),
		cmocka_unit_test(no_byte_outside_the_alphabet_passes),
		cmocka_unit_test(decimal_has_no_sign_blank_or_leading_zero),
		cmocka_unit_test(every_code_point_survives_and_no_surrogate_does),
		cmocka_unit_test(utf8_is_decoded_as_rfc_3629_defines_it),
		cmocka_unit_test(a_bad_byte_is_found_at_every_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
