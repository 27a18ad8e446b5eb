/* The changes of one case as a graph: topological order, order times, lanes, frontier. */
#include "schema/dag.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "schema/dag_vector.h"

/* How many lanes of its officer a change tries before it opens a new one.  An honest officer has one
 * per machine; a hostile one may have any number, and must not make others pay for the search. */
enum { LANES_TRIED = 64 };

#define NO_LANE DAG_NO_LANE

struct dag_item {
	struct change_id id;
	uint64_t time; /* order time */
	uint32_t lane, place;
	struct vector seen; /* per lane: the last place that this change sees or is */
	bool has_child;
};

struct dag_lane {
	uint32_t tip;      /* place of its last change */
	uint32_t previous; /* lane of the same officer, NO_LANE at the end */
};

struct dag_officer {
	struct officer_id id;
	uint32_t lane; /* newest */
};

struct dag {
	struct arena *arena;
	struct vector_pool pool;
	struct dag_item *items;
	uint32_t *order; /* ascending by dag_compare; as many as items */
	uint32_t count, size;
	uint32_t *tips; /* the frontier, ascending by id */
	uint32_t tip_count, tip_size;
	struct dag_lane *lanes;
	uint32_t lane_count, lane_size;
	struct dag_officer *officers; /* ascending by id */
	uint32_t officer_count, officer_size;
};

/* ---- Order */

int dag_compare(const struct dag *d, uint32_t a, uint32_t b)
{
	const struct dag_item *x = &d->items[a], *y = &d->items[b];
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return change_id_compare(&x->id, &y->id);
}

static int compare_items(const void *a, const void *b)
{
	const struct dag_item *x = *(const struct dag_item *const *)a;
	const struct dag_item *y = *(const struct dag_item *const *)b;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return change_id_compare(&x->id, &y->id);
}

/* Fills d->order from the items' times and ids. */
static enum err sort_items(struct dag *d)
{
	const struct dag_item **sorted = arena_array(d->arena, d->count, sizeof(struct dag_item *));
	if (!sorted)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < d->count; i++)
		sorted[i] = &d->items[i];
	qsort(sorted, d->count, sizeof *sorted, compare_items);
	for (uint32_t i = 0; i < d->count; i++) {
		if (i > 0 && compare_items(&sorted[i - 1], &sorted[i]) == 0)
			return ERR_FORMAT;
		d->order[i] = (uint32_t)(sorted[i] - d->items);
	}
	return ERR_OK;
}

static uint64_t time_after(const struct dag *d, const struct dag_change *change)
{
	uint64_t time = change->time;
	for (uint32_t i = 0; i < change->parent_count; i++) {
		uint64_t after = d->items[change->parents[i]].time + 1;
		if (after > time)
			time = after;
	}
	return time;
}

/* Computes all order times, parents before children (Kahn).  ERR_FORMAT when a cycle leaves some
 * changes without their turn. */
static enum err set_times(struct dag *d, const struct dag_change *changes)
{
	size_t edges = 0;
	for (uint32_t i = 0; i < d->count; i++)
		edges += changes[i].parent_count;
	uint32_t *first = arena_array(d->arena, (size_t)d->count + 1, sizeof *first);
	uint32_t *waiting = arena_array(d->arena, d->count, sizeof *waiting);
	uint32_t *ready = arena_array(d->arena, d->count, sizeof *ready);
	uint32_t *children = arena_array(d->arena, edges, sizeof *children);
	if (!first || !waiting || !ready || !children || edges > UINT32_MAX)
		return ERR_MEMORY;
	/* first[p] .. first[p + 1] are p's children: counted, summed, then filled from the back. */
	for (uint32_t i = 0; i < d->count; i++) {
		for (uint32_t k = 0; k < changes[i].parent_count; k++)
			first[changes[i].parents[k]]++;
	}
	for (uint32_t i = 1; i <= d->count; i++)
		first[i] += first[i - 1];
	for (uint32_t i = 0; i < d->count; i++) {
		waiting[i] = changes[i].parent_count;
		for (uint32_t k = 0; k < changes[i].parent_count; k++)
			children[--first[changes[i].parents[k]]] = i;
	}
	uint32_t done = 0, found = 0;
	for (uint32_t i = 0; i < d->count; i++) {
		if (waiting[i] == 0)
			ready[found++] = i;
	}
	for (; done < found; done++) {
		uint32_t change = ready[done];
		d->items[change].time = time_after(d, &changes[change]);
		d->items[change].has_child = first[change] < first[change + 1];
		for (uint32_t k = first[change]; k < first[change + 1]; k++) {
			if (--waiting[children[k]] == 0)
				ready[found++] = children[k];
		}
	}
	return done == d->count ? ERR_OK : ERR_FORMAT;
}

