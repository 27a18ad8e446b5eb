/* Choosing how a change writes a compartment: under which epoch, and whom it gives the key. */
#include "schema/epoch_state.h"

#include <stdlib.h>

struct chooser {
	const struct epoch_case *e;
	const struct form_compartment *compartment;
	uint32_t site;
	const struct epoch_keys *keys;
	bool may_share;
	uint32_t *wanted; /* sites that are to have the key, ascending */
	uint32_t wanted_count;
};

static bool may_read_now(const struct epoch_case *e, const struct form_compartment *c, uint32_t site)
{
	return charter_site_roles(e->charter, site, e->form->number) & c->read;
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static bool is_listed(const uint32_t *sites, uint32_t count, uint32_t site)
{
	return bsearch(&site, sites, count, sizeof *sites, compare_numbers) != NULL;
}

/* The sites of role central, whom a case that is being opened goes to besides one's own. */
static enum err find_centres(uint32_t **out, uint32_t *count, struct arena *a, const struct charter *charter)
{
	const struct charter_entry *const *sites = NULL;
	uint32_t site_count = 0;
	enum err err = charter_list(&sites, &site_count, a, charter, STATEMENT_SITE);
	uint32_t *centres = err ? NULL : arena_array(a, site_count, sizeof *centres);
	if (!centres)
		return ERR_MEMORY;
	*count = 0;
	for (uint32_t i = 0; i < site_count; i++) {
		const struct statement_site *s = &sites[i]->statement->as.site;
		bool is_latest = charter_site(charter, s->number) == sites[i];
		if (is_latest && s->role == SITE_CENTRAL)
			centres[(*count)++] = s->number;
	}
	*out = centres;
	return ERR_OK;
}

/* The members of the compartment; of its first key, those of the case; of a new case, the centres.  As far
 * as they may read now. */
static enum err add_members(struct chooser *c, struct arena *a, uint32_t also_count)
{
	const uint32_t *members = NULL;
	uint32_t *centres = NULL, count = 0;
	uint32_t number = c->compartment->number;
	enum err err = epoch_members(&members, &count, a, c->e, number);
	if (!err && count == 0)
		err = epoch_members(&members, &count, a, c->e, FORM_CORE);
	if (!err && c->e->taken == 0) {
		err = find_centres(&centres, &count, a, c->e->charter);
		members = centres;
	}
	c->wanted = err ? NULL : arena_array(a, (size_t)count + also_count + 1, sizeof *c->wanted);
	if (!c->wanted)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < count; i++) {
		if (may_read_now(c->e, c->compartment, members[i]) &&
			!epoch_is_withdrawn(c->e, number, members[i], EPOCH_ALL))
			c->wanted[c->wanted_count++] = members[i];
	}
	return ERR_OK;
}

/* Sorts what is wanted and drops what is there twice. */
static void tidy_wanted(struct chooser *c)
{
	uint32_t n = 0;
	qsort(c->wanted, c->wanted_count, sizeof *c->wanted, compare_numbers);
	for (uint32_t i = 0; i < c->wanted_count; i++) {
		if (n == 0 || c->wanted[n - 1] != c->wanted[i])
			c->wanted[n++] = c->wanted[i];
	}
	c->wanted_count = n;
}

/* True when a grant that saw the site ask for the key again gives it. */
static bool is_answered(const struct chooser *c, const struct epoch_record *r, uint32_t site,
	struct epoch_mark asked)
{
	for (uint32_t i = r->act_count; i-- > 0;) {
		struct epoch_mark grant = { r->acts[i].change, r->acts[i].act };
		if (epoch_mark_sees(c->e, grant, asked) && epoch_grants_site(c->e, &r->acts[i], site))
			return true;
	}
	return false;
}

/* True when the site has a key of the epoch that holds, and has not asked for it again since. */
static bool is_covered(const struct chooser *c, const struct epoch_record *r, uint32_t site)
{
	const struct epoch_site *s = epoch_find_site(&r->sites, site);
	if (!s || !epoch_holds(c->e, &r->sites, c->compartment->number, site, EPOCH_ALL))
		return false;
	for (uint32_t k = 0; k < s->against.count; k++) {
		if (!is_answered(c, r, site, s->against.list[k]))
			return false;
	}
	return true;
}

/* True when the officer's site holds the epoch, its key is at hand, and nobody holds it who is not to read
 * what comes now. */
