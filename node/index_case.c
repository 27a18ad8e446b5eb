/* The index: cases, changes, blobs and gaps. */
#include "node/index_own.h"

#include <assert.h>
#include <string.h>

static bool read_case(void *out, sqlite3_stmt *st, struct arena *a)
{
	struct index_case *c = out;
	(void)a;
	c->no = sqlite3_column_int64(st, 0);
	index_column(c->id.b, sizeof c->id.b, st, 1);
	c->change_count = sqlite3_column_int64(st, 2);
	c->touched = sqlite3_column_int64(st, 3);
	return true;
}

enum err index_find_case(struct index_case *out, struct index *ix, const struct case_id *id)
{
	*out = (struct index_case){ 0 };
	sqlite3_stmt *st = index_sql_get(ix, SQL_FIND_CASE);
	index_bind(st, 1, id->b, sizeof id->b);
	return index_sql_one(out, ix, st, read_case);
}

enum err index_add_case(int64_t *no, struct index *ix, const struct case_id *id)
{
	*no = 0;
	sqlite3_stmt *st = index_sql_get(ix, SQL_ADD_CASE);
	index_bind(st, 1, id->b, sizeof id->b);
	enum err e = index_sql_run(ix, st);
	if (!e)
		*no = sqlite3_last_insert_rowid(ix->db);
	return e;
}

enum err index_list_cases(struct index_case **out, size_t *count, struct index *ix, struct arena *a)
{
	enum err e;
	*out = index_sql_all(&e, count, ix, a, index_sql_get(ix, SQL_LIST_CASES), sizeof **out, read_case);
	return e;
}

enum err index_match_cases(struct index_case **out, size_t *count, struct index *ix, struct arena *a,
	const char *hex_prefix, size_t max)
{
	struct case_id low, high;
	memset(low.b, 0, sizeof low.b);
	memset(high.b, 0xff, sizeof high.b);
	*out = NULL;
	*count = 0;
	for (size_t i = 0; hex_prefix[i]; i++) {
		const char *digits = "0123456789abcdef", *at = strchr(digits, hex_prefix[i]);
		if (!at || i >= 2 * sizeof low.b)
			return ERR_NOT_FOUND;
		unsigned digit = (unsigned)(at - digits), shift = i % 2 ? 0 : 4;
		low.b[i / 2] |= (uint8_t)(digit << shift);
		high.b[i / 2] &= (uint8_t)((digit << shift) | (shift ? 0x0f : 0xf0));
	}
	sqlite3_stmt *st = index_sql_get(ix, SQL_MATCH_CASES);
	index_bind(st, 1, low.b, sizeof low.b);
	index_bind(st, 2, high.b, sizeof high.b);
	index_bind_number(st, 3, (int64_t)max);
	enum err e;
	*out = index_sql_all(&e, count, ix, a, st, sizeof **out, read_case);
	return e;
}

enum err index_put_frontier(struct index *ix, int64_t case_no, struct bytes ids)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_PUT_FRONTIER);
	index_bind(st, 1, ids.data, ids.size);
	index_bind_number(st, 2, case_no);
	return index_sql_run(ix, st);
}

bool index_read_change(void *out, sqlite3_stmt *st, struct arena *a)
{
	struct index_change *c = out;
	(void)a;
	c->no = sqlite3_column_int64(st, 0);
	c->case_no = sqlite3_column_int64(st, 1);
	index_column(c->id.b, sizeof c->id.b, st, 2);
	index_column(c->git.b, sizeof c->git.b, st, 3);
	c->received = sqlite3_column_int64(st, 4);
	c->peer = sqlite3_column_int64(st, 5);
	c->cover = sqlite3_column_type(st, 6) == SQLITE_NULL ? INDEX_NOT_COVERED : sqlite3_column_int64(st, 6);
	return true;
}

