/* An owned, growing run of bytes with a cap.
 *
 * Errors stick: the first failure (out of memory, or more than `size_max` bytes) is remembered, later
 * puts do nothing, and one look at `buf_err` at the end is enough.  So encoders read like the format
 * they write.  Invariant: size <= capacity <= size_max, and data is NULL only while capacity is 0. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/bytes.h"
#include "base/err.h"

struct buf {
	uint8_t *data;
	size_t size;
	size_t capacity;
	size_t size_max;
	enum err err;
};

/* An empty buffer that never holds more than `size_max` bytes.  Allocates nothing yet. */
void buf_init(struct buf *b, size_t size_max);

/* Frees the bytes; the buffer is empty and usable again, its cap unchanged, its error forgotten. */
void buf_clear(struct buf *b);

/* As buf_clear, and wipes every byte first: for plaintext and anything derived from a key. */
void buf_wipe(struct buf *b);

/* Empties without freeing: for a buffer that is used again and again. */
void buf_reset(struct buf *b);

void buf_put(struct buf *b, const void *data, size_t size);
void buf_put_bytes(struct buf *b, struct bytes bytes);
void buf_put_byte(struct buf *b, uint8_t byte);
void buf_put_text(struct buf *b, const char *text);
void buf_put_zeros(struct buf *b, size_t count);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Makes room for `size` more bytes and hands out where they go, already counted in; NULL after an
 * error, or for no bytes of an empty buffer.  The room is zeroed.  Valid until the next put. */
uint8_t *buf_grow(struct buf *b, size_t size);

/* Drops the first `size` bytes (of what was consumed). */
void buf_drop(struct buf *b, size_t size);

/* The bytes so far, borrowed until the next put. */
struct bytes buf_bytes(const struct buf *b);

/* Appends a NUL that is not counted, and lends the text ("" after an error). */
const char *buf_text(struct buf *b);

/* ERR_OK, ERR_MEMORY or ERR_LIMIT. */
MUST_USE enum err buf_err(const struct buf *b);

#endif
