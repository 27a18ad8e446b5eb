/* Count: the charter's, the lanes' and the grants' verdict on every change of a case. */
#include "schema/count.h"

#include <assert.h>

#include "schema/key_map.h"

#define NOWHERE UINT32_MAX

struct relied { /* a change, and the statement of one chain that it names */
	uint32_t change;
	const struct charter_entry *statement;
};

struct chain { /* the changes that name a later statement of it than all they see */
	struct relied *list;
	uint32_t count, size;
};

struct count_item {
	struct count_change given;
	struct view_payload *payloads;
	bool *fixed; /* the clear text made the payload invalid */
};

struct count_state {
	struct arena *arena;
	const struct form *form;
	const struct charter *charter;
	struct count_item *items; /* by position, as counted->changes */
	uint32_t item_size, change_size;
	struct key_map by_id;    /* of changes, to positions */
	struct key_map by_chain; /* of issuers, to chains; the root chain is chains[0] */
	struct chain *chains;
	uint32_t chain_count, chain_size;
};

/* ---- Statements older than those in the causal past */

/* The chain of a statement, made when it is new; NULL when memory is out. */
static struct chain *get_chain(struct count_state *s, const struct statement *statement)
{
	uint32_t at = statement->has_issuer ? key_map_get(&s->by_chain, statement->issuer.b, NOWHERE) : 0;
	if (at < s->chain_count)
		return &s->chains[at];
	struct chain *chains = arena_grow(s->arena, s->chains, s->chain_count, &s->chain_size, sizeof *chains);
	if (!chains || key_map_make_room(&s->by_chain))
		return NULL;
	s->chains = chains;
	if (statement->has_issuer)
		key_map_put(&s->by_chain, statement->issuer.b, s->chain_count);
	return &chains[s->chain_count++];
}

/* Enters what the change at `position` names of one chain.  *older is set when it sees a change that names
 * a later statement, unless a fork has come between the two. */
static enum err rely(bool *older, struct counted *c, uint32_t position, const struct charter_entry *statement)
{
	struct count_state *s = c->state;
	struct chain *chain = get_chain(s, statement->statement);
	bool known = false;
	if (!chain)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < chain->count; i++) {
		const struct relied *r = &chain->list[i];
		if (!charter_precedes(s->charter, statement, r->statement) || !dag_sees(c->dag, position, r->change))
			continue;
		known = true;
		bool across_fork = r->statement->frozen && !statement->frozen;
		*older = *older || (r->statement != statement && !across_fork);
	}
	if (known)
		return ERR_OK;
	struct relied *list = arena_grow(s->arena, chain->list, chain->count, &chain->size, sizeof *list);
	if (!list)
		return ERR_MEMORY;
	chain->list = list;
	list[chain->count++] = (struct relied){ position, statement };
	return ERR_OK;
}

/* ---- One change */

static enum err judge_by_charter(struct epoch_change *out, struct counted *c, uint32_t position)
{
	const struct count_state *s = c->state;
	const struct change *change = out->change;
	struct entitle_at at;
	struct entitlement entitlement;
	out->standing = REASON_NOT_PERMITTED;
	if (entitle_find(&at, s->charter, &change->root, &change->issuer) != ENTITLE_FOUND)
		return ERR_OK;
	bool older = false;
	if (rely(&older, c, position, at.root) ||
		(at.issuer != at.root && rely(&older, c, position, at.issuer)))
		return ERR_MEMORY;
	entitle_judge(&entitlement, s->charter, &at, &change->officer, &change->node, s->form->number);
	out->root = at.root;
	out->site = entitlement.site;
	out->roles = entitlement.roles;
	bool opens = change->parent_count == 0;
	if (entitlement.state == ENTITLE_RETIRED)
		out->standing = REASON_RETIRED;
	else if (entitlement.state == ENTITLE_NONE || older)
		out->standing = REASON_NOT_PERMITTED;
	else if (change->form != s->form->number || change->form_version != s->form->version)
		out->standing = REASON_UNKNOWN_CODE;
	else if (opens && !(entitlement.roles & s->form->open))
		out->standing = REASON_NOT_PERMITTED;
	else
		out->standing = REASON_NONE;
	return ERR_OK;
}

/* The strikes among the acts, one for each change that they name. */
static enum err find_strikes(struct view_change *v, const struct count_state *s, const struct change *change)
{
	struct view_strike *strikes = NULL;
	uint32_t count = 0, size = 0;
	for (uint32_t i = 0; i < change->act_count; i++) {
		struct act_strike strike;
		if (change->acts[i].code != ACT_STRIKE)
			continue;
		enum err e = act_decode_strike(&strike, s->arena, change->acts[i].args);
		if (e)
			return e;
		for (uint32_t k = 0; strike.valid && k < strike.change_count; k++) {
			struct view_strike *grown = arena_grow(s->arena, strikes, count, &size, sizeof *strikes);
			if (!grown)
				return ERR_MEMORY;
			strikes = grown;
			strikes[count++] = (struct view_strike){ .role = change->acts[i].role,
				.change = key_map_get(&s->by_id, strike.changes[k].b, NOWHERE) };
		}
	}
	v->strikes = strikes;
	v->strike_count = count;
	return ERR_OK;
}

/* Payloads start unknown.  In a change that counts, one whose epoch the clear text makes ineffective is
 * invalid for good; what a change that does not count says may still be read and listed. */
