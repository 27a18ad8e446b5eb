/* Casework beyond one field. */
#include "node/casework.h"

enum err casework_opening_grants(const struct edit_grant **out, uint32_t *count, struct arena *a,
	const struct replica *r, const struct form *form)
{
	const struct charter *c = replica_charter(r);
	const struct charter_entry *const *sites;
	uint32_t site_count;
	*out = NULL;
	*count = 0;
	enum err e = charter_list(&sites, &site_count, a, c, STATEMENT_SITE);
	struct edit_grant *grants = e ? NULL : arena_array(a, site_count, sizeof *grants);
	if (!e && !grants)
		e = ERR_MEMORY;
	for (uint32_t i = 0; i < site_count && !e; i++) {
		const struct statement_site *s = &sites[i]->statement->as.site;
		if (charter_site(c, s->number) == sites[i] && s->role == SITE_CENTRAL && s->number != replica_site(r)
			&& charter_site_roles(c, s->number, form->number))
			grants[(*count)++] = (struct edit_grant){ .site = s->number };
	}
	*out = grants;
	return e;
}

enum err casework_take(struct bytes *value, const struct view_field *f, uint32_t take, struct err_text *why)
{
	uint32_t count = f->candidate_count + f->loser_count;
	*value = (struct bytes){ 0 };
	if (take == 0 || take > count)
		return err_set(why, ERR_NOT_FOUND,
			"%s has no value %u to take; `dossier conflicts` numbers them 1 to %u", f->field->path,
			(unsigned)take, (unsigned)count);
	*value = take <= f->candidate_count ? f->candidates[take - 1].value
										: f->losers[take - 1 - f->candidate_count].value;
	return ERR_OK;
}

enum err casework_add_ack(
	struct op_list *l, const struct casefile *f, const struct view_field *field, struct err_text *why)
{
	if (field->loser_count == 0)
		return err_set(why, ERR_NOT_FOUND, "%s: there is nothing to acknowledge", field->field->path);
	struct change_id *ids = arena_array(l->arena, field->loser_count, sizeof *ids);
	if (!ids)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < field->loser_count; i++)
		ids[i] = f->changes[field->losers[i].change].id;
	return op_list_add_ack(l, field->field, ids, field->loser_count, why);
}
