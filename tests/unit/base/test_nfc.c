/* Normalization, clean texts, folding and distance.  Python's normalization is the referee: its samples,
 * and digests over all code points and random texts, are in nfc_cases_data.h. */
#include "base/hash.h"
#include "base/text.h"
#include "tests/unit/base/nfc_cases_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static uint64_t next_number(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void assert_digest(const struct buf *b, const char *expected)
{
	uint8_t digest[32];
	char hex[65];
	assert_int_equal(buf_err(b), ERR_OK);
	hash_blake2b_256(digest, buf_bytes(b));
	hex_encode(hex, bytes_of(digest, sizeof digest));
	assert_string_equal(hex, expected);
}

static void samples_are_normalized_and_folded_as_python_does(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1024);
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		struct bytes text = bytes_text(samples[i].text);
		buf_reset(&b);
		assert_int_equal(text_to_nfc(&b, text), ERR_OK);
		if (strcmp(buf_text(&b), samples[i].nfc) != 0)
			fail_msg("'%s' became '%s'", samples[i].text, buf_text(&b));
		assert_int_equal(text_is_clean(text, false), strcmp(samples[i].text, samples[i].nfc) == 0);
		assert_true(text_is_clean(bytes_text(samples[i].nfc), false));
		buf_reset(&b);
		assert_int_equal(text_fold(&b, text), ERR_OK);
		assert_string_equal(buf_text(&b), samples[i].fold);
	}
	buf_clear(&b);
}

static void every_code_point_is_normalized_and_folded_as_python_does(void **state)
{
	(void)state;
	struct buf nfc, fold, one;
	buf_init(&nfc, 8 << 20);
	buf_init(&fold, 8 << 20);
	buf_init(&one, 8);
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		if ((c >= 0xd800 && c <= 0xdfff) || c == '\n')
			continue;
		buf_reset(&one);
		utf8_put(&one, c);
		if (c > 0) {
			buf_put_byte(&nfc, '\n');
			buf_put_byte(&fold, '\n');
		}
		size_t start = nfc.size;
		assert_int_equal(text_to_nfc(&nfc, buf_bytes(&one)), ERR_OK);
		assert_int_equal(text_fold(&fold, buf_bytes(&one)), ERR_OK);
		bool same = bytes_equal(buf_bytes(&one), bytes_of(nfc.data + start, nfc.size - start));
		bool control = c < 0x20 || (c >= 0x7f && c <= 0x9f);
		assert_int_equal(text_is_clean(buf_bytes(&one), false), same && !control);
		assert_int_equal(text_is_clean(buf_bytes(&one), true), same && (!control || c == '\t'));
	}
	assert_digest(&nfc, ALL_NFC);
	assert_digest(&fold, ALL_FOLD);
	buf_clear(&nfc);
	buf_clear(&fold);
	buf_clear(&one);
}

enum { POOL_MAX = 8192 };

static size_t unfold_pool(uint32_t out[POOL_MAX], const uint32_t runs[][2], size_t count)
{
	size_t size = 0;
	for (size_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < runs[i][1]; k++) {
			assert_true(size < POOL_MAX);
			out[size++] = runs[i][0] + k;
		}
	return size;
}

static void random_texts_are_normalized_and_folded_as_python_does(void **state)
{
	(void)state;
	uint32_t all[POOL_MAX], marks[POOL_MAX];
	size_t all_size = unfold_pool(all, pool, sizeof pool / sizeof pool[0]);
	size_t marks_size = unfold_pool(marks, pool_marks, sizeof pool_marks / sizeof pool_marks[0]);
	uint64_t seed = 14;
	unsigned changed = 0;
	struct buf texts, nfc, fold;
	buf_init(&texts, 8 << 20);
	buf_init(&nfc, 8 << 20);
	buf_init(&fold, 8 << 20);
	for (int i = 0; i < RANDOM_COUNT; i++) {
		if (i > 0) {
			buf_put_byte(&texts, '\n');
			buf_put_byte(&nfc, '\n');
			buf_put_byte(&fold, '\n');
		}
		size_t text_at = texts.size, nfc_at = nfc.size;
		for (uint64_t size = 1 + next_number(&seed) % 12; size > 0; size--) {
			bool mark = next_number(&seed) % 2;
			uint64_t n = next_number(&seed);
			utf8_put(&texts, mark ? marks[n % marks_size] : all[n % all_size]);
		}
		struct bytes text = bytes_of(texts.data + text_at, texts.size - text_at);
		assert_int_equal(text_to_nfc(&nfc, text), ERR_OK);
		assert_int_equal(text_fold(&fold, text), ERR_OK);
		struct bytes normal = bytes_of(nfc.data + nfc_at, nfc.size - nfc_at);
		changed += !bytes_equal(text, normal);
		assert_int_equal(text_is_clean(text, false), bytes_equal(text, normal));
		assert_true(text_is_clean(normal, false));
	}
	assert_digest(&texts, RANDOM_TEXTS);
	assert_digest(&nfc, RANDOM_NFC);
	assert_digest(&fold, RANDOM_FOLD);
	/* The control: the texts were worth it. */
	assert_in_range(changed, RANDOM_COUNT / 2, RANDOM_COUNT - 100);
	buf_clear(&texts);
	buf_clear(&nfc);
	buf_clear(&fold);
}

