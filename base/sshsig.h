/* OpenSSH's signature format (PROTOCOL.sshsig), Ed25519 with SHA-512 only.
 *
 * Only the raw 64-byte signature is ever stored or sent; blob and armour are rebuilt from it, so they
 * have one spelling: the 173-byte blob, armour of 70 columns, no newline after END. */
#ifndef BASE_SSHSIG_H
#define BASE_SSHSIG_H

#include "base/buf.h"
#include "base/sign.h"

/* Signs `message` under a namespace such as "git". */
MUST_USE enum err sshsig_make(uint8_t sig[SIGN_SIZE], const struct sign_key *k, const char *name_space,
	struct bytes message);
MUST_USE enum err sshsig_verify(const uint8_t sig[SIGN_SIZE], const uint8_t public_key[SIGN_KEY_SIZE],
	const char *name_space, struct bytes message); /* ERR_CRYPTO */

/* Appends the armour ("-----BEGIN SSH SIGNATURE-----" ... "-----END SSH SIGNATURE-----"). */
void sshsig_put_armour(struct buf *b, const uint8_t sig[SIGN_SIZE],
	const uint8_t public_key[SIGN_KEY_SIZE], const char *name_space);

/* Reads an armour back; ERR_FORMAT unless it is byte for byte what sshsig_put_armour writes. */
MUST_USE enum err sshsig_parse_armour(uint8_t sig[SIGN_SIZE], uint8_t public_key[SIGN_KEY_SIZE],
	const char *name_space, struct bytes armour);

/* "SHA256:..." as `ssh-keygen -l` prints it, with a NUL. */
enum { SSH_FINGERPRINT_SIZE = 7 + 43 + 1 };
void ssh_fingerprint(char out[SSH_FINGERPRINT_SIZE], const uint8_t public_key[SIGN_KEY_SIZE]);

/* Appends "ssh-ed25519 AAAA...": a public key line without its comment. */
void ssh_public_put(struct buf *b, const uint8_t public_key[SIGN_KEY_SIZE]);

/* OpenSSH private key files (PROTOCOL.key, "openssh-key-v1"), unencrypted Ed25519: for `key export`
 * and for tests with ssh-keygen as referee.  `check` is the file's random check number. */
MUST_USE enum err ssh_private_put(struct buf *b, const struct sign_key *k, uint32_t check,
	const char *comment);
MUST_USE enum err ssh_private_parse(struct secret *seed, struct bytes file, struct err_text *why);

#endif
