/* Admission: what others wrote, judged by schema/keep, kept in one transaction. */
#include "node/replica_own.h"

#include "base/hash.h"

#include <string.h>

/* ---- Statements and forms */

static enum err admit_statements(struct replica *r, struct txn *t, struct admission *batch)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < batch->statement_count && !e; i++) {
		struct charter_admission a;
		struct hash256 hash;
		e = charter_admit(&a, r->charter, batch->statements[i], NULL);
		if (batch->statement_results)
			batch->statement_results[i] = a;
		if (e || a.verdict != CHARTER_KEPT)
			continue;
		hash_blake2b_256(hash.b, batch->statements[i]);
		e = txn_add_blob(t, 's', &hash, batch->statements[i]);
		t->statements = true;
	}
	return e;
}

/* Only files that the charter names are kept. */
static enum err admit_forms(struct replica *r, struct txn *t, struct admission *batch)
{
	const struct charter_entry *const *named;
	uint32_t count;
	enum err e = charter_list(&named, &count, &t->arena, r->charter, STATEMENT_FORM);
	for (size_t i = 0; i < batch->form_count && !e; i++) {
		struct hash256 hash;
		hash_blake2b_256(hash.b, batch->forms[i]);
		for (uint32_t k = 0; k < count && !e; k++) {
			if (!hash256_equal(&named[k]->statement->as.form.hash, &hash))
				continue;
			e = txn_add_blob(t, 'f', &hash, batch->forms[i]);
			break;
		}
	}
	return e;
}

/* ---- Changes */

struct arrival { /* one change on its way in */
	struct replica *r;
	struct txn *t;
	struct admit_change *a;
	int64_t peer;
	struct casefile *file;
	struct keep_parent parents[CHANGE_PARENTS_MAX];
	struct git_id parents_git[CHANGE_PARENTS_MAX];
};

static enum err find_parents(struct arrival *v)
{
	const struct change *c = v->a->change;
	enum err e = replica_case(&v->file, v->r, &c->case_id, NULL);
	if (e == ERR_NOT_FOUND || e == ERR_MISSING)
		e = ERR_OK;
	for (uint32_t i = 0; i < c->parent_count && !e; i++) {
		uint32_t position;
		v->parents[i] = (struct keep_parent){ 0 };
		if (v->file && casefile_find(&position, v->file, &c->parents[i])) {
			v->parents[i] = (struct keep_parent){ true, c->case_id };
			v->parents_git[i] = v->file->changes[position].git;
			continue;
		}
		/* A change of another case, or not here. */
		struct index_change row;
		e = index_find_change(&row, v->r->index, &c->parents[i]);
		v->parents[i].held = e == ERR_OK;
		if (e == ERR_NOT_FOUND)
			e = ERR_OK;
	}
	return e;
}

static bool has_all_parents(const struct arrival *v)
{
	for (uint32_t i = 0; i < v->a->change->parent_count; i++)
		if (!v->parents[i].held || !case_id_equal(&v->parents[i].case_id, &v->a->change->case_id))
			return false;
	return true;
}

/* A case that is not here yet begins with its opening. */
static enum err find_file(struct arrival *v)
{
	const struct form *form;
	const struct change *c = v->a->change;
	if (v->file)
		return ERR_OK;
	enum err e = replica_form(&form, v->r, c->form, c->form_version, NULL);
	if (!e)
		e = casefile_new(&v->file, &v->r->env, &c->case_id, form);
	if (!e)
		e = replica_put_case(v->r, v->file);
	if (e) {
		casefile_free(v->file);
		v->file = NULL;
	}
	return e;
}

