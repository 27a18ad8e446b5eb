/* The index: the SQLite file, its tables, its statements, transactions and small facts. */
#include "node/index_own.h"

#include "node/fs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Raised whenever the tables change: an index of another version is emptied and filled again. */
#define LAYOUT 6

static const char tables[] =
	"CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;"
	"CREATE TABLE cases (no INTEGER PRIMARY KEY, id BLOB NOT NULL, changes INTEGER NOT NULL DEFAULT 0,"
	" touched INTEGER NOT NULL DEFAULT 0, frontier BLOB NOT NULL DEFAULT x'');"
	"CREATE UNIQUE INDEX cases_id ON cases (id);"
	"CREATE TABLE changes (no INTEGER PRIMARY KEY, case_no INTEGER NOT NULL, key8 INTEGER NOT NULL,"
	" id BLOB NOT NULL, git BLOB NOT NULL, received INTEGER NOT NULL, peer INTEGER NOT NULL, cover INTEGER);"
	"CREATE INDEX changes_id ON changes (key8);"
	"CREATE INDEX changes_case ON changes (case_no);"
	"CREATE INDEX changes_uncovered ON changes (no) WHERE cover IS NULL;"
	"CREATE INDEX changes_cover ON changes (cover) WHERE cover IS NOT NULL;"
	"CREATE TABLE blobs (no INTEGER PRIMARY KEY, key8 INTEGER NOT NULL, letter INTEGER NOT NULL,"
	" hash BLOB NOT NULL, git BLOB NOT NULL);"
	"CREATE INDEX blobs_hash ON blobs (key8);"
	"CREATE INDEX blobs_rare ON blobs (letter, no) WHERE letter NOT IN (112, 103);" /* not 'p', 'g' */
	"CREATE TABLE gaps (hash BLOB NOT NULL, letter INTEGER NOT NULL, size INTEGER NOT NULL,"
	" case_no INTEGER NOT NULL, PRIMARY KEY (hash, letter, size, case_no)) WITHOUT ROWID;"
	"CREATE TABLE checkpoints (no INTEGER PRIMARY KEY, node BLOB NOT NULL, incarnation BLOB NOT NULL,"
	" sequence INTEGER NOT NULL, id BLOB NOT NULL, git BLOB NOT NULL, full INTEGER NOT NULL,"
	" witnessed INTEGER NOT NULL);"
	"CREATE UNIQUE INDEX checkpoints_id ON checkpoints (id);"
	"CREATE INDEX checkpoints_journal ON checkpoints (node, incarnation, sequence);"
	"CREATE TABLE shares (site INTEGER NOT NULL, case_no INTEGER NOT NULL, since INTEGER NOT NULL,"
	" ended INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (site, case_no)) WITHOUT ROWID;"
	"CREATE INDEX shares_case ON shares (case_no);"
	"CREATE TABLE peers (no INTEGER PRIMARY KEY, node BLOB NOT NULL UNIQUE, sent INTEGER NOT NULL DEFAULT 0,"
	" equal INTEGER NOT NULL DEFAULT 0, tried INTEGER NOT NULL DEFAULT 0, incarnation BLOB, sequence INTEGER,"
	" prefix BLOB, error TEXT NOT NULL DEFAULT '');"
	"CREATE TABLE disclosed (no INTEGER PRIMARY KEY, entry BLOB NOT NULL);";

