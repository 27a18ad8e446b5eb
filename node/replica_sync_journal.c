/* Journals in a session: which checkpoints go, and reading those that come. */
#include "node/replica_sync_parts.h"

#include <stdlib.h>
#include <string.h>

enum { WITNESS_FIRST_MAX = 3 };

/* ---- Planning */

static enum err add_run(struct replica_sync *s, const struct index_checkpoint *head, uint64_t from, bool full)
{
	struct sync_journal *run = sync_list_add(&s->journals, sizeof *run);
	if (!run)
		return ERR_MEMORY;
	*run = (struct sync_journal){ head->node, head->incarnation, from, full };
	return ERR_OK;
}

/* Own checkpoints that came since the last plan: all of them to a reader, the newest of each incarnation to a
 * witness. */
static enum err plan_own(struct replica_sync *s)
{
	struct index_checkpoint *heads;
	size_t count;
	bool reads = charter_reads_journals(replica_charter(s->r), s->peer_site);
	int64_t newest = journal_head_no(replica_journal(s->r)), after = s->journal_no;
	if (!journal_head(replica_journal(s->r)) || newest <= after)
		return ERR_OK;
	s->journal_no = newest;
	enum err e = index_list_journals(&heads, &count, replica_index(s->r), &s->arena);
	/* Incarnations in the order of their lives: each begins with a checkpoint that names the one before. */
	for (int64_t done = after; !e;) {
		const struct index_checkpoint *next = NULL;
		for (size_t i = 0; i < count; i++)
			if (node_id_equal(&heads[i].node, replica_node(s->r)) && heads[i].no > done &&
				(!next || heads[i].no < next->no))
				next = &heads[i];
		if (!next)
			break;
		done = next->no;
		/* A witness that gets the first few too can compute the tree heads of what follows. */
		bool begins = next->sequence < WITNESS_FIRST_MAX &&
			!(s->whole && incarnation_id_equal(&s->whole_incarnation, &next->incarnation));
		uint64_t from = begins && !reads ? 0 : next->sequence;
		struct index_checkpoint *rows;
		size_t row_count;
		if (reads)
			e = index_list_checkpoints(&rows, &row_count, replica_index(s->r), &s->arena, &next->node,
				&next->incarnation, 0);
		for (size_t i = 0; reads && !e && i < row_count; i++)
			if (rows[i].no > after && rows[i].sequence < from)
				from = rows[i].sequence;
		if (!e)
			e = add_run(s, next, from, reads);
	}
	return e;
}

/* Where the peer goes on in a journal, by what it listed of it. */
static enum err find_from(uint64_t *from, struct replica_sync *s, const struct index_checkpoint *head,
	struct cbor list)
{
	size_t count = cbor_array(&list, SYNC_GAPS_MAX);
	*from = 0;
	for (size_t i = 0; i < count && !list.err; i++) {
		struct node_id node;
		struct incarnation_id incarnation;
		uint8_t prefix[HELLO_PREFIX_SIZE];
		cbor_array(&list, 4);
		cbor_fixed(&list, node.b, sizeof node.b);
		cbor_fixed(&list, incarnation.b, sizeof incarnation.b);
		uint64_t sequence = cbor_uint(&list, INT64_MAX - 1);
		cbor_fixed(&list, prefix, sizeof prefix);
		if (list.err || !node_id_equal(&node, &head->node) ||
			!incarnation_id_equal(&incarnation, &head->incarnation))
			continue;
		struct index_checkpoint *rows;
		size_t row_count;
		enum err e = index_list_checkpoints(
			&rows, &row_count, replica_index(s->r), &s->arena, &node, &incarnation, sequence);
		if (e)
			return e;
		/* Further than here, or on another branch: of a fork, all of ours is evidence. */
		if (row_count == 0)
			*from = head->sequence + 1;
		else if (rows[0].sequence != sequence || memcmp(rows[0].id.b, prefix, sizeof prefix) == 0)
			*from = sequence + 1;
		return ERR_OK;
	}
	return ERR_OK;
}

