/* Memory for one decode or one view, in blocks that double in size. */
#include "base/arena.h"

#include <sodium.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t size; /* of data */
	size_t used;
	alignas(max_align_t) uint8_t data[];
};

enum { BLOCK_MIN = 1024, BLOCK_MAX = 1024 * 1024, ALIGN = alignof(max_align_t) };

void arena_init(struct arena *a, size_t size_max)
{
	*a = (struct arena){ .size_max = size_max };
}

void arena_clear(struct arena *a)
{
	if (!a)
		return;
	while (a->blocks) {
		struct arena_block *block = a->blocks;
		a->blocks = block->next;
		sodium_memzero(block->data, block->used);
		free(block);
	}
	a->total = 0;
}

static struct arena_block *add_block(struct arena *a, size_t need)
{
	size_t size = a->blocks ? a->blocks->size : BLOCK_MIN / 2;
	size = size > BLOCK_MAX / 2 ? BLOCK_MAX : size * 2;
	if (size > a->size_max - a->total)
		size = a->size_max - a->total;
	if (size < need)
		size = need;
	if (size > a->size_max - a->total)
		return NULL;
	struct arena_block *block = malloc(sizeof *block + size);
	if (!block)
		return NULL;
	block->next = a->blocks;
	block->size = size;
	block->used = 0;
	a->blocks = block;
	a->total += size;
	return block;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (size > a->size_max)
		return NULL;
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	struct arena_block *block = a->blocks;
	if (!block || block->size - block->used < size) {
		block = add_block(a, size);
		if (!block)
			return NULL;
	}
	void *at = block->data + block->used;
	block->used += size;
	memset(at, 0, size);
	return at;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	return arena_alloc(a, total ? total : 1);
}

void *arena_grow(struct arena *a, void *array, uint32_t count, uint32_t *size, size_t element)
{
	if (count < *size)
		return array;
	uint32_t larger = *size < 4 ? 4 : *size * 2;
	void *copy = larger > *size ? arena_array(a, larger, element) : NULL;
	if (!copy)
		return NULL;
	if (count)
		memcpy(copy, array, count * element);
	*size = larger;
	return copy;
}

void *arena_copy(struct arena *a, const void *data, size_t size)
{
	void *at = arena_array(a, size, 1);
	if (at && size)
		memcpy(at, data, size);
	return at;
}

char *arena_text(struct arena *a, struct bytes text)
{
	size_t size;
	if (__builtin_add_overflow(text.size, 1, &size))
		return NULL;
	char *at = arena_alloc(a, size);
	if (at && text.size)
		memcpy(at, text.data, text.size);
	return at;
}
