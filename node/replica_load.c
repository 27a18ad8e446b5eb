/* The replica: charter and journal from the index, and the index from the store. */
#include "node/replica_own.h"

#include "base/hash.h"
#include "node/store_walk.h"

#include <stdlib.h>
#include <string.h>

/* ---- Charter */

/* Offers one statement; *waits when what it builds on has not been offered yet. */
static enum err offer(bool *waits, struct replica *r, const struct index_blob *row, struct err_text *why)
{
	struct charter_admission admission = { .verdict = CHARTER_REFUSED };
	struct buf blob;
	buf_init(&blob, STATEMENT_BLOB_MAX);
	enum err e = store_read(&blob, r->store, STORE_BLOB, &row->git, STATEMENT_BLOB_MAX, why);
	if (!e)
		e = charter_admit(&admission, r->charter, buf_bytes(&blob), why);
	*waits = !e && admission.verdict == CHARTER_WAITS;
	buf_clear(&blob);
	return e;
}

/* The store lists the blobs of one transaction by hash, not in the order in which they build on each
 * other: so those that wait are offered again, as long as that brings something. */
static enum err offer_all(struct replica *r, const struct index_blob *rows, size_t count, bool *done,
	struct err_text *why)
{
	for (bool progress = true; progress;) {
		progress = false;
		for (size_t i = 0; i < count; i++) {
			bool waits;
			if (done[i])
				continue;
			enum err e = offer(&waits, r, &rows[i], why);
			if (e)
				return e;
			done[i] = !waits;
			progress = progress || done[i];
		}
	}
	return ERR_OK;
}

enum err replica_load_charter(struct replica *r, struct err_text *why)
{
	struct arena a;
	struct index_blob *blobs;
	size_t count = 0, first = 0;
	arena_init(&a, 1 << 28);
	enum err e = index_list_blobs(&blobs, &count, r->index, &a, 's');
	while (!e && first < count && blobs[first].no <= r->statements_until)
		first++;
	bool *done = e ? NULL : arena_array(&a, count, sizeof *done);
	if (!e && count > 0)
		e = done ? offer_all(r, blobs + first, count - first, done, why) : ERR_MEMORY;
	if (!e && count > first)
		r->statements_until = blobs[count - 1].no;
	arena_clear(&a);
	const struct charter_entry *self = charter_node(r->charter, &r->node);
	r->site = self ? self->statement->as.node.site : 0;
	r->env.charter = r->charter;
	r->env.site = r->site;
	return e;
}

enum err replica_reload_charter(struct replica *r, struct err_text *why)
{
	struct charter *fresh;
	enum err e = charter_new(&fresh, NULL);
	if (e)
		return e;
	replica_drop_cases(r);
	charter_free(r->charter);
	r->charter = fresh;
	r->statements_until = 0;
	e = replica_load_charter(r, why);
	/* The journal borrowed the old one. */
	return e ? e : replica_open_journal(r, why);
}

enum err replica_charter_grew(struct replica *r, struct err_text *why)
{
	(void)why;
	replica_drop_cases(r);
	const struct charter_entry *self = charter_node(r->charter, &r->node);
	r->site = self ? self->statement->as.node.site : 0;
	r->env.site = r->site;
	return ERR_OK;
}

enum err replica_try_statement(struct replica *r, struct bytes blob, struct err_text *why)
{
	struct charter *trial;
	struct charter_admission a = { .verdict = CHARTER_REFUSED };
	enum err e = charter_new(&trial, NULL);
	for (uint32_t i = 0; !e && i < charter_count(r->charter); i++)
		e = charter_admit(&a, trial, charter_get(r->charter, i)->blob, NULL);
	if (!e)
		e = charter_admit(&a, trial, blob, why);
	if (!e && a.verdict == CHARTER_REFUSED)
		e = err_set(why, ERR_REFUSED, "the charter refuses this: %s", charter_refusal_name(a.refusal));
	else if (!e && a.verdict != CHARTER_KEPT)
		e = err_set(why, ERR_REFUSED, "the charter has this already, or waits for what it builds on");
	else if (!e && a.entry->standing != CHARTER_COUNTS)
		e = err_set(why, ERR_REFUSED, "this would not count: %s", charter_standing_name(a.entry->standing));
	charter_free(trial);
	return e;
}

enum err replica_open_journal(struct replica *r, struct err_text *why)
{
	/* Only the first incarnation of this life is a rebirth. */
	if (r->journal && journal_is_alive(r->journal))
		r->reborn = false;
	journal_close(r->journal);
	r->journal = NULL;
	/* Without a charter there is no federation to attest to. */
	if (!charter_first(r->charter))
		return ERR_OK;
	struct journal_config config = { .home = r->home,
		.store = r->store,
		.index = r->index,
		.ports = &r->ports,
		.keys = &r->keys,
		.site_keys = &r->site_keys,
		.charter = r->charter,
		.site = r->site,
		.reborn = r->reborn };
	return journal_open(&r->journal, &config, why);
}

