/* Evidence of copied keys among the changes of a case: what one pen could not have written. */
#include "schema/count.h"

#include <stdlib.h>

struct row {
	const struct change *change;
	uint32_t position, rank; /* rank: place in dag order */
};

struct finder {
	struct count_flagged *flags;
	uint32_t count;
	const struct dag *dag;
	struct row *tips; /* of the lane at hand: those that no other of it sees yet */
	uint32_t tip_count;
};

static int compare_lanes(const struct change *a, const struct change *b)
{
	int order = officer_id_compare(&a->officer, &b->officer);
	if (!order)
		order = node_id_compare(&a->node, &b->node);
	return order ? order : incarnation_id_compare(&a->incarnation, &b->incarnation);
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = compare_lanes(x->change, y->change);
	if (order)
		return order;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static void add_flag(struct finder *f, enum count_flag flag, uint32_t a, uint32_t b)
{
	f->flags[f->count++] = (struct count_flagged){ flag, a, b };
}

/* Takes the next change of a lane: the tips it sees end with it, the first that it does not is a breach. */
static void take_row(struct finder *f, const struct row *row)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < f->tip_count; i++) {
		if (!dag_sees(f->dag, row->position, f->tips[i].position))
			f->tips[kept++] = f->tips[i];
	}
	if (kept)
		add_flag(f, COUNT_TWO_LANES, f->tips[0].position, row->position);
	f->tips[kept++] = *row;
	f->tip_count = kept;
}

/* All flags, lane by lane; two openings first. */
static void find_flags(struct finder *f, struct row *rows, uint32_t count)
{
	const struct row *opening = NULL;
	for (uint32_t i = 0; i < count; i++) {
		if (rows[i].change->parent_count > 0)
			continue;
		if (opening)
			add_flag(f, COUNT_TWO_OPENINGS, opening->position, rows[i].position);
		else
			opening = &rows[i];
	}
	qsort(rows, count, sizeof *rows, compare_rows);
	for (uint32_t i = 0; i < count; i++) {
		if (i == 0 || compare_lanes(rows[i - 1].change, rows[i].change) != 0)
			f->tip_count = 0;
		take_row(f, &rows[i]);
	}
}

struct ranked { /* a flag with the place of its later change */
	uint32_t rank;
	struct count_flagged flagged;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return (int)x->flagged.flag - (int)y->flagged.flag;
}

enum err count_find_flags(const struct count_flagged **out, uint32_t *count, struct arena *a,
	const struct counted *c)
{
	*out = NULL;
	*count = 0;
	struct row *rows = arena_array(a, c->count, sizeof *rows);
	uint32_t *rank = arena_array(a, c->count, sizeof *rank);
	/* A change has at most one flag of each kind. */
	struct finder f = { .dag = c->dag, .tips = arena_array(a, (size_t)c->count + 1, sizeof *f.tips),
		.flags = arena_array(a, 2 * (size_t)c->count, sizeof *f.flags) };
	struct ranked *ranked = arena_array(a, 2 * (size_t)c->count, sizeof *ranked);
	if (!rows || !rank || !f.tips || !f.flags || !ranked)
		return ERR_MEMORY;
	const uint32_t *order = dag_order(c->dag);
	for (uint32_t i = 0; i < c->count; i++) {
		rank[order[i]] = i;
		rows[i] = (struct row){ count_get(c, order[i])->change, order[i], i };
	}
	find_flags(&f, rows, c->count);
	for (uint32_t i = 0; i < f.count; i++)
		ranked[i] = (struct ranked){ rank[f.flags[i].b], f.flags[i] };
	qsort(ranked, f.count, sizeof *ranked, compare_ranked);
	for (uint32_t i = 0; i < f.count; i++)
		f.flags[i] = ranked[i].flagged;
	*out = f.flags;
	*count = f.count;
	return ERR_OK;
}
