/* The index: checkpoints of journals, shares, peers and sealed views. */
#include "node/index_own.h"

#include <string.h>

static void read_checkpoint(struct index_checkpoint *c, sqlite3_stmt *st)
{
	c->no = sqlite3_column_int64(st, 0);
	index_column(c->node.b, sizeof c->node.b, st, 1);
	index_column(c->incarnation.b, sizeof c->incarnation.b, st, 2);
	c->sequence = (uint64_t)sqlite3_column_int64(st, 3);
	index_column(c->id.b, sizeof c->id.b, st, 4);
	index_column(c->git.b, sizeof c->git.b, st, 5);
	c->full = sqlite3_column_int(st, 6) != 0;
	c->witnessed = sqlite3_column_int(st, 7) != 0;
}

static enum err collect_checkpoints(
	struct index_checkpoint **out, size_t *count, struct index *ix, struct arena *a, sqlite3_stmt *st)
{
	struct index_rows rows = { .arena = a, .size = sizeof **out };
	bool row;
	enum err e;
	*out = NULL;
	*count = 0;
	while (!(e = index_sql_step(&row, ix, st)) && row) {
		struct index_checkpoint *c = index_rows_add(&rows);
		if (!c) {
			sqlite3_reset(st);
			return ERR_MEMORY;
		}
		read_checkpoint(c, st);
	}
	*out = rows.rows;
	*count = rows.count;
	return e;
}

enum err index_add_checkpoint(struct index *ix, struct index_checkpoint *c)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_ADD_CHECKPOINT);
	index_bind(st, 1, c->node.b, sizeof c->node.b);
	index_bind(st, 2, c->incarnation.b, sizeof c->incarnation.b);
	index_bind(st, 4, c->id.b, sizeof c->id.b);
	index_bind(st, 5, c->git.b, sizeof c->git.b);
	if (st) {
		sqlite3_bind_int64(st, 3, (int64_t)c->sequence);
		sqlite3_bind_int(st, 6, c->full);
		sqlite3_bind_int(st, 7, c->witnessed);
	}
	enum err e = index_sql_run(ix, st);
	if (e)
		return e;
	struct index_checkpoint there;
	e = index_find_checkpoint(&there, ix, &c->id);
	if (!e)
		c->no = there.no;
	return e;
}

enum err index_find_checkpoint(struct index_checkpoint *out, struct index *ix, const struct checkpoint_id *id)
{
	*out = (struct index_checkpoint){ 0 };
	sqlite3_stmt *st = index_sql_get(ix, SQL_FIND_CHECKPOINT);
	bool row;
	index_bind(st, 1, id->b, sizeof id->b);
	enum err e = index_sql_step(&row, ix, st);
	if (e || !row)
		return e ? e : ERR_NOT_FOUND;
	read_checkpoint(out, st);
	sqlite3_reset(st);
	return ERR_OK;
}

enum err index_list_journals(struct index_checkpoint **out, size_t *count, struct index *ix, struct arena *a)
{
	return collect_checkpoints(out, count, ix, a, index_sql_get(ix, SQL_LIST_JOURNALS));
}

enum err index_list_checkpoints(struct index_checkpoint **out, size_t *count, struct index *ix,
	struct arena *a, const struct node_id *node, const struct incarnation_id *incarnation, uint64_t sequence)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_CHECKPOINTS);
	index_bind(st, 1, node->b, sizeof node->b);
	index_bind(st, 2, incarnation->b, sizeof incarnation->b);
	if (st)
		sqlite3_bind_int64(st, 3, (int64_t)sequence);
	return collect_checkpoints(out, count, ix, a, st);
}

enum err index_list_unwitnessed(struct index_checkpoint **out, size_t *count, struct index *ix,
	struct arena *a, const struct node_id *self)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_UNWITNESSED);
	index_bind(st, 1, self->b, sizeof self->b);
	return collect_checkpoints(out, count, ix, a, st);
}

enum err index_mark_witnessed(struct index *ix)
{
	return index_sql_run(ix, index_sql_get(ix, SQL_MARK_WITNESSED));
}

