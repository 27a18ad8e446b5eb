/* Merkle tree heads and proofs, RFC 6962 section 2.1 (SHA-256).
 *
 * A compact range keeps only the roots of the full subtrees, at most 64 hashes, and takes new leaves
 * one by one. */
#ifndef BASE_MERKLE_H
#define BASE_MERKLE_H

#include "base/bytes.h"
#include "base/err.h"

struct merkle {
	uint64_t count;          /* leaves so far */
	uint8_t roots[64][32];   /* roots[i] is in use when bit i of count is set */
};

void merkle_init(struct merkle *m);
void merkle_add(struct merkle *m, struct bytes leaf);
/* The head over all leaves; SHA-256 of nothing when there are none. */
void merkle_head(uint8_t head[32], const struct merkle *m);

/* The consistency proof between the trees over the first `from` and all `count` leaf hashes
 * (section 2.1.2); `leaves` are leaf hashes (merkle_leaf).  At most 64 nodes are written. */
void merkle_leaf(uint8_t hash[32], struct bytes leaf);
MUST_USE enum err merkle_consistency(uint8_t (*proof)[32], size_t *proof_count, const uint8_t (*leaves)[32],
	uint64_t from, uint64_t count);
MUST_USE enum err merkle_check_consistency(const uint8_t head_from[32], uint64_t from,
	const uint8_t head[32], uint64_t count, const uint8_t (*proof)[32], size_t proof_count); /* ERR_CRYPTO */

#endif
