/* The replica: opening a home, its parts, its lock. */
#include "node/replica_own.h"

#include "node/fs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static char *copy_text(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = malloc(size);
	if (copy)
		memcpy(copy, text, size);
	return copy;
}

static enum err open_store(struct replica *r, struct replica_config *config, struct err_text *why)
{
	r->store = config->store;
	config->store = NULL;
	if (r->store)
		return ERR_OK;
	return r->home ? store_git_open(&r->store, r->home, why) : store_mem_new(&r->store);
}

/* The index is made when it is not there, or is of no use; by one process, not by two at once. */
static enum err open_index(struct replica *r, struct err_text *why)
{
	char path[FS_PATH_MAX];
	bool fresh;
	if (!r->home)
		return index_open(&r->index, NULL, &fresh, why);
	enum err e = fs_path(path, "%s/index.db", r->home);
	if (!e)
		e = flock_take(&r->lock, r->home, FLOCK_WAIT_MS, r->who, why);
	if (!e)
		e = index_open(&r->index, path, &fresh, why);
	flock_release(&r->lock);
	return e;
}

static void take_keys(struct replica *r, struct replica_config *config)
{
	r->keys = *config->keys;
	*config->keys = (struct node_keys){ 0 };
	if (config->site_keys) {
		r->site_keys = *config->site_keys;
		*config->site_keys = (struct site_keys){ 0 };
	}
	memcpy(r->node.b, r->keys.sign.public_key, sizeof r->node.b);
	r->ports = config->ports;
	r->reborn = config->reborn;
}

static enum err look_around(struct replica *r, struct err_text *why)
{
	r->env = (struct casefile_env){
		.store = r->store, .index = r->index, .forms = r->forms, .site_keys = &r->site_keys
	};
	enum err e = replica_lock(r, why);
	if (e)
		return e;
	/* replica_lock looks at the heads and finds everything new: charter, index, journal. */
	if (!charter_first(r->charter))
		e = err_set(
			why, ERR_NOT_FOUND, "this home belongs to no federation yet; `dossier join` or `dossier found`");
	replica_unlock(r);
	return e;
}

/* Forgets all that came from the index, and the index. */
static void close_index(struct replica *r)
{
	replica_drop_cases(r);
	journal_close(r->journal);
	charter_free(r->charter);
	index_close(r->index);
	r->journal = NULL;
	r->charter = NULL;
	r->index = NULL;
	r->statements_until = 0;
}

static enum err open_parts(struct replica *r, struct err_text *why)
{
	enum err e = charter_new(&r->charter, NULL);
	if (!e)
		e = open_index(r, why);
	return e ? e : look_around(r, why);
}

enum err replica_open(struct replica **out, struct replica_config *config, struct err_text *why)
{
	*out = NULL;
	struct replica *r = calloc(1, sizeof *r);
	if (!r)
		return ERR_MEMORY;
	r->lock.fd = -1;
	enum err e = ERR_OK;
	if (config->home)
		r->home = copy_text(config->home);
	r->who = copy_text(config->who ? config->who : "dossier");
	if ((config->home && !r->home) || !r->who)
		e = ERR_MEMORY;
	take_keys(r, config);
	if (!e)
		e = open_store(r, config, why);
	if (!e)
		e = formbook_new(&r->forms);
	if (!e)
		e = open_parts(r, why);
	/* Closed, a damaged index is removed, and what matters of it is in the store too. */
	if (e && r->index && index_is_damaged(r->index)) {
		close_index(r);
		e = open_parts(r, why);
	}
	if (e)
		replica_close(r);
	else
		*out = r;
	return e;
}

void replica_close(struct replica *r)
{
	if (!r)
		return;
	assert(r->lock_depth == 0);
	close_index(r);
	formbook_free(r->forms);
	store_close(r->store);
	node_keys_clear(&r->keys);
	site_keys_clear(&r->site_keys);
	free(r->home);
	free(r->who);
	free(r);
}

void replica_note_journal(struct replica *r)
{
	const struct git_id *head = r->journal ? journal_head_git(r->journal) : NULL;
	if (!head)
		return;
	r->heads.has_journal = true;
	r->heads.journal = *head;
}

/* True when the store's heads are not those that were seen last. */
static enum err heads_moved(bool *moved, struct replica *r, struct err_text *why)
{
	struct store_heads now;
	enum err e = store_heads(&now, r->store, why);
	replica_note_journal(r);
	*moved = !e
		&& (!r->journal || now.has_store != r->heads.has_store || now.has_journal != r->heads.has_journal
			|| !git_id_equal(&now.store, &r->heads.store) || !git_id_equal(&now.journal, &r->heads.journal));
	if (*moved)
		r->heads = now;
	return e;
}

/* Takes in what is new in the store: charter, index, journal.  Cases are read again when asked for. */
static enum err take_in(struct replica *r, struct err_text *why)
{
	enum err e = replica_catch_up(r, why);
	if (!e)
		e = replica_load_charter(r, why);
	if (!e)
		e = replica_open_journal(r, why);
	replica_drop_cases(r);
	return e;
}

enum err replica_lock(struct replica *r, struct err_text *why)
{
	if (r->lock_depth++ > 0)
		return ERR_OK;
	enum err e = r->home ? flock_take(&r->lock, r->home, FLOCK_WAIT_MS, r->who, why) : ERR_OK;
	bool moved = false;
	if (!e)
		e = heads_moved(&moved, r, why);
	if (!e && moved)
		e = take_in(r, why);
	if (e) {
		replica_unlock(r);
		/* What was seen may be half: look again next time. */
		r->heads = (struct store_heads){ 0 };
	}
	return e;
}

void replica_unlock(struct replica *r)
{
	assert(r->lock_depth > 0);
	if (--r->lock_depth > 0)
		return;
	replica_note_journal(r);
	if (r->home)
		flock_release(&r->lock);
}

enum err replica_refresh(bool *changed, struct replica *r, struct err_text *why)
{
	struct store_heads before = r->heads;
	*changed = false;
	enum err e = replica_lock(r, why);
	if (e)
		return e;
	*changed = memcmp(&before, &r->heads, sizeof before) != 0;
	replica_unlock(r);
	return ERR_OK;
}

const struct charter *replica_charter(const struct replica *r)
{
	return r->charter;
}

struct index *replica_index(struct replica *r)
{
	return r->index;
}

struct store *replica_store(struct replica *r)
{
	return r->store;
}

struct journal *replica_journal(struct replica *r)
{
	return r->journal;
}

const struct ports *replica_ports(const struct replica *r)
{
	return &r->ports;
}

const struct box_key *replica_transport(const struct replica *r)
{
	return &r->keys.transport;
}

const struct site_keys *replica_site_keys(const struct replica *r)
{
	return &r->site_keys;
}

const struct node_id *replica_node(const struct replica *r)
{
	return &r->node;
}

uint32_t replica_site(const struct replica *r)
{
	return r->site;
}

const char *replica_home(const struct replica *r)
{
	return r->home;
}

bool replica_is_locked(const struct replica *r)
{
	return r->site_keys.count == 0;
}

enum err replica_form(
	const struct form **out, struct replica *r, uint32_t number, uint32_t version, struct err_text *why)
{
	return formbook_get(out, r->forms, r->charter, r->store, r->index, number, version, why);
}

enum err replica_form_named(
	const struct form **out, struct replica *r, const char *name, struct err_text *why)
{
	return formbook_get_named(out, r->forms, r->charter, r->store, r->index, name, why);
}
