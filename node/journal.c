/* The journal: opening it, incarnations, checkpoints. */
#include "node/journal_own.h"

#include "base/cbor.h"
#include "base/hash.h"
#include "node/identity.h"

#include <stdlib.h>
#include <string.h>

enum { CHECKPOINT_MEMORY_MAX = 256 * 1024 * 1024 };

enum err journal_open(struct journal **out, const struct journal_config *config, struct err_text *why)
{
	*out = NULL;
	struct journal *j = calloc(1, sizeof *j);
	if (!j)
		return ERR_MEMORY;
	struct store_heads heads;
	j->config = *config;
	buf_init(&j->memory_log, 1 << 26);
	buf_init(&j->disclosed, 1 << 22);
	enum err e = store_heads(&heads, config->store, why);
	if (!e) {
		e = journal_load_state(j);
		bool fits = !e && heads.has_journal && git_id_equal(&heads.journal, &j->head_git);
		if (!fits) {
			j->is_open = false;
			e = heads.has_journal ? journal_rebuild(j, &heads.journal, why) : ERR_OK;
		}
	}
	if (!e && j->is_open) {
		bool same = !config->reborn;
		struct incarnation_id recorded = j->incarnation;
		if (config->home)
			e = identity_check(&same, &recorded, config->home, why);
		j->is_alive = !e && same && incarnation_id_equal(&recorded, &j->incarnation);
	}
	if (!e)
		e = readlog_count_records(j, why);
	if (e) {
		journal_close(j);
		return e;
	}
	*out = j;
	return ERR_OK;
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	secret_free(&j->key);
	buf_wipe(&j->memory_log);
	buf_clear(&j->disclosed);
	free(j);
}

bool journal_is_alive(const struct journal *j)
{
	return j->is_alive;
}

const struct checkpoint_id *journal_head(const struct journal *j)
{
	return j->is_open ? &j->head : NULL;
}

const struct incarnation_id *journal_incarnation(const struct journal *j)
{
	return &j->incarnation;
}

uint64_t journal_sequence(const struct journal *j)
{
	return j->sequence;
}

int64_t journal_head_no(const struct journal *j)
{
	return j->head_no;
}

/* ---- What a checkpoint says */

