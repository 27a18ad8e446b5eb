/* The index, as a sync session asks it. */
#include "node/index_sync.h"
#include "node/index_own.h"

enum err index_get_case(struct index_case *out, struct index *ix, int64_t no)
{
	*out = (struct index_case){ 0 };
	sqlite3_stmt *st = index_sql_get(ix, SQL_GET_CASE);
	bool row;
	index_bind_number(st, 1, no);
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

static bool read_frontier(void *out, sqlite3_stmt *st, struct arena *a)
{
	struct index_frontier *f = out;
	size_t size = (size_t)sqlite3_column_bytes(st, 2);
	const void *copy = arena_copy(a, sqlite3_column_blob(st, 2), size);
	if (!copy)
		return false;
	f->no = sqlite3_column_int64(st, 0);
	index_column(f->id.b, sizeof f->id.b, st, 1);
	f->ids = bytes_of(copy, size);
	return true;
}

enum err index_list_frontiers(struct index_frontier **out, size_t *count, struct index *ix, struct arena *a)
{
	enum err e;
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_FRONTIERS);
	*out = index_sql_all(&e, count, ix, a, st, sizeof **out, read_frontier);
	return e;
}

enum err index_find_prefix(struct index_change *out, struct case_id *case_id, struct index *ix,
	const uint8_t prefix[INDEX_PREFIX_SIZE])
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_FIND_PREFIX);
	bool row, more = false;
	*out = (struct index_change){ 0 };
	*case_id = (struct case_id){ { 0 } };
	index_bind_number(st, 1, index_key8(prefix));
	enum err e = index_sql_step(&row, ix, st);
	if (e || !row)
		return e ? e : ERR_NOT_FOUND;
	index_read_change(out, st, NULL);
	index_column(case_id->b, sizeof case_id->b, st, 7);
	e = index_sql_step(&more, ix, st);
	if (!e && !more)
		return ERR_OK;
	sqlite3_reset(st);
	*out = (struct index_change){ 0 };
	*case_id = (struct case_id){ { 0 } };
	return e ? e : ERR_CONFLICT;
}