static enum err take_change(struct arrival *v, struct bytes commit)
{
	struct index_change row = { .id = v->a->id, .peer = v->peer, .cover = INDEX_NOT_COVERED };
	enum err e = find_file(v);
	/* Without the file of its form it waits: nobody could say who shares it. */
	if (e == ERR_NOT_FOUND || e == ERR_MISSING) {
		v->a->result = (struct keep_result){ .verdict = KEEP_WAITS, .code = KEEP_MISSING_STATEMENT };
		return ERR_OK;
	}
	struct bytes copy = { e ? NULL : arena_copy(&v->t->arena, commit.data, commit.size), commit.size };
	if (!e && !copy.data)
		e = ERR_MEMORY;
	if (!e)
		e = store_hash(&row.git, STORE_COMMIT, copy);
	uint32_t position = e ? 0 : v->file->count;
	if (!e)
		e = casefile_add(v->file, &row, v->a->change);
	if (!e)
		e = txn_add_change(v->t, v->file, position, copy, v->peer);
	/* A case that was to begin here and did not leaves nothing behind. */
	if (e && v->file && v->file->count == 0)
		replica_drop_case(v->r, &v->a->change->case_id);
	return e;
}

/* A case in memory holds all its changes; of one without its form there may be some in the index. */
static bool is_known(const struct arrival *v)
{
	struct index_change row;
	uint32_t position;
	return v->file ? casefile_find(&position, v->file, &v->a->id)
				   : index_find_change(&row, v->r->index, &v->a->id) == ERR_OK;
}

static enum err admit_change(struct arrival *v)
{
	struct admit_change *a = v->a;
	struct buf commit;
	buf_init(&commit, CHANGE_COMMIT_MAX);
	a->known = false;
	a->id = (struct change_id){ { 0 } };
	enum err e = find_parents(v);
	if (e)
		return e;
	if (!has_all_parents(v)) {
		/* Its commit can't be rebuilt, so nothing but the parents is judged. */
		keep_judge(&a->result, v->r->charter, a->change, v->parents);
		if (a->result.verdict == KEEP_OK)
			a->result = (struct keep_result){ .verdict = KEEP_REFUSED, .code = KEEP_WRONG_PARENT };
		return ERR_OK;
	}
	e = change_put_commit(&commit, a->change, v->parents_git);
	if (e == ERR_FORMAT || e == ERR_LIMIT) {
		a->result = (struct keep_result){ .verdict = KEEP_REFUSED,
			.code = e == ERR_LIMIT ? KEEP_OVERSIZE : KEEP_BAD_FORMAT };
		e = ERR_OK;
		goto done;
	}
	if (!e && !federation_id_equal(&a->change->federation, charter_federation(v->r->charter))) {
		a->result = (struct keep_result){ .verdict = KEEP_REFUSED, .code = KEEP_OTHER_FEDERATION };
		goto done;
	}
	if (e)
		goto done;
	change_get_id(&a->id, buf_bytes(&commit));
	if (is_known(v)) {
		a->known = true;
		a->result = (struct keep_result){ .verdict = KEEP_OK };
		goto done;
	}
	keep_judge(&a->result, v->r->charter, a->change, v->parents);
	if (a->result.verdict == KEEP_OK && change_verify(a->change, buf_bytes(&commit)))
		a->result = (struct keep_result){ .verdict = KEEP_REFUSED, .code = KEEP_BAD_SIGNATURE };
	if (a->result.verdict == KEEP_OK)
		e = take_change(v, buf_bytes(&commit));
done:
	buf_clear(&commit);
	return e;
}

static enum err admit_changes(struct replica *r, struct txn *t, struct admission *batch, int64_t peer)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < batch->change_count && !e; i++) {
		e = batch->prepare ? batch->prepare(batch->context, batch, i) : ERR_OK;
		if (e == ERR_MISSING) {
			batch->changes[i].result =
				(struct keep_result){ .verdict = KEEP_WAITS, .code = KEEP_MISSING_PARENT };
			e = ERR_OK;
			continue;
		}
		if (e)
			break;
		struct arrival v = { .r = r, .t = t, .a = &batch->changes[i], .peer = peer };
		e = admit_change(&v);
		batch->changes_kept += !e && v.a->result.verdict == KEEP_OK && !v.a->known;
	}
	return e || !batch->prepare ? e : batch->prepare(batch->context, batch, batch->change_count);
}

