/* Sealing: the vector of draft-irtf-cfrg-xchacha, the buckets, and what must not open. */
#include "base/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/hex.h"

static const char draft_plain[] = "Ladies and Gentlemen of the class of '99: If I could offer you only one "
	"tip for the future, sunscreen would be it.";

static void count_up(uint8_t *out, size_t size, uint8_t first)
{
	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t)(first + i);
}

static void key_of(struct secret *key, uint8_t first)
{
	assert_int_equal(secret_new(key), ERR_OK);
	count_up(key->b, SECRET_SIZE, first);
}

static void seals_as_the_xchacha_draft(void **state)
{
	(void)state;
	struct secret key;
	uint8_t nonce[SEAL_NONCE_SIZE], ad[12];
	struct buf out, back;
	buf_init(&out, 1024);
	buf_init(&back, 1024);
	key_of(&key, 0x80);
	count_up(nonce, sizeof nonce, 0x40);
	from_hex(ad, sizeof ad, "50515253c0c1c2c3c4c5c6c7");
	assert_int_equal(seal_make(&out, &key, nonce, bytes_of(ad, 12), bytes_text(draft_plain), false), ERR_OK);
	assert_memory_equal(out.data, nonce, sizeof nonce);
	assert_hex_equal(out.data + SEAL_NONCE_SIZE, out.size - SEAL_NONCE_SIZE,
		"bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
		"731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
		"2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
		"21f9664c97637da9768812f615c68b13b52e"
		"c0875924c1c7987947deafd8780acf49");
	assert_int_equal(seal_open(&back, &key, bytes_of(ad, 12), buf_bytes(&out)), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&back), bytes_text(draft_plain)));
	buf_clear(&out);
	buf_clear(&back);
	secret_free(&key);
}

static void buckets_are_those_of_the_format(void **state)
{
	(void)state;
	static const size_t buckets[] = { 32, 64, 96, 128, 160, 192, 224, 256, 384, 512, 768, 1024, 1536, 2048,
		3072, 4096, 6144, 8192, 12288, 16384, 24576, 32768, 49152, 65536, 98304, 131072, 196608, 262144 };
	assert_int_equal(seal_bucket(0), 32);
	size_t size = 1;
	for (size_t i = 0; i < sizeof buckets / sizeof *buckets; i++)
		for (; size <= buckets[i]; size++)
			assert_int_equal(seal_bucket(size), buckets[i]);
	assert_int_equal(size, SEAL_PLAIN_MAX + 1);
	assert_int_equal(seal_bucket(size), 0);
	assert_int_equal(seal_bucket(SIZE_MAX), 0);
}

static void the_padding_hides_the_size_and_comes_back_as_zeros(void **state)
{
	(void)state;
	struct secret key;
	uint8_t nonce[SEAL_NONCE_SIZE] = { 0 };
	struct buf out, back;
	key_of(&key, 1);
	buf_init(&out, 2048);
	buf_init(&back, 2048);
	for (size_t size = 0; size <= 300; size++) {
		uint8_t plain[300];
		memset(plain, 0xaa, sizeof plain);
		buf_reset(&out);
		buf_reset(&back);
		assert_int_equal(seal_make(&out, &key, nonce, bytes_text("ad"), bytes_of(plain, size), true), ERR_OK);
		assert_int_equal(out.size, seal_bucket(size) + SEAL_OVERHEAD);
		assert_int_equal(seal_open(&back, &key, bytes_text("ad"), buf_bytes(&out)), ERR_OK);
		assert_int_equal(back.size, seal_bucket(size));
		for (size_t i = 0; i < back.size; i++)
			assert_int_equal(back.data[i], i < size ? 0xaa : 0);
	}
	buf_clear(&out);
	buf_clear(&back);
	secret_free(&key);
}

