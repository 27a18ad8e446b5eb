/* The map from keys of 32 bytes, against a plain list. */
#include "schema/key_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { KEYS = 600 };

static uint32_t next(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33) % below;
}

static void put(struct key_map *m, const uint8_t *key, uint32_t value)
{
	assert_int_equal(key_map_make_room(m), ERR_OK);
	key_map_put(m, key, value);
}

static void an_empty_map_holds_nothing(void **state)
{
	(void)state;
	struct arena a;
	struct key_map m;
	const uint8_t key[KEY_MAP_KEY_SIZE] = { 0 };
	arena_init(&a, 1 << 16);
	key_map_init(&m, &a);
	assert_int_equal(key_map_get(&m, key, 77), 77);
	put(&m, key, 5);
	assert_int_equal(key_map_get(&m, key, 77), 5);
	arena_clear(&a);
}

/* Keys that differ in few bits, often in one, so that long common beginnings occur. */
static void every_key_leads_to_its_last_value(void **state)
{
	(void)state;
	static uint8_t keys[KEYS][KEY_MAP_KEY_SIZE];
	uint32_t values[KEYS];
	uint64_t seed = 1;
	struct arena a;
	struct key_map m;
	arena_init(&a, 1 << 20);
	key_map_init(&m, &a);
	for (uint32_t i = 0; i < KEYS; i++) {
		if (i)
			memcpy(keys[i], keys[next(&seed, i)], KEY_MAP_KEY_SIZE);
		uint32_t bit = next(&seed, 8 * KEY_MAP_KEY_SIZE);
		keys[i][bit / 8] ^= (uint8_t)(1 << bit % 8);
		for (uint32_t k = 0; k <= i; k++) { /* the same key again is the same entry */
			if (memcmp(keys[k], keys[i], KEY_MAP_KEY_SIZE) == 0)
				values[k] = i;
		}
		put(&m, keys[i], i);
		for (uint32_t k = 0; k <= i; k++)
			assert_int_equal(key_map_get(&m, keys[k], UINT32_MAX), values[k]);
	}
	for (uint32_t i = 0; i < KEYS; i++) {
		uint8_t other[KEY_MAP_KEY_SIZE];
		memcpy(other, keys[i], sizeof other);
		other[31] ^= 0x18;
		bool is_there = false;
		for (uint32_t k = 0; k < KEYS; k++)
			is_there = is_there || memcmp(keys[k], other, sizeof other) == 0;
		assert_int_equal(key_map_get(&m, other, UINT32_MAX) != UINT32_MAX, is_there);
	}
	arena_clear(&a);
}

static void without_room_nothing_is_lost(void **state)
{
	(void)state;
	uint8_t keys[64][KEY_MAP_KEY_SIZE] = { { 0 } };
	struct arena a;
	struct key_map m;
	uint32_t count = 0;
	arena_init(&a, 1024);
	key_map_init(&m, &a);
	for (; count < 64; count++) {
		keys[count][0] = (uint8_t)count;
		if (key_map_make_room(&m))
			break;
		key_map_put(&m, keys[count], count);
	}
	assert_true(count > 4 && count < 64);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(key_map_get(&m, keys[i], UINT32_MAX), i);
	arena_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_holds_nothing),
		cmocka_unit_test(every_key_leads_to_its_last_value),
		cmocka_unit_test(without_room_nothing_is_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
