/* A case in memory: finding epoch keys, opening payloads, making the view. */
#include "node/casefile.h"

#include <stdlib.h>
#include <string.h>

static struct casefile_key *find_key(struct casefile *f, uint32_t compartment, const struct change_id *epoch)
{
	for (struct casefile_key *k = f->keys; k; k = k->next)
		if (k->compartment == compartment && change_id_equal(&k->epoch, epoch))
			return k;
	return NULL;
}

/* The entry of an epoch, made when it is new; NULL when memory is out. */
static struct casefile_key *get_key(struct casefile *f, uint32_t compartment, const struct change_id *epoch)
{
	struct casefile_key *k = find_key(f, compartment, epoch);
	if (k)
		return k;
	k = arena_alloc(&f->arena, sizeof *k);
	if (!k)
		return NULL;
	*k = (struct casefile_key){ .next = f->keys, .compartment = compartment, .epoch = *epoch };
	f->keys = k;
	return k;
}

enum err casefile_put_key(struct casefile *f, uint32_t compartment, const struct change_id *epoch,
	const struct secret *key, const struct secret *payload_key)
{
	struct secret both[2];
	struct casefile_key *k = get_key(f, compartment, epoch);
	enum err e = k ? secret_pool_copy(&both[0], &f->secrets, key) : ERR_MEMORY;
	if (!e)
		e = secret_pool_copy(&both[1], &f->secrets, payload_key);
	if (!e) {
		k->key = both[0];
		k->payload_key = both[1];
	}
	return e;
}

/* The blob of a line.  One of another length than the line says is not what it names. */
static enum err read_blob(struct buf *out, struct casefile *f, char letter, const struct change_blob *line)
{
	struct git_id git;
	enum err e = index_find_blob(&git, f->env->index, letter, &line->hash);
	if (!e)
		e = store_read(out, f->env->store, STORE_BLOB, &git, CHANGE_BLOBS_MAX, NULL);
	return e ? e : out->size == line->size ? ERR_OK : ERR_NOT_FOUND;
}

static const struct change_blob *grants_line(const struct change *c, const struct act_grant *g)
{
	for (uint32_t i = 0; i < c->grant_count; i++)
		if (c->grants[i].compartment == g->compartment && c->grants[i].own_epoch == g->own_epoch
			&& (g->own_epoch || change_id_equal(&c->grants[i].epoch, &g->epoch)))
			return &c->grants[i];
	return NULL;
}

/* Opens the key from one grant act: box, grant blob, commitment. */
static enum err key_from_grant(
	struct secret *out, struct casefile *f, const struct epoch *epoch, uint32_t position, uint32_t act)
{
	const struct change *c = f->changes[position].change;
	struct act_grant g;
	struct arena a;
	struct buf blob;
	arena_init(&a, 1 << 20);
	buf_init(&blob, CHANGE_BLOBS_MAX);
	enum err e = act_decode_grant(&g, &a, c->acts[act].args);
	const struct change_blob *line = !e && g.valid ? grants_line(c, &g) : NULL;
	const struct change_box *box = grant_find_box(c, f->env->site);
	const struct box_key *site_key = box ? site_keys_find(f->env->site_keys, box->keyno) : NULL;
	if (!e && (!line || !site_key))
		e = ERR_NOT_FOUND;
	if (!e)
		e = read_blob(&blob, f, 'g', line);
	if (!e)
		e = grant_open(out, c, &g, epoch->commitment, f->env->site, site_key, buf_bytes(&blob));
	buf_clear(&blob);
	arena_clear(&a);
	return e;
}

/* Opens an epoch's key from the grants that give it to this site, the first that holds. */
static enum err open_key(struct casefile *f, const struct epoch *epoch)
{
	const struct grant_context x = { charter_federation(f->env->charter), &f->id, epoch->compartment };
	struct secret key = { 0 }, payload_key = { 0 };
	uint32_t position, act;
	enum err e = ERR_NO_KEY;
	for (uint32_t n = 0; e && epoch_find_grant(f->counted->epochs, epoch, f->env->site, n, &position, &act);
		 n++)
		e = key_from_grant(&key, f, epoch, position, act);
	if (!e)
		e = grant_payload_key(&payload_key, &key, &x);
	if (!e)
		e = casefile_put_key(f, epoch->compartment, &epoch->id, &key, &payload_key);
	secret_free(&key);
	secret_free(&payload_key);
	return e;
}

/* The entry of an epoch with its keys; NULL when they are out of reach. */
static const struct casefile_key *reach_key(struct casefile *f, const struct epoch *epoch)
{
	struct casefile_key *k = get_key(f, epoch->compartment, &epoch->id);
	if (!k || secret_is_set(&k->key))
		return k;
	if (k->seen == f->count || f->env->site_keys->count == 0)
		return NULL;
	k->seen = f->count;
	return open_key(f, epoch) ? NULL : k;
}

const struct secret *casefile_key(struct casefile *f, const struct epoch *epoch)
{
	const struct casefile_key *k = reach_key(f, epoch);
	return k ? &k->key : NULL;
}

