/* The one face of all conflict rules (docs/rules.md).
 *
 * A rule never looks at history by itself: it is given operations that are effective by all general
 * tests, in the fixed order, and answers for one field.  A new rule is one file and one line in
 * rules.c. */
#ifndef SCHEMA_RULES_RULE_H
#define SCHEMA_RULES_RULE_H

#include "schema/view.h"

struct rule_op { /* one effective operation of the field */
	struct view_item item; /* of a resolve: the value without its reason */
	uint32_t code;         /* enum op_code */
	uint32_t role;
	uint32_t basis;
	uint32_t rank;  /* set by the rule's judge where it has ranks: less is stronger */
	uint32_t index; /* its place among the field's operations in the fixed order */
};

struct rule_ops { /* ascending by index */
	const struct rule_op **at;
	uint32_t count;
};

struct rule_field { /* where a rule is at work */
	const struct form *form;
	const struct form_field *field;
	const struct dag *dag;
};

/* What a rule answers for several heads with different values. */
struct rule_choice {
	const struct rule_op *winner; /* NULL: contested */
	bool *candidate;              /* contested: to be filled, per head: true for what may win */
};

struct rule {
	enum rule_kind kind;
	uint32_t takes; /* bit n: operations of code n */

	/* Judges one set or resolve against the heads of its own causal past; may be NULL. */
	enum op_reason (*judge)(struct rule_op *op, const struct rule_field *f, const struct rule_ops *past);

	/* Single values only: at least two heads, not all equal. */
	void (*choose)(struct rule_choice *out, const struct rule_field *f, const struct rule_ops *heads);

	/* Sets and lists only: writes the items that stand to `items`, which has room for one per
	 * operation, and their count.  May reorder `ops`. */
	void (*collect)(struct view_item *items, uint32_t *count, const struct rule_field *f,
		struct rule_ops *ops);
};

#define RULE_TAKES(code) ((uint32_t)1 << (code))
#define RULE_TAKES_SINGLE (RULE_TAKES(OP_SET) | RULE_TAKES(OP_RESOLVE) | RULE_TAKES(OP_ACK))

/* NULL for a rule that this version does not have: operations on such fields are without effect. */
const struct rule *rule_find(enum rule_kind kind);

extern const struct rule rule_last_writer, rule_authority, rule_write_once, rule_union_set,
	rule_append_list, rule_min, rule_max, rule_manual_review;

/* Orders for qsort over pointers to operations: the fixed order; by value and then the fixed order. */
int rule_compare_place(const void *a, const void *b);
int rule_compare_value(const void *a, const void *b);

/* Marks every head as a candidate: what most rules do when they leave the choice to a person. */
void rule_contest_all(struct rule_choice *out, const struct rule_ops *heads);

#endif
