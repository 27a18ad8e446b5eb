/* The graph of a case against brute force: closure, order, frontier, however it was built. */
#include "schema/dag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

enum { CHANGES_MAX = 300, PARENTS_MAX = 6 };

struct graph {
	struct dag_change changes[CHANGES_MAX];
	uint32_t parents[CHANGES_MAX][PARENTS_MAX];
	bool sees[CHANGES_MAX][CHANGES_MAX];
	uint64_t time[CHANGES_MAX]; /* order time */
	uint32_t count;
};

static struct graph graph, shuffled;

static uint32_t next(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33) % below;
}

/* A random graph in which parents come first; `reach` is how far back they may lie. */
static void make_graph(struct graph *g, uint64_t seed, uint32_t count, uint32_t officers, uint32_t reach)
{
	memset(g, 0, sizeof *g);
	g->count = count;
	for (uint32_t i = 0; i < count; i++) {
		struct dag_change *c = &g->changes[i];
		for (int k = 0; k < 4; k++)
			c->id.b[k] = (uint8_t)next(&seed, 256);
		c->id.b[31] = (uint8_t)i;
		c->id.b[30] = (uint8_t)(i >> 8);
		uint32_t officer = next(&seed, officers);
		memcpy(c->officer.b, &officer, sizeof officer);
		c->time = next(&seed, 100);
		c->parents = g->parents[i];
		c->parent_count = i ? next(&seed, PARENTS_MAX) : 0;
		g->time[i] = c->time;
		for (uint32_t k = 0; k < c->parent_count; k++) {
			uint32_t back = 1 + next(&seed, i < reach ? i : reach), parent = i - back;
			g->parents[i][k] = parent;
			g->sees[i][parent] = true;
			for (uint32_t j = 0; j < parent; j++)
				g->sees[i][j] |= g->sees[parent][j];
			if (g->time[parent] + 1 > g->time[i])
				g->time[i] = g->time[parent] + 1;
		}
	}
}

/* The same graph with its changes at other positions: the change at i goes to to[i]. */
static void shuffle_graph(struct graph *out, const struct graph *g, uint32_t *to, uint64_t seed)
{
	for (uint32_t i = 0; i < g->count; i++)
		to[i] = i;
	for (uint32_t i = g->count; i > 1; i--) {
		uint32_t k = next(&seed, i), swap = to[i - 1];
		to[i - 1] = to[k];
		to[k] = swap;
	}
	out->count = g->count;
	for (uint32_t i = 0; i < g->count; i++) {
		struct dag_change *c = &out->changes[to[i]];
		*c = g->changes[i];
		c->parents = out->parents[to[i]];
		for (uint32_t k = 0; k < c->parent_count; k++)
			out->parents[to[i]][k] = to[g->parents[i][k]];
	}
}

static void check_graph(struct dag *d, const struct graph *g, const uint32_t *to)
{
	assert_int_equal(dag_count(d), g->count);
	for (uint32_t i = 0; i < g->count; i++) {
		assert_int_equal(dag_order_time(d, to[i]), g->time[i]);
		for (uint32_t k = 0; k < g->count; k++)
			assert_int_equal(dag_sees(d, to[i], to[k]), g->sees[i][k]);
	}
	const uint32_t *order = dag_order(d);
	for (uint32_t i = 1; i < g->count; i++) {
		assert_true(dag_compare(d, order[i - 1], order[i]) < 0);
		assert_false(dag_sees(d, order[i - 1], order[i]));
	}
	const uint32_t *tips = NULL;
	uint32_t count = 0, expected = 0;
	dag_frontier(&tips, &count, d);
	for (uint32_t i = 0; i < g->count; i++) {
		bool tip = true;
		for (uint32_t k = i + 1; k < g->count; k++)
			tip = tip && !g->sees[k][i];
		expected += tip;
		for (uint32_t k = 0; tip && k < count; k++)
			tip = tips[k] != to[i];
		assert_false(tip);
	}
	assert_int_equal(count, expected);
}

