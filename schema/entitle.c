/* Entitlement: appointments, enrolments and sites as of the statements that a change names. */
#include "schema/entitle.h"

#include "schema/charter_state.h"

enum entitle_found entitle_find(struct entitle_at *out, const struct charter *c,
	const struct statement_id *root, const struct statement_id *issuer)
{
	bool same = statement_id_equal(root, issuer);
	out->root = charter_find(c, root);
	out->issuer = same ? out->root : charter_find(c, issuer);
	if (!out->root)
		return ENTITLE_NO_ROOT;
	if (out->root->statement->has_issuer)
		return ENTITLE_WRONG_CHAIN;
	if (!out->issuer)
		return ENTITLE_NO_ISSUER;
	return same || out->issuer->statement->has_issuer ? ENTITLE_FOUND : ENTITLE_WRONG_CHAIN;
}

/* True when `e` is among the statements relied on. */
static bool is_relied_on(const struct charter *c, const struct charter_entry *e, const struct entitle_at *at)
{
	return charter_precedes(c, e, e->statement->has_issuer ? at->issuer : at->root);
}

bool entitle_is_ended(const struct charter *c, const struct charter_entry *e, const struct entitle_at *at)
{
	if (!e->ended)
		return false;
	const struct charter_entry *in_chain = e->statement->has_issuer ? at->issuer : at->root;
	bool same_chain = charter_item_of(in_chain)->chain == charter_item_of(e)->chain;
	if (same_chain && in_chain->statement->position >= e->ended_from)
		return true;
	uint32_t i = key_map_get(&c->by_ended, e->statement->id.b, CHARTER_NONE);
	for (; i != CHARTER_NONE; i = c->items[i]->next_ending) {
		const struct charter_entry *ending = &c->items[i]->entry;
		if (ending->standing == CHARTER_COUNTS && is_relied_on(c, ending, at))
			return true;
	}
	return false;
}

/* ---- Import */

enum entitle_listed entitle_is_listed(const struct charter *c, const struct entitle_at *at,
	const struct officer_id *officer, const struct node_id *node)
{
	enum entitle_listed listed = ENTITLE_NOT_APPOINTED;
	uint32_t i = key_map_get(&c->by_officer, officer->b, CHARTER_NONE);
	for (; i != CHARTER_NONE; i = c->items[i]->next_listed) {
		const struct charter_entry *appointment = &c->items[i]->entry;
		if (!is_relied_on(c, appointment, at))
			continue;
		listed = ENTITLE_UNKNOWN_NODE;
		uint32_t j = key_map_get(&c->by_node, node->b, CHARTER_NONE);
		for (; j != CHARTER_NONE; j = c->items[j]->next_listed) {
			const struct charter_entry *enrolment = &c->items[j]->entry;
			if (enrolment->statement->as.node.site == appointment->statement->as.appoint.site &&
				is_relied_on(c, enrolment, at))
				return ENTITLE_LISTED;
		}
	}
	return listed;
}

/* ---- The view */

static role_set roles_for(const struct form_roles_list *roles, uint32_t form)
{
	for (uint32_t i = 0; i < roles->count; i++) {
		if (roles->list[i].form == form)
			return roles->list[i].roles;
	}
	return 0;
}

/* The site's statement in force as of `root`; NULL when there is none. */
static const struct charter_entry *find_site(const struct charter *c, const struct charter_entry *root,
	uint32_t number)
{
	const struct charter_site_list *site = charter_find_site(c, number);
	uint32_t low = 0, high = site ? site->count : 0;
	while (low < high) { /* the number of its statements at or before root */
		uint32_t middle = low + (high - low) / 2;
		if (c->items[site->items[middle]]->entry.statement->position <= root->statement->position)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &c->items[site->items[low - 1]]->entry : NULL;
}

role_set entitle_site_roles(const struct charter *c, const struct charter_entry *root, uint32_t site,
	uint32_t form)
{
	const struct entitle_at at = { root, root };
	const struct charter_entry *e = find_site(c, root, site);
	if (!e || entitle_is_ended(c, e, &at))
		return 0;
	return roles_for(&e->statement->as.site.readers, form);
}

/* Whether the node is enrolled under the site, in what counts: ENTITLE_NONE, ENTITLE_RETIRED when every
 * enrolment is ended, ENTITLED. */
static enum entitle_state judge_node(const struct charter *c, const struct entitle_at *at,
	const struct node_id *node, uint32_t site)
{
	enum entitle_state state = ENTITLE_NONE;
	uint32_t i = key_map_get(&c->by_node, node->b, CHARTER_NONE);
	for (; i != CHARTER_NONE; i = c->items[i]->next_listed) {
		const struct charter_entry *e = &c->items[i]->entry;
		if (e->standing != CHARTER_COUNTS || e->statement->as.node.site != site || !is_relied_on(c, e, at))
			continue;
		if (!entitle_is_ended(c, e, at))
			return ENTITLED;
		state = ENTITLE_RETIRED;
	}
	return state;
}

/* What one appointment entitles to, its site's and the node's part included. */
static enum entitle_state judge_appointment(role_set *roles, const struct charter *c,
	const struct entitle_at *at, const struct charter_entry *e, const struct node_id *node, uint32_t form)
{
	const struct statement_appoint *s = &e->statement->as.appoint;
	*roles = 0;
	if (e->standing != CHARTER_COUNTS || !is_relied_on(c, e, at))
		return ENTITLE_NONE;
	const struct charter_entry *site = find_site(c, at->root, s->site);
	enum entitle_state state = site ? judge_node(c, at, node, s->site) : ENTITLE_NONE;
	if (state != ENTITLED)
		return state;
	if (entitle_is_ended(c, site, at) || entitle_is_ended(c, e, at))
		return ENTITLE_RETIRED;
	*roles = roles_for(&s->roles, form) & roles_for(&site->statement->as.site.readers, form);
	return ENTITLED;
}

void entitle_judge(struct entitlement *out, const struct charter *c, const struct entitle_at *at,
	const struct officer_id *officer, const struct node_id *node, uint32_t form)
{
	*out = (struct entitlement){ .state = ENTITLE_NONE };
	uint32_t i = key_map_get(&c->by_officer, officer->b, CHARTER_NONE);
	for (; i != CHARTER_NONE; i = c->items[i]->next_listed) {
		const struct charter_entry *e = &c->items[i]->entry;
		uint32_t site = e->statement->as.appoint.site;
		role_set roles = 0;
		enum entitle_state state = judge_appointment(&roles, c, at, e, node, form);
		if (state == ENTITLE_NONE)
			continue;
		bool better = out->state == ENTITLE_NONE || (state == ENTITLED && out->state == ENTITLE_RETIRED);
		if (better || (state == out->state && site < out->site))
			*out = (struct entitlement){ state, site, roles };
		else if (state == out->state && site == out->site)
			out->roles |= roles;
	}
}
