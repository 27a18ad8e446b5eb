/* Between the files of the index: the handle and its prepared statements.  Nobody else includes this. */
#ifndef NODE_INDEX_OWN_H
#define NODE_INDEX_OWN_H

#include "node/index.h"
#include "node/index_peer.h"

#include <sqlite3.h>

/* Every statement of the index, prepared once on first use. */
enum index_sql {
	SQL_GET_META,
	SQL_PUT_META,
	SQL_FIND_CASE,
	SQL_ADD_CASE,
	SQL_LIST_CASES,
	SQL_MATCH_CASES,
	SQL_TOUCH_CASE,
	SQL_PUT_FRONTIER,
	SQL_COUNT_RECEIVED,
	SQL_FIND_CHANGE,
	SQL_ADD_CHANGE,
	SQL_LIST_CHANGES,
	SQL_LIST_SINCE,
	SQL_LAST_CHANGE,
	SQL_LIST_UNCOVERED,
	SQL_COUNT_UNCOVERED,
	SQL_COVER,
	SQL_COVER_ONE,
	SQL_COVER_RECEIVED,
	SQL_COVERED_UNTIL,
	SQL_FIND_BLOB,
	SQL_ADD_BLOB,
	SQL_LIST_BLOBS,
	SQL_ADD_GAP,
	SQL_REMOVE_GAP,
	SQL_FIND_GAP,
	SQL_LIST_GAPS,
	SQL_ADD_CHECKPOINT,
	SQL_FIND_CHECKPOINT,
	SQL_LIST_JOURNALS,
	SQL_LIST_CHECKPOINTS,
	SQL_LIST_UNWITNESSED,
	SQL_MARK_WITNESSED,
	SQL_ADD_DISCLOSED,
	SQL_LIST_DISCLOSED,
	SQL_COUNT_DISCLOSED,
	SQL_CLEAR_DISCLOSED,
	SQL_PUT_SHARE,
	SQL_LIST_SHARES,
	SQL_LIST_CASE_SHARES,
	SQL_CLEAR_SHARES,
	SQL_CLEAR_GAPS,
	SQL_FIND_PEER,
	SQL_ADD_PEER,
	SQL_PUT_PEER,
	SQL_LIST_PEERS,
	SQL_GET_PEER_ERROR,
	SQL_GET_CASE,
	SQL_LIST_FRONTIERS,
	SQL_FIND_PREFIX,
	SQL_COUNT
};

struct index {
	sqlite3 *db;
	sqlite3_stmt *statements[SQL_COUNT];
	char *path;   /* NULL: in memory */
	bool damaged; /* the file is not, or no longer, what SQLite wrote */
};

/* A statement ready to bind; NULL when it could not be prepared. */
sqlite3_stmt *index_sql_get(struct index *ix, enum index_sql which);
/* Runs a statement that yields no rows, and resets it. */
MUST_USE enum err index_sql_run(struct index *ix, sqlite3_stmt *st);
/* Steps: *row tells whether there is one.  After the last, or an error, it is reset. */
MUST_USE enum err index_sql_step(bool *row, struct index *ix, sqlite3_stmt *st);
enum err index_sql_err(int code);

/* The number that a statement yields, 0 when there is no row. */
MUST_USE enum err index_sql_number(int64_t *no, struct index *ix, sqlite3_stmt *st);

/* Both take NULL, which index_sql_step reports. */
void index_bind(sqlite3_stmt *st, int at, const void *data, size_t size);
void index_bind_number(sqlite3_stmt *st, int at, int64_t number);
/* Copies a blob column of exactly `size` bytes; zeros when it is another size. */
void index_column(void *out, size_t size, sqlite3_stmt *st, int at);
/* The first 8 bytes of a hash as an integer: the key of lookups, since a UNIQUE on 32 bytes is dear. */
int64_t index_key8(const uint8_t *hash);

/* Fills in a zeroed struct from the columns of a row, copies in the arena.  False when memory is out. */
typedef bool index_read(void *out, sqlite3_stmt *st, struct arena *a);

/* Reads the columns no, case_no, id, git, received, peer, cover. */
index_read index_read_change;

/* The first row of a statement into a zeroed struct; ERR_NOT_FOUND when there is none. */
MUST_USE enum err index_sql_one(void *out, struct index *ix, sqlite3_stmt *st, index_read *read);
/* All rows of a statement, in order: an array of `count` elements of `size` bytes in the arena, or NULL. */
void *index_sql_all(enum err *e, size_t *count, struct index *ix, struct arena *a, sqlite3_stmt *st,
	size_t size, index_read *read);

#endif
