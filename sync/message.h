/* Messages: their place in the stream of plaintexts, their kinds and what each may cost to read
 * (docs/protocol.md "Messages after the handshake").
 *
 * Length (unsigned LEB128), then CBOR [kind, ...].  The control messages, kinds below 8, are read and
 * written here; what is in the others is not looked at, beyond that it is canonical CBOR within limits. */
#ifndef SYNC_MESSAGE_H
#define SYNC_MESSAGE_H

#include "base/buf.h"
#include "sync/limits.h"

enum message_kind {
	MESSAGE_ACK = 1, MESSAGE_DONE = 2, MESSAGE_BYE = 3, MESSAGE_FAIL = 4, MESSAGE_REST = 5,
	MESSAGE_STATE = 8, MESSAGE_STATEMENTS = 9, MESSAGE_CHANGES = 10, MESSAGE_JOURNAL = 11,
	MESSAGE_RANGES = 12, MESSAGE_CASES = 13, MESSAGE_WANT = 14, MESSAGE_BLOBS = 15,
	MESSAGE_NUMBERED_FIRST = 8, /* from here on messages are numbered and acknowledged */
	MESSAGE_IGNORED_FIRST = 64  /* from here on unknown kinds are passed over */
};

struct message_rule {
	const char *name;
	size_t size_max;
	unsigned depth_max;
	bool known;
};

/* The rule for a kind; one that is not known and to be passed over has one too.  NULL: refused. */
const struct message_rule *message_rule(uint64_t kind);
const char *message_name(uint64_t kind); /* "changes"; "unknown" */

enum message_verdict {
	MESSAGE_PARTIAL, /* more bytes have to come */
	MESSAGE_WHOLE,
	MESSAGE_MALFORMED,
	MESSAGE_UNKNOWN,
	MESSAGE_TOO_LONG /* or too deep, or of too many items */
};

/* Looks at the front of the stream.  MESSAGE_WHOLE: *body lends the CBOR item, scanned, *size is what
 * the message takes up, *kind its kind.  A message that is too long is refused as soon as its length and
 * kind are there.  `why` puts a refusal in words. */
enum message_verdict message_find(struct bytes *body, size_t *size, uint64_t *kind, struct bytes stream,
	struct err_text *why);

/* Appends a message of this body. */
void message_put(struct buf *out, struct bytes body);

/* A control message, by kind. */
struct message_control {
	uint64_t number;             /* ack */
	uint8_t digest[32];          /* done */
	uint64_t sent, received;     /* done; of rest only sent */
	uint64_t code;               /* fail */
	struct bytes text;           /* fail; at most SYNC_REASON_MAX bytes */
};

/* Appends a whole message, length included.  The kind is one below MESSAGE_NUMBERED_FIRST. */
void message_put_control(struct buf *out, enum message_kind kind, const struct message_control *m);

/* Reads the body of one; the text is borrowed from it.  ERR_FORMAT. */
MUST_USE enum err message_read_control(struct message_control *out, enum message_kind kind,
	struct bytes body);

#endif
