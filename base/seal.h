/* Sealing: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha), padding to size buckets, key commitment.
 *
 * A sealed blob is nonce (24) | ciphertext | tag (16).  The AEAD does not commit to its key, so an
 * epoch's key is checked against its commitment before every open (schema/epoch). */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include "base/buf.h"
#include "base/secret.h"

enum {
	SEAL_NONCE_SIZE = 24, SEAL_TAG_SIZE = 16, SEAL_OVERHEAD = 40,
	SEAL_PLAIN_MAX = 256 * 1024,         /* of a padded plaintext: the greatest bucket */
	SEAL_UNPADDED_MAX = 2 * 1024 * 1024  /* of one that is sealed as it is */
};

/* The size a plaintext of `size` bytes is padded to: 32, 64, ... 256, then 384, 512, 768, 1024, 1536,
 * ... 262,144; 0 when it is larger than that.  An empty plaintext takes the 32 bucket. */
size_t seal_bucket(size_t size);

/* Appends the sealed blob.  With `padded`, zeros are added up to the bucket first.  The nonce is
 * given by the caller, who must never use one twice under a key.  ERR_LIMIT above SEAL_PLAIN_MAX, or
 * SEAL_UNPADDED_MAX when it is not padded. */
MUST_USE enum err seal_make(struct buf *out, const struct secret *key,
	const uint8_t nonce[SEAL_NONCE_SIZE], struct bytes ad, struct bytes plain, bool padded);

/* Appends the plaintext, padding included.  ERR_CRYPTO when tag, key or ad are wrong, ERR_FORMAT when
 * the blob is too short, ERR_LIMIT when it is longer than SEAL_UNPADDED_MAX or what `out` takes. */
MUST_USE enum err seal_open(struct buf *out, const struct secret *key, struct bytes ad, struct bytes blob);

#endif
