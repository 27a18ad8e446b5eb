/* Key files under a passphrase: Argon2id (RFC 9106) and a sealed body.
 *
 * Layout in docs/format.md, "Key files".  Parameters lie in the file and are capped on reading, so a
 * hostile file costs at most 256 MiB and 16 passes. */
#ifndef BASE_KDF_H
#define BASE_KDF_H

#include "base/buf.h"
#include "base/secret.h"

enum kdf_cost {
	KDF_MODERATE,    /* libsodium's: 3 passes over 256 MiB, some 0.7 s */
	KDF_INTERACTIVE, /* 2 passes over 64 MiB */
	KDF_NONE         /* demos and tests: no passphrase; it hides nothing from whoever has the file */
};

/* Appends a key file that holds `body` (a deterministic CBOR item of at most 64 KiB) under `passphrase`
 * (at most 1,024 bytes, taken as they are), bound to the text `kind` such as "officer".  Salt and nonce
 * are given, fresh for each file.  ERR_LIMIT, ERR_MEMORY. */
MUST_USE enum err keyfile_seal(struct buf *out, const char *kind, struct bytes passphrase,
	enum kdf_cost cost, const uint8_t salt[16], const uint8_t nonce[24], struct bytes body);

/* Appends the body, which the caller wipes (buf_wipe); nothing on an error.  ERR_NO_KEY for a wrong
 * passphrase (or altered file), ERR_FORMAT for one that is no key file of this kind, ERR_LIMIT for one
 * that asks for more than the caps, ERR_MEMORY.  `why` says which.  The passphrase of a file that needs
 * none is not looked at. */
MUST_USE enum err keyfile_open(struct buf *body, const char *kind, struct bytes passphrase,
	struct bytes file, struct err_text *why);

/* True when the file needs no passphrase. */
bool keyfile_is_open(struct bytes file);

#endif