/* ---- Lanes */

/* The officer's entry, made when he is new; NULL when memory is out. */
static struct dag_officer *get_officer(struct dag *d, const struct officer_id *id)
{
	uint32_t low = 0, high = d->officer_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = officer_id_compare(&d->officers[middle].id, id);
		if (order == 0)
			return &d->officers[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	struct dag_officer *officers = arena_grow(d->arena, d->officers, d->officer_count, &d->officer_size,
		sizeof *officers);
	if (!officers)
		return NULL;
	d->officers = officers;
	memmove(&officers[low + 1], &officers[low], (d->officer_count - low) * sizeof *officers);
	officers[low] = (struct dag_officer){ .id = *id, .lane = NO_LANE };
	d->officer_count++;
	return &officers[low];
}

/* The officer's lane whose last change is seen by `seen`, or a new one; NO_LANE without memory. */
static uint32_t get_lane(struct dag *d, const struct officer_id *officer, struct vector seen)
{
	struct dag_officer *o = get_officer(d, officer);
	if (!o)
		return NO_LANE;
	uint32_t lane = o->lane;
	for (int tried = 0; lane != NO_LANE && tried < LANES_TRIED; tried++) {
		if (vector_get(&d->pool, seen, lane) == d->lanes[lane].tip)
			return lane;
		lane = d->lanes[lane].previous;
	}
	struct dag_lane *lanes = arena_grow(d->arena, d->lanes, d->lane_count, &d->lane_size, sizeof *lanes);
	if (!lanes)
		return NO_LANE;
	d->lanes = lanes;
	lanes[d->lane_count] = (struct dag_lane){ .previous = o->lane };
	o->lane = d->lane_count;
	return d->lane_count++;
}

/* Gives a change, whose parents have theirs, its lane and vector. */
static enum err place_item(struct dag *d, uint32_t at, const struct dag_change *change)
{
	struct dag_item *item = &d->items[at];
	uint32_t mark = d->pool.count;
	struct vector seen = { 0 };
	for (uint32_t i = 0; i < change->parent_count; i++)
		vector_merge(&d->pool, &seen, d->items[change->parents[i]].seen, mark);
	if (d->pool.failed)
		return ERR_MEMORY;
	item->lane = get_lane(d, &change->officer, seen);
	if (item->lane == NO_LANE)
		return ERR_MEMORY;
	item->place = ++d->lanes[item->lane].tip;
	vector_set(&d->pool, &seen, item->lane, item->place, mark);
	item->seen = seen;
	return d->pool.failed ? ERR_MEMORY : ERR_OK;
}

/* ---- Frontier */

/* The place in the frontier of the first tip whose id is not below that of `change`. */
static uint32_t place_of_tip(const struct dag *d, uint32_t change)
{
	uint32_t low = 0, high = d->tip_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (change_id_compare(&d->items[d->tips[middle]].id, &d->items[change].id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum err add_tip(struct dag *d, uint32_t change)
{
	uint32_t *tips = arena_grow(d->arena, d->tips, d->tip_count, &d->tip_size, sizeof *tips);
	if (!tips)
		return ERR_MEMORY;
	d->tips = tips;
	uint32_t at = place_of_tip(d, change);
	memmove(&tips[at + 1], &tips[at], (d->tip_count - at) * sizeof *tips);
	tips[at] = change;
	d->tip_count++;
	return ERR_OK;
}

/* A change that has got its first child. */
static void drop_tip(struct dag *d, uint32_t change)
{
	uint32_t at = place_of_tip(d, change);
	if (at == d->tip_count || d->tips[at] != change)
		return;
	d->tip_count--;
	memmove(&d->tips[at], &d->tips[at + 1], (d->tip_count - at) * sizeof *d->tips);
}

static int compare_by_id(const void *a, const void *b)
{
	const struct dag_item *x = *(const struct dag_item *const *)a;
	const struct dag_item *y = *(const struct dag_item *const *)b;
	return change_id_compare(&x->id, &y->id);
}

/* All at once: one by one, a wide frontier would be moved again for each. */
static enum err find_tips(struct dag *d)
{
	const struct dag_item **tips = arena_array(d->arena, d->count, sizeof(struct dag_item *));
	d->tips = arena_array(d->arena, d->count, sizeof *d->tips);
	if (!tips || !d->tips)
		return ERR_MEMORY;
	d->tip_size = d->count;
	for (uint32_t i = 0; i < d->count; i++) {
		if (!d->items[i].has_child)
			tips[d->tip_count++] = &d->items[i];
	}
	if (d->tip_count)
		qsort(tips, d->tip_count, sizeof *tips, compare_by_id);
	for (uint32_t i = 0; i < d->tip_count; i++)
		d->tips[i] = (uint32_t)(tips[i] - d->items);
	return ERR_OK;
}

/* ---- Building */

enum err dag_build(struct dag **out, struct arena *a, const struct dag_change *changes, uint32_t count)
{
	*out = NULL;
	struct dag *d = arena_alloc(a, sizeof *d);
	if (!d)
		return ERR_MEMORY;
	d->arena = a;
	d->count = d->size = count;
	vector_pool_init(&d->pool, a);
	d->items = arena_array(a, count, sizeof *d->items);
	d->order = arena_array(a, count, sizeof *d->order);
	if (!d->items || !d->order)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t k = 0; k < changes[i].parent_count; k++)
			assert(changes[i].parents[k] < count);
		if (changes[i].time > DAG_TIME_MAX)
			return ERR_FORMAT;
		d->items[i].id = changes[i].id;
	}
	enum err e = set_times(d, changes);
	if (!e)
		e = sort_items(d);
	for (uint32_t i = 0; i < count && !e; i++)
		e = place_item(d, d->order[i], &changes[d->order[i]]);
	if (!e)
		e = find_tips(d);
	if (!e)
		*out = d;
	return e;
}

static enum err make_room(struct dag *d)
{
	uint32_t size = d->size;
	uint32_t *order = arena_grow(d->arena, d->order, d->count, &size, sizeof *order);
	if (!order)
		return ERR_MEMORY;
	d->order = order;
	struct dag_item *items = arena_grow(d->arena, d->items, d->count, &d->size, sizeof *items);
	if (!items)
		return ERR_MEMORY;
	d->items = items;
	return ERR_OK;
}

enum err dag_add(struct dag *d, const struct dag_change *change)
{
	for (uint32_t i = 0; i < change->parent_count; i++)
		assert(change->parents[i] < d->count);
	if (change->time > DAG_TIME_MAX)
		return ERR_FORMAT;
	enum err e = make_room(d);
	if (e)
		return e;
	uint32_t at = d->count;
	d->items[at] = (struct dag_item){ .id = change->id, .time = time_after(d, change) };
	uint32_t low = 0, high = d->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = dag_compare(d, d->order[middle], at);
		if (order == 0)
			return ERR_FORMAT;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	e = place_item(d, at, change);
	if (e)
		return e;
	for (uint32_t i = 0; i < change->parent_count; i++) {
		if (!d->items[change->parents[i]].has_child)
			drop_tip(d, change->parents[i]);
		d->items[change->parents[i]].has_child = true;
	}
	e = add_tip(d, at);
	if (e)
		return e;
	memmove(&d->order[low + 1], &d->order[low], (d->count - low) * sizeof *d->order);
	d->order[low] = at;
	d->count++;
	return ERR_OK;
}

/* ---- Asking */

uint32_t dag_count(const struct dag *d)
{
	return d->count;
}

uint32_t dag_lane(const struct dag *d, uint32_t change)
{
	return d->items[change].lane;
}

uint32_t dag_place(const struct dag *d, uint32_t change)
{
	return d->items[change].place;
}

uint32_t dag_reach(const struct dag *d, uint32_t change, uint32_t lane)
{
	return vector_get(&d->pool, d->items[change].seen, lane);
}

uint32_t dag_next_lane(const struct dag *d, uint32_t change, uint32_t lane)
{
	return vector_next(&d->pool, d->items[change].seen, lane);
}

bool dag_sees(const struct dag *d, uint32_t later, uint32_t earlier)
{
	assert(later < d->count && earlier < d->count);
	const struct dag_item *e = &d->items[earlier];
	return later != earlier && dag_reach(d, later, e->lane) >= e->place;
}

uint64_t dag_order_time(const struct dag *d, uint32_t change)
{
	return d->items[change].time;
}

const uint32_t *dag_order(const struct dag *d)
{
	return d->order;
}

void dag_frontier(const uint32_t **out, uint32_t *count, const struct dag *d)
{
	*out = d->tips;
	*count = d->tip_count;
}
