/* Merkle tree heads and consistency proofs (RFC 6962; the check is RFC 9162 section 2.1.4.2). */
#include "base/merkle.h"

#include "base/hash.h"

#include <assert.h>
#include <string.h>

/* A proof has at most one node per bit of the larger count, and one for the smaller tree's own. */
_Static_assert(MERKLE_PROOF_MAX == 65, "64 levels and one node to start from");

void merkle_leaf(uint8_t hash[32], struct bytes leaf)
{
	uint8_t input[1 + MERKLE_LEAF_MAX] = { 0 };
	assert(leaf.size <= MERKLE_LEAF_MAX);
	if (leaf.size)
		memcpy(input + 1, leaf.data, leaf.size);
	hash_sha256(hash, bytes_of(input, 1 + leaf.size));
}

/* `out` may be `left` or `right`. */
static void node(uint8_t out[32], const uint8_t left[32], const uint8_t right[32])
{
	uint8_t input[65] = { 1 };
	memcpy(input + 1, left, 32);
	memcpy(input + 33, right, 32);
	hash_sha256(out, bytes_of(input, sizeof input));
}

void merkle_init(struct merkle *m)
{
	memset(m, 0, sizeof *m);
}

void merkle_add_hash(struct merkle *m, const uint8_t leaf_hash[32])
{
	uint8_t hash[32];
	unsigned level = 0;
	assert(m->count != UINT64_MAX);
	memcpy(hash, leaf_hash, sizeof hash);
	/* As in binary counting: a full subtree meets a full one of its size and carries. */
	for (; m->count >> level & 1; level++)
		node(hash, m->roots[level], hash);
	memcpy(m->roots[level], hash, sizeof hash);
	m->count++;
}

void merkle_add(struct merkle *m, struct bytes leaf)
{
	uint8_t hash[32];
	merkle_leaf(hash, leaf);
	merkle_add_hash(m, hash);
}

void merkle_head(uint8_t head[32], const struct merkle *m)
{
	bool begun = false;
	if (m->count == 0) {
		hash_sha256(head, bytes_of(NULL, 0));
		return;
	}
	for (unsigned level = 0; level < 64; level++) {
		if (!(m->count >> level & 1))
			continue;
		if (begun)
			node(head, m->roots[level], head);
		else
			memcpy(head, m->roots[level], 32);
		begun = true;
	}
}

static void head_of(uint8_t head[32], const struct merkle_hash *leaves, uint64_t count)
{
	struct merkle m;
	merkle_init(&m);
	for (uint64_t i = 0; i < count; i++)
		merkle_add_hash(&m, leaves[i].b);
	merkle_head(head, &m);
}

/* SUBPROOF of the RFC, walked down instead of recursed: at each fork the half that is not entered is one
 * node of the proof.  The RFC lists the nodes from the bottom up. */
enum err merkle_consistency(struct merkle_hash *proof, size_t *proof_count,
	const struct merkle_hash *leaves, uint64_t from, uint64_t count)
{
	struct merkle_hash down[MERKLE_PROOF_MAX];
	size_t n = 0;
	bool is_whole = true; /* so far the smaller tree's head is what the walk leads to */
	*proof_count = 0;
	if (from > count)
		return ERR_USAGE;
	if (from == 0)
		return ERR_OK;
	while (from < count) {
		uint64_t half = 1;
		while (half < count - half)
			half *= 2;
		if (from <= half) {
			head_of(down[n++].b, leaves + half, count - half);
			count = half;
		} else {
			head_of(down[n++].b, leaves, half);
			leaves += half;
			from -= half;
			count -= half;
			is_whole = false;
		}
	}
	if (!is_whole)
		head_of(down[n++].b, leaves, count);
	for (size_t i = 0; i < n; i++)
		proof[i] = down[n - 1 - i];
	*proof_count = n;
	return ERR_OK;
}

/* The trees of which one is empty or both are the same: nothing is to be proven but the heads. */
static enum err check_without_proof(const uint8_t head_from[32], uint64_t from, const uint8_t head[32],
	size_t proof_count)
{
	uint8_t empty[32];
	hash_sha256(empty, bytes_of(NULL, 0));
	return proof_count == 0 && memcmp(head_from, from == 0 ? empty : head, 32) == 0 ? ERR_OK : ERR_CRYPTO;
}

enum err merkle_check_consistency(const uint8_t head_from[32], uint64_t from, const uint8_t head[32],
	uint64_t count, const struct merkle_hash *proof, size_t proof_count)
{
	uint8_t old[32], whole[32];
	size_t at = 0;
	if (from > count)
		return ERR_CRYPTO;
	if (from == 0 || from == count)
		return check_without_proof(head_from, from, head, proof_count);

	/* Both heads are rebuilt from the last full subtree of the smaller tree upwards.  When the smaller
	 * tree is full, that subtree is its head. */
	uint64_t old_at = from - 1, whole_at = count - 1;
	for (; old_at & 1; old_at >>= 1)
		whole_at >>= 1;
	bool is_full = (from & (from - 1)) == 0;
	if (!is_full && proof_count == 0)
		return ERR_CRYPTO;
	memcpy(old, is_full ? head_from : proof[at++].b, 32);
	memcpy(whole, old, 32);
	for (; at < proof_count; at++) {
		if (whole_at == 0)
			return ERR_CRYPTO;
		if (old_at & 1 || old_at == whole_at) {
			node(old, proof[at].b, old);
			node(whole, proof[at].b, whole);
			for (; !(old_at & 1) && old_at; old_at >>= 1)
				whole_at >>= 1;
		} else {
			node(whole, whole, proof[at].b);
		}
		old_at >>= 1;
		whole_at >>= 1;
	}
	if (whole_at || memcmp(old, head_from, 32) != 0 || memcmp(whole, head, 32) != 0)
		return ERR_CRYPTO;
	return ERR_OK;
}
