/* The charter's life: making, admitting, lending out. */
#include "schema/charter.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cbor.h"
#include "schema/charter_state.h"

enum { ITEM_MEMORY_MAX = 1 << 20 }; /* what one statement may take when it is read */

enum err charter_new(struct charter **out, const struct federation_id *federation)
{
	*out = NULL;
	struct charter *c = calloc(1, sizeof *c);
	if (!c)
		return ERR_MEMORY;
	arena_init(&c->arena, CHARTER_MEMORY_MAX);
	struct key_map *maps[] = { &c->by_id, &c->by_issuer, &c->by_officer, &c->by_node, &c->by_transport,
		&c->by_ended };
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		key_map_init(maps[i], &c->arena);
	if (federation) {
		c->has_federation = true;
		c->federation = *federation;
	}
	*out = c;
	return ERR_OK;
}

static void free_item(struct charter_item *item)
{
	if (item)
		arena_clear(&item->arena);
	free(item);
}

void charter_free(struct charter *c)
{
	if (!c)
		return;
	for (uint32_t i = 0; i < c->count; i++)
		free_item(c->items[i]);
	arena_clear(&c->arena);
	free(c);
}

/* ---- Admission */

/* The id of a blob's body without looking at the signatures; false when there is no body to be found. */
static bool peek_id(struct statement_id *id, struct bytes blob)
{
	const struct cbor_limits limits = { STATEMENT_BLOB_MAX, 8, 4096 };
	if (cbor_scan(blob, &limits, NULL))
		return false;
	struct cbor r;
	cbor_begin(&r, blob);
	if (cbor_array(&r, 2) != 2)
		return false;
	struct bytes body = cbor_bytes(&r);
	if (r.err)
		return false;
	statement_get_id(id, body);
	return true;
}

/* The list of a site, made when it is new, with room for all of its statements that are kept. */
static enum err make_site_room(struct charter *c, uint32_t number)
{
	struct charter_site_list *site = charter_find_site(c, number);
	if (!site) {
		struct charter_site_list *sites = arena_grow(&c->arena, c->sites, c->site_count, &c->site_size,
			sizeof *sites);
		if (!sites)
			return ERR_MEMORY;
		c->sites = sites;
		uint32_t at = c->site_count++;
		for (; at > 0 && sites[at - 1].number > number; at--)
			sites[at] = sites[at - 1];
		sites[at] = (struct charter_site_list){ .number = number };
		site = &sites[at];
	}
	uint32_t *items = arena_grow(&c->arena, site->items, site->kept, &site->size, sizeof *items);
	if (!items)
		return ERR_MEMORY;
	site->items = items;
	return ERR_OK;
}

static enum err make_form_room(struct charter *c)
{
	uint32_t *forms = arena_grow(&c->arena, c->forms, c->form_kept, &c->form_size, sizeof *forms);
	if (!forms)
		return ERR_MEMORY;
	c->forms = forms;
	return ERR_OK;
}

/* Everything that linking a statement may need, so that the linking itself cannot fail. */
static enum err make_room(struct charter *c, const struct statement *s)
{
	struct key_map *maps[] = { &c->by_id, &c->by_issuer, &c->by_officer, &c->by_node, &c->by_transport,
		&c->by_ended };
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		if (key_map_make_room(maps[i]))
			return ERR_MEMORY;
	}
	struct charter_item **items = arena_grow(&c->arena, c->items, c->count, &c->size, sizeof *items);
	if (!items)
		return ERR_MEMORY;
	c->items = items;
	struct charter_chain *chains = arena_grow(&c->arena, c->chains, c->chain_count, &c->chain_size,
		sizeof *chains);
	if (!chains)
		return ERR_MEMORY;
	c->chains = chains;
	if (s->code == STATEMENT_SITE && s->valid)
		return make_site_room(c, s->as.site.number);
	return s->code == STATEMENT_FORM && s->valid ? make_form_room(c) : ERR_OK;
}

static uint32_t get_chain(struct charter *c, const struct statement *s)
{
	if (c->chain_count == 0)
		c->chains[c->chain_count++] =
			(struct charter_chain){ .last = CHARTER_NONE, .head = CHARTER_NONE };
	if (!s->has_issuer)
		return CHARTER_ROOT_CHAIN;
	uint32_t chain = key_map_get(&c->by_issuer, s->issuer.b, CHARTER_NONE);
	if (chain == CHARTER_NONE) {
		chain = c->chain_count++;
		c->chains[chain] = (struct charter_chain){ .issuer = &s->issuer, .last = CHARTER_NONE,
			.head = CHARTER_NONE };
		key_map_put(&c->by_issuer, s->issuer.b, chain);
	}
	return chain;
}

/* Puts the item at the front of the list that `map` has for the key, and hands back the old front. */
static uint32_t push_front(struct key_map *map, const uint8_t *key, uint32_t index)
{
	uint32_t next = key_map_get(map, key, CHARTER_NONE);
	key_map_put(map, key, index);
	return next;
}