const struct secret *casefile_payload_key(struct casefile *f, const struct epoch *epoch)
{
	const struct casefile_key *k = reach_key(f, epoch);
	return k ? &k->payload_key : NULL;
}

/* Copies ops into the casefile's arena, where the view borrows them. */
static struct op *copy_ops(struct casefile *f, const struct op *ops, uint32_t count)
{
	struct op *copy = arena_array(&f->arena, count, sizeof *copy);
	for (uint32_t i = 0; copy && i < count; i++) {
		copy[i] = ops[i];
		copy[i].value.data = arena_copy(&f->arena, ops[i].value.data, ops[i].value.size);
		if (!copy[i].value.data)
			return NULL;
	}
	return copy;
}

/* Says what a payload holds.  Whatever was made of it before is outdated. */
static void put_payload(struct casefile *f, uint32_t position, uint32_t line, enum payload_state state,
	uint32_t role, const struct op *ops, uint32_t count)
{
	count_put_payload(f->counted, position, line, state, role, ops, count);
	f->view = NULL;
	if (position < f->judged_count)
		f->judged = NULL;
}

enum err casefile_put_ops(
	struct casefile *f, uint32_t position, uint32_t line, uint32_t role, const struct op *ops, uint32_t count)
{
	struct op *copy = copy_ops(f, ops, count);
	if (!copy)
		return ERR_MEMORY;
	put_payload(f, position, line, PAYLOAD_OPEN, role, copy, count);
	return ERR_OK;
}

/* Opens one payload and says what became of it. */
static enum err open_line(struct casefile *f, uint32_t position, uint32_t line)
{
	const struct change *c = f->changes[position].change;
	const struct change_blob *p = &c->payloads[line];
	struct buf blob;
	const struct epoch *epoch = epoch_of_line(f->counted->epochs, position, p);
	const struct secret *key = epoch ? casefile_payload_key(f, epoch) : NULL;
	buf_init(&blob, CHANGE_BLOBS_MAX);
	if (!key || read_blob(&blob, f, 'p', p)) {
		f->gaps = true;
		buf_clear(&blob);
		return ERR_OK;
	}
	struct payload payload;
	struct payload_context px = { .federation = &c->federation,
		.case_id = &c->case_id,
		.compartment = p->compartment,
		.commitment = epoch->commitment,
		.officer = &c->officer,
		.parents = c->parents,
		.parent_count = c->parent_count };
	enum err e = payload_open(&payload, &f->arena, key, &px, buf_bytes(&blob));
	if (!e)
		put_payload(f, position, line, payload.valid ? PAYLOAD_OPEN : PAYLOAD_INVALID, payload.role,
			payload.ops, payload.op_count);
	buf_clear(&blob);
	return e;
}

void casefile_retry(struct casefile *f)
{
	if (f->gaps) {
		f->opened = 0;
		f->gaps = false;
	}
	/* A key tried in vain may be here now. */
	for (struct casefile_key *k = f->keys; k; k = k->next)
		k->seen = UINT32_MAX;
}

enum err casefile_open_payloads(struct casefile *f, struct err_text *why)
{
	(void)why;
	/* A grant that came later may open what came before. */
	bool granted = false;
	for (uint32_t i = f->opened; i < f->count; i++)
		granted = granted || f->changes[i].change->grant_count > 0;
	if (granted)
		casefile_retry(f);
	for (; f->opened < f->count; f->opened++) {
		const struct view_change *v = &f->counted->changes[f->opened];
		for (uint32_t line = 0; line < v->payload_count; line++) {
			enum err e = v->payloads[line].state == PAYLOAD_UNKNOWN ? open_line(f, f->opened, line) : ERR_OK;
			if (e)
				return e;
		}
	}
	return ERR_OK;
}

/* Takes in what came since, one by one, as long as it comes last in every order. */
static enum err judge_more(struct casefile *f)
{
	enum err e = ERR_OK;
	for (bool taken = true; f->judged && f->judged_count < f->count && !e;) {
		e = view_judged_next(&taken, f->judged, f->counted->changes);
		f->view = NULL;
		f->judged_count++;
		if (e || !taken)
			f->judged = NULL;
	}
	return e;
}

enum err casefile_judged(const struct view_judged **out, struct casefile *f, struct err_text *why)
{
	*out = NULL;
	enum err e = casefile_open_payloads(f, why);
	if (!e)
		e = judge_more(f);
	if (!e && !f->judged) {
		f->view = NULL;
		arena_clear(&f->judged_arena);
		e = view_judged_make(&f->judged, &f->judged_arena, f->form, f->counted->changes, f->counted->count);
		f->judged_count = f->count;
	}
	if (!e)
		*out = f->judged;
	return e;
}

enum err casefile_view(const struct view **out, struct casefile *f, struct err_text *why)
{
	const struct view_judged *judged;
	*out = NULL;
	enum err e = casefile_judged(&judged, f, why);
	if (!e && !f->view) {
		arena_clear(&f->view_arena);
		e = view_decide(&f->view, &f->view_arena, f->judged);
	}
	if (!e)
		*out = f->view;
	return e;
}