static bool is_usable(const struct chooser *c, const struct epoch_record *r)
{
	if (!r->epoch.effective || r->epoch.compartment != c->compartment->number ||
		!epoch_holds(c->e, &r->sites, c->compartment->number, c->site, EPOCH_ALL))
		return false;
	for (uint32_t i = 0; i < r->sites.count; i++) {
		if (r->sites.list[i].grants.count && !is_listed(c->wanted, c->wanted_count, r->sites.list[i].site))
			return false;
	}
	return !c->keys || c->keys->holds(c->keys->context, &r->epoch);
}

/* The usable epoch of the lowest id that covers all, else the lowest usable one; NULL when there is none. */
static const struct epoch_record *find_usable(const struct chooser *c)
{
	const struct epoch_record *lowest = NULL;
	for (uint32_t i = 0; i < c->e->record_count; i++) {
		const struct epoch_record *r = c->e->records[i];
		if (!is_usable(c, r))
			continue;
		bool covers = true;
		for (uint32_t k = 0; k < c->wanted_count && covers; k++)
			covers = is_covered(c, r, c->wanted[k]);
		if (covers)
			return r;
		if (!lowest)
			lowest = r;
	}
	return lowest;
}

/* Divides those who lack the key into whom the grant act names and who stays without. */
static enum err divide(struct epoch_choice *out, struct arena *a, const struct chooser *c,
	const struct epoch_record *r)
{
	uint32_t *sites = arena_array(a, c->wanted_count, sizeof *sites);
	uint32_t *without = arena_array(a, c->wanted_count, sizeof *without);
	if (!sites || !without)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < c->wanted_count; i++) {
		uint32_t site = c->wanted[i];
		if (r && is_covered(c, r, site))
			continue;
		if (c->may_share || site == c->site)
			sites[out->site_count++] = site;
		else
			without[out->without_count++] = site;
	}
	out->epoch = r ? &r->epoch : NULL;
	out->sites = sites;
	out->without = without;
	return ERR_OK;
}

static enum err check(const struct chooser *c, const uint32_t *also, uint32_t also_count,
	struct err_text *why)
{
	const char *name = c->compartment->name;
	uint32_t number = c->compartment->number;
	if (!may_read_now(c->e, c->compartment, c->site))
		return err_set(why, ERR_REFUSED, "compartment %s: no role of site %u may read it", name, c->site);
	if (c->e->taken && !epoch_is_member(c->e, FORM_CORE, c->site))
		return err_set(why, ERR_REFUSED, "compartment %s: site %u has no part in the case", name, c->site);
	if (epoch_is_withdrawn(c->e, number, c->site, EPOCH_ALL))
		return err_set(why, ERR_REFUSED, "compartment %s: it was withdrawn from site %u", name, c->site);
	if (!epoch_may_open(c->e, number, c->site, EPOCH_ALL))
		return err_set(why, ERR_REFUSED, "compartment %s: it was not granted to site %u", name, c->site);
	for (uint32_t i = 0; i < also_count; i++) {
		if (!may_read_now(c->e, c->compartment, also[i]))
			return err_set(why, ERR_REFUSED, "compartment %s: no role of site %u may read it", name, also[i]);
		if (!c->may_share && also[i] != c->site)
			return err_set(why, ERR_REFUSED, "compartment %s: no role of yours may share it", name);
	}
	return ERR_OK;
}

enum err epoch_choose(struct epoch_choice *out, struct arena *a, const struct epoch_case *e,
	uint32_t compartment, uint32_t site, role_set roles, const struct epoch_keys *keys,
	const uint32_t *also, uint32_t also_count, struct err_text *why)
{
	*out = (struct epoch_choice){ 0 };
	const struct form_compartment *found = form_find_compartment(e->form, compartment);
	if (!found)
		return err_set(why, ERR_REFUSED, "compartment %u: the form has none of that number", compartment);
	role_set sharing = roles & found->share;
	struct chooser c = { .e = e, .compartment = found, .site = site, .keys = keys,
		.may_share = sharing != 0 };
	enum err err = check(&c, also, also_count, why);
	if (!err)
		err = add_members(&c, a, also_count);
	if (err)
		return err;
	c.wanted[c.wanted_count++] = site;
	for (uint32_t i = 0; i < also_count; i++)
		c.wanted[c.wanted_count++] = also[i];
	tidy_wanted(&c);
	err = divide(out, a, &c, find_usable(&c));
	if (!err && out->site_count)
		out->role = form_least_telling(e->form, sharing);
	return err;
}