static const char *const texts[SQL_COUNT] = {
	[SQL_GET_META] = "SELECT value FROM meta WHERE name = ?",
	[SQL_PUT_META] = "INSERT OR REPLACE INTO meta VALUES (?, ?)",
	[SQL_FIND_CASE] = "SELECT no, id, changes, touched FROM cases WHERE id = ?",
	[SQL_ADD_CASE] = "INSERT INTO cases (id) VALUES (?)",
	[SQL_LIST_CASES] = "SELECT no, id, changes, touched FROM cases ORDER BY id",
	[SQL_MATCH_CASES] =
		"SELECT no, id, changes, touched FROM cases WHERE id >= ? AND id <= ? ORDER BY id LIMIT ?",
	[SQL_TOUCH_CASE] = "UPDATE cases SET changes = changes + 1, touched = ? WHERE no = ?",
	[SQL_PUT_FRONTIER] = "UPDATE cases SET frontier = ? WHERE no = ?",
	[SQL_COUNT_RECEIVED] =
		"SELECT peer, count(*) FROM changes WHERE cover IS NULL AND peer <> 0 GROUP BY peer"
		" ORDER BY peer",
	[SQL_FIND_CHANGE] =
		"SELECT no, case_no, id, git, received, peer, cover FROM changes WHERE key8 = ? AND id = ?",
	[SQL_ADD_CHANGE] = "INSERT INTO changes (case_no, key8, id, git, received, peer, cover)"
					   " VALUES (?, ?, ?, ?, ?, ?, ?)",
	[SQL_LIST_CHANGES] = "SELECT no, case_no, id, git, received, peer, cover FROM changes WHERE case_no = ?"
						 " ORDER BY no",
	[SQL_LIST_SINCE] = "SELECT no, case_no, id, git, received, peer, cover FROM changes WHERE no > ?"
					   " ORDER BY no LIMIT ?",
	[SQL_LAST_CHANGE] = "SELECT coalesce(max(no), 0) FROM changes",
	[SQL_LIST_UNCOVERED] = "SELECT no, case_no, id, git, received, peer, cover FROM changes"
						   " WHERE cover IS NULL AND peer = 0 ORDER BY no",
	[SQL_COUNT_UNCOVERED] = "SELECT count(*) FROM changes WHERE cover IS NULL",
	[SQL_COVER] = "UPDATE changes SET cover = ? WHERE cover IS NULL AND no <= ?",
	[SQL_COVER_ONE] = "UPDATE changes SET cover = ? WHERE no = ?",
	[SQL_COVER_RECEIVED] = "UPDATE changes SET cover = ? WHERE cover IS NULL AND peer <> 0",
	[SQL_COVERED_UNTIL] = "SELECT coalesce(max(no), 0) FROM changes WHERE cover IS NOT NULL AND cover <= ?",
	[SQL_FIND_BLOB] = "SELECT git FROM blobs WHERE key8 = ? AND hash = ? AND letter = ?",
	[SQL_ADD_BLOB] = "INSERT INTO blobs (key8, letter, hash, git) VALUES (?, ?, ?, ?)",
	[SQL_LIST_BLOBS] = "SELECT no, letter, hash, git FROM blobs WHERE letter = ? AND letter NOT IN (112, 103)"
					   " ORDER BY no",
	[SQL_ADD_GAP] = "INSERT OR IGNORE INTO gaps (hash, letter, size, case_no) VALUES (?, ?, ?, ?)",
	[SQL_REMOVE_GAP] = "DELETE FROM gaps WHERE hash = ? AND letter = ?",
	[SQL_FIND_GAP] = "SELECT 1 FROM gaps WHERE hash = ? AND letter = ? AND size = ? LIMIT 1",
	[SQL_LIST_GAPS] = "SELECT case_no, letter, hash, size FROM gaps"
					  " ORDER BY case_no, hash, letter, size LIMIT ?",
	[SQL_ADD_CHECKPOINT] =
		"INSERT INTO checkpoints (node, incarnation, sequence, id, git, full, witnessed)"
		" VALUES (?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (id) DO UPDATE SET git = excluded.git, full = excluded.full WHERE excluded.full > full",
	[SQL_FIND_CHECKPOINT] =
		"SELECT no, node, incarnation, sequence, id, git, full, witnessed FROM checkpoints"
		" WHERE id = ?",
	[SQL_LIST_JOURNALS] = "SELECT no, node, incarnation, max(sequence), id, git, full, witnessed"
						  " FROM checkpoints GROUP BY node, incarnation ORDER BY node, incarnation",
	[SQL_LIST_CHECKPOINTS] =
		"SELECT no, node, incarnation, sequence, id, git, full, witnessed FROM checkpoints"
		" WHERE node = ? AND incarnation = ? AND sequence >= ? ORDER BY sequence, no",
	[SQL_LIST_UNWITNESSED] = "SELECT no, node, incarnation, max(sequence), id, git, full, witnessed"
							 " FROM checkpoints WHERE witnessed = 0 AND node <> ? GROUP BY node, incarnation"
							 " ORDER BY node, incarnation",
	[SQL_MARK_WITNESSED] = "UPDATE checkpoints SET witnessed = 1 WHERE witnessed = 0",
	[SQL_ADD_DISCLOSED] = "INSERT INTO disclosed (entry) VALUES (?)",
	[SQL_LIST_DISCLOSED] = "SELECT entry FROM disclosed ORDER BY no",
	[SQL_COUNT_DISCLOSED] = "SELECT count(*) FROM disclosed",
	[SQL_CLEAR_DISCLOSED] = "DELETE FROM disclosed",
	[SQL_PUT_SHARE] =
		"INSERT INTO shares (site, case_no, since, ended) VALUES (?, ?, ?, ?)"
		" ON CONFLICT DO UPDATE SET since = iif(ended AND NOT excluded.ended, excluded.since, since),"
		" ended = excluded.ended",
	[SQL_LIST_SHARES] = "SELECT case_no, site, since, ended FROM shares WHERE site = ? ORDER BY case_no",
	[SQL_LIST_CASE_SHARES] = "SELECT case_no, site, since, ended FROM shares WHERE case_no = ? ORDER BY site",
	[SQL_CLEAR_SHARES] = "DELETE FROM shares WHERE case_no = ?",
	[SQL_CLEAR_GAPS] = "DELETE FROM gaps WHERE case_no = ?",
	[SQL_FIND_PEER] =
		"SELECT no, node, sent, equal, tried, incarnation, sequence, prefix FROM peers WHERE node = ?",
	[SQL_ADD_PEER] = "INSERT INTO peers (node) VALUES (?)",
	[SQL_PUT_PEER] =
		"UPDATE peers SET sent = ?, equal = ?, tried = ?, incarnation = ?, sequence = ?, prefix = ?,"
		" error = ? WHERE no = ?",
	[SQL_LIST_PEERS] =
		"SELECT no, node, sent, equal, tried, incarnation, sequence, prefix FROM peers ORDER BY no",
	[SQL_GET_PEER_ERROR] = "SELECT error FROM peers WHERE no = ?",
	[SQL_GET_CASE] = "SELECT id, changes, touched FROM cases WHERE no = ?",
	[SQL_LIST_FRONTIERS] = "SELECT no, id, frontier FROM cases ORDER BY id",
	[SQL_FIND_PREFIX] = "SELECT c.no, c.case_no, c.id, c.git, c.received, c.peer, c.cover, k.id"
						" FROM changes c JOIN cases k ON k.no = c.case_no WHERE c.key8 = ? LIMIT 2",
};

