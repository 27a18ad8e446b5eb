/* Secrets in guarded memory: locked, fenced, wiped on release, never printed.
 *
 * A `struct secret` is one 32-byte key (or seed).  There is no function that turns one into text. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/bytes.h"
#include "base/err.h"

struct secret {
	uint8_t *b; /* 32 bytes of sodium_malloc memory, or NULL */
};

enum { SECRET_SIZE = 32 };

/* Must be called once before anything else of base's cryptography (sodium_init).  ERR_IO when the
 * system has no source of randomness. */
MUST_USE enum err crypto_init(void);

/* Zeroed guarded memory; ERR_MEMORY.  Made and freed it costs a few system calls, some 25 us: half a
 * signature check.  So what is used often is kept, not made anew each time. */
MUST_USE enum err secret_new(struct secret *s);
MUST_USE enum err secret_from(struct secret *s, const uint8_t bytes[SECRET_SIZE]);
/* As secret_from; the source is wiped. */
MUST_USE enum err secret_take(struct secret *s, uint8_t bytes[SECRET_SIZE]);
MUST_USE enum err secret_copy(struct secret *to, const struct secret *from);
void secret_free(struct secret *s); /* wipes; NULL and empty are fine */
static inline bool secret_is_set(const struct secret *s) { return s->b != NULL; }
/* Constant time. */
bool secret_equal(const struct secret *a, const struct secret *b);
bool secret_equal_bytes(const uint8_t *a, const uint8_t *b, size_t size);
/* A further key from a key: BLAKE2b-256 keyed with `key` over the context text and `data` (deterministic
 * CBOR [context, data], data as a byte string; the `derive` of docs/format.md).  ERR_LIMIT above 64 KiB. */
MUST_USE enum err secret_derive(struct secret *out, const struct secret *key, const char *context,
	struct bytes data);
void secret_wipe(void *memory, size_t size);

#endif
