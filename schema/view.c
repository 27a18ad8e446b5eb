/* The view: every change in the fixed order, every operation judged, then every field decided. */
#include "schema/view.h"

#include <assert.h>

#include "schema/view_decide.h"
#include "schema/view_judge.h"

struct maker {
	struct arena *arena;
	const struct form *form;
	const struct view_change *changes;
	uint32_t count;
	const struct dag *dag;
	bool *struck;              /* per change */
	struct view_log *logs;     /* per field of the form */
	struct rule_ops scratch;   /* room for the operations of any field */
	uint64_t unknown, erased;  /* compartments, bit n */
	struct view_ineffective *rows;
	uint32_t row_count;
};

const char *view_status_name(enum view_status s)
{
	static const char *const names[] = {
		[STATUS_CLEAN] = "clean",
		[STATUS_AUTO] = "auto",
		[STATUS_CONTESTED] = "contested",
		[STATUS_ALERT] = "alert",
		[STATUS_UNKNOWN] = "unknown",
		[STATUS_ERASED] = "erased",
	};
	assert((unsigned)s < sizeof names / sizeof names[0]);
	return names[s];
}

static struct view_log *find_log(const struct maker *m, uint32_t field)
{
	const struct form_field *f = form_find_field(m->form, field);
	return f ? &m->logs[f - m->form->fields] : NULL;
}

static uint64_t bit_of(uint32_t compartment)
{
	return compartment <= FORM_COMPARTMENTS_MAX ? (uint64_t)1 << compartment : 0;
}

/* ---- Preparing */

static enum err build_dag(struct maker *m)
{
	struct dag *dag = NULL;
	struct dag_change *changes = arena_array(m->arena, m->count, sizeof *changes);
	if (!changes)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < m->count; i++)
		changes[i] = m->changes[i].dag;
	enum err e = dag_build(&dag, m->arena, changes, m->count);
	m->dag = dag;
	return e;
}

/* Strikes count everywhere, whatever saw them: so they come first. */
static enum err find_struck(struct maker *m)
{
	m->struck = arena_array(m->arena, m->count, sizeof *m->struck);
	if (!m->struck)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < m->count; i++) {
		const struct view_change *c = &m->changes[i];
		for (uint32_t k = 0; k < c->strike_count; k++) {
			if (!view_judge_strike(m->form, m->dag, m->changes, i, &c->strikes[k]))
				m->struck[c->strikes[k].change] = true;
		}
	}
	return ERR_OK;
}

/* Finds which fields are written and how often, so that every array is made once. */
static enum err make_logs(struct maker *m)
{
	size_t rows = 0;
	uint32_t most = 0;
	m->logs = arena_array(m->arena, m->form->field_count, sizeof *m->logs);
	if (!m->logs)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < m->count; i++) {
		rows += m->changes[i].strike_count;
		for (uint32_t k = 0; k < m->changes[i].payload_count; k++) {
			const struct view_payload *p = &m->changes[i].payloads[k];
			rows += p->op_count + 1;
			for (uint32_t o = 0; p->state == PAYLOAD_OPEN && o < p->op_count; o++) {
				struct view_log *log = find_log(m, p->ops[o].field);
				if (log)
					log->expected++;
			}
		}
	}
	for (size_t i = 0; i < m->form->field_count; i++) {
		struct view_log *log = &m->logs[i];
		log->field = &m->form->fields[i];
		log->rule = rule_find(log->field->rule);
		if (log->expected == 0)
			continue;
		log->written = true;
		if (log->expected > most)
			most = log->expected;
		if (view_log_init(log, m->arena))
			return ERR_MEMORY;
	}
	m->rows = arena_array(m->arena, rows, sizeof *m->rows);
	m->scratch.at = arena_array(m->arena, most, sizeof(struct rule_op *));
	return m->rows && m->scratch.at ? ERR_OK : ERR_MEMORY;
}

/* ---- Judging, in the fixed order */

static enum err put_acks(struct maker *m, struct view_log *log, uint32_t change, const struct op *op)
{
	struct change_id id;
	enum err e = ERR_OK;
	for (uint32_t at = 0; !e && view_judge_next_acked(&id, op, &at);)
		e = view_log_put_ack(log, m->arena, change, &id);
	return e;
}

/* Puts an operation that passed all general tests into its field, if the field's rule takes it. */
static enum err put_op(enum op_reason *reason, struct maker *m, const struct view_item *at, uint32_t role,
	const struct op *op)
{
	struct view_log *log = find_log(m, op->field);
	*reason = REASON_NONE;
	if (!log)
		return ERR_OK;
	if (op->code == OP_ACK)
		return put_acks(m, log, at->change, op);
	struct rule_op put = { .item = *at, .code = op->code, .role = role, .basis = op->basis };
	put.item.value = view_judge_value(op);
	view_log_past(log, m->dag, at->change, &m->scratch);
	if (log->rule->judge) {
		struct rule_field f = { .form = m->form, .field = log->field, .dag = m->dag };
		*reason = log->rule->judge(&put, &f, &m->scratch);
	}
	return *reason ? ERR_OK : view_log_put(log, m->arena, m->dag, &put, &m->scratch);
}

