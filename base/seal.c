/* Sealing under a key: XChaCha20-Poly1305 and the size buckets. */
#include "base/seal.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { FINE_STEP = 32, FINE_MAX = 256 };

size_t seal_bucket(size_t size)
{
	if (size > SEAL_PLAIN_MAX)
		return 0;
	if (size == 0)
		return FINE_STEP;
	if (size <= FINE_MAX)
		return (size + FINE_STEP - 1) / FINE_STEP * FINE_STEP;
	/* Above, two buckets per doubling: one and a half times a power of two, then the next. */
	size_t power = FINE_MAX;
	while (power * 2 < size)
		power *= 2;
	return size <= power + power / 2 ? power + power / 2 : power * 2;
}

enum err seal_make(struct buf *out, const struct secret *key, const uint8_t nonce[SEAL_NONCE_SIZE],
	struct bytes ad, struct bytes plain, bool padded)
{
	assert(secret_is_set(key));
	if (plain.size > (padded ? SEAL_PLAIN_MAX : SEAL_UNPADDED_MAX))
		return ERR_LIMIT;
	size_t size = padded ? seal_bucket(plain.size) : plain.size;
	uint8_t *at = buf_grow(out, SEAL_OVERHEAD + size);
	if (!at)
		return buf_err(out);
	/* The room is zeroed, so the padding is there already; it is encrypted in place. */
	uint8_t *text = at + SEAL_NONCE_SIZE;
	memcpy(at, nonce, SEAL_NONCE_SIZE);
	if (plain.size)
		memcpy(text, plain.data, plain.size);
	crypto_aead_xchacha20poly1305_ietf_encrypt(text, NULL, text, size, ad.data, ad.size, NULL, nonce,
		key->b);
	return ERR_OK;
}

enum err seal_open(struct buf *out, const struct secret *key, struct bytes ad, struct bytes blob)
{
	assert(secret_is_set(key));
	if (blob.size < SEAL_OVERHEAD)
		return ERR_FORMAT;
	size_t size = blob.size - SEAL_OVERHEAD;
	if (size > SEAL_UNPADDED_MAX)
		return ERR_LIMIT;
	uint8_t *text = buf_grow(out, size);
	if (buf_err(out))
		return buf_err(out);
	/* Of an empty plaintext only the tag is checked, and `text` may be NULL. */
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(text, NULL, NULL, blob.data + SEAL_NONCE_SIZE,
		size + SEAL_TAG_SIZE, ad.data, ad.size, blob.data, key->b) != 0) {
		out->size -= size;
		return ERR_CRYPTO;
	}
	return ERR_OK;
}
