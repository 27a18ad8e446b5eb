/* Secrets in guarded memory: made, copied, compared and wiped. */
#include "base/secret.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum err crypto_init(void)
{
	return sodium_init() < 0 ? ERR_IO : ERR_OK;
}

enum err secret_new(struct secret *s)
{
	s->b = sodium_malloc(SECRET_SIZE);
	if (!s->b)
		return ERR_MEMORY;
	sodium_memzero(s->b, SECRET_SIZE);
	return ERR_OK;
}

enum err secret_from(struct secret *s, const uint8_t bytes[SECRET_SIZE])
{
	enum err e = secret_new(s);
	if (!e)
		memcpy(s->b, bytes, SECRET_SIZE);
	return e;
}

enum err secret_take(struct secret *s, uint8_t bytes[SECRET_SIZE])
{
	enum err e = secret_from(s, bytes);
	sodium_memzero(bytes, SECRET_SIZE);
	return e;
}

enum err secret_copy(struct secret *to, const struct secret *from)
{
	assert(secret_is_set(from));
	return secret_from(to, from->b);
}

void secret_free(struct secret *s)
{
	if (!s)
		return;
	sodium_free(s->b); /* wipes first */
	s->b = NULL;
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	return a->b && b->b && secret_equal_bytes(a->b, b->b, SECRET_SIZE);
}

bool secret_equal_bytes(const uint8_t *a, const uint8_t *b, size_t size)
{
	return sodium_memcmp(a, b, size) == 0;
}

void secret_wipe(void *memory, size_t size)
{
	sodium_memzero(memory, size);
}
