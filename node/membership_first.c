/* The first statements of a store: judged in memory, written as one transaction. */
#include "node/membership_own.h"

#include "node/bootstrap.h"
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

static enum err add(struct first *f, struct first_list *l, struct bytes data)
{
	struct bytes *list = arena_grow(&f->arena, l->list, l->count, &l->room, sizeof *list);
	if (!list)
		return ERR_MEMORY;
	l->list = list;
	list[l->count] = bytes_of(arena_copy(&f->arena, data.data, data.size), data.size);
	if (!list[l->count].data)
		return ERR_MEMORY;
	l->count++;
	return ERR_OK;
}

enum err first_add_form(struct first *f, struct bytes file)
{
	return add(f, &f->forms, file);
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
	return a.verdict == CHARTER_KNOWN ? ERR_OK : add(f, &f->statements, blob);
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

enum err first_write(struct first *f, const char *home, const struct ports *ports, struct err_text *why)
{
	struct home_lock lock = { -1 };
	struct store *store = NULL;
	enum err e = store_git_open(&store, home, why);
	if (!e)
		e = flock_take(&lock, home, FLOCK_WAIT_MS, "dossier membership", why);
	if (!e)
		e = bootstrap_store(store, f->statements.list, f->statements.count, f->forms.list, f->forms.count,
			(int64_t)ports_now(ports), why);
	if (e == ERR_EXISTS)
		err_set(why, e, "%s has joined a federation already", home);
	flock_release(&lock);
	store_close(store);
	return e;
}
