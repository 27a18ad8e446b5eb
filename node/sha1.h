/* SHA-1 (FIPS 180-4) as a checksum: the trailers of git's pack and index files.
 *
 * Nothing rests on it but stock git's and libgit2's own check of a file; object ids come from
 * store_hash, which detects collisions. */
#ifndef NODE_SHA1_H
#define NODE_SHA1_H

#include <stddef.h>
#include <stdint.h>

enum { SHA1_SIZE = 20 };

struct sha1 {
	uint32_t state[5];
	uint64_t size;     /* bytes so far */
	uint8_t block[64]; /* size % 64 of them wait here */
};

void sha1_init(struct sha1 *s);
void sha1_put(struct sha1 *s, const void *data, size_t size);
/* Ends the message; `s` is spent. */
void sha1_final(uint8_t out[SHA1_SIZE], struct sha1 *s);

#endif
