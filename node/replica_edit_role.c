/* Editing: operations by compartment, the role to act in, and the judgement that entry shares with the
 * view. */
#include "node/replica_edit_own.h"

#include "base/cbor.h"

#include <string.h>

/* Who may do an operation, by the form alone. */
static role_set may_do(const struct form *form, const struct op *op)
{
	const struct form_field *field = form_find_field(form, op->field);
	if (op->field == 0)
		return ~(role_set)1;
	if (!field)
		return 0;
	if (op->code == OP_RESOLVE)
		return field->resolve;
	if (op->code == OP_ACK)
		return field->write | field->resolve;
	if (op->code == OP_APPEND && field->entry_kind_count > 0) {
		struct cbor c;
		role_set roles = 0;
		cbor_begin(&c, op->value);
		for (size_t n = cbor_map(&c, 1024); n > 0 && !c.err; n--) {
			bool is_kind = bytes_equal(cbor_text(&c), bytes_text("kind"));
			struct bytes kind = is_kind ? cbor_text(&c) : cbor_skip(&c);
			for (size_t i = 0; is_kind && i < field->entry_kind_count; i++)
				if (bytes_equal(kind, bytes_text(field->entry_kinds[i].kind)))
					roles = field->entry_kinds[i].roles;
		}
		return roles & field->write;
	}
	return field->write;
}

static struct part *part_of(struct draft *d, uint32_t compartment)
{
	uint32_t at = 0;
	while (at < d->part_count && d->parts[at].compartment < compartment)
		at++;
	if (at < d->part_count && d->parts[at].compartment == compartment)
		return &d->parts[at];
	if (d->part_count == CHANGE_PAYLOADS_MAX)
		return NULL;
	memmove(&d->parts[at + 1], &d->parts[at], (d->part_count - at) * sizeof d->parts[0]);
	d->part_count++;
	d->parts[at] = (struct part){ .compartment = compartment,
		.candidates = d->roles,
		.ops = arena_array(d->arena, d->edit->op_count, sizeof(struct op)),
		.from = arena_array(d->arena, d->edit->op_count, sizeof(uint32_t)) };
	return d->parts[at].ops && d->parts[at].from ? &d->parts[at] : NULL;
}

/* The role to act in.  It stands in the sealed payload, so it may say what the officer is: where a field
 * ranks its writers, the strongest that he is; otherwise the least telling. */
static uint32_t choose_role(const struct draft *d, const struct part *p, role_set roles)
{
	const struct form *form = d->file->form;
	for (uint32_t i = 0; i < p->op_count; i++) {
		const struct form_field *field = form_find_field(form, p->ops[i].field);
		for (size_t k = 0; field && field->rule == RULE_AUTHORITY && k < field->rank_count; k++)
			if (roles & role_bit(field->ranks[k]))
				return field->ranks[k];
	}
	return form_least_telling(form, roles);
}

enum err draft_parts(struct draft *d)
{
	const struct form *form = d->file->form;
	d->result->verdict = EDIT_DONE;
	for (uint32_t i = 0; i < d->edit->op_count; i++) {
		const struct op *op = &d->edit->ops[i];
		const struct form_field *field = form_find_field(form, op->field);
		if (op->field != 0 && !field) {
			d->result->verdict = EDIT_REFUSED;
			d->result->op = i;
			d->result->reason = REASON_UNKNOWN_CODE;
			err_set(&d->result->why, ERR_REFUSED, "the form has no field %u", (unsigned)op->field);
			return ERR_OK;
		}
		struct part *p = part_of(d, field ? field->compartment : FORM_CORE);
		if (!p)
			return ERR_MEMORY;
		p->from[p->op_count] = i;
		p->ops[p->op_count++] = *op;
		p->candidates &= may_do(form, op);
	}
	for (uint32_t i = 0; i < d->part_count; i++) {
		struct part *p = &d->parts[i];
		if (d->edit->role)
			p->candidates = role_bit(d->edit->role) & d->roles;
		/* With no role for all of it, the judgement says which operation is not permitted. */
		p->role = choose_role(d, p, p->candidates ? p->candidates : d->roles);
	}
	return ERR_OK;
}

/* What a strike shows: a role that may strike what others wrote, or any for taking back one's own. */
uint32_t draft_strike_role(const struct draft *d)
{
	role_set strikers = d->roles & d->file->form->strike;
	return form_least_telling(d->file->form, strikers ? strikers : d->roles);
}

