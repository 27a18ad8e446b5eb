/* From a field's operations to what is shown: value, status, candidates, losers. */
#ifndef SCHEMA_VIEW_DECIDE_H
#define SCHEMA_VIEW_DECIDE_H

#include "schema/view_log.h"

enum view_sight { /* of a compartment */
	SIGHT_WHOLE,
	SIGHT_PARTIAL, /* a payload that counts can't be read: nothing may be guessed */
	SIGHT_ERASED
};

struct view_decide { /* what all fields of one view share */
	struct arena *arena;
	const struct form *form;
	const struct view_change *changes;
	const struct dag *dag;
	struct rule_ops scratch; /* room for the operations of any field */
};

MUST_USE enum err view_decide_field(struct view_field *out, const struct view_decide *d,
	struct view_log *log, enum view_sight sight);

#endif
