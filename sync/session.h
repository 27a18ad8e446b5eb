/* A sync session: the protocol's state machine, without any I/O (docs/protocol.md).
 *
 * Pulled, never calling back.  The driver (a TCP connection, the simulator, a fuzzer) moves bytes:
 *
 *	session_feed(s, bytes from the peer, now)
 *	while (session_next(s, &ask, now)) { do what the ask says; session_answer(s, &answer, now); }
 *	write session_out(s) to the peer, session_sent(s, n)
 *	when nothing moves: sleep until session_deadline(s), then session_tick
 *
 * The session knows frames, Noise, order, limits, acknowledgements and when both sides are equal.  What
 * is in a message of kind 8 and up it does not know: the driver's replica makes and takes those. */
#ifndef SYNC_SESSION_H
#define SYNC_SESSION_H

#include "base/box.h"
#include "base/buf.h"
#include "base/id.h"
#include "sync/hello.h"
#include "sync/message.h"

enum session_end { /* why a session is over; final numbers, they are the codes of `fail` */
	SESSION_OPEN = 0,
	SESSION_EQUAL,       /* proven equal */
	SESSION_FAILED_PEER, /* the peer said fail */
	SESSION_BAD_FRAME, SESSION_BAD_MESSAGE, SESSION_OUT_OF_ORDER, SESSION_TOO_LONG, SESSION_CRYPTO,
	SESSION_UNKNOWN_PEER, SESSION_VERSION, SESSION_TIMEOUT, SESSION_NOT_EQUAL,
	SESSION_REPLICA,     /* the replica could not (disk full, ...) */
	SESSION_CLOSED       /* the link ended before the end, or somebody was asked to stop */
};
const char *session_end_name(enum session_end e); /* "out_of_order" */

enum ask_kind {
	ASK_HELLO,   /* initiator: what to say in message 1 */
	ASK_PEER,    /* `peer_key` says `hello`; known?  A responder answers with its own hello */
	ASK_NEXT,    /* make the next numbered message, about `size_target` bytes: kind and body, or none */
	ASK_TAKE,    /* apply `message` durably; then it is acknowledged */
	ASK_DIGEST,  /* the digest now, for done; everything taken is durable when it is answered */
	ASK_MISMATCH /* a current pair of done was unequal for the `round`-th time: prepare reconciliation */
};

struct session_ask {
	enum ask_kind kind;
	uint8_t peer_key[BOX_KEY_SIZE];
	struct hello hello;        /* ASK_PEER: the peer's.  In message 1 it may be a replay: no writing yet */
	bool equal;                /* ASK_PEER to an initiator: the digests are equal */
	size_t size_target;
	uint64_t sent, acked;      /* own numbered messages so far; those that are durable over there */
	enum message_kind message; /* ASK_TAKE */
	struct bytes body;         /* ASK_TAKE: the whole CBOR array, scanned; borrowed until the answer */
	bool more;                 /* ASK_TAKE: another one is there already, so this may be deferred */
	unsigned round;
};

struct session_answer {
	enum err err;              /* not ERR_OK: the session fails; ERR_NOT_FOUND to ASK_PEER: no answer */
	const char *reason;        /* words for the peer and the log, or NULL */
	struct hello hello;        /* ASK_HELLO, ASK_PEER; only the digest of it to ASK_DIGEST */
	bool deferred;             /* ASK_TAKE with `more`: not durable yet, but with the next that is not */
	bool none;                 /* ASK_NEXT: nothing to send now */
	bool wait;                 /* with none: there will be, after the peer's next message; no done yet */
	enum message_kind message; /* ASK_NEXT */
	struct bytes body;         /* ASK_NEXT: the whole CBOR array; copied by session_answer */
};

struct session;

struct session_config {
	bool initiator;
	bool stay_open;                   /* initiator: do not end at equal */
	struct federation_id federation;
	const struct box_key *transport;  /* own static key; borrowed for the session's life */
	uint8_t remote_key[BOX_KEY_SIZE]; /* initiator: whom to reach */
	const struct secret *ephemeral;   /* fresh randomness, used once; copied */
	uint64_t timeout_ms;              /* without any progress; for the handshake as a whole */
};

/* *out is freed with session_free.  ERR_MEMORY. */
MUST_USE enum err session_new(struct session **out, const struct session_config *config, uint64_t now_ms);
void session_free(struct session *s);

/* Takes bytes from the peer; `size` 0 means that the link ended.  Bytes after the end are dropped.  Never
 * between session_next and session_answer. */
void session_feed(struct session *s, const uint8_t *data, size_t size, uint64_t now_ms);
/* True when there is an ask; it stands until it is answered. */
bool session_next(struct session *s, struct session_ask *ask, uint64_t now_ms);
void session_answer(struct session *s, const struct session_answer *answer, uint64_t now_ms);
/* What waits to be written; stays valid until the next call.  session_sent drops what was written. */
struct bytes session_out(const struct session *s);
void session_sent(struct session *s, size_t size, uint64_t now_ms);
/* New local changes: makes an open, idle session ask for the next message again. */
void session_wake(struct session *s);
/* Ends an open session from this side, with words for the peer: `bye` when equality stands. */
void session_stop(struct session *s, const char *reason);
/* When session_tick has to be called, if nothing comes until then; 0: never. */
uint64_t session_deadline(const struct session *s);
void session_tick(struct session *s, uint64_t now_ms);

enum session_end session_end(const struct session *s);
const char *session_reason(const struct session *s); /* words, "" when none; clean text */
bool session_is_equal(const struct session *s);      /* the last proof of equality still stands */
bool session_is_idle(const struct session *s);       /* equal, open, and nothing on the way */
bool session_is_finished(const struct session *s);   /* over, and all bytes written */
bool session_is_met(const struct session *s);        /* the peer has proven who it is, freshly */

struct session_stats {
	uint64_t bytes_in, bytes_out;
	uint64_t messages_in, messages_out; /* numbered ones */
	uint64_t messages_acked, acked_bytes; /* own ones that are durable over there */
	uint64_t round_trips;               /* how often something came after something was said */
	uint64_t kind_in[16], kind_out[16]; /* bytes per kind of message, before Noise; 0: hello, unknown */
};
const struct session_stats *session_stats(const struct session *s);

#endif
