/* A case as JSON. */
#include "node/case_json.h"

#include "node/json_put.h"
#include "node/lookup.h"
#include "schema/view_text.h"

#include <stdlib.h>

enum { CASE_JSON_MEMORY = 256 << 20 };

uint64_t case_compartments(const struct casefile *f)
{
	uint64_t set = 0;
	for (uint32_t i = 0; i < f->count; i++)
		for (uint32_t k = 0; k < f->changes[i].change->payload_count; k++)
			set |= UINT64_C(1) << f->changes[i].change->payloads[k].compartment;
	return set;
}

static void put_compartments(struct json_out *o, const char *key, const struct form *form, uint64_t set)
{
	put_member_open(o, key, '[');
	for (size_t i = 0; i < form->compartment_count; i++)
		if (set >> form->compartments[i].number & 1)
			json_put_cstr(o, form->compartments[i].name);
	json_put_close(o, ']');
}

struct actor {
	uint32_t site;
	struct officer_id officer;
};

static int compare_actors(const void *a, const void *b)
{
	const struct actor *x = a, *y = b;
	if (x->site != y->site)
		return x->site < y->site ? -1 : 1;
	return officer_id_compare(&x->officer, &y->officer);
}

/* Everyone who wrote in the case, each once, with the names that the charter has for them. */
static enum err put_people(struct json_out *o, const struct case_json *c, struct arena *a)
{
	struct actor *actors = arena_array(a, c->file->count, sizeof *actors);
	uint32_t count = 0;
	if (!actors)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < c->file->count; i++)
		actors[i] =
			(struct actor){ c->file->counted->changes[i].site, c->file->counted->changes[i].dag.officer };
	qsort(actors, c->file->count, sizeof *actors, compare_actors);
	for (uint32_t i = 0; i < c->file->count; i++)
		if (count == 0 || compare_actors(&actors[count - 1], &actors[i]) != 0)
			actors[count++] = actors[i];
	put_member_open(o, "people", '[');
	for (uint32_t i = 0; i < count; i++) {
		json_put_open(o, '{');
		put_member_hex(o, "officer", actors[i].officer.b, sizeof actors[i].officer.b);
		put_member_text(o, "name", naming_officer(c->naming, actors[i].site, &actors[i].officer));
		put_member_int(o, "site", actors[i].site);
		put_member_text(o, "site_name", naming_site(c->naming, actors[i].site));
		json_put_close(o, '}');
	}
	json_put_close(o, ']');
	return ERR_OK;
}

static enum err put_frontier(struct json_out *o, struct casefile *f)
{
	const uint32_t *frontier;
	uint32_t count;
	enum err e = casefile_frontier(&frontier, &count, f);
	put_member_open(o, "frontier", '[');
	for (uint32_t i = 0; i < count && !e; i++)
		put_hex(o, f->changes[frontier[i]].id.b, sizeof f->changes[0].id.b);
	json_put_close(o, ']');
	return e;
}

/* Who shares the case: sites with a grant of core that counts. */
static enum err put_members(struct json_out *o, const struct case_json *c, struct arena *a)
{
	const uint32_t *sites;
	uint32_t count;
	enum err e = epoch_members(&sites, &count, a, c->file->counted->epochs, FORM_CORE);
	put_member_open(o, "members", '[');
	for (uint32_t i = 0; i < count && !e; i++) {
		json_put_open(o, '{');
		put_member_int(o, "site", sites[i]);
		put_member_text(o, "site_name", naming_site(c->naming, sites[i]));
		json_put_close(o, '}');
	}
	json_put_close(o, ']');
	return e;
}

static enum err put_flags(struct json_out *o, const struct casefile *f, struct arena *a)
{
	static const char *const names[] = {
		[COUNT_TWO_OPENINGS] = "two_openings", [COUNT_TWO_LANES] = "two_lanes"
	};
	const struct count_flagged *flags;
	uint32_t count;
	enum err e = count_find_flags(&flags, &count, a, f->counted);
	put_member_open(o, "flagged", '[');
	for (uint32_t i = 0; i < count && !e; i++) {
		json_put_open(o, '[');
		json_put_cstr(o, names[flags[i].flag]);
		put_hex(o, f->changes[flags[i].a].id.b, sizeof f->changes[0].id.b);
		put_hex(o, f->changes[flags[i].b].id.b, sizeof f->changes[0].id.b);
		json_put_close(o, ']');
	}
	json_put_close(o, ']');
	return e;
}

static enum err put_local(struct json_out *o, const struct case_json *c)
{
	char name[LOOKUP_SHORT_SIZE];
	int64_t last = 0;
	enum err e = lookup_shorten(name, c->replica, &c->file->id);
	for (uint32_t i = 0; i < c->file->count; i++)
		if (c->file->changes[i].row.received > last)
			last = c->file->changes[i].row.received;
	put_member_open(o, "local", '{');
	put_member_cstr(o, "short", name);
	put_member_int(o, "last_received", last);
	json_put_close(o, '}');
	return e;
}

enum err case_json_put(struct json_out *o, const struct case_json *c)
{
	struct hash256 digest;
	struct arena a;
	const struct form *form = c->file->form;
	arena_init(&a, CASE_JSON_MEMORY);
	enum err e = casefile_digest(&digest, c->file);
	json_put_open(o, '{');
	put_member_hex(o, "case", c->file->id.b, sizeof c->file->id.b);
	put_member_cstr(o, "form", form->name);
	put_member_int(o, "form_version", form->version);
	put_member_int(o, "changes", c->file->count);
	if (c->is_at)
		put_member_hex(o, "at", c->file->changes[c->at].id.b, sizeof c->file->changes[c->at].id.b);
	if (!e)
		e = put_frontier(o, c->file);
	put_member_hex(o, "digest", digest.b, sizeof digest.b);
	json_put_key(o, "fields");
	if (!e)
		e = view_text_fields(o, c->view, form, c->file->counted->changes, VIEW_TEXT_BY);
	json_put_key(o, "ineffective");
	if (!e)
		view_text_ineffective(o, c->view, form, c->file->counted->changes);
	put_compartments(o, "unknown", form, c->view->unknown);
	put_compartments(o, "withheld", form, case_compartments(c->file) & ~c->rights);
	if (!e)
		e = put_members(o, c, &a);
	if (!e)
		e = put_people(o, c, &a);
	if (!e)
		e = put_flags(o, c->file, &a);
	if (!e && c->local)
		e = put_local(o, c);
	json_put_close(o, '}');
	arena_clear(&a);
	return e ? e : buf_err(o->buf);
}
