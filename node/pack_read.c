/* Reading packs and their indexes, gitformat-pack(5). */
#include "node/pack_read.h"

#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST /* so that zlib takes const input */
#include <zlib.h>

enum {
	INDEX_HEAD = 8,
	FANOUT = 256 * 4,
	TRAILERS = 2 * SHA1_SIZE,
	ROW = SHA1_SIZE + 4 + 4, /* id, crc and offset of one object, in three tables */
	TYPE_COMMIT = 1,
	TYPE_BLOB = 3
};

static uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int compare_offsets(const void *a, const void *b)
{
	const struct pack_entry *x = a, *y = b;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

static bool is_index(struct bytes index)
{
	static const uint8_t head[INDEX_HEAD] = { 0xff, 't', 'O', 'c', 0, 0, 0, 2 };
	uint8_t sum[SHA1_SIZE];
	struct sha1 sha;
	if (index.size < INDEX_HEAD + FANOUT + TRAILERS || memcmp(index.data, head, sizeof head) != 0)
		return false;
	sha1_init(&sha);
	sha1_put(&sha, index.data, index.size - SHA1_SIZE);
	sha1_final(sum, &sha);
	return memcmp(sum, index.data + index.size - SHA1_SIZE, SHA1_SIZE) == 0;
}

/* One row for each object and nothing more: a table of 64-bit offsets is none of ours. */
static enum err take_entries(struct pack_reader *r, struct bytes index)
{
	if (!is_index(index))
		return ERR_FORMAT;
	size_t count = get_be32(index.data + INDEX_HEAD + FANOUT - 4);
	if (count != (index.size - INDEX_HEAD - FANOUT - TRAILERS) / ROW
		|| (index.size - INDEX_HEAD - FANOUT - TRAILERS) % ROW != 0)
		return ERR_FORMAT;
	r->entries = calloc(count ? count : 1, sizeof *r->entries);
	if (!r->entries)
		return ERR_MEMORY;
	const uint8_t *ids = index.data + INDEX_HEAD + FANOUT;
	const uint8_t *crcs = ids + count * SHA1_SIZE, *offsets = crcs + count * 4;
	for (size_t i = 0; i < count; i++) {
		struct pack_entry *e = &r->entries[i];
		memcpy(e->id.b, ids + i * SHA1_SIZE, SHA1_SIZE);
		e->crc = get_be32(crcs + i * 4);
		e->offset = get_be32(offsets + i * 4);
	}
	r->count = count;
	qsort(r->entries, count, sizeof *r->entries, compare_offsets);
	return ERR_OK;
}

enum err pack_reader_open(struct pack_reader *r, const char *folder, const char *name,
	struct err_text *why)
{
	char path[FS_PATH_MAX];
	struct buf index;
	*r = (struct pack_reader){ .in = { .fd = -1 } };
	buf_init(&index, PACK_INDEX_MAX);
	enum err e = fs_path(path, "%s/%s.idx", folder, name);
	if (!e)
		e = fs_read_file(&index, path, why);
	if (!e) {
		e = take_entries(r, buf_bytes(&index));
		if (e)
			err_set(why, e, "cannot use the pack index %s: %s", path, err_name(e));
	}
	buf_clear(&index);
	if (!e)
		e = fs_path(path, "%s/%s.pack", folder, name);
	if (!e)
		e = fs_in_open(&r->in, path, why);
	if (e)
		pack_reader_close(r);
	return e == ERR_LIMIT ? ERR_FORMAT : e;
}

/* Where entry `i` ends: at the next one, or at the trailer. */
static enum err entry_size(size_t *size, const struct pack_reader *r, size_t i)
{
	uint64_t from = r->entries[i].offset;
	uint64_t end = i + 1 < r->count ? r->entries[i + 1].offset : r->in.size - SHA1_SIZE;
	if (r->in.size < SHA1_SIZE || end <= from || end - from > 2u * STORE_OBJECT_MAX)
		return ERR_FORMAT;
	*size = (size_t)(end - from);
	return ERR_OK;
}

enum err pack_reader_get(struct buf *out, struct pack_reader *r, size_t i)
{
	size_t size = 0;
	buf_reset(out);
	enum err e = entry_size(&size, r, i);
	if (e)
		return e;
	uint8_t *entry = buf_grow(out, size);
	if (!entry)
		return buf_err(out);
	e = fs_in_read(&r->in, entry, size, r->entries[i].offset);
	if (!e && crc32(0, entry, (uInt)size) != r->entries[i].crc)
		e = ERR_FORMAT;
	return e;
}

enum err pack_reader_has_deltas(bool *out, struct pack_reader *r)
{
	*out = false;
	for (size_t i = 0; i < r->count; i++) {
		uint8_t first = 0;
		enum err e = fs_in_read(&r->in, &first, 1, r->entries[i].offset);
		if (e)
			return e;
		unsigned type = first >> 4 & 7;
		*out = *out || type < TYPE_COMMIT || type > TYPE_BLOB;
	}
	return ERR_OK;
}

/* Type and size in front of an entry; 0 when they do not end. */
static size_t take_head(unsigned *type, size_t *size, struct bytes entry)
{
	size_t at = 0;
	unsigned shift = 4;
	if (entry.size == 0)
		return 0;
	*type = entry.data[0] >> 4 & 7;
	*size = entry.data[0] & 15;
	while (entry.data[at++] & 0x80) {
		if (at == entry.size || shift > 32)
			return 0;
		*size |= (size_t)(entry.data[at] & 0x7f) << shift;
		shift += 7;
	}
	return at;
}

enum err pack_stored_commit(bool *is_stored, struct buf *out, struct bytes entry)
{
	unsigned type = 0;
	size_t size = 0, head = take_head(&type, &size, entry);
	*is_stored = false;
	buf_reset(out);
	/* The second byte of a zlib stream tells its level; ours deflates at a higher one. */
	if (head == 0 || type != TYPE_COMMIT || entry.size < head + 2 || entry.data[head + 1] != 0x01)
		return ERR_OK;
	if (size == 0 || size > STORE_OBJECT_MAX)
		return ERR_FORMAT;
	uint8_t *text = buf_grow(out, size);
	uLongf got = (uLongf)size;
	if (!text)
		return buf_err(out);
	if (uncompress(text, &got, entry.data + head, (uLong)(entry.size - head)) != Z_OK || got != size)
		return ERR_FORMAT;
	*is_stored = true;
	return ERR_OK;
}

void pack_reader_close(struct pack_reader *r)
{
	if (r->entries)
		fs_in_close(&r->in);
	free(r->entries);
	*r = (struct pack_reader){ .in = { .fd = -1 } };
}
