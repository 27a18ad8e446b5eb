/* Key files under a passphrase: Argon2id (RFC 9106) and a sealed body.
 *
 * Layout in docs/format.md, "Key files".  Parameters lie in the file and are capped on reading, so a
 * hostile file costs at most 256 MiB and 16 passes. */
#ifndef BASE_KDF_H
#define BASE_KDF_H

#include "base/buf.h"
#include "base/secret.h"

enum kdf_cost { KDF_MODERATE, KDF_INTERACTIVE, KDF_NONE /* demos and tests: no passphrase */ };

/* Appends a key file that holds `body` (a deterministic CBOR item) under `passphrase`, bound to the
 * text `kind` such as "officer".  Salt and nonce are given. */
MUST_USE enum err keyfile_seal(struct buf *out, const char *kind, struct bytes passphrase,
	enum kdf_cost cost, const uint8_t salt[16], const uint8_t nonce[24], struct bytes body);

/* Appends the body.  ERR_NO_KEY for a wrong passphrase (or altered file), ERR_FORMAT for one that is
 * no key file of this kind.  `why` says which. */
MUST_USE enum err keyfile_open(struct buf *body, const char *kind, struct bytes passphrase,
	struct bytes file, struct err_text *why);

/* True when the file needs no passphrase. */
bool keyfile_is_open(struct bytes file);

#endif