/* ---- Blobs: only what a kept change names, for nobody may fill a disk with bytes that nothing points at. */

static bool is_named(
	const struct txn *t, uint32_t *hint, char letter, const struct hash256 *hash, size_t size)
{
	/* Blobs come in the order of the changes that name them: begin where the last one was found. */
	for (uint32_t n = 0; n < t->change_count; n++) {
		uint32_t i = (*hint + n) % t->change_count;
		const struct change *c = t->rows[i].file->changes[t->rows[i].position].change;
		const struct change_blob *lines = letter == 'p' ? c->payloads : c->grants;
		uint32_t count = letter == 'p' ? c->payload_count : c->grant_count;
		for (uint32_t k = 0; k < count; k++)
			if (hash256_equal(&lines[k].hash, hash) && lines[k].size == size) {
				*hint = i;
				return true;
			}
	}
	return false;
}

static enum err admit_blobs(struct replica *r, struct txn *t, struct admission *batch)
{
	enum err e = ERR_OK;
	uint32_t hint = 0;
	for (size_t i = 0; i < batch->blob_count && !e; i++) {
		const struct admit_blob *b = &batch->blobs[i];
		struct hash256 hash;
		bool gap = false;
		if ((b->letter != 'p' && b->letter != 'g') || b->data.size > CHANGE_BLOBS_MAX)
			continue;
		hash_blake2b_256(hash.b, b->data);
		bool named = is_named(t, &hint, b->letter, &hash, b->data.size);
		if (!named)
			e = index_find_gap(&gap, r->index, b->letter, &hash, b->data.size);
		if (!e && (gap || named))
			e = txn_add_blob(t, b->letter, &hash, b->data);
	}
	return e;
}

/* ---- Checkpoints of others */

static enum err add_full(struct txn *t, const struct checkpoint *cp, struct bytes commit,
	struct bytes entries, const struct index_checkpoint *row)
{
	struct store_checkpoint *list =
		arena_grow(&t->arena, t->checkpoints, t->checkpoint_count, &t->checkpoint_room, sizeof *list);
	if (!list)
		return ERR_MEMORY;
	t->checkpoints = list;
	struct index_checkpoint *rows =
		arena_grow(&t->arena, t->checkpoint_rows, t->checkpoint_count, &t->checkpoint_row_room, sizeof *rows);
	if (!rows)
		return ERR_MEMORY;
	t->checkpoint_rows = rows;
	list[t->checkpoint_count] = (struct store_checkpoint){
		.commit = commit, .entries = entries, .node = cp->node, .incarnation = cp->incarnation
	};
	rows[t->checkpoint_count++] = *row;
	return ERR_OK;
}

static enum err add_witness(struct txn *t, struct bytes wire, const struct index_checkpoint *row)
{
	struct hash256 hash;
	hash_blake2b_256(hash.b, wire);
	uint32_t at = t->blob_count;
	enum err e = txn_add_blob(t, 'c', &hash, wire);
	if (e || t->blob_count == at)
		return e;
	struct index_checkpoint *rows =
		arena_grow(&t->arena, t->witnessed, t->witnessed_count, &t->witnessed_room, sizeof *rows);
	if (!rows)
		return ERR_MEMORY;
	t->witnessed = rows;
	uint32_t *blobs =
		arena_grow(&t->arena, t->witnessed_blob, t->witnessed_count, &t->witnessed_blob_room, sizeof *blobs);
	if (!blobs)
		return ERR_MEMORY;
	t->witnessed_blob = blobs;
	rows[t->witnessed_count] = *row;
	blobs[t->witnessed_count++] = at;
	return ERR_OK;
}

/* Whether the commit at git id `parent` is that checkpoint. */
static bool is_at(const struct git_id *parent, const struct store_checkpoint *c)
{
	struct git_id git;
	return store_hash(&git, STORE_COMMIT, c->commit) == ERR_OK && git_id_equal(&git, parent);
}