static void a_clean_text_has_no_control_characters(void **state)
{
	(void)state;
	static const char *const never[] = { "a\x01", "\x1b[0m", "a\rb", "\x7f", "\xc2\x80", "\xc2\x9f", "é\x08",
		"\xff", "\xc3", "e\xcc\x81", "\xed\xa0\x80" };
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
		assert_false(text_is_clean(bytes_text(never[i]), false));
		assert_false(text_is_clean(bytes_text(never[i]), true));
	}
	assert_false(text_is_clean(bytes_of("a\0b", 3), true));
	assert_false(text_is_clean(bytes_text("a\nb"), false));
	assert_false(text_is_clean(bytes_text("a\tb"), false));
	assert_true(text_is_clean(bytes_text("a\n\tb é ሰላም سلام"), true));
	assert_true(text_is_clean(bytes_text("Saïd Öztürk-Łukasz أحمد"), false));
	assert_true(text_is_clean(bytes_text("\xc2\xa0"), false));
	assert_true(text_is_clean(bytes_of(NULL, 0), false));
}

static void a_mark_too_many_is_refused_however_it_is_spelled(void **state)
{
	(void)state;
	struct buf text, nfc;
	buf_init(&text, 1024);
	buf_init(&nfc, 1024);
	for (int count = 29; count <= 31; count++) {
		for (int spelling = 0; spelling < 2; spelling++) {
			buf_reset(&text);
			buf_reset(&nfc);
			buf_put_text(&nfc, "kept");
			buf_put_text(&text, spelling ? "é" : "e\xcc\x81");
			for (int i = 1; i < count; i++)
				buf_put_text(&text, "\xcc\x82");
			bool fits = count <= 30;
			assert_int_equal(text_to_nfc(&nfc, buf_bytes(&text)), fits ? ERR_OK : ERR_LIMIT);
			assert_int_equal(nfc.size > 4, fits);
			assert_int_equal(text_is_clean(buf_bytes(&text), false), fits && spelling);
		}
	}
	/* A new starter begins a new count; Hangul vowels are starters, and there may be many. */
	buf_reset(&text);
	for (int i = 0; i < 60; i++)
		buf_put_text(&text, i % 30 ? "\xcc\x82" : "x");
	assert_true(text_is_clean(buf_bytes(&text), false));
	buf_reset(&text);
	for (int i = 0; i < 100; i++)
		buf_put_text(&text, "\xe1\x85\xa1");
	assert_true(text_is_clean(buf_bytes(&text), false));
	buf_clear(&text);
	buf_clear(&nfc);
}

static void what_is_not_utf8_is_refused_and_nothing_appended(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 64);
	buf_put_text(&b, "kept");
	assert_int_equal(text_to_nfc(&b, bytes_text("abc\xff")), ERR_FORMAT);
	assert_int_equal(text_fold(&b, bytes_text("abc\xc3")), ERR_FORMAT);
	assert_string_equal(buf_text(&b), "kept");
	buf_clear(&b);
	buf_init(&b, 2);
	assert_int_equal(text_to_nfc(&b, bytes_text("abc")), ERR_LIMIT);
	buf_clear(&b);
}

static void folding_makes_spellings_of_a_name_equal(void **state)
{
	(void)state;
	static const char *const same[][2] = {
		{ "é", "E" }, { "É", "e" }, { "ÖZTÜRK", "Ozturk" }, { "Nguyễn", "NGUYEN" }, { "İbrahim", "ibrahim" },
		{ "ΆΝΝΑ", "αννα" }, { "КИЙ", "кии" }, { "مُحَمَّد", "محمد" }, { "أحمد", "احمد" }, { "한", "한" },
	};
	struct buf a, b;
	buf_init(&a, 256);
	buf_init(&b, 256);
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		buf_reset(&a);
		buf_reset(&b);
		assert_int_equal(text_fold(&a, bytes_text(same[i][0])), ERR_OK);
		assert_int_equal(text_fold(&b, bytes_text(same[i][1])), ERR_OK);
		assert_string_equal(buf_text(&a), buf_text(&b));
	}
	buf_clear(&a);
	buf_clear(&b);
}

static void distance_counts_changes_and_swaps(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		unsigned distance;
	} cases[] = {
		{ "", "", 0 }, { "abc", "abc", 0 }, { "", "abc", 3 }, { "abc", "", 3 }, { "abc", "abd", 1 },
		{ "abc", "ab", 1 }, { "abc", "xabc", 1 }, { "staus", "status", 1 }, { "sattus", "status", 1 },
		{ "stauts", "status", 1 }, { "kitten", "sitting", 3 }, { "ca", "abc", 3 }, { "ab", "ba", 1 },
		{ "é", "e", 1 }, { "Saïd", "Said", 1 }, { "a\xff", "a", 1 }, { "\xff", "\xfe", 1 },
		{ "medical.mobilty", "medical.mobility", 1 }, { "abcdef", "badcfe", 3 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (text_distance(cases[i].a, cases[i].b) != cases[i].distance)
			fail_msg("%s, %s: %u", cases[i].a, cases[i].b, text_distance(cases[i].a, cases[i].b));
		assert_int_equal(text_distance(cases[i].b, cases[i].a), cases[i].distance);
	}
	char a[200], b[200];
	memset(a, 'a', sizeof a);
	memset(b, 'b', sizeof b);
	a[199] = b[199] = '\0';
	assert_int_equal(text_distance(a, b), 64);
	assert_int_equal(text_distance(a, ""), 64);
	assert_int_equal(text_distance(a, a + 50), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_are_normalized_and_folded_as_python_does),
		cmocka_unit_test(every_code_point_is_normalized_and_folded_as_python_does),
		cmocka_unit_test(random_texts_are_normalized_and_folded_as_python_does),
		cmocka_unit_test(a_clean_text_has_no_control_characters),
		cmocka_unit_test(a_mark_too_many_is_refused_however_it_is_spelled),
		cmocka_unit_test(what_is_not_utf8_is_refused_and_nothing_appended),
		cmocka_unit_test(folding_makes_spellings_of_a_name_equal),
		cmocka_unit_test(distance_counts_changes_and_swaps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
