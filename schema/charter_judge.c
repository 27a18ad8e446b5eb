/* Which kept statements count.  Worked out when a statement is admitted; a fork that comes to light has
 * everything worked out anew.  docs/trust.md has the rules in words. */
#include "schema/charter_state.h"

#include <assert.h>

static const char *const standing_names[] = { "counts", "no_effect", "frozen", "superior", "not_entitled",
	"taken" };

const char *charter_standing_name(enum charter_standing s)
{
	return (unsigned)s < sizeof standing_names / sizeof *standing_names ? standing_names[s] : "unknown";
}

struct charter_site_list *charter_find_site(const struct charter *c, uint32_t number)
{
	uint32_t low = 0, high = c->site_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (c->sites[middle].number == number)
			return &c->sites[middle];
		if (c->sites[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static const struct statement *statement_at(const struct charter *c, uint32_t index)
{
	return c->items[index]->entry.statement;
}

/* True when every role of `some` is among those of `all` for the same form. */
static bool is_within(const struct form_roles_list *some, const struct form_roles_list *all)
{
	uint32_t j = 0;
	for (uint32_t i = 0; i < some->count; i++) {
		while (j < all->count && all->list[j].form < some->list[i].form)
			j++;
		if (j == all->count || all->list[j].form != some->list[i].form ||
			some->list[i].roles & ~all->list[j].roles)
			return false;
	}
	return true;
}

/* True when a site statement contradicts earlier ones: its name is another site's, or it brings another key
 * without a higher key number, or another number without another key. */
static bool is_site_taken(const struct charter *c, const struct statement_site *s)
{
	for (uint32_t i = 0; i < c->site_count; i++) {
		const struct charter_site_list *other = &c->sites[i];
		if (other->count == 0)
			continue;
		const struct statement_site *o = &statement_at(c, other->items[other->count - 1])->as.site;
		if (o->number != s->number && bytes_equal(o->name, s->name))
			return true;
		bool same_key = memcmp(o->encryption_key, s->encryption_key, sizeof o->encryption_key) == 0;
		if (o->number == s->number && (same_key ? s->keyno != o->keyno : s->keyno <= o->keyno))
			return true;
	}
	return false;
}

/* True when the form's number has another name, its name another number, or the version another file. */
static bool is_form_taken(const struct charter *c, const struct statement_form *s)
{
	for (uint32_t i = 0; i < c->form_count; i++) {
		const struct statement_form *o = &statement_at(c, c->forms[i])->as.form;
		bool same = o->number == s->number;
		if (same != bytes_equal(o->name, s->name))
			return true;
		if (same && o->version == s->version && !hash256_equal(&o->hash, &s->hash))
			return true;
	}
	return false;
}

/* True when the issuer of an ending may end that statement: it is the root's, or his own, or that of
 * someone whose appointment goes back to him. */
static bool may_end(const struct charter *c, const struct statement *ending, const struct charter_item *ended)
{
	if (!ending->has_issuer)
		return true;
	const struct charter_item *item = ended;
	while (item->entry.statement->has_issuer) {
		if (officer_id_equal(&item->entry.statement->issuer, &ending->issuer))
			return true;
		item = c->items[item->superior];
	}
	return false;
}

static enum charter_standing judge_retire(const struct charter *c, const struct statement *s)
{
	uint32_t ended = key_map_get(&c->by_id, s->as.retire.ended.b, CHARTER_NONE);
	if (ended == CHARTER_NONE)
		return CHARTER_NO_EFFECT;
	switch (statement_at(c, ended)->code) {
	case STATEMENT_SITE:
	case STATEMENT_NODE:
	case STATEMENT_FORM:
	case STATEMENT_APPOINT:
		return may_end(c, s, c->items[ended]) ? CHARTER_COUNTS : CHARTER_NOT_ENTITLED;
	default:
		return CHARTER_NO_EFFECT;
	}
}

static enum charter_standing judge_of_root(const struct charter *c, const struct charter_item *item)
{
	const struct statement *s = item->entry.statement;
	switch (s->code) {
	case STATEMENT_SITE:
		return is_site_taken(c, &s->as.site) ? CHARTER_TAKEN : CHARTER_COUNTS;
	case STATEMENT_FORM:
		return is_form_taken(c, &s->as.form) ? CHARTER_TAKEN : CHARTER_COUNTS;
	case STATEMENT_RETIRE:
		return judge_retire(c, s);
	case STATEMENT_NODE:
	case STATEMENT_APPOINT:
	case STATEMENT_ROOT:
		return CHARTER_COUNTS;
	default:
		return CHARTER_NO_EFFECT;
	}
}

static enum charter_standing judge_of_officer(const struct charter *c, const struct charter_item *item)
{
	const struct statement *s = item->entry.statement;
	const struct statement_appoint *own = &statement_at(c, item->superior)->as.appoint;
	bool ok = false;
	switch (s->code) {
	case STATEMENT_NODE:
		ok = s->as.node.site == own->site && own->may_appoint.count > 0;
		break;
	case STATEMENT_APPOINT:
		ok = s->as.appoint.site == own->site && own->may_appoint.count > 0 &&
			is_within(&s->as.appoint.roles, &own->may_appoint) &&
			is_within(&s->as.appoint.may_appoint, &own->may_appoint);
		break;
	case STATEMENT_RETIRE:
		return judge_retire(c, s);
	default:
		break;
	}
	return ok ? CHARTER_COUNTS : CHARTER_NOT_ENTITLED;
}

/* True when this version knows what the statement is to do. */
static bool has_effect(const struct charter_item *item)
{
	const struct statement *s = item->entry.statement;
	if (s->code == STATEMENT_ROOT)
		return item->keys.count > 0 || s->has_issuer;
	return s->valid && s->code <= STATEMENT_RETIRE;
}

static enum charter_standing judge(const struct charter *c, const struct charter_item *item)
{
	const struct statement *s = item->entry.statement;
	if (!has_effect(item))
		return CHARTER_NO_EFFECT;
	if (item->entry.frozen && s->code != STATEMENT_RETIRE)
		return CHARTER_FROZEN;
	if (s->code == STATEMENT_FOUND)
		return CHARTER_COUNTS;
	if (!s->has_issuer)
		return item->superior == c->items[item->previous]->root_keys ? judge_of_root(c, item) :
			CHARTER_SUPERIOR;
	return c->items[item->superior]->entry.standing == CHARTER_COUNTS ? judge_of_officer(c, item) :
		CHARTER_SUPERIOR;
}

/* Works out whether a statement is ended, from all endings of it that are kept. */
static void set_ended(struct charter *c, struct charter_item *item)
{
	struct charter_entry *e = &item->entry;
	bool was_ended = e->ended;
	uint64_t was_from = e->ended_from;
	e->ended = false;
	e->ended_from = 0;
	uint32_t at = key_map_get(&c->by_ended, e->statement->id.b, CHARTER_NONE);
	for (; at != CHARTER_NONE; at = c->items[at]->next_ending) {
		struct charter_item *ending = c->items[at];
		ending->entry.standing = judge(c, ending);
		if (ending->entry.standing != CHARTER_COUNTS)
			continue;
		uint64_t from = ending->entry.statement->as.retire.position;
		if (!e->ended || from < e->ended_from)
			e->ended_from = from;
		e->ended = true;
	}
	c->turns += e->ended != was_ended || e->ended_from != was_from;
}

/* Enters a statement that counts where the questions of now look for it. */
static void enter(struct charter *c, const struct charter_item *item)
{
	const struct statement *s = item->entry.statement;
	if (s->code == STATEMENT_SITE) {
		struct charter_site_list *site = charter_find_site(c, s->as.site.number);
		assert(site && site->count < site->size);
		site->items[site->count++] = item->entry.index;
		c->turns += site->count > 1;
	} else if (s->code == STATEMENT_FORM) {
		assert(c->form_count < c->form_size);
		c->forms[c->form_count++] = item->entry.index;
	}
}

static void judge_item(struct charter *c, uint32_t index)
{
	struct charter_item *item = c->items[index];
	const struct statement *s = item->entry.statement;
	struct charter_chain *chain = &c->chains[item->chain];
	const struct charter_item *previous =
		item->previous == CHARTER_NONE ? NULL : c->items[item->previous];
	bool forks = previous ? previous->followers > 1 : chain->firsts > 1;
	item->entry.frozen = forks || (previous && previous->entry.frozen);
	chain->forked = chain->forked || forks;
	if (!item->entry.frozen)
		chain->head = index;
	item->entry.standing = judge(c, item);
	if (!s->has_issuer) {
		bool names = item->keys.count > 0 && item->entry.standing == CHARTER_COUNTS;
		item->root_keys = names || !previous ? index : previous->root_keys;
	}
	if (item->entry.standing == CHARTER_COUNTS)
		enter(c, item);
	set_ended(c, item);
	if (s->code == STATEMENT_RETIRE && s->valid) {
		uint32_t ended = key_map_get(&c->by_id, s->as.retire.ended.b, CHARTER_NONE);
		if (ended != CHARTER_NONE)
			set_ended(c, c->items[ended]);
	}
}

void charter_judge_new(struct charter *c, uint32_t index)
{
	const struct charter_item *item = c->items[index];
	const struct charter_item *previous =
		item->previous == CHARTER_NONE ? NULL : c->items[item->previous];
	bool forks = previous ? previous->followers == 2 && !previous->entry.frozen :
		c->chains[item->chain].firsts == 2;
	if (!forks) {
		judge_item(c, index);
		return;
	}
	for (uint32_t i = 0; i < c->chain_count; i++) {
		c->chains[i].forked = false;
		c->chains[i].head = CHARTER_NONE;
	}
	for (uint32_t i = 0; i < c->site_count; i++)
		c->sites[i].count = 0;
	c->form_count = 0;
	c->turns++;
	for (uint32_t i = 0; i < c->count; i++)
		judge_item(c, i);
}
