/* A case in memory: loading it and taking changes in. */
#include "node/casefile.h"

#include "base/cbor.h"
#include "base/hash.h"
#include "schema/key_map.h"

#include <stdlib.h>
#include <string.h>

enum { CASEFILE_MEMORY_MAX = 1 << 30 };

static struct casefile *make(const struct casefile_env *env, const struct case_id *id)
{
	struct casefile *f = calloc(1, sizeof *f);
	if (!f)
		return NULL;
	f->env = env;
	f->id = *id;
	arena_init(&f->arena, CASEFILE_MEMORY_MAX);
	arena_init(&f->judged_arena, CASEFILE_MEMORY_MAX);
	arena_init(&f->view_arena, CASEFILE_MEMORY_MAX);
	return f;
}

void casefile_free(struct casefile *f)
{
	if (!f)
		return;
	secret_pool_clear(&f->secrets);
	free(f->changes);
	arena_clear(&f->view_arena);
	arena_clear(&f->judged_arena);
	arena_clear(&f->arena);
	free(f);
}

enum err casefile_new(
	struct casefile **out, const struct casefile_env *env, const struct case_id *id, const struct form *form)
{
	*out = NULL;
	struct casefile *f = make(env, id);
	if (!f)
		return ERR_MEMORY;
	f->form = form;
	enum err e = count_make(&f->counted, &f->arena, form, env->charter, NULL, 0);
	if (e)
		casefile_free(f);
	else
		*out = f;
	return e;
}

bool casefile_find(uint32_t *position, const struct casefile *f, const struct change_id *id)
{
	return count_find(position, f->counted, id);
}

static enum err make_room(struct casefile *f)
{
	if (f->count < f->room)
		return ERR_OK;
	uint32_t room = f->room ? f->room * 2 : 16;
	struct casefile_change *grown = realloc(f->changes, room * sizeof *grown);
	if (!grown)
		return ERR_MEMORY;
	f->changes = grown;
	f->room = room;
	return ERR_OK;
}

static void *copy_array(struct arena *a, const void *from, uint32_t count, size_t size)
{
	return count ? arena_copy(a, from, count * size) : arena_alloc(a, 1);
}

/* A deep copy, so that the caller's arena may go. */
static struct change *copy_change(struct arena *a, const struct change *from)
{
	struct change *c = arena_copy(a, from, sizeof *from);
	struct change_act *acts = copy_array(a, from->acts, from->act_count, sizeof *acts);
	if (!c || !acts)
		return NULL;
	c->parents = copy_array(a, from->parents, from->parent_count, sizeof *from->parents);
	c->boxes = copy_array(a, from->boxes, from->box_count, sizeof *from->boxes);
	c->grants = copy_array(a, from->grants, from->grant_count, sizeof *from->grants);
	c->payloads = copy_array(a, from->payloads, from->payload_count, sizeof *from->payloads);
	if (!c->parents || !c->boxes || !c->grants || !c->payloads)
		return NULL;
	for (uint32_t i = 0; i < from->act_count; i++) {
		acts[i].args.data = arena_copy(a, from->acts[i].args.data, from->acts[i].args.size);
		if (!acts[i].args.data)
			return NULL;
	}
	c->acts = acts;
	return c;
}

enum err casefile_add(struct casefile *f, const struct index_change *row, const struct change *change)
{
	struct change *copy = copy_change(&f->arena, change);
	uint32_t *parents = arena_array(&f->arena, change->parent_count, sizeof *parents);
	enum err e = make_room(f);
	if (!copy || !parents)
		e = ERR_MEMORY;
	for (uint32_t i = 0; i < change->parent_count && !e; i++)
		if (!casefile_find(&parents[i], f, &change->parents[i]))
			e = ERR_MISSING;
	if (e)
		return e;
	struct count_change c = { .id = row->id, .change = copy, .parents = parents };
	e = count_add(f->counted, &c);
	if (e)
		return e;
	f->changes[f->count++] =
		(struct casefile_change){ .row = *row, .change = copy, .id = row->id, .git = row->git };
	f->view = NULL;
	return ERR_OK;
}

static enum err read_change(
	struct change **out, struct casefile *f, const struct index_change *row, struct err_text *why)
{
	struct buf commit;
	const struct git_id *parents_git;
	buf_init(&commit, CHANGE_COMMIT_MAX);
	enum err e = store_read(&commit, f->env->store, STORE_COMMIT, &row->git, CHANGE_COMMIT_MAX, why);
	if (!e)
		e = change_parse_commit(out, &parents_git, &f->arena, buf_bytes(&commit), why);
	buf_clear(&commit);
	return e;
}

