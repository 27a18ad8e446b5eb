/* Sealed boxes to an X25519 key, byte-compatible with libsodium's crypto_box_seal, but made from a
 * given ephemeral seed, so that base/ stays pure and vectors exist. */
#ifndef BASE_BOX_H
#define BASE_BOX_H

#include "base/buf.h"
#include "base/secret.h"

enum { BOX_KEY_SIZE = 32, BOX_OVERHEAD = 48 };

/* An X25519 key pair. */
struct box_key {
	struct secret secret;
	uint8_t public_key[BOX_KEY_SIZE];
};

/* The pair of a secret scalar (any 32 bytes). */
MUST_USE enum err box_key_from_secret(struct box_key *k, const struct secret *secret);
void box_key_clear(struct box_key *k);

/* X25519 (RFC 7748 section 6.1).  ERR_CRYPTO, and zeros, when the outcome is all zero, as it is for a
 * public key of small order.  The caller wipes `shared`. */
MUST_USE enum err box_agree(uint8_t shared[BOX_KEY_SIZE], const struct box_key *k,
	const uint8_t with[BOX_KEY_SIZE]);

/* Appends ephemeral public key | box; `seed` is fresh and used once. */
MUST_USE enum err box_seal(struct buf *out, const uint8_t to[BOX_KEY_SIZE], const struct secret *seed,
	struct bytes plain);
MUST_USE enum err box_open(struct buf *out, const struct box_key *k, struct bytes box); /* ERR_CRYPTO */

#endif
