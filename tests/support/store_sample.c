/* Sample contents for a store. */
#include "tests/support/store_sample.h"

#include "base/hash.h"
#include "base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_MAX = 4096, SIGNATURE_SIZE = 173, PAYLOAD_SIZE = 72, LINE = 70 };

static void put_id_line(struct buf *out, const char *word, const struct git_id *id)
{
	buf_put_text(out, word);
	hex_put(out, bytes_of(id->b, sizeof id->b));
	buf_put_byte(out, '\n');
}

/* Bytes that do not compress, a pure function of the number. */
static void fill(uint8_t *out, size_t size, uint64_t number)
{
	uint8_t block[32];
	for (size_t at = 0; at < size; at += sizeof block) {
		uint64_t seed[2] = { number, at };
		hash_blake2b_256(block, bytes_of(seed, sizeof seed));
		memcpy(out + at, block, size - at < sizeof block ? size - at : sizeof block);
	}
}

static void put_rest(struct buf *out, int64_t time, uint64_t number, const char *kind)
{
	uint8_t signature[SIGNATURE_SIZE];
	struct buf armour;
	fill(signature, sizeof signature, number);
	buf_init(&armour, SAMPLE_MAX);
	base64_put(&armour, bytes_of(signature, sizeof signature));
	buf_printf(out, "author sample <sample@localhost> %" PRId64 " +0000\n"
		"committer dossier <dossier@localhost> %" PRId64 " +0000\n"
		"gpgsig -----BEGIN SSH SIGNATURE-----\n", time, time);
	for (size_t at = 0; at < armour.size; at += LINE)
		buf_printf(out, " %.*s\n", (int)(armour.size - at < LINE ? armour.size - at : LINE),
			(const char *)armour.data + at);
	buf_printf(out, " -----END SSH SIGNATURE-----\n\ndossier %s 1\n\nnumber %" PRIu64 "\nfiller ", kind,
		number);
	hex_put(out, bytes_of(signature, 64));
	buf_put_byte(out, '\n');
	buf_clear(&armour);
}

void sample_change(struct buf *out, const struct git_id *parents, size_t parent_count, int64_t time,
	uint64_t number)
{
	put_id_line(out, "tree ", &store_empty_tree);
	for (size_t i = 0; i < parent_count; i++)
		put_id_line(out, "parent ", &parents[i]);
	put_rest(out, time, number, "change");
}

void sample_checkpoint(struct buf *out, struct bytes entries, const struct git_id *parent, int64_t time,
	uint64_t number)
{
	struct git_id tree;
	enum err e = store_tree_id(&tree, entries);
	assert(!e);
	put_id_line(out, "tree ", &tree);
	if (parent)
		put_id_line(out, "parent ", parent);
	put_rest(out, time, number, "checkpoint");
}

struct store_blob sample_blob(char prefix, struct bytes data)
{
	struct store_blob b = { .prefix = prefix, .data = data };
	hash_blake2b_256(b.hash.b, data);
	return b;
}

void sample_write(struct store *s, struct store_txn *t)
{
	struct err_text why = { "" };
	enum err e = store_heads(&t->expect, s, &why);
	assert(!e);
	e = store_write(s, t, &why);
	if (e)
		fprintf(stderr, "%s\n", why.text);
	assert(!e);
}

void sample_write_chain(struct store *s, struct git_id *tip, size_t count, int64_t time, uint64_t number)
{
	struct buf *texts = calloc(count, sizeof *texts);
	struct store_change *changes = calloc(count, sizeof *changes);
	struct store_blob *blobs = calloc(count, sizeof *blobs);
	uint8_t(*payloads)[PAYLOAD_SIZE] = calloc(count, sizeof *payloads);
	assert(texts && changes && blobs && payloads);
	for (size_t i = 0; i < count; i++) {
		buf_init(&texts[i], SAMPLE_MAX);
		sample_change(&texts[i], tip, !git_id_is_zero(tip), time + (int64_t)i, number + i);
		changes[i].commit = buf_bytes(&texts[i]);
		enum err e = store_hash(tip, STORE_COMMIT, changes[i].commit);
		assert(!e);
		fill(payloads[i], PAYLOAD_SIZE, ~(number + i));
		blobs[i] = sample_blob('p', bytes_of(payloads[i], PAYLOAD_SIZE));
	}
	struct store_txn t = { .blobs = blobs, .blob_count = count, .changes = changes,
		.change_count = count, .time = time };
	sample_write(s, &t);
	for (size_t i = 0; i < count; i++)
		buf_clear(&texts[i]);
	free(texts);
	free(changes);
	free(blobs);
	free(payloads);
}

struct store_checkpoint sample_checkpoint_init(struct buf *text, const struct git_id *parent,
	uint64_t number)
{
	buf_init(text, 4096);
	sample_checkpoint(text, bytes_text("sealed entries"), parent, 1700000000, number);
	return (struct store_checkpoint){ .commit = buf_bytes(text), .entries = bytes_text("sealed entries") };
}
