/* The effective operations of one field, in the fixed order, and the heads of any past among them.
 *
 * Operations are put in the fixed order, which is a linear extension of the graph.  Within a lane each
 * operation sees those before it, so the heads of any past are found among one operation per lane. */
#ifndef SCHEMA_VIEW_LOG_H
#define SCHEMA_VIEW_LOG_H

#include "schema/rules/rule.h"

struct log_lane { /* the operations whose changes are in one lane */
	uint32_t lane;
	uint32_t *ops; /* indexes, ascending */
	uint32_t count, size;
};

struct log_ack {
	struct change_id id; /* that was named */
	uint32_t change;     /* that named it */
};

struct view_log {
	const struct form_field *field;
	const struct rule *rule; /* NULL: none in this version */
	bool written;            /* some operation names the field, effective or not */
	uint32_t expected;       /* room in ops */
	struct rule_op *ops;
	uint32_t count;
	uint32_t *heads; /* indexes of the operations that no other sees, ascending; single values only */
	uint32_t head_count;
	struct log_lane *lanes; /* ascending by lane; single values only */
	uint32_t lane_count, lane_size;
	struct log_ack *acks;
	uint32_t ack_count, ack_size;
};

/* Room for `expected` operations. */
MUST_USE enum err view_log_init(struct view_log *l, struct arena *a);
/* Room for one more than there are; raises `expected`. */
MUST_USE enum err view_log_make_room(struct view_log *l, struct arena *a);

/* The heads of what `change` has seen of the field, operations put for `change` itself included; none
 * for sets and lists.  `past->at` must have room for l->count. */
void view_log_past(const struct view_log *l, const struct dag *dag, uint32_t change,
	struct rule_ops *past);

/* All heads. */
void view_log_heads(const struct view_log *l, struct rule_ops *heads);

/* Replaces concurrent heads by the heads of what all of them have seen. */
void view_log_agreed(const struct view_log *l, const struct dag *dag, struct rule_ops *heads);

/* Puts one operation.  For single values `past` are the heads of its change's past. */
MUST_USE enum err view_log_put(struct view_log *l, struct arena *a, const struct dag *dag,
	const struct rule_op *op, const struct rule_ops *past);

/* Notes that `change` acknowledges the change `id`. */
MUST_USE enum err view_log_put_ack(struct view_log *l, struct arena *a, uint32_t change,
	const struct change_id *id);

/* To be called once, before view_log_is_acked and after the last ack. */
void view_log_sort_acks(struct view_log *l);

/* True when an acknowledgement that saw `change`, whose id is `id`, names it. */
bool view_log_is_acked(const struct view_log *l, const struct dag *dag, uint32_t change,
	const struct change_id *id);

#endif