/* The form is that of the opening; of two openings (a copied key) that of the lower id. */
static enum err find_form(struct casefile *f, struct change *const *changes, const struct index_change *rows,
	size_t count, struct err_text *why)
{
	const struct change *opening = NULL;
	const struct change_id *id = NULL;
	for (size_t i = 0; i < count; i++) {
		if (changes[i]->parent_count == 0 && (!opening || change_id_compare(&rows[i].id, id) < 0)) {
			opening = changes[i];
			id = &rows[i].id;
		}
	}
	if (!opening)
		return err_set(why, ERR_IO, "a case without its opening; `dossier reindex` rebuilds the index");
	return formbook_get(&f->form, f->env->forms, f->env->charter, f->env->store, f->env->index, opening->form,
		opening->form_version, why);
}

/* Takes in one change of the index, whose parents come before it. */
static enum err load_change(struct count_change *out, struct casefile *f, struct key_map *by_id,
	const struct index_change *row, const struct change *change, struct err_text *why)
{
	uint32_t *parents = arena_array(&f->arena, change->parent_count, sizeof *parents);
	enum err e = make_room(f);
	if (!e && (!parents || key_map_make_room(by_id)))
		e = ERR_MEMORY;
	for (uint32_t i = 0; i < change->parent_count && !e; i++) {
		parents[i] = key_map_get(by_id, change->parents[i].b, UINT32_MAX);
		if (parents[i] == UINT32_MAX)
			e = err_set(why, ERR_IO, "a change is indexed before its parent; `dossier reindex` mends it");
	}
	if (e)
		return e;
	key_map_put(by_id, row->id.b, f->count);
	*out = (struct count_change){ .id = row->id, .change = change, .parents = parents };
	f->changes[f->count++] =
		(struct casefile_change){ .row = *row, .change = change, .id = row->id, .git = row->git };
	return ERR_OK;
}

static enum err load(struct casefile *f, struct err_text *why)
{
	struct arena scratch;
	struct index_change *rows;
	size_t count;
	struct key_map by_id;
	arena_init(&scratch, CASEFILE_MEMORY_MAX);
	key_map_init(&by_id, &scratch);
	enum err e = index_list_changes(&rows, &count, f->env->index, &scratch, f->case_no);
	struct change **changes = e ? NULL : arena_array(&scratch, count, sizeof *changes);
	struct count_change *cc = e ? NULL : arena_array(&scratch, count, sizeof *cc);
	if (!e && (!changes || !cc || count > UINT32_MAX / 2))
		e = ERR_MEMORY;
	for (size_t i = 0; i < count && !e; i++)
		e = read_change(&changes[i], f, &rows[i], why);
	if (!e)
		e = find_form(f, changes, rows, count, why);
	for (size_t i = 0; i < count && !e; i++)
		e = load_change(&cc[i], f, &by_id, &rows[i], changes[i], why);
	if (!e)
		e = count_make(&f->counted, &f->arena, f->form, f->env->charter, cc, f->count);
	arena_clear(&scratch);
	return e;
}

enum err casefile_open(
	struct casefile **out, const struct casefile_env *env, const struct index_case *row, struct err_text *why)
{
	*out = NULL;
	struct casefile *f = make(env, &row->id);
	if (!f)
		return ERR_MEMORY;
	f->case_no = row->no;
	enum err e = load(f, why);
	if (e)
		casefile_free(f);
	else
		*out = f;
	return e;
}

enum err casefile_frontier(const uint32_t **out, uint32_t *count, struct casefile *f)
{
	dag_frontier(out, count, f->counted->dag);
	return ERR_OK;
}

enum err casefile_digest(struct hash256 *out, struct casefile *f)
{
	struct buf b;
	struct hash256 charter;
	const uint32_t *frontier;
	uint32_t count;
	buf_init(&b, 1 << 24);
	enum err e = casefile_frontier(&frontier, &count, f);
	if (!e)
		e = charter_digest(&charter, f->env->charter);
	if (!e) {
		cbor_put_array(&b, 5);
		cbor_put_text(&b, bytes_text("dossier view 1"));
		cbor_put_array(&b, count);
		for (uint32_t i = 0; i < count; i++)
			cbor_put_bytes(&b, bytes_of(f->changes[frontier[i]].id.b, sizeof f->changes[0].id.b));
		cbor_put_bytes(&b, bytes_of(charter.b, sizeof charter.b));
		cbor_put_bytes(&b, bytes_of(f->form->hash.b, sizeof f->form->hash.b));
		cbor_put_uint(&b, f->view ? f->view->unknown : 0);
		e = buf_err(&b);
	}
	if (!e)
		hash_blake2b_256(out->b, buf_bytes(&b));
	buf_clear(&b);
	return e;
}