/* The git parent of a full checkpoint has to be held in full too, or the repository would have a hole; and it
 * has to be the newest of its journal, since of a fork the other branch is only witnessed. */
static bool follows(const struct replica *r, const struct txn *t, const struct checkpoint *cp)
{
	struct index_checkpoint row;
	struct git_id head;
	const struct store_checkpoint *parent = NULL, *newest = NULL;
	for (uint32_t i = 0; i < t->checkpoint_count; i++) {
		if (checkpoint_id_equal(&t->checkpoint_rows[i].id, &cp->previous))
			parent = &t->checkpoints[i];
		if (node_id_equal(&t->checkpoints[i].node, &cp->node)
			&& incarnation_id_equal(&t->checkpoints[i].incarnation, &cp->incarnation))
			newest = &t->checkpoints[i];
	}
	if (newest)
		return cp->has_parent && is_at(&cp->parent, newest);
	if (store_journal_find(&head, r->store, &cp->node, &cp->incarnation, NULL) == ERR_OK)
		return cp->has_parent && git_id_equal(&cp->parent, &head);
	if (!cp->has_parent)
		return true;
	if (parent)
		return is_at(&cp->parent, parent);
	return index_find_checkpoint(&row, r->index, &cp->previous) == ERR_OK && row.full
		&& git_id_equal(&row.git, &cp->parent);
}

/* One that comes twice in a batch is there already. */
static bool is_taken(const struct txn *t, const struct checkpoint_id *id)
{
	for (uint32_t i = 0; i < t->checkpoint_count; i++)
		if (checkpoint_id_equal(&t->checkpoint_rows[i].id, id))
			return true;
	return false;
}

static enum err admit_checkpoint(struct replica *r, struct txn *t, struct admit_checkpoint *a)
{
	struct checkpoint *cp;
	struct bytes entries, copy = { arena_copy(&t->arena, a->wire.data, a->wire.size), a->wire.size };
	struct buf commit;
	struct index_checkpoint row = { 0 }, known;
	buf_init(&commit, CHECKPOINT_WIRE_MAX);
	if (!copy.data)
		return ERR_MEMORY;
	a->err = checkpoint_parse_wire(&cp, &entries, &t->arena, charter_federation(r->charter), copy, NULL);
	bool full = !a->err && entries.size > 0;
	if (full)
		a->err = store_tree_id(&cp->tree, entries);
	if (!a->err)
		a->err = checkpoint_put_commit(&commit, cp);
	if (!a->err)
		a->err = checkpoint_verify(cp, buf_bytes(&commit));
	if (!a->err && !charter_node(r->charter, &cp->node))
		a->err = ERR_REFUSED;
	if (a->err)
		goto done;
	checkpoint_get_id(&row.id, buf_bytes(&commit));
	row.node = cp->node;
	row.incarnation = cp->incarnation;
	row.sequence = cp->sequence;
	bool there = index_find_checkpoint(&known, r->index, &row.id) == ERR_OK;
	if ((there && (known.full || !full)) || is_taken(t, &row.id))
		goto done;
	row.witnessed = there && known.witnessed;
	row.full = full && follows(r, t, cp);
	struct bytes text = { arena_copy(&t->arena, commit.data, commit.size), commit.size };
	if (!text.data)
		a->err = ERR_MEMORY;
	else if (row.full)
		a->err = add_full(t, cp, text, entries, &row);
	else if (!there)
		a->err = add_witness(t, copy, &row);
done:
	buf_clear(&commit);
	return a->err == ERR_MEMORY ? ERR_MEMORY : ERR_OK;
}

/* After a failure the charter in memory holds what the index does not; after success its numbers moved on. */
static enum err end_statements(struct replica *r, enum err e, struct err_text *why)
{
	enum err after = e ? replica_reload_charter(r, why) : replica_load_charter(r, why);
	return e ? e : after;
}

