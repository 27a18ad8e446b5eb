/* A sync session: the protocol's state machine, without any I/O (docs/protocol.md).
 *
 * Pulled, never calling back.  The driver (a TCP connection, the simulator, a fuzzer) moves bytes:
 *
 *	session_feed(s, bytes from the peer, now)
 *	while (session_next(s, &ask, now)) { do what the ask says; session_answer(s, &answer, now); }
 *	write session_out(s) to the peer, session_sent(s, n)
 *	when nothing moves: sleep until session_deadline(s)
 *
 * The session knows frames, Noise, order, limits, acknowledgements and when both sides are equal.  What
 * is in a message of kind 8 and up it does not know: the driver's replica makes and takes those. */
#ifndef SYNC_SESSION_H
#define SYNC_SESSION_H

#include "base/box.h"
#include "base/buf.h"
#include "base/id.h"

enum message_kind {
	MESSAGE_ACK = 1, MESSAGE_DONE = 2, MESSAGE_BYE = 3, MESSAGE_FAIL = 4,
	MESSAGE_STATE = 8, MESSAGE_STATEMENTS = 9, MESSAGE_CHANGES = 10, MESSAGE_JOURNAL = 11,
	MESSAGE_RANGES = 12, MESSAGE_CASES = 13, MESSAGE_WANT = 14, MESSAGE_BLOBS = 15
};

enum session_end { /* why a session is over; names by session_end_name */
	SESSION_OPEN = 0,
	SESSION_EQUAL,        /* proven equal */
	SESSION_FAILED_PEER,  /* the peer said fail */
	SESSION_BAD_FRAME, SESSION_BAD_MESSAGE, SESSION_OUT_OF_ORDER, SESSION_TOO_LONG, SESSION_CRYPTO,
	SESSION_UNKNOWN_PEER, SESSION_VERSION, SESSION_TIMEOUT, SESSION_NOT_EQUAL,
	SESSION_REPLICA,      /* the replica could not (disk full, ...) */
	SESSION_CLOSED        /* the link ended before the end */
};
const char *session_end_name(enum session_end e);

enum ask_kind {
	ASK_HELLO,  /* initiator: fill in digest and position for message 1 */
	ASK_PEER,   /* `peer_key` says hello with `digest`, `position`: known? then own digest and position */
	ASK_NEXT,   /* make the next numbered message, about `size_target` bytes: kind and body, or none */
	ASK_TAKE,   /* apply `kind` and `body` durably; then it is acknowledged */
	ASK_DIGEST, /* the digest now, for done */
	ASK_MISMATCH /* a current pair of done was unequal (`round`): prepare reconciliation, ASK_NEXT follows */
};

struct session_position { /* a journal head, or none */
	bool is_set;
	struct incarnation_id incarnation;
	uint64_t sequence;
	uint8_t prefix[8];
};

struct session_ask {
	enum ask_kind kind;
	uint8_t peer_key[BOX_KEY_SIZE];
	uint8_t digest[32];
	struct session_position position;
	size_t size_target;
	uint64_t acked;            /* ASK_NEXT: own numbered messages that are durable over there */
	enum message_kind message; /* ASK_TAKE */
	struct bytes body;         /* ASK_TAKE: the whole CBOR array, scanned; borrowed until the answer */
	unsigned round;
};

struct session_answer {
	enum err err;              /* not ERR_OK: the session fails; ERR_NOT_FOUND to ASK_PEER: no answer */
	const char *reason;        /* words for the peer and the log, or NULL */
	bool equal;                /* ASK_PEER: unused, the session compares digests itself */
	uint8_t digest[32];
	struct session_position position;
	bool none;                 /* ASK_NEXT: nothing to send now */
	enum message_kind message; /* ASK_NEXT */
	struct bytes body;         /* ASK_NEXT: the whole CBOR array; copied by session_answer */
};

struct session;

struct session_config {
	bool initiator;
	bool stay_open;                     /* serve: do not end at equal */
	struct federation_id federation;
	const struct box_key *transport;    /* own static key; borrowed for the session's life */
	uint8_t remote_key[BOX_KEY_SIZE];   /* initiator: whom to reach */
	const struct secret *ephemeral;     /* fresh randomness, used once; copied */
	uint64_t timeout_ms;                /* without any progress */
};

MUST_USE enum err session_new(struct session **out, const struct session_config *config, uint64_t now_ms);
void session_free(struct session *s);

/* Takes bytes from the peer; `size` 0 means that the link ended.  Bytes after the end are dropped. */
void session_feed(struct session *s, const uint8_t *data, size_t size, uint64_t now_ms);
/* True when there is an ask; it stands until it is answered. */
bool session_next(struct session *s, struct session_ask *ask, uint64_t now_ms);
void session_answer(struct session *s, const struct session_answer *answer, uint64_t now_ms);
/* What waits to be written; stays valid until the next call.  session_sent drops what was written. */
struct bytes session_out(const struct session *s);
void session_sent(struct session *s, size_t size);
/* New local changes: makes an open, idle session ask for the next message again. */
void session_wake(struct session *s);
/* When session_feed(s, NULL, ...) has to be called at the latest, if nothing comes; 0: never. */
uint64_t session_deadline(const struct session *s);
void session_tick(struct session *s, uint64_t now_ms);

enum session_end session_end(const struct session *s);
const char *session_reason(const struct session *s); /* words, "" when none */
bool session_is_equal(const struct session *s);      /* the last proof of equality still stands */
bool session_is_finished(const struct session *s);   /* over, and all bytes written */

struct session_stats {
	uint64_t bytes_in, bytes_out, messages_in, messages_out, round_trips;
	uint64_t kind_in[16], kind_out[16]; /* bytes per kind of message, before Noise */
};
const struct session_stats *session_stats(const struct session *s);

#endif
