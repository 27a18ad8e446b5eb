/* Sealed boxes: crypto_box_seal with the ephemeral key from a given seed. */
#include "base/box.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

_Static_assert(BOX_OVERHEAD == crypto_box_SEALBYTES && BOX_KEY_SIZE == crypto_box_PUBLICKEYBYTES,
	"the sealed box is libsodium's");

enum err box_key_from_secret(struct box_key *k, const struct secret *secret)
{
	*k = (struct box_key){ .public_key = { 0 } };
	enum err e = secret_copy(&k->secret, secret);
	if (!e)
		crypto_scalarmult_base(k->public_key, k->secret.b);
	return e;
}

void box_key_clear(struct box_key *k)
{
	if (!k)
		return;
	secret_free(&k->secret);
	*k = (struct box_key){ .public_key = { 0 } };
}

enum err box_agree(uint8_t shared[BOX_KEY_SIZE], const struct box_key *k, const uint8_t with[BOX_KEY_SIZE])
{
	assert(secret_is_set(&k->secret));
	if (crypto_scalarmult(shared, k->secret.b, with) == 0)
		return ERR_OK;
	memset(shared, 0, BOX_KEY_SIZE);
	return ERR_CRYPTO;
}

/* The nonce of crypto_box_seal: BLAKE2b-192 over ephemeral and receiving public key. */
static void seal_nonce(uint8_t nonce[crypto_box_NONCEBYTES], const uint8_t ephemeral[BOX_KEY_SIZE],
	const uint8_t to[BOX_KEY_SIZE])
{
	uint8_t both[2 * BOX_KEY_SIZE];
	memcpy(both, ephemeral, BOX_KEY_SIZE);
	memcpy(both + BOX_KEY_SIZE, to, BOX_KEY_SIZE);
	crypto_generichash_blake2b(nonce, crypto_box_NONCEBYTES, both, sizeof both, NULL, 0);
}

enum err box_seal(struct buf *out, const uint8_t to[BOX_KEY_SIZE], const struct secret *seed,
	struct bytes plain)
{
	assert(secret_is_set(seed));
	uint8_t secret[BOX_KEY_SIZE], nonce[crypto_box_NONCEBYTES];
	size_t total;
	if (__builtin_add_overflow(plain.size, BOX_OVERHEAD, &total))
		return ERR_LIMIT;
	uint8_t *at = buf_grow(out, total);
	if (!at)
		return buf_err(out);
	enum err e = ERR_OK;
	crypto_box_seed_keypair(at, secret, seed->b);
	seal_nonce(nonce, at, to);
	if (crypto_box_easy(at + BOX_KEY_SIZE, plain.data, plain.size, nonce, to, secret) != 0) {
		out->size -= total;
		e = ERR_CRYPTO; /* a receiving key of small order */
	}
	secret_wipe(secret, sizeof secret);
	return e;
}

enum err box_open(struct buf *out, const struct box_key *k, struct bytes box)
{
	assert(secret_is_set(&k->secret));
	if (box.size < BOX_OVERHEAD)
		return ERR_CRYPTO;
	size_t size = box.size - BOX_OVERHEAD;
	uint8_t *plain = buf_grow(out, size);
	if (buf_err(out))
		return buf_err(out);
	/* Of an empty box only the tag is checked, and `plain` may be NULL. */
	if (crypto_box_seal_open(plain, box.data, box.size, k->public_key, k->secret.b) != 0) {
		out->size -= size;
		return ERR_CRYPTO;
	}
	return ERR_OK;
}
