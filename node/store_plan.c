/* What a transaction comes down to: objects and moving refs. */
#include "node/gittext.h"
#include "node/store_body.h"

#include <assert.h>
#include <stdlib.h>

/* Texts that the plan makes itself: a name line per blob, a parent line per tip, with much room. */
enum { ARENA_MAX = STORE_TXN_MAX };

static const char entries_name[] = "entries";

static enum err no_memory(struct err_text *why)
{
	return err_set(why, ERR_MEMORY, "no memory for this transaction");
}

static enum err add_object(const struct git_id *id, struct store_plan *p, enum store_kind kind,
	struct bytes data, struct err_text *why)
{
	assert(p->object_count < p->object_room);
	if (data.size > STORE_OBJECT_MAX)
		return err_set(why, ERR_LIMIT, "an object of %zu bytes is too large for the store", data.size);
	p->objects[p->object_count++] = (struct store_object){ .kind = kind, .id = *id, .data = data };
	return ERR_OK;
}

enum err store_plan_add(struct git_id *id, struct store_plan *p, enum store_kind kind, struct bytes data,
	struct err_text *why)
{
	enum err e = store_hash(id, kind, data);
	if (e)
		return err_set(why, e, "an object was made to collide under SHA-1; it is refused");
	return add_object(id, p, kind, data, why);
}

/* As add_object, for a text that was just built in a buffer. */
enum err store_plan_add_text(struct git_id *id, struct store_plan *p, enum store_kind kind,
	const struct buf *text, struct err_text *why)
{
	const void *copy = buf_err(text) ? NULL : arena_copy(&p->arena, text->data, text->size);
	if (!copy)
		return no_memory(why);
	return store_plan_add(id, p, kind, bytes_of(copy, text->size), why);
}

/* ---- Room */

static size_t divide_up(size_t n, size_t by)
{
	return n / by + (n % by != 0);
}

static bool add_size(uint64_t *sum, size_t size)
{
	return !__builtin_add_overflow(*sum, size, sum) && *sum <= STORE_TXN_MAX;
}

static enum err check_size(const struct store_txn *t, struct err_text *why)
{
	uint64_t sum = 0;
	bool fits = true;
	for (size_t i = 0; fits && i < t->blob_count; i++)
		fits = add_size(&sum, t->blobs[i].data.size);
	for (size_t i = 0; fits && i < t->change_count; i++)
		fits = add_size(&sum, t->changes[i].commit.size);
	for (size_t i = 0; fits && i < t->checkpoint_count; i++)
		fits = add_size(&sum, t->checkpoints[i].commit.size)
			&& add_size(&sum, t->checkpoints[i].entries.size);
	/* A blob without bytes costs its name all the same. */
	size_t count = t->blob_count + t->change_count + t->checkpoint_count;
	return fits && count < STORE_TXN_MAX / 256 ? ERR_OK
		: err_set(why, ERR_LIMIT, "a transaction of more than %d bytes; split it", STORE_TXN_MAX);
}

static enum err make_room(struct store_plan *p, const struct store_txn *t, struct err_text *why)
{
	size_t chain = 2 + divide_up(t->change_count, STORE_TIPS_MAX)
		+ divide_up(t->blob_count, STORE_BLOBS_MAX);
	p->object_room = t->blob_count + t->change_count + 3 * t->checkpoint_count + 2 * chain;
	p->move_room = t->checkpoint_count + 1;
	p->objects = arena_array(&p->arena, p->object_room, sizeof *p->objects);
	p->moves = arena_array(&p->arena, p->move_room, sizeof *p->moves);
	return p->objects && p->moves ? ERR_OK : no_memory(why);
}

/* ---- What the caller brings */

static enum err add_blobs(struct store_plan *p, struct store_txn *t, struct err_text *why)
{
	enum err e = ERR_OK;
	for (size_t i = 0; !e && i < t->blob_count; i++)
		e = store_plan_add(&t->blobs[i].git, p, STORE_BLOB, t->blobs[i].data, why);
	return e;
}