static int compare_age(const void *a, const void *b)
{
	const struct index_checkpoint *x = a, *y = b;
	return (x->no > y->no) - (x->no < y->no);
}

/* Older lives first: each begins with a checkpoint that names the one before.  With entries what is held with
 * them, and as a witness (`full` false) what is not. */
static enum err add_lacking(struct replica_sync *s, struct index_checkpoint *heads, size_t count,
	struct cbor list, bool full)
{
	enum err e = ERR_OK;
	if (count > 1)
		qsort(heads, count, sizeof *heads, compare_age);
	for (size_t i = 0; i < count && !e; i++) {
		uint64_t from;
		bool its_own = node_id_equal(&heads[i].node, &s->peer);
		if (full ? !heads[i].full : its_own && heads[i].full)
			continue;
		e = find_from(&from, s, &heads[i], list);
		if (!e && from <= heads[i].sequence)
			e = add_run(s, &heads[i], full ? from : heads[i].sequence, full);
	}
	return e;
}

enum err sync_plan_listed(struct replica_sync *s, struct cbor *journals)
{
	struct index_checkpoint *heads;
	size_t count, kept = 0;
	struct cbor list = *journals;
	bool reads = charter_reads_journals(replica_charter(s->r), s->peer_site);
	cbor_skip(journals);
	s->needs_lists = s->lists_pending = false;
	sync_list_clear(&s->journals);
	if (journal_head(replica_journal(s->r)))
		s->journal_no = journal_head_no(replica_journal(s->r));
	/* A node that was restored from an older state gets back what it attested since. */
	enum err e = sync_full_heads(&heads, &count, s, &s->arena, &s->peer);
	if (!e)
		e = add_lacking(s, heads, count, list, true);
	if (!e)
		e = sync_known_heads(&heads, &count, s, &s->arena, false, true);
	if (!e)
		e = add_lacking(s, heads, count, list, false);
	/* A reader gets everything with its entries, a witness the newest of our lives. */
	if (!e && reads)
		e = sync_full_heads(&heads, &count, s, &s->arena, sync_both_read(s) ? NULL : replica_node(s->r));
	else if (!e)
		e = sync_known_heads(&heads, &count, s, &s->arena, true, false);
	for (size_t i = 0; i < count && !e; i++)
		if (!node_id_equal(&heads[i].node, &s->peer))
			heads[kept++] = heads[i];
	return e ? e : add_lacking(s, heads, kept, list, reads);
}

/* ---- Sending */

static enum err read_entries(struct bytes *out, struct replica_sync *s, const struct git_id *tree)
{
	struct buf b, blob;
	struct git_id id;
	*out = bytes_of(NULL, 0);
	buf_init(&b, 256);
	buf_init(&blob, ENTRIES_BLOB_MAX);
	enum err e = store_read(&b, replica_store(s->r), STORE_TREE, tree, 256, &s->why);
	if (!e && b.size < sizeof id.b)
		e = ERR_FORMAT;
	if (!e) {
		/* One entry: mode, name, NUL, and the id of the blob at the end. */
		memcpy(id.b, b.data + b.size - sizeof id.b, sizeof id.b);
		e = store_read(&blob, replica_store(s->r), STORE_BLOB, &id, ENTRIES_BLOB_MAX, &s->why);
	}
	const void *copy = e ? NULL : arena_copy(&s->arena, blob.data, blob.size);
	if (!e && !copy)
		e = ERR_MEMORY;
	if (!e)
		*out = bytes_of(copy, blob.size);
	buf_clear(&b);
	buf_clear(&blob);
	return e;
}