static void nothing_altered_opens_and_nothing_is_appended(void **state)
{
	(void)state;
	struct secret key, other;
	uint8_t nonce[SEAL_NONCE_SIZE] = { 9 };
	struct buf out, back;
	key_of(&key, 1);
	key_of(&other, 2);
	buf_init(&out, 1024);
	buf_init(&back, 1024);
	buf_put_text(&back, "before");
	assert_int_equal(seal_make(&out, &key, nonce, bytes_text("ad"), bytes_text("secret"), true), ERR_OK);
	for (size_t bit = 0; bit < 8 * out.size; bit++) {
		out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(seal_open(&back, &key, bytes_text("ad"), buf_bytes(&out)), ERR_CRYPTO);
		out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t size = 0; size < out.size; size++)
		assert_int_equal(seal_open(&back, &key, bytes_text("ad"), bytes_of(out.data, size)),
			size < SEAL_OVERHEAD ? ERR_FORMAT : ERR_CRYPTO);
	assert_int_equal(seal_open(&back, &key, bytes_text("da"), buf_bytes(&out)), ERR_CRYPTO);
	assert_int_equal(seal_open(&back, &other, bytes_text("ad"), buf_bytes(&out)), ERR_CRYPTO);
	assert_true(bytes_equal(buf_bytes(&back), bytes_text("before")));
	assert_int_equal(seal_open(&back, &key, bytes_text("ad"), buf_bytes(&out)), ERR_OK); /* control */
	assert_int_equal(back.size, 6 + 32);
	buf_clear(&out);
	buf_clear(&back);
	secret_free(&key);
	secret_free(&other);
}

static void sizes_at_the_cap(void **state)
{
	(void)state;
	static uint8_t plain[SEAL_UNPADDED_MAX + SEAL_OVERHEAD + 1];
	struct secret key;
	uint8_t nonce[SEAL_NONCE_SIZE] = { 9 };
	struct bytes ad = { NULL, 0 };
	struct buf out, back;
	key_of(&key, 1);
	buf_init(&out, 4 << 20);
	buf_init(&back, 4 << 20);
	assert_int_equal(seal_make(&out, &key, nonce, ad, bytes_of(plain, SEAL_PLAIN_MAX + 1), true), ERR_LIMIT);
	struct bytes most = bytes_of(plain, SEAL_UNPADDED_MAX), over = bytes_of(plain, SEAL_UNPADDED_MAX + 1);
	assert_int_equal(seal_make(&out, &key, nonce, ad, over, false), ERR_LIMIT);
	assert_int_equal(out.size, 0);
	assert_int_equal(seal_make(&out, &key, nonce, ad, most, false), ERR_OK);
	assert_int_equal(out.size, SEAL_UNPADDED_MAX + SEAL_OVERHEAD);
	assert_int_equal(seal_open(&back, &key, ad, buf_bytes(&out)), ERR_OK);
	assert_int_equal(back.size, SEAL_UNPADDED_MAX);
	buf_clear(&out);
	buf_clear(&back);
	assert_int_equal(seal_make(&out, &key, nonce, ad, bytes_of(plain, SEAL_PLAIN_MAX), true), ERR_OK);
	assert_int_equal(out.size, SEAL_PLAIN_MAX + SEAL_OVERHEAD);
	assert_int_equal(seal_open(&back, &key, ad, buf_bytes(&out)), ERR_OK);
	assert_int_equal(seal_open(&back, &key, ad, bytes_of(plain, sizeof plain)), ERR_LIMIT);
	buf_clear(&out);
	/* An empty plaintext without padding: just nonce and tag. */
	assert_int_equal(seal_make(&out, &key, nonce, ad, ad, false), ERR_OK);
	assert_int_equal(out.size, SEAL_OVERHEAD);
	buf_clear(&back);
	assert_int_equal(seal_open(&back, &key, ad, buf_bytes(&out)), ERR_OK);
	assert_int_equal(back.size, 0);
	out.data[SEAL_OVERHEAD - 1] ^= 1;
	assert_int_equal(seal_open(&back, &key, ad, buf_bytes(&out)), ERR_CRYPTO);
	buf_clear(&out);
	buf_init(&out, SEAL_OVERHEAD);
	assert_int_equal(seal_make(&out, &key, nonce, ad, bytes_text("x"), false), ERR_LIMIT);
	buf_clear(&out);
	secret_free(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seals_as_the_xchacha_draft),
		cmocka_unit_test(buckets_are_those_of_the_format),
		cmocka_unit_test(the_padding_hides_the_size_and_comes_back_as_zeros),
		cmocka_unit_test(nothing_altered_opens_and_nothing_is_appended),
		cmocka_unit_test(sizes_at_the_cap),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
