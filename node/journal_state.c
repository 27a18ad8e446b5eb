/* The journal's state: kept in the index, rebuilt from the store. */
#include "node/journal_own.h"

#include "base/cbor.h"
#include "base/hash.h"

#include <string.h>

static const char STATE_CONTEXT[] = "dossier journal at rest 1";

/* The journal key rests in the index under a key of the node, so that a node without its site's
 * passphrase goes on attesting. */
static enum err rest_key(struct secret *out, const struct journal *j, const struct incarnation_id *inc)
{
	return secret_derive(out, &j->config.keys->sign.seed, STATE_CONTEXT, bytes_of(inc->b, sizeof inc->b));
}

static enum err put_key(struct buf *out, const struct journal *j)
{
	struct secret key = { 0 };
	struct buf sealed;
	uint8_t nonce[SEAL_NONCE_SIZE];
	buf_init(&sealed, 256);
	ports_random(j->config.ports, nonce, sizeof nonce);
	enum err e = rest_key(&key, j, &j->incarnation);
	if (!e)
		e = seal_make(&sealed, &key, nonce, bytes_of(NULL, 0), bytes_of(j->key.b, SECRET_SIZE), false);
	if (!e)
		cbor_put_bytes(out, buf_bytes(&sealed));
	buf_clear(&sealed);
	secret_free(&key);
	return e;
}

static enum err get_key(struct journal *j, struct bytes sealed)
{
	struct secret key = { 0 };
	struct buf plain;
	buf_init(&plain, 256);
	enum err e = rest_key(&key, j, &j->incarnation);
	if (!e)
		e = seal_open(&plain, &key, bytes_of(NULL, 0), sealed);
	if (!e && plain.size != SECRET_SIZE)
		e = ERR_FORMAT;
	if (!e)
		e = secret_from(&j->key, plain.data);
	buf_wipe(&plain);
	secret_free(&key);
	return e;
}

enum err journal_save_state(struct journal *j)
{
	struct buf b;
	buf_init(&b, JOURNAL_STATE_MAX);
	cbor_put_array(&b, 9);
	cbor_put_bytes(&b, bytes_of(j->incarnation.b, sizeof j->incarnation.b));
	cbor_put_uint(&b, j->sequence);
	cbor_put_bytes(&b, bytes_of(j->head.b, sizeof j->head.b));
	cbor_put_bytes(&b, bytes_of(j->head_git.b, sizeof j->head_git.b));
	cbor_put_uint(&b, (uint64_t)j->head_no);
	cbor_put_uint(&b, j->tree.count);
	cbor_put_bytes(&b, bytes_of(j->tree.roots, sizeof j->tree.roots));
	cbor_put_array(&b, j->boxed_count);
	for (uint32_t i = 0; i < j->boxed_count; i++)
		cbor_put_uint(&b, j->boxed[i]);
	enum err e = put_key(&b, j);
	if (!e)
		e = buf_err(&b);
	if (!e)
		e = index_put_meta(j->config.index, "journal", buf_bytes(&b));
	buf_wipe(&b);
	return e;
}

enum err journal_load_state(struct journal *j)
{
	struct buf b;
	struct cbor c;
	buf_init(&b, JOURNAL_STATE_MAX);
	enum err e = index_get_meta(&b, j->config.index, "journal");
	if (e)
		goto done;
	e = cbor_scan(buf_bytes(&b), &cbor_limits_default, NULL);
	if (e)
		goto done;
	cbor_begin(&c, buf_bytes(&b));
	if (cbor_array(&c, 9) != 9)
		cbor_fail(&c);
	cbor_fixed(&c, j->incarnation.b, sizeof j->incarnation.b);
	j->sequence = cbor_uint(&c, UINT64_MAX);
	cbor_fixed(&c, j->head.b, sizeof j->head.b);
	cbor_fixed(&c, j->head_git.b, sizeof j->head_git.b);
	j->head_no = (int64_t)cbor_uint(&c, INT64_MAX);
	j->tree.count = cbor_uint(&c, UINT64_MAX);
	cbor_fixed(&c, j->tree.roots, sizeof j->tree.roots);
	j->boxed_count = (uint32_t)cbor_array(&c, JOURNAL_SITES_MAX);
	for (uint32_t i = 0; i < j->boxed_count; i++)
		j->boxed[i] = (uint32_t)cbor_uint(&c, UINT32_MAX);
	struct bytes sealed = cbor_bytes(&c);
	e = cbor_end(&c);
	if (!e)
		e = get_key(j, sealed);
	j->is_open = !e;
done:
	buf_wipe(&b);
	return e;
}

