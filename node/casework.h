/* Casework that is more than one field: whom a new case is granted to, and what a person decides about a
 * conflict. */
#ifndef NODE_CASEWORK_H
#define NODE_CASEWORK_H

#include "node/replica.h"
#include "schema/op_read.h"

/* The form's default grants of an opening besides the own site's: every central site that may read
 * something of the form.  In the arena. */
MUST_USE enum err casework_opening_grants(const struct edit_grant **out, uint32_t *count, struct arena *a,
	const struct replica *r, const struct form *form);

/* The value of candidate `take` (from 1) of a contested field, or of one that a rule passed over: candidates
 * first, then losers, as `conflicts` lists them.  ERR_NOT_FOUND when there is none of that number. */
MUST_USE enum err casework_take(
	struct bytes *value, const struct view_field *f, uint32_t take, struct err_text *why);

/* Adds an acknowledgement of all that a rule passed over in this field.  ERR_NOT_FOUND when there is nothing
 * to acknowledge. */
MUST_USE enum err casework_add_ack(
	struct op_list *l, const struct casefile *f, const struct view_field *field, struct err_text *why);

#endif
