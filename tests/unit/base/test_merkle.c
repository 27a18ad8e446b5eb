/* Merkle heads and consistency proofs: the published vectors of Certificate Transparency, a naive second
 * implementation, and every way to alter a proof. */
#include "base/merkle.h"
#include "base/hash.h"
#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/hex.h"

enum { LEAVES = 40 };

static const char *const ct_leaves[8] = { "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
	"606162636465666768696a6b6c6d6e6f" };

static const char *const ct_heads[9] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static const struct {
	uint64_t from, count;
	size_t size;
	const char *nodes[3];
} ct_proofs[] = {
	{ 1, 1, 0, { NULL } },
	{ 1, 8, 3, { "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
		"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
		"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4" } },
	{ 6, 8, 3, { "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
		"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
	{ 2, 5, 2, { "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
		"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b" } },
};

static struct bytes ct_leaf(uint8_t room[16], size_t i)
{
	size_t size = strlen(ct_leaves[i]) / 2;
	from_hex(room, size, ct_leaves[i]);
	return bytes_of(room, size);
}

static void heads_are_those_of_certificate_transparency(void **state)
{
	(void)state;
	struct merkle m;
	uint8_t head[32], room[16];
	merkle_init(&m);
	merkle_head(head, &m);
	assert_hex_equal(head, 32, ct_heads[0]);
	for (size_t i = 0; i < 8; i++) {
		merkle_add(&m, ct_leaf(room, i));
		merkle_head(head, &m);
		assert_hex_equal(head, 32, ct_heads[i + 1]);
	}
}

static void proofs_are_those_of_certificate_transparency(void **state)
{
	(void)state;
	struct merkle_hash leaves[8], proof[MERKLE_PROOF_MAX];
	uint8_t room[16], from[32], head[32];
	size_t size = 0;
	for (size_t i = 0; i < 8; i++)
		merkle_leaf(leaves[i].b, ct_leaf(room, i));
	for (size_t i = 0; i < sizeof ct_proofs / sizeof *ct_proofs; i++) {
		const uint64_t m = ct_proofs[i].from, n = ct_proofs[i].count;
		assert_int_equal(merkle_consistency(proof, &size, leaves, m, n), ERR_OK);
		assert_int_equal(size, ct_proofs[i].size);
		for (size_t at = 0; at < size; at++)
			assert_hex_equal(proof[at].b, 32, ct_proofs[i].nodes[at]);
		from_hex(from, 32, ct_heads[m]);
		from_hex(head, 32, ct_heads[n]);
		assert_int_equal(merkle_check_consistency(from, m, head, n, proof, size), ERR_OK);
	}
}

/* ---- The definitions of RFC 6962, word for word. */

static struct merkle_hash leaf_hashes[LEAVES];

static void naive_node(uint8_t out[32], const uint8_t a[32], const uint8_t b[32])
{
	uint8_t input[65] = { 1 };
	memcpy(input + 1, a, 32);
	memcpy(input + 33, b, 32);
	hash_sha256(out, bytes_of(input, 65));
}

static size_t split_of(size_t n)
{
	size_t k = 1;
	while (k * 2 < n)
		k *= 2;
	return k;
}

static void naive_head(uint8_t out[32], size_t begin, size_t end)
{
	uint8_t a[32], b[32];
	size_t n = end - begin;
	if (n == 1) {
		memcpy(out, leaf_hashes[begin].b, 32);
		return;
	}
	naive_head(a, begin, begin + split_of(n));
	naive_head(b, begin + split_of(n), end);
	naive_node(out, a, b);
}

static size_t naive_subproof(struct merkle_hash *out, size_t m, size_t begin, size_t end, bool whole)
{
	size_t n = end - begin, k = split_of(n), size;
	if (m == n) {
		if (!whole)
			naive_head(out[0].b, begin, end);
		return !whole;
	}
	if (m <= k) {
		size = naive_subproof(out, m, begin, begin + k, whole);
		naive_head(out[size].b, begin + k, end);
	} else {
		size = naive_subproof(out, m - k, begin + k, end, false);
		naive_head(out[size].b, begin, begin + k);
	}
	return size + 1;
}

static void make_leaves(void)
{
	for (uint8_t i = 0; i < LEAVES; i++)
		merkle_leaf(leaf_hashes[i].b, bytes_of(&i, 1));
}

static void heads_and_proofs_are_the_definitions(void **state)
{
	(void)state;
	struct merkle m;
	struct merkle_hash proof[MERKLE_PROOF_MAX], naive_proof[MERKLE_PROOF_MAX];
	uint8_t head[32], naive[32];
	size_t size = 0;
	make_leaves();
	merkle_init(&m);
	for (size_t count = 1; count <= LEAVES; count++) {
		merkle_add_hash(&m, leaf_hashes[count - 1].b);
		merkle_head(head, &m);
		naive_head(naive, 0, count);
		assert_memory_equal(head, naive, 32);
		for (size_t from = 1; from <= count; from++) {
			assert_int_equal(merkle_consistency(proof, &size, leaf_hashes, from, count), ERR_OK);
			assert_int_equal(size, naive_subproof(naive_proof, from, 0, count, true));
			assert_memory_equal(proof, naive_proof, 32 * size);
		}
	}
	assert_int_equal(merkle_consistency(proof, &size, leaf_hashes, 3, 2), ERR_USAGE);
	assert_int_equal(merkle_consistency(proof, &size, leaf_hashes, 0, 2), ERR_OK);
	assert_int_equal(size, 0);
}

/* Every way in which the proof of one pair of trees can be altered. */
static void refuse_alterations(const uint8_t from_head[32], size_t from, const uint8_t head[32], size_t count,
	const struct merkle_hash *proof, size_t size)
{
	struct merkle_hash p[MERKLE_PROOF_MAX + 1];
	uint8_t other[32];
	assert_int_equal(merkle_check_consistency(from_head, from, head, count, proof, size), ERR_OK);
	for (size_t i = 0; i < size; i++) {
		for (unsigned bit = 0; bit < 256; bit += 37) {
			memcpy(p, proof, 32 * size);
			p[i].b[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(merkle_check_consistency(from_head, from, head, count, p, size), ERR_CRYPTO);
		}
		/* Left out, said twice, swapped with the next. */
		memcpy(p, proof, 32 * i);
		memcpy(p + i, proof + i + 1, 32 * (size - i - 1));
		assert_int_equal(merkle_check_consistency(from_head, from, head, count, p, size - 1), ERR_CRYPTO);
		memcpy(p, proof, 32 * (i + 1));
		memcpy(p + i + 1, proof + i, 32 * (size - i));
		assert_int_equal(merkle_check_consistency(from_head, from, head, count, p, size + 1), ERR_CRYPTO);
		if (i + 1 < size) {
			memcpy(p, proof, 32 * size);
			p[i] = proof[i + 1];
			p[i + 1] = proof[i];
			assert_int_equal(merkle_check_consistency(from_head, from, head, count, p, size), ERR_CRYPTO);
		}
	}
	memcpy(p, proof, 32 * size);
	memset(&p[size], 0, 32);
	assert_int_equal(merkle_check_consistency(from_head, from, head, count, p, size + 1), ERR_CRYPTO);
	memcpy(other, head, 32);
	other[31] ^= 1;
	assert_int_equal(merkle_check_consistency(from_head, from, other, count, proof, size), ERR_CRYPTO);
	memcpy(other, from_head, 32);
	other[0] ^= 1;
	assert_int_equal(merkle_check_consistency(other, from, head, count, proof, size), ERR_CRYPTO);
	assert_int_equal(merkle_check_consistency(from_head, count + 1, head, count, proof, size), ERR_CRYPTO);
}

static void every_altered_proof_is_refused(void **state)
{
	(void)state;
	struct merkle_hash proof[MERKLE_PROOF_MAX];
	uint8_t heads[LEAVES + 1][32];
	struct merkle m;
	make_leaves();
	merkle_init(&m);
	merkle_head(heads[0], &m);
	for (size_t i = 0; i < LEAVES; i++) {
		merkle_add_hash(&m, leaf_hashes[i].b);
		merkle_head(heads[i + 1], &m);
	}
	for (size_t count = 0; count <= LEAVES; count++) {
		for (size_t from = 0; from <= count; from++) {
			size_t size = 0;
			assert_int_equal(merkle_consistency(proof, &size, leaf_hashes, from, count), ERR_OK);
			if (from == 0) {
				/* Any tree begins with the empty one. */
				const uint8_t *head = heads[count];
				assert_int_equal(merkle_check_consistency(heads[0], 0, head, count, proof, 0), ERR_OK);
				assert_int_equal(merkle_check_consistency(heads[1], 0, head, count, proof, 0), ERR_CRYPTO);
				assert_int_equal(merkle_check_consistency(heads[0], 0, head, count, proof, 1), ERR_CRYPTO);
				continue;
			}
			refuse_alterations(heads[from], from, heads[count], count, proof, size);
			/* The right proof for another tree of the same size. */
			for (size_t other = 1; other <= LEAVES; other++)
				if (other != from)
					assert_int_equal(merkle_check_consistency(heads[other], from, heads[count], count, proof,
						size), ERR_CRYPTO);
		}
	}
}

/* A history of which one entry was moved has no proof from what was witnessed. */
static void a_rewritten_history_has_no_proof(void **state)
{
	(void)state;
	struct merkle_hash leaves[LEAVES], proof[MERKLE_PROOF_MAX];
	uint8_t witnessed[32], head[32];
	const size_t from = 23;
	make_leaves();
	naive_head(witnessed, 0, from);
	for (size_t at = 0; at < from; at++) {
		struct merkle m;
		size_t size = 0;
		memcpy(leaves, leaf_hashes, sizeof leaves);
		leaves[at] = leaf_hashes[at + 1];
		leaves[at + 1] = leaf_hashes[at];
		merkle_init(&m);
		for (size_t i = 0; i < LEAVES; i++)
			merkle_add_hash(&m, leaves[i].b);
		merkle_head(head, &m);
		/* The rewriter's best try: an honest proof over the rewritten history, or over the true one. */
		assert_int_equal(merkle_consistency(proof, &size, leaves, from, LEAVES), ERR_OK);
		assert_int_equal(merkle_check_consistency(witnessed, from, head, LEAVES, proof, size), ERR_CRYPTO);
		assert_int_equal(merkle_consistency(proof, &size, leaf_hashes, from, LEAVES), ERR_OK);
		assert_int_equal(merkle_check_consistency(witnessed, from, head, LEAVES, proof, size), ERR_CRYPTO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_are_those_of_certificate_transparency),
		cmocka_unit_test(proofs_are_those_of_certificate_transparency),
		cmocka_unit_test(heads_and_proofs_are_the_definitions),
		cmocka_unit_test(every_altered_proof_is_refused),
		cmocka_unit_test(a_rewritten_history_has_no_proof),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
