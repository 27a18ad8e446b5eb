/* Writing packs and their indexes. */
#include "node/pack.h"

#include "base/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define ZLIB_CONST /* so that zlib takes const input */
#include <zlib.h>

/* Largest run of bytes in a stored block of deflate (RFC 1951 section 3.2.4). */
enum { STORED_MAX = 65535, PACK_MODE = 0444, DEFLATE_LEVEL = 6 };

static void put_be32(uint8_t out[4], uint32_t n)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(n >> (24 - 8 * i));
}

/* Both temporary names; a killed process's are told by the process number (fs_remove_stale). */
static enum err temp_path(char out[FS_PATH_MAX], const struct pack *p, const char *what)
{
	return fs_path(out, "%s/tmp_%s.%ld", p->folder, what, (long)getpid());
}

static enum err final_path(char out[FS_PATH_MAX], const struct pack *p, const char *suffix)
{
	return fs_path(out, "%s/pack-%s.%s", p->folder, p->name, suffix);
}

/* Bytes of the pack: into the file, the trailer's checksum and the entry's. */
static void put(struct pack *p, const void *data, size_t size)
{
	fs_out_put(&p->out, data, size);
	sha1_put(&p->sha, data, size);
	p->crc = (uint32_t)crc32(p->crc, data, (uInt)size);
}

enum err pack_begin(struct pack *p, const char *folder, size_t count, struct fs_stats *stats,
	struct err_text *why)
{
	char path[FS_PATH_MAX];
	uint8_t head[12] = { 'P', 'A', 'C', 'K', 0, 0, 0, 2 };
	*p = (struct pack){ .folder = folder, .room = count, .out = { .fd = -1 } };
	buf_init(&p->deflated, STORE_OBJECT_MAX * 2u);
	if (count > PACK_OFFSET_MAX / sizeof *p->entries || temp_path(path, p, "pack"))
		return err_set(why, ERR_LIMIT, "a pack of %zu objects is too large", count);
	p->entries = calloc(count ? count : 1, sizeof *p->entries);
	if (!p->entries)
		return err_set(why, ERR_MEMORY, "no memory for a pack of %zu objects", count);
	(void)unlink(path); /* of an earlier try by this process */
	enum err e = fs_out_open(&p->out, path, PACK_MODE, stats, why);
	if (e) {
		pack_abort(p);
		return e;
	}
	sha1_init(&p->sha);
	put_be32(head + 8, (uint32_t)count);
	put(p, head, sizeof head);
	return ERR_OK;
}

static enum err begin_entry(struct pack *p, const struct git_id *id, size_t size)
{
	assert(p->count < p->room);
	if (p->out.size > PACK_OFFSET_MAX || size > PACK_OFFSET_MAX - p->out.size)
		return ERR_LIMIT;
	p->entries[p->count] = (struct pack_entry){ .id = *id, .offset = (uint32_t)p->out.size };
	p->crc = 0;
	return ERR_OK;
}

static void end_entry(struct pack *p)
{
	p->entries[p->count++].crc = p->crc;
}

/* Type and size: four bits in the first byte, then seven a byte, lowest first. */
static void put_head(struct pack *p, enum store_kind kind, size_t size)
{
	static const uint8_t types[] = { [STORE_COMMIT] = 1, [STORE_TREE] = 2, [STORE_BLOB] = 3 };
	uint8_t head[10];
	size_t used = 0;
	head[0] = (uint8_t)(types[kind] << 4 | (size & 15));
	for (size >>= 4; size; size >>= 7) {
		head[used++] |= 0x80;
		head[used] = size & 0x7f;
	}
	put(p, head, used + 1);
}

/* The zlib stream (RFC 1950) of stored blocks: cheaper than asking zlib to compress nothing. */
static void put_stored(struct pack *p, struct bytes content)
{
	static const uint8_t zlib_head[2] = { 0x78, 0x01 };
	uint8_t tail[4];
	size_t at = 0;
	put(p, zlib_head, sizeof zlib_head);
	do {
		size_t size = content.size - at < STORED_MAX ? content.size - at : STORED_MAX;
		uint8_t head[5] = { at + size == content.size, (uint8_t)size, (uint8_t)(size >> 8),
			(uint8_t)~size, (uint8_t)(~size >> 8) };
		put(p, head, sizeof head);
		if (size)
			put(p, content.data + at, size);
		at += size;
	} while (at < content.size);
	uLong sum = adler32(0, NULL, 0);
	if (content.size)
		sum = adler32(sum, content.data, (uInt)content.size);
	put_be32(tail, (uint32_t)sum);
	put(p, tail, sizeof tail);
}

/* One deflater for all entries: making one anew costs more than a commit's bytes. */
static enum err put_deflated(struct pack *p, struct bytes content)
{
	z_stream *z = p->deflater;
	if (!z) {
		z = calloc(1, sizeof *z);
		if (!z || deflateInit(z, DEFLATE_LEVEL) != Z_OK) {
			free(z);
			return ERR_MEMORY;
		}
		p->deflater = z;
	}
	int ok = deflateReset(z);
	assert(ok == Z_OK);
	buf_reset(&p->deflated);
	size_t bound = deflateBound(z, (uLong)content.size);
	uint8_t *out = buf_grow(&p->deflated, bound);
	if (!out)
		return buf_err(&p->deflated);
	z->next_in = content.data;
	z->avail_in = (uInt)content.size;
	z->next_out = out;
	z->avail_out = (uInt)bound;
	ok = deflate(z, Z_FINISH);
	assert(ok == Z_STREAM_END);
	put(p, out, bound - z->avail_out);
	return ERR_OK;
}

