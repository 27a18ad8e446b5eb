/* A map from keys of 32 bytes to numbers: a crit-bit tree. */
#include "schema/key_map.h"

#include <assert.h>
#include <string.h>

struct key_map_leaf {
	const uint8_t *key;
	uint32_t value;
};

/* All keys below a fork agree in the bits before `bit` and differ in it. */
struct key_map_fork {
	uint32_t child[2];
	uint32_t bit; /* 0 is the highest bit of the first byte */
};

/* A child is a fork's index, or a leaf's with this bit. */
#define LEAF UINT32_C(0x80000000)

void key_map_init(struct key_map *m, struct arena *a)
{
	*m = (struct key_map){ .arena = a };
}

static unsigned get_bit(const uint8_t *key, uint32_t bit)
{
	return key[bit / 8] >> (7 - bit % 8) & 1;
}

enum err key_map_make_room(struct key_map *m)
{
	struct key_map_leaf *leaves = arena_grow(m->arena, m->leaves, m->leaf_count, &m->leaf_size,
		sizeof *leaves);
	if (!leaves)
		return ERR_MEMORY;
	m->leaves = leaves;
	struct key_map_fork *forks = arena_grow(m->arena, m->forks, m->fork_count, &m->fork_size,
		sizeof *forks);
	if (!forks)
		return ERR_MEMORY;
	m->forks = forks;
	return ERR_OK;
}

/* The leaf that a search for the key ends at: the key's own if it is there.  Not for an empty map. */
static struct key_map_leaf *nearest_leaf(const struct key_map *m, const uint8_t *key)
{
	uint32_t at = m->top;
	while (!(at & LEAF))
		at = m->forks[at].child[get_bit(key, m->forks[at].bit)];
	return &m->leaves[at & ~LEAF];
}

/* The first bit in which two different keys differ. */
static uint32_t first_difference(const uint8_t *a, const uint8_t *b)
{
	uint32_t byte = 0;
	while (a[byte] == b[byte])
		byte++;
	uint32_t bit = byte * 8;
	while (get_bit(a, bit) == get_bit(b, bit))
		bit++;
	return bit;
}

void key_map_put(struct key_map *m, const uint8_t key[KEY_MAP_KEY_SIZE], uint32_t value)
{
	assert(m->leaf_count < m->leaf_size && m->leaf_count < LEAF);
	uint32_t leaf = m->leaf_count | LEAF;
	if (m->leaf_count == 0) {
		m->top = leaf;
	} else {
		struct key_map_leaf *nearest = nearest_leaf(m, key);
		if (memcmp(nearest->key, key, KEY_MAP_KEY_SIZE) == 0) {
			nearest->value = value;
			return;
		}
		assert(m->fork_count < m->fork_size);
		uint32_t bit = first_difference(nearest->key, key);
		uint32_t *at = &m->top;
		while (!(*at & LEAF) && m->forks[*at].bit < bit)
			at = &m->forks[*at].child[get_bit(key, m->forks[*at].bit)];
		struct key_map_fork *fork = &m->forks[m->fork_count];
		fork->bit = bit;
		fork->child[get_bit(key, bit)] = leaf;
		fork->child[!get_bit(key, bit)] = *at;
		*at = m->fork_count++;
	}
	m->leaves[m->leaf_count++] = (struct key_map_leaf){ key, value };
}

uint32_t key_map_get(const struct key_map *m, const uint8_t key[KEY_MAP_KEY_SIZE], uint32_t none)
{
	if (m->leaf_count == 0)
		return none;
	const struct key_map_leaf *leaf = nearest_leaf(m, key);
	return memcmp(leaf->key, key, KEY_MAP_KEY_SIZE) == 0 ? leaf->value : none;
}
