/* The machine's clock and randomness. */
#include "node/ports.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static uint64_t real_now(void *context)
{
	(void)context;
	time_t now = time(NULL);
	return now > 0 ? (uint64_t)now : 0;
}

static void real_random(void *context, void *out, size_t size)
{
	(void)context;
	for (uint8_t *at = out; size > 0;) {
		ssize_t n = getrandom(at, size, 0);
		/* Only an interrupted call can fail here; without randomness nothing may go on. */
		if (n > 0) {
			at += n;
			size -= (size_t)n;
		} else if (n == 0) {
			abort();
		}
	}
}

const struct ports ports_real = { NULL, real_now, real_random };

uint64_t ports_now(const struct ports *p)
{
	return p->now(p->context);
}

void ports_random(const struct ports *p, void *out, size_t size)
{
	p->random(p->context, out, size);
}

enum err ports_secret(struct secret *out, const struct ports *p)
{
	uint8_t bytes[SECRET_SIZE];
	ports_random(p, bytes, sizeof bytes);
	return secret_take(out, bytes);
}

uint64_t ports_monotonic_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}
