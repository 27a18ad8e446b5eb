/* The audit's last look: whether changes, journals and witnesses agree with each other. */
#include "node/audit_own.h"

#include <stdlib.h>

static int compare_named(const void *x, const void *y)
{
	const struct audit_named *a = x, *b = y;
	int order = change_id_compare(&a->id, &b->id);
	return order ? order : node_id_compare(&a->node, &b->node);
}

/* By node and `previous`: what follows a checkpoint stands together. */
static int compare_held(const void *x, const void *y)
{
	const struct audit_held *a = x, *b = y;
	int order = node_id_compare(&a->node, &b->node);
	if (!order)
		order = checkpoint_id_compare(&a->previous, &b->previous);
	return order ? order : checkpoint_id_compare(&a->id, &b->id);
}

/* The first element that is not less than `key`. */
static uint32_t lower_bound(const void *list, uint32_t count, size_t size, const void *key,
	int (*compare)(const void *, const void *))
{
	uint32_t low = 0, high = count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (compare((const char *)list + mid * size, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Whether the author's journal, as far as it can be read here, goes on behind the checkpoint that a change
 * names: *followed, and *opened when all that follows could be read. */
static void find_followers(const struct auditor *a, const struct audit_wrote *w, bool *followed, bool *opened)
{
	struct audit_held key = { .node = w->node, .previous = w->named };
	*followed = false;
	*opened = true;
	for (uint32_t i = lower_bound(a->held, a->held_count, sizeof key, &key, compare_held); i < a->held_count;
		 i++) {
		const struct audit_held *h = &a->held[i];
		if (!node_id_equal(&h->node, &w->node) || !checkpoint_id_equal(&h->previous, &w->named))
			break;
		*followed = true;
		*opened = *opened && h->opened;
	}
}

static enum err check_wrote(struct auditor *a, const struct audit_wrote *w)
{
	struct audit_named key = { .id = w->id, .node = w->node };
	uint32_t at = lower_bound(a->named, a->named_count, sizeof key, &key, compare_named), times = 0;
	bool in_place = false, followed, opened;
	for (; at < a->named_count && compare_named(&a->named[at], &key) == 0; at++, times++)
		in_place = in_place || checkpoint_id_equal(&a->named[at].follows, &w->named);
	if (times > 1)
		return audit_put_fault(
			a, AUDIT_NAMED_TWICE, "change", w->id.b, "its node's journal names it %u times", (unsigned)times);
	if (times == 1 && !in_place)
		return audit_put_fault(a, AUDIT_NAMED_ELSEWHERE, "change", w->id.b,
			"another checkpoint names it than the one that follows the one it names");
	if (times == 1) {
		a->out->counts.named++;
		return ERR_OK;
	}
	find_followers(a, w, &followed, &opened);
	if (followed && opened)
		return audit_put_fault(
			a, AUDIT_NOT_NAMED, "change", w->id.b, "its node's journal went on without naming it");
	a->out->counts.unattested++;
	return ERR_OK;
}

/* What the own journal names is here; what those of others name need not be. */
static enum err check_own(struct auditor *a)
{
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < a->named_count && !e; i++) {
		struct index_change row;
		if (!node_id_equal(&a->named[i].node, replica_node(a->r)))
			continue;
		e = index_find_change(&row, replica_index(a->r), &a->named[i].id);
		if (e == ERR_NOT_FOUND)
			e = audit_put_fault(a, AUDIT_NOT_HELD, "change", a->named[i].id.b,
				"this node's journal names it, and it is not here");
	}
	return e;
}

static int compare_place(const void *x, const void *y)
{
	const struct audit_held *a = x, *b = y;
	int order = node_id_compare(&a->node, &b->node);
	if (!order)
		order = incarnation_id_compare(&a->incarnation, &b->incarnation);
	return order ? order : (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

/* `held` is sorted by compare_place here. */
static enum err check_witness(struct auditor *a, const struct audit_witnessed *w)
{
	struct audit_held key = { .node = w->node, .incarnation = w->incarnation, .sequence = w->sequence };
	uint32_t at = lower_bound(a->held, a->held_count, sizeof key, &key, compare_place);
	if (at == a->held_count || compare_place(&a->held[at], &key) != 0)
		return ERR_OK;
	if (!checkpoint_id_equal(&a->held[at].id, &w->id))
		return audit_put_fault(
			a, AUDIT_REWRITTEN, "checkpoint", a->held[at].id.b, "another one of this number was witnessed");
	a->out->counts.witnesses++;
	return ERR_OK;
}

static enum err check_witnesses(struct auditor *a)
{
	enum err e = ERR_OK;
	if (a->held_count > 1)
		qsort(a->held, a->held_count, sizeof *a->held, compare_place);
	for (uint32_t i = 0; i < a->witnessed_count && !e; i++)
		e = check_witness(a, &a->witnessed[i]);
	return e;
}

/* Two incarnations of one node that open from one head: a copied disk. */
static enum err check_clones(struct auditor *a)
{
	enum err e = ERR_OK;
	for (uint32_t i = 1; i < a->held_count && !e; i++) {
		const struct audit_held *x = &a->held[i - 1], *y = &a->held[i];
		if (node_id_equal(&x->node, &y->node) && checkpoint_id_equal(&x->previous, &y->previous)
			&& !checkpoint_id_is_zero(&x->previous)
			&& !incarnation_id_equal(&x->incarnation, &y->incarnation))
			e = audit_put_fault(a, AUDIT_CLONED, "checkpoint", y->id.b,
				"its node has two lives that go on from one checkpoint: a copied or restored disk");
	}
	return e;
}

enum err audit_agree(struct auditor *a)
{
	enum err e = check_witnesses(a);
	a->out->counts.attested = a->named_count;
	if (a->named_count > 1)
		qsort(a->named, a->named_count, sizeof *a->named, compare_named);
	if (a->held_count > 1)
		qsort(a->held, a->held_count, sizeof *a->held, compare_held);
	for (uint32_t i = 0; i < a->wrote_count && !e; i++)
		e = check_wrote(a, &a->wrote[i]);
	if (!e)
		e = check_own(a);
	return e ? e : check_clones(a);
}
