/* Version vectors as shared trees: path copying, and merges that give back a side that has it all. */
#include "schema/dag_vector.h"

#include <string.h>

enum { WAY_BITS = 4, HEIGHT_MAX = 8 };

void vector_pool_init(struct vector_pool *p, struct arena *a)
{
	*p = (struct vector_pool){ .arena = a, .count = 1 };
}

static struct vector_node *node_at(const struct vector_pool *p, uint32_t node)
{
	return &p->chunks[node / VECTOR_CHUNK][node % VECTOR_CHUNK];
}

static bool add_chunk(struct vector_pool *p)
{
	if (p->chunk_count == p->chunk_size) {
		uint32_t size = p->chunk_size ? p->chunk_size * 2 : 8;
		struct vector_node **chunks = arena_array(p->arena, size, sizeof(struct vector_node *));
		if (!chunks)
			return false;
		if (p->chunk_count)
			memcpy(chunks, p->chunks, p->chunk_count * sizeof(struct vector_node *));
		p->chunks = chunks;
		p->chunk_size = size;
	}
	struct vector_node *chunk = arena_array(p->arena, VECTOR_CHUNK, sizeof *chunk);
	if (!chunk)
		return false;
	p->chunks[p->chunk_count++] = chunk;
	return true;
}

/* A node that holds `content`: `old` itself when it is under construction, else a new one.  0 when
 * memory is out. */
static uint32_t write_node(struct vector_pool *p, uint32_t old, const struct vector_node *content,
	uint32_t mark)
{
	if (old >= mark) {
		*node_at(p, old) = *content;
		return old;
	}
	bool room = p->count / VECTOR_CHUNK < p->chunk_count || (p->count < UINT32_MAX && add_chunk(p));
	if (p->failed || !room) {
		p->failed = true;
		return 0;
	}
	*node_at(p, p->count) = *content;
	return p->count++;
}

static unsigned shift_of(uint32_t height)
{
	return WAY_BITS * (height - 1);
}

/* True when a vector of this height has a place for the lane. */
static bool covers(uint32_t height, uint32_t lane)
{
	return height >= HEIGHT_MAX || (height > 0 && lane >> (WAY_BITS * height) == 0);
}

uint32_t vector_get(const struct vector_pool *p, struct vector v, uint32_t lane)
{
	if (!covers(v.height, lane))
		return 0;
	uint32_t at = v.root;
	for (uint32_t height = v.height; height > 0 && at; height--)
		at = node_at(p, at)->slot[lane >> shift_of(height) & (VECTOR_WAYS - 1)];
	return at;
}

/* vector_next below one node; lanes count from the node's first.  At most HEIGHT_MAX deep. */
static uint32_t next_below(const struct vector_pool *p, uint32_t node, uint32_t height, uint32_t lane)
{
	const struct vector_node *n = node_at(p, node);
	unsigned shift = shift_of(height);
	uint32_t rest = lane & (((uint32_t)1 << shift) - 1);
	for (uint32_t i = lane >> shift; i < VECTOR_WAYS; i++, rest = 0) {
		if (!n->slot[i])
			continue;
		if (height == 1)
			return i;
		uint32_t found = next_below(p, n->slot[i], height - 1, rest);
		if (found != VECTOR_NONE)
			return (i << shift) + found;
	}
	return VECTOR_NONE;
}

uint32_t vector_next(const struct vector_pool *p, struct vector v, uint32_t lane)
{
	if (!v.root || !covers(v.height, lane))
		return VECTOR_NONE;
	return next_below(p, v.root, v.height, lane);
}

/* Merges two nodes of one height.  A side that already holds the result is given back as it is, so
 * that vectors which meet again share their memory again.  At most HEIGHT_MAX deep. */
static uint32_t merge_nodes(struct vector_pool *p, uint32_t into, uint32_t from, uint32_t height,
	uint32_t mark)
{
	if (!from || from == into)
		return into;
	if (!into)
		return from;
	struct vector_node merged;
	bool same_into = true, same_from = true;
	for (uint32_t i = 0; i < VECTOR_WAYS; i++) {
		/* Asked for anew each time: a merge below may add a chunk. */
		uint32_t a = node_at(p, into)->slot[i], b = node_at(p, from)->slot[i];
		merged.slot[i] = height > 1 ? merge_nodes(p, a, b, height - 1, mark) : a > b ? a : b;
		same_into = same_into && merged.slot[i] == a;
		same_from = same_from && merged.slot[i] == b;
	}
	if (same_into)
		return into;
	if (same_from)
		return from;
	return write_node(p, into, &merged, mark);
}

static void lift(struct vector_pool *p, struct vector *v, uint32_t height, uint32_t mark)
{
	for (; v->height < height; v->height++) {
		if (v->height > 0) {
			struct vector_node above = { .slot = { v->root } };
			v->root = write_node(p, 0, &above, mark);
		}
	}
}

void vector_merge(struct vector_pool *p, struct vector *into, struct vector from, uint32_t mark)
{
	uint32_t height = into->height > from.height ? into->height : from.height;
	lift(p, into, height, mark);
	lift(p, &from, height, mark);
	if (!p->failed)
		into->root = merge_nodes(p, into->root, from.root, height, mark);
}

void vector_set(struct vector_pool *p, struct vector *v, uint32_t lane, uint32_t number, uint32_t mark)
{
	uint32_t height = v->height ? v->height : 1;
	while (!covers(height, lane))
		height++;
	lift(p, v, height, mark);
	/* From the leaf up: every node on the path is written with one slot altered. */
	uint32_t path[HEIGHT_MAX + 1] = { 0 };
	path[height] = v->root;
	for (uint32_t h = height; h > 1; h--) {
		uint32_t slot = lane >> shift_of(h) & (VECTOR_WAYS - 1);
		path[h - 1] = path[h] ? node_at(p, path[h])->slot[slot] : 0;
	}
	uint32_t value = number;
	for (uint32_t h = 1; h <= height && !p->failed; h++) {
		struct vector_node content = { .slot = { 0 } };
		if (path[h])
			content = *node_at(p, path[h]);
		content.slot[lane >> shift_of(h) & (VECTOR_WAYS - 1)] = value;
		value = write_node(p, path[h], &content, mark);
	}
	v->root = value;
}
