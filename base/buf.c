/* An owned, growing run of bytes with a cap and a sticky error. */
#include "base/buf.h"

#include <assert.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t size_max)
{
	*b = (struct buf){ .size_max = size_max };
}

void buf_clear(struct buf *b)
{
	if (!b)
		return;
	free(b->data);
	buf_init(b, b->size_max);
}

void buf_wipe(struct buf *b)
{
	if (!b)
		return;
	if (b->data)
		sodium_memzero(b->data, b->capacity);
	buf_clear(b);
}

void buf_reset(struct buf *b)
{
	b->size = 0;
	b->err = ERR_OK;
}

/* Ensures that `size` more bytes fit.  A grown buffer may hold plaintext, so the old copy is wiped. */
static bool make_room(struct buf *b, size_t size)
{
	size_t need;
	if (b->err)
		return false;
	if (__builtin_add_overflow(b->size, size, &need) || need > b->size_max) {
		b->err = ERR_LIMIT;
		return false;
	}
	if (need <= b->capacity)
		return true;
	size_t capacity = b->capacity < 64 ? 64 : b->capacity;
	while (capacity < need)
		capacity = capacity > b->size_max / 2 ? b->size_max : capacity * 2;
	if (capacity > b->size_max)
		capacity = b->size_max;
	uint8_t *data = malloc(capacity);
	if (!data) {
		b->err = ERR_MEMORY;
		return false;
	}
	if (b->data) {
		memcpy(data, b->data, b->size);
		sodium_memzero(b->data, b->size);
		free(b->data);
	}
	b->data = data;
	b->capacity = capacity;
	return true;
}

uint8_t *buf_grow(struct buf *b, size_t size)
{
	if (!make_room(b, size))
		return NULL;
	if (size == 0)
		return b->data ? b->data + b->size : NULL;
	uint8_t *at = b->data + b->size;
	memset(at, 0, size);
	b->size += size;
	return at;
}

void buf_put(struct buf *b, const void *data, size_t size)
{
	if (size == 0 || !make_room(b, size))
		return;
	memcpy(b->data + b->size, data, size);
	b->size += size;
}

void buf_put_bytes(struct buf *b, struct bytes bytes)
{
	buf_put(b, bytes.data, bytes.size);
}

void buf_put_byte(struct buf *b, uint8_t byte)
{
	buf_put(b, &byte, 1);
}

void buf_put_text(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

void buf_put_zeros(struct buf *b, size_t count)
{
	(void)buf_grow(b, count);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int size = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(size >= 0);
	/* One byte more than is counted, since vsnprintf ends with a NUL. */
	if (make_room(b, (size_t)size + 1)) {
		vsnprintf((char *)b->data + b->size, (size_t)size + 1, fmt, again);
		b->size += (size_t)size;
	}
	va_end(again);
}

void buf_drop(struct buf *b, size_t size)
{
	assert(size <= b->size);
	if (size == 0)
		return;
	memmove(b->data, b->data + size, b->size - size);
	b->size -= size;
}

struct bytes buf_bytes(const struct buf *b)
{
	return bytes_of(b->data, b->size);
}

const char *buf_text(struct buf *b)
{
	if (!make_room(b, 1))
		return "";
	b->data[b->size] = '\0';
	return (const char *)b->data;
}

enum err buf_err(const struct buf *b)
{
	return b->err;
}
