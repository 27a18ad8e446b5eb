/* Seals journal entries and read-log records, and opens them. */
#include "schema/entry.h"

#include "base/cbor.h"

enum { CONTEXT_MAX = 256, LENGTH_SIZE = 4, RECORD_MAX = LENGTH_SIZE + ENTRY_SHOWED_MAX + SEAL_OVERHEAD };

enum err entries_key(struct secret *out, const struct secret *journal_key)
{
	return secret_derive(out, journal_key, "dossier entries 1", bytes_of(NULL, 0));
}

enum err readlog_key(struct secret *out, const struct secret *journal_key)
{
	return secret_derive(out, journal_key, "dossier read log 1", bytes_of(NULL, 0));
}

/* CBOR ["dossier entries 1", federation, node, incarnation, sequence, previous] */
static enum err put_context(struct buf *ad, const struct checkpoint *c)
{
	cbor_put_array(ad, 6);
	cbor_put_text(ad, bytes_text("dossier entries 1"));
	cbor_put_bytes(ad, bytes_of(c->federation.b, sizeof c->federation.b));
	cbor_put_bytes(ad, bytes_of(c->node.b, sizeof c->node.b));
	cbor_put_bytes(ad, bytes_of(c->incarnation.b, sizeof c->incarnation.b));
	cbor_put_uint(ad, c->sequence);
	cbor_put_bytes(ad, bytes_of(c->previous.b, sizeof c->previous.b));
	return buf_err(ad);
}

enum err entries_seal(struct buf *blob, const struct secret *key, const struct checkpoint *c,
	const uint8_t nonce[SEAL_NONCE_SIZE], const struct entry *entries, uint32_t count)
{
	struct buf plain, ad;
	buf_init(&plain, ENTRIES_SIZE_MAX);
	buf_init(&ad, CONTEXT_MAX);
	enum err e = entries_encode(&plain, entries, count);
	if (!e)
		e = put_context(&ad, c);
	if (!e)
		e = seal_make(blob, key, nonce, buf_bytes(&ad), buf_bytes(&plain), false);
	buf_wipe(&plain);
	buf_clear(&ad);
	return e;
}

enum err entries_open(const struct entry **out, uint32_t *count, struct arena *a, const struct secret *key,
	const struct checkpoint *c, struct bytes blob, struct err_text *why)
{
	struct buf plain, ad;
	*out = NULL;
	*count = 0;
	buf_init(&plain, ENTRIES_SIZE_MAX);
	buf_init(&ad, CONTEXT_MAX);
	enum err e = put_context(&ad, c);
	if (!e) {
		e = seal_open(&plain, key, buf_bytes(&ad), blob);
		if (e)
			err_set(why, e, "journal entries: not sealed under this key for this checkpoint");
	}
	if (!e)
		e = entries_decode(out, count, a, buf_bytes(&plain), why);
	buf_wipe(&plain);
	buf_clear(&ad);
	return e;
}

/* CBOR ["dossier read log 1", node, incarnation, record] */
static enum err put_record_context(struct buf *ad, const struct node_id *node,
	const struct incarnation_id *incarnation, uint64_t record)
{
	cbor_put_array(ad, 4);
	cbor_put_text(ad, bytes_text("dossier read log 1"));
	cbor_put_bytes(ad, bytes_of(node->b, sizeof node->b));
	cbor_put_bytes(ad, bytes_of(incarnation->b, sizeof incarnation->b));
	cbor_put_uint(ad, record);
	return buf_err(ad);
}

enum err readlog_put(struct buf *out, const struct secret *key, const struct node_id *node,
	const struct incarnation_id *incarnation, uint64_t record, const uint8_t nonce[SEAL_NONCE_SIZE],
	const struct entry *showed)
{
	struct buf plain, ad, blob;
	buf_init(&plain, ENTRY_SHOWED_MAX);
	buf_init(&ad, CONTEXT_MAX);
	buf_init(&blob, RECORD_MAX);
	enum err e = showed->kind == ENTRY_SHOWED ? entry_encode(&plain, showed) : ERR_FORMAT;
	if (!e)
		e = put_record_context(&ad, node, incarnation, record);
	if (!e)
		e = seal_make(&blob, key, nonce, buf_bytes(&ad), buf_bytes(&plain), false);
	if (!e) {
		for (unsigned shift = 8 * LENGTH_SIZE; shift > 0; shift -= 8)
			buf_put_byte(out, (uint8_t)(blob.size >> (shift - 8)));
		buf_put_bytes(out, buf_bytes(&blob));
		e = buf_err(out);
	}
	buf_wipe(&plain);
	buf_clear(&ad);
	buf_clear(&blob);
	return e;
}

enum err readlog_next(struct entry *showed, struct arena *a, const struct secret *key,
	const struct node_id *node, const struct incarnation_id *incarnation, uint64_t record,
	struct bytes file, size_t *at)
{
	struct buf plain, ad;
	*showed = (struct entry){ .kind = 0 };
	size_t left = file.size - *at, size = 0;
	if (left == 0)
		return ERR_NOT_FOUND;
	for (size_t i = 0; i < LENGTH_SIZE && i < left; i++)
		size = size << 8 | file.data[*at + i];
	if (left >= LENGTH_SIZE && (size < SEAL_OVERHEAD || size > RECORD_MAX - LENGTH_SIZE))
		return ERR_FORMAT;
	if (left < LENGTH_SIZE || left - LENGTH_SIZE < size)
		return ERR_MISSING;

	buf_init(&plain, ENTRY_SHOWED_MAX);
	buf_init(&ad, CONTEXT_MAX);
	enum err e = put_record_context(&ad, node, incarnation, record);
	if (!e)
		e = seal_open(&plain, key, buf_bytes(&ad), bytes_of(file.data + *at + LENGTH_SIZE, size));
	if (!e)
		e = entry_decode(showed, a, buf_bytes(&plain));
	if (!e && showed->kind != ENTRY_SHOWED)
		e = ERR_FORMAT;
	if (!e)
		*at += LENGTH_SIZE + size;
	buf_wipe(&plain);
	buf_clear(&ad);
	return e;
}
