/* The session form of a change: what both sides of a session know goes as a reference (docs/protocol.md
 * "Session form").
 *
 * One `struct change_session` per direction, at both ends; each item encoded at one end is decoded at the
 * other, in the same order, so that both states stay the same.  Pure: what the receiver holds is asked of
 * the caller. */
#ifndef SCHEMA_CHANGE_SESSION_H
#define SCHEMA_CHANGE_SESSION_H

#include "schema/change.h"
#include "schema/reftable.h"

enum { CHANGE_SESSION_BACK_MAX = 256, CHANGE_SESSION_PREFIX_SIZE = 8 };

struct change_session;

/* *out is freed with change_session_free.  ERR_MEMORY. */
MUST_USE enum err change_session_new(struct change_session **out);
void change_session_free(struct change_session *s);
/* The table of this direction, shared with the other items of it; borrowed. */
struct reftable *change_session_table(struct change_session *s);

/* ---- Speaking */
struct change_sending { /* everything borrowed */
	const struct change *change;
	struct change_id id;
	const struct bytes *grants, *payloads; /* per line the blob, or empty: it does not travel */
	/* Whether a change is of this case and held here, so that the receiver holds it or gets it before. */
	bool (*is_held)(const void *context, const struct change_id *id);
	const void *context;
};

/* From here on nothing is referred to that was said before, nor anything by its first bytes: in
 * reconciliation, since what the hearer made of it was not what was meant.  May be called again. */
void change_session_make_literal(struct change_session *s);

/* Appends the item.  Errors stick to `out`; after one the direction is of no more use. */
void change_session_encode(struct buf *out, struct change_session *s, const struct change_sending *c);

/* ---- Hearing */
struct change_finder {
	/* The only change held whose id begins so, of `in_case` unless that is NULL; false when there is none,
	 * or more than one. */
	bool (*find)(void *context, const uint8_t prefix[CHANGE_SESSION_PREFIX_SIZE],
		const struct case_id *in_case, struct change_id *id, struct case_id *case_id);
	void *context;
};

struct change_received {
	struct change *change;
	const struct bytes *grants, *payloads; /* as in change_sending; borrowed from the item */
};

/* Reads the next element of a list of items that cbor_scan passed; what is kept is put in the arena.  The
 * rules of change_check are for whoever admits it.
 * ERR_MISSING: a reference leads nowhere; the item is read nevertheless, and what follows can be.
 * ERR_FORMAT, ERR_MEMORY: the direction is of no more use. */
MUST_USE enum err change_session_decode(struct change_received *out, struct change_session *s,
	struct arena *a, const struct federation_id *f, struct cbor *items, const struct change_finder *finder);

/* To be called once after each change_session_decode that answered ERR_OK or ERR_MISSING: the id that the
 * change turned out to have, or NULL when that is not known. */
void change_session_note(struct change_session *s, const struct change_id *id, const struct case_id *case_id);

#endif
