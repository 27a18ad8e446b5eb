/* Sealed boxes, with libsodium's own crypto_box_seal as the other side. */
#include "base/box.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/hex.h"

static void key_of(struct box_key *k, uint8_t byte)
{
	struct secret s;
	assert_int_equal(secret_new(&s), ERR_OK);
	memset(s.b, byte, SECRET_SIZE);
	assert_int_equal(box_key_from_secret(k, &s), ERR_OK);
	secret_free(&s);
}

static void seed_of(struct secret *s, uint8_t byte)
{
	assert_int_equal(secret_new(s), ERR_OK);
	memset(s->b, byte, SECRET_SIZE);
}

/* RFC 7748 section 6.1. */
static void public_keys_are_those_of_rfc_7748(void **state)
{
	(void)state;
	struct box_key k;
	struct secret s;
	assert_int_equal(secret_new(&s), ERR_OK);
	from_hex(s.b, SECRET_SIZE, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
	assert_int_equal(box_key_from_secret(&k, &s), ERR_OK);
	assert_hex_equal(k.public_key, BOX_KEY_SIZE,
		"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
	secret_free(&s);
	box_key_clear(&k);
	box_key_clear(&k);
}

static void both_sides_agree_as_in_rfc_7748(void **state)
{
	(void)state;
	static const uint8_t zero[BOX_KEY_SIZE], one[BOX_KEY_SIZE] = { 1 };
	struct box_key alice, bob;
	struct secret s;
	uint8_t shared[BOX_KEY_SIZE];
	assert_int_equal(secret_new(&s), ERR_OK);
	from_hex(s.b, SECRET_SIZE, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
	assert_int_equal(box_key_from_secret(&alice, &s), ERR_OK);
	from_hex(s.b, SECRET_SIZE, "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
	assert_int_equal(box_key_from_secret(&bob, &s), ERR_OK);
	assert_int_equal(box_agree(shared, &alice, bob.public_key), ERR_OK);
	assert_hex_equal(shared, sizeof shared,
		"4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
	assert_int_equal(box_agree(shared, &bob, alice.public_key), ERR_OK);
	assert_hex_equal(shared, sizeof shared,
		"4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
	assert_int_equal(box_agree(shared, &alice, zero), ERR_CRYPTO);
	assert_int_equal(box_agree(shared, &alice, one), ERR_CRYPTO);
	assert_memory_equal(shared, zero, sizeof shared);
	secret_free(&s);
	box_key_clear(&alice);
	box_key_clear(&bob);
}

static void stock_libsodium_opens_ours(void **state)
{
	(void)state;
	struct box_key k;
	struct secret seed;
	struct buf box;
	uint8_t plain[11];
	key_of(&k, 3);
	seed_of(&seed, 4);
	buf_init(&box, 1024);
	assert_int_equal(box_seal(&box, k.public_key, &seed, bytes_text("a wrap key!")), ERR_OK);
	assert_int_equal(box.size, 11 + BOX_OVERHEAD);
	assert_int_equal(crypto_box_seal_open(plain, box.data, box.size, k.public_key, k.secret.b), 0);
	assert_memory_equal(plain, "a wrap key!", 11);
	buf_clear(&box);
	secret_free(&seed);
	box_key_clear(&k);
}

static void we_open_stock_libsodiums(void **state)
{
	(void)state;
	struct box_key k;
	struct buf out;
	uint8_t box[11 + BOX_OVERHEAD];
	key_of(&k, 3);
	buf_init(&out, 1024);
	assert_int_equal(crypto_box_seal(box, (const uint8_t *)"a wrap key!", 11, k.public_key), 0);
	assert_int_equal(box_open(&out, &k, bytes_of(box, sizeof box)), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&out), bytes_text("a wrap key!")));
	buf_clear(&out);
	assert_int_equal(crypto_box_seal(box, NULL, 0, k.public_key), 0);
	assert_int_equal(box_open(&out, &k, bytes_of(box, BOX_OVERHEAD)), ERR_OK);
	assert_int_equal(out.size, 0);
	box_key_clear(&k);
	buf_clear(&out);
}

static void the_same_seed_gives_the_same_box(void **state)
{
	(void)state;
	struct box_key k;
	struct secret seed;
	struct buf box;
	key_of(&k, 3);
	seed_of(&seed, 4);
	buf_init(&box, 1024);
	assert_int_equal(box_seal(&box, k.public_key, &seed, bytes_text("a wrap key!")), ERR_OK);
	assert_hex_equal(box.data, box.size, "edd03cade80d29de6ea313a74ab369f4732ecb36649066b78b5b2dd664cb0417"
		"3b8d25696e3c0f51e0bdffa3c13887f6f13311e60030e165c29354");
	buf_clear(&box);
	secret_free(&seed);
	box_key_clear(&k);
}

static void nothing_altered_opens(void **state)
{
	(void)state;
	struct box_key k, other;
	struct secret seed;
	struct buf box, out;
	key_of(&k, 3);
	key_of(&other, 5);
	seed_of(&seed, 4);
	buf_init(&box, 1024);
	buf_init(&out, 1024);
	assert_int_equal(box_seal(&box, k.public_key, &seed, bytes_text("key")), ERR_OK);
	for (size_t bit = 0; bit < 8 * box.size; bit++) {
		box.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(box_open(&out, &k, buf_bytes(&box)), ERR_CRYPTO);
		box.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t size = 0; size < box.size; size++)
		assert_int_equal(box_open(&out, &k, bytes_of(box.data, size)), ERR_CRYPTO);
	assert_int_equal(box_open(&out, &other, buf_bytes(&box)), ERR_CRYPTO);
	assert_int_equal(out.size, 0);
	assert_int_equal(box_open(&out, &k, buf_bytes(&box)), ERR_OK); /* control */
	buf_clear(&box);
	buf_clear(&out);
	secret_free(&seed);
	box_key_clear(&k);
	box_key_clear(&other);
}

static void a_receiving_key_of_small_order_is_refused(void **state)
{
	(void)state;
	static const uint8_t zero[BOX_KEY_SIZE], one[BOX_KEY_SIZE] = { 1 };
	struct secret seed;
	struct buf box;
	seed_of(&seed, 4);
	buf_init(&box, 1024);
	assert_int_equal(box_seal(&box, zero, &seed, bytes_text("key")), ERR_CRYPTO);
	assert_int_equal(box_seal(&box, one, &seed, bytes_text("key")), ERR_CRYPTO);
	assert_int_equal(box.size, 0);
	buf_clear(&box);
	buf_init(&box, BOX_OVERHEAD);
	assert_int_equal(box_seal(&box, one, &seed, bytes_text("key")), ERR_LIMIT);
	secret_free(&seed);
	buf_clear(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_keys_are_those_of_rfc_7748),
		cmocka_unit_test(both_sides_agree_as_in_rfc_7748),
		cmocka_unit_test(stock_libsodium_opens_ours),
		cmocka_unit_test(we_open_stock_libsodiums),
		cmocka_unit_test(the_same_seed_gives_the_same_box),
		cmocka_unit_test(nothing_altered_opens),
		cmocka_unit_test(a_receiving_key_of_small_order_is_refused),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
