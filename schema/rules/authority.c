/* authority: the strongest source wins, then the strongest role; what ties is told by the field. */
#include "schema/rules/rule.h"

#define NO_RANK UINT32_MAX /* weaker than any */

/* Place of a basis among the form's, strongest first; behind all of them when there is none. */
static uint32_t basis_place(const struct form *form, uint32_t basis)
{
	for (uint32_t i = 0; i < form->basis_count; i++) {
		if (basis && form->bases[i].number == basis)
			return i;
	}
	return (uint32_t)form->basis_count;
}

static uint32_t role_place(const struct form_field *field, uint32_t role)
{
	for (uint32_t i = 0; i < field->rank_count; i++) {
		if (field->ranks[i] == role)
			return i;
	}
	return (uint32_t)field->rank_count;
}

/* Less is stronger.  Role places are at most FORM_ROLES_MAX, so a basis always outweighs them. */
static uint32_t rank_of(const struct rule_field *f, uint32_t basis, uint32_t role)
{
	uint32_t first = f->field->rank_by_basis ? basis_place(f->form, basis) : 0;
	return first * (FORM_ROLES_MAX + 1) + role_place(f->field, role);
}

/* The strongest rank among the operations, or among those of one value; NO_RANK when there are none. */
static uint32_t strongest(const struct rule_ops *ops, const struct bytes *value)
{
	uint32_t rank = NO_RANK;
	for (uint32_t i = 0; i < ops->count; i++) {
		bool counts = !value || bytes_equal(ops->at[i]->item.value, *value);
		if (counts && ops->at[i]->rank < rank)
			rank = ops->at[i]->rank;
	}
	return rank;
}

/* A resolver who confirms a value leaves it as strong as its strongest source, and is never refused.
 * A past is as strong as its strongest heads, contested or not: with these sticky compares. */
static enum op_reason judge(struct rule_op *op, const struct rule_field *f, const struct rule_ops *past)
{
	if (op->code == OP_RESOLVE) {
		op->rank = strongest(past, &op->item.value);
		if (op->rank == NO_RANK)
			op->rank = rank_of(f, 0, op->role);
		return REASON_NONE;
	}
	op->rank = rank_of(f, op->basis, op->role);
	return f->field->sticky && op->rank > strongest(past, NULL) ? REASON_WEAKER_AUTHORITY : REASON_NONE;
}

static void choose(struct rule_choice *out, const struct rule_field *f, const struct rule_ops *heads)
{
	const struct rule_op *first = NULL, *last = NULL; /* of the strongest */
	uint32_t rank = strongest(heads, NULL);
	bool tied = false;
	for (uint32_t i = 0; i < heads->count; i++) {
		const struct rule_op *head = heads->at[i];
		out->candidate[i] = head->rank == rank;
		if (!out->candidate[i])
			continue;
		first = first ? first : head;
		last = head;
		tied = tied || !bytes_equal(first->item.value, head->item.value);
	}
	if (!tied)
		out->winner = first;
	else if (f->field->tie == TIE_LAST_WRITER)
		out->winner = last;
}

const struct rule rule_authority = {
	.kind = RULE_AUTHORITY,
	.takes = RULE_TAKES_SINGLE,
	.judge = judge,
	.choose = choose,
};
