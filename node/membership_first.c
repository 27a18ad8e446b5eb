/* The first statements of a store: judged in memory, written as one transaction. */
#include "node/membership_own.h"

#include "base/hash.h"
#include "node/flock.h"
#include "node/store_git.h"

enum { FIRST_MEMORY_MAX = 256 << 20 };

enum err first_init(struct first *f, const struct federation_id *federation)
{
	*f = (struct first){ 0 };
	arena_init(&f->arena, FIRST_MEMORY_MAX);
	return charter_new(&f->charter, federation);
}

void first_clear(struct first *f)
{
	charter_free(f->charter);
	arena_clear(&f->arena);
	f->charter = NULL;
}

/* Blobs are named by the hash of their bytes, statements too: an id leaves the signatures out. */
static enum err add_blob(struct first *f, char letter, struct bytes data)
{
	struct store_blob *blobs = arena_grow(&f->arena, f->blobs, f->count, &f->room, sizeof *blobs);
	if (!blobs)
		return ERR_MEMORY;
	f->blobs = blobs;
	uint8_t *copy = arena_copy(&f->arena, data.data, data.size);
	if (!copy)
		return ERR_MEMORY;
	struct store_blob *b = &blobs[f->count++];
	*b = (struct store_blob){ .prefix = letter, .data = bytes_of(copy, data.size) };
	hash_blake2b_256(b->hash.b, b->data);
	return ERR_OK;
}

enum err first_add_form(struct first *f, struct bytes file)
{
	return add_blob(f, 'f', file);
}

/* Admits a blob; `*entry` is what became of it. */
static enum err admit(
	const struct charter_entry **entry, struct first *f, struct bytes blob, struct err_text *why)
{
	struct charter_admission a;
	*entry = NULL;
	enum err e = charter_admit(&a, f->charter, blob, why);
	if (e)
		return e;
	if (a.verdict == CHARTER_WAITS)
		return err_set(why, ERR_REFUSED, "a statement names one that is not here");
	if (a.verdict == CHARTER_REFUSED)
		return ERR_REFUSED; /* `why` is set */
	*entry = a.entry;
	return a.verdict == CHARTER_KNOWN ? ERR_OK : add_blob(f, 's', blob);
}

enum err first_take(struct first *f, struct bytes blob, struct err_text *why)
{
	const struct charter_entry *entry;
	return admit(&entry, f, blob, why);
}

/* Where the next statement of the root chain stands. */
static void chain_up(struct statement *s, const struct charter *c)
{
	const struct charter_entry *tip = charter_chain_tip(c, NULL);
	if (!tip)
		return; /* the very first */
	s->federation = *charter_federation(c);
	s->position = tip->statement->position + 1;
	s->previous = tip->statement->id;
	s->superior = charter_root_keys(c)->statement->id;
}

enum err first_state(struct statement_id *id, struct first *f, struct statement *s,
	const struct sign_key *root, struct err_text *why)
{
	struct statement_signatures signatures = { .count = 0 };
	const struct charter_entry *entry = NULL;
	struct buf body, blob;
	buf_init(&body, STATEMENT_BLOB_MAX);
	buf_init(&blob, STATEMENT_BLOB_MAX);
	chain_up(s, f->charter);
	enum err e = statement_encode_body(&body, s, why);
	if (!e)
		e = statement_sign(&signatures, buf_bytes(&body), root);
	if (!e)
		e = statement_encode_blob(&blob, buf_bytes(&body), &signatures);
	if (!e)
		e = admit(&entry, f, buf_bytes(&blob), why);
	if (!e && entry->standing != CHARTER_COUNTS)
		e = err_set(why, ERR_REFUSED, "statement %s would not count: %s", statement_name(s->code),
			charter_standing_name(entry->standing));
	if (!e)
		*id = entry->statement->id;
	buf_clear(&body);
	buf_clear(&blob);
	return e;
}

/* The store must be empty: another federation's statements would be lost among ours. */
static enum err write_all(
	struct first *f, struct store *store, const char *home, const struct ports *ports, struct err_text *why)
{
	struct store_txn t = { .blobs = f->blobs, .blob_count = f->count, .time = (int64_t)ports_now(ports) };
	enum err e = store_heads(&t.expect, store, why);
	if (!e && t.expect.has_store)
		e = err_set(why, ERR_EXISTS, "%s has joined a federation already", home);
	return e ? e : store_write(store, &t, why);
}

enum err first_write(struct first *f, const char *home, const struct ports *ports, struct err_text *why)
{
	struct home_lock lock = { -1 };
	struct store *store;
	enum err e = store_git_open(&store, home, why);
	if (e)
		return e;
	e = flock_take(&lock, home, FLOCK_WAIT_MS, "dossier membership", why);
	if (!e)
		e = write_all(f, store, home, ports, why);
	flock_release(&lock);
	store_close(store);
	return e;
}
