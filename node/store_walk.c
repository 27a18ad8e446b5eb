/* Walking the store chain: back once for the order, then forward with contents. */
#include "node/store_walk.h"

#include "node/store_chain.h"

#include <stdlib.h>

struct store_walk {
	struct store *store;
	struct git_id *commits; /* newest first; those before `left` are yet to come */
	size_t left, room;
	struct buf commit, tree;
	struct git_id *tips;
	struct store_entry *blobs;
	size_t tips_room, blobs_room;
	struct store_step step;
};

static enum err damaged(const char *what, struct err_text *why)
{
	return err_set(why, ERR_IO, "a %s of the store is not as it was written; restore it from a backup", what);
}

/* Room for `count` elements of `size` bytes: `list` itself when its `*room` is enough, or a new one in
 * its place, contents not kept; NULL when memory is out. */
static void *room_for(void *list, size_t *room, size_t count, size_t size)
{
	if (list && count <= *room)
		return list;
	free(list);
	list = calloc(count ? count : 1, size);
	*room = list ? count : 0;
	return list;
}

static enum err no_memory(struct err_text *why)
{
	return err_set(why, ERR_MEMORY, "no memory to walk the store");
}

static enum err add_commit(struct store_walk *w, const struct git_id *id, struct err_text *why)
{
	if (w->left == w->room) {
		size_t room = w->room ? w->room * 2 : 256;
		struct git_id *commits = realloc(w->commits, room * sizeof *commits);
		if (!commits)
			return no_memory(why);
		w->commits = commits;
		w->room = room;
	}
	w->commits[w->left++] = *id;
	return ERR_OK;
}

static enum err read_commit(struct chain_commit *c, struct gittext_commit *text, struct store_walk *w,
	const struct git_id *id, struct err_text *why)
{
	buf_reset(&w->commit);
	enum err e = store_read(&w->commit, w->store, STORE_COMMIT, id, CHAIN_COMMIT_MAX, why);
	if (!e && chain_parse(c, text, buf_bytes(&w->commit)))
		e = damaged("store commit", why);
	return e;
}

static enum err go_back(struct store_walk *w, const struct store_heads *heads, const struct git_id *after,
	struct err_text *why)
{
	struct gittext_commit text;
	struct chain_commit c;
	struct git_id at = heads->store;
	if (!heads->has_store)
		return after ? err_set(why, ERR_NOT_FOUND, "the store is empty") : ERR_OK;
	for (;;) {
		if (after && git_id_equal(after, &at))
			return ERR_OK;
		enum err e = add_commit(w, &at, why);
		if (!e)
			e = read_commit(&c, &text, w, &at, why);
		if (e)
			return e;
		if (c.number == 0)
			break;
		at = c.previous;
	}
	return after ? err_set(why, ERR_NOT_FOUND, "the store was rewritten since") : ERR_OK;
}

enum err store_walk_open(struct store_walk **out, struct store *s, const struct git_id *after,
	struct err_text *why)
{
	struct store_heads heads;
	*out = NULL;
	struct store_walk *w = calloc(1, sizeof *w);
	if (!w)
		return no_memory(why);
	w->store = s;
	buf_init(&w->commit, CHAIN_COMMIT_MAX);
	buf_init(&w->tree, STORE_OBJECT_MAX);
	enum err e = store_heads(&heads, s, why);
	if (!e)
		e = go_back(w, &heads, after, why);
	if (e)
		store_walk_close(w);
	else
		*out = w;
	return e;
}

static enum err read_tips(struct store_walk *w, const struct chain_commit *c,
	const struct gittext_commit *text, struct err_text *why)
{
	w->tips = room_for(w->tips, &w->tips_room, c->tip_count, sizeof *w->tips);
	if (!w->tips)
		return no_memory(why);
	for (size_t i = 0; i < c->tip_count; i++)
		w->tips[i] = gittext_parent(text, i + 1);
	return ERR_OK;
}

static enum err read_blobs(struct store_walk *w, const struct chain_commit *c, size_t *count,
	struct err_text *why)
{
	struct gittext_entry entry;
	buf_reset(&w->tree);
	*count = 0;
	if (git_id_equal(&c->tree, &store_empty_tree))
		return ERR_OK;
	enum err e = store_read(&w->tree, w->store, STORE_TREE, &c->tree, STORE_OBJECT_MAX, why);
	if (e)
		return e;
	/* Every entry is longer than its name. */
	w->blobs = room_for(w->blobs, &w->blobs_room, w->tree.size / CHAIN_NAME, sizeof *w->blobs);
	if (!w->blobs)
		return no_memory(why);
	for (size_t at = 0; at < w->tree.size;) {
		struct store_entry b;
		if (gittext_tree_next(&entry, buf_bytes(&w->tree), &at)
			|| chain_parse_name(&b.prefix, &b.hash, entry.name))
			return damaged("tree", why);
		b.git = entry.id;
		w->blobs[(*count)++] = b;
	}
	return ERR_OK;
}

enum err store_walk_next(const struct store_step **step, struct store_walk *w, struct err_text *why)
{
	struct gittext_commit text;
	struct chain_commit c;
	size_t blob_count = 0;
	*step = NULL;
	if (w->left == 0)
		return ERR_OK;
	const struct git_id *id = &w->commits[w->left - 1];
	enum err e = read_commit(&c, &text, w, id, why);
	if (!e)
		e = read_tips(w, &c, &text, why);
	if (!e)
		e = read_blobs(w, &c, &blob_count, why);
	if (e)
		return e;
	w->step = (struct store_step){
		.commit = *id, .number = c.number, .time = c.time,
		.blobs = w->blobs, .blob_count = blob_count,
		.tips = w->tips, .tip_count = c.tip_count,
	};
	w->left--;
	*step = &w->step;
	return ERR_OK;
}

void store_walk_close(struct store_walk *w)
{
	if (!w)
		return;
	buf_clear(&w->commit);
	buf_clear(&w->tree);
	free(w->commits);
	free(w->tips);
	free(w->blobs);
	free(w);
}
