/* Making the timeline of a case. */
#include "node/timeline.h"

#include "base/cbor.h"

/* The effective single-value operations on one field so far, newest first. */
struct past {
	const struct past *before;
	uint32_t position;
	struct bytes value;
};

struct maker {
	struct arena *arena;
	struct casefile *file;
	const struct view *view;
	uint64_t rights;
	const struct past **pasts; /* by index of the field in the form */
};

/* Why that operation of the change is without effect.  `payload` and `op` UINT32_MAX: its acts. */
static enum op_reason reason_of(const struct maker *m, uint32_t change, uint32_t payload, uint32_t op)
{
	for (uint32_t i = 0; i < m->view->ineffective_count; i++) {
		const struct view_ineffective *row = &m->view->ineffective[i];
		if (row->change == change && row->payload == payload && row->op == op)
			return row->reason;
	}
	return REASON_NONE;
}

/* A resolution is [value, reason], the reason of a strike [change, reason]. */
static void take_apart(struct timeline_op *t)
{
	struct cbor c;
	t->value = t->op->value;
	if (t->op->code != OP_RESOLVE && t->op->code != OP_REASON)
		return;
	cbor_begin(&c, t->op->value);
	if (cbor_peek(&c) != CBOR_ARRAY || cbor_array(&c, 2) != 2)
		return;
	struct bytes value = cbor_skip(&c), words = cbor_peek(&c) == CBOR_TEXT ? cbor_text(&c) : bytes_text("");
	if (cbor_end(&c))
		return;
	t->value = value;
	t->words = words;
}

/* What the writer saw in the field; and remembers what this operation puts there. */
static enum err note_value(struct timeline_op *t, struct maker *m, uint32_t position)
{
	if (!t->field || t->field->shape != SHAPE_SINGLE || (t->op->code != OP_SET && t->op->code != OP_RESOLVE))
		return ERR_OK;
	const struct past **head = &m->pasts[t->field - m->file->form->fields];
	for (const struct past *p = *head; p; p = p->before)
		if (p->position == position || dag_sees(m->file->counted->dag, position, p->position)) {
			t->from = p->value;
			break;
		}
	if (t->reason != REASON_NONE)
		return ERR_OK;
	struct past *now = arena_alloc(m->arena, sizeof *now);
	if (!now)
		return ERR_MEMORY;
	*now = (struct past){ *head, position, t->value };
	*head = now;
	return ERR_OK;
}

static enum err put_ops(struct timeline_change *t, struct maker *m)
{
	const struct view_change *v = &m->file->counted->changes[t->position];
	uint32_t total = 0;
	for (uint32_t i = 0; i < v->payload_count; i++)
		total += v->payloads[i].state == PAYLOAD_OPEN ? v->payloads[i].op_count : 0;
	struct timeline_op *ops = arena_array(m->arena, total, sizeof *ops);
	if (!ops)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < v->payload_count; i++) {
		const struct view_payload *p = &v->payloads[i];
		uint64_t bit = UINT64_C(1) << p->compartment;
		if (!(m->rights & bit)) {
			t->withheld |= bit;
			continue;
		}
		if (p->state == PAYLOAD_UNKNOWN)
			t->unknown |= bit;
		for (uint32_t k = 0; p->state == PAYLOAD_OPEN && k < p->op_count; k++) {
			struct timeline_op *o = &ops[t->op_count++];
			o->op = &p->ops[k];
			o->field = form_find_field(m->file->form, o->op->field);
			take_apart(o);
			o->reason = reason_of(m, t->position, i, k);
			enum err e = note_value(o, m, t->position);
			if (e)
				return e;
		}
	}
	t->ops = ops;
	return ERR_OK;
}

static enum err put_acts(struct timeline_change *t, struct maker *m)
{
	const struct change *c = m->file->changes[t->position].change;
	struct timeline_act *acts = arena_array(m->arena, c->act_count, sizeof *acts);
	if (!acts)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < c->act_count; i++) {
		acts[i].act = &c->acts[i];
		/* Strikes are judged by the view, which holds what they take back; the rest in the clear. */
		acts[i].reason = c->acts[i].code == ACT_STRIKE ? reason_of(m, t->position, UINT32_MAX, UINT32_MAX)
													   : epoch_act(m->file->counted->epochs, t->position, i);
	}
	t->acts = acts;
	t->act_count = c->act_count;
	return ERR_OK;
}

/* Checked again, on the bytes that stand in the store now. */
static enum err verify(bool *verified, const struct casefile *f, uint32_t position, struct err_text *why)
{
	struct buf commit;
	buf_init(&commit, CHANGE_COMMIT_MAX);
	enum err e =
		store_read(&commit, f->env->store, STORE_COMMIT, &f->changes[position].git, CHANGE_COMMIT_MAX, why);
	*verified = !e && change_verify(f->changes[position].change, buf_bytes(&commit)) == ERR_OK;
	buf_clear(&commit);
	return e;
}

enum err timeline_make(const struct timeline_change **out, uint32_t *count, struct arena *a,
	struct casefile *f, const struct view *view, uint64_t rights, struct err_text *why)
{
	struct maker m = { .arena = a, .file = f, .view = view, .rights = rights };
	struct timeline_change *list = arena_array(a, f->count, sizeof *list);
	const uint32_t *order = dag_order(f->counted->dag);
	*out = NULL;
	*count = 0;
	m.pasts = arena_array(a, f->form->field_count, sizeof *m.pasts);
	enum err e = list && m.pasts ? ERR_OK : ERR_MEMORY;
	for (uint32_t i = 0; i < f->count && !e; i++) {
		list[i].position = order[i];
		list[i].standing = epoch_standing(f->counted->epochs, order[i]);
		e = verify(&list[i].verified, f, order[i], why);
		if (!e)
			e = put_ops(&list[i], &m);
		if (!e)
			e = put_acts(&list[i], &m);
	}
	if (!e) {
		*out = list;
		*count = f->count;
	}
	return e;
}
