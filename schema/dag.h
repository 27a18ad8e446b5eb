/* The changes of one case as a graph: who saw whom, order time, frontier.
 *
 * Ancestry is answered in one comparison by a version vector per change over lanes: greedy chains of
 * changes, each of one officer, in which every change sees the one before.  Many lanes cost time and
 * memory, never effect. */
#ifndef SCHEMA_DAG_H
#define SCHEMA_DAG_H

#include "base/arena.h"
#include "base/id.h"

struct dag_change { /* what the caller knows of one change */
	struct change_id id;
	struct officer_id officer;
	uint64_t time;           /* claimed, UTC seconds */
	const uint32_t *parents; /* positions in the caller's array */
	uint32_t parent_count;
};

#define DAG_TIME_MAX ((uint64_t)1 << 62) /* so that no order time ever overflows */

struct dag; /* lives in the arena it was made in */

/* Builds the graph of `count` changes given in any order.  Parents must be positions below `count`;
 * a cycle or an id twice (impossible for real ids) and a time above DAG_TIME_MAX are ERR_FORMAT.  The
 * parents are not needed afterwards.  The result depends on the set of changes alone, not
 * on their order: all that is derived orders by (order time, change id). */
MUST_USE enum err dag_build(struct dag **out, struct arena *a, const struct dag_change *changes,
	uint32_t count);

/* Appends one change whose parents are all there already; its position is the old count.  After an error
 * the graph is not to be used any more. */
MUST_USE enum err dag_add(struct dag *d, const struct dag_change *change);

uint32_t dag_count(const struct dag *d);

/* True when `later` sees `earlier`: a path of parents leads from one to the other.  A change does not
 * see itself. */
bool dag_sees(const struct dag *d, uint32_t later, uint32_t earlier);

/* The greater of the claimed time and one second after the greatest order time of the parents. */
uint64_t dag_order_time(const struct dag *d, uint32_t change);

/* Less than 0 when a comes before b: by order time, then id. */
int dag_compare(const struct dag *d, uint32_t a, uint32_t b);

/* All positions ascending by dag_compare (a linear extension of the graph). */
const uint32_t *dag_order(const struct dag *d);

/* The changes that no other change has as a parent, ascending by id; *count of them, borrowed until the
 * next dag_add. */
void dag_frontier(const uint32_t **out, uint32_t *count, const struct dag *d);

/* ---- Lanes, for whoever keeps an index of its own over them (schema/view_log). */

/* The change's lane, and its place in it counted from 1. */
uint32_t dag_lane(const struct dag *d, uint32_t change);
uint32_t dag_place(const struct dag *d, uint32_t change);

/* The place of the last change of `lane` that `change` sees or is; 0 when it sees none. */
uint32_t dag_reach(const struct dag *d, uint32_t change, uint32_t lane);

/* The first lane at or after `lane` of which dag_reach is not 0; DAG_NO_LANE when there is none. */
#define DAG_NO_LANE UINT32_MAX
uint32_t dag_next_lane(const struct dag *d, uint32_t change, uint32_t lane);

#endif