/* One checkpoint of the chain while it is walked back. */
struct link {
	struct checkpoint *checkpoint;
	struct checkpoint_id id;
	struct git_id git;
};

static enum err read_link(
	struct link *out, struct journal *j, struct arena *a, const struct git_id *git, struct err_text *why)
{
	struct buf commit;
	buf_init(&commit, CHECKPOINT_WIRE_MAX);
	enum err e = store_read(&commit, j->config.store, STORE_COMMIT, git, CHECKPOINT_WIRE_MAX, why);
	if (!e)
		e = checkpoint_parse_commit(&out->checkpoint, a, buf_bytes(&commit), why);
	if (!e)
		e = checkpoint_verify(out->checkpoint, buf_bytes(&commit));
	if (!e) {
		checkpoint_get_id(&out->id, buf_bytes(&commit));
		out->git = *git;
	}
	buf_clear(&commit);
	return e;
}

static void note_boxes(struct journal *j, const struct checkpoint *c)
{
	for (uint32_t i = 0; i < c->box_count && j->boxed_count < JOURNAL_SITES_MAX; i++) {
		uint32_t at = j->boxed_count;
		while (at > 0 && j->boxed[at - 1] > c->boxes[i].site)
			at--;
		if (at > 0 && j->boxed[at - 1] == c->boxes[i].site)
			continue;
		memmove(&j->boxed[at + 1], &j->boxed[at], (j->boxed_count - at) * sizeof j->boxed[0]);
		j->boxed[at] = c->boxes[i].site;
		j->boxed_count++;
	}
}

/* Takes the links, newest first, in as own checkpoints, oldest first. */
static enum err take_links(struct journal *j, const struct link *links, size_t count)
{
	enum err e = ERR_OK;
	for (size_t i = count; i-- > 0 && !e;) {
		const struct checkpoint *c = links[i].checkpoint;
		struct index_checkpoint row = { .node = c->node,
			.incarnation = c->incarnation,
			.sequence = c->sequence,
			.id = links[i].id,
			.git = links[i].git,
			.full = true,
			.witnessed = true };
		e = index_add_checkpoint(j->config.index, &row);
		if (c->sequence == 0) {
			merkle_init(&j->tree);
			j->boxed_count = 0;
		}
		merkle_add(&j->tree, bytes_of(links[i].id.b, sizeof links[i].id.b));
		note_boxes(j, c);
		j->incarnation = c->incarnation;
		j->sequence = c->sequence;
		j->head = links[i].id;
		j->head_git = links[i].git;
		j->head_no = row.no;
	}
	return e;
}

/* ---- Which own changes the checkpoints name already: each is to be named exactly once. */

enum err journal_read_blob(
	struct buf *out, struct store *store, const struct git_id *tree_id, struct err_text *why)
{
	struct buf tree;
	struct git_id id;
	buf_init(&tree, 256);
	enum err e = store_read(&tree, store, STORE_TREE, tree_id, 256, why);
	if (!e && tree.size < sizeof id.b)
		e = ERR_FORMAT;
	if (!e) {
		/* One entry: mode, name, NUL, and the id of the blob at the end. */
		memcpy(id.b, tree.data + tree.size - sizeof id.b, sizeof id.b);
		e = store_read(out, store, STORE_BLOB, &id, ENTRIES_BLOB_MAX, why);
	}
	buf_clear(&tree);
	return e;
}

