/* A store in memory: for simulations and tests of what stands on a store. */
#include "node/store_body.h"

#include <stdlib.h>
#include <string.h>

struct mem_object {
	struct git_id id;
	enum store_kind kind;
	size_t size;
	uint8_t data[];
};

struct mem_store {
	struct store store;
	/* Open addressing by the first bytes of the id; never iterated but to grow and to copy. */
	struct mem_object **slots;
	size_t count, slot_count; /* slot_count is a power of two, and more than twice count */
	struct store_heads heads;
	struct store_journal *journals; /* sorted */
	size_t journal_count;
};

static struct mem_store *mem_of(struct store *s)
{
	return (struct mem_store *)s;
}

/* ---- Objects */

/* The slot of the object, or the empty one where it belongs. */
static struct mem_object **find_slot(struct mem_object **slots, size_t slot_count, const struct git_id *id)
{
	size_t i = 0;
	memcpy(&i, id->b, sizeof i);
	for (i &= slot_count - 1; slots[i] && !git_id_equal(&slots[i]->id, id); i = (i + 1) & (slot_count - 1))
		;
	return &slots[i];
}

static enum err grow(struct mem_store *m, size_t more)
{
	size_t slot_count = m->slot_count ? m->slot_count : 64;
	while (slot_count / 2 <= m->count + more)
		slot_count *= 2;
	if (slot_count == m->slot_count)
		return ERR_OK;
	struct mem_object **slots = calloc(slot_count, sizeof *slots);
	if (!slots)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->slot_count; i++)
		if (m->slots[i])
			*find_slot(slots, slot_count, &m->slots[i]->id) = m->slots[i];
	free(m->slots);
	m->slots = slots;
	m->slot_count = slot_count;
	return ERR_OK;
}

/* The caller has made room for it. */
static enum err add_object(struct mem_store *m, enum store_kind kind, const struct git_id *id,
	struct bytes data)
{
	struct mem_object **slot = find_slot(m->slots, m->slot_count, id);
	if (*slot)
		return ERR_OK;
	struct mem_object *o = malloc(sizeof *o + data.size);
	if (!o)
		return ERR_MEMORY;
	o->id = *id;
	o->kind = kind;
	o->size = data.size;
	if (data.size)
		memcpy(o->data, data.data, data.size);
	*slot = o;
	m->count++;
	return ERR_OK;
}

static enum err mem_read(struct buf *out, struct store *s, enum store_kind kind, const struct git_id *id,
	size_t size_max, struct err_text *why)
{
	struct mem_store *m = mem_of(s);
	const struct mem_object *o = m->slot_count ? *find_slot(m->slots, m->slot_count, id) : NULL;
	if (!o)
		return err_set(why, ERR_NOT_FOUND, "the object is not in the store");
	if (o->kind != kind)
		return err_set(why, ERR_FORMAT, "the object is of another kind");
	if (o->size > size_max)
		return err_set(why, ERR_LIMIT, "the object has %zu bytes, at most %zu are taken", o->size, size_max);
	buf_put(out, o->data, o->size);
	return buf_err(out);
}

static bool mem_has(struct store *s, const struct git_id *id)
{
	struct mem_store *m = mem_of(s);
	return m->slot_count && *find_slot(m->slots, m->slot_count, id);
}

/* ---- Refs */

static enum err mem_heads(struct store_heads *out, struct store *s, struct err_text *why)
{
	(void)why;
	*out = mem_of(s)->heads;
	return ERR_OK;
}

/* The place of a journal, or where it belongs; *found says which. */
static size_t find_journal(bool *found, const struct mem_store *m, const struct node_id *node,
	const struct incarnation_id *incarnation)
{
	size_t i = 0;
	for (; i < m->journal_count; i++) {
		int order = node_id_compare(&m->journals[i].node, node);
		if (!order)
			order = incarnation_id_compare(&m->journals[i].incarnation, incarnation);
		*found = order == 0;
		if (order >= 0)
			return i;
	}
	*found = false;
	return i;
}

static enum err mem_journals(struct store_journal **out, size_t *count, struct store *s,
	struct err_text *why)
{
	const struct mem_store *m = mem_of(s);
	*out = NULL;
	*count = 0;
	if (m->journal_count == 0)
		return ERR_OK;
	*out = calloc(m->journal_count, sizeof **out);
	if (!*out)
		return err_set(why, ERR_MEMORY, "no memory for the list of journals");
	memcpy(*out, m->journals, m->journal_count * sizeof **out);
	*count = m->journal_count;
	return ERR_OK;
}

