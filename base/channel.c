/* ChaCha20-Poly1305 under a counter, and Noise's hash functions, through libsodium. */
#include "base/channel.h"

#include <sodium.h>

enum { HMAC_BLOCK = 128, INNER = 0x36, OUTER = 0x5c };

static void nonce_of(uint8_t nonce[crypto_aead_chacha20poly1305_IETF_NPUBBYTES], uint64_t counter)
{
	for (size_t i = 0; i < crypto_aead_chacha20poly1305_IETF_NPUBBYTES; i++)
		nonce[i] = i < 4 ? 0 : (uint8_t)(counter >> 8 * (i - 4));
}

enum err channel_seal(struct buf *out, const uint8_t key[CHANNEL_KEY_SIZE], uint64_t counter,
	struct bytes ad, struct bytes plain)
{
	uint8_t nonce[crypto_aead_chacha20poly1305_IETF_NPUBBYTES];
	size_t total;
	if (__builtin_add_overflow(plain.size, CHANNEL_TAG_SIZE, &total))
		return ERR_LIMIT;
	uint8_t *at = buf_grow(out, total);
	if (!at)
		return buf_err(out);
	nonce_of(nonce, counter);
	crypto_aead_chacha20poly1305_ietf_encrypt(at, NULL, plain.data, plain.size, ad.data, ad.size, NULL,
		nonce, key);
	return ERR_OK;
}

enum err channel_open(struct buf *out, const uint8_t key[CHANNEL_KEY_SIZE], uint64_t counter,
	struct bytes ad, struct bytes box)
{
	uint8_t nonce[crypto_aead_chacha20poly1305_IETF_NPUBBYTES];
	if (box.size < CHANNEL_TAG_SIZE)
		return ERR_FORMAT;
	size_t size = box.size - CHANNEL_TAG_SIZE;
	uint8_t *plain = buf_grow(out, size);
	if (buf_err(out))
		return buf_err(out);
	nonce_of(nonce, counter);
	/* Of an empty plaintext only the tag is checked, and `plain` may be NULL. */
	if (crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL, box.data, box.size, ad.data, ad.size,
		nonce, key) != 0) {
		out->size -= size;
		return ERR_CRYPTO;
	}
	return ERR_OK;
}

void channel_hash(uint8_t out[CHANNEL_HASH_SIZE], struct bytes a, struct bytes b)
{
	crypto_generichash_blake2b_state state;
	crypto_generichash_blake2b_init(&state, NULL, 0, CHANNEL_HASH_SIZE);
	crypto_generichash_blake2b_update(&state, a.data, a.size);
	crypto_generichash_blake2b_update(&state, b.data, b.size);
	crypto_generichash_blake2b_final(&state, out, CHANNEL_HASH_SIZE);
	sodium_memzero(&state, sizeof state);
}

void channel_hmac(uint8_t out[CHANNEL_HASH_SIZE], const uint8_t key[CHANNEL_HASH_SIZE], struct bytes a,
	struct bytes b)
{
	crypto_generichash_blake2b_state state;
	uint8_t pad[HMAC_BLOCK], inner[CHANNEL_HASH_SIZE];
	for (size_t i = 0; i < HMAC_BLOCK; i++)
		pad[i] = (uint8_t)((i < CHANNEL_HASH_SIZE ? key[i] : 0) ^ INNER);
	crypto_generichash_blake2b_init(&state, NULL, 0, CHANNEL_HASH_SIZE);
	crypto_generichash_blake2b_update(&state, pad, sizeof pad);
	crypto_generichash_blake2b_update(&state, a.data, a.size);
	crypto_generichash_blake2b_update(&state, b.data, b.size);
	crypto_generichash_blake2b_final(&state, inner, sizeof inner);
	for (size_t i = 0; i < HMAC_BLOCK; i++)
		pad[i] ^= INNER ^ OUTER;
	channel_hash(out, bytes_of(pad, sizeof pad), bytes_of(inner, sizeof inner));
	sodium_memzero(&state, sizeof state);
	sodium_memzero(pad, sizeof pad);
	sodium_memzero(inner, sizeof inner);
}

void channel_hkdf(uint8_t first[CHANNEL_HASH_SIZE], uint8_t second[CHANNEL_HASH_SIZE],
	const uint8_t chain[CHANNEL_HASH_SIZE], struct bytes input)
{
	static const uint8_t one = 1, two = 2;
	uint8_t key[CHANNEL_HASH_SIZE];
	channel_hmac(key, chain, input, bytes_of(NULL, 0));
	channel_hmac(first, key, bytes_of(&one, 1), bytes_of(NULL, 0));
	channel_hmac(second, key, bytes_of(first, CHANNEL_HASH_SIZE), bytes_of(&two, 1));
	sodium_memzero(key, sizeof key);
}