enum err index_find_change(struct index_change *out, struct index *ix, const struct change_id *id)
{
	*out = (struct index_change){ 0 };
	sqlite3_stmt *st = index_sql_get(ix, SQL_FIND_CHANGE);
	index_bind_number(st, 1, index_key8(id->b));
	index_bind(st, 2, id->b, sizeof id->b);
	return index_sql_one(out, ix, st, index_read_change);
}

enum err index_add_change(struct index *ix, struct index_change *c)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_ADD_CHANGE);
	if (!st)
		return index_sql_err(sqlite3_errcode(ix->db));
	sqlite3_bind_int64(st, 1, c->case_no);
	sqlite3_bind_int64(st, 2, index_key8(c->id.b));
	index_bind(st, 3, c->id.b, sizeof c->id.b);
	index_bind(st, 4, c->git.b, sizeof c->git.b);
	sqlite3_bind_int64(st, 5, c->received);
	sqlite3_bind_int64(st, 6, c->peer);
	if (c->cover == INDEX_NOT_COVERED)
		sqlite3_bind_null(st, 7);
	else
		sqlite3_bind_int64(st, 7, c->cover);
	enum err e = index_sql_run(ix, st);
	if (e)
		return e;
	c->no = sqlite3_last_insert_rowid(ix->db);
	st = index_sql_get(ix, SQL_TOUCH_CASE);
	index_bind_number(st, 1, c->no);
	index_bind_number(st, 2, c->case_no);
	return index_sql_run(ix, st);
}

enum err index_list_changes(
	struct index_change **out, size_t *count, struct index *ix, struct arena *a, int64_t case_no)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_CHANGES);
	index_bind_number(st, 1, case_no);
	enum err e;
	*out = index_sql_all(&e, count, ix, a, st, sizeof **out, index_read_change);
	return e;
}

enum err index_list_since(
	struct index_change **out, size_t *count, struct index *ix, struct arena *a, int64_t after, size_t max)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_SINCE);
	index_bind_number(st, 1, after);
	index_bind_number(st, 2, (int64_t)max);
	enum err e;
	*out = index_sql_all(&e, count, ix, a, st, sizeof **out, index_read_change);
	return e;
}

enum err index_list_uncovered(struct index_change **out, size_t *count, struct index *ix, struct arena *a)
{
	enum err e;
	*out = index_sql_all(
		&e, count, ix, a, index_sql_get(ix, SQL_LIST_UNCOVERED), sizeof **out, index_read_change);
	return e;
}

enum err index_count_uncovered(int64_t *count, struct index *ix)
{
	return index_sql_number(count, ix, index_sql_get(ix, SQL_COUNT_UNCOVERED));
}

static bool read_received(void *out, sqlite3_stmt *st, struct arena *a)
{
	struct index_received *r = out;
	(void)a;
	r->peer = sqlite3_column_int64(st, 0);
	r->count = sqlite3_column_int64(st, 1);
	return true;
}

enum err index_count_received(struct index_received **out, size_t *count, struct index *ix, struct arena *a)
{
	enum err e;
	sqlite3_stmt *st = index_sql_get(ix, SQL_COUNT_RECEIVED);
	*out = index_sql_all(&e, count, ix, a, st, sizeof **out, read_received);
	return e;
}

enum err index_last_change(int64_t *no, struct index *ix)
{
	return index_sql_number(no, ix, index_sql_get(ix, SQL_LAST_CHANGE));
}

enum err index_cover(struct index *ix, int64_t last, int64_t cover)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_COVER);
	index_bind_number(st, 1, cover);
	index_bind_number(st, 2, last);
	return index_sql_run(ix, st);
}

enum err index_cover_one(struct index *ix, int64_t no, int64_t cover)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_COVER_ONE);
	index_bind_number(st, 1, cover);
	index_bind_number(st, 2, no);
	return index_sql_run(ix, st);
}

enum err index_cover_received(struct index *ix, int64_t cover)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_COVER_RECEIVED);
	index_bind_number(st, 1, cover);
	return index_sql_run(ix, st);
}