static enum err mem_journal_find(struct git_id *head, struct store *s, const struct node_id *node,
	const struct incarnation_id *incarnation, struct err_text *why)
{
	const struct mem_store *m = mem_of(s);
	bool found;
	size_t i = find_journal(&found, m, node, incarnation);
	*head = (struct git_id){ 0 };
	if (!found)
		return err_set(why, ERR_NOT_FOUND, "no journal of that node and incarnation");
	*head = m->journals[i].head;
	return ERR_OK;
}

/* The caller has made room for one more journal per move. */
static void move_ref(struct mem_store *m, const struct store_move *move)
{
	bool found;
	if (move->ref == STORE_REF_STORE) {
		m->heads.has_store = true;
		m->heads.store = move->head;
	} else if (move->ref == STORE_REF_OWN) {
		m->heads.has_journal = true;
		m->heads.journal = move->head;
	} else {
		size_t i = find_journal(&found, m, &move->node, &move->incarnation);
		if (!found) {
			memmove(&m->journals[i + 1], &m->journals[i], (m->journal_count - i) * sizeof *m->journals);
			m->journal_count++;
		}
		m->journals[i] = (struct store_journal){ move->node, move->incarnation, move->head };
	}
}

/* All that can fail comes before the first ref moves. */
static enum err mem_apply(struct store *s, const struct store_plan *p, struct err_text *why)
{
	struct mem_store *m = mem_of(s);
	enum err e = grow(m, p->object_count);
	struct store_journal *journals = e ? NULL
		: realloc(m->journals, (m->journal_count + p->move_count) * sizeof *journals);
	if (!journals)
		return err_set(why, ERR_MEMORY, "no memory for this transaction");
	m->journals = journals;
	for (size_t i = 0; !e && i < p->object_count; i++)
		e = add_object(m, p->objects[i].kind, &p->objects[i].id, p->objects[i].data);
	if (e)
		return err_set(why, e, "no memory for this transaction");
	for (size_t i = 0; i < p->move_count; i++)
		move_ref(m, &p->moves[i]);
	return ERR_OK;
}

static enum err mem_merge(struct store *s, size_t packs_max, struct err_text *why)
{
	(void)s;
	(void)packs_max;
	(void)why;
	return ERR_OK;
}

static void mem_stats(struct store_stats *out, const struct store *s)
{
	(void)s;
	*out = (struct store_stats){ 0 };
}

static void mem_close(struct store *s)
{
	struct mem_store *m = mem_of(s);
	for (size_t i = 0; i < m->slot_count; i++)
		free(m->slots[i]);
	free(m->slots);
	free(m->journals);
	free(m);
	store_ids_release();
}

static const struct store_body mem_body = {
	.heads = mem_heads,
	.read = mem_read,
	.has = mem_has,
	.journals = mem_journals,
	.journal_find = mem_journal_find,
	.apply = mem_apply,
	.merge = mem_merge,
	.stats = mem_stats,
	.close = mem_close,
};

enum err store_mem_new(struct store **out)
{
	*out = NULL;
	struct mem_store *m = calloc(1, sizeof *m);
	if (!m)
		return ERR_MEMORY;
	m->store.body = &mem_body;
	store_ids_hold();
	*out = &m->store;
	return ERR_OK;
}

enum err store_mem_copy(struct store **out, const struct store *from)
{
	const struct mem_store *source = (const struct mem_store *)from;
	enum err e = store_mem_new(out);
	if (e)
		return e;
	struct mem_store *m = mem_of(*out);
	m->heads = source->heads;
	e = grow(m, source->count);
	m->journals = calloc(source->journal_count + 1, sizeof *m->journals);
	if (!m->journals)
		e = ERR_MEMORY;
	for (size_t i = 0; !e && i < source->slot_count; i++)
		if (source->slots[i])
			e = add_object(m, source->slots[i]->kind, &source->slots[i]->id,
				bytes_of(source->slots[i]->data, source->slots[i]->size));
	if (e) {
		store_close(*out);
		*out = NULL;
		return e;
	}
	if (source->journal_count)
		memcpy(m->journals, source->journals, source->journal_count * sizeof *m->journals);
	m->journal_count = source->journal_count;
	return ERR_OK;
}
