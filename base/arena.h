/* Memory for one decode or one view: many small pieces, freed at once.
 *
 * Invariant: the sum of all block sizes never exceeds `size_max`, so hostile input cannot make one
 * decode cost more than its cap. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/bytes.h"
#include "base/err.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t total;               /* bytes of all blocks */
	size_t size_max;
};

/* An arena that takes at most `size_max` bytes from the system.  Allocates nothing yet. */
void arena_init(struct arena *a, size_t size_max);

/* Wipes and frees everything that came from the arena; it is usable again. */
void arena_clear(struct arena *a);

/* `size` zeroed bytes, aligned for any type; valid until arena_clear.  NULL when the cap or the
 * system's memory is reached (report ERR_MEMORY). */
MUST_USE void *arena_alloc(struct arena *a, size_t size);

/* `count` zeroed elements of `size` bytes; the product is checked.  Never NULL for 0 elements unless
 * memory is out. */
MUST_USE void *arena_array(struct arena *a, size_t count, size_t size);

/* Room for one more element in an array of `count` elements with room for *size: the same array, or a
 * copy in twice the room (the old one stays behind until arena_clear).  NULL when memory is out; then
 * the old array is untouched. */
MUST_USE void *arena_grow(struct arena *a, void *array, uint32_t count, uint32_t *size, size_t element);

/* Copies; NULL when memory is out.  The text copy ends with a NUL. */
MUST_USE void *arena_copy(struct arena *a, const void *data, size_t size);
MUST_USE char *arena_text(struct arena *a, struct bytes text);

#endif
