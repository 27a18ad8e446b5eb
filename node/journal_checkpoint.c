/* The journal: what a checkpoint says, and writing it. */
#include "node/journal_own.h"

#include "base/hash.h"

#include <string.h>

enum {
	CHECKPOINT_MEMORY_MAX = 256 * 1024 * 1024,
	LIST_HEAD_MAX = 8 /* of the list of entries: its CBOR head */
};

/* ---- What a checkpoint says */

struct piece {             /* one checkpoint while it is made */
	uint32_t first, count; /* of the draft's entries */
	int64_t covers;        /* number of the newest change that it covers */
	struct checkpoint c;
	struct checkpoint_id id;
	struct buf entries, commit;
};

/* What is to be attested.  One checkpoint holds nearly always all of it.  It must hold all that was written
 * here, since a change is to be listed in the checkpoint after the one that it names; what does not fit
 * beside that, a long list of disclosures or reads, goes into further ones, in the same transaction. */
struct draft {
	struct arena arena;
	struct entry *entries;
	uint32_t count, size;
	const struct index_change *own; /* the changes that it names */
	size_t own_count;
	int64_t last; /* number of the newest change of all */
	struct piece *pieces;
	uint32_t piece_count, piece_size;
};

static struct entry *add_entry(struct draft *d, uint32_t kind)
{
	struct entry *grown = arena_grow(&d->arena, d->entries, d->count, &d->size, sizeof *grown);
	if (!grown)
		return NULL;
	d->entries = grown;
	struct entry *e = &grown[d->count++];
	*e = (struct entry){ .kind = kind };
	return e;
}

/* More than one entry of these can only be what a rebuilt index found unattested. */
static enum err draft_wrote(struct draft *d, struct journal *j)
{
	struct index_change *rows;
	enum err e = index_list_uncovered(&rows, &d->own_count, j->config.index, &d->arena);
	struct change_id *ids = e ? NULL : arena_array(&d->arena, d->own_count, sizeof *ids);
	if (!e && !ids)
		e = ERR_MEMORY;
	for (size_t at = 0; at < d->own_count && !e; at += JOURNAL_WAITING_MAX) {
		size_t left = d->own_count - at;
		uint32_t count = left < JOURNAL_WAITING_MAX ? (uint32_t)left : JOURNAL_WAITING_MAX;
		struct entry *wrote = add_entry(d, ENTRY_WROTE);
		if (!wrote)
			return ERR_MEMORY;
		for (uint32_t i = 0; i < count; i++)
			ids[at + i] = rows[at + i].id;
		wrote->as.wrote.changes = ids + at;
		wrote->as.wrote.count = count;
	}
	d->own = rows;
	return e;
}

/* The newest checkpoint that is known of a node's journals. */
static void newest_of(struct index_checkpoint *out, const struct index_checkpoint *heads, size_t count,
	const struct node_id *node)
{
	*out = (struct index_checkpoint){ 0 };
	for (size_t i = 0; i < count; i++)
		if (node_id_equal(&heads[i].node, node) && heads[i].no > out->no)
			*out = heads[i];
}

static enum err draft_received(struct draft *d, struct journal *j)
{
	struct index_received *rows;
	struct index_peer *peers;
	struct index_checkpoint *heads;
	size_t count, peer_count, head_count;
	enum err e = index_count_received(&rows, &count, j->config.index, &d->arena);
	if (!e)
		e = index_list_peers(&peers, &peer_count, j->config.index, &d->arena);
	if (!e)
		e = index_list_journals(&heads, &head_count, j->config.index, &d->arena);
	for (size_t i = 0; i < count && !e; i++) {
		for (size_t k = 0; k < peer_count; k++) {
			if (peers[k].no != rows[i].peer)
				continue;
			struct index_checkpoint newest;
			struct entry *r = add_entry(d, ENTRY_RECEIVED);
			if (!r)
				return ERR_MEMORY;
			newest_of(&newest, heads, head_count, &peers[k].node);
			r->as.received.node = peers[k].node;
			r->as.received.incarnation = newest.incarnation;
			r->as.received.to = newest.sequence;
			r->as.received.from = peers[k].has_position
					&& incarnation_id_equal(&peers[k].incarnation, &newest.incarnation)
					&& peers[k].sequence <= newest.sequence
				? peers[k].sequence
				: newest.sequence;
			r->as.received.count = (uint64_t)rows[i].count;
		}
	}
	return e;
}