enum err journal_read_entries(const struct entry **out, uint32_t *count, struct journal *j, struct arena *a,
	const struct checkpoint *c, const struct secret *journal_key, struct err_text *why)
{
	struct buf blob;
	struct secret key = { 0 };
	*out = NULL;
	*count = 0;
	buf_init(&blob, ENTRIES_BLOB_MAX + 1024);
	enum err e = journal_read_blob(&blob, j->config.store, &c->tree, why);
	if (!e)
		e = entries_key(&key, journal_key);
	if (!e)
		e = entries_open(out, count, a, &key, c, buf_bytes(&blob), why);
	secret_free(&key);
	buf_clear(&blob);
	return e;
}

static enum err cover_link(struct journal *j, struct arena *a, const struct link *l, const struct secret *key)
{
	const struct entry *entries;
	struct index_checkpoint row;
	uint32_t count = 0;
	enum err e = index_find_checkpoint(&row, j->config.index, &l->id);
	if (!e)
		e = journal_read_entries(&entries, &count, j, a, l->checkpoint, key, NULL);
	for (uint32_t i = 0; i < count && !e; i++) {
		if (entries[i].kind != ENTRY_WROTE)
			continue;
		for (uint32_t k = 0; k < entries[i].as.wrote.count && !e; k++) {
			struct index_change change;
			e = index_find_change(&change, j->config.index, &entries[i].as.wrote.changes[k]);
			if (!e)
				e = index_cover_one(j->config.index, change.no, row.no);
			/* Attested but not held: audit says so; it is nothing to cover. */
			if (e == ERR_NOT_FOUND)
				e = ERR_OK;
		}
	}
	return e;
}

static enum err cover_links(struct journal *j, struct arena *a, const struct link *links, size_t count)
{
	struct node_id self = journal_self(j);
	struct secret key = { 0 };
	enum err e = ERR_OK;
	for (size_t i = count; i-- > 0 && !e;) {
		const struct checkpoint *c = links[i].checkpoint;
		if (c->sequence == 0 || !secret_is_set(&key)) {
			secret_free(&key);
			(void)!journal_find_key(&key, j, &self, &c->incarnation, NULL);
		}
		/* Entries that can't be opened here may name any change: better one unnamed than one named twice. */
		if (secret_is_set(&key))
			e = cover_link(j, a, &links[i], &key);
		else
			e = index_cover(j->config.index, INT64_MAX, j->head_no);
	}
	secret_free(&key);
	return e ? e : index_cover_received(j->config.index, j->head_no);
}

/* The chain of own checkpoints, newest first. */
static enum err read_chain(struct link **out, uint32_t *count, struct journal *j, struct arena *a,
	const struct git_id *head, struct err_text *why)
{
	struct link *links = NULL;
	uint32_t size = 0;
	struct git_id at = *head;
	*count = 0;
	for (bool more = true; more;) {
		links = arena_grow(a, links, *count, &size, sizeof *links);
		if (!links)
			return ERR_MEMORY;
		enum err e = read_link(&links[*count], j, a, &at, why);
		if (e)
			return e;
		more = links[*count].checkpoint->has_parent;
		at = links[*count].checkpoint->parent;
		++*count;
	}
	*out = links;
	return ERR_OK;
}

static enum err rebuild(struct journal *j, struct arena *a, const struct git_id *head, struct err_text *why)
{
	struct link *links;
	uint32_t count;
	struct node_id self = journal_self(j);
	enum err e = read_chain(&links, &count, j, a, head, why);
	if (!e)
		e = take_links(j, links, count);
	if (!e)
		e = cover_links(j, a, links, count);
	if (e)
		return e;
	secret_free(&j->key);
	/* Without the site's key J is out of reach: then the next write opens a new incarnation. */
	j->is_open = journal_find_key(&j->key, j, &self, &j->incarnation, NULL) == ERR_OK;
	return j->is_open ? journal_save_state(j) : ERR_OK;
}

enum err journal_rebuild(struct journal *j, const struct git_id *head, struct err_text *why)
{
	struct arena a;
	arena_init(&a, 1 << 30);
	enum err e = index_begin(j->config.index, why);
	if (!e)
		e = rebuild(j, &a, head, why);
	if (!e)
		e = index_commit(j->config.index, why);
	if (e)
		index_rollback(j->config.index);
	arena_clear(&a);
	return e;
}
