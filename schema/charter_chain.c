/* The charter's chains: what comes before what, heads, digest, and what a peer lacks. */
#include "schema/charter_state.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cbor.h"
#include "base/hash.h"

static uint64_t position_of(const struct charter *c, uint32_t index)
{
	return c->items[index]->entry.statement->position;
}

uint32_t charter_step_back(const struct charter *c, uint32_t from, uint64_t position)
{
	assert(position <= position_of(c, from));
	while (position_of(c, from) > position) {
		uint32_t jump = c->items[from]->jump;
		from = position_of(c, jump) >= position ? jump : c->items[from]->previous;
	}
	return from;
}

bool charter_precedes(const struct charter *c, const struct charter_entry *a, const struct charter_entry *b)
{
	return charter_item_of(a)->chain == charter_item_of(b)->chain &&
		a->statement->position <= b->statement->position &&
		charter_step_back(c, b->index, a->statement->position) == a->index;
}

const struct charter_chain *charter_find_chain(const struct charter *c, const struct officer_id *issuer)
{
	uint32_t chain = issuer ? key_map_get(&c->by_issuer, issuer->b, CHARTER_NONE) : CHARTER_ROOT_CHAIN;
	return chain < c->chain_count ? &c->chains[chain] : NULL;
}

bool charter_is_forked(const struct charter *c, const struct officer_id *issuer)
{
	const struct charter_chain *chain = charter_find_chain(c, issuer);
	return chain && chain->forked;
}

/* ---- Heads */

static int compare_heads(const void *a, const void *b)
{
	const struct charter_head *x = a, *y = b;
	if (x->has_issuer != y->has_issuer)
		return x->has_issuer ? 1 : -1;
	int order = officer_id_compare(&x->issuer, &y->issuer);
	if (order)
		return order;
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return statement_id_compare(&x->id, &y->id);
}

enum err charter_heads(const struct charter_head **out, uint32_t *count, struct arena *a,
	const struct charter *c)
{
	uint32_t n = 0;
	*out = NULL;
	*count = 0;
	for (uint32_t i = 0; i < c->count; i++)
		n += c->items[i]->followers == 0;
	struct charter_head *heads = arena_array(a, n, sizeof *heads);
	if (!heads)
		return ERR_MEMORY;
	n = 0;
	for (uint32_t i = 0; i < c->count; i++) {
		const struct statement *s = c->items[i]->entry.statement;
		if (c->items[i]->followers == 0)
			heads[n++] = (struct charter_head){ s->has_issuer, s->issuer, s->position, s->id };
	}
	qsort(heads, n, sizeof *heads, compare_heads);
	*out = heads;
	*count = n;
	return ERR_OK;
}

static int compare_ids(const void *a, const void *b)
{
	return statement_id_compare(a, b);
}

enum err charter_digest(struct hash256 *out, const struct charter *c)
{
	*out = (struct hash256){ { 0 } };
	struct arena a;
	struct buf text;
	arena_init(&a, CHARTER_MEMORY_MAX);
	buf_init(&text, 64 + (size_t)CHARTER_STATEMENTS_MAX * 34);
	const struct charter_head *heads = NULL;
	uint32_t count = 0;
	enum err e = charter_heads(&heads, &count, &a, c);
	struct statement_id *ids = e ? NULL : arena_array(&a, count, sizeof *ids);
	if (!ids) {
		e = ERR_MEMORY;
		goto done;
	}
	for (uint32_t i = 0; i < count; i++)
		ids[i] = heads[i].id;
	qsort(ids, count, sizeof *ids, compare_ids);
	cbor_put_array(&text, 2);
	cbor_put_text(&text, bytes_text("dossier charter 1"));
	cbor_put_array(&text, count);
	for (uint32_t i = 0; i < count; i++)
		cbor_put_bytes(&text, bytes_of(ids[i].b, sizeof ids[i].b));
	e = buf_err(&text);
	if (!e)
		hash_blake2b_256(out->b, buf_bytes(&text));
done:
	buf_clear(&text);
	arena_clear(&a);
	return e;
}

/* Marks what a head of somebody else's stands for: the statement, or in a chain without a fork all of it
 * when the head lies beyond its end. */
static void mark_head(bool *has, const struct charter *c, const struct charter_head *head, unsigned prefix)
{
	const struct charter_chain *chain = charter_find_chain(c, head->has_issuer ? &head->issuer : NULL);
	if (!chain)
		return;
	if (!chain->forked) {
		uint64_t end = position_of(c, chain->last);
		uint32_t at = charter_step_back(c, chain->last, head->position < end ? head->position : end);
		has[at] = has[at] || head->position > end ||
			memcmp(c->items[at]->entry.statement->id.b, head->id.b, prefix) == 0;
		return;
	}
	for (uint32_t i = chain->last; i != CHARTER_NONE; i = c->items[i]->next_in_chain) {
		const struct statement *s = c->items[i]->entry.statement;
		if (s->position == head->position && memcmp(s->id.b, head->id.b, prefix) == 0)
			has[i] = true;
	}
}

enum err charter_lacking(const uint32_t **out, uint32_t *count, struct arena *a, const struct charter *c,
	const struct charter_head *heads, uint32_t head_count, unsigned prefix)
{
	assert(prefix >= 1 && prefix <= sizeof heads->id.b);
	*out = NULL;
	*count = 0;
	bool *has = arena_array(a, c->count, sizeof *has);
	uint32_t *lacking = arena_array(a, c->count, sizeof *lacking);
	if (!has || !lacking)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < head_count; i++)
		mark_head(has, c, &heads[i], prefix);
	for (uint32_t i = c->count; i-- > 0;) {
		if (has[i] && c->items[i]->previous != CHARTER_NONE)
			has[c->items[i]->previous] = true;
	}
	uint32_t n = 0;
	for (uint32_t i = 0; i < c->count; i++) {
		if (!has[i])
			lacking[n++] = i;
	}
	*out = lacking;
	*count = n;
	return ERR_OK;
}
