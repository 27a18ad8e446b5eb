/* Hashes of public bytes, through libsodium. */
#include "base/hash.h"

#include <assert.h>
#include <sodium.h>

/* libsodium only refuses sizes that are constants here, so a failure is a bug. */
static void blake2b(uint8_t *out, size_t size, const uint8_t *key, size_t key_size, struct bytes data)
{
	int failed = crypto_generichash_blake2b(out, size, data.data, data.size, key, key_size);
	assert(!failed);
	(void)failed;
}

void hash_blake2b_256(uint8_t out[32], struct bytes data)
{
	blake2b(out, 32, NULL, 0, data);
}

void hash_blake2b_128(uint8_t out[16], struct bytes data)
{
	blake2b(out, 16, NULL, 0, data);
}

void hash_blake2b_64(uint8_t out[8], struct bytes data)
{
	blake2b(out, 8, NULL, 0, data);
}

void hash_keyed(uint8_t out[32], const uint8_t key[32], struct bytes data)
{
	blake2b(out, 32, key, 32, data);
}

void hash_sha256(uint8_t out[32], struct bytes data)
{
	crypto_hash_sha256(out, data.data, data.size);
}

void hash_sha512(uint8_t out[64], struct bytes data)
{
	crypto_hash_sha512(out, data.data, data.size);
}