enum err pack_add(struct pack *p, enum store_kind kind, const struct git_id *id, struct bytes content,
	enum pack_form form)
{
	enum err e = content.size > STORE_OBJECT_MAX ? ERR_LIMIT : begin_entry(p, id, content.size);
	if (e)
		return e;
	put_head(p, kind, content.size);
	if (form == PACK_DEFLATED)
		e = put_deflated(p, content);
	else
		put_stored(p, content);
	if (!e)
		end_entry(p);
	return e;
}

enum err pack_add_raw(struct pack *p, const struct git_id *id, struct bytes entry)
{
	enum err e = begin_entry(p, id, entry.size);
	if (e)
		return e;
	put(p, entry.data, entry.size);
	end_entry(p);
	return ERR_OK;
}

static int compare_entries(const void *a, const void *b)
{
	return git_id_compare(&((const struct pack_entry *)a)->id, &((const struct pack_entry *)b)->id);
}

/* Index bytes: into the file and its checksum. */
static void put_index(struct fs_out *out, struct sha1 *sha, const void *data, size_t size)
{
	fs_out_put(out, data, size);
	sha1_put(sha, data, size);
}

static void put_index_tables(const struct pack *p, struct fs_out *out, struct sha1 *sha)
{
	static const uint8_t head[8] = { 0xff, 't', 'O', 'c', 0, 0, 0, 2 };
	uint8_t word[4];
	put_index(out, sha, head, sizeof head);
	size_t below = 0;
	for (unsigned first = 0; first < 256; first++) {
		while (below < p->count && p->entries[below].id.b[0] <= first)
			below++;
		put_be32(word, (uint32_t)below);
		put_index(out, sha, word, sizeof word);
	}
	for (size_t i = 0; i < p->count; i++)
		put_index(out, sha, p->entries[i].id.b, sizeof p->entries[i].id.b);
	for (size_t i = 0; i < p->count; i++) {
		put_be32(word, p->entries[i].crc);
		put_index(out, sha, word, sizeof word);
	}
	for (size_t i = 0; i < p->count; i++) {
		put_be32(word, p->entries[i].offset);
		put_index(out, sha, word, sizeof word);
	}
}

static enum err write_index(struct pack *p, const char *path, const uint8_t trailer[SHA1_SIZE],
	struct err_text *why)
{
	struct fs_out out;
	struct sha1 sha;
	uint8_t sum[SHA1_SIZE];
	qsort(p->entries, p->count, sizeof *p->entries, compare_entries);
	for (size_t i = 1; i < p->count; i++)
		assert(git_id_compare(&p->entries[i - 1].id, &p->entries[i].id) < 0);
	(void)unlink(path);
	enum err e = fs_out_open(&out, path, PACK_MODE, p->out.stats, why);
	if (e)
		return e;
	sha1_init(&sha);
	put_index_tables(p, &out, &sha);
	put_index(&out, &sha, trailer, SHA1_SIZE);
	sha1_final(sum, &sha);
	fs_out_put(&out, sum, sizeof sum);
	return fs_out_finish(&out, path, why);
}

/* Pack first: an index without its pack would be an error to a reader, a pack without index is not
 * yet there. */
static enum err give_names(struct pack *p, const char *temp_pack, const char *temp_index,
	struct err_text *why)
{
	char path[FS_PATH_MAX];
	enum err e = final_path(path, p, "pack");
	if (e)
		return err_set(why, e, "the path is too long: %s", p->folder);
	p->existed = fs_exists(path);
	e = fs_rename(temp_pack, path, why);
	if (!e)
		e = final_path(path, p, "idx");
	if (!e)
		e = fs_rename(temp_index, path, why);
	if (!e)
		e = fs_sync_dir(p->folder, p->out.stats, why);
	return e;
}

enum err pack_finish(struct pack *p, struct err_text *why)
{
	char temp_pack[FS_PATH_MAX], temp_index[FS_PATH_MAX];
	uint8_t trailer[SHA1_SIZE];
	assert(p->count == p->room);
	if (temp_path(temp_pack, p, "pack") || temp_path(temp_index, p, "idx")) {
		pack_abort(p);
		return err_set(why, ERR_LIMIT, "the path is too long");
	}
	sha1_final(trailer, &p->sha);
	hex_encode(p->name, bytes_of(trailer, sizeof trailer));
	fs_out_put(&p->out, trailer, sizeof trailer);
	enum err e = fs_out_finish(&p->out, temp_pack, why);
	if (!e)
		e = write_index(p, temp_index, trailer, why);
	if (!e) {
		e = give_names(p, temp_pack, temp_index, why);
		if (e)
			pack_remove(p);
	}
	if (e) {
		(void)unlink(temp_pack);
		(void)unlink(temp_index);
	}
	pack_abort(p);
	return e;
}

void pack_abort(struct pack *p)
{
	char path[FS_PATH_MAX];
	if (p->out.buffer) {
		fs_out_abort(&p->out);
		if (!temp_path(path, p, "pack"))
			(void)unlink(path);
	}
	if (p->deflater)
		deflateEnd(p->deflater);
	free(p->deflater);
	p->deflater = NULL;
	buf_clear(&p->deflated);
	free(p->entries);
	p->entries = NULL;
	p->count = p->room = 0;
}

void pack_remove(const struct pack *p)
{
	char path[FS_PATH_MAX];
	if (p->existed)
		return;
	if (!final_path(path, p, "idx"))
		(void)unlink(path);
	if (!final_path(path, p, "pack"))
		(void)unlink(path);
}