/* A checkpoint that is held: the commit, or as a witness its wire form. */
static enum err read_checkpoint(struct checkpoint **out, struct replica_sync *s, struct arena *a,
	const struct index_checkpoint *row)
{
	struct buf b;
	struct bytes entries = { NULL, 0 };
	buf_init(&b, CHECKPOINT_WIRE_MAX);
	enum err e = store_read(&b, replica_store(s->r), row->full ? STORE_COMMIT : STORE_BLOB, &row->git,
		CHECKPOINT_WIRE_MAX, &s->why);
	if (!e && row->full)
		e = checkpoint_parse_commit(out, a, buf_bytes(&b), &s->why);
	else if (!e)
		e = checkpoint_parse_wire(
			out, &entries, a, charter_federation(replica_charter(s->r)), buf_bytes(&b), &s->why);
	if (!e && entries.size > 0)
		e = store_tree_id(&(*out)->tree, entries);
	buf_clear(&b);
	return e;
}

static enum err put_checkpoint(struct replica_sync *s, const struct index_checkpoint *row, bool full)
{
	struct checkpoint *c;
	struct checkpoint_sending sending = { .id = row->id };
	enum err e = read_checkpoint(&c, s, &s->arena, row);
	if (!e && full)
		e = read_entries(&sending.entries, s, &c->tree);
	if (e)
		return e;
	bool follows = s->whole && incarnation_id_equal(&s->whole_incarnation, &c->incarnation) &&
		c->sequence == s->whole_sequence + 1;
	sending.checkpoint = c;
	sending.knows_previous = (s->has_position && checkpoint_id_equal(&c->previous, &s->position)) ||
		(s->has_sent && checkpoint_id_equal(&c->previous, &s->sent_checkpoint));
	sending.knows_head = full || c->sequence == 0 || follows;
	if (!full) {
		s->whole = follows || c->sequence == 0;
		s->whole_incarnation = c->incarnation;
		s->whole_sequence = c->sequence;
	}
	s->has_sent = true;
	s->sent_checkpoint = row->id;
	checkpoint_session_encode(&s->items, change_session_table(s->out), &sending);
	return buf_err(&s->items);
}

enum err sync_make_journal(bool *made, struct replica_sync *s, size_t target)
{
	size_t n = 0;
	*made = false;
	/* In reconciliation a reader says first what it has: so nothing goes twice. */
	if (s->lists_pending || (s->skip_cursor && !s->reconciling))
		return ERR_OK;
	enum err e = plan_own(s);
	while (!e && s->journals.at < s->journals.count && s->items.size < target) {
		struct sync_journal *run = (struct sync_journal *)s->journals.items + s->journals.at;
		struct index_checkpoint *rows;
		size_t count, i;
		e = index_list_checkpoints(&rows, &count, replica_index(s->r), &s->arena, &run->node,
			&run->incarnation, run->from);
		for (i = 0; i < count && !e && s->items.size < target; i++) {
			run->from = rows[i].sequence + 1;
			if (!rows[i].full && run->full)
				continue;
			e = put_checkpoint(s, &rows[i], run->full);
			n++;
		}
		if (!e && i == count)
			s->journals.at++;
	}
	if (e || n == 0)
		return e;
	*made = true;
	cbor_put_array(&s->body, 2);
	cbor_put_uint(&s->body, MESSAGE_JOURNAL);
	cbor_put_array(&s->body, n);
	cbor_put_raw(&s->body, buf_bytes(&s->items));
	return buf_err(&s->items);
}

/* ---- Taking */

/* The git id of a checkpoint that is kept as a witness: only its wire form is in the store. */
static enum err witness_git(struct git_id *out, struct replica_sync *s, const struct index_checkpoint *row)
{
	struct buf commit;
	struct checkpoint *c;
	buf_init(&commit, CHECKPOINT_WIRE_MAX);
	enum err e = read_checkpoint(&c, s, &s->take_arena, row);
	if (!e)
		e = checkpoint_put_commit(&commit, c);
	if (!e)
		e = store_hash(out, STORE_COMMIT, buf_bytes(&commit));
	buf_clear(&commit);
	return e;
}