static enum err draft_reads(struct draft *d, struct journal *j, struct err_text *why)
{
	const struct entry *reads;
	uint32_t count;
	enum err e = readlog_collect(&reads, &count, j, &d->arena, why);
	for (uint32_t i = 0; i < count && !e; i++) {
		struct entry *copy = add_entry(d, ENTRY_SHOWED);
		if (!copy)
			return ERR_MEMORY;
		*copy = reads[i];
	}
	return e;
}

static enum err draft_disclosed(struct draft *d, struct journal *j)
{
	struct bytes *items;
	size_t count;
	enum err e = index_list_disclosed(&items, &count, j->config.index, &d->arena);
	for (size_t i = 0; i < count && !e; i++) {
		struct entry *entry = add_entry(d, 0);
		e = entry ? entry_decode(entry, &d->arena, items[i]) : ERR_MEMORY;
	}
	return e;
}

static enum err draft_witnessed(struct draft *d, struct journal *j)
{
	struct index_checkpoint *heads;
	size_t count;
	struct node_id self = journal_self(j);
	enum err e = index_list_unwitnessed(&heads, &count, j->config.index, &d->arena, &self);
	for (size_t i = 0; i < count && !e; i++) {
		struct entry *w = add_entry(d, ENTRY_WITNESSED);
		if (!w)
			return ERR_MEMORY;
		w->as.witnessed.node = heads[i].node;
		w->as.witnessed.incarnation = heads[i].incarnation;
		w->as.witnessed.sequence = heads[i].sequence;
		w->as.witnessed.checkpoint = heads[i].id;
	}
	return e;
}

static enum err draft_all(struct draft *d, struct journal *j, struct err_text *why)
{
	enum err e = index_last_change(&d->last, j->config.index);
	if (!e)
		e = draft_wrote(d, j);
	if (!e)
		e = draft_received(d, j);
	if (!e)
		e = draft_reads(d, j, why);
	if (!e)
		e = draft_disclosed(d, j);
	if (!e)
		e = draft_witnessed(d, j);
	return e;
}

/* Seals J to our own site and to those that read journals, as far as they have not been given it. */
static enum err make_boxes(struct checkpoint *c, struct draft *d, struct journal *j)
{
	const struct charter_entry *const *sites;
	uint32_t site_count;
	enum err e = charter_list(&sites, &site_count, &d->arena, j->config.charter, STATEMENT_SITE);
	struct change_box *boxes = arena_array(&d->arena, CHANGE_BOXES_MAX, sizeof *boxes);
	if (!e && !boxes)
		e = ERR_MEMORY;
	for (uint32_t number = 1; !e; number++) {
		/* The list may name a site more than once; the latest statement is what counts. */
		uint32_t next = 0;
		for (uint32_t i = 0; i < site_count; i++) {
			uint32_t n = sites[i]->statement->as.site.number;
			if (n >= number && (next == 0 || n < next))
				next = n;
		}
		if (next == 0)
			break;
		number = next;
		bool had = false;
		for (uint32_t i = 0; i < j->boxed_count; i++)
			had = had || j->boxed[i] == number;
		const struct charter_entry *site = charter_site(j->config.charter, number);
		if (had || !site || (number != j->config.site && !charter_reads_journals(j->config.charter, number)))
			continue;
		if (c->box_count == CHANGE_BOXES_MAX || j->boxed_count + c->box_count >= JOURNAL_SITES_MAX)
			break;
		struct change_box *box = &boxes[c->box_count];
		struct secret seed = { 0 };
		e = ports_secret(&seed, j->config.ports);
		if (!e)
			e = grant_seal_box(box->box, site->statement->as.site.encryption_key, &seed, &j->key);
		secret_free(&seed);
		box->site = number;
		box->keyno = site->statement->as.site.keyno;
		/* A site whose key cannot take a box is its own loss, never a reason to stop attesting. */
		if (!e)
			c->box_count++;
		else if (e == ERR_CRYPTO)
			e = ERR_OK;
	}
	c->boxes = boxes;
	return e;
}

