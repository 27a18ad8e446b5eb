/* The primitives of an encrypted channel, as the Noise protocol framework (revision 34) wants them:
 * ChaCha20-Poly1305 under a counter, and BLAKE2b-512 with HMAC and HKDF over it. */
#ifndef BASE_CHANNEL_H
#define BASE_CHANNEL_H

#include "base/buf.h"

enum { CHANNEL_KEY_SIZE = 32, CHANNEL_TAG_SIZE = 16, CHANNEL_HASH_SIZE = 64 };

/* Appends ciphertext and tag (RFC 8439; the nonce is four zero bytes and `counter`, least significant
 * byte first: Noise section 12.3).  The caller never uses a counter twice under a key. */
MUST_USE enum err channel_seal(struct buf *out, const uint8_t key[CHANNEL_KEY_SIZE], uint64_t counter,
	struct bytes ad, struct bytes plain);

/* Appends the plaintext.  ERR_FORMAT when `box` is shorter than a tag, ERR_CRYPTO when it does not hold;
 * nothing is appended then. */
MUST_USE enum err channel_open(struct buf *out, const uint8_t key[CHANNEL_KEY_SIZE], uint64_t counter,
	struct bytes ad, struct bytes box);

/* BLAKE2b-512 without a key over `a`, then `b`. */
void channel_hash(uint8_t out[CHANNEL_HASH_SIZE], struct bytes a, struct bytes b);

/* HMAC (RFC 2104) with BLAKE2b-512, whose block has 128 bytes, over `a`, then `b`. */
void channel_hmac(uint8_t out[CHANNEL_HASH_SIZE], const uint8_t key[CHANNEL_HASH_SIZE], struct bytes a,
	struct bytes b);

/* The two outputs of Noise's HKDF (section 4.3).  `first` may be `chain`. */
void channel_hkdf(uint8_t first[CHANNEL_HASH_SIZE], uint8_t second[CHANNEL_HASH_SIZE],
	const uint8_t chain[CHANNEL_HASH_SIZE], struct bytes input);

#endif
