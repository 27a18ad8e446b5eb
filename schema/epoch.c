/* The epoch fold: takes in changes one by one and judges their grants and withdrawals. */
#include "schema/epoch_state.h"

#include <assert.h>
#include <stdlib.h>

enum err epoch_new(struct epoch_case **out, struct arena *a, const struct form *form,
	const struct charter *charter, const struct dag *dag)
{
	*out = arena_alloc(a, sizeof **out);
	if (!*out)
		return ERR_MEMORY;
	**out = (struct epoch_case){ .arena = a, .form = form, .charter = charter, .dag = dag };
	return ERR_OK;
}

/* ---- Records */

static int compare_record(const struct epoch_record *r, uint32_t compartment, const struct change_id *id)
{
	if (r->epoch.compartment != compartment)
		return r->epoch.compartment < compartment ? -1 : 1;
	return change_id_compare(&r->epoch.id, id);
}

/* The place of a record, or where it would be. */
static uint32_t place_of(const struct epoch_case *e, uint32_t compartment, const struct change_id *id)
{
	uint32_t low = 0, high = e->record_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (compare_record(e->records[middle], compartment, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct epoch_record *find_record(const struct epoch_case *e, uint32_t compartment,
	const struct change_id *id)
{
	uint32_t at = place_of(e, compartment, id);
	return at < e->record_count && compare_record(e->records[at], compartment, id) == 0 ? e->records[at] :
		NULL;
}

/* A new record for the epoch that the change at `position` opens; NULL when memory is out. */
static struct epoch_record *add_record(struct epoch_case *e, uint32_t position, const struct act_grant *g)
{
	const struct change_id *id = &e->items[position].given.id;
	uint32_t at = place_of(e, g->compartment, id);
	struct epoch_record **records = arena_grow(e->arena, e->records, e->record_count, &e->record_size,
		sizeof(struct epoch_record *));
	struct epoch_record *r = records ? arena_alloc(e->arena, sizeof *r) : NULL;
	if (!r)
		return NULL;
	e->records = records;
	memmove(&records[at + 1], &records[at], (e->record_count - at) * sizeof(struct epoch_record *));
	records[at] = r;
	e->record_count++;
	r->epoch = (struct epoch){ .compartment = g->compartment, .opener = position, .id = *id };
	memcpy(r->epoch.commitment, g->commitment, sizeof r->epoch.commitment);
	return r;
}

/* ---- Grants */

static bool may_read(const struct epoch_case *e, const struct charter_entry *root, uint32_t compartment,
	uint32_t site)
{
	const struct form_compartment *c = form_find_compartment(e->form, compartment);
	return c && (entitle_site_roles(e->charter, root, site, e->form->number) & c->read);
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

bool epoch_grants_site(const struct epoch_case *e, const struct epoch_grant *act, uint32_t site)
{
	if (!bsearch(&site, act->args.sites, act->args.site_count, sizeof site, compare_numbers))
		return false;
	const struct epoch_change *given = &e->items[act->change].given;
	return (act->shares || site == given->site) && may_read(e, given->root, act->args.compartment, site);
}

/* Where a grant act goes: the record that it opens or names.  *reason says why it goes nowhere. */
static enum err find_epoch(struct epoch_record **out, enum op_reason *reason, struct epoch_case *e,
	uint32_t position, const struct act_grant *g)
{
	const struct change_id *id = g->own_epoch ? &e->items[position].given.id : &g->epoch;
	*out = g->compartment <= FORM_COMPARTMENTS_MAX ? find_record(e, g->compartment, id) : NULL;
	*reason = REASON_INVALID_VALUE;
	if (!form_find_compartment(e->form, g->compartment)) {
		*out = NULL;
		return ERR_OK;
	}
	if (g->own_epoch) {
		bool second = *out != NULL;
		*out = second ? NULL : add_record(e, position, g);
		return second || *out ? ERR_OK : ERR_MEMORY;
	}
	if (*out && (!(*out)->epoch.effective || !dag_sees(e->dag, position, (*out)->epoch.opener)))
		*out = NULL;
	return ERR_OK;
}

/* Takes in a grant whose epoch is known.  *reason stays REASON_NOT_PERMITTED when it reaches nobody. */
static enum err take_grant(enum op_reason *reason, struct epoch_case *e, struct epoch_record *r,
	const struct epoch_grant *act)
{
	struct epoch_mark mark = { act->change, act->act };
	bool reaches = false;
	for (uint32_t i = 0; i < act->args.site_count; i++) {
		uint32_t site = act->args.sites[i];
		if (!epoch_grants_site(e, act, site))
			continue;
		reaches = true;
		if (epoch_add_grant(e, &e->compartments[act->args.compartment], act->args.compartment, site, mark) ||
			epoch_add_grant(e, &r->sites, act->args.compartment, site, mark))
			return ERR_MEMORY;
	}
	if (!reaches)
		return ERR_OK;
	struct epoch_grant *acts = arena_grow(e->arena, r->acts, r->act_count, &r->act_size, sizeof *acts);
	if (!acts)
		return ERR_MEMORY;
	r->acts = acts;
	acts[r->act_count++] = *act;
	r->epoch.effective = true;
	*reason = REASON_NONE;
	return ERR_OK;
}

/* True when an earlier act of the change is a grant of the same epoch: only the first can count. */
static bool is_repeated(const struct epoch_record *r, uint32_t position)
{
	return r->act_count && r->acts[r->act_count - 1].change == position;
}

static enum err judge_grant(enum op_reason *reason, struct epoch_case *e, uint32_t position, uint32_t act)
{
	const struct epoch_change *given = &e->items[position].given;
	const struct change_act *written = &given->change->acts[act];
	struct epoch_grant a = { .change = position, .act = act };
	*reason = REASON_INVALID_VALUE;
	enum err err = act_decode_grant(&a.args, e->arena, written->args);
	if (err || !a.args.valid)
		return err;
	struct epoch_record *r = NULL;
	err = find_epoch(&r, reason, e, position, &a.args);
	if (err || !r || is_repeated(r, position))
		return err;
	*reason = REASON_NOT_PERMITTED;
	uint32_t compartment = a.args.compartment;
	if (e->items[position].standing != REASON_NONE ||
		epoch_is_withdrawn(e, compartment, given->site, position))
		return ERR_OK;
	bool may = a.args.own_epoch ? epoch_may_open(e, compartment, given->site, position) :
		epoch_holds(e, &r->sites, compartment, given->site, position);
	if (!may)
		return ERR_OK;
	a.shares = role_bit(written->role) & given->roles & form_find_compartment(e->form, compartment)->share;
	return take_grant(reason, e, r, &a);
}

/* ---- Withdrawals and regrants */

static enum err judge_withdraw(enum op_reason *reason, struct epoch_case *e, uint32_t position, uint32_t act)
{
	const struct epoch_change *given = &e->items[position].given;
	const struct change_act *written = &given->change->acts[act];
	struct act_withdraw w;
	*reason = REASON_INVALID_VALUE;
	enum err err = act_decode_withdraw(&w, e->arena, written->args);
	if (err || !w.valid)
		return err;
	bool all = w.compartment == EPOCH_EVERY_COMPARTMENT;
	const struct form_compartment *c = form_find_compartment(e->form, all ? FORM_CORE : w.compartment);
	if (!c)
		return ERR_OK;
	*reason = REASON_NOT_PERMITTED;
	if (e->items[position].standing != REASON_NONE || !(role_bit(written->role) & given->roles & c->share) ||
		epoch_is_withdrawn(e, c->number, given->site, position))
		return ERR_OK;
	for (uint32_t i = 0; i < w.site_count; i++) {
		if (!charter_site(e->charter, w.sites[i]))
			continue; /* no grant to it can count */
		struct epoch_site *s = epoch_get_site(e, &e->compartments[w.compartment], w.sites[i]);
		if (!s || epoch_add_mark(e, &s->against, (struct epoch_mark){ position, act }))
			return ERR_MEMORY;
	}
	*reason = REASON_NONE;
	return ERR_OK;
}

static enum err judge_regrant(enum op_reason *reason, struct epoch_case *e, uint32_t position, uint32_t act)
{
	const struct epoch_change *given = &e->items[position].given;
	struct act_regrant asked;
	*reason = REASON_INVALID_VALUE;
	enum err err = act_decode_regrant(&asked, e->arena, given->change->acts[act].args);
	if (err || !asked.valid)
		return err;
	struct epoch_record *r = find_record(e, asked.compartment, &asked.epoch);
	if (!r || !dag_sees(e->dag, position, r->epoch.opener))
		return ERR_OK;
	*reason = REASON_NOT_PERMITTED;
	if (e->items[position].standing != REASON_NONE ||
		!epoch_holds(e, &r->sites, asked.compartment, given->site, position))
		return ERR_OK;
	struct epoch_site *s = epoch_get_site(e, &r->sites, given->site);
	if (!s || epoch_add_mark(e, &s->against, (struct epoch_mark){ position, act }))
		return ERR_MEMORY;
	*reason = REASON_NONE;
	return ERR_OK;
}

/* ---- Taking in */

static enum err judge_act(enum op_reason *reason, struct epoch_case *e, uint32_t position, uint32_t act)
{
	switch (e->items[position].given.change->acts[act].code) {
	case ACT_GRANT:
		return judge_grant(reason, e, position, act);
	case ACT_WITHDRAW:
		return judge_withdraw(reason, e, position, act);
	case ACT_REGRANT:
		return judge_regrant(reason, e, position, act);
	default:
		*reason = e->items[position].given.change->acts[act].code < ACT_CODE_END ?
			e->items[position].standing : REASON_UNKNOWN_CODE;
		return ERR_OK;
	}
}

static enum err make_room(struct epoch_case *e, uint32_t position)
{
	while (e->size <= position) {
		struct epoch_item *items = arena_grow(e->arena, e->items, e->size, &e->size, sizeof *items);
		if (!items)
			return ERR_MEMORY;
		e->items = items;
	}
	return ERR_OK;
}

enum err epoch_add(struct epoch_case *e, uint32_t position, const struct epoch_change *change)
{
	assert(change->change && (change->root || change->standing != REASON_NONE));
	if (make_room(e, position))
		return ERR_MEMORY;
	struct epoch_item *item = &e->items[position];
	assert(!item->given.change);
	*item = (struct epoch_item){ .given = *change, .standing = change->standing };
	item->acts = arena_array(e->arena, change->change->act_count, sizeof *item->acts);
	if (!item->acts)
		return ERR_MEMORY;
	bool opens = change->change->parent_count == 0;
	if (item->standing == REASON_NONE && !opens && !epoch_is_member_at(e, FORM_CORE, change->site, position))
		item->standing = REASON_NOT_PERMITTED;
	for (uint32_t act = 0; act < change->change->act_count; act++) {
		enum op_reason reason = REASON_NONE;
		enum err err = judge_act(&reason, e, position, act);
		if (err)
			return err;
		item->acts[act] = (uint8_t)reason;
	}
	e->taken++;
	return ERR_OK;
}

/* ---- Lending out */

enum op_reason epoch_standing(const struct epoch_case *e, uint32_t position)
{
	assert(position < e->size && e->items[position].given.change);
	return e->items[position].standing;
}

enum op_reason epoch_act(const struct epoch_case *e, uint32_t position, uint32_t act)
{
	assert(position < e->size && act < e->items[position].given.change->act_count);
	return (enum op_reason)e->items[position].acts[act];
}

uint32_t epoch_count(const struct epoch_case *e)
{
	return e->record_count;
}

const struct epoch *epoch_get(const struct epoch_case *e, uint32_t i)
{
	assert(i < e->record_count);
	return &e->records[i]->epoch;
}

const struct epoch *epoch_find(const struct epoch_case *e, uint32_t compartment, const struct change_id *id)
{
	const struct epoch_record *r = find_record(e, compartment, id);
	return r ? &r->epoch : NULL;
}

const struct epoch *epoch_of_line(const struct epoch_case *e, uint32_t position,
	const struct change_blob *line)
{
	return epoch_find(e, line->compartment, line->own_epoch ? &e->items[position].given.id : &line->epoch);
}
