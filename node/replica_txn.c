/* Transactions of the replica: collected in memory, written to the store as one, then indexed. */
#include "node/replica_own.h"

enum err txn_begin(struct txn *t, struct replica *r, struct err_text *why)
{
	*t = (struct txn){ .r = r };
	arena_init(&t->arena, REPLICA_MEMORY_MAX);
	return index_begin(r->index, why);
}

bool txn_has_blob(const struct txn *t, char letter, const struct hash256 *hash)
{
	/* From the end, and not far: a change's blobs are added just before it. */
	uint32_t floor = t->blob_count > 256 ? t->blob_count - 256 : 0;
	for (uint32_t i = t->blob_count; i-- > floor;)
		if (t->blobs[i].prefix == letter && hash256_equal(&t->blobs[i].hash, hash))
			return true;
	return false;
}

enum err txn_add_blob(struct txn *t, char letter, const struct hash256 *hash, struct bytes data)
{
	struct git_id git;
	if (txn_has_blob(t, letter, hash))
		return ERR_OK;
	enum err e = index_find_blob(&git, t->r->index, letter, hash);
	return e == ERR_NOT_FOUND ? txn_add_new_blob(t, letter, hash, data) : e;
}

enum err txn_add_new_blob(struct txn *t, char letter, const struct hash256 *hash, struct bytes data)
{
	struct store_blob *grown = arena_grow(&t->arena, t->blobs, t->blob_count, &t->blob_room, sizeof *grown);
	if (!grown)
		return ERR_MEMORY;
	t->blobs = grown;
	grown[t->blob_count++] = (struct store_blob){ .prefix = letter, .hash = *hash, .data = data };
	t->statements = t->statements || letter == 's';
	return ERR_OK;
}

enum err txn_add_change(
	struct txn *t, struct casefile *file, uint32_t position, struct bytes commit, int64_t peer)
{
	struct store_change *changes =
		arena_grow(&t->arena, t->changes, t->change_count, &t->change_room, sizeof *changes);
	if (!changes)
		return ERR_MEMORY;
	t->changes = changes;
	struct txn_change *rows = arena_grow(&t->arena, t->rows, t->change_count, &t->row_room, sizeof *rows);
	if (!rows)
		return ERR_MEMORY;
	t->rows = rows;
	changes[t->change_count] = (struct store_change){ .commit = commit, .git = file->changes[position].git };
	rows[t->change_count++] = (struct txn_change){
		.id = file->changes[position].id, .file = file, .position = position, .peer = peer
	};
	return ERR_OK;
}

static enum err index_changes(struct txn *t)
{
	struct replica *r = t->r;
	int64_t now = (int64_t)ports_now(&r->ports);
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < t->change_count && !e; i++) {
		struct casefile *f = t->rows[i].file;
		if (f->case_no == 0)
			e = index_add_case(&f->case_no, r->index, &f->id);
		struct index_change row = { .case_no = f->case_no,
			.id = t->rows[i].id,
			.git = t->changes[i].git,
			.received = now,
			.peer = t->rows[i].peer,
			.cover = INDEX_NOT_COVERED };
		if (!e)
			e = index_add_change(r->index, &row);
		f->changes[t->rows[i].position].row = row;
		f->changes[t->rows[i].position].git = row.git;
		if (!e)
			e = replica_note_change(r, f, t->rows[i].position);
	}
	/* Once per case, at its last change. */
	for (uint32_t i = t->change_count; i-- > 0 && !e;) {
		struct casefile *f = t->rows[i].file;
		if (t->rows[i].position + 1 == f->count)
			e = replica_note_case(r, f);
	}
	return e;
}

static enum err index_all(struct txn *t, const struct git_id *store)
{
	struct index *ix = t->r->index;
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < t->blob_count && !e; i++) {
		e = index_add_blob(ix, t->blobs[i].prefix, &t->blobs[i].hash, &t->blobs[i].git);
		if (!e && (t->blobs[i].prefix == 'p' || t->blobs[i].prefix == 'g'))
			e = index_remove_gap(ix, t->blobs[i].prefix, &t->blobs[i].hash);
	}
	for (uint32_t i = 0; i < t->checkpoint_count && !e; i++) {
		t->checkpoint_rows[i].git = t->checkpoints[i].git;
		e = index_add_checkpoint(ix, &t->checkpoint_rows[i]);
	}
	for (uint32_t i = 0; i < t->witnessed_count && !e; i++) {
		t->witnessed[i].git = t->blobs[t->witnessed_blob[i]].git;
		e = index_add_checkpoint(ix, &t->witnessed[i]);
	}
	if (!e)
		e = index_changes(t);
	if (!e)
		e = index_put_meta(ix, "store", bytes_of(store->b, sizeof store->b));
	return e;
}

enum err txn_commit(struct txn *t, struct err_text *why)
{
	struct replica *r = t->r;
	if (t->blob_count + t->change_count + t->checkpoint_count == 0)
		return index_commit(r->index, why);
	struct store_txn st = { .blobs = t->blobs,
		.blob_count = t->blob_count,
		.changes = t->changes,
		.change_count = t->change_count,
		.checkpoints = t->checkpoints,
		.checkpoint_count = t->checkpoint_count,
		.time = (int64_t)ports_now(&r->ports) };
	replica_note_journal(r);
	st.expect = r->heads;
	enum err e = store_write(r->store, &st, why);
	if (e)
		return e;
	/* Committed.  From here on a failure only leaves the index behind, and whoever takes the lock next sees
	 * that the heads have moved and brings it up. */
	e = index_all(t, &st.heads.store);
	if (!e)
		e = index_commit(r->index, why);
	if (e)
		err_set(why, e, "written, but the index could not follow: %s; the next command brings it up",
			err_name(e));
	else
		r->heads = st.heads;
	return e;
}

void txn_end(struct txn *t, bool committed)
{
	index_rollback(t->r->index); /* nothing, after a commit */
	/* Some may hold what was not written, or was not indexed; they are read again. */
	if (!committed)
		replica_drop_cases(t->r);
	arena_clear(&t->arena);
	replica_trim_cases(t->r);
}
