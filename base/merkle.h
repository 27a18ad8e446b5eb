/* Merkle tree heads and proofs, RFC 6962 section 2.1 (SHA-256).
 *
 * A compact range keeps only the roots of the full subtrees, at most 64 hashes, and takes new leaves
 * one by one. */
#ifndef BASE_MERKLE_H
#define BASE_MERKLE_H

#include "base/bytes.h"
#include "base/err.h"

enum {
	MERKLE_LEAF_MAX = 64, /* bytes of a leaf: here leaves are ids */
	MERKLE_PROOF_MAX = 65 /* nodes of a consistency proof */
};

struct merkle_hash { uint8_t b[32]; }; /* of a leaf or a node, SHA-256 */

struct merkle {
	uint64_t count;          /* leaves so far */
	uint8_t roots[64][32];   /* roots[i] is in use when bit i of count is set */
};

void merkle_init(struct merkle *m);
void merkle_add(struct merkle *m, struct bytes leaf);
/* As merkle_add, when the leaf's hash is at hand. */
void merkle_add_hash(struct merkle *m, const uint8_t leaf_hash[32]);
/* The head over all leaves; SHA-256 of nothing when there are none. */
void merkle_head(uint8_t head[32], const struct merkle *m);
/* The hash of one leaf. */
void merkle_leaf(uint8_t hash[32], struct bytes leaf);

/* The consistency proof between the trees over the first `from` and all `count` leaf hashes
 * (section 2.1.2).  At most MERKLE_PROOF_MAX nodes are written; none when `from` is 0 or `count`.
 * ERR_USAGE when `from` is above `count`.  Costs one hash per leaf. */
MUST_USE enum err merkle_consistency(struct merkle_hash *proof, size_t *proof_count,
	const struct merkle_hash *leaves, uint64_t from, uint64_t count);

/* ERR_OK when the tree with `head` has the tree with `head_from` as its beginning, ERR_CRYPTO otherwise.
 * A head does not bind its count: both counts must come from what was signed together with the head. */
MUST_USE enum err merkle_check_consistency(const uint8_t head_from[32], uint64_t from,
	const uint8_t head[32], uint64_t count, const struct merkle_hash *proof, size_t proof_count);

#endif
