/* Ed25519 (RFC 8032) signatures.  Verification is strict: the scalar S must be canonical and the key
 * not of small order (libsodium's rule), so one message has no second spelling of one signature. */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"

enum { SIGN_KEY_SIZE = 32, SIGN_SIZE = 64 };

/* A signing key: the 32-byte seed in guarded memory beside its public key. */
struct sign_key {
	struct secret seed;
	uint8_t *expanded; /* 64 bytes of guarded memory, libsodium's form */
	uint8_t public_key[SIGN_KEY_SIZE];
};

MUST_USE enum err sign_key_from_seed(struct sign_key *k, const struct secret *seed);
void sign_key_clear(struct sign_key *k);
void sign_make(uint8_t sig[SIGN_SIZE], const struct sign_key *k, struct bytes message);
MUST_USE enum err sign_verify(const uint8_t sig[SIGN_SIZE], const uint8_t public_key[SIGN_KEY_SIZE],
	struct bytes message); /* ERR_CRYPTO */

#endif