/* Links a statement that may be kept into everything; make_room was called. */
static void link_item(struct charter *c, struct charter_item *item)
{
	const struct statement *s = item->entry.statement;
	uint32_t index = c->count++;
	item->entry.index = index;
	c->items[index] = item;
	c->blob_bytes += item->entry.blob.size;
	key_map_put(&c->by_id, s->id.b, index);
	if (s->code == STATEMENT_FOUND) {
		c->has_federation = true;
		statement_get_federation(&c->federation, s->body);
	}
	item->chain = get_chain(c, s);
	struct charter_chain *chain = &c->chains[item->chain];
	item->next_in_chain = chain->last;
	chain->last = index;
	item->jump = index;
	if (item->previous == CHARTER_NONE) {
		chain->firsts++;
	} else {
		struct charter_item *p = c->items[item->previous];
		p->followers++;
		const struct charter_item *j = c->items[p->jump], *jj = c->items[j->jump];
		bool even = s->position - 1 - j->entry.statement->position ==
			j->entry.statement->position - jj->entry.statement->position;
		item->jump = even ? j->jump : item->previous;
	}
	item->next_listed = item->next_transport = item->next_ending = CHARTER_NONE;
	if (s->code == STATEMENT_SITE && s->valid)
		charter_find_site(c, s->as.site.number)->kept++;
	if (s->code == STATEMENT_FORM && s->valid)
		c->form_kept++;
	if (s->code == STATEMENT_APPOINT && s->valid)
		item->next_listed = push_front(&c->by_officer, s->as.appoint.officer.b, index);
	if (s->code == STATEMENT_NODE && s->valid) {
		item->next_listed = push_front(&c->by_node, s->as.node.node.b, index);
		item->next_transport = push_front(&c->by_transport, s->as.node.transport_key, index);
	}
	if (s->code == STATEMENT_RETIRE && s->valid)
		item->next_ending = push_front(&c->by_ended, s->as.retire.ended.b, index);
}

/* Reads the blob into the item; a verdict on foreign bytes goes to *out. */
static enum err read_item(struct charter_admission *out, struct charter_item *item, struct bytes blob,
	struct err_text *why)
{
	struct statement *s = NULL;
	enum err e = statement_parse(&s, &item->arena, blob, why);
	if (e == ERR_FORMAT || e == ERR_LIMIT || e == ERR_CRYPTO) {
		out->refusal = e == ERR_CRYPTO ? CHARTER_BAD_SIGNATURE : CHARTER_BAD_FORMAT;
		return ERR_OK;
	}
	if (e)
		return e;
	void *copy = arena_copy(&item->arena, blob.data, blob.size);
	if (!copy || charter_read_keys(&item->keys, &item->arena, s))
		return ERR_MEMORY;
	item->entry.statement = s;
	item->entry.blob = bytes_of(copy, blob.size);
	return ERR_OK;
}

enum err charter_admit(struct charter_admission *out, struct charter *c, struct bytes blob,
	struct err_text *why)
{
	*out = (struct charter_admission){ .verdict = CHARTER_REFUSED };
	if (peek_id(&out->id, blob)) {
		out->entry = charter_find(c, &out->id);
		if (out->entry) {
			out->verdict = CHARTER_KNOWN;
			return ERR_OK;
		}
	}
	struct charter_item *item = calloc(1, sizeof *item);
	if (!item)
		return ERR_MEMORY;
	arena_init(&item->arena, ITEM_MEMORY_MAX);
	enum err e = read_item(out, item, blob, why);
	if (e || out->refusal)
		goto done;
	charter_judge_kept(out, c, item, why);
	if (out->verdict != CHARTER_KEPT)
		goto done;
	e = make_room(c, item->entry.statement);
	if (e)
		goto done;
	link_item(c, item);
	charter_judge_new(c, item->entry.index);
	out->entry = &item->entry;
	item = NULL;
done:
	if (e)
		*out = (struct charter_admission){ .verdict = CHARTER_REFUSED };
	free_item(item);
	return e;
}

/* ---- Lending out */

const struct federation_id *charter_federation(const struct charter *c)
{
	return c->has_federation ? &c->federation : NULL;
}

const struct charter_entry *charter_first(const struct charter *c)
{
	return c->count ? &c->items[0]->entry : NULL;
}

uint64_t charter_turns(const struct charter *c)
{
	return c->turns;
}

uint32_t charter_count(const struct charter *c)
{
	return c->count;
}

const struct charter_entry *charter_get(const struct charter *c, uint32_t index)
{
	assert(index < c->count);
	return &c->items[index]->entry;
}

const struct charter_entry *charter_find(const struct charter *c, const struct statement_id *id)
{
	uint32_t index = key_map_get(&c->by_id, id->b, CHARTER_NONE);
	return index == CHARTER_NONE ? NULL : &c->items[index]->entry;
}