static enum err find_payloads(struct view_change *v, struct counted *c, uint32_t position)
{
	struct count_state *s = c->state;
	struct count_item *item = &s->items[position];
	const struct change *change = item->given.change;
	item->payloads = arena_array(s->arena, change->payload_count, sizeof *item->payloads);
	item->fixed = arena_array(s->arena, change->payload_count, sizeof *item->fixed);
	if (!item->payloads || !item->fixed)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < change->payload_count; i++) {
		const struct change_blob *line = &change->payloads[i];
		item->fixed[i] = v->standing == REASON_NONE && !epoch_is_effective(c->epochs, position, line);
		item->payloads[i] = (struct view_payload){ .compartment = line->compartment,
			.state = item->fixed[i] ? PAYLOAD_INVALID : PAYLOAD_UNKNOWN };
	}
	v->payloads = item->payloads;
	v->payload_count = change->payload_count;
	return ERR_OK;
}

/* Judges the change at a position of the dag; its parents have been. */
static enum err judge_change(struct counted *c, uint32_t position, const struct dag_change *dag)
{
	const struct count_change *given = &c->state->items[position].given;
	struct view_change *v = &c->changes[position];
	struct epoch_change e = { .id = given->id, .change = given->change };
	enum err err = judge_by_charter(&e, c, position);
	if (!err)
		err = epoch_add(c->epochs, position, &e);
	if (err)
		return err;
	*v = (struct view_change){ .dag = *dag, .site = e.site, .roles = e.roles,
		.standing = epoch_standing(c->epochs, position) };
	err = find_payloads(v, c, position);
	return err ? err : find_strikes(v, c->state, given->change);
}

/* ---- All of them */

static struct dag_change dag_change_of(const struct count_change *given)
{
	return (struct dag_change){ .id = given->id, .officer = given->change->officer,
		.time = given->change->time, .parents = given->parents,
		.parent_count = given->change->parent_count };
}

/* Copies one given change to its position and makes it known by id.  (The id that the map borrows stays
 * where it is when the array moves on: an arena leaves the old one behind.) */
static enum err enter(struct counted *c, uint32_t position, const struct count_change *given)
{
	struct count_state *s = c->state;
	struct count_item *items = arena_grow(s->arena, s->items, position, &s->item_size, sizeof *items);
	struct view_change *changes = arena_grow(s->arena, c->changes, position, &s->change_size,
		sizeof *changes);
	if (items)
		s->items = items;
	if (changes)
		c->changes = changes;
	if (!items || !changes || key_map_make_room(&s->by_id))
		return ERR_MEMORY;
	items[position] = (struct count_item){ .given = *given };
	key_map_put(&s->by_id, items[position].given.id.b, position);
	return ERR_OK;
}

static struct counted *make_empty(struct arena *a, const struct form *form, const struct charter *charter)
{
	struct counted *c = arena_alloc(a, sizeof *c);
	struct count_state *s = arena_alloc(a, sizeof *s);
	if (!c || !s)
		return NULL;
	*s = (struct count_state){ .arena = a, .form = form, .charter = charter };
	key_map_init(&s->by_id, a);
	key_map_init(&s->by_chain, a);
	c->state = s;
	return c;
}

enum err count_make(struct counted **out, struct arena *a, const struct form *form,
	const struct charter *charter, const struct count_change *changes, uint32_t count)
{
	*out = NULL;
	struct counted *c = make_empty(a, form, charter);
	struct dag_change *dag = arena_array(a, count, sizeof *dag);
	if (!c || !dag)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < count; i++) {
		enum err e = enter(c, i, &changes[i]);
		if (e)
			return e;
		dag[i] = dag_change_of(&changes[i]);
	}
	c->count = count;
	enum err e = dag_build(&c->dag, a, dag, count);
	if (!e)
		e = epoch_new(&c->epochs, a, form, charter, c->dag);
	const uint32_t *order = e ? NULL : dag_order(c->dag);
	for (uint32_t i = 0; i < count && !e; i++)
		e = judge_change(c, order[i], &dag[order[i]]);
	if (!e)
		*out = c;
	return e;
}

enum err count_add(struct counted *c, const struct count_change *change)
{
	const struct dag_change dag = dag_change_of(change);
	enum err e = enter(c, c->count, change);
	if (!e)
		e = dag_add(c->dag, &dag);
	if (!e)
		e = judge_change(c, c->count, &dag);
	if (!e)
		c->count++;
	return e;
}

void count_put_payload(struct counted *c, uint32_t position, uint32_t line, enum payload_state state,
	uint32_t role, const struct op *ops, uint32_t op_count)
{
	assert(position < c->count && line < c->changes[position].payload_count);
	struct count_item *item = &c->state->items[position];
	if (item->fixed[line])
		return;
	bool open = state == PAYLOAD_OPEN;
	item->payloads[line].state = state;
	item->payloads[line].role = open ? role : 0;
	item->payloads[line].ops = open ? ops : NULL;
	item->payloads[line].op_count = open ? op_count : 0;
}

bool count_find(uint32_t *position, const struct counted *c, const struct change_id *id)
{
	*position = key_map_get(&c->state->by_id, id->b, NOWHERE);
	return *position != NOWHERE;
}

const struct count_change *count_get(const struct counted *c, uint32_t position)
{
	assert(position < c->count);
	return &c->state->items[position].given;
}
