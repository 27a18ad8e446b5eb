/* What a node takes from the world besides its files: the time and randomness.  Handed in, so that a
 * simulation has its own and one seed gives one run. */
#ifndef NODE_PORTS_H
#define NODE_PORTS_H

#include "base/secret.h"

struct ports {
	void *context;
	uint64_t (*now)(void *context); /* seconds since 1970, UTC */
	void (*random)(void *context, void *out, size_t size);
};

/* The machine's clock and the kernel's randomness. */
extern const struct ports ports_real;

uint64_t ports_now(const struct ports *p);
void ports_random(const struct ports *p, void *out, size_t size);
/* A fresh secret in guarded memory. */
MUST_USE enum err ports_secret(struct secret *out, const struct ports *p);

/* Milliseconds of a clock that never jumps: for deadlines only. */
uint64_t ports_monotonic_ms(void);

#endif