/* ---- Writing */

/* The piece that takes the next entry of this size. */
static struct piece *piece_for(struct draft *d, size_t *used, size_t size)
{
	struct piece *p = d->piece_count ? &d->pieces[d->piece_count - 1] : NULL;
	if (p && p->count < ENTRIES_COUNT_MAX && *used + size <= ENTRIES_SIZE_MAX - LIST_HEAD_MAX)
		return p;
	struct piece *grown = arena_grow(&d->arena, d->pieces, d->piece_count, &d->piece_size, sizeof *grown);
	if (!grown)
		return NULL;
	d->pieces = grown;
	grown[d->piece_count] = (struct piece){ .first = p ? p->first + p->count : 0, .covers = d->last };
	*used = 0;
	return &grown[d->piece_count++];
}

/* Divides the entries among as many checkpoints as they need. */
static enum err cut(struct draft *d)
{
	struct buf item;
	size_t used = 0, named = 0;
	enum err e = ERR_OK;
	buf_init(&item, ENTRIES_SIZE_MAX);
	for (uint32_t i = 0; i < d->count && !e; i++) {
		buf_reset(&item);
		e = entry_encode(&item, &d->entries[i]);
		struct piece *p = e ? NULL : piece_for(d, &used, item.size);
		if (!e && !p)
			e = ERR_MEMORY;
		if (e)
			break;
		p->count++;
		used += item.size;
		if (d->entries[i].kind != ENTRY_WROTE)
			continue;
		named += d->entries[i].as.wrote.count;
		p->covers = named < d->own_count ? d->own[named - 1].no : d->last;
	}
	if (!e && d->piece_count == 0 && !piece_for(d, &used, 0))
		e = ERR_MEMORY;
	buf_clear(&item);
	return e;
}

/* Seals and signs one checkpoint; `before` is the one that it follows, of this draft, or NULL. */
static enum err make_piece(struct piece *p, struct draft *d, struct journal *j, const struct piece *before,
	struct merkle *tree, const struct secret *key)
{
	struct checkpoint *c = &p->c;
	uint8_t nonce[SEAL_NONCE_SIZE];
	enum err e = ERR_OK;
	buf_init(&p->entries, ENTRIES_BLOB_MAX);
	buf_init(&p->commit, CHECKPOINT_WIRE_MAX);
	c->federation = *charter_federation(j->config.charter);
	c->node = journal_self(j);
	c->incarnation = j->incarnation;
	c->time = ports_now(j->config.ports);
	merkle_head(c->head.b, tree);
	if (before) {
		c->sequence = before->c.sequence + 1;
		c->has_parent = true;
		c->previous = before->id;
		e = store_hash(&c->parent, STORE_COMMIT, buf_bytes(&before->commit));
	} else {
		c->sequence = tree->count;
		c->has_parent = journal_has_head(j);
		c->previous = j->head;
		c->parent = j->head_git;
		e = make_boxes(c, d, j);
	}
	ports_random(j->config.ports, nonce, sizeof nonce);
	if (!e)
		e = entries_seal(&p->entries, key, c, nonce, p->count ? d->entries + p->first : NULL, p->count);
	if (!e) {
		hash_blake2b_256(c->entries.b, buf_bytes(&p->entries));
		e = store_tree_id(&c->tree, buf_bytes(&p->entries));
	}
	if (!e)
		e = checkpoint_sign(&p->commit, c, &j->config.keys->sign);
	if (e)
		return e;
	checkpoint_get_id(&p->id, buf_bytes(&p->commit));
	merkle_add(tree, bytes_of(p->id.b, sizeof p->id.b));
	return ERR_OK;
}

