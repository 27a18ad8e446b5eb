/* Secrets that live and die together, many to one guarded page.
 *
 * A secret of its own costs four mappings, of which a process has some 65,000, and 25 us.  A node with
 * hundreds of cases in memory holds tens of thousands of keys, so the keys of one case share pages. */
#ifndef BASE_SECRET_POOL_H
#define BASE_SECRET_POOL_H

#include "base/secret.h"

struct secret_pool {
	uint8_t *page; /* guarded, the newest; its first bytes lead to the one before.  NULL: none yet */
	uint32_t used; /* secrets in it */
};

/* A place in the pool, zeroed; it stays where it is until secret_pool_clear, and must not be passed to
 * secret_free.  ERR_MEMORY. */
MUST_USE enum err secret_pool_new(struct secret *out, struct secret_pool *p);
/* A copy in the pool. */
MUST_USE enum err secret_pool_copy(struct secret *out, struct secret_pool *p, const struct secret *from);
/* Wipes and frees all of them; the pool is empty and usable again. */
void secret_pool_clear(struct secret_pool *p);

#endif
