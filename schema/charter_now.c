/* What the charter says now. */
#include "schema/charter_now.h"

#include <assert.h>
#include <stdlib.h>

#include "schema/charter_state.h"
#include "schema/entitle.h"

/* ---- Chains */

static const struct charter_entry *entry_at(const struct charter *c, uint32_t index)
{
	return &c->items[index]->entry;
}

const struct charter_entry *charter_root_head(const struct charter *c)
{
	return charter_issuer_head(c, NULL);
}

const struct charter_entry *charter_issuer_head(const struct charter *c, const struct officer_id *issuer)
{
	const struct charter_chain *chain = charter_find_chain(c, issuer);
	return chain && chain->head != CHARTER_NONE ? entry_at(c, chain->head) : NULL;
}

const struct charter_entry *charter_chain_tip(const struct charter *c, const struct officer_id *issuer)
{
	return charter_is_forked(c, issuer) ? NULL : charter_issuer_head(c, issuer);
}

const struct charter_entry *charter_root_keys(const struct charter *c)
{
	const struct charter_entry *head = charter_root_head(c);
	return head ? entry_at(c, charter_item_of(head)->root_keys) : NULL;
}

/* ---- Sites */

const struct charter_entry *charter_site(const struct charter *c, uint32_t number)
{
	const struct charter_site_list *site = charter_find_site(c, number);
	return site && site->count ? entry_at(c, site->items[site->count - 1]) : NULL;
}

const struct charter_entry *charter_site_named(const struct charter *c, struct bytes name)
{
	for (uint32_t i = 0; i < c->site_count; i++) {
		const struct charter_entry *e = charter_site(c, c->sites[i].number);
		if (e && bytes_equal(e->statement->as.site.name, name))
			return e;
	}
	return NULL;
}

const uint8_t *charter_site_key(const struct charter *c, uint32_t number, uint32_t keyno)
{
	const struct charter_site_list *site = charter_find_site(c, number);
	for (uint32_t i = site ? site->count : 0; i-- > 0;) {
		const struct statement_site *s = &c->items[site->items[i]]->entry.statement->as.site;
		if (s->keyno == keyno)
			return s->encryption_key;
	}
	return NULL;
}

bool charter_is_custodian(const struct charter *c, uint32_t site)
{
	const struct charter_entry *e = charter_site(c, site);
	if (!e || e->ended)
		return false;
	return (e->statement->as.site.flags & SITE_CUSTODIAN) || e->statement->as.site.role == SITE_RELAY;
}

bool charter_reads_journals(const struct charter *c, uint32_t site)
{
	const struct charter_entry *e = charter_site(c, site);
	return e && !e->ended && (e->statement->as.site.flags & SITE_READS_JOURNALS);
}

role_set charter_site_roles(const struct charter *c, uint32_t site, uint32_t form)
{
	const struct charter_entry *e = charter_site(c, site);
	const struct form_roles_list *readers = e && !e->ended ? &e->statement->as.site.readers : NULL;
	for (uint32_t i = 0; readers && i < readers->count; i++) {
		if (readers->list[i].form == form)
			return readers->list[i].roles;
	}
	return 0;
}

/* ---- Nodes and officers.  Where several statements fit, an order that depends on the set of statements
 * alone says which one speaks. */

/* Less than 0 when enrolment a speaks rather than b. */
static int compare_enrolments(const struct charter_entry *a, const struct charter_entry *b)
{
	const struct statement *x = a->statement, *y = b->statement;
	if (a->ended != b->ended)
		return a->ended ? 1 : -1;
	if (x->has_issuer != y->has_issuer)
		return x->has_issuer ? 1 : -1;
	if (x->has_issuer && x->as.node.site != y->as.node.site)
		return x->as.node.site < y->as.node.site ? -1 : 1;
	if (x->position != y->position)
		return x->position > y->position ? -1 : 1;
	return statement_id_compare(&x->id, &y->id);
}

const struct charter_entry *charter_node(const struct charter *c, const struct node_id *node)
{
	const struct charter_entry *best = NULL;
	uint32_t i = key_map_get(&c->by_node, node->b, CHARTER_NONE);
	for (; i != CHARTER_NONE; i = c->items[i]->next_listed) {
		const struct charter_entry *e = entry_at(c, i);
		if (e->standing == CHARTER_COUNTS && (!best || compare_enrolments(e, best) < 0))
			best = e;
	}
	return best;
}

const struct charter_entry *charter_node_by_transport(const struct charter *c, const uint8_t key[32])
{
	const struct charter_entry *best = NULL;
	uint32_t i = key_map_get(&c->by_transport, key, CHARTER_NONE);
	for (; i != CHARTER_NONE; i = c->items[i]->next_transport) {
		const struct charter_entry *e = entry_at(c, i);
		if (e->standing == CHARTER_COUNTS && (!best || compare_enrolments(e, best) < 0))
			best = e;
	}
	return best;
}

