/* What the files of sync/session share: the state, and who does what with it. */
#ifndef SYNC_SESSION_OWN_H
#define SYNC_SESSION_OWN_H

#include "sync/frame.h"
#include "sync/session.h"

enum session_phase {
	PHASE_HELLO, /* initiator: ASK_HELLO is due */
	PHASE_AWAIT, /* the peer's handshake message has to come */
	PHASE_TALK,
	PHASE_OVER
};

struct session_done { /* what a side last said: equal at these counts */
	bool is_set;
	uint8_t digest[HELLO_DIGEST_SIZE];
	uint64_t sent, received;
};

struct session_flight { /* an own numbered message that is not acknowledged */
	size_t size;
	uint64_t sent_ms;
};

/* Invariants: announced <= durable <= received; acked <= sent <= acked + SYNC_UNACKED_MESSAGES_MAX.
 * Counts of the peer's messages go by what was read, not by what it claims. */
struct session {
	bool initiator, stay_open;
	enum session_phase phase;
	enum session_end end;
	char reason[SYNC_REASON_MAX + 1];
	uint64_t timeout_ms, started_ms, moved_ms;

	struct noise noise;
	struct frame_cipher send, receive;
	bool has_channel;
	bool met;                /* the peer's words are fresh: what it says may have effects */
	struct hello own_hello, peer_hello;
	bool hello_equal;

	struct buf in;           /* fed, not yet opened */
	size_t in_at;
	struct buf stream;       /* opened, not yet taken */
	size_t stream_at;
	struct buf talk;         /* messages to be sealed */
	struct buf out;          /* frames to be written */
	size_t out_at;
	struct buf held;         /* a message that has to wait for room on the way */
	enum message_kind held_kind;
	bool link_ended;
	bool spoke;              /* something was said since something was heard */

	bool asked;
	struct session_ask ask;
	size_t taking;           /* ASK_TAKE: what the message takes up in the stream */

	uint64_t sent, acked;    /* own numbered messages */
	struct session_flight flights[SYNC_UNACKED_MESSAGES_MAX]; /* of message n: (n - 1) % their count */
	size_t flight_bytes;
	size_t target_cap;
	uint64_t received, durable, announced; /* the peer's */
	size_t owed_bytes;       /* of what was received and not announced as durable */

	bool at_rest;            /* the replica has nothing to send */
	bool waits;              /* but will have, after the peer's next message */
	bool owes_round;         /* initiator: reconciliation has to begin with a message */
	bool mismatch_due;
	unsigned round;
	bool wanted;             /* a want was sent: blobs are in place */
	bool rest_said, peer_rests;
	uint64_t rest_sent, peer_sent; /* the counts that went with them */
	struct session_done own_done, peer_done;
	bool equal;
	struct session_stats stats;
};

/* Ends the session.  `tell`: the peer hears why, when there is a channel and it was met. */
void session_over(struct session *s, enum session_end end, const char *reason, bool tell);

/* ---- session_hello.c: the handshake. */
MUST_USE enum err session_hello_init(struct session *s, const struct session_config *config);
void session_hello_ask(struct session *s);               /* PHASE_HELLO */
void session_hello_hear(struct session *s, struct bytes message);
void session_hello_answer(struct session *s, const struct session_answer *answer);

/* ---- session_hear.c: what comes.  True when anything was done. */
bool session_hear(struct session *s, uint64_t now_ms);
void session_hear_taken(struct session *s, const struct session_answer *answer);

/* ---- session_speak.c: what goes. */
bool session_speak(struct session *s, uint64_t now_ms);
void session_speak_made(struct session *s, const struct session_answer *answer, uint64_t now_ms);
void session_speak_done(struct session *s, const struct session_answer *answer);
void session_speak_control(struct session *s, enum message_kind kind, const struct message_control *m);
/* The peer has everything up to message n. */
void session_speak_acked(struct session *s, uint64_t n, uint64_t now_ms);
/* Looks at the last two done: equal, unequal, or not a current pair. */
void session_speak_judge(struct session *s);
/* Seals what was said. */
void session_speak_flush(struct session *s);

#endif
