/* What can be said of one operation or strike without looking at other operations: does the change
 * count, may the role, does the value fit (docs/rules.md "Order of tests"). */
#ifndef SCHEMA_VIEW_JUDGE_H
#define SCHEMA_VIEW_JUDGE_H

#include "schema/rules/rule.h"

/* Why nothing of the change's payloads counts; REASON_NONE when it does.  `struck`: an effective
 * strike names the change. */
enum op_reason view_judge_change(const struct view_change *c, bool struck);

/* Judges one operation of a payload whose change counts. */
enum op_reason view_judge_op(const struct form *form, const struct view_change *c,
	const struct view_payload *p, const struct op *op);

/* Judges one strike of the change at `by`. */
enum op_reason view_judge_strike(const struct form *form, const struct dag *dag,
	const struct view_change *changes, uint32_t by, const struct view_strike *strike);

/* The value that an operation which passed view_judge_op writes: that of a resolve is within it. */
struct bytes view_judge_value(const struct op *op);

/* Steps through the change ids of an ack that passed view_judge_op; *at starts at 0.  False at the
 * end. */
bool view_judge_next_acked(struct change_id *id, const struct op *ack, uint32_t *at);

#endif
