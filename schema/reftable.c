/* The table of byte strings of one direction of a session. */
#include "schema/reftable.h"

#include "base/hash.h"
#include "schema/key_map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY_MAX = 32 << 20 };

struct reftable {
	struct arena arena; /* of everything below: an emptied table costs nothing */
	struct bytes *strings;
	uint32_t count, room;
	uint32_t trusted; /* the first entry that may be referred to */
	struct key_map map; /* hash of a string -> the first trusted entry that holds it */
};

enum err reftable_new(struct reftable **out)
{
	struct reftable *t = *out = calloc(1, sizeof *t);
	if (!t)
		return ERR_MEMORY;
	arena_init(&t->arena, MEMORY_MAX);
	key_map_init(&t->map, &t->arena);
	return ERR_OK;
}

void reftable_free(struct reftable *t)
{
	if (!t)
		return;
	arena_clear(&t->arena);
	free(t);
}

static void empty(struct reftable *t)
{
	arena_clear(&t->arena);
	t->strings = NULL;
	t->count = t->room = t->trusted = 0;
	key_map_init(&t->map, &t->arena);
}

static void key_of(uint8_t key[KEY_MAP_KEY_SIZE], struct bytes string)
{
	hash_blake2b_256(key, string);
}

static uint32_t find(const struct reftable *t, struct bytes string)
{
	uint8_t key[KEY_MAP_KEY_SIZE];
	if (string.size == 0)
		return UINT32_MAX;
	key_of(key, string);
	uint32_t number = key_map_get(&t->map, key, UINT32_MAX);
	return number < t->trusted ? UINT32_MAX : number;
}

void reftable_distrust(struct reftable *t)
{
	t->trusted = t->count;
}

enum err reftable_add(struct reftable *t, struct bytes string)
{
	assert(string.size <= REFTABLE_STRING_MAX && t->count < REFTABLE_MAX);
	struct bytes *grown = arena_grow(&t->arena, t->strings, t->count, &t->room, sizeof *grown);
	uint8_t *key = arena_alloc(&t->arena, KEY_MAP_KEY_SIZE + string.size);
	if (!grown || !key || key_map_make_room(&t->map))
		return ERR_MEMORY;
	t->strings = grown;
	uint8_t *copy = key + KEY_MAP_KEY_SIZE;
	if (string.size > 0) {
		memcpy(copy, string.data, string.size);
		key_of(key, string);
		uint32_t there = key_map_get(&t->map, key, UINT32_MAX);
		if (there == UINT32_MAX || there < t->trusted)
			key_map_put(&t->map, key, t->count);
	}
	t->strings[t->count++] = bytes_of(copy, string.size);
	return ERR_OK;
}

enum err reftable_seed(struct reftable *t, struct bytes string)
{
	if (string.size > 0 && (t->count >= REFTABLE_SEEDS_MAX || reftable_has(t, string)))
		return ERR_OK;
	return reftable_add(t, string);
}

bool reftable_has(const struct reftable *t, struct bytes string)
{
	return find(t, string) != UINT32_MAX;
}

void reftable_begin_item(struct reftable *t)
{
	if (t->count >= REFTABLE_FULL)
		empty(t);
}

void reftable_put(struct buf *out, struct reftable *t, struct bytes string)
{
	assert(string.size > 0);
	uint32_t number = find(t, string);
	if (number != UINT32_MAX) {
		cbor_put_uint(out, number);
		return;
	}
	cbor_put_bytes(out, string);
	enum err e = reftable_add(t, string);
	if (e && !out->err)
		out->err = e;
}

struct bytes reftable_take(struct cbor *r, struct reftable *t, size_t size, bool *no_room)
{
	struct bytes string = bytes_of(NULL, 0);
	bool is_number = cbor_peek(r) == CBOR_UINT;
	if (is_number) {
		uint64_t number = cbor_uint(r, t->count ? t->count - 1 : 0);
		if (t->count == 0)
			cbor_fail(r);
		else if (!r->err)
			string = t->strings[number];
		if (string.size == 0)
			return string;
	} else {
		string = cbor_bytes(r);
	}
	if (string.size == 0 || string.size > REFTABLE_STRING_MAX || (size && string.size != size)) {
		cbor_fail(r);
		return bytes_of(NULL, 0);
	}
	if (is_number)
		return string;
	if (reftable_add(t, string)) {
		*no_room = true;
		return bytes_of(NULL, 0);
	}
	return t->strings[t->count - 1];
}
