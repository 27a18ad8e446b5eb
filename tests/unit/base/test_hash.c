/* Hashes against the values that b2sum, sha256sum and RFC 7693's Python reference give. */
#include "base/hash.h"
#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/hex.h"

static void blake2b_is_what_b2sum_prints(void **state)
{
	(void)state;
	uint8_t out[32];
	hash_blake2b_256(out, bytes_text("abc"));
	assert_hex_equal(out, 32, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
	hash_blake2b_128(out, bytes_text("abc"));
	assert_hex_equal(out, 16, "cf4ab791c62b8d2b2109c90275287816");
	hash_blake2b_64(out, bytes_text("abc"));
	assert_hex_equal(out, 8, "d8bb14d833d59559");
	hash_blake2b_256(out, bytes_of(NULL, 0));
	assert_hex_equal(out, 32, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

static void a_key_changes_the_hash(void **state)
{
	(void)state;
	uint8_t key[32], out[32];
	for (uint8_t i = 0; i < 32; i++)
		key[i] = i;
	hash_keyed(out, key, bytes_text("abc"));
	assert_hex_equal(out, 32, "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f");
	key[31] ^= 1;
	uint8_t other[32];
	hash_keyed(other, key, bytes_text("abc"));
	assert_memory_not_equal(out, other, 32);
}

static void sha2_is_fips_180(void **state)
{
	(void)state;
	uint8_t out[64];
	hash_sha256(out, bytes_text("abc"));
	assert_hex_equal(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hash_sha256(out, bytes_of(NULL, 0));
	assert_hex_equal(out, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hash_sha512(out, bytes_text("abc"));
	assert_hex_equal(out, 64, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blake2b_is_what_b2sum_prints),
		cmocka_unit_test(a_key_changes_the_hash),
		cmocka_unit_test(sha2_is_fips_180),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