static void add_row(struct maker *m, const struct view_item *at, uint32_t field, enum op_reason reason)
{
	m->rows[m->row_count++] = (struct view_ineffective){ .change = at->change, .payload = at->payload,
		.op = at->op, .field = field, .reason = reason };
}

static enum err judge_payload(struct maker *m, uint32_t change, uint32_t payload)
{
	const struct view_change *c = &m->changes[change];
	const struct view_payload *p = &c->payloads[payload];
	struct view_item at = { .change = change, .payload = payload, .op = UINT32_MAX };
	enum op_reason standing = view_judge_change(c, m->struck[change]);
	switch (p->state) {
	case PAYLOAD_OPEN:
		break;
	case PAYLOAD_UNKNOWN:
		m->unknown |= standing ? 0 : bit_of(p->compartment);
		return ERR_OK;
	case PAYLOAD_ERASED:
		m->erased |= standing ? 0 : bit_of(p->compartment);
		return ERR_OK;
	case PAYLOAD_INVALID:
		add_row(m, &at, 0, standing ? standing : REASON_INVALID_VALUE);
		return ERR_OK;
	}
	for (uint32_t i = 0; i < p->op_count; i++) {
		const struct op *op = &p->ops[i];
		enum op_reason reason = standing ? standing : view_judge_op(m->form, c, p, op);
		at.op = i;
		if (!reason) {
			enum err e = put_op(&reason, m, &at, p->role, op);
			if (e)
				return e;
		}
		if (reason)
			add_row(m, &at, op->field, reason);
	}
	return ERR_OK;
}

static void judge_strikes(struct maker *m, uint32_t change)
{
	const struct view_change *c = &m->changes[change];
	struct view_item at = { .change = change, .payload = UINT32_MAX, .op = UINT32_MAX };
	for (uint32_t i = 0; i < c->strike_count; i++) {
		enum op_reason reason = view_judge_strike(m->form, m->dag, m->changes, change, &c->strikes[i]);
		if (reason)
			add_row(m, &at, 0, reason);
	}
}

static enum err judge_all(struct maker *m)
{
	const uint32_t *order = dag_order(m->dag);
	for (uint32_t i = 0; i < m->count; i++) {
		for (uint32_t k = 0; k < m->changes[order[i]].payload_count; k++) {
			enum err e = judge_payload(m, order[i], k);
			if (e)
				return e;
		}
		judge_strikes(m, order[i]);
	}
	return ERR_OK;
}

/* ---- Deciding */

static enum err decide_all(struct view *v, struct maker *m)
{
	struct view_decide d = { .arena = m->arena, .form = m->form, .changes = m->changes, .dag = m->dag,
		.scratch = m->scratch };
	struct view_field *fields = arena_array(m->arena, m->form->field_count, sizeof *fields);
	if (!fields)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->form->field_count; i++) {
		struct view_log *log = &m->logs[i];
		uint64_t bit = bit_of(log->field->compartment);
		enum view_sight sight = m->erased & bit ? SIGHT_ERASED :
			m->unknown & bit ? SIGHT_PARTIAL : SIGHT_WHOLE;
		if (!log->written && sight == SIGHT_WHOLE)
			continue;
		enum err e = view_decide_field(&fields[v->field_count++], &d, log, sight);
		if (e)
			return e;
	}
	v->fields = fields;
	return ERR_OK;
}

enum err view_make(struct view **out, struct arena *a, const struct form *form,
	const struct view_change *changes, uint32_t count)
{
	*out = NULL;
	struct maker m = { .arena = a, .form = form, .changes = changes, .count = count };
	struct view *v = arena_alloc(a, sizeof *v);
	if (!v)
		return ERR_MEMORY;
	enum err e = build_dag(&m);
	if (!e)
		e = find_struck(&m);
	if (!e)
		e = make_logs(&m);
	if (!e)
		e = judge_all(&m);
	if (!e)
		e = decide_all(v, &m);
	if (e)
		return e;
	v->dag = m.dag;
	v->ineffective = m.rows;
	v->ineffective_count = m.row_count;
	v->unknown = m.unknown;
	*out = v;
	return ERR_OK;
}

const struct view_field *view_find(const struct view *v, uint32_t field)
{
	uint32_t low = 0, high = v->field_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (v->fields[middle].field->number < field)
			low = middle + 1;
		else
			high = middle;
	}
	return low < v->field_count && v->fields[low].field->number == field ? &v->fields[low] : NULL;
}