/* The drafted change as the view sees it; in the arena. */
static enum err judged_change(struct view_change *out, struct draft *d, struct arena *a)
{
	struct view_payload *payloads = arena_array(a, d->part_count, sizeof *payloads);
	struct view_strike *strikes = arena_array(a, d->edit->strike_count, sizeof *strikes);
	if (!payloads || !strikes)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < d->part_count; i++)
		payloads[i] = (struct view_payload){ .compartment = d->parts[i].compartment,
			.state = PAYLOAD_OPEN,
			.role = d->parts[i].role,
			.ops = d->parts[i].ops,
			.op_count = d->parts[i].op_count };
	for (uint32_t i = 0; i < d->edit->strike_count; i++) {
		strikes[i].role = draft_strike_role(d);
		if (!casefile_find(&strikes[i].change, d->file, &d->edit->strikes[i]))
			strikes[i].change = UINT32_MAX;
	}
	*out = (struct view_change){ .dag = { .officer = d->change.officer,
									 .time = d->change.time,
									 .parents = d->parents,
									 .parent_count = d->change.parent_count },
		.site = d->r->site,
		.roles = d->roles,
		.standing = REASON_NONE,
		.payloads = payloads,
		.payload_count = d->part_count,
		.strikes = strikes,
		.strike_count = d->edit->strike_count };
	/* It sees everything, so its place in the order does not depend on an id that it has not got yet. */
	memset(out->dag.id.b, 0xff, sizeof out->dag.id.b);
	return ERR_OK;
}

/* A strike may alter what its own change meets, so all is judged together. */
static enum err judge_whole(bool *effective, struct view_ineffective *row, struct draft *d, struct arena *a,
	const struct view_change *c)
{
	uint32_t n = d->file->counted->count;
	struct view *view = NULL;
	struct view_change *all = arena_array(a, (size_t)n + 1, sizeof *all);
	*effective = true;
	if (!all)
		return ERR_MEMORY;
	if (n)
		memcpy(all, d->file->counted->changes, n * sizeof *all);
	all[n] = *c;
	enum err e = view_make(&view, a, d->file->form, all, n + 1);
	for (uint32_t i = 0; !e && *effective && i < view->ineffective_count; i++) {
		*effective = view->ineffective[i].change != n;
		*row = view->ineffective[i];
	}
	return e;
}

/* Whether all of it takes effect; else *row is the first that does not. */
static enum err judge(bool *effective, struct view_ineffective *row, struct draft *d)
{
	const struct view_judged *judged;
	struct view_change change;
	struct arena a;
	arena_init(&a, REPLICA_MEMORY_MAX);
	enum err e = judged_change(&change, d, &a);
	if (!e && change.strike_count > 0) {
		e = judge_whole(effective, row, d, &a, &change);
	} else if (!e) {
		e = casefile_judged(&judged, d->file, &d->result->why);
		if (!e)
			e = view_judged_try(effective, row, judged, &a, &change);
	}
	arena_clear(&a);
	return e;
}

static void refuse(struct draft *d, const struct view_ineffective *row)
{
	struct edit_result *result = d->result;
	result->verdict = EDIT_REFUSED;
	result->reason = row->reason;
	result->op = UINT32_MAX;
	result->may = 0;
	if (row->payload < d->part_count && row->op < d->parts[row->payload].op_count) {
		const struct part *p = &d->parts[row->payload];
		result->op = p->from[row->op];
		result->may = may_do(d->file->form, &p->ops[row->op]);
	}
}

enum err draft_judge(struct draft *d)
{
	struct view_ineffective row;
	bool effective;
	enum err e = judge(&effective, &row, d);
	if (e || effective) {
		d->result->verdict = EDIT_DONE;
		return e;
	}
	refuse(d, &row);
	/* Another role that the officer holds may do it (a stronger rank, say): try each in turn. */
	while (!e && !effective && row.payload < d->part_count && !d->edit->role) {
		struct part *p = &d->parts[row.payload];
		p->candidates &= ~role_bit(p->role);
		if (p->candidates == 0)
			return ERR_OK;
		p->role = choose_role(d, p, p->candidates);
		e = judge(&effective, &row, d);
	}
	if (!e && effective)
		d->result->verdict = EDIT_DONE;
	return e;
}
