/* SHA-1, FIPS 180-4 section 6.1. */
#include "node/sha1.h"

#include <string.h>

static uint32_t rotl(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static uint32_t load(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void store(uint8_t *p, uint32_t x)
{
	p[0] = (uint8_t)(x >> 24);
	p[1] = (uint8_t)(x >> 16);
	p[2] = (uint8_t)(x >> 8);
	p[3] = (uint8_t)x;
}

/* One of the four rounds of 20 steps; `f` is its function of b, c and d. */
#define ROUND(from, f, k) \
	for (unsigned t = (from); t < (from) + 20; t++) { \
		uint32_t next = rotl(a, 5) + (f) + e + (k) + w[t]; \
		e = d; \
		d = c; \
		c = rotl(b, 30); \
		b = a; \
		a = next; \
	}

static void compress(uint32_t state[5], const uint8_t block[64])
{
	uint32_t w[80];
	for (unsigned t = 0; t < 16; t++)
		w[t] = load(block + (size_t)t * 4);
	for (unsigned t = 16; t < 80; t++)
		w[t] = rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
	ROUND(0, (b & c) | (~b & d), 0x5a827999u)
	ROUND(20, b ^ c ^ d, 0x6ed9eba1u)
	ROUND(40, (b & c) | (b & d) | (c & d), 0x8f1bbcdcu)
	ROUND(60, b ^ c ^ d, 0xca62c1d6u)
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
}

void sha1_init(struct sha1 *s)
{
	*s = (struct sha1){
		.state = { 0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u },
	};
}

void sha1_put(struct sha1 *s, const void *data, size_t size)
{
	const uint8_t *at = data;
	size_t waiting = (size_t)(s->size % 64);
	s->size += size;
	if (waiting) {
		size_t take = size < 64 - waiting ? size : 64 - waiting;
		memcpy(s->block + waiting, at, take);
		at += take;
		size -= take;
		if (waiting + take < 64)
			return;
		compress(s->state, s->block);
	}
	for (; size >= 64; at += 64, size -= 64)
		compress(s->state, at);
	if (size)
		memcpy(s->block, at, size);
}

void sha1_final(uint8_t out[SHA1_SIZE], struct sha1 *s)
{
	static const uint8_t padding[64] = { 0x80 };
	uint8_t length[8];
	store(length, (uint32_t)(s->size >> 29));
	store(length + 4, (uint32_t)(s->size << 3));
	size_t waiting = (size_t)(s->size % 64);
	sha1_put(s, padding, waiting < 56 ? 56 - waiting : 120 - waiting);
	sha1_put(s, length, sizeof length);
	for (unsigned i = 0; i < 5; i++)
		store(out + (size_t)i * 4, s->state[i]);
}
