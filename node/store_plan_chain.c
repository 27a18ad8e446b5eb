/* The store commits of a transaction: which changes are tips, which blobs go into which tree. */
#include "node/store_body.h"
#include "node/store_chain.h"

#include <assert.h>
#include <stdlib.h>

static enum err no_memory(struct err_text *why)
{
	return err_set(why, ERR_MEMORY, "no memory for this transaction");
}

static void mark_parents(struct store_plan *p, const struct store_change *c)
{
	struct gittext_commit text;
	enum err e = gittext_parse(&text, c->commit);
	assert(!e); /* add_changes read it before */
	for (size_t i = 0; i < gittext_parent_count(&text); i++) {
		struct git_id parent = gittext_parent(&text, i);
		struct store_object *o = store_plan_find(p, &parent);
		if (o)
			o->is_parent = true;
	}
}

/* The changes that no other one here has as a parent.  Those are all that a store commit must name:
 * the others are reached from them. */
static enum err find_tips(struct git_id **tips, size_t *tip_count, struct store_plan *p,
	const struct store_txn *t, struct err_text *why)
{
	*tips = arena_array(&p->arena, t->change_count, sizeof **tips);
	if (!*tips)
		return no_memory(why);
	for (size_t i = 0; i < t->change_count; i++)
		mark_parents(p, &t->changes[i]);
	const struct store_object *changes = p->objects + t->blob_count;
	for (size_t i = 0; i < t->change_count; i++)
		if (!changes[i].again && !changes[i].is_parent)
			(*tips)[(*tip_count)++] = changes[i].id;
	return ERR_OK;
}

static int compare_blobs(const void *a, const void *b)
{
	const struct store_blob *x = *(struct store_blob *const *)a, *y = *(struct store_blob *const *)b;
	int order = (x->prefix > y->prefix) - (x->prefix < y->prefix);
	return order ? order : hash256_compare(&x->hash, &y->hash);
}

/* The blobs by name, each name once. */
static enum err sort_blobs(struct store_blob ***sorted, size_t *count, struct store_plan *p,
	const struct store_txn *t, struct err_text *why)
{
	struct store_blob **list = arena_array(&p->arena, t->blob_count, sizeof(struct store_blob *));
	if (!list)
		return no_memory(why);
	for (size_t i = 0; i < t->blob_count; i++)
		list[i] = &t->blobs[i];
	if (t->blob_count)
		qsort(list, t->blob_count, sizeof *list, compare_blobs);
	for (size_t i = 0; i < t->blob_count; i++)
		if (*count == 0 || compare_blobs(&list[*count - 1], &list[i]) != 0)
			list[(*count)++] = list[i];
	*sorted = list;
	return ERR_OK;
}

static enum err add_chain_commit(struct git_id *head, struct store_plan *p, const struct chain_commit *c,
	struct err_text *why)
{
	struct buf text;
	buf_init(&text, CHAIN_COMMIT_MAX);
	chain_put(&text, c);
	enum err e = store_plan_add_text(head, p, STORE_COMMIT, &text, why);
	buf_clear(&text);
	return e;
}

static enum err add_chain_tree(struct git_id *tree, struct store_plan *p, struct store_blob **blobs,
	size_t count, struct err_text *why)
{
	char name[CHAIN_NAME];
	struct buf text;
	buf_init(&text, STORE_OBJECT_MAX);
	for (size_t i = 0; i < count; i++) {
		chain_name(name, blobs[i]->prefix, &blobs[i]->hash);
		gittext_tree_put(&text, bytes_of(name, sizeof name), &blobs[i]->git);
	}
	enum err e = store_plan_add_text(tree, p, STORE_TREE, &text, why);
	buf_clear(&text);
	return e;
}

/* The place in the chain that this transaction continues: after the head, or after a commit 0 that is
 * made now.  That one keeps the empty tree reachable, which every change has as its tree. */
static enum err begin_chain(struct chain_commit *c, struct store_plan *p, struct store *s,
	const struct store_txn *t, struct err_text *why)
{
	struct gittext_commit parsed;
	struct chain_commit last = { 0 };
	struct git_id tree;
	struct buf text;
	*c = (struct chain_commit){ .tree = store_empty_tree, .time = t->time };
	if (!t->expect.has_store) {
		enum err e = store_plan_add(&tree, p, STORE_TREE, bytes_of(NULL, 0), why);
		return e ? e : add_chain_commit(&c->previous, p, c, why);
	}
	buf_init(&text, CHAIN_COMMIT_MAX);
	enum err e = s->body->read(&text, s, STORE_COMMIT, &t->expect.store, CHAIN_COMMIT_MAX, why);
	if (!e && chain_parse(&last, &parsed, buf_bytes(&text)))
		e = err_set(why, ERR_IO, "the head of the store is no store commit; restore it from a backup");
	buf_clear(&text);
	c->previous = t->expect.store;
	c->number = last.number;
	return e;
}

/* One commit per STORE_TIPS_MAX tips and STORE_BLOBS_MAX blobs: stock git takes minutes with more. */
enum err store_plan_chain(struct git_id *head, struct store_plan *p, struct store *s,
	const struct store_txn *t, struct err_text *why)
{
	struct git_id *tips = NULL;
	struct store_blob **blobs = NULL;
	size_t tip_count = 0, blob_count = 0;
	struct chain_commit c;
	enum err e = find_tips(&tips, &tip_count, p, t, why);
	if (!e)
		e = sort_blobs(&blobs, &blob_count, p, t, why);
	if (!e)
		e = begin_chain(&c, p, s, t, why);
	while (!e && (tip_count || blob_count)) {
		size_t blobs_now = blob_count < STORE_BLOBS_MAX ? blob_count : STORE_BLOBS_MAX;
		c.tip_count = tip_count < STORE_TIPS_MAX ? tip_count : STORE_TIPS_MAX;
		c.tips = tips;
		c.tree = store_empty_tree;
		c.number++;
		if (blobs_now)
			e = add_chain_tree(&c.tree, p, blobs, blobs_now, why);
		if (!e)
			e = add_chain_commit(head, p, &c, why);
		c.previous = *head;
		tips += c.tip_count;
		tip_count -= c.tip_count;
		blobs += blobs_now;
		blob_count -= blobs_now;
	}
	return e;
}
