/* A store in git: writing a planned transaction, and merging packs.
 *
 * Order of durability: refs are locked and compared, then the pack is flushed, then the refs move one
 * by one, each flushed.  So a crash at any point leaves the old state, or the new one but for refs
 * that come after the store's, which the next transaction brings up. */
#include "node/pack.h"
#include "node/pack_merge.h"
#include "node/refs.h"
#include "node/store_git.h"

#include <stdlib.h>
#include <string.h>

static void name_move(struct refs_move *out, const struct store_move *m)
{
	*out = (struct refs_move){ .has_old = m->has_old, .old = m->old, .head = m->head };
	switch (m->ref) {
	case STORE_REF_STORE:
		memcpy(out->name, REFS_STORE, sizeof REFS_STORE);
		break;
	case STORE_REF_OWN:
		memcpy(out->name, REFS_JOURNAL, sizeof REFS_JOURNAL);
		break;
	case STORE_REF_FOREIGN:
		refs_journal_name(out->name, &m->node, &m->incarnation);
		break;
	}
}

static enum err write_pack(struct pack *pack, struct git_store *g, const struct store_plan *p,
	struct err_text *why)
{
	size_t count = 0;
	for (size_t i = 0; i < p->object_count; i++)
		count += !p->objects[i].again;
	enum err e = pack_begin(pack, g->packs, count, &g->stats, why);
	if (e)
		return e;
	for (size_t i = 0; !e && i < p->object_count; i++) {
		const struct store_object *o = &p->objects[i];
		if (!o->again)
			e = pack_add(pack, o->kind, &o->id, o->data, PACK_STORED);
	}
	if (e) {
		pack_abort(pack);
		return err_set(why, e, "a transaction is too large for one pack");
	}
	return pack_finish(pack, why);
}

static enum err move_refs(struct refs_move *moves, size_t count, struct git_store *g, struct err_text *why)
{
	enum err e = ERR_OK;
	for (size_t i = 0; !e && i < count; i++)
		e = refs_commit(&moves[i], g->dir, &g->stats, why);
	return e;
}

/* What this handle wrote itself is no news to it. */
static void note_move(struct git_store *g, const struct store_move *m)
{
	if (m->ref == STORE_REF_STORE)
		g->seen.store = m->head;
	else if (m->ref == STORE_REF_OWN)
		g->seen.journal = m->head;
}

enum err store_git_apply(struct store *s, const struct store_plan *p, struct err_text *why)
{
	struct git_store *g = (struct git_store *)s;
	struct pack pack;
	size_t count = p->move_count;
	enum err e = ERR_OK;
	struct refs_move *moves = calloc(count, sizeof *moves);
	if (!moves)
		return err_set(why, ERR_MEMORY, "no memory for this transaction");
	for (size_t i = 0; !e && i < count; i++) {
		name_move(&moves[i], &p->moves[i]);
		e = refs_lock(&moves[i], g->dir, &g->stats, why);
	}
	if (!e)
		e = write_pack(&pack, g, p, why);
	if (!e) {
		e = move_refs(moves, count, g, why);
		if (e && moves[0].locked)
			pack_remove(&pack); /* nothing moved, so none of this happened */
		g->look = g->look == LOOK_ANEW ? LOOK_ANEW : LOOK_AGAIN;
	}
	for (size_t i = 0; !e && i < count; i++)
		note_move(g, &p->moves[i]);
	for (size_t i = 0; i < count; i++)
		refs_unlock(&moves[i], g->dir);
	free(moves);
	if (e)
		return e;
	/* What follows is upkeep: the transaction stands whatever becomes of it. */
	if (!pack_count(&g->pack_count, g->packs, NULL) && g->pack_count > STORE_PACKS_MAX) {
		enum err merged = store_git_merge(s, STORE_PACKS_MAX / 2, NULL);
		(void)merged;
	}
	return ERR_OK;
}

enum err store_git_merge(struct store *s, size_t packs_max, struct err_text *why)
{
	struct git_store *g = (struct git_store *)s;
	enum err e = pack_merge(g->packs, packs_max < 2 ? 2 : packs_max, &g->stats, why);
	g->look = LOOK_ANEW;
	enum err counted = pack_count(&g->pack_count, g->packs, why);
	return e ? e : counted;
}
