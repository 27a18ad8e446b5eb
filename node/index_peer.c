/* The index: checkpoints of journals, disclosures, shares and peers. */
#include "node/index_own.h"

#include <string.h>

static bool read_checkpoint(void *out, sqlite3_stmt *st, struct arena *a)
{
	struct index_checkpoint *c = out;
	(void)a;
	c->no = sqlite3_column_int64(st, 0);
	index_column(c->node.b, sizeof c->node.b, st, 1);
	index_column(c->incarnation.b, sizeof c->incarnation.b, st, 2);
	c->sequence = (uint64_t)sqlite3_column_int64(st, 3);
	index_column(c->id.b, sizeof c->id.b, st, 4);
	index_column(c->git.b, sizeof c->git.b, st, 5);
	c->full = sqlite3_column_int(st, 6) != 0;
	c->witnessed = sqlite3_column_int(st, 7) != 0;
	return true;
}

enum err index_add_checkpoint(struct index *ix, struct index_checkpoint *c)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_ADD_CHECKPOINT);
	index_bind(st, 1, c->node.b, sizeof c->node.b);
	index_bind(st, 2, c->incarnation.b, sizeof c->incarnation.b);
	index_bind(st, 4, c->id.b, sizeof c->id.b);
	index_bind(st, 5, c->git.b, sizeof c->git.b);
	index_bind_number(st, 3, (int64_t)c->sequence);
	index_bind_number(st, 6, c->full);
	index_bind_number(st, 7, c->witnessed);
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
	index_bind(st, 1, id->b, sizeof id->b);
	return index_sql_one(out, ix, st, read_checkpoint);
}

enum err index_list_journals(struct index_checkpoint **out, size_t *count, struct index *ix, struct arena *a)
{
	enum err e;
	*out =
		index_sql_all(&e, count, ix, a, index_sql_get(ix, SQL_LIST_JOURNALS), sizeof **out, read_checkpoint);
	return e;
}

enum err index_list_checkpoints(struct index_checkpoint **out, size_t *count, struct index *ix,
	struct arena *a, const struct node_id *node, const struct incarnation_id *incarnation, uint64_t sequence)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_CHECKPOINTS);
	index_bind(st, 1, node->b, sizeof node->b);
	index_bind(st, 2, incarnation->b, sizeof incarnation->b);
	index_bind_number(st, 3, (int64_t)sequence);
	enum err e;
	*out = index_sql_all(&e, count, ix, a, st, sizeof **out, read_checkpoint);
	return e;
}

enum err index_list_unwitnessed(struct index_checkpoint **out, size_t *count, struct index *ix,
	struct arena *a, const struct node_id *self)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_UNWITNESSED);
	index_bind(st, 1, self->b, sizeof self->b);
	enum err e;
	*out = index_sql_all(&e, count, ix, a, st, sizeof **out, read_checkpoint);
	return e;
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

static bool read_entry(void *out, sqlite3_stmt *st, struct arena *a)
{
	struct bytes *entry = out;
	size_t size = (size_t)sqlite3_column_bytes(st, 0);
	const void *copy = arena_copy(a, sqlite3_column_blob(st, 0), size);
	if (!copy)
		return false;
	*entry = bytes_of(copy, size);
	return true;
}

enum err index_list_disclosed(struct bytes **out, size_t *count, struct index *ix, struct arena *a)
{
	enum err e;
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_DISCLOSED);
	*out = index_sql_all(&e, count, ix, a, st, sizeof **out, read_entry);
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
	index_bind_number(st, 1, s->site);
	index_bind_number(st, 2, s->case_no);
	index_bind_number(st, 3, s->since);
	index_bind_number(st, 4, s->ended);
	return index_sql_run(ix, st);
}

static enum err run_for_case(struct index *ix, enum index_sql which, int64_t case_no)
{
	sqlite3_stmt *st = index_sql_get(ix, which);
	index_bind_number(st, 1, case_no);
	return index_sql_run(ix, st);
}

enum err index_clear_notes(struct index *ix, int64_t case_no)
{
	enum err e = run_for_case(ix, SQL_CLEAR_SHARES, case_no);
	return e ? e : run_for_case(ix, SQL_CLEAR_GAPS, case_no);
}

static bool read_share(void *out, sqlite3_stmt *st, struct arena *a)
{
	struct index_share *s = out;
	(void)a;
	s->case_no = sqlite3_column_int64(st, 0);
	s->site = (uint32_t)sqlite3_column_int64(st, 1);
	s->since = sqlite3_column_int64(st, 2);
	s->ended = sqlite3_column_int(st, 3) != 0;
	return true;
}

enum err index_list_shares(
	struct index_share **out, size_t *count, struct index *ix, struct arena *a, uint32_t site)
{
	enum err e;
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_SHARES);
	index_bind_number(st, 1, site);
	*out = index_sql_all(&e, count, ix, a, st, sizeof **out, read_share);
	return e;
}

enum err index_list_case_shares(
	struct index_share **out, size_t *count, struct index *ix, struct arena *a, int64_t case_no)
{
	enum err e;
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_CASE_SHARES);
	index_bind_number(st, 1, case_no);
	*out = index_sql_all(&e, count, ix, a, st, sizeof **out, read_share);
	return e;
}

static bool read_peer(void *out, sqlite3_stmt *st, struct arena *a)
{
	struct index_peer *p = out;
	(void)a;
	p->no = sqlite3_column_int64(st, 0);
	index_column(p->node.b, sizeof p->node.b, st, 1);
	p->sent = sqlite3_column_int64(st, 2);
	p->equal = sqlite3_column_int64(st, 3);
	p->tried = sqlite3_column_int64(st, 4);
	p->has_position = sqlite3_column_type(st, 5) == SQLITE_BLOB;
	index_column(p->incarnation.b, sizeof p->incarnation.b, st, 5);
	p->sequence = (uint64_t)sqlite3_column_int64(st, 6);
	index_column(p->prefix, sizeof p->prefix, st, 7);
	return true;
}

static enum err find_peer(struct index_peer *out, struct index *ix, const struct node_id *node)
{
	*out = (struct index_peer){ 0 };
	sqlite3_stmt *st = index_sql_get(ix, SQL_FIND_PEER);
	index_bind(st, 1, node->b, sizeof node->b);
	return index_sql_one(out, ix, st, read_peer);
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
	enum err e;
	sqlite3_stmt *st = index_sql_get(ix, SQL_LIST_PEERS);
	*out = index_sql_all(&e, count, ix, a, st, sizeof **out, read_peer);
	return e;
}

enum err index_get_peer_error(struct buf *out, struct index *ix, int64_t no)
{
	sqlite3_stmt *st = index_sql_get(ix, SQL_GET_PEER_ERROR);
	bool row;
	index_bind_number(st, 1, no);
	enum err e = index_sql_step(&row, ix, st);
	if (e || !row)
		return e ? e : ERR_NOT_FOUND;
	buf_put(out, sqlite3_column_text(st, 0), (size_t)sqlite3_column_bytes(st, 0));
	sqlite3_reset(st);
	return buf_err(out);
}
