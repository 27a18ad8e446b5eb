/* The timeline of a case: every change in the fixed order, with what it did, what it replaced, whether its
 * signature holds, and what never took effect and why. */
#ifndef NODE_TIMELINE_H
#define NODE_TIMELINE_H

#include "node/naming.h"

struct timeline_op {
	const struct form_field *field; /* NULL: the change itself, or a number that this form does not know */
	const struct op *op;
	struct bytes value;    /* of a resolution: the value without its reason */
	struct bytes words;    /* of a resolution or a strike: its reason; empty otherwise */
	struct bytes from;     /* what stood there in the writer's eyes; empty: nothing, or a set or list */
	enum op_reason reason; /* REASON_NONE: it took effect */
};

struct timeline_act {
	const struct change_act *act;
	enum op_reason reason;
};

struct timeline_change {
	uint32_t position; /* in the casefile */
	bool verified;     /* the signature over the bytes in the store holds */
	enum op_reason standing;
	const struct timeline_op *ops;
	uint32_t op_count;
	const struct timeline_act *acts;
	uint32_t act_count;
	uint64_t unknown;  /* compartments written here that this site can't open */
	uint64_t withheld; /* those that are not among the rights */
};

/* All changes in the fixed order, as far as `rights` (compartments) go.  In the arena; borrows from the
 * casefile, whose view must have been made. */
MUST_USE enum err timeline_make(const struct timeline_change **out, uint32_t *count, struct arena *a,
	struct casefile *f, const struct view *view, uint64_t rights, struct err_text *why);

/* As JSON (docs/json.md "log"); with `local` also when each change arrived here. */
MUST_USE enum err timeline_json(struct json_out *o, const struct casefile *f, const struct naming *naming,
	const struct timeline_change *list, uint32_t count, bool local);

/* An act in words: "grant core to central, terapel".  Appends. */
void timeline_put_act(
	struct buf *b, const struct casefile *f, const struct naming *naming, const struct change_act *act);

const char *timeline_op_name(uint32_t code); /* "set"; "unknown" */

#endif
