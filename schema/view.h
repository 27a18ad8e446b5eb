/* The view: the document that the rules make of a case's changes.
 *
 * A pure function of its inputs: the same on every node, whatever the order or route in which the
 * changes arrived (exact semantics in docs/rules.md).  Nothing that was ever written disappears: it is
 * in a value, a candidate, a loser, an ineffective operation, or the history. */
#ifndef SCHEMA_VIEW_H
#define SCHEMA_VIEW_H

#include "schema/dag.h"
#include "schema/form.h"
#include "schema/op.h"

enum payload_state {
	PAYLOAD_OPEN,    /* read: ops are there */
	PAYLOAD_UNKNOWN, /* no key, or the bytes are not here: what it decides is unknown */
	PAYLOAD_INVALID, /* here, but undecodable or under no effective epoch: without effect */
	PAYLOAD_ERASED
};

struct view_payload {
	uint32_t compartment;
	enum payload_state state;
	uint32_t role; /* that the officer acts in, from the payload */
	const struct op *ops;
	uint32_t op_count;
};

struct view_strike { /* an act of the change: takes back another change's operations */
	uint32_t change; /* position of the struck change; ~0 when it is none of this case */
	uint32_t role;   /* that the act shows */
};

struct view_change {
	struct dag_change dag;
	uint32_t site;
	role_set roles;          /* that the officer holds under the statements the change names */
	enum op_reason standing; /* REASON_NONE: counts; otherwise why nothing of it counts */
	const struct view_payload *payloads; /* ascending by compartment, at most one each */
	uint32_t payload_count;
	const struct view_strike *strikes;
	uint32_t strike_count;
};

enum view_status {
	STATUS_CLEAN, STATUS_AUTO, STATUS_CONTESTED, STATUS_ALERT, STATUS_UNKNOWN, STATUS_ERASED
};
const char *view_status_name(enum view_status s);

struct view_item { /* one value with where it came from */
	struct bytes value; /* canonical CBOR, borrowed from the ops */
	uint32_t change;    /* position; ~0 for a fixed interim */
	uint32_t payload;   /* of the change's payloads */
	uint32_t op;        /* of the payload's ops */
};

struct view_field {
	const struct form_field *field;
	enum view_status status;
	bool has_value;              /* single-value fields: false shows as null */
	struct view_item value;
	const struct view_item *items; /* set: ascending by canonical bytes; list: in order */
	uint32_t item_count;
	const struct view_item *candidates; /* contested: in fixed order; unknown: what can be read */
	uint32_t candidate_count;
	const struct view_item *losers; /* heads the rule passed over, not acknowledged yet */
	uint32_t loser_count;
};

struct view_ineffective {
	uint32_t change, payload, op; /* payload and op ~0: an act of the change (a strike) */
	uint32_t field;               /* 0: the change itself */
	enum op_reason reason;
};

struct view { /* all in the arena given to view_make */
	const struct dag *dag;
	const struct view_field *fields; /* ascending by number: those ever written, and those unknown */
	uint32_t field_count;
	const struct view_ineffective *ineffective; /* by change in dag order, then payload, then op */
	uint32_t ineffective_count;
	uint64_t unknown; /* compartments (bit n) of which something is unknown */
};

/* Makes the view of `count` changes in any order.  Inputs must outlive the view. */
MUST_USE enum err view_make(struct view **out, struct arena *a, const struct form *form,
	const struct view_change *changes, uint32_t count);

/* ---- The same in two steps, for whoever writes one change after the other: what he writes sees all that
 * there is, so it comes last in every order, and need not be judged together with everything before it. */
struct view_judged; /* every operation judged, no field decided yet; lives in the arena it was made in */

MUST_USE enum err view_judged_make(struct view_judged **out, struct arena *a, const struct form *form,
	const struct view_change *changes, uint32_t count);

/* Judges a change that is not written yet and would see all the others (its id and parents do not matter).
 * It has no strikes, and all its payloads are open.  *effective: all of it would take effect; otherwise *row
 * is the first that would not.  `a` is for the length of the call. */
MUST_USE enum err view_judged_try(bool *effective, struct view_ineffective *row, const struct view_judged *j,
	struct arena *a, const struct view_change *change);

/* Takes in the next change, which stands behind those judged so far in `changes` (the array may have moved).
 * *taken is false, and nothing happened, unless it sees all of them, all of it can be read and takes effect,
 * and it strikes nothing: then everything is to be judged anew.  After an error *j is of no more use. */
MUST_USE enum err view_judged_next(bool *taken, struct view_judged *j, const struct view_change *changes);

/* The view, in the arena `a`; it borrows from *j until the next change is taken in. */
MUST_USE enum err view_decide(struct view **out, struct arena *a, struct view_judged *j);

const struct view_field *view_find(const struct view *v, uint32_t field); /* NULL: never written */

#endif
