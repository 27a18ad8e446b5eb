/* The audit of journals: every checkpoint that is held, in full or as witnessed. */
#include "node/audit_own.h"

#include "base/hash.h"
#include "base/merkle.h"
#include "base/text.h"

struct walk { /* along one journal */
	struct auditor *a;
	const struct index_checkpoint *row;
	struct arena arena; /* of one checkpoint */
	struct checkpoint *c;
	struct merkle tree;
	bool whole; /* from sequence 0 on: the tree head can be computed */
	bool has_before;
	struct index_checkpoint before;
	struct secret key;
	bool key_sought;
	uint32_t site; /* of the node; 0: none */
};

static enum err fault(struct walk *w, enum audit_fault_kind kind, const char *words)
{
	char hex[65];
	hex_encode(hex, bytes_of(w->row->node.b, sizeof w->row->node.b));
	return audit_put_fault(w->a, kind, "checkpoint", w->row->id.b, "%llu of node %.16s: %s",
		(unsigned long long)w->row->sequence, hex, words);
}

/* The commit: as it lies there, or rebuilt from the wire form that a witness keeps. */
static enum err read_commit(struct walk *w, struct buf *commit, struct err_text *words)
{
	struct buf wire;
	struct bytes entries;
	struct store *store = replica_store(w->a->r);
	const struct federation_id *f = charter_federation(replica_charter(w->a->r));
	if (w->row->full) {
		enum err e = store_read(commit, store, STORE_COMMIT, &w->row->git, CHECKPOINT_WIRE_MAX, words);
		return e ? e : checkpoint_parse_commit(&w->c, &w->arena, buf_bytes(commit), words);
	}
	buf_init(&wire, CHECKPOINT_WIRE_MAX);
	enum err e = store_read(&wire, store, STORE_BLOB, &w->row->git, CHECKPOINT_WIRE_MAX, words);
	if (!e)
		e = checkpoint_parse_wire(&w->c, &entries, &w->arena, f, buf_bytes(&wire), words);
	/* The parse borrows from the wire only the entries, which a witness has not got. */
	if (!e)
		e = checkpoint_put_commit(commit, w->c);
	buf_clear(&wire);
	return e;
}

static enum err check_commit(struct walk *w, bool *found)
{
	struct buf commit;
	struct checkpoint_id id;
	struct err_text words = { "" };
	*found = false;
	buf_init(&commit, CHECKPOINT_WIRE_MAX);
	enum err e = read_commit(w, &commit, &words);
	if (e && audit_is_finding(e)) {
		e = fault(w, e == ERR_IO || e == ERR_NOT_FOUND ? AUDIT_UNREADABLE : AUDIT_CHECKPOINT, words.text);
	} else if (!e && checkpoint_verify(w->c, buf_bytes(&commit))) {
		e = fault(w, AUDIT_SIGNATURE, "the signature does not hold");
	} else if (!e) {
		checkpoint_get_id(&id, buf_bytes(&commit));
		*found = checkpoint_id_equal(&id, &w->row->id) && node_id_equal(&w->c->node, &w->row->node)
			&& incarnation_id_equal(&w->c->incarnation, &w->row->incarnation)
			&& w->c->sequence == w->row->sequence;
		if (!*found)
			e = fault(w, AUDIT_OTHER_ID, "what is held under this id is another checkpoint");
	}
	buf_clear(&commit);
	return e;
}

/* Sequence, previous and tree head, as far as what comes before is here. */
static enum err check_chain(struct walk *w)
{
	uint8_t head[32];
	enum err e = ERR_OK;
	if (w->c->sequence == 0) {
		w->whole = true;
		merkle_init(&w->tree);
	} else if (w->has_before && w->before.sequence == w->c->sequence) {
		return fault(w, AUDIT_REWRITTEN, "there are two checkpoints of this number");
	} else if (!w->has_before || w->before.sequence + 1 != w->c->sequence) {
		w->whole = false;
	} else if (!checkpoint_id_equal(&w->before.id, &w->c->previous)) {
		e = fault(w, AUDIT_CHAIN, "it does not follow the checkpoint before it");
	}
	merkle_head(head, &w->tree);
	if (!e && w->whole && memcmp(head, w->c->head.b, sizeof head) != 0)
		e = fault(w, AUDIT_CHAIN, "its tree head is not that of the checkpoints before it");
	merkle_add(&w->tree, bytes_of(w->row->id.b, sizeof w->row->id.b));
	return e;
}

