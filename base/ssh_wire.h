/* OpenSSH's wire strings (RFC 4251 section 5) and its armour, shared by signatures and key files. */
#ifndef BASE_SSH_WIRE_H
#define BASE_SSH_WIRE_H

#include "base/buf.h"

/* A run of bytes after its length as 32 bits, most significant first. */
void ssh_put_string(struct buf *b, struct bytes bytes);
void ssh_put_uint32(struct buf *b, uint32_t n);

/* The wire form of an Ed25519 public key: its type's name and its 32 bytes. */
void ssh_put_public_blob(struct buf *b, const uint8_t public_key[32]);

/* Appends `begin`, the base64 of `blob` in lines of 70 columns, and `end`, each on lines of their own,
 * without a newline at the very end.  An error of an encoder before sticks to `b`. */
void ssh_put_armour(struct buf *b, const char *begin, const struct buf *blob, const char *end);

/* Appends what stands between `begin` and `end`.  Line ends may be LF or CR LF and one may follow the end;
 * nothing else may.  ERR_FORMAT, and nothing is appended, otherwise. */
MUST_USE enum err ssh_take_armour(struct buf *blob, const char *begin, struct bytes text, const char *end);

/* ---- Reading.  Sticky as in base/cbor.h: after the first mismatch every read is empty. */
struct ssh_reader {
	struct bytes bytes;
	size_t at;
	enum err err; /* ERR_OK or ERR_FORMAT */
};

struct bytes ssh_take(struct ssh_reader *r, size_t size);
uint32_t ssh_take_uint32(struct ssh_reader *r);
struct bytes ssh_take_string(struct ssh_reader *r);
/* Demands one string with just this text. */
void ssh_expect(struct ssh_reader *r, const char *text);

#endif
