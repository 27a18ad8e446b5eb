/* From a field's operations to what is shown: heads, the rule's choice, interim, candidates, losers. */
#include "schema/view_decide.h"

#include <stdlib.h>

struct marked_head {
	const struct rule_op *op; /* first, so that the orders over operations serve here too */
	bool marked; /* the winner, or a candidate */
};

static bool all_equal(const struct rule_ops *heads)
{
	for (uint32_t i = 1; i < heads->count; i++) {
		if (!bytes_equal(heads->at[i]->item.value, heads->at[0]->item.value))
			return false;
	}
	return true;
}

/* The head that stands, or NULL when the rule leaves it to a person; `candidate` is filled then. */
static const struct rule_op *choose(const struct view_decide *d, const struct view_log *log,
	const struct rule_ops *heads, bool *candidate)
{
	if (all_equal(heads))
		return heads->at[0];
	struct rule_field f = { .form = d->form, .field = log->field, .dag = d->dag };
	struct rule_choice choice = { .candidate = candidate };
	log->rule->choose(&choice, &f, heads);
	return choice.winner;
}

/* ---- Interim: what is shown while a person has to decide */

/* The value on which the contested heads still agreed.  It may itself have been contested then, and so
 * on; each step goes to a smaller past.  `heads` is overwritten. */
static const struct rule_op *last_agreed(const struct view_decide *d, const struct view_log *log,
	struct rule_ops *heads, bool *candidate)
{
	const struct rule_op *winner = NULL;
	while (!winner) {
		view_log_agreed(log, d->dag, heads);
		if (heads->count == 0)
			return NULL;
		winner = choose(d, log, heads, candidate);
	}
	return winner;
}

/* `heads` may be overwritten. */
static void set_interim(struct view_field *out, const struct view_decide *d, const struct view_log *log,
	struct rule_ops *heads, bool *candidate)
{
	const struct rule_op *op = NULL;
	switch (log->field->interim) {
	case INTERIM_NONE:
		break;
	case INTERIM_EARLIEST:
		op = heads->at[0];
		break;
	case INTERIM_LAST_AGREED:
		op = last_agreed(d, log, heads, candidate);
		break;
	case INTERIM_FIXED:
		out->has_value = true;
		out->value = (struct view_item){ .value = log->field->interim_value, .change = UINT32_MAX,
			.payload = UINT32_MAX, .op = UINT32_MAX };
		break;
	}
	if (op) {
		out->has_value = true;
		out->value = op->item;
	}
}

/* ---- Candidates and losers */

/* Parts the heads by value: of a value with a marked head the first such goes to `chosen`, of any
 * other value all heads go to `passed`.  Both are empty at first, have room for all heads, and ascend. */
static void part_heads(struct rule_ops *chosen, struct rule_ops *passed, struct marked_head *heads,
	uint32_t count)
{
	qsort(heads, count, sizeof *heads, rule_compare_value);
	for (uint32_t start = 0, end = 0; start < count; start = end) {
		const struct rule_op *first = NULL;
		for (; end < count; end++) {
			if (!bytes_equal(heads[end].op->item.value, heads[start].op->item.value))
				break;
			if (heads[end].marked && !first)
				first = heads[end].op;
		}
		if (first)
			chosen->at[chosen->count++] = first;
		for (uint32_t i = start; i < end && !first; i++)
			passed->at[passed->count++] = heads[i].op;
	}
	qsort(chosen->at, chosen->count, sizeof *chosen->at, rule_compare_place);
	qsort(passed->at, passed->count, sizeof *passed->at, rule_compare_place);
}

static enum err copy_items(const struct view_item **out, uint32_t *count, struct arena *a,
	const struct rule_ops *ops)
{
	struct view_item *items = arena_array(a, ops->count, sizeof *items);
	if (!items)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < ops->count; i++)
		items[i] = ops->at[i]->item;
	*out = items;
	*count = ops->count;
	return ERR_OK;
}

