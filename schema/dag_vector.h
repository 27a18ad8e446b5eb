/* Version vectors that share what they have in common.
 *
 * A vector maps lanes to sequence numbers; lanes not set read as 0.  Vectors are trees of 16-way nodes
 * in one pool.  A finished vector never changes, so a change's vector costs only the nodes in which it
 * differs from its parents': 64 bytes while there are at most 16 lanes, and a path of such nodes when
 * there are thousands. */
#ifndef SCHEMA_DAG_VECTOR_H
#define SCHEMA_DAG_VECTOR_H

#include "base/arena.h"

enum { VECTOR_WAYS = 16, VECTOR_CHUNK = 256 };
#define VECTOR_NONE UINT32_MAX

struct vector_node {
	uint32_t slot[VECTOR_WAYS]; /* height 1: sequence numbers; above: nodes; 0 is nothing in both */
};

struct vector { /* zeroed: the empty vector */
	uint32_t root;
	uint32_t height; /* covers lanes below 16 to the power of this; 0 only when empty */
};

struct vector_pool {
	struct arena *arena;
	struct vector_node **chunks; /* VECTOR_CHUNK nodes each */
	uint32_t chunk_count, chunk_size;
	uint32_t count; /* nodes handed out; number 0 is never used */
	bool failed;    /* memory ran out: sticks, and what was built since is worthless */
};

void vector_pool_init(struct vector_pool *p, struct arena *a);

/* The sequence number of a lane. */
uint32_t vector_get(const struct vector_pool *p, struct vector v, uint32_t lane);

/* The least lane at or above `lane` whose number is not 0; VECTOR_NONE when there is none. */
uint32_t vector_next(const struct vector_pool *p, struct vector v, uint32_t lane);

/* Both alter a vector under construction: `mark` is the pool's count when its construction began, and
 * only nodes made since are altered in place.  vector_merge takes the greater number per lane. */
void vector_merge(struct vector_pool *p, struct vector *into, struct vector from, uint32_t mark);
void vector_set(struct vector_pool *p, struct vector *v, uint32_t lane, uint32_t number, uint32_t mark);

#endif
