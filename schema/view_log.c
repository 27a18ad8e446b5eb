/* The effective operations of one field: heads kept while they come, pasts found lane by lane. */
#include "schema/view_log.h"

#include <stdlib.h>
#include <string.h>

enum err view_log_init(struct view_log *l, struct arena *a)
{
	l->ops = arena_array(a, l->expected, sizeof *l->ops);
	l->heads = arena_array(a, l->expected, sizeof *l->heads);
	return l->ops && l->heads ? ERR_OK : ERR_MEMORY;
}

enum err view_log_make_room(struct view_log *l, struct arena *a)
{
	uint32_t room = l->expected;
	if (l->count < l->expected)
		return ERR_OK;
	struct rule_op *ops = arena_grow(a, l->ops, l->count, &room, sizeof *ops);
	uint32_t *heads = ops ? arena_array(a, room, sizeof *heads) : NULL;
	if (!heads)
		return ERR_MEMORY;
	if (l->head_count)
		memcpy(heads, l->heads, l->head_count * sizeof *heads);
	l->ops = ops;
	l->heads = heads;
	l->expected = room;
	l->written = true;
	return ERR_OK;
}

/* ---- Lanes */

/* Index of the first lane that is not below `lane`. */
static uint32_t lane_at_least(const struct view_log *l, uint32_t lane)
{
	uint32_t low = 0, high = l->lane_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (l->lanes[middle].lane < lane)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum err put_in_lane(struct view_log *l, struct arena *a, uint32_t lane, uint32_t index)
{
	uint32_t at = lane_at_least(l, lane);
	if (at == l->lane_count || l->lanes[at].lane != lane) {
		struct log_lane *lanes = arena_grow(a, l->lanes, l->lane_count, &l->lane_size, sizeof *lanes);
		if (!lanes)
			return ERR_MEMORY;
		l->lanes = lanes;
		memmove(&lanes[at + 1], &lanes[at], (l->lane_count - at) * sizeof *lanes);
		lanes[at] = (struct log_lane){ .lane = lane };
		l->lane_count++;
	}
	struct log_lane *found = &l->lanes[at];
	uint32_t *ops = arena_grow(a, found->ops, found->count, &found->size, sizeof *ops);
	if (!ops)
		return ERR_MEMORY;
	found->ops = ops;
	ops[found->count++] = index;
	return ERR_OK;
}

/* The last operation of a lane whose change is at or before `place`; NULL when there is none. */
static const struct rule_op *last_in_lane(const struct view_log *l, const struct dag *dag,
	const struct log_lane *lane, uint32_t place)
{
	uint32_t low = 0, high = lane->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (dag_place(dag, l->ops[lane->ops[middle]].item.change) <= place)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &l->ops[lane->ops[low - 1]] : NULL;
}

/* ---- Heads */

/* Keeps those of `found`, one per lane, that no other of them sees, ascending.  Goes from the last to
 * the first, so that heads gather at the end and each is compared with heads alone. */
static void keep_heads(const struct dag *dag, struct rule_ops *found)
{
	uint32_t from = found->count;
	qsort(found->at, found->count, sizeof *found->at, rule_compare_place);
	for (uint32_t i = found->count; i-- > 0;) {
		bool seen = false;
		for (uint32_t k = from; k < found->count && !seen; k++)
			seen = dag_sees(dag, found->at[k]->item.change, found->at[i]->item.change);
		if (!seen)
			found->at[--from] = found->at[i];
	}
	found->count -= from;
	memmove(found->at, found->at + from, found->count * sizeof *found->at);
}

void view_log_heads(const struct view_log *l, struct rule_ops *heads)
{
	heads->count = l->head_count;
	for (uint32_t i = 0; i < l->head_count; i++)
		heads->at[i] = &l->ops[l->heads[i]];
}

/* Steps through the lanes that both the field and `change` know: returns the index of the first such
 * lane at or after *index, or the count of lanes. */
static uint32_t next_common(const struct view_log *l, const struct dag *dag, uint32_t change,
	uint32_t index)
{
	while (index < l->lane_count) {
		uint32_t lane = dag_next_lane(dag, change, l->lanes[index].lane);
		if (lane == l->lanes[index].lane)
			return index;
		index = lane == DAG_NO_LANE ? l->lane_count : lane_at_least(l, lane);
	}
	return index;
}

void view_log_past(const struct view_log *l, const struct dag *dag, uint32_t change,
	struct rule_ops *past)
{
	past->count = 0;
	/* Nearly always the change has seen all there is so far. */
	uint32_t seen = l->head_count;
	while (seen > 0 && dag_sees(dag, change, l->ops[l->heads[seen - 1]].item.change))
		seen--;
	if (seen == 0) {
		view_log_heads(l, past);
		return;
	}
	for (uint32_t i = 0; (i = next_common(l, dag, change, i)) < l->lane_count; i++) {
		const struct rule_op *op = last_in_lane(l, dag, &l->lanes[i],
			dag_reach(dag, change, l->lanes[i].lane));
		if (op)
			past->at[past->count++] = op;
	}
	keep_heads(dag, past);
}

void view_log_agreed(const struct view_log *l, const struct dag *dag, struct rule_ops *heads)
{
	uint32_t first = heads->at[0]->item.change;
	uint32_t count = heads->count, kept = 0;
	/* Written over the end of `heads`, which has room for all operations: the heads are still read. */
	const struct rule_op **found = heads->at + count;
	for (uint32_t i = 0; (i = next_common(l, dag, first, i)) < l->lane_count; i++) {
		uint32_t lane = l->lanes[i].lane, place = UINT32_MAX;
		for (uint32_t k = 0; k < count && place; k++) {
			uint32_t reach = dag_reach(dag, heads->at[k]->item.change, lane);
			if (reach < place)
				place = reach;
		}
		const struct rule_op *op = last_in_lane(l, dag, &l->lanes[i], place);
		if (op)
			found[kept++] = op;
	}
	memmove(heads->at, found, kept * sizeof *found);
	heads->count = kept;
	keep_heads(dag, heads);
}

static bool is_head(const struct view_log *l, uint32_t index)
{
	uint32_t low = 0, high = l->head_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (l->heads[middle] < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low < l->head_count && l->heads[low] == index;
}

/* Takes those of `past` out of the heads.  Both ascend. */
static void drop_heads(struct view_log *l, const struct rule_ops *past)
{
	uint32_t p = 0, kept = 0;
	while (p < past->count && !is_head(l, past->at[p]->index))
		p++;
	if (p == past->count)
		return;
	for (uint32_t i = 0; i < l->head_count; i++) {
		while (p < past->count && past->at[p]->index < l->heads[i])
			p++;
		if (p == past->count || past->at[p]->index != l->heads[i])
			l->heads[kept++] = l->heads[i];
	}
	l->head_count = kept;
}

enum err view_log_put(struct view_log *l, struct arena *a, const struct dag *dag,
	const struct rule_op *op, const struct rule_ops *past)
{
	uint32_t index = l->count;
	l->ops[index] = *op;
	l->ops[index].index = index;
	l->count++;
	if (l->field->shape != SHAPE_SINGLE)
		return ERR_OK;
	drop_heads(l, past);
	l->heads[l->head_count++] = index;
	return put_in_lane(l, a, dag_lane(dag, op->item.change), index);
}

/* ---- Acknowledgements */

enum err view_log_put_ack(struct view_log *l, struct arena *a, uint32_t change,
	const struct change_id *id)
{
	struct log_ack *acks = arena_grow(a, l->acks, l->ack_count, &l->ack_size, sizeof *acks);
	if (!acks)
		return ERR_MEMORY;
	l->acks = acks;
	acks[l->ack_count++] = (struct log_ack){ .id = *id, .change = change };
	return ERR_OK;
}

static int compare_acks(const void *a, const void *b)
{
	const struct log_ack *x = a, *y = b;
	return change_id_compare(&x->id, &y->id);
}

void view_log_sort_acks(struct view_log *l)
{
	if (l->ack_count)
		qsort(l->acks, l->ack_count, sizeof *l->acks, compare_acks);
}

bool view_log_is_acked(const struct view_log *l, const struct dag *dag, uint32_t change,
	const struct change_id *id)
{
	uint32_t low = 0, high = l->ack_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (change_id_compare(&l->acks[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < l->ack_count && change_id_equal(&l->acks[low].id, id); low++) {
		if (dag_sees(dag, l->acks[low].change, change))
			return true;
	}
	return false;
}