static enum err open_entries(struct walk *w, bool *opened)
{
	const struct entry *entries;
	uint32_t count;
	struct err_text words = { "" };
	*opened = false;
	if (!w->key_sought) {
		w->key_sought = true;
		enum err e =
			journal_find_key(&w->key, replica_journal(w->a->r), &w->row->node, &w->row->incarnation, NULL);
		if (e && e != ERR_NO_KEY)
			return e;
	}
	if (!secret_is_set(&w->key)) {
		w->a->out->counts.sealed++;
		return ERR_OK;
	}
	enum err e =
		journal_read_entries(&entries, &count, replica_journal(w->a->r), &w->arena, w->c, &w->key, &words);
	if (e && audit_is_finding(e))
		return fault(w, AUDIT_ENTRIES, words.text[0] ? words.text : "the entries do not open");
	*opened = !e;
	return e ? e : audit_entries(w->a, w->c, w->site, entries, count);
}

static enum err check_entries(struct walk *w, bool *opened)
{
	struct buf blob;
	struct hash256 hash;
	struct err_text words = { "" };
	*opened = false;
	if (!w->row->full)
		return ERR_OK;
	buf_init(&blob, ENTRIES_BLOB_MAX + 1024);
	enum err e = journal_read_blob(&blob, replica_store(w->a->r), &w->c->tree, &words);
	hash_blake2b_256(hash.b, buf_bytes(&blob));
	buf_clear(&blob);
	if (e && audit_is_finding(e))
		return fault(w, AUDIT_UNREADABLE, words.text);
	if (e)
		return e;
	if (!hash256_equal(&hash, &w->c->entries))
		return fault(w, AUDIT_ENTRIES, "the entries are not those that it names");
	return open_entries(w, opened);
}

static enum err note_held(struct walk *w, bool opened)
{
	struct auditor *a = w->a;
	struct audit_held *grown =
		arena_grow(&a->out->arena, a->held, a->held_count, &a->held_room, sizeof *grown);
	if (!grown)
		return ERR_MEMORY;
	a->held = grown;
	grown[a->held_count++] = (struct audit_held){ w->row->node, w->row->incarnation, w->row->sequence,
		w->row->id, w->c->previous, opened };
	return ERR_OK;
}

static enum err look_at(struct walk *w)
{
	bool found, opened = false;
	arena_init(&w->arena, 64 << 20);
	w->c = NULL;
	enum err e = check_commit(w, &found);
	if (!e && found)
		e = check_chain(w);
	if (!e && found && w->site == 0)
		e = fault(w, AUDIT_CHECKPOINT, "the charter does not list this node");
	if (!e && found)
		e = check_entries(w, &opened);
	if (!e && found)
		e = note_held(w, opened);
	w->a->out->counts.checkpoints++;
	w->before = *w->row;
	w->has_before = true;
	arena_clear(&w->arena);
	return e;
}

static enum err walk_journal(struct auditor *a, const struct index_checkpoint *newest)
{
	struct walk w = { .a = a };
	const struct charter_entry *node = charter_node(replica_charter(a->r), &newest->node);
	struct index_checkpoint *rows;
	size_t count = 0;
	struct arena arena;
	arena_init(&arena, AUDIT_MEMORY_MAX);
	merkle_init(&w.tree);
	w.site = node ? node->statement->as.node.site : 0;
	enum err e = index_list_checkpoints(
		&rows, &count, replica_index(a->r), &arena, &newest->node, &newest->incarnation, 0);
	for (size_t i = 0; i < count && !e; i++) {
		w.row = &rows[i];
		e = look_at(&w);
	}
	a->out->counts.journals++;
	secret_free(&w.key);
	arena_clear(&arena);
	return e;
}

enum err audit_journals(struct auditor *a)
{
	struct index_checkpoint *newest;
	size_t count = 0;
	struct arena arena;
	arena_init(&arena, AUDIT_MEMORY_MAX);
	enum err e = index_list_journals(&newest, &count, replica_index(a->r), &arena);
	for (size_t i = 0; i < count && !e; i++)
		if (audit_wants_node(a, &newest[i].node))
			e = walk_journal(a, &newest[i]);
	arena_clear(&arena);
	return e;
}
