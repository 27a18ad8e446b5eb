/* Ed25519 signatures, through libsodium. */
#include "base/sign.h"

#include <assert.h>
#include <sodium.h>

enum err sign_key_from_seed(struct sign_key *k, const struct secret *seed)
{
	*k = (struct sign_key){ .expanded = NULL };
	enum err e = secret_copy(&k->seed, seed);
	if (e)
		return e;
	k->expanded = sodium_malloc(crypto_sign_SECRETKEYBYTES);
	if (!k->expanded) {
		sign_key_clear(k);
		return ERR_MEMORY;
	}
	crypto_sign_seed_keypair(k->public_key, k->expanded, k->seed.b);
	return ERR_OK;
}

void sign_key_clear(struct sign_key *k)
{
	if (!k)
		return;
	secret_free(&k->seed);
	sodium_free(k->expanded);
	*k = (struct sign_key){ .expanded = NULL };
}

void sign_make(uint8_t sig[SIGN_SIZE], const struct sign_key *k, struct bytes message)
{
	assert(k->expanded);
	crypto_sign_detached(sig, NULL, message.data, message.size, k->expanded);
}

enum err sign_verify(const uint8_t sig[SIGN_SIZE], const uint8_t public_key[SIGN_KEY_SIZE],
	struct bytes message)
{
	if (crypto_sign_verify_detached(sig, message.data, message.size, public_key) != 0)
		return ERR_CRYPTO;
	return ERR_OK;
}