struct draft { /* the entries of a checkpoint while it is made */
	struct arena arena;
	struct entry *entries;
	uint32_t count, size;
	int64_t last; /* the newest change that it covers */
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

static enum err draft_wrote(struct draft *d, struct journal *j)
{
	struct index_change *rows;
	size_t count;
	enum err e = index_list_uncovered(&rows, &count, j->config.index, &d->arena);
	if (e || count == 0)
		return e;
	struct change_id *ids = arena_array(&d->arena, count, sizeof *ids);
	struct entry *wrote = add_entry(d, ENTRY_WROTE);
	if (!ids || !wrote)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		ids[i] = rows[i].id;
	wrote->as.wrote.changes = ids;
	wrote->as.wrote.count = (uint32_t)count;
	return ERR_OK;
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

static enum err draft_disclosed(struct draft *d, struct journal *j, struct err_text *why)
{
	struct buf list;
	const struct entry *entries = NULL;
	uint32_t count = 0;
	if (j->disclosed_count == 0)
		return ERR_OK;
	buf_init(&list, j->disclosed.size + 16);
	cbor_put_array(&list, j->disclosed_count);
	cbor_put_raw(&list, buf_bytes(&j->disclosed));
	enum err e = buf_err(&list);
	struct bytes plain = { arena_copy(&d->arena, list.data, list.size), list.size };
	if (!e)
		e = plain.data ? entries_decode(&entries, &count, &d->arena, plain, why) : ERR_MEMORY;
	for (uint32_t i = 0; i < count && !e; i++) {
		struct entry *copy = add_entry(d, entries[i].kind);
		if (!copy)
			e = ERR_MEMORY;
		else
			*copy = entries[i];
	}
	buf_clear(&list);
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
		e = draft_disclosed(d, j, why);
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

/* ---- Writing one */

static enum err record(struct journal *j, const struct checkpoint *c, const struct checkpoint_id *id,
	const struct git_id *git, int64_t covered)
{
	struct index_checkpoint row = { .node = c->node,
		.incarnation = c->incarnation,
		.sequence = c->sequence,
		.id = *id,
		.git = *git,
		.full = true,
		.witnessed = true };
	enum err e = index_add_checkpoint(j->config.index, &row);
	if (!e)
		e = index_cover(j->config.index, covered, row.no);
	if (!e)
		e = index_mark_witnessed(j->config.index);
	j->head = *id;
	j->head_git = *git;
	j->head_no = row.no;
	j->sequence = c->sequence;
	merkle_add(&j->tree, bytes_of(id->b, sizeof id->b));
	for (uint32_t i = 0; i < c->box_count; i++) {
		uint32_t at = j->boxed_count++;
		for (; at > 0 && j->boxed[at - 1] > c->boxes[i].site; at--)
			j->boxed[at] = j->boxed[at - 1];
		j->boxed[at] = c->boxes[i].site;
	}
	buf_reset(&j->disclosed);
	j->disclosed_count = 0;
	j->is_open = true;
	return e ? e : journal_save_state(j);
}

/* Signs and stores checkpoint `sequence`, whose entries are in the draft. */
static enum err write_one(struct journal *j, struct draft *d, uint64_t sequence, struct err_text *why)
{
	struct buf entries, commit;
	struct secret key = { 0 };
	struct checkpoint c = { .federation = *charter_federation(j->config.charter),
		.node = journal_self(j),
		.incarnation = j->incarnation,
		.sequence = sequence,
		.time = ports_now(j->config.ports),
		.has_parent = j->is_open };
	struct checkpoint_id id;
	struct store_checkpoint sc = { .own = true };
	struct store_txn txn = { .checkpoints = &sc, .checkpoint_count = 1, .time = (int64_t)c.time };
	uint8_t nonce[SEAL_NONCE_SIZE];
	buf_init(&entries, ENTRIES_BLOB_MAX + 1024);
	buf_init(&commit, CHECKPOINT_WIRE_MAX);
	if (j->is_open) {
		c.parent = j->head_git;
		c.previous = j->head;
	}
	merkle_head(c.head.b, &j->tree);
	ports_random(j->config.ports, nonce, sizeof nonce);
	enum err e = make_boxes(&c, d, j);
	if (!e)
		e = entries_key(&key, &j->key);
	if (!e)
		e = entries_seal(&entries, &key, &c, nonce, d->entries, d->count);
	if (!e) {
		hash_blake2b_256(c.entries.b, buf_bytes(&entries));
		e = store_tree_id(&c.tree, buf_bytes(&entries));
	}
	if (!e)
		e = checkpoint_sign(&commit, &c, &j->config.keys->sign);
	if (!e)
		e = store_heads(&txn.expect, j->config.store, why);
	sc.commit = buf_bytes(&commit);
	sc.entries = buf_bytes(&entries);
	sc.node = c.node;
	sc.incarnation = c.incarnation;
	if (!e)
		e = store_write(j->config.store, &txn, why);
	if (!e) {
		checkpoint_get_id(&id, buf_bytes(&commit));
		e = index_begin(j->config.index, why);
		if (!e)
			e = record(j, &c, &id, &sc.git, d->last);
		if (!e)
			e = index_commit(j->config.index, why);
		if (e)
			index_rollback(j->config.index);
	}
	secret_free(&key);
	buf_clear(&entries);
	buf_clear(&commit);
	return e;
}

enum err journal_checkpoint(struct journal *j, struct err_text *why)
{
	enum err e = journal_ensure(j, why);
	bool news;
	uint64_t pending = 0;
	if (!e)
		e = journal_count_pending(&pending, j);
	if (!e)
		e = journal_has_news(&news, j);
	/* Checkpoint 0 may just have taken everything in. */
	if (e || (!news && pending == 0))
		return e;
	struct draft d = { 0 };
	arena_init(&d.arena, CHECKPOINT_MEMORY_MAX);
	e = draft_all(&d, j, why);
	if (!e)
		e = write_one(j, &d, j->sequence + 1, why);
	if (!e)
		e = readlog_remove(j, why);
	arena_clear(&d.arena);
	return e;
}

enum err journal_ensure(struct journal *j, struct err_text *why)
{
	if (j->is_alive)
		return ERR_OK;
	struct draft d = { 0 };
	struct secret key = { 0 };
	arena_init(&d.arena, CHECKPOINT_MEMORY_MAX);
	/* The reads of the earlier life are sealed under its key, so they are collected first. */
	enum err e = draft_all(&d, j, why);
	if (!e)
		e = ports_secret(&key, j->config.ports);
	if (!e) {
		secret_free(&j->key);
		j->key = key;
		ports_random(j->config.ports, j->incarnation.b, sizeof j->incarnation.b);
		merkle_init(&j->tree);
		j->boxed_count = 0;
		e = write_one(j, &d, 0, why);
	}
	if (!e && j->config.home)
		e = identity_record(j->config.home, &j->incarnation, why);
	if (!e)
		e = readlog_remove(j, why);
	j->is_alive = !e;
	arena_clear(&d.arena);
	return e;
}

enum err journal_has_news(bool *news, struct journal *j)
{
	int64_t last, covered;
	*news = false;
	enum err e = index_last_change(&last, j->config.index);
	if (!e)
		e = index_covered_until(&covered, j->config.index, j->head_no);
	*news = !e && (last > (j->is_open ? covered : 0) || j->disclosed_count > 0);
	return e;
}

enum err journal_count_pending(uint64_t *count, struct journal *j)
{
	int64_t last, covered;
	*count = 0;
	enum err e = index_last_change(&last, j->config.index);
	if (!e)
		e = index_covered_until(&covered, j->config.index, j->head_no);
	if (!e)
		*count = (uint64_t)(last - (j->is_open ? covered : 0)) + j->records;
	return e;
}

enum err journal_disclose(struct journal *j, const struct entry *disclosed)
{
	enum err e = entry_encode(&j->disclosed, disclosed);
	if (e)
		return e;
	j->disclosed_count++;
	return index_put_meta(j->config.index, "disclosed", buf_bytes(&j->disclosed));
}
