/* Who has what, over everything taken in: members, keys, and what may be sent to a site. */
#include "schema/epoch_state.h"

#include <assert.h>

bool epoch_is_effective(const struct epoch_case *e, uint32_t position, const struct change_blob *line)
{
	const struct epoch *epoch = epoch_of_line(e, position, line);
	const struct epoch_item *item = &e->items[position];
	if (!epoch || !epoch->effective || item->standing != REASON_NONE)
		return false;
	const struct epoch_record *r = epoch_record_of(epoch);
	if (line->own_epoch)
		return epoch_grants_site(e, &r->acts[0], item->given.site);
	return dag_sees(e->dag, position, epoch->opener) &&
		epoch_holds(e, &r->sites, epoch->compartment, item->given.site, position);
}

/* ---- Members and keys */

bool epoch_is_member(const struct epoch_case *e, uint32_t compartment, uint32_t site)
{
	return compartment >= FORM_CORE && compartment <= FORM_COMPARTMENTS_MAX &&
		epoch_is_member_at(e, compartment, site, EPOCH_ALL);
}

enum err epoch_members(const uint32_t **out, uint32_t *count, struct arena *a, const struct epoch_case *e,
	uint32_t compartment)
{
	*out = NULL;
	*count = 0;
	if (compartment < FORM_CORE || compartment > FORM_COMPARTMENTS_MAX)
		return ERR_OK;
	const struct epoch_sites *sites = &e->compartments[compartment];
	uint32_t *members = arena_array(a, sites->count, sizeof *members);
	if (!members)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < sites->count; i++) {
		if (epoch_is_member(e, compartment, sites->list[i].site))
			members[(*count)++] = sites->list[i].site;
	}
	*out = members;
	return ERR_OK;
}

bool epoch_has_key(const struct epoch_case *e, const struct epoch *epoch, uint32_t site)
{
	(void)e;
	const struct epoch_site *s = epoch_find_site(&epoch_record_of(epoch)->sites, site);
	return s && s->grants.count > 0;
}

bool epoch_find_grant(const struct epoch_case *e, const struct epoch *epoch, uint32_t site, uint32_t n,
	uint32_t *position, uint32_t *act)
{
	const struct epoch_record *r = epoch_record_of(epoch);
	*position = *act = 0;
	for (uint32_t i = 0; epoch_has_key(e, epoch, site) && i < r->act_count; i++) {
		if (!epoch_grants_site(e, &r->acts[i], site) || n-- > 0)
			continue;
		*position = r->acts[i].change;
		*act = r->acts[i].act;
		return true;
	}
	return false;
}

/* ---- Sending */

static bool is_active(const struct epoch_case *e, uint32_t site)
{
	const struct charter_entry *s = charter_site(e->charter, site);
	return s && !s->ended;
}

bool epoch_shares_case(const struct epoch_case *e, uint32_t site)
{
	return is_active(e, site) &&
		(charter_is_custodian(e->charter, site) || epoch_is_member(e, FORM_CORE, site));
}

/* True when the grant holds, or a withdrawal that ended it saw the change at `position` (with `last`: or is
 * it): whoever wrote that withdrawal left the site what came before it. */
static bool reaches(const struct epoch_case *e, const struct epoch_against *against, struct epoch_mark grant,
	uint32_t position, bool last)
{
	bool ended = false;
	for (int i = 0; i < 3; i++) {
		const struct epoch_marks *w = against->lists[i];
		for (uint32_t k = 0; w && k < w->count; k++) {
			if (epoch_mark_sees(e, grant, w->list[k]))
				continue;
			if ((last && w->list[k].change == position) || dag_sees(e->dag, w->list[k].change, position))
				return true;
			ended = true;
		}
	}
	return !ended;
}

/* True when one of the site's grants in the table reaches the change. */
static bool is_reached(const struct epoch_case *e, const struct epoch_sites *sites, uint32_t compartment,
	uint32_t site, uint32_t position, bool last)
{
	const struct epoch_site *s = epoch_find_site(sites, site);
	if (!s || s->grants.count == 0)
		return false;
	const struct epoch_against against = epoch_find_against(e, compartment, site);
	for (uint32_t i = 0; i < s->grants.count; i++) {
		if (reaches(e, &against, s->grants.list[i], position, last))
			return true;
	}
	return false;
}

bool epoch_shares_change(const struct epoch_case *e, uint32_t position, uint32_t site)
{
	assert(position < e->size && e->items[position].given.change);
	if (!is_active(e, site))
		return false;
	return charter_is_custodian(e->charter, site) ||
		is_reached(e, &e->compartments[FORM_CORE], FORM_CORE, site, position, true);
}

bool epoch_shares_line(const struct epoch_case *e, uint32_t position, const struct change_blob *line,
	uint32_t site)
{
	if (!epoch_shares_change(e, position, site))
		return false;
	if (charter_is_custodian(e->charter, site))
		return true;
	const struct epoch *epoch = epoch_of_line(e, position, line);
	return epoch &&
		is_reached(e, &epoch_record_of(epoch)->sites, epoch->compartment, site, position, false);
}