enum err index_add_disclosed(struct index *ix, struct bytes entry)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_ADD_DISCLOSED);
	index_bind(st, 1, entry.data, entry.size);
	return index_sql_run(ix, st);
}

enum err index_list_disclosed(struct bytes **out, size_t *count, struct index *ix, struct arena *a)
{
	struct index_rows rows = { .arena = a, .size = sizeof **out };
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_DISCLOSED);
	bool row;
	enum err e;
	*out = NULL;
	*count = 0;
	while (!(e = index_sql_step(&row, ix, st)) && row) {
		struct bytes *entry = index_rows_add(&rows);
		size_t size = (size_t)sqlite3_column_bytes(st, 0);
		const void *copy = arena_copy(a, sqlite3_column_blob(st, 0), size);
		if (!entry || !copy) {
			sqlite3_reset(st);
			return ERR_MEMORY;
		}
		*entry = bytes_of(copy, size);
	}
	*out = rows.rows;
	*count = rows.count;
	return e;
}

enum err index_count_disclosed(int64_t *count, struct index *ix)
{
	return index_sql_number(count, ix, index_sql_get(ix, SQL_COUNT_DISCLOSED));
}

enum err index_clear_disclosed(struct index *ix)
{
	return index_sql_run(ix, index_sql_get(ix, SQL_CLEAR_DISCLOSED));
}

enum err index_put_share(struct index *ix, const struct index_share *s)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_PUT_SHARE);
	if (st) {
		sqlite3_bind_int64(st, 1, s->site);
		sqlite3_bind_int64(st, 2, s->case_no);
		sqlite3_bind_int64(st, 3, s->since);
		sqlite3_bind_int(st, 4, s->ended);
	}
	return index_sql_run(ix, st);
}

static enum err run_for_case(struct index *ix, enum index_sql which, int64_t case_no)
{
	sqlite3_stmt *st = index_sql_get(ix, which);
	if (st)
		sqlite3_bind_int64(st, 1, case_no);
	return index_sql_run(ix, st);
}

enum err index_clear_notes(struct index *ix, int64_t case_no)
{
	enum err e = run_for_case(ix, SQL_CLEAR_SHARES, case_no);
	return e ? e : run_for_case(ix, SQL_CLEAR_GAPS, case_no);
}

enum err index_list_shares(
	struct index_share **out, size_t *count, struct index *ix, struct arena *a, uint32_t site)
{
	struct index_rows rows = { .arena = a, .size = sizeof **out };
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_SHARES);
	bool row;
	enum err e;
	*out = NULL;
	*count = 0;
	if (st)
		sqlite3_bind_int64(st, 1, site);
	while (!(e = index_sql_step(&row, ix, st)) && row) {
		struct index_share *s = index_rows_add(&rows);
		if (!s) {
			sqlite3_reset(st);
			return ERR_MEMORY;
		}
		s->case_no = sqlite3_column_int64(st, 0);
		s->site = (uint32_t)sqlite3_column_int64(st, 1);
		s->since = sqlite3_column_int64(st, 2);
		s->ended = sqlite3_column_int(st, 3) != 0;
	}
	*out = rows.rows;
	*count = rows.count;
	return e;
}

static void read_peer(struct index_peer *p, sqlite3_stmt *st)
{
	p->no = sqlite3_column_int64(st, 0);
	index_column(p->node.b, sizeof p->node.b, st, 1);
	p->sent = sqlite3_column_int64(st, 2);
	p->equal = sqlite3_column_int64(st, 3);
	p->tried = sqlite3_column_int64(st, 4);
	p->has_position = sqlite3_column_type(st, 5) == SQLITE_BLOB;
	index_column(p->incarnation.b, sizeof p->incarnation.b, st, 5);
	p->sequence = (uint64_t)sqlite3_column_int64(st, 6);
	index_column(p->prefix, sizeof p->prefix, st, 7);
}

