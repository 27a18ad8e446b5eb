/* Guarded pages that hold many secrets each. */
#include "base/secret_pool.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* With libsodium's canary of 16 bytes it is just a page of memory.  The first place holds the address of the
 * page before. */
enum { PLACES = 127 };

_Static_assert(sizeof(uint8_t *) <= SECRET_SIZE, "an address fits a place");

enum err secret_pool_new(struct secret *out, struct secret_pool *p)
{
	*out = (struct secret){ NULL };
	if (!p->page || p->used == PLACES) {
		uint8_t *page = sodium_malloc((size_t)PLACES * SECRET_SIZE);
		if (!page)
			return ERR_MEMORY;
		sodium_memzero(page, (size_t)PLACES * SECRET_SIZE);
		memcpy(page, &p->page, sizeof p->page);
		p->page = page;
		p->used = 1;
	}
	out->b = p->page + (size_t)p->used++ * SECRET_SIZE;
	return ERR_OK;
}

enum err secret_pool_copy(struct secret *out, struct secret_pool *p, const struct secret *from)
{
	assert(secret_is_set(from));
	enum err e = secret_pool_new(out, p);
	if (!e)
		memcpy(out->b, from->b, SECRET_SIZE);
	return e;
}

void secret_pool_clear(struct secret_pool *p)
{
	while (p->page) {
		uint8_t *before;
		memcpy(&before, p->page, sizeof before);
		sodium_free(p->page); /* wipes first */
		p->page = before;
	}
	p->used = 0;
}
