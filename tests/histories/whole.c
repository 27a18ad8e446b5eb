/* Nothing lost: every value that was ever written is in the view, or was replaced by one who saw it. */
#include "tests/histories/histories.h"

#include "schema/view_judge.h"

#include <stdio.h>

struct place { /* of an operation */
	uint32_t change, payload, op;
};

static bool is_ineffective(const struct view *v, const struct place *p)
{
	for (uint32_t i = 0; i < v->ineffective_count; i++) {
		const struct view_ineffective *row = &v->ineffective[i];
		if (row->change == p->change && row->payload == p->payload && row->op == p->op)
			return true;
	}
	return false;
}

static bool holds_value(const struct view_item *items, uint32_t count, struct bytes value)
{
	for (uint32_t i = 0; i < count; i++) {
		if (bytes_equal(items[i].value, value))
			return true;
	}
	return false;
}

static bool is_shown(const struct view_field *f, struct bytes value)
{
	return (f->has_value && bytes_equal(f->value.value, value)) ||
		holds_value(f->items, f->item_count, value) ||
		holds_value(f->candidates, f->candidate_count, value) ||
		holds_value(f->losers, f->loser_count, value);
}

/* True when a later operation that saw it may have put the value into history: another value, the
 * removal of an element, or an acknowledgement. */
static bool answers(const struct op *later, const struct op *op)
{
	if (later->field != op->field)
		return false;
	if (op->code == OP_ADD)
		return later->code == OP_REMOVE && bytes_equal(later->value, op->value);
	return op->code != OP_APPEND &&
		(later->code == OP_SET || later->code == OP_RESOLVE || later->code == OP_ACK);
}

static bool is_answered(const struct view *v, const struct view_change *changes, const struct place *at,
	const struct op *op)
{
	for (uint32_t i = 0; i < dag_count(v->dag); i++) {
		bool same = i == at->change;
		if (!same && !dag_sees(v->dag, i, at->change))
			continue;
		for (uint32_t p = 0; p < changes[i].payload_count; p++) {
			for (uint32_t o = 0; o < changes[i].payloads[p].op_count; o++) {
				struct place later = { i, p, o };
				if ((!same || (p == at->payload && o > at->op)) &&
					answers(&changes[i].payloads[p].ops[o], op) && !is_ineffective(v, &later))
					return true;
			}
		}
	}
	return false;
}

static bool is_kept(const struct view *v, const struct view_change *changes, const struct place *at)
{
	const struct op *op = &changes[at->change].payloads[at->payload].ops[at->op];
	if (is_ineffective(v, at) || op->field == 0 || op->code == OP_REMOVE || op->code == OP_ACK)
		return true;
	const struct view_field *f = view_find(v, op->field);
	return f && (f->status == STATUS_ERASED || is_shown(f, view_judge_value(op)) ||
		is_answered(v, changes, at, op));
}

bool history_is_whole(char message[HISTORY_MESSAGE_MAX], const struct view *v,
	const struct view_change *changes)
{
	for (uint32_t i = 0; i < dag_count(v->dag); i++) {
		for (uint32_t p = 0; p < changes[i].payload_count; p++) {
			for (uint32_t o = 0; o < changes[i].payloads[p].op_count; o++) {
				struct place at = { i, p, o };
				if (is_kept(v, changes, &at))
					continue;
				snprintf(message, HISTORY_MESSAGE_MAX, "lost: change %u, field %u, operation %u",
					(unsigned)i, (unsigned)changes[i].payloads[p].ops[o].field, (unsigned)o);
				return false;
			}
		}
	}
	return true;
}
