/* A map from keys of 32 bytes (ids, public keys) to numbers, in an arena.
 *
 * A crit-bit tree: the shape depends on the set of keys alone, a search looks at 256 bits at most, and no
 * choice of keys makes it slow, as it would a hash table without a secret. */
#ifndef SCHEMA_KEY_MAP_H
#define SCHEMA_KEY_MAP_H

#include "base/arena.h"

enum { KEY_MAP_KEY_SIZE = 32 };

struct key_map_leaf;
struct key_map_fork;

struct key_map {
	struct arena *arena;
	struct key_map_leaf *leaves;
	struct key_map_fork *forks; /* one less than leaves */
	uint32_t leaf_count, leaf_size, fork_count, fork_size;
	uint32_t top;
};

/* An empty map that grows in the arena. */
void key_map_init(struct key_map *m, struct arena *a);

/* Makes room for one key more, so that the next key_map_put cannot fail. */
MUST_USE enum err key_map_make_room(struct key_map *m);

/* Maps a key, which must outlive the map, to a value; a key that was there gets the new value.
 * key_map_make_room must have been called since the last put. */
void key_map_put(struct key_map *m, const uint8_t key[KEY_MAP_KEY_SIZE], uint32_t value);

/* The value of a key, or `none`. */
uint32_t key_map_get(const struct key_map *m, const uint8_t key[KEY_MAP_KEY_SIZE], uint32_t none);

#endif