enum err index_covered_until(int64_t *no, struct index *ix, int64_t cover)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_COVERED_UNTIL);
	index_bind_number(st, 1, cover);
	return index_sql_number(no, ix, st);
}

enum err index_find_blob(struct git_id *out, struct index *ix, char letter, const struct hash256 *hash)
{
	memset(out, 0, sizeof *out);
	sqlite3_stmt *st = index_sql_get(ix, SQL_FIND_BLOB);
	bool row;
	index_bind_number(st, 1, index_key8(hash->b));
	index_bind_number(st, 3, letter);
	index_bind(st, 2, hash->b, sizeof hash->b);
	enum err e = index_sql_step(&row, ix, st);
	if (e || !row)
		return e ? e : ERR_NOT_FOUND;
	index_column(out->b, sizeof out->b, st, 0);
	sqlite3_reset(st);
	return ERR_OK;
}

enum err index_add_blob(struct index *ix, char letter, const struct hash256 *hash, const struct git_id *git)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_ADD_BLOB);
	index_bind_number(st, 1, index_key8(hash->b));
	index_bind_number(st, 2, letter);
	index_bind(st, 3, hash->b, sizeof hash->b);
	index_bind(st, 4, git->b, sizeof git->b);
	return index_sql_run(ix, st);
}

static bool read_blob(void *out, sqlite3_stmt *st, struct arena *a)
{
	struct index_blob *b = out;
	(void)a;
	b->no = sqlite3_column_int64(st, 0);
	b->letter = (char)sqlite3_column_int(st, 1);
	index_column(b->hash.b, sizeof b->hash.b, st, 2);
	index_column(b->git.b, sizeof b->git.b, st, 3);
	return true;
}

enum err index_list_blobs(
	struct index_blob **out, size_t *count, struct index *ix, struct arena *a, char letter)
{
	assert(letter != 'p' && letter != 'g'); /* too many to list, and not indexed by letter */
	enum err e;
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_BLOBS);
	index_bind_number(st, 1, letter);
	*out = index_sql_all(&e, count, ix, a, st, sizeof **out, read_blob);
	return e;
}

enum err index_add_gap(struct index *ix, const struct index_gap *gap)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_ADD_GAP);
	index_bind(st, 1, gap->hash.b, sizeof gap->hash.b);
	index_bind_number(st, 2, gap->letter);
	index_bind_number(st, 3, gap->size);
	index_bind_number(st, 4, gap->case_no);
	return index_sql_run(ix, st);
}

enum err index_remove_gap(struct index *ix, char letter, const struct hash256 *hash)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_REMOVE_GAP);
	index_bind(st, 1, hash->b, sizeof hash->b);
	index_bind_number(st, 2, letter);
	return index_sql_run(ix, st);
}

enum err index_find_gap(bool *found, struct index *ix, char letter, const struct hash256 *hash, size_t size)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_FIND_GAP);
	index_bind(st, 1, hash->b, sizeof hash->b);
	index_bind_number(st, 2, letter);
	index_bind_number(st, 3, (int64_t)size);
	enum err e = index_sql_step(found, ix, st);
	if (!e && *found)
		sqlite3_reset(st);
	return e;
}

static bool read_gap(void *out, sqlite3_stmt *st, struct arena *a)
{
	struct index_gap *g = out;
	(void)a;
	g->case_no = sqlite3_column_int64(st, 0);
	g->letter = (char)sqlite3_column_int(st, 1);
	index_column(g->hash.b, sizeof g->hash.b, st, 2);
	g->size = (uint32_t)sqlite3_column_int64(st, 3);
	return true;
}

enum err index_list_gaps(struct index_gap **out, size_t *count, struct index *ix, struct arena *a, size_t max)
{
	enum err e;
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_GAPS);
	index_bind_number(st, 1, (int64_t)max);
	*out = index_sql_all(&e, count, ix, a, st, sizeof **out, read_gap);
	return e;
}
