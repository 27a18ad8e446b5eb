/* Operations and strikes on their own: standing, role, code, field, value, permission. */
#include "schema/view_judge.h"

#include "base/cbor.h"
#include "base/text.h"
#include "schema/value.h"

enum { ACKS_MAX = 4096, REASON_TEXT_MAX = 4096 };

enum op_reason view_judge_change(const struct view_change *c, bool struck)
{
	return struck ? REASON_STRUCK : c->standing;
}

/* ---- Values of operations */

static bool is_reason(struct bytes text)
{
	return text.size > 0 && text.size <= REASON_TEXT_MAX && text_is_clean(text, true);
}

/* [value, reason] */
static bool resolve_is_valid(const struct form_field *field, struct bytes item)
{
	struct cbor c;
	cbor_begin(&c, item);
	if (cbor_array(&c, 2) != 2)
		return false;
	struct bytes value = cbor_skip(&c), reason = cbor_text(&c);
	return !cbor_end(&c) && is_reason(reason) && value_is_valid(field, value);
}

/* [change id, ...], ascending */
static bool ack_is_valid(struct bytes item)
{
	struct cbor c;
	struct change_id previous = { { 0 } }, id;
	cbor_begin(&c, item);
	size_t count = cbor_array(&c, ACKS_MAX);
	for (size_t i = 0; i < count; i++) {
		cbor_fixed(&c, id.b, sizeof id.b);
		if (c.err || (i > 0 && change_id_compare(&previous, &id) >= 0))
			return false;
		previous = id;
	}
	return count > 0 && !cbor_end(&c);
}

/* [change id, reason] */
static bool strike_reason_is_valid(struct bytes item)
{
	struct cbor c;
	struct change_id id;
	cbor_begin(&c, item);
	if (cbor_array(&c, 2) != 2)
		return false;
	cbor_fixed(&c, id.b, sizeof id.b);
	struct bytes reason = cbor_text(&c);
	return !cbor_end(&c) && is_reason(reason);
}

struct bytes view_judge_value(const struct op *op)
{
	struct cbor c;
	if (op->code != OP_RESOLVE)
		return op->value;
	cbor_begin(&c, op->value);
	cbor_array(&c, 2);
	return cbor_skip(&c);
}

bool view_judge_next_acked(struct change_id *id, const struct op *ack, uint32_t *at)
{
	struct cbor c;
	cbor_begin(&c, ack->value);
	size_t count = cbor_array(&c, ACKS_MAX);
	if (*at >= count)
		return false;
	/* The ids are of one size, and so are their encodings. */
	size_t each = (ack->value.size - c.at) / count;
	c.at += *at * each;
	cbor_fixed(&c, id->b, sizeof id->b);
	*at += 1;
	return true;
}

/* ---- Operations */

static bool code_is_known(uint32_t code)
{
	return code >= OP_SET && code <= OP_REASON;
}

static bool basis_is_known(const struct form *form, uint32_t basis)
{
	for (size_t i = 0; i < form->basis_count; i++) {
		if (form->bases[i].number == basis)
			return true;
	}
	return basis == 0;
}

static enum op_reason judge_fit(const struct form *form, const struct form_field *field,
	const struct rule *rule, const struct view_payload *p, const struct op *op)
{
	bool fits = field->compartment == p->compartment && (rule->takes & RULE_TAKES(op->code)) != 0 &&
		basis_is_known(form, op->basis);
	if (!fits)
		return REASON_INVALID_VALUE;
	if (op->code == OP_RESOLVE)
		fits = resolve_is_valid(field, op->value);
	else if (op->code == OP_ACK)
		fits = ack_is_valid(op->value);
	else
		fits = value_is_valid(field, op->value);
	return fits ? REASON_NONE : REASON_INVALID_VALUE;
}

static bool is_permitted(const struct form_field *field, uint32_t role, const struct op *op)
{
	role_set allowed = field->write;
	if (op->code == OP_RESOLVE)
		allowed = field->resolve;
	else if (op->code == OP_ACK)
		allowed = field->write | field->resolve;
	else if (op->code == OP_APPEND && field->entry_kind_count > 0)
		allowed &= value_entry_kind(field, op->value)->roles;
	return (allowed & role_bit(role)) != 0;
}

/* Field 0 is the change itself: only the reason of a strike stands there, in core. */
static enum op_reason judge_change_op(const struct view_payload *p, const struct op *op)
{
	bool fits = op->code == OP_REASON && p->compartment == FORM_CORE &&
		strike_reason_is_valid(op->value);
	return fits ? REASON_NONE : REASON_INVALID_VALUE;
}

enum op_reason view_judge_op(const struct form *form, const struct view_change *c,
	const struct view_payload *p, const struct op *op)
{
	if (!(c->roles & role_bit(p->role)))
		return REASON_NOT_PERMITTED;
	if (!code_is_known(op->code))
		return REASON_UNKNOWN_CODE;
	if (op->field == 0)
		return judge_change_op(p, op);
	const struct form_field *field = form_find_field(form, op->field);
	const struct rule *rule = field ? rule_find(field->rule) : NULL;
	if (!rule)
		return REASON_UNKNOWN_CODE;
	enum op_reason reason = judge_fit(form, field, rule, p, op);
	if (reason == REASON_NONE && !is_permitted(field, p->role, op))
		reason = REASON_NOT_PERMITTED;
	return reason;
}

/* ---- Strikes */

enum op_reason view_judge_strike(const struct form *form, const struct dag *dag,
	const struct view_change *changes, uint32_t by, const struct view_strike *strike)
{
	const struct view_change *c = &changes[by];
	if (c->standing != REASON_NONE)
		return c->standing;
	if (!(c->roles & role_bit(strike->role)))
		return REASON_NOT_PERMITTED;
	if (strike->change >= dag_count(dag) || !dag_sees(dag, by, strike->change))
		return REASON_INVALID_VALUE;
	bool own = officer_id_equal(&c->dag.officer, &changes[strike->change].dag.officer);
	if (!own && !(form->strike & role_bit(strike->role)))
		return REASON_NOT_PERMITTED;
	return REASON_NONE;
}
