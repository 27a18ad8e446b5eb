/* The ciphertexts of all cases, and where they occur. */
#include "tests/sight/sight.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY_MAX = 1 << 28, PIECE_SIZE = 32, KEY_SIZE = 8 };

/* ---- Listing */

static void add_lines(struct sight_blobs *out, struct sight *s, const struct change *c, char letter)
{
	const struct change_blob *lines = letter == 'p' ? c->payloads : c->grants;
	uint32_t count = letter == 'p' ? c->payload_count : c->grant_count;
	bool own = memcmp(c->node.b, s->shelter->node_keys.sign.public_key, sizeof c->node.b) == 0;
	for (uint32_t i = 0; i < count; i++) {
		struct git_id git;
		struct buf b;
		struct sight_blob *grown = arena_grow(&out->arena, out->list, out->count, &out->room, sizeof *grown);
		assert(grown);
		out->list = grown;
		buf_init(&b, CHANGE_BLOBS_MAX);
		enum err e = index_find_blob(&git, replica_index(s->centre->replica), letter, &lines[i].hash);
		if (!e)
			e = store_read(&b, replica_store(s->centre->replica), STORE_BLOB, &git, CHANGE_BLOBS_MAX, NULL);
		assert(!e);
		(void)e;
		grown[out->count++] = (struct sight_blob){ .compartment = lines[i].compartment, .letter = letter,
			.hash = lines[i].hash, .data = { arena_copy(&out->arena, b.data, b.size), b.size }, .own = own };
		buf_clear(&b);
	}
}

void sight_list_blobs(struct sight_blobs *out, struct sight *s)
{
	*out = (struct sight_blobs){ .count = 0 };
	arena_init(&out->arena, MEMORY_MAX);
	for (size_t i = 0; i < s->case_count; i++) {
		struct casefile *f;
		enum err e = replica_case(&f, s->centre->replica, &s->cases[i], NULL);
		assert(!e);
		(void)e;
		for (uint32_t k = 0; k < f->count; k++) {
			add_lines(out, s, f->changes[k].change, 'p');
			add_lines(out, s, f->changes[k].change, 'g');
		}
	}
}

void sight_clear_blobs(struct sight_blobs *b)
{
	arena_clear(&b->arena);
}

bool sight_holds(struct fed_site *site, const struct sight_blob *blob)
{
	struct git_id git;
	return index_find_blob(&git, replica_index(site->replica), blob->letter, &blob->hash) == ERR_OK;
}

/* ---- Searching */

struct piece { /* of a blob: what is looked for */
	uint64_t key; /* its first bytes */
	const uint8_t *data;
	size_t size;
	size_t blob;
};

static uint64_t key_of(const uint8_t *data)
{
	uint64_t key;
	memcpy(&key, data, sizeof key);
	return key;
}

static int compare_pieces(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	return (x->key > y->key) - (x->key < y->key);
}

/* A bit for each key that may be there: nearly all places of a haystack are passed over by it. */
enum { SIEVE_BITS = 1 << 22 };

static size_t sieve_bit(uint64_t key)
{
	return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 42);
}

static size_t cut_pieces(struct piece *out, const struct bytes *blobs, size_t count)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t at = 0; at + KEY_SIZE <= blobs[i].size; at += PIECE_SIZE) {
			size_t size = blobs[i].size - at < PIECE_SIZE ? blobs[i].size - at : PIECE_SIZE;
			if (out)
				out[n] = (struct piece){ key_of(blobs[i].data + at), blobs[i].data + at, size, i };
			n++;
		}
	}
	return n;
}

static void look_at(bool *found, const struct piece *pieces, size_t count, const uint8_t *at, size_t left)
{
	uint64_t key = key_of(at);
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (pieces[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count && pieces[low].key == key; low++)
		if (pieces[low].size <= left && memcmp(pieces[low].data, at, pieces[low].size) == 0)
			found[pieces[low].blob] = true;
}

size_t sight_search(bool *found, const struct bytes *blobs, size_t count, struct bytes haystack)
{
	size_t n = cut_pieces(NULL, blobs, count), total = 0;
	struct piece *pieces = calloc(n + 1, sizeof *pieces);
	uint8_t *sieve = calloc(SIEVE_BITS / 8, 1);
	assert(pieces && sieve);
	memset(found, 0, count * sizeof *found);
	(void)cut_pieces(pieces, blobs, count);
	qsort(pieces, n, sizeof *pieces, compare_pieces);
	for (size_t i = 0; i < n; i++)
		sieve[sieve_bit(pieces[i].key) / 8] |= (uint8_t)(1 << sieve_bit(pieces[i].key) % 8);
	for (size_t at = 0; at + KEY_SIZE <= haystack.size; at++) {
		size_t bit = sieve_bit(key_of(haystack.data + at));
		if (sieve[bit / 8] >> bit % 8 & 1)
			look_at(found, pieces, n, haystack.data + at, haystack.size - at);
	}
	for (size_t i = 0; i < count; i++)
		total += found[i];
	free(pieces);
	free(sieve);
	return total;
}