/* ---- Catching up: the store's chain from where the index stopped */

struct pending { /* a commit whose parents have to be indexed first */
	struct git_id git;
	struct change *change;
	struct change_id id;
	const struct git_id *parents_git;
	uint32_t next; /* parent to look at */
};

struct catch_up {
	struct replica *r;
	struct arena arena; /* of one step */
	struct pending *stack;
	uint32_t depth, room;
};

static enum err push(struct catch_up *c, const struct git_id *git, struct err_text *why)
{
	struct index_change known;
	struct buf commit;
	struct pending *grown = arena_grow(&c->arena, c->stack, c->depth, &c->room, sizeof *grown);
	if (!grown)
		return ERR_MEMORY;
	c->stack = grown;
	struct pending *p = &grown[c->depth];
	*p = (struct pending){ .git = *git };
	buf_init(&commit, CHANGE_COMMIT_MAX);
	enum err e = store_read(&commit, c->r->store, STORE_COMMIT, git, CHANGE_COMMIT_MAX, why);
	if (!e)
		e = change_parse_commit(&p->change, &p->parents_git, &c->arena, buf_bytes(&commit), why);
	if (!e)
		change_get_id(&p->id, buf_bytes(&commit));
	buf_clear(&commit);
	if (!e && index_find_change(&known, c->r->index, &p->id) == ERR_NOT_FOUND)
		c->depth++;
	return e;
}

static enum err add_pending(struct catch_up *c, const struct pending *p, int64_t time)
{
	struct index *ix = c->r->index;
	struct index_case row;
	enum err e = index_find_case(&row, ix, &p->change->case_id);
	if (e == ERR_NOT_FOUND)
		e = index_add_case(&row.no, ix, &p->change->case_id);
	struct index_change change = { .case_no = row.no,
		.id = p->id,
		.git = p->git,
		.received = time,
		.peer = node_id_equal(&p->change->node, &c->r->node) ? 0 : -1,
		.cover = INDEX_NOT_COVERED };
	struct index_change known;
	if (!e)
		e = index_find_change(&known, ix, &p->id);
	return e == ERR_NOT_FOUND ? index_add_change(ix, &change) : e;
}

/* Depth first with an own stack: histories are long, the C stack is not. */
static enum err take_tip(struct catch_up *c, const struct git_id *tip, int64_t time, struct err_text *why)
{
	enum err e = push(c, tip, why);
	while (!e && c->depth > 0) {
		struct pending *p = &c->stack[c->depth - 1];
		struct index_change known;
		if (p->next == p->change->parent_count) {
			struct pending top = *p;
			c->depth--;
			e = add_pending(c, &top, time);
			continue;
		}
		uint32_t next = p->next++;
		e = index_find_change(&known, c->r->index, &p->change->parents[next]);
		if (e == ERR_NOT_FOUND)
			e = push(c, &p->parents_git[next], why);
	}
	return e;
}

static enum err take_witness(struct catch_up *c, const struct store_entry *blob, struct err_text *why)
{
	struct buf wire;
	struct checkpoint *cp;
	struct bytes entries;
	struct buf commit;
	buf_init(&wire, CHECKPOINT_WIRE_MAX);
	buf_init(&commit, CHECKPOINT_WIRE_MAX);
	enum err e = store_read(&wire, c->r->store, STORE_BLOB, &blob->git, CHECKPOINT_WIRE_MAX, why);
	if (!e)
		e = checkpoint_parse_wire(
			&cp, &entries, &c->arena, charter_federation(c->r->charter), buf_bytes(&wire), why);
	/* One that came with its entries, but before the checkpoint that it follows. */
	if (!e && entries.size > 0)
		e = store_tree_id(&cp->tree, entries);
	if (!e)
		e = checkpoint_put_commit(&commit, cp);
	if (!e) {
		struct index_checkpoint row = {
			.node = cp->node, .incarnation = cp->incarnation, .sequence = cp->sequence, .git = blob->git
		};
		checkpoint_get_id(&row.id, buf_bytes(&commit));
		e = index_add_checkpoint(c->r->index, &row);
	}
	buf_clear(&wire);
	buf_clear(&commit);
	return e;
}

static enum err take_blob(struct catch_up *c, const struct store_entry *blob)
{
	struct git_id there;
	enum err e = index_find_blob(&there, c->r->index, blob->prefix, &blob->hash);
	return e == ERR_NOT_FOUND ? index_add_blob(c->r->index, blob->prefix, &blob->hash, &blob->git) : e;
}

static enum err take_step(struct catch_up *c, const struct store_step *step, struct err_text *why)
{
	enum err e = ERR_OK;
	bool statements = false;
	for (size_t i = 0; i < step->blob_count && !e; i++) {
		e = take_blob(c, &step->blobs[i]);
		statements = statements || step->blobs[i].prefix == 's';
	}
	if (!e && statements)
		e = replica_load_charter(c->r, why);
	for (size_t i = 0; i < step->blob_count && !e; i++)
		if (step->blobs[i].prefix == 'c')
			e = take_witness(c, &step->blobs[i], why);
	for (size_t i = 0; i < step->tip_count && !e; i++)
		e = take_tip(c, &step->tips[i], step->time, why);
	return e;
}