/* Less than 0 when appointment a speaks rather than b. */
static int compare_appointments(const struct charter_entry *a, const struct charter_entry *b)
{
	const struct statement *x = a->statement, *y = b->statement;
	if (x->has_issuer != y->has_issuer)
		return x->has_issuer ? 1 : -1;
	if (x->position != y->position)
		return x->position > y->position ? -1 : 1;
	return statement_id_compare(&x->id, &y->id);
}

static bool is_in_force(const struct charter_entry *e, uint32_t site)
{
	return e->standing == CHARTER_COUNTS && !e->ended && e->statement->as.appoint.site == site;
}

const struct charter_entry *charter_officer(const struct charter *c, uint32_t site,
	const struct officer_id *officer)
{
	const struct charter_entry *best = NULL;
	uint32_t i = key_map_get(&c->by_officer, officer->b, CHARTER_NONE);
	for (; i != CHARTER_NONE; i = c->items[i]->next_listed) {
		const struct charter_entry *e = entry_at(c, i);
		if (is_in_force(e, site) && (!best || compare_appointments(e, best) < 0))
			best = e;
	}
	return best;
}

static bool is_named(const struct charter_entry *e, uint32_t site, struct bytes name)
{
	return e->statement->code == STATEMENT_APPOINT && is_in_force(e, site) &&
		bytes_equal(e->statement->as.appoint.name, name);
}

const struct charter_entry *charter_officer_named(const struct charter *c, uint32_t site, struct bytes name,
	uint32_t *others)
{
	const struct charter_entry *best = NULL;
	uint32_t other = 0;
	for (uint32_t i = 0; i < c->count; i++) {
		const struct charter_entry *e = entry_at(c, i);
		if (is_named(e, site, name) && (!best || compare_appointments(e, best) < 0))
			best = e;
	}
	for (uint32_t i = 0; best && i < c->count; i++) {
		const struct charter_entry *e = entry_at(c, i);
		other += is_named(e, site, name) && !officer_id_equal(&e->statement->as.appoint.officer,
			&best->statement->as.appoint.officer);
	}
	if (others)
		*others = other;
	return best;
}

/* The union of what `which` says in an officer's appointments in force, as far as the site has it. */
enum which { ROLES, MAY_APPOINT };
static role_set collect(const struct charter *c, uint32_t site, const struct officer_id *officer,
	uint32_t form, enum which which)
{
	role_set all = 0;
	uint32_t i = key_map_get(&c->by_officer, officer->b, CHARTER_NONE);
	for (; i != CHARTER_NONE; i = c->items[i]->next_listed) {
		const struct statement_appoint *s = &c->items[i]->entry.statement->as.appoint;
		const struct form_roles_list *list = which == ROLES ? &s->roles : &s->may_appoint;
		for (uint32_t k = 0; is_in_force(entry_at(c, i), site) && k < list->count; k++)
			all |= list->list[k].form == form ? list->list[k].roles : 0;
	}
	return all & charter_site_roles(c, site, form);
}

role_set charter_roles(const struct charter *c, uint32_t site, const struct officer_id *officer,
	uint32_t form)
{
	return collect(c, site, officer, form, ROLES);
}

role_set charter_may_appoint(const struct charter *c, uint32_t site, const struct officer_id *officer,
	uint32_t form)
{
	return collect(c, site, officer, form, MAY_APPOINT);
}

/* ---- Forms and lists */

const struct charter_entry *charter_form(const struct charter *c, uint32_t number, uint32_t version)
{
	const struct charter_entry *latest = NULL;
	for (uint32_t i = 0; i < c->form_count; i++) {
		const struct charter_entry *e = entry_at(c, c->forms[i]);
		const struct statement_form *s = &e->statement->as.form;
		if (s->number != number || (version && s->version != version))
			continue;
		if (!latest || s->version > latest->statement->as.form.version)
			latest = e;
	}
	return latest;
}

static int compare_entries(const void *a, const void *b)
{
	const struct statement *x = (*(const struct charter_entry *const *)a)->statement;
	const struct statement *y = (*(const struct charter_entry *const *)b)->statement;
	if (x->has_issuer != y->has_issuer)
		return x->has_issuer ? 1 : -1;
	int order = officer_id_compare(&x->issuer, &y->issuer);
	if (order)
		return order;
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return statement_id_compare(&x->id, &y->id);
}

enum err charter_list(const struct charter_entry *const **out, uint32_t *count, struct arena *a,
	const struct charter *c, uint32_t code)
{
	*out = NULL;
	*count = 0;
	const struct charter_entry **list = arena_array(a, c->count, sizeof *list);
	if (!list)
		return ERR_MEMORY;
	uint32_t n = 0;
	for (uint32_t i = 0; i < c->count; i++) {
		const struct charter_entry *e = entry_at(c, i);
		if (e->standing == CHARTER_COUNTS && (code == 0 || e->statement->code == code))
			list[n++] = e;
	}
	qsort(list, n, sizeof *list, compare_entries);
	*out = list;
	*count = n;
	return ERR_OK;
}