static enum err find_git(struct git_id *out, struct replica_sync *s, const struct checkpoint_id *id)
{
	const struct sync_noted *noted = s->noted.items;
	struct index_checkpoint row;
	for (size_t i = s->noted.count; i-- > 0;)
		if (checkpoint_id_equal(&noted[i].id, id)) {
			*out = noted[i].git;
			return ERR_OK;
		}
	enum err e = index_find_checkpoint(&row, replica_index(s->r), id);
	if (e)
		return e;
	*out = row.git;
	return row.full ? ERR_OK : witness_git(out, s, &row);
}

/* Makes s->tree that of a journal up to what is held here.  ERR_NOT_FOUND when that is not `sequence`. */
static enum err build_tree(struct replica_sync *s, const struct checkpoint *c)
{
	struct index_checkpoint *rows;
	size_t count;
	bool same = node_id_equal(&s->tree_node, &c->node) &&
		incarnation_id_equal(&s->tree_incarnation, &c->incarnation);
	if (same && s->tree.count == c->sequence)
		return ERR_OK;
	merkle_init(&s->tree);
	s->tree_node = c->node;
	s->tree_incarnation = c->incarnation;
	enum err e = index_list_checkpoints(
		&rows, &count, replica_index(s->r), &s->take_arena, &c->node, &c->incarnation, 0);
	for (size_t i = 0; i < count && !e && s->tree.count < c->sequence; i++)
		if (rows[i].sequence == s->tree.count)
			merkle_add(&s->tree, bytes_of(rows[i].id.b, sizeof rows[i].id.b));
	return e || s->tree.count == c->sequence ? e : ERR_NOT_FOUND;
}

/* Fills in what the session form leaves out.  ERR_NOT_FOUND when it is not to be had here. */
static enum err complete(struct replica_sync *s, struct checkpoint_received *got)
{
	struct checkpoint *c = got->checkpoint;
	enum err e = ERR_OK, tree = build_tree(s, c);
	if (got->wants_tree)
		e = store_tree_id(&c->tree, got->entries);
	if (!e && got->wants_parent)
		e = find_git(&c->parent, s, &c->previous);
	if (!e && got->wants_head)
		e = tree;
	if (!e && got->wants_head)
		merkle_head(c->head.b, &s->tree);
	return e;
}

static enum err note(struct replica_sync *s, const struct checkpoint *c, struct bytes commit)
{
	struct checkpoint_id id;
	checkpoint_get_id(&id, commit);
	struct sync_noted *noted = sync_list_add(&s->noted, sizeof *noted);
	if (!noted)
		return ERR_MEMORY;
	noted->id = id;
	enum err e = store_hash(&noted->git, STORE_COMMIT, commit);
	if (s->tree.count == c->sequence)
		merkle_add(&s->tree, bytes_of(id.b, sizeof id.b));
	return e ? e : checkpoint_session_note(change_session_table(s->in), &id);
}

enum err sync_take_checkpoint(struct bytes *wire, struct replica_sync *s, struct cbor *items)
{
	struct checkpoint_received got;
	struct buf commit, text;
	*wire = bytes_of(NULL, 0);
	buf_init(&commit, CHECKPOINT_WIRE_MAX);
	buf_init(&text, CHECKPOINT_WIRE_MAX);
	enum err e = checkpoint_session_decode(&got, change_session_table(s->in), &s->take_arena,
		charter_federation(replica_charter(s->r)), items);
	if (e && e != ERR_MISSING)
		return e;
	if (!e)
		e = complete(s, &got);
	if (!e)
		e = checkpoint_put_commit(&commit, got.checkpoint);
	if (!e)
		e = checkpoint_put_wire(&text, got.checkpoint, got.entries);
	if (e == ERR_MEMORY || e == ERR_IO) {
		/* Not the peer's fault, and not to be passed over. */
	} else if (e) {
		e = checkpoint_session_note(change_session_table(s->in), NULL);
	} else {
		e = note(s, got.checkpoint, buf_bytes(&commit));
		const void *copy = arena_copy(&s->take_arena, text.data, text.size);
		if (!copy)
			e = ERR_MEMORY;
		*wire = bytes_of(copy, text.size);
	}
	buf_clear(&commit);
	buf_clear(&text);
	return e;
}
