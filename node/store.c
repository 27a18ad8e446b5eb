/* The front of a store: one interface, whichever body is behind it. */
#include "node/store.h"

#include "node/store_body.h"

void store_close(struct store *s)
{
	if (s)
		s->body->close(s);
}

enum err store_write(struct store *s, struct store_txn *t, struct err_text *why)
{
	struct store_plan plan;
	enum err e = store_plan_make(&plan, s, t, why);
	if (!e && plan.move_count)
		e = s->body->apply(s, &plan, why);
	store_plan_clear(&plan);
	return e;
}

enum err store_heads(struct store_heads *out, struct store *s, struct err_text *why)
{
	return s->body->heads(out, s, why);
}

enum err store_read(struct buf *out, struct store *s, enum store_kind kind, const struct git_id *id,
	size_t size_max, struct err_text *why)
{
	return s->body->read(out, s, kind, id, size_max < STORE_OBJECT_MAX ? size_max : STORE_OBJECT_MAX, why);
}

bool store_has(struct store *s, const struct git_id *id)
{
	return s->body->has(s, id);
}

enum err store_journals(struct store_journal **out, size_t *count, struct store *s, struct err_text *why)
{
	return s->body->journals(out, count, s, why);
}

enum err store_journal_find(struct git_id *head, struct store *s, const struct node_id *node,
	const struct incarnation_id *incarnation, struct err_text *why)
{
	return s->body->journal_find(head, s, node, incarnation, why);
}

enum err store_merge_packs(struct store *s, size_t packs_max, struct err_text *why)
{
	return s->body->merge(s, packs_max, why);
}

void store_stats(struct store_stats *out, const struct store *s)
{
	s->body->stats(out, s);
}
