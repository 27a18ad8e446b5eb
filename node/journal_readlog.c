/* The pending read log: one file per incarnation, HOME/readlog-INC16, until a checkpoint takes it in. */
#include "node/journal_own.h"

#include "base/text.h"
#include "node/fs.h"

#include <stdlib.h>
#include <string.h>

enum { READLOG_SIZE_MAX = 1 << 26, INC_HEX = 16 };
static const char PREFIX[] = "readlog-";

static enum err log_path(char out[FS_PATH_MAX], const struct journal *j, const struct incarnation_id *inc)
{
	char hex[INC_HEX + 1];
	hex_encode(hex, bytes_of(inc->b, sizeof inc->b));
	return fs_path(out, "%s/%s%s", j->config.home, PREFIX, hex);
}

/* Reads the records of one log.  A last record that a crash cut off was never relied upon: what it was
 * to precede was not shown. */
static enum err take_log(struct entry **list, uint32_t *count, uint32_t *size, struct journal *j,
	struct arena *a, const struct incarnation_id *inc, const struct secret *key, struct bytes file)
{
	struct node_id self = journal_self(j);
	struct bytes copy = { arena_copy(a, file.data, file.size), file.size };
	size_t at = 0;
	if (!copy.data)
		return ERR_MEMORY;
	for (uint64_t record = 0;; record++) {
		struct entry *grown = arena_grow(a, *list, *count, size, sizeof **list);
		if (!grown)
			return ERR_MEMORY;
		*list = grown;
		enum err e = readlog_next(&grown[*count], a, key, &self, inc, record, copy, &at);
		if (e == ERR_NOT_FOUND || e == ERR_MISSING)
			return ERR_OK;
		if (e)
			return e;
		++*count;
	}
}

static enum err take_file(bool *taken, struct entry **list, uint32_t *count, uint32_t *size,
	struct journal *j, struct arena *a, const char *name, struct err_text *why)
{
	struct incarnation_id inc;
	struct secret journal_key = { 0 }, key = { 0 };
	struct buf file;
	char path[FS_PATH_MAX];
	struct node_id self = journal_self(j);
	*taken = false;
	buf_init(&file, READLOG_SIZE_MAX);
	enum err e = hex_decode(inc.b, sizeof inc.b, bytes_text(name + sizeof PREFIX - 1));
	if (e) /* not a log of ours */
		return ERR_OK;
	if (j->is_open && incarnation_id_equal(&inc, &j->incarnation))
		e = secret_copy(&journal_key, &j->key);
	else
		e = journal_find_key(&journal_key, j, &self, &inc, why);
	if (e == ERR_NO_KEY)
		return ERR_OK;
	if (!e)
		e = readlog_key(&key, &journal_key);
	if (!e)
		e = fs_path(path, "%s/%s", j->config.home, name);
	if (!e)
		e = fs_read_file(&file, path, why);
	if (!e)
		e = take_log(list, count, size, j, a, &inc, &key, buf_bytes(&file));
	if (!e)
		*taken = true;
	if (e == ERR_CRYPTO || e == ERR_FORMAT)
		e = err_set(why, e, "read log %s is damaged or not of this node; move it aside and keep it", path);
	secret_free(&journal_key);
	secret_free(&key);
	buf_clear(&file);
	return e;
}

static bool is_log(const char *name)
{
	return strncmp(name, PREFIX, sizeof PREFIX - 1) == 0 && strlen(name) == sizeof PREFIX - 1 + INC_HEX;
}

enum err readlog_collect(
	const struct entry **out, uint32_t *count, struct journal *j, struct arena *a, struct err_text *why)
{
	struct entry *list = NULL;
	struct fs_names names = { 0 };
	uint32_t size = 0;
	enum err e = ERR_OK;
	*out = NULL;
	*count = 0;
	if (!j->config.home) {
		struct secret key = { 0 };
		if (j->memory_log.size == 0)
			return ERR_OK;
		e = readlog_key(&key, &j->key);
		if (!e)
			e = take_log(&list, count, &size, j, a, &j->incarnation, &key, buf_bytes(&j->memory_log));
		secret_free(&key);
		*out = list;
		return e;
	}
	e = fs_list(&names, j->config.home, why);
	fs_names_clear(&j->taken);
	size_t kept = 0;
	for (size_t i = 0; i < names.count && !e; i++) {
		bool taken = false;
		if (is_log(names.names[i]))
			e = take_file(&taken, &list, count, &size, j, a, names.names[i], why);
		if (taken) {
			char *name = names.names[i];
			names.names[i] = names.names[kept];
			names.names[kept++] = name;
		}
	}
	/* The names of those stay. */
	for (size_t i = kept; i < names.count; i++)
		free(names.names[i]);
	names.count = kept;
	j->taken = names;
	*out = list;
	return e;
}

enum err journal_pending_reads(
	const struct entry **out, uint32_t *count, struct journal *j, struct arena *a, struct err_text *why)
{
	return readlog_collect(out, count, j, a, why);
}

