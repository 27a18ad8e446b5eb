/* The Noise protocol framework, revision 34: patterns IK and X with 25519, ChaChaPoly and BLAKE2b.
 *
 * IK opens a session between two nodes that know each other's static key or learn it from the first
 * message; X seals a stick to one receiver.  A pattern is a row of tokens; one engine runs both.
 *
 * Nothing here draws randomness: the ephemeral key is handed in, fresh and used once.  After any error
 * the handshake is dead: further calls answer ERR_CRYPTO, and only noise_clear is left to do. */
#ifndef SYNC_NOISE_H
#define SYNC_NOISE_H

#include "base/box.h"
#include "base/buf.h"
#include "base/channel.h"
#include "base/secret.h"

enum {
	NOISE_MESSAGE_MAX = 65535, /* of every message, handshake or transport (section 3) */
	NOISE_PLAIN_MAX = NOISE_MESSAGE_MAX - CHANNEL_TAG_SIZE,
	NOISE_HASH_SIZE = CHANNEL_HASH_SIZE
};

enum noise_pattern {
	NOISE_IK, /* <- s ... -> e, es, s, ss  <- e, ee, se */
	NOISE_X   /* <- s ... -> e, es, s, ss */
};

/* A handshake.  The caller allocates; only noise_* looks inside. */
struct noise {
	enum noise_pattern pattern;
	bool initiator;
	bool failed;
	unsigned message;              /* how many were written or read */
	const struct box_key *local;   /* borrowed */
	struct box_key ephemeral;      /* its secret is unset when none was given */
	uint8_t remote_static[BOX_KEY_SIZE];
	uint8_t remote_ephemeral[BOX_KEY_SIZE];
	bool has_remote_static;
	uint8_t hash[CHANNEL_HASH_SIZE];
	uint8_t chain[CHANNEL_HASH_SIZE];
	uint8_t key[CHANNEL_KEY_SIZE]; /* in use once a key was mixed in, which every pattern here does first */
	bool has_key;
	uint64_t counter;
};

/* One direction of an established channel. */
struct noise_cipher {
	struct secret key; /* unset in the direction that a one-way pattern does not have */
	uint64_t counter;  /* of the next message; 2^64 - 1 is never used */
};

/* Starts a handshake.  Both sides must give the same prologue.  `local` is borrowed until noise_clear.
 * The initiator gives the receiver's key as `remote`, the responder gives NULL.  `ephemeral` is copied;
 * it may be NULL for a side that only reads (the responder of X).  ERR_MEMORY. */
MUST_USE enum err noise_init(struct noise *n, enum noise_pattern pattern, bool initiator,
	struct bytes prologue, const struct box_key *local, const uint8_t remote[BOX_KEY_SIZE],
	const struct secret *ephemeral);

/* Wipes everything; NULL is fine. */
void noise_clear(struct noise *n);

/* True when the next message is this side's to write; false when it is to be read, or all are done. */
bool noise_is_writing(const struct noise *n);
bool noise_is_done(const struct noise *n);

/* What the next message adds to its payload: 96 for the first of both patterns, 48 for the second of
 * IK.  0 when all are done. */
size_t noise_overhead(const struct noise *n);

/* Appends the next message.  Must be this side's turn.  ERR_LIMIT when it would exceed NOISE_MESSAGE_MAX,
 * ERR_CRYPTO when the remote key is of small order, ERR_MEMORY; nothing is appended then. */
MUST_USE enum err noise_write_message(struct noise *n, struct buf *out, struct bytes payload);

/* Reads one whole message and appends its payload.  Must be the other side's turn.  ERR_LIMIT when
 * longer than ever allowed, ERR_FORMAT when too short, ERR_CRYPTO when it is not for this key, was
 * altered, or belongs to another prologue; nothing is appended then. */
MUST_USE enum err noise_read_message(struct noise *n, struct buf *payload, struct bytes message);

/* The other side's static key, borrowed; NULL as long as it is not known and proven to belong to this
 * handshake: for a responder, before the first message was read. */
const uint8_t *noise_remote_static(const struct noise *n);

/* The hash over everything that both sides saw, for channel binding (section 11.2).  Borrowed. */
const uint8_t *noise_hash(const struct noise *n);

/* The two directions after the last message (section 5.2, Split); of X only the one that it has, the
 * other stays unset.  Both are set empty first.  The handshake's own keys are wiped.  ERR_MEMORY. */
MUST_USE enum err noise_split(struct noise *n, struct noise_cipher *send, struct noise_cipher *receive);

/* Appends one transport message: ciphertext and tag.  ERR_LIMIT when `plain` exceeds NOISE_PLAIN_MAX or
 * the counter is used up. */
MUST_USE enum err noise_seal(struct noise_cipher *c, struct buf *out, struct bytes plain);

/* Appends the plaintext of the next transport message.  ERR_FORMAT when too short, ERR_LIMIT when too
 * long or the counter is used up, ERR_CRYPTO when altered, repeated or out of order; nothing is appended
 * then, and the session must end. */
MUST_USE enum err noise_open(struct noise_cipher *c, struct buf *out, struct bytes message);

/* The next key of this direction (section 11.3), so that what was said before stays closed when this one
 * is taken.  The counter goes on.  Both sides must do it after the same message. */
MUST_USE enum err noise_rekey(struct noise_cipher *c);

void noise_cipher_clear(struct noise_cipher *c);

#endif
