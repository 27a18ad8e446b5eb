/* The hello: what each side says of itself in the two handshake messages (docs/protocol.md "Hello"). */
#ifndef SYNC_HELLO_H
#define SYNC_HELLO_H

#include "base/buf.h"
#include "sync/limits.h"

enum { HELLO_DIGEST_SIZE = 32, HELLO_PREFIX_SIZE = 8 };

/* A checkpoint of the hearer's journal, up to which the speaker holds all that both share. */
struct hello_position {
	bool is_set;
	uint64_t sequence;
	uint8_t prefix[HELLO_PREFIX_SIZE]; /* of the checkpoint's id */
	bool whole; /* the speaker holds every earlier checkpoint of that incarnation */
};

struct hello {
	uint64_t version;
	uint8_t digest[HELLO_DIGEST_SIZE];   /* of all that both sides share */
	uint8_t charter[HELLO_PREFIX_SIZE];  /* of the charter's digest */
	struct hello_position position;
};

/* Appends the hello; the version is SYNC_VERSION, whatever h->version says. */
void hello_put(struct buf *out, const struct hello *h);

/* Reads one.  Of another version only `version` is filled in, since nothing is known of the rest.
 * ERR_FORMAT, ERR_LIMIT. */
MUST_USE enum err hello_read(struct hello *out, struct bytes payload);

#endif