/* The full journals of others, newest back to what is known. */
static enum err take_journal(struct catch_up *c, const struct store_journal *journal, struct err_text *why)
{
	struct git_id at = journal->head;
	for (bool more = true; more;) {
		struct buf commit;
		struct checkpoint *cp;
		struct index_checkpoint row = { .full = true, .git = at };
		buf_init(&commit, CHECKPOINT_WIRE_MAX);
		enum err e = store_read(&commit, c->r->store, STORE_COMMIT, &at, CHECKPOINT_WIRE_MAX, why);
		if (!e)
			e = checkpoint_parse_commit(&cp, &c->arena, buf_bytes(&commit), why);
		if (!e) {
			struct index_checkpoint known;
			checkpoint_get_id(&row.id, buf_bytes(&commit));
			row.node = cp->node;
			row.incarnation = cp->incarnation;
			row.sequence = cp->sequence;
			if (index_find_checkpoint(&known, c->r->index, &row.id) == ERR_OK && known.full)
				more = false;
			else
				e = index_add_checkpoint(c->r->index, &row);
			more = more && cp->has_parent;
			at = cp->parent;
		}
		buf_clear(&commit);
		if (e)
			return e;
	}
	return ERR_OK;
}

static enum err walk(struct catch_up *c, const struct git_id *after, struct err_text *why)
{
	struct store_walk *w;
	enum err e = store_walk_open(&w, c->r->store, after, why);
	while (!e) {
		const struct store_step *step;
		e = store_walk_next(&step, w, why);
		if (e || !step)
			break;
		e = take_step(c, step, why);
		c->depth = c->room = 0;
		c->stack = NULL;
		arena_clear(&c->arena);
	}
	store_walk_close(w);
	return e;
}

static enum err fill(struct replica *r, const struct git_id *after, struct err_text *why)
{
	struct catch_up c = { .r = r };
	struct store_journal *journals = NULL;
	size_t journal_count = 0;
	int64_t last;
	uint64_t turns = charter_turns(r->charter);
	arena_init(&c.arena, REPLICA_MEMORY_MAX);
	enum err e = index_last_change(&last, r->index);
	if (!e)
		e = walk(&c, after, why);
	if (!e)
		e = store_journals(&journals, &journal_count, r->store, why);
	for (size_t i = 0; i < journal_count && !e; i++)
		e = take_journal(&c, &journals[i], why);
	free(journals);
	arena_clear(&c.arena);
	if (e)
		return e;
	return charter_turns(r->charter) == turns ? replica_note_since(r, last, why)
											  : replica_note_afresh(r, why);
}

enum err replica_catch_up(struct replica *r, struct err_text *why)
{
	struct buf meta;
	struct git_id done;
	buf_init(&meta, 64);
	enum err e = index_get_meta(&meta, r->index, "store");
	bool has = !e && meta.size == sizeof done.b;
	if (has)
		memcpy(done.b, meta.data, sizeof done.b);
	buf_clear(&meta);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (!r->heads.has_store || (has && git_id_equal(&done, &r->heads.store)))
		return ERR_OK;
	/* The charter is needed to judge what is taken in. */
	e = replica_load_charter(r, why);
	if (!e)
		e = index_begin(r->index, why);
	if (e)
		return e;
	e = fill(r, has ? &done : NULL, why);
	if (e == ERR_NOT_FOUND && has) /* the chain was rewritten: from the beginning */
		e = fill(r, NULL, why);
	if (!e)
		e = index_put_meta(r->index, "store", bytes_of(r->heads.store.b, sizeof r->heads.store.b));
	if (!e)
		e = index_commit(r->index, why);
	if (e)
		index_rollback(r->index);
	return e;
}

enum err replica_reindex(struct replica *r, struct err_text *why)
{
	struct arena a;
	struct bytes *disclosed;
	size_t count;
	enum err e = replica_lock(r, why);
	if (e)
		return e;
	arena_init(&a, 1 << 28);
	/* What was disclosed stands nowhere else until a checkpoint holds it; a damaged index may not tell. */
	(void)!index_list_disclosed(&disclosed, &count, r->index, &a);
	replica_drop_cases(r);
	e = index_empty(r->index, why);
	for (size_t i = 0; i < count && !e; i++)
		e = index_add_disclosed(r->index, disclosed[i]);
	arena_clear(&a);
	if (!e)
		e = replica_reload_charter(r, why);
	if (!e)
		e = store_heads(&r->heads, r->store, why);
	if (!e)
		e = replica_catch_up(r, why);
	if (!e)
		e = replica_load_charter(r, why);
	if (!e)
		e = replica_open_journal(r, why);
	replica_unlock(r);
	/* What was filled may be half: look again next time. */
	if (e)
		r->heads = (struct store_heads){ 0 };
	return e;
}
