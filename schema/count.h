/* Count: which changes of a case take effect, and why not; the fold into what view_make wants.
 *
 * Made from the clear alone (a relay can), then the payloads that could be opened are put in.  Nothing
 * here depends on the order in which changes came. */
#ifndef SCHEMA_COUNT_H
#define SCHEMA_COUNT_H

#include "schema/epoch.h"
#include "schema/view.h"

struct count_change { /* one kept change; what it points at is borrowed for as long as the result lives */
	struct change_id id;
	const struct change *change;
	const uint32_t *parents; /* positions, in the order of change->parents */
};

struct counted { /* in the arena; read only, but for the functions below */
	struct dag *dag;
	struct epoch_case *epochs;
	struct view_change *changes; /* for view_make */
	uint32_t count;
	struct count_state *state;
};

/* Judges `count` changes of one case in any order; parents must be among them.  Payloads are UNKNOWN, or
 * INVALID where the clear text alone says so.  ERR_MEMORY, or ERR_FORMAT when parents are out of range. */
MUST_USE enum err count_make(struct counted **out, struct arena *a, const struct form *form,
	const struct charter *charter, const struct count_change *changes, uint32_t count);

/* Takes in one more change whose parents are all there; its position is the old count.  *changes may
 * move.  After an error the result is not to be used any more. */
MUST_USE enum err count_add(struct counted *c, const struct count_change *change);

/* Says what became of a payload line of a change: opened (with role and ops, borrowed), invalid, erased or
 * unknown.  A payload that the clear text makes invalid stays so. */
void count_put_payload(struct counted *c, uint32_t position, uint32_t line, enum payload_state state,
	uint32_t role, const struct op *ops, uint32_t op_count);

/* ---- Evidence of a copied key: both changes stay, both count, both are shown. */
enum count_flag {
	COUNT_TWO_OPENINGS = 1, /* two openings by one key and nonce */
	COUNT_TWO_LANES         /* one officer, node and incarnation, and neither saw the other */
};
struct count_flagged {
	enum count_flag flag;
	uint32_t a, b; /* positions, a before b in dag order */
};

/* All of it, ascending by b in dag order: for each change the first that it should have seen and did not.
 * In the arena. */
MUST_USE enum err count_find_flags(const struct count_flagged **out, uint32_t *count, struct arena *a,
	const struct counted *c);

/* The position of a change; false when it is not among them. */
bool count_find(uint32_t *position, const struct counted *c, const struct change_id *id);

/* The change at a position, as it was given. */
const struct count_change *count_get(const struct counted *c, uint32_t position);

#endif
