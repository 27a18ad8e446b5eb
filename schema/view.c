/* The view: every change in the fixed order, every operation judged, then every field decided. */
#include "schema/view.h"

#include <assert.h>

#include "schema/view_decide.h"
#include "schema/view_judge.h"

struct view_judged {
	struct arena *arena;
	const struct form *form;
	const struct view_change *changes;
	uint32_t count;
	struct dag *dag;
	bool *struck;              /* per change */
	struct view_log *logs;     /* per field of the form */
	struct rule_ops scratch;   /* room for the operations of any field */
	uint32_t scratch_size;
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

static struct view_log *find_log(const struct view_judged *m, uint32_t field)
{
	const struct form_field *f = form_find_field(m->form, field);
	return f ? &m->logs[f - m->form->fields] : NULL;
}

static uint64_t bit_of(uint32_t compartment)
{
	return compartment <= FORM_COMPARTMENTS_MAX ? (uint64_t)1 << compartment : 0;
}

/* ---- Preparing */

static enum err build_dag(struct view_judged *m)
{
	struct dag_change *changes = arena_array(m->arena, m->count, sizeof *changes);
	if (!changes)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < m->count; i++)
		changes[i] = m->changes[i].dag;
	return dag_build(&m->dag, m->arena, changes, m->count);
}

/* Strikes count everywhere, whatever saw them: so they come first. */
static enum err find_struck(struct view_judged *m)
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
static enum err make_logs(struct view_judged *m)
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
	m->scratch_size = most + 1; /* a change that is tried may see one of its own */
	m->scratch.at = arena_array(m->arena, m->scratch_size, sizeof(struct rule_op *));
	return m->rows && m->scratch.at ? ERR_OK : ERR_MEMORY;
}

/* ---- Judging, in the fixed order */

static enum err put_acks(struct view_judged *m, struct view_log *log, uint32_t change, const struct op *op)
{
	struct change_id id;
	enum err e = ERR_OK;
	for (uint32_t at = 0; !e && view_judge_next_acked(&id, op, &at);)
		e = view_log_put_ack(log, m->arena, change, &id);
	return e;
}

/* Puts an operation that passed all general tests into its field, if the field's rule takes it. */
static enum err put_op(enum op_reason *reason, struct view_judged *m, const struct view_item *at,
	uint32_t role, const struct op *op)
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

static void add_row(struct view_judged *m, const struct view_item *at, uint32_t field, enum op_reason reason)
{
	m->rows[m->row_count++] = (struct view_ineffective){ .change = at->change, .payload = at->payload,
		.op = at->op, .field = field, .reason = reason };
}

static enum err judge_payload(struct view_judged *m, uint32_t change, uint32_t payload)
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

static void judge_strikes(struct view_judged *m, uint32_t change)
{
	const struct view_change *c = &m->changes[change];
	struct view_item at = { .change = change, .payload = UINT32_MAX, .op = UINT32_MAX };
	for (uint32_t i = 0; i < c->strike_count; i++) {
		enum op_reason reason = view_judge_strike(m->form, m->dag, m->changes, change, &c->strikes[i]);
		if (reason)
			add_row(m, &at, 0, reason);
	}
}

static enum err judge_all(struct view_judged *m)
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

enum err view_judged_make(struct view_judged **out, struct arena *a, const struct form *form,
	const struct view_change *changes, uint32_t count)
{
	*out = NULL;
	struct view_judged *m = arena_alloc(a, sizeof *m);
	if (!m)
		return ERR_MEMORY;
	*m = (struct view_judged){ .arena = a, .form = form, .changes = changes, .count = count };
	enum err e = build_dag(m);
	if (!e)
		e = find_struck(m);
	if (!e)
		e = make_logs(m);
	if (!e)
		e = judge_all(m);
	if (!e)
		*out = m;
	return e;
}

/* ---- One change more */

struct tried { /* the operations of the change that would be effective */
	const struct view_change *change;
	struct rule_op *ops;
	uint32_t count;
};

/* The last of them on a field; NULL when there is none. */
static const struct rule_op *last_tried(const struct tried *t, uint32_t field)
{
	for (uint32_t i = t->count; i-- > 0;) {
		const struct view_item *item = &t->ops[i].item;
		if (t->change->payloads[item->payload].ops[item->op].field == field)
			return &t->ops[i];
	}
	return NULL;
}

static enum op_reason try_op(struct tried *t, const struct view_judged *m, const struct view_item *at)
{
	const struct view_payload *p = &t->change->payloads[at->payload];
	const struct op *op = &p->ops[at->op];
	enum op_reason reason = view_judge_op(m->form, t->change, p, op);
	const struct view_log *log = reason ? NULL : find_log(m, op->field);
	if (!log || op->code == OP_ACK)
		return reason;
	struct rule_op *put = &t->ops[t->count];
	struct rule_ops past = { .at = m->scratch.at };
	*put = (struct rule_op){ .item = *at, .code = op->code, .role = p->role, .basis = op->basis };
	put->item.value = view_judge_value(op);
	if (log->field->shape == SHAPE_SINGLE) {
		const struct rule_op *own = last_tried(t, op->field);
		if (own)
			past.at[past.count++] = own;
		else
			view_log_heads(log, &past);
	}
	if (log->rule->judge) {
		struct rule_field f = { .form = m->form, .field = log->field, .dag = m->dag };
		reason = log->rule->judge(put, &f, &past);
	}
	t->count += reason == REASON_NONE;
	return reason;
}

