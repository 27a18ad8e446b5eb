/* The audit of entries: what a journal says was written, read and witnessed. */
#include "node/audit_own.h"

/* The cases of a read that are asked for: all, or the one. */
static bool wants_read(const struct auditor *a, const struct entry *e)
{
	if (e->as.showed.time < a->options->since)
		return false;
	if (!a->options->only_case)
		return true;
	for (uint32_t i = 0; i < e->as.showed.case_count; i++)
		if (case_id_equal(&e->as.showed.cases[i], a->options->only_case))
			return true;
	return false;
}

static enum err note_read(
	struct auditor *a, const struct node_id *node, uint32_t site, const struct entry *e, bool pending)
{
	struct audit *out = a->out;
	if (!wants_read(a, e))
		return ERR_OK;
	struct audit_read *grown =
		arena_grow(&out->arena, out->reads, out->read_count, &out->read_room, sizeof *grown);
	if (!grown)
		return ERR_MEMORY;
	out->reads = grown;
	struct audit_read *r = &grown[out->read_count];
	*r = (struct audit_read){ .time = e->as.showed.time,
		.officer = e->as.showed.officer,
		.node = *node,
		.site = site,
		.case_count = e->as.showed.case_count,
		.compartments = e->as.showed.compartments,
		.code = e->as.showed.code,
		.reason = e->as.showed.reason,
		.pending = pending };
	r->cases = arena_copy(&out->arena, e->as.showed.cases, r->case_count * sizeof *r->cases);
	r->reason.data = arena_copy(&out->arena, e->as.showed.reason.data, r->reason.size);
	if (!r->cases || !r->reason.data)
		return ERR_MEMORY;
	out->read_count++;
	return ERR_OK;
}

static enum err note_named(struct auditor *a, const struct checkpoint *c, const struct entry *e)
{
	for (uint32_t i = 0; i < e->as.wrote.count; i++) {
		struct audit_named *grown =
			arena_grow(&a->out->arena, a->named, a->named_count, &a->named_room, sizeof *grown);
		if (!grown)
			return ERR_MEMORY;
		a->named = grown;
		grown[a->named_count++] = (struct audit_named){ e->as.wrote.changes[i], c->node, c->previous };
	}
	return ERR_OK;
}

static enum err note_witnessed(struct auditor *a, const struct checkpoint *c, const struct entry *e)
{
	struct audit_witnessed *grown =
		arena_grow(&a->out->arena, a->witnessed, a->witnessed_count, &a->witnessed_room, sizeof *grown);
	if (!grown)
		return ERR_MEMORY;
	a->witnessed = grown;
	grown[a->witnessed_count++] = (struct audit_witnessed){ c->node, e->as.witnessed.node,
		e->as.witnessed.incarnation, e->as.witnessed.sequence, e->as.witnessed.checkpoint };
	return ERR_OK;
}

enum err audit_entries(
	struct auditor *a, const struct checkpoint *c, uint32_t site, const struct entry *entries, uint32_t count)
{
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < count && !e; i++) {
		if (entries[i].kind == ENTRY_WROTE)
			e = note_named(a, c, &entries[i]);
		else if (entries[i].kind == ENTRY_SHOWED)
			e = note_read(a, &c->node, site, &entries[i], false);
		else if (entries[i].kind == ENTRY_WITNESSED)
			e = note_witnessed(a, c, &entries[i]);
	}
	return e;
}

enum err audit_pending(struct auditor *a)
{
	const struct entry *entries;
	uint32_t count;
	struct arena arena;
	if (!audit_wants_node(a, replica_node(a->r)))
		return ERR_OK;
	arena_init(&arena, AUDIT_MEMORY_MAX);
	enum err e = journal_pending_reads(&entries, &count, replica_journal(a->r), &arena, a->why);
	for (uint32_t i = 0; i < count && !e; i++)
		e = note_read(a, replica_node(a->r), replica_site(a->r), &entries[i], true);
	arena_clear(&arena);
	return e;
}