static enum err add_changes(struct store_plan *p, struct store_txn *t, struct err_text *why)
{
	struct gittext_commit text;
	for (size_t i = 0; i < t->change_count; i++) {
		struct store_change *c = &t->changes[i];
		/* A tree that is not held would break every clone of the store. */
		if (gittext_parse(&text, c->commit) || !git_id_equal(&text.tree, &store_empty_tree))
			return err_set(why, ERR_FORMAT, "change %zu is no commit of the empty tree", i);
		enum err e = git_id_is_zero(&c->git) ? store_plan_add(&c->git, p, STORE_COMMIT, c->commit, why)
											 : add_object(&c->git, p, STORE_COMMIT, c->commit, why);
		if (e)
			return e;
	}
	return ERR_OK;
}

static enum err add_checkpoint(struct store_plan *p, struct store_checkpoint *c, struct err_text *why)
{
	struct gittext_commit text;
	struct git_id blob, tree;
	struct buf tree_text;
	if (gittext_parse(&text, c->commit) || gittext_parent_count(&text) > 1)
		return err_set(why, ERR_FORMAT, "a checkpoint is no commit with at most one parent");
	buf_init(&tree_text, 256);
	enum err e = store_plan_add(&blob, p, STORE_BLOB, c->entries, why);
	if (!e) {
		gittext_tree_put(&tree_text, bytes_text(entries_name), &blob);
		e = store_plan_add_text(&tree, p, STORE_TREE, &tree_text, why);
	}
	buf_clear(&tree_text);
	if (!e && !git_id_equal(&tree, &text.tree))
		e = err_set(why, ERR_FORMAT, "a checkpoint's tree is not that of its entries");
	return e ? e : store_plan_add(&c->git, p, STORE_COMMIT, c->commit, why);
}

/* ---- Doubles and tips */

static int compare_objects(const void *a, const void *b)
{
	const struct store_object *x = *(struct store_object *const *)a, *y = *(struct store_object *const *)b;
	int order = git_id_compare(&x->id, &y->id);
	return order ? order : (x > y) - (x < y); /* both of one array: the earlier comes first */
}

/* Sorts what is there so far by id, and marks what comes twice: a pack holds an object once. */
static enum err find_doubles(struct store_plan *p, struct err_text *why)
{
	size_t count = p->object_count;
	struct store_object **by_id = arena_array(&p->arena, count, sizeof(struct store_object *));
	if (!by_id)
		return no_memory(why);
	for (size_t i = 0; i < count; i++)
		by_id[i] = &p->objects[i];
	if (count)
		qsort(by_id, count, sizeof *by_id, compare_objects);
	for (size_t i = 1; i < count; i++)
		by_id[i]->again = git_id_equal(&by_id[i]->id, &by_id[i - 1]->id);
	p->by_id = by_id;
	p->by_id_count = count;
	return ERR_OK;
}