enum err view_judged_try(bool *effective, struct view_ineffective *row, const struct view_judged *m,
	struct arena *a, const struct view_change *change)
{
	struct tried t = { .change = change };
	size_t ops = 0;
	assert(change->strike_count == 0);
	*effective = false;
	*row = (struct view_ineffective){ .change = m->count, .payload = UINT32_MAX, .op = UINT32_MAX };
	for (uint32_t k = 0; k < change->payload_count; k++)
		ops += change->payloads[k].op_count;
	t.ops = arena_array(a, ops, sizeof *t.ops);
	if (!t.ops)
		return ERR_MEMORY;
	for (uint32_t k = 0; k < change->payload_count; k++) {
		const struct view_payload *p = &change->payloads[k];
		assert(p->state == PAYLOAD_OPEN);
		for (uint32_t i = 0; i < p->op_count; i++) {
			struct view_item at = { .change = m->count, .payload = k, .op = i };
			row->payload = k;
			row->op = i;
			row->field = p->ops[i].field;
			row->reason = change->standing ? change->standing : try_op(&t, m, &at);
			if (row->reason)
				return ERR_OK;
		}
	}
	*effective = true;
	return ERR_OK;
}

/* Whether it sees every other change, and says nothing but operations that can be read. */
static bool is_plain_and_last(const struct view_judged *m, const struct view_change *c)
{
	const uint32_t *tips;
	uint32_t count;
	dag_frontier(&tips, &count, m->dag);
	bool plain = c->standing == REASON_NONE && c->strike_count == 0 && c->dag.parent_count == count;
	for (uint32_t i = 0; i < c->payload_count; i++)
		plain = plain && c->payloads[i].state == PAYLOAD_OPEN;
	for (uint32_t i = 0; plain && i < count; i++)
		plain = c->dag.parents[i] == tips[i];
	return plain;
}

static enum err make_room(struct view_judged *m, struct view_log *log)
{
	enum err e = view_log_make_room(log, m->arena);
	if (e || log->expected < m->scratch_size)
		return e;
	const struct rule_op **at = arena_array(m->arena, log->expected + 1, sizeof(struct rule_op *));
	if (!at)
		return ERR_MEMORY;
	m->scratch.at = at;
	m->scratch_size = log->expected + 1;
	return ERR_OK;
}

enum err view_judged_next(bool *taken, struct view_judged *m, const struct view_change *changes)
{
	const struct view_change *c = &changes[m->count];
	struct view_ineffective row;
	*taken = false;
	if (!is_plain_and_last(m, c))
		return ERR_OK;
	enum err e = view_judged_try(taken, &row, m, m->arena, c);
	if (e || !*taken)
		return e;
	e = dag_add(m->dag, &c->dag);
	m->changes = changes;
	for (uint32_t k = 0; k < c->payload_count && !e; k++) {
		for (uint32_t i = 0; i < c->payloads[k].op_count && !e; i++) {
			const struct view_item at = { .change = m->count, .payload = k, .op = i };
			const struct op *op = &c->payloads[k].ops[i];
			struct view_log *log = find_log(m, op->field);
			enum op_reason reason = REASON_NONE;
			if (log)
				e = make_room(m, log);
			if (!e)
				e = put_op(&reason, m, &at, c->payloads[k].role, op);
			assert(e || !reason);
		}
	}
	m->count++;
	return e;
}

/* ---- Deciding */

static enum err decide_all(struct view *v, struct arena *a, struct view_judged *m)
{
	struct view_decide d = { .arena = a, .form = m->form, .changes = m->changes, .dag = m->dag,
		.scratch = m->scratch };
	struct view_field *fields = arena_array(a, m->form->field_count, sizeof *fields);
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

enum err view_decide(struct view **out, struct arena *a, struct view_judged *m)
{
	*out = NULL;
	struct view *v = arena_alloc(a, sizeof *v);
	enum err e = v ? decide_all(v, a, m) : ERR_MEMORY;
	if (e)
		return e;
	v->dag = m->dag;
	v->ineffective = m->rows;
	v->ineffective_count = m->row_count;
	v->unknown = m->unknown;
	*out = v;
	return ERR_OK;
}

enum err view_make(struct view **out, struct arena *a, const struct form *form,
	const struct view_change *changes, uint32_t count)
{
	struct view_judged *m;
	*out = NULL;
	enum err e = view_judged_make(&m, a, form, changes, count);
	return e ? e : view_decide(out, a, m);
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
