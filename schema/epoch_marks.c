/* The marks of the epoch fold: grants and withdrawals per site, and what holds among what one sees. */
#include "schema/epoch_state.h"

#include <assert.h>

/* The place of a site in a table, or where it would be. */
static uint32_t place_of(const struct epoch_sites *sites, uint32_t site)
{
	uint32_t low = 0, high = sites->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (sites->list[middle].site < site)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct epoch_site *epoch_find_site(const struct epoch_sites *sites, uint32_t site)
{
	uint32_t at = place_of(sites, site);
	return at < sites->count && sites->list[at].site == site ? &sites->list[at] : NULL;
}

struct epoch_site *epoch_get_site(struct epoch_case *e, struct epoch_sites *sites, uint32_t site)
{
	uint32_t at = place_of(sites, site);
	if (at < sites->count && sites->list[at].site == site)
		return &sites->list[at];
	struct epoch_site *list = arena_grow(e->arena, sites->list, sites->count, &sites->size, sizeof *list);
	if (!list)
		return NULL;
	sites->list = list;
	memmove(&list[at + 1], &list[at], (sites->count - at) * sizeof *list);
	list[at] = (struct epoch_site){ .site = site };
	sites->count++;
	return &list[at];
}

enum err epoch_add_mark(struct epoch_case *e, struct epoch_marks *marks, struct epoch_mark mark)
{
	struct epoch_mark *list = arena_grow(e->arena, marks->list, marks->count, &marks->size, sizeof *list);
	if (!list)
		return ERR_MEMORY;
	marks->list = list;
	list[marks->count++] = mark;
	return ERR_OK;
}

bool epoch_mark_sees(const struct epoch_case *e, struct epoch_mark a, struct epoch_mark b)
{
	return a.change == b.change ? b.act < a.act : dag_sees(e->dag, a.change, b.change);
}

struct epoch_against epoch_find_against(const struct epoch_case *e, uint32_t compartment, uint32_t site)
{
	assert(compartment >= 1 && compartment <= FORM_COMPARTMENTS_MAX);
	const uint32_t bearing[3] = { EPOCH_EVERY_COMPARTMENT, FORM_CORE, compartment };
	struct epoch_against all = { { NULL } };
	for (int i = 0; i < 3; i++) {
		const struct epoch_site *s = epoch_find_site(&e->compartments[bearing[i]], site);
		all.lists[i] = s && s->against.count ? &s->against : NULL;
	}
	return all;
}

static bool is_visible(const struct epoch_case *e, uint32_t seer, struct epoch_mark mark)
{
	return seer == EPOCH_ALL || dag_sees(e->dag, seer, mark.change);
}

/* True when some withdrawal that `seer` sees is not seen by the mark. */
static bool is_overruled(const struct epoch_case *e, const struct epoch_against *against,
	struct epoch_mark grant, uint32_t seer)
{
	for (int i = 0; i < 3; i++) {
		const struct epoch_marks *w = against->lists[i];
		for (uint32_t k = 0; w && k < w->count; k++) {
			if (is_visible(e, seer, w->list[k]) && !epoch_mark_sees(e, grant, w->list[k]))
				return true;
		}
	}
	return false;
}

/* True when a sees every withdrawal that b sees: whatever overrules a overrules b too. */
static bool sees_as_much(const struct epoch_case *e, const struct epoch_against *against, struct epoch_mark a,
	struct epoch_mark b)
{
	for (int i = 0; i < 3; i++) {
		const struct epoch_marks *w = against->lists[i];
		for (uint32_t k = 0; w && k < w->count; k++) {
			if (epoch_mark_sees(e, b, w->list[k]) && !epoch_mark_sees(e, a, w->list[k]))
				return false;
		}
	}
	return true;
}

enum err epoch_add_grant(struct epoch_case *e, struct epoch_sites *sites, uint32_t compartment, uint32_t site,
	struct epoch_mark mark)
{
	struct epoch_site *s = epoch_get_site(e, sites, site);
	if (!s)
		return ERR_MEMORY;
	/* Whoever sees this mark sees the older one too, and no withdrawal can come to be seen by this mark any
	 * more, since what it sees was taken in before it. */
	const struct epoch_against against = epoch_find_against(e, compartment, site);
	for (uint32_t i = 0; i < s->grants.count; i++) {
		struct epoch_mark older = s->grants.list[i];
		if (epoch_mark_sees(e, mark, older) && sees_as_much(e, &against, older, mark))
			return ERR_OK;
	}
	return epoch_add_mark(e, &s->grants, mark);
}

bool epoch_holds(const struct epoch_case *e, const struct epoch_sites *sites, uint32_t compartment,
	uint32_t site, uint32_t seer)
{
	const struct epoch_site *s = epoch_find_site(sites, site);
	if (!s || s->grants.count == 0)
		return false;
	const struct epoch_against against = epoch_find_against(e, compartment, site);
	for (uint32_t i = 0; i < s->grants.count; i++) {
		struct epoch_mark grant = s->grants.list[i];
		if (is_visible(e, seer, grant) && !is_overruled(e, &against, grant, seer))
			return true;
	}
	return false;
}

bool epoch_is_withdrawn(const struct epoch_case *e, uint32_t compartment, uint32_t site, uint32_t seer)
{
	const struct epoch_against against = epoch_find_against(e, compartment, site);
	for (int i = 0; i < 3; i++) {
		const struct epoch_marks *w = against.lists[i];
		for (uint32_t k = 0; w && k < w->count; k++) {
			if (is_visible(e, seer, w->list[k]))
				return !epoch_holds(e, &e->compartments[compartment], compartment, site, seer);
		}
	}
	return false;
}

bool epoch_is_member_at(const struct epoch_case *e, uint32_t compartment, uint32_t site, uint32_t seer)
{
	return epoch_holds(e, &e->compartments[FORM_CORE], FORM_CORE, site, seer) &&
		(compartment == FORM_CORE ||
			epoch_holds(e, &e->compartments[compartment], compartment, site, seer));
}

bool epoch_may_open(const struct epoch_case *e, uint32_t compartment, uint32_t site, uint32_t seer)
{
	const struct epoch_sites *sites = &e->compartments[compartment];
	if (epoch_is_member_at(e, compartment, site, seer))
		return true;
	for (uint32_t i = 0; i < sites->count; i++) {
		if (epoch_is_member_at(e, compartment, sites->list[i].site, seer))
			return false;
	}
	return true;
}
