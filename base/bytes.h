/* A borrowed run of bytes.  Whoever made it owns what it points at; it says for how long. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *data; /* may be NULL when size is 0 */
	size_t size;
};

/* The characters of a C string without its NUL. */
struct bytes bytes_text(const char *text);

static inline struct bytes bytes_of(const void *data, size_t size)
{
	return (struct bytes){ data, size };
}

/* What is left behind the first `at` bytes; `at` is at most the size. */
static inline struct bytes bytes_after(struct bytes b, size_t at)
{
	return (struct bytes){ at ? b.data + at : b.data, b.size - at };
}

/* Not constant time: for public bytes only.  Secrets are compared by secret_equal. */
bool bytes_equal(struct bytes a, struct bytes b);

/* Less than, equal to or greater than 0, as memcmp; a proper prefix comes first. */
int bytes_compare(struct bytes a, struct bytes b);

#endif