struct store_object *store_plan_find(const struct store_plan *p, const struct git_id *id)
{
	size_t low = 0, high = p->by_id_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (git_id_compare(&p->by_id[middle]->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->by_id_count && git_id_equal(&p->by_id[low]->id, id) ? p->by_id[low] : NULL;
}

/* ---- Moving refs */

static struct store_move *add_move(struct store_plan *p, enum store_ref ref)
{
	assert(p->move_count < p->move_room);
	p->moves[p->move_count].ref = ref;
	return &p->moves[p->move_count++];
}

/* The move of a checkpoint's journal, made at its first checkpoint. */
static enum err find_move(struct store_move **out, struct store_plan *p, struct store *s,
	const struct store_txn *t, const struct store_checkpoint *c, struct err_text *why)
{
	enum store_ref ref = c->own ? STORE_REF_OWN : STORE_REF_FOREIGN;
	for (size_t i = p->move_count; i-- > 0;) {
		struct store_move *m = &p->moves[i];
		*out = m;
		if (m->ref == ref && (c->own || (node_id_equal(&m->node, &c->node)
			&& incarnation_id_equal(&m->incarnation, &c->incarnation))))
			return ERR_OK;
	}
	struct store_move *m = *out = add_move(p, ref);
	if (c->own) {
		m->has_old = t->expect.has_journal;
		m->old = t->expect.journal;
	} else {
		m->node = c->node;
		m->incarnation = c->incarnation;
		enum err e = s->body->journal_find(&m->old, s, &c->node, &c->incarnation, why);
		if (e && e != ERR_NOT_FOUND)
			return e;
		m->has_old = !e;
	}
	/* Brought again from further back: the chain must then come past the present head. */
	m->replays = m->has_old && store_plan_find(p, &m->old);
	if (!m->replays)
		m->head = m->old;
	return ERR_OK;
}

static enum err not_following(struct err_text *why)
{
	return err_set(why, ERR_CONFLICT, "a checkpoint does not follow the head of its journal");
}

/* A journal only grows: each checkpoint follows the head before it, or its history would be lost. */
static enum err move_journal(struct store_plan *p, struct store *s, const struct store_txn *t,
	const struct store_checkpoint *c, struct err_text *why)
{
	struct store_move *m = NULL;
	struct gittext_commit text;
	enum err e = find_move(&m, p, s, t, c, why);
	if (e || git_id_equal(&m->head, &c->git))
		return e;
	e = gittext_parse(&text, c->commit);
	assert(!e); /* add_checkpoint read it before */
	struct git_id parent = { 0 };
	if (gittext_parent_count(&text) == 1)
		parent = gittext_parent(&text, 0);
	if (!git_id_is_zero(&m->head) && !git_id_equal(&parent, &m->head))
		return not_following(why);
	m->head = c->git;
	m->replays = m->replays && !git_id_equal(&m->head, &m->old);
	return ERR_OK;
}

/* The store first, which commits; then the journals of others, which the own one may attest. */
static enum err add_moves(struct store_plan *p, struct store *s, struct store_txn *t, struct err_text *why)
{
	enum err e = ERR_OK;
	t->heads = t->expect;
	if (t->blob_count || t->change_count) {
		struct store_move *m = add_move(p, STORE_REF_STORE);
		m->has_old = t->expect.has_store;
		m->old = t->expect.store;
		e = store_plan_chain(&m->head, p, s, t, why);
		t->heads.has_store = true;
		t->heads.store = m->head;
	}
	for (int own = 0; own <= 1; own++)
		for (size_t i = 0; !e && i < t->checkpoint_count; i++)
			if (t->checkpoints[i].own == (own == 1))
				e = move_journal(p, s, t, &t->checkpoints[i], why);
	size_t kept = 0;
	for (size_t i = 0; !e && i < p->move_count; i++) {
		if (p->moves[i].replays)
			return not_following(why);
		if (p->moves[i].ref == STORE_REF_OWN) {
			t->heads.has_journal = true;
			t->heads.journal = p->moves[i].head;
		}
		/* A head that stays says that all of this is there already. */
		if (!p->moves[i].has_old || !git_id_equal(&p->moves[i].old, &p->moves[i].head))
			p->moves[kept++] = p->moves[i];
	}
	p->move_count = kept;
	return e;
}

static enum err compare_heads(struct store *s, const struct store_txn *t, struct err_text *why)
{
	struct store_heads now;
	const struct store_heads *then = &t->expect;
	enum err e = s->body->heads(&now, s, why);
	if (!e && (now.has_store != then->has_store || now.has_journal != then->has_journal
		|| (now.has_store && !git_id_equal(&now.store, &then->store))
		|| (now.has_journal && !git_id_equal(&now.journal, &then->journal))))
		e = err_set(why, ERR_CONFLICT, "the store was moved by another process; read again and retry");
	return e;
}

enum err store_plan_make(struct store_plan *p, struct store *s, struct store_txn *t, struct err_text *why)
{
	*p = (struct store_plan){ 0 };
	arena_init(&p->arena, ARENA_MAX);
	enum err e = check_size(t, why);
	if (!e)
		e = compare_heads(s, t, why);
	if (!e)
		e = make_room(p, t, why);
	if (!e)
		e = add_blobs(p, t, why);
	if (!e)
		e = add_changes(p, t, why);
	for (size_t i = 0; !e && i < t->checkpoint_count; i++)
		e = add_checkpoint(p, &t->checkpoints[i], why);
	if (!e)
		e = find_doubles(p, why);
	if (!e)
		e = add_moves(p, s, t, why);
	return e;
}

void store_plan_clear(struct store_plan *p)
{
	arena_clear(&p->arena);
	*p = (struct store_plan){ 0 };
}