static void build_and_check(uint64_t seed, uint32_t count, uint32_t officers, uint32_t reach)
{
	static uint32_t to[CHANGES_MAX], same[CHANGES_MAX];
	struct arena a;
	struct dag *d = NULL, *grown = NULL;
	arena_init(&a, 64 << 20);
	make_graph(&graph, seed, count, officers, reach);
	shuffle_graph(&shuffled, &graph, to, seed + 1);
	assert_int_equal(dag_build(&d, &a, shuffled.changes, count), ERR_OK);
	check_graph(d, &graph, to);
	uint32_t built = count / 3;
	assert_int_equal(dag_build(&grown, &a, graph.changes, built), ERR_OK);
	for (uint32_t i = 0; i < count; i++)
		same[i] = i;
	for (uint32_t i = built; i < count; i++)
		assert_int_equal(dag_add(grown, &graph.changes[i]), ERR_OK);
	check_graph(grown, &graph, same);
	arena_clear(&a);
}

static void random_graphs_agree_with_brute_force(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++)
		build_and_check(seed, 60, 5, 10);
	build_and_check(99, 0, 1, 1);
}

static void many_lanes_cost_no_truth(void **state)
{
	(void)state;
	build_and_check(7, CHANGES_MAX, 1, CHANGES_MAX);
	build_and_check(8, CHANGES_MAX, CHANGES_MAX, CHANGES_MAX);
	build_and_check(9, CHANGES_MAX, CHANGES_MAX, 3);
}

static void lanes_are_chains_and_reach_counts_them(void **state)
{
	(void)state;
	struct arena a;
	struct dag *d = NULL;
	arena_init(&a, 64 << 20);
	make_graph(&graph, 5, 200, 20, 30);
	assert_int_equal(dag_build(&d, &a, graph.changes, 200), ERR_OK);
	for (uint32_t i = 0; i < 200; i++) {
		for (uint32_t lane = 0, seen = 0; lane < 300; lane++) {
			uint32_t reach = 0;
			for (uint32_t k = 0; k < 200; k++) {
				if (dag_lane(d, k) == lane && (k == i || graph.sees[i][k]))
					reach = dag_place(d, k) > reach ? dag_place(d, k) : reach;
			}
			assert_int_equal(dag_reach(d, i, lane), reach);
			if (reach) {
				assert_int_equal(dag_next_lane(d, i, seen), lane);
				seen = lane + 1;
			} else if (lane == 299) {
				assert_int_equal(dag_next_lane(d, i, seen), DAG_NO_LANE);
			}
		}
	}
	arena_clear(&a);
}

static void what_no_real_ids_can_make_is_refused(void **state)
{
	(void)state;
	struct arena a;
	struct dag *d = NULL;
	uint32_t to_one = 1, to_zero = 0;
	struct dag_change pair[2] = {
		{ .parents = &to_one, .parent_count = 1 },
		{ .parents = &to_zero, .parent_count = 1 },
	};
	pair[1].id.b[0] = 1;
	arena_init(&a, 1 << 20);
	assert_int_equal(dag_build(&d, &a, pair, 2), ERR_FORMAT);
	assert_null(d);
	pair[0].parent_count = 0;
	assert_int_equal(dag_build(&d, &a, pair, 2), ERR_OK);
	pair[1].parent_count = 0;
	pair[1].id.b[0] = 0;
	assert_int_equal(dag_build(&d, &a, pair, 2), ERR_FORMAT);
	pair[1].id.b[0] = 1;
	pair[1].time = DAG_TIME_MAX + 1;
	assert_int_equal(dag_build(&d, &a, pair, 2), ERR_FORMAT);
	pair[1].time = DAG_TIME_MAX;
	assert_int_equal(dag_build(&d, &a, pair, 2), ERR_OK);
	assert_int_equal(dag_add(d, &pair[0]), ERR_FORMAT);
	arena_clear(&a);
}

static void a_small_arena_is_an_error(void **state)
{
	(void)state;
	make_graph(&graph, 3, CHANGES_MAX, CHANGES_MAX, CHANGES_MAX);
	for (size_t size = 0; size < 300000; size += 7000) {
		struct arena a;
		struct dag *d = NULL;
		arena_init(&a, size);
		enum err e = dag_build(&d, &a, graph.changes, CHANGES_MAX);
		assert_true(e == ERR_MEMORY || e == ERR_OK);
		assert_int_equal(e == ERR_OK, d != NULL);
		arena_clear(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_graphs_agree_with_brute_force),
		cmocka_unit_test(many_lanes_cost_no_truth),
		cmocka_unit_test(lanes_are_chains_and_reach_counts_them),
		cmocka_unit_test(what_no_real_ids_can_make_is_refused),
		cmocka_unit_test(a_small_arena_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