static void drop_acked(const struct view_decide *d, struct view_log *log, struct rule_ops *losers)
{
	uint32_t kept = 0;
	view_log_sort_acks(log);
	for (uint32_t i = 0; i < losers->count; i++) {
		uint32_t change = losers->at[i]->item.change;
		if (!view_log_is_acked(log, d->dag, change, &d->changes[change].dag.id))
			losers->at[kept++] = losers->at[i];
	}
	losers->count = kept;
}

/* Several different heads.  `winner` NULL: contested, or only to be listed. */
static enum err list_heads(struct view_field *out, const struct view_decide *d, struct view_log *log,
	const struct rule_ops *heads, const struct rule_op *winner, const bool *candidate)
{
	uint32_t count = heads->count;
	struct marked_head *marked = arena_array(d->arena, count, sizeof *marked);
	struct rule_ops chosen = { .at = arena_array(d->arena, count, sizeof(struct rule_op *)) };
	struct rule_ops passed = { .at = arena_array(d->arena, count, sizeof(struct rule_op *)) };
	if (!marked || !chosen.at || !passed.at)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < count; i++) {
		marked[i].op = heads->at[i];
		marked[i].marked = winner ? heads->at[i] == winner : candidate[i];
	}
	part_heads(&chosen, &passed, marked, count);
	drop_acked(d, log, &passed);
	enum err e = copy_items(&out->losers, &out->loser_count, d->arena, &passed);
	if (!e && !winner)
		e = copy_items(&out->candidates, &out->candidate_count, d->arena, &chosen);
	return e;
}

/* ---- Fields */

static enum err decide_single(struct view_field *out, const struct view_decide *d, struct view_log *log,
	bool partial)
{
	struct rule_ops heads = d->scratch;
	view_log_heads(log, &heads);
	/* The heads of an earlier past may be more than those of today. */
	bool *candidate = arena_array(d->arena, log->count, sizeof *candidate);
	if (!candidate)
		return ERR_MEMORY;
	if (partial) {
		for (uint32_t i = 0; i < heads.count; i++)
			candidate[i] = true;
		return list_heads(out, d, log, &heads, NULL, candidate);
	}
	const struct rule_op *winner = choose(d, log, &heads, candidate);
	enum err e = list_heads(out, d, log, &heads, winner, candidate);
	if (e)
		return e;
	if (winner) {
		out->has_value = true;
		out->value = winner->item;
		out->status = out->loser_count ? STATUS_AUTO : STATUS_CLEAN;
		return ERR_OK;
	}
	out->status = STATUS_CONTESTED;
	set_interim(out, d, log, &heads, candidate);
	return ERR_OK;
}

static enum err decide_many(struct view_field *out, const struct view_decide *d, struct view_log *log,
	bool partial)
{
	struct rule_ops ops = d->scratch;
	struct rule_field f = { .form = d->form, .field = log->field, .dag = d->dag };
	struct view_item *items = arena_array(d->arena, log->count, sizeof *items);
	if (!items)
		return ERR_MEMORY;
	ops.count = log->count;
	for (uint32_t i = 0; i < log->count; i++)
		ops.at[i] = &log->ops[i];
	uint32_t count = 0;
	log->rule->collect(items, &count, &f, &ops);
	if (partial) {
		out->candidates = items;
		out->candidate_count = count;
	} else {
		out->items = items;
		out->item_count = count;
	}
	return ERR_OK;
}

enum err view_decide_field(struct view_field *out, const struct view_decide *d, struct view_log *log,
	enum view_sight sight)
{
	*out = (struct view_field){ .field = log->field, .status = STATUS_CLEAN };
	bool partial = sight == SIGHT_PARTIAL;
	if (partial)
		out->status = STATUS_UNKNOWN;
	if (sight == SIGHT_ERASED) {
		out->status = STATUS_ERASED;
		return ERR_OK;
	}
	if (log->count == 0)
		return ERR_OK;
	return log->field->shape == SHAPE_SINGLE ? decide_single(out, d, log, partial) :
		decide_many(out, d, log, partial);
}
