/* The session form of a checkpoint (docs/protocol.md "Session form"): what the hearer holds or can compute
 * is left out.  Shares the table of its direction with the changes. */
#ifndef SCHEMA_CHECKPOINT_SESSION_H
#define SCHEMA_CHECKPOINT_SESSION_H

#include "schema/checkpoint.h"
#include "schema/reftable.h"

struct checkpoint_sending { /* everything borrowed */
	const struct checkpoint *checkpoint;
	struct checkpoint_id id;
	struct bytes entries; /* the blob; empty: to a witness */
	bool knows_previous;  /* the hearer holds the previous one, or was sent it before */
	bool knows_head;      /* the hearer can compute the tree head */
};

/* Appends the item.  Errors stick to `out`; after one the direction is of no more use. */
void checkpoint_session_encode(struct buf *out, struct reftable *t, const struct checkpoint_sending *c);

struct checkpoint_received {
	struct checkpoint *checkpoint; /* in the arena */
	struct bytes entries;          /* borrowed from the item; empty: as a witness */
	/* What the hearer has to fill in before the commit can be rebuilt: */
	bool wants_tree;   /* checkpoint->tree, from the entries */
	bool wants_parent; /* checkpoint->parent, from checkpoint->previous */
	bool wants_head;   /* checkpoint->head */
};

/* Reads the next element of a list of items that cbor_scan passed.  ERR_MISSING: a reference leads nowhere;
 * the item is read nevertheless.  ERR_FORMAT, ERR_MEMORY: the direction is of no more use. */
MUST_USE enum err checkpoint_session_decode(struct checkpoint_received *out, struct reftable *t,
	struct arena *a, const struct federation_id *f, struct cbor *items);

/* To be called once after each checkpoint_session_decode that answered ERR_OK or ERR_MISSING: the id that
 * it turned out to have, or NULL when that is not known.  ERR_MEMORY. */
MUST_USE enum err checkpoint_session_note(struct reftable *t, const struct checkpoint_id *id);

#endif
