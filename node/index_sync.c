/* The index, as a sync session asks it. */
#include "node/index_sync.h"
#include "node/index_own.h"

enum err index_get_case(struct index_case *out, struct index *ix, int64_t no)
{
	*out = (struct index_case){ 0 };
	sqlite3_stmt *st = index_sql_get(ix, SQL_GET_CASE);
	bool row;
	if (st)
		sqlite3_bind_int64(st, 1, no);
	enum err e = index_sql_step(&row, ix, st);
	if (e || !row)
		return e ? e : ERR_NOT_FOUND;
	out->no = no;
	index_column(out->id.b, sizeof out->id.b, st, 0);
	out->change_count = sqlite3_column_int64(st, 1);
	out->touched = sqlite3_column_int64(st, 2);
	sqlite3_reset(st);
	return ERR_OK;
}

enum err index_list_frontiers(struct index_frontier **out, size_t *count, struct index *ix, struct arena *a)
{
	struct index_rows rows = { .arena = a, .size = sizeof **out };
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_FRONTIERS);
	bool row;
	enum err e;
	*out = NULL;
	*count = 0;
	while (!(e = index_sql_step(&row, ix, st)) && row) {
		struct index_frontier *f = index_rows_add(&rows);
		size_t size = (size_t)sqlite3_column_bytes(st, 2);
		const void *ids = f ? arena_copy(a, sqlite3_column_blob(st, 2), size) : NULL;
		if (!ids) {
			sqlite3_reset(st);
			return ERR_MEMORY;
		}
		f->no = sqlite3_column_int64(st, 0);
		index_column(f->id.b, sizeof f->id.b, st, 1);
		f->ids = bytes_of(ids, size);
	}
	*out = rows.rows;
	*count = rows.count;
	return e;
}

enum err index_find_prefix(struct index_change *out, struct case_id *case_id, struct index *ix,
	const uint8_t prefix[INDEX_PREFIX_SIZE])
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_FIND_PREFIX);
	bool row;
	*out = (struct index_change){ 0 };
	if (st)
		sqlite3_bind_int64(st, 1, index_key8(prefix));
	enum err e = index_sql_step(&row, ix, st);
	if (e || !row)
		return e ? e : ERR_NOT_FOUND;
	index_read_change(out, st);
	index_column(case_id->b, sizeof case_id->b, st, 7);
	e = index_sql_step(&row, ix, st);
	if (!e && row) {
		sqlite3_reset(st);
		return ERR_CONFLICT;
	}
	return e;
}