static enum err find_peer(struct index_peer *out, struct index *ix, const struct node_id *node)
{
	*out = (struct index_peer){ 0 };
	sqlite3_stmt *st = index_sql_get(ix, SQL_FIND_PEER);
	bool row;
	index_bind(st, 1, node->b, sizeof node->b);
	enum err e = index_sql_step(&row, ix, st);
	if (e || !row)
		return e ? e : ERR_NOT_FOUND;
	read_peer(out, st);
	sqlite3_reset(st);
	return ERR_OK;
}

enum err index_get_peer(struct index_peer *out, struct index *ix, const struct node_id *node)
{
	enum err e = find_peer(out, ix, node);
	if (e != ERR_NOT_FOUND)
		return e;
	sqlite3_stmt *st = index_sql_get(ix, SQL_ADD_PEER);
	index_bind(st, 1, node->b, sizeof node->b);
	e = index_sql_run(ix, st);
	return e ? e : find_peer(out, ix, node);
}

enum err index_put_peer(struct index *ix, const struct index_peer *p, struct bytes last_error)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_PUT_PEER);
	if (!st)
		return index_sql_err(sqlite3_errcode(ix->db));
	sqlite3_bind_int64(st, 1, p->sent);
	sqlite3_bind_int64(st, 2, p->equal);
	sqlite3_bind_int64(st, 3, p->tried);
	if (p->has_position) {
		index_bind(st, 4, p->incarnation.b, sizeof p->incarnation.b);
		sqlite3_bind_int64(st, 5, (int64_t)p->sequence);
		index_bind(st, 6, p->prefix, sizeof p->prefix);
	} else {
		sqlite3_bind_null(st, 4);
		sqlite3_bind_null(st, 5);
		sqlite3_bind_null(st, 6);
	}
	sqlite3_bind_text64(st, 7, last_error.size ? (const char *)last_error.data : "", last_error.size,
		SQLITE_STATIC, SQLITE_UTF8);
	sqlite3_bind_int64(st, 8, p->no);
	return index_sql_run(ix, st);
}

enum err index_list_peers(struct index_peer **out, size_t *count, struct index *ix, struct arena *a)
{
	struct index_rows rows = { .arena = a, .size = sizeof **out };
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_PEERS);
	bool row;
	enum err e;
	*out = NULL;
	*count = 0;
	while (!(e = index_sql_step(&row, ix, st)) && row) {
		struct index_peer *p = index_rows_add(&rows);
		if (!p) {
			sqlite3_reset(st);
			return ERR_MEMORY;
		}
		read_peer(p, st);
	}
	*out = rows.rows;
	*count = rows.count;
	return e;
}

enum err index_get_peer_error(struct buf *out, struct index *ix, int64_t no)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_GET_PEER_ERROR);
	bool row;
	if (st)
		sqlite3_bind_int64(st, 1, no);
	enum err e = index_sql_step(&row, ix, st);
	if (e || !row)
		return e ? e : ERR_NOT_FOUND;
	buf_put(out, sqlite3_column_text(st, 0), (size_t)sqlite3_column_bytes(st, 0));
	sqlite3_reset(st);
	return buf_err(out);
}

enum err index_get_view(struct buf *sealed, struct buf *digest, struct index *ix, int64_t case_no)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_GET_VIEW);
	bool row;
	if (st)
		sqlite3_bind_int64(st, 1, case_no);
	enum err e = index_sql_step(&row, ix, st);
	if (e || !row)
		return e ? e : ERR_NOT_FOUND;
	buf_put(digest, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
	buf_put(sealed, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1));
	sqlite3_reset(st);
	e = buf_err(digest);
	return e ? e : buf_err(sealed);
}

enum err index_put_view(struct index *ix, int64_t case_no, struct bytes digest, struct bytes sealed)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_PUT_VIEW);
	if (st)
		sqlite3_bind_int64(st, 1, case_no);
	index_bind(st, 2, digest.data, digest.size);
	index_bind(st, 3, sealed.data, sealed.size);
	return index_sql_run(ix, st);
}