enum err readlog_count_records(struct journal *j, struct err_text *why)
{
	struct buf file;
	char path[FS_PATH_MAX];
	size_t at = 0;
	/* In memory nobody else writes, and the count goes along. */
	if (!j->config.home || !j->is_open)
		return ERR_OK;
	j->records = 0;
	buf_init(&file, READLOG_SIZE_MAX);
	enum err e = log_path(path, j, &j->incarnation);
	if (!e && fs_exists(path))
		e = fs_read_file(&file, path, why);
	while (!e && file.size - at >= 4) {
		size_t size = (size_t)file.data[at] << 24 | (size_t)file.data[at + 1] << 16
			| (size_t)file.data[at + 2] << 8 | file.data[at + 3];
		if (size == 0 || size > file.size - at - 4) /* zeros: the length reached the disk, bytes did not */
			break;
		at += 4 + size;
		j->records++;
	}
	/* What a crash cut off is dropped, so that the next record follows the last whole one. */
	if (!e && at < file.size)
		e = fs_write_file(path, bytes_of(file.data, at), 0600, NULL, why);
	buf_clear(&file);
	return e;
}

enum err readlog_remove(struct journal *j, struct err_text *why)
{
	enum err e = ERR_OK;
	j->records = 0;
	buf_reset(&j->memory_log);
	for (size_t i = 0; i < j->taken.count && !e; i++) {
		char path[FS_PATH_MAX];
		e = fs_path(path, "%s/%s", j->config.home, j->taken.names[i]);
		if (!e)
			e = fs_remove(path, why);
	}
	fs_names_clear(&j->taken);
	return e;
}

enum err journal_show(struct journal *j, const struct entry *showed, struct err_text *why)
{
	struct buf record;
	struct secret key = { 0 };
	struct node_id self = journal_self(j);
	uint8_t nonce[SEAL_NONCE_SIZE];
	char path[FS_PATH_MAX];
	enum err e = journal_ensure(j, why);
	if (!e && j->records >= JOURNAL_PENDING_MAX)
		e = journal_checkpoint(j, why);
	/* Another process may have written a record since: each is bound to its number in the file. */
	if (!e)
		e = readlog_count_records(j, why);
	if (e)
		return e;
	buf_init(&record, ENTRY_SHOWED_MAX + 256);
	ports_random(j->config.ports, nonce, sizeof nonce);
	e = readlog_key(&key, &j->key);
	if (!e)
		e = readlog_put(&record, &key, &self, &j->incarnation, j->records, nonce, showed);
	if (!e && j->config.home) {
		struct fs_append log = { .fd = -1 };
		e = log_path(path, j, &j->incarnation);
		if (!e)
			e = fs_append_open(&log, path, NULL, why);
		if (!e)
			e = fs_append_put(&log, buf_bytes(&record), why);
		fs_append_close(&log);
	} else if (!e) {
		buf_put_bytes(&j->memory_log, buf_bytes(&record));
		e = buf_err(&j->memory_log);
	}
	if (!e)
		j->records++;
	secret_free(&key);
	buf_clear(&record);
	return e;
}

/* Opens J from a box for this site in one checkpoint. */
static enum err key_from(struct secret *key, struct journal *j, const struct index_checkpoint *row)
{
	struct arena a;
	struct buf bytes;
	struct checkpoint *c = NULL;
	struct bytes entries;
	arena_init(&a, 4 * CHECKPOINT_WIRE_MAX);
	buf_init(&bytes, CHECKPOINT_WIRE_MAX);
	enum err e = store_read(
		&bytes, j->config.store, row->full ? STORE_COMMIT : STORE_BLOB, &row->git, CHECKPOINT_WIRE_MAX, NULL);
	if (!e && row->full)
		e = checkpoint_parse_commit(&c, &a, buf_bytes(&bytes), NULL);
	else if (!e)
		e = checkpoint_parse_wire(
			&c, &entries, &a, charter_federation(j->config.charter), buf_bytes(&bytes), NULL);
	if (!e)
		e = ERR_NO_KEY;
	for (uint32_t i = 0; c && i < c->box_count && e == ERR_NO_KEY; i++) {
		const struct box_key *site = c->boxes[i].site == j->config.site
			? site_keys_find(j->config.site_keys, c->boxes[i].keyno)
			: NULL;
		if (site && grant_open_box(key, site, c->boxes[i].box) == ERR_OK)
			e = ERR_OK;
	}
	buf_clear(&bytes);
	arena_clear(&a);
	return e;
}

enum err journal_find_key(struct secret *key, struct journal *j, const struct node_id *node,
	const struct incarnation_id *incarnation, struct err_text *why)
{
	struct arena a;
	struct index_checkpoint *rows;
	size_t count;
	*key = (struct secret){ 0 };
	arena_init(&a, 1 << 28);
	enum err e = index_list_checkpoints(&rows, &count, j->config.index, &a, node, incarnation, 0);
	bool found = false;
	for (size_t i = 0; i < count && !e && !found; i++) {
		e = key_from(key, j, &rows[i]);
		found = e == ERR_OK;
		if (e == ERR_NO_KEY || e == ERR_NOT_FOUND)
			e = ERR_OK;
	}
	if (!e && !found)
		e = err_set(why, ERR_NO_KEY, "no checkpoint of that journal gives its key to this site");
	arena_clear(&a);
	return e;
}