enum err index_sql_err(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ERR_OK;
	case SQLITE_NOMEM:
		return ERR_MEMORY;
	case SQLITE_FULL:
		return ERR_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	default:
		return ERR_IO;
	}
}

static void note_damage(struct index *ix, int code)
{
	ix->damaged = ix->damaged || (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

static enum err fail(struct index *ix, struct err_text *why, int code)
{
	note_damage(ix, code);
	return err_set(why, index_sql_err(code), "index: %s%s", sqlite3_errmsg(ix->db),
		ix->damaged ? "; the next command makes it anew" : "");
}

sqlite3_stmt *index_sql_get(struct index *ix, enum index_sql which)
{
	if (!ix->statements[which]
		&& sqlite3_prepare_v3(
			   ix->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT, &ix->statements[which], NULL)
			!= SQLITE_OK)
		return NULL;
	return ix->statements[which];
}

enum err index_sql_run(struct index *ix, sqlite3_stmt *st)
{
	bool row;
	enum err e = index_sql_step(&row, ix, st);
	if (st)
		sqlite3_reset(st);
	return e;
}

enum err index_sql_step(bool *row, struct index *ix, sqlite3_stmt *st)
{
	*row = false;
	int code = st ? sqlite3_step(st) : sqlite3_errcode(ix->db);
	note_damage(ix, code);
	if (!st)
		return index_sql_err(code);
	*row = code == SQLITE_ROW;
	if (!*row)
		sqlite3_reset(st);
	return index_sql_err(code);
}

enum err index_sql_number(int64_t *no, struct index *ix, sqlite3_stmt *st)
{
	bool row;
	*no = 0;
	enum err e = index_sql_step(&row, ix, st);
	if (!e && row) {
		*no = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return e;
}

void index_bind(sqlite3_stmt *st, int at, const void *data, size_t size)
{
	if (st)
		sqlite3_bind_blob64(st, at, data, size, SQLITE_STATIC);
}

void index_bind_number(sqlite3_stmt *st, int at, int64_t number)
{
	if (st)
		sqlite3_bind_int64(st, at, number);
}

void index_column(void *out, size_t size, sqlite3_stmt *st, int at)
{
	memset(out, 0, size);
	const void *data = sqlite3_column_blob(st, at);
	if (data && (size_t)sqlite3_column_bytes(st, at) == size)
		memcpy(out, data, size);
}

int64_t index_key8(const uint8_t *hash)
{
	int64_t key;
	memcpy(&key, hash, sizeof key);
	return key;
}

enum err index_sql_one(void *out, struct index *ix, sqlite3_stmt *st, index_read *read)
{
	bool row;
	enum err e = index_sql_step(&row, ix, st);
	if (e || !row)
		return e ? e : ERR_NOT_FOUND;
	bool done = read(out, st, NULL);
	sqlite3_reset(st);
	return done ? ERR_OK : ERR_MEMORY;
}

void *index_sql_all(enum err *e, size_t *count, struct index *ix, struct arena *a, sqlite3_stmt *st,
	size_t size, index_read *read)
{
	uint8_t *rows = NULL;
	uint32_t filled = 0, room = 0;
	bool row;
	*count = 0;
	while (!(*e = index_sql_step(&row, ix, st)) && row) {
		uint8_t *grown = arena_grow(a, rows, filled, &room, size);
		if (!grown || !read(grown + filled * size, st, a)) {
			sqlite3_reset(st);
			*e = ERR_MEMORY;
			return NULL;
		}
		rows = grown;
		filled++;
	}
	*count = *e ? 0 : filled;
	return *e ? NULL : rows;
}

static enum err set_up(struct index *ix, bool *fresh, struct err_text *why)
{
	sqlite3_busy_timeout(ix->db, 30000);
	int code = sqlite3_exec(ix->db,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 20000;"
		"PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;",
		NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return fail(ix, why, code);
	sqlite3_stmt *st = NULL;
	int layout = -1;
	code = sqlite3_prepare_v2(ix->db, "PRAGMA user_version", -1, &st, NULL);
	if (code == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		layout = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	*fresh = layout != LAYOUT;
	return *fresh ? index_empty(ix, why) : ERR_OK;
}

static enum err open_once(struct index **out, const char *path, bool *fresh, struct err_text *why)
{
	struct index *ix = calloc(1, sizeof *ix);
	if (!ix)
		return ERR_MEMORY;
	ix->path = path ? strdup(path) : NULL;
	int code = path && !ix->path ? SQLITE_NOMEM :
		sqlite3_open_v2(path ? path : ":memory:", &ix->db,
			SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	enum err e = code == SQLITE_OK ? set_up(ix, fresh, why) : fail(ix, why, code);
	if (e) {
		index_close(ix);
		return e;
	}
	*out = ix;
	return ERR_OK;
}

enum err index_open(struct index **out, const char *path, bool *fresh, struct err_text *why)
{
	*out = NULL;
	*fresh = false;
	enum err e = open_once(out, path, fresh, why);
	/* One that was damaged is gone now. */
	return e == ERR_IO && path && !fs_exists(path) ? open_once(out, path, fresh, why) : e;
}

bool index_is_damaged(const struct index *ix)
{
	return ix->damaged;
}

/* Whoever has it open still goes on with what it is to them, and looks at the store. */
static void remove_files(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char name[FS_PATH_MAX];
		if (!fs_path(name, "%s%s", path, ends[i]))
			(void)!fs_remove(name, NULL);
	}
}

void index_close(struct index *ix)
{
	if (!ix)
		return;
	for (size_t i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(ix->statements[i]);
	sqlite3_close(ix->db);
	if (ix->damaged && ix->path)
		remove_files(ix->path);
	free(ix->path);
	free(ix);
}

static enum err exec(struct index *ix, const char *sql, struct err_text *why)
{
	int code = sqlite3_exec(ix->db, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? ERR_OK : fail(ix, why, code);
}

enum err index_empty(struct index *ix, struct err_text *why)
{
	for (size_t i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(ix->statements[i]);
		ix->statements[i] = NULL;
	}
	/* SQLite's own way to empty a file, damaged or not: reset it and let VACUUM rebuild. */
	sqlite3_db_config(ix->db, SQLITE_DBCONFIG_RESET_DATABASE, 1, 0);
	int code = sqlite3_exec(ix->db, "VACUUM", NULL, NULL, NULL);
	sqlite3_db_config(ix->db, SQLITE_DBCONFIG_RESET_DATABASE, 0, 0);
	if (code != SQLITE_OK)
		return fail(ix, why, code);
	enum err e = exec(ix, tables, why);
	char version[64];
	sqlite3_snprintf(sizeof version, version, "PRAGMA user_version = %d", LAYOUT);
	return e ? e : exec(ix, version, why);
}

enum err index_begin(struct index *ix, struct err_text *why)
{
	return exec(ix, "BEGIN IMMEDIATE", why);
}

enum err index_commit(struct index *ix, struct err_text *why)
{
	return exec(ix, "COMMIT", why);
}

void index_rollback(struct index *ix)
{
	/* A failed statement may have ended the transaction by itself; then there is nothing to roll back. */
	if (!sqlite3_get_autocommit(ix->db))
		sqlite3_exec(ix->db, "ROLLBACK", NULL, NULL, NULL);
}

enum err index_get_meta(struct buf *out, struct index *ix, const char *name)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_GET_META);
	bool row;
	if (st)
		sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
	enum err e = index_sql_step(&row, ix, st);
	if (e || !row)
		return e ? e : ERR_NOT_FOUND;
	buf_put(out, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
	sqlite3_reset(st);
	return buf_err(out);
}

enum err index_put_meta(struct index *ix, const char *name, struct bytes value)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_PUT_META);
	if (st)
		sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
	index_bind(st, 2, value.data, value.size);
	return index_sql_run(ix, st);
}
