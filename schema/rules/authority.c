/* authority: the strongest source wins, then the strongest role; what ties is told by the field. */
#include "schema/rules/rule.h"

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

/* A resolver who confirms a value leaves it as strong as its strongest source. */
static uint32_t rank_of_resolve(const struct rule_field *f, const struct rule_op *op,
	const struct rule_ops *past)
{
	bool confirms = false;
	uint32_t rank = rank_of(f, 0, op->role);
	for (uint32_t i = 0; i < past->count; i++) {
		const struct rule_op *head = past->at[i];
		if (!bytes_equal(head->item.value, op->item.value))
			continue;
		if (!confirms || head->rank < rank)
			rank = head->rank;
		confirms = true;
	}
	return rank;
}

/* The value of a past is that of its strongest heads, contested or not, so sticky compares with them. */
static enum op_reason judge(struct rule_op *op, const struct rule_field *f, const struct rule_ops *past)
{
	if (op->code == OP_RESOLVE) {
		op->rank = rank_of_resolve(f, op, past);
		return REASON_NONE;
	}
	op->rank = rank_of(f, op->basis, op->role);
	if (!f->field->sticky || past->count == 0)
		return REASON_NONE;
	uint32_t strongest = UINT32_MAX;
	for (uint32_t i = 0; i < past->count; i++) {
		if (past->at[i]->rank < strongest)
			strongest = past->at[i]->rank;
	}
	return op->rank > strongest ? REASON_WEAKER_AUTHORITY : REASON_NONE;
}

static void choose(struct rule_choice *out, const struct rule_field *f, const struct rule_ops *heads)
{
	const struct rule_op *first = NULL, *last = NULL; /* of the strongest so far */
	bool tied = false;
	for (uint32_t i = 0; i < heads->count; i++) {
		const struct rule_op *head = heads->at[i];
		if (first && head->rank > first->rank)
			continue;
		if (!first || head->rank < first->rank) {
			first = head;
			tied = false;
		} else if (!bytes_equal(head->item.value, first->item.value)) {
			tied = true;
		}
		last = head;
	}
	if (!tied || f->field->tie == TIE_LAST_WRITER) {
		out->winner = tied ? last : first;
		return;
	}
	for (uint32_t i = 0; i < heads->count; i++)
		out->candidate[i] = first && heads->at[i]->rank == first->rank;
}

const struct rule rule_authority = {
	.kind = RULE_AUTHORITY,
	.takes = RULE_TAKES_SINGLE,
	.judge = judge,
	.choose = choose,
};