static void note_boxes(struct journal *j, const struct checkpoint *c)
{
	for (uint32_t i = 0; i < c->box_count; i++) {
		uint32_t at = j->boxed_count++;
		for (; at > 0 && j->boxed[at - 1] > c->boxes[i].site; at--)
			j->boxed[at] = j->boxed[at - 1];
		j->boxed[at] = c->boxes[i].site;
	}
}

/* After the store: rows of the index, and the journal's state. */
static enum err record(struct journal *j, struct draft *d, const struct store_checkpoint *written)
{
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < d->piece_count && !e; i++) {
		const struct piece *p = &d->pieces[i];
		struct index_checkpoint row = { .node = p->c.node,
			.incarnation = p->c.incarnation,
			.sequence = p->c.sequence,
			.id = p->id,
			.git = written[i].git,
			.full = true,
			.witnessed = true };
		e = index_add_checkpoint(j->config.index, &row);
		if (!e)
			e = index_cover(j->config.index, p->covers, row.no);
		j->head = row.id;
		j->head_git = row.git;
		j->head_no = row.no;
		j->sequence = row.sequence;
		note_boxes(j, &p->c);
	}
	j->is_open = true;
	if (!e)
		e = index_mark_witnessed(j->config.index);
	if (!e)
		e = index_clear_disclosed(j->config.index);
	return e ? e : journal_save_state(j);
}

/* One transaction of the store, then one of the index. */
static enum err write_pieces(
	struct draft *d, struct journal *j, const struct merkle *tree, struct err_text *why)
{
	struct store_txn txn = { .checkpoint_count = d->piece_count, .time = (int64_t)d->pieces[0].c.time };
	txn.checkpoints = arena_array(&d->arena, d->piece_count, sizeof *txn.checkpoints);
	enum err e = txn.checkpoints ? store_heads(&txn.expect, j->config.store, why) : ERR_MEMORY;
	for (uint32_t i = 0; i < d->piece_count && !e; i++)
		txn.checkpoints[i] = (struct store_checkpoint){ .commit = buf_bytes(&d->pieces[i].commit),
			.entries = buf_bytes(&d->pieces[i].entries),
			.own = true };
	if (!e)
		e = store_write(j->config.store, &txn, why);
	if (!e)
		e = index_begin(j->config.index, why);
	if (e)
		return e;
	struct journal before = *j;
	j->tree = *tree;
	e = record(j, d, txn.checkpoints);
	if (!e)
		e = index_commit(j->config.index, why);
	/* The store is ahead of the index and of this state then: whoever opens the journal next sees it. */
	if (e) {
		index_rollback(j->config.index);
		*j = before;
	}
	return e;
}

enum err journal_write(struct journal *j, const struct journal_fresh *fresh, struct err_text *why)
{
	struct draft d = { 0 };
	struct secret key = { 0 };
	arena_init(&d.arena, CHECKPOINT_MEMORY_MAX);
	/* Reads of an earlier incarnation are sealed under its key: collected before a new one begins. */
	enum err e = draft_all(&d, j, why);
	if (!e)
		e = cut(&d);
	struct journal before = *j;
	if (!e && fresh) {
		j->incarnation = fresh->incarnation;
		j->key = fresh->key;
		merkle_init(&j->tree);
		j->boxed_count = 0;
	}
	struct merkle tree = j->tree;
	if (!e)
		e = entries_key(&key, &j->key);
	for (uint32_t i = 0; i < d.piece_count && !e; i++)
		e = make_piece(&d.pieces[i], &d, j, i ? &d.pieces[i - 1] : NULL, &tree, &key);
	if (!e)
		e = write_pieces(&d, j, &tree, why);
	if (e)
		*j = before;
	else if (fresh)
		secret_free(&before.key);
	for (uint32_t i = 0; i < d.piece_count; i++) {
		buf_clear(&d.pieces[i].entries);
		buf_clear(&d.pieces[i].commit);
	}
	secret_free(&key);
	arena_clear(&d.arena);
	return e ? e : readlog_remove(j, why);
}