enum err replica_admit(struct replica *r, struct admission *batch, struct err_text *why)
{
	struct txn t;
	struct index_peer peer = { .no = -1 }; /* a file: from elsewhere, from nobody in particular */
	batch->changes_kept = 0;
	enum err e = replica_lock(r, why);
	if (e)
		return e;
	e = txn_begin(&t, r, why);
	if (e) {
		replica_unlock(r);
		return e;
	}
	if (batch->peer)
		e = index_get_peer(&peer, r->index, batch->peer);
	uint64_t turns = charter_turns(r->charter);
	if (!e)
		e = admit_statements(r, &t, batch);
	if (!e && t.statements)
		e = replica_charter_grew(r, why);
	if (!e && charter_turns(r->charter) != turns)
		e = replica_note_afresh(r, why);
	if (!e)
		e = admit_forms(r, &t, batch);
	if (!e)
		e = admit_changes(r, &t, batch, peer.no);
	if (!e)
		e = admit_blobs(r, &t, batch);
	for (size_t i = 0; i < batch->checkpoint_count && !e; i++)
		e = admit_checkpoint(r, &t, &batch->checkpoints[i]);
	bool statements = t.statements;
	if (!e)
		e = txn_commit(&t, why);
	if (!e && batch->blob_count > 0)
		replica_retry_cases(r);
	txn_end(&t, !e);
	if (statements)
		e = end_statements(r, e, why);
	replica_unlock(r);
	return e;
}

/* ---- Statements made here */

static enum err fill_in(
	struct statement *s, struct replica *r, const struct sign_key *issuer, bool root, struct err_text *why)
{
	struct officer_id id;
	memcpy(id.b, issuer->public_key, sizeof id.b);
	s->federation = *charter_federation(r->charter);
	s->time = ports_now(&r->ports);
	s->has_issuer = !root;
	const struct charter_entry *superior =
		root ? charter_root_keys(r->charter) : charter_officer(r->charter, r->site, &id);
	if (!root)
		s->issuer = id;
	if (!superior)
		return err_set(why, ERR_REFUSED, "this officer has no appointment at this site");
	s->superior = superior->statement->id;
	if (charter_is_forked(r->charter, root ? NULL : &id))
		return err_set(why, ERR_REFUSED,
			"this chain of statements is forked and frozen; its superior must name "
			"the branch that stands");
	const struct charter_entry *tip = charter_chain_tip(r->charter, root ? NULL : &id);
	if (tip) {
		s->position = tip->statement->position + 1;
		s->previous = tip->statement->id;
	}
	return ERR_OK;
}

enum err replica_state(struct statement_id *id, struct replica *r, struct statement *s,
	const struct sign_key *issuer, bool root, struct err_text *why)
{
	struct buf body, blob;
	struct statement_signatures signatures = { .count = 0 };
	struct charter_admission result;
	*id = (struct statement_id){ { 0 } };
	buf_init(&body, STATEMENT_BLOB_MAX);
	buf_init(&blob, STATEMENT_BLOB_MAX);
	enum err e = replica_lock(r, why);
	if (e)
		return e;
	e = fill_in(s, r, issuer, root, why);
	if (!e)
		e = statement_encode_body(&body, s, why);
	if (!e)
		e = statement_sign(&signatures, buf_bytes(&body), issuer);
	if (!e)
		e = statement_encode_blob(&blob, buf_bytes(&body), &signatures);
	/* Tried on a charter of its own first: what does not count is not to be kept here. */
	if (!e)
		e = replica_try_statement(r, buf_bytes(&blob), why);
	if (!e) {
		struct bytes one = buf_bytes(&blob);
		struct admission batch = { .statements = &one, .statement_count = 1, .statement_results = &result };
		e = replica_admit(r, &batch, why);
		*id = result.id;
	}
	replica_unlock(r);
	buf_clear(&body);
	buf_clear(&blob);
	return e;
}
