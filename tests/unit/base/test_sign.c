/* Ed25519: the vectors of RFC 8032 section 7.1, and what a lax verifier would let pass. */
#include "base/sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/hex.h"

struct vector {
	const char *seed, *public_key, *message, *sig;
};

static const struct vector rfc8032[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
		"5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
		"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
		"18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
};

static void key_of(struct sign_key *k, const char *seed_hex)
{
	uint8_t bytes[SECRET_SIZE];
	struct secret seed;
	from_hex(bytes, sizeof bytes, seed_hex);
	assert_int_equal(secret_take(&seed, bytes), ERR_OK);
	assert_int_equal(sign_key_from_seed(k, &seed), ERR_OK);
	secret_free(&seed);
}

static void signs_as_rfc_8032(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rfc8032 / sizeof *rfc8032; i++) {
		const struct vector *v = &rfc8032[i];
		struct sign_key k;
		uint8_t message[8], sig[SIGN_SIZE];
		struct bytes m = bytes_of(message, strlen(v->message) / 2);
		from_hex(message, m.size, v->message);
		key_of(&k, v->seed);
		assert_hex_equal(k.public_key, SIGN_KEY_SIZE, v->public_key);
		sign_make(sig, &k, m);
		assert_hex_equal(sig, SIGN_SIZE, v->sig);
		assert_int_equal(sign_verify(sig, k.public_key, m), ERR_OK);
		sign_key_clear(&k);
	}
}

static void one_flipped_bit_anywhere_is_refused(void **state)
{
	(void)state;
	struct sign_key k;
	uint8_t sig[SIGN_SIZE], public_key[SIGN_KEY_SIZE], message[] = "a change";
	struct bytes m = bytes_of(message, sizeof message);
	key_of(&k, rfc8032[0].seed);
	memcpy(public_key, k.public_key, sizeof public_key);
	sign_make(sig, &k, m);
	for (unsigned bit = 0; bit < 8 * SIGN_SIZE; bit++) {
		sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(sign_verify(sig, public_key, m), ERR_CRYPTO);
		sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (unsigned bit = 0; bit < 8 * SIGN_KEY_SIZE; bit++) {
		public_key[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(sign_verify(sig, public_key, m), ERR_CRYPTO);
		public_key[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (unsigned bit = 0; bit < 8 * sizeof message; bit++) {
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(sign_verify(sig, public_key, m), ERR_CRYPTO);
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(sign_verify(sig, public_key, m), ERR_OK);
	sign_key_clear(&k);
}

/* S + L satisfies the equation as S does: without the check a second spelling would be valid. */
static void a_scalar_above_the_group_order_is_refused(void **state)
{
	(void)state;
	uint8_t order[32], sig[SIGN_SIZE], wide[64] = { 0 }, reduced[32];
	struct sign_key k;
	struct bytes m = bytes_text("a change");
	from_hex(order, 32, "edd3f55c1a631258d69cf7a2def9de14" "00000000000000000000000000000010");
	key_of(&k, rfc8032[1].seed);
	sign_make(sig, &k, m);
	memcpy(wide, sig + 32, 32);
	sodium_add(wide, order, 32);
	crypto_core_ed25519_scalar_reduce(reduced, wide);
	assert_memory_equal(reduced, sig + 32, 32); /* control: it is the same scalar */
	assert_int_equal(wide[31] & 0xe0, 0);       /* and one that OpenSSH's check lets pass */
	memcpy(sig + 32, wide, 32);
	assert_int_equal(sign_verify(sig, k.public_key, m), ERR_CRYPTO);
	sign_key_clear(&k);
}

/* Under the neutral element as a key, R = [S]B is a signature of every message. */
static void keys_of_small_order_are_refused(void **state)
{
	(void)state;
	static const char *const small[] = {
		"0100000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000080",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0100000000000000000000000000000000000000000000000000000000000080",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	uint8_t sig[SIGN_SIZE] = { 0 }, sum[32], public_key[SIGN_KEY_SIZE];
	sig[32] = 1;
	assert_int_equal(crypto_scalarmult_ed25519_base_noclamp(sig, sig + 32), 0);
	from_hex(public_key, sizeof public_key, small[0]);
	assert_int_equal(crypto_core_ed25519_add(sum, sig, public_key), 0);
	assert_memory_equal(sum, sig, 32); /* control: the equation holds, whatever the hash */
	for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
		from_hex(public_key, sizeof public_key, small[i]);
		/* Whether the equation holds depends on the hash, so several messages are tried. */
		for (uint8_t n = 0; n < 32; n++)
			assert_int_equal(sign_verify(sig, public_key, bytes_of(&n, 1)), ERR_CRYPTO);
	}
}

static void a_key_that_is_no_point_is_refused(void **state)
{
	(void)state;
	uint8_t sig[SIGN_SIZE] = { 0 }, public_key[SIGN_KEY_SIZE];
	memset(public_key, 0xff, sizeof public_key);
	assert_int_equal(sign_verify(sig, public_key, bytes_text("x")), ERR_CRYPTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_as_rfc_8032),
		cmocka_unit_test(one_flipped_bit_anywhere_is_refused),
		cmocka_unit_test(a_scalar_above_the_group_order_is_refused),
		cmocka_unit_test(keys_of_small_order_are_refused),
		cmocka_unit_test(a_key_that_is_no_point_is_refused),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
