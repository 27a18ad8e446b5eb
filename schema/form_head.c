/* Reading a form file: its names, roles, bases, compartments, acts and sites. */
#include "schema/form_read.h"

#include "schema/act.h"
#include "schema/statement.h"

#include <string.h>

enum { NUMBER_MAX = 65535, BASES_MAX = 64 };

static const struct form_key name_keys[] = {
	{ "number", JSON_INT, true, false },
	{ "name", JSON_TEXT, true, false },
	{ "meaning", JSON_TEXT, true, false },
	{ NULL, JSON_NULL, false, false },
};

/* Opens the list under `key`: its first element, and room for what is made of them. */
static const struct json *open_list(struct form_reader *r, const char *key, size_t max, size_t size,
	void **room)
{
	const struct json *list = form_get(r->root, key, JSON_ARRAY);
	*room = NULL;
	if (!list)
		return NULL;
	if (json_count(list) > max) {
		form_complain(r, list, "\"%s\" holds more than %zu", key, max);
		return NULL;
	}
	*room = form_room(r, json_count(list) + 1, size);
	return *room ? json_first(list) : NULL;
}

static bool name_is_taken(const struct form_name *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i].name, name) == 0)
			return true;
	return false;
}

/* Reads a list of numbered names: roles or bases. */
static size_t read_names(struct form_reader *r, const char *key, const char *kind, uint32_t max,
	const struct form_name **out)
{
	void *room;
	size_t count = 0;
	const struct json *at = open_list(r, key, max, sizeof **out, &room);
	struct form_name *names = room;
	uint32_t before = 0;
	*out = names;
	for (; at && !r->err; at = json_next(at)) {
		form_set_where(r, kind, "");
		if (form_read_keys(r, at, name_keys)) {
			struct form_name *n = &names[count];
			n->number = form_read_number(r, at, "number", max);
			n->name = form_read_name(r, at, "name");
			form_set_where(r, kind, n->name);
			n->meaning = form_read_text(r, at, "meaning");
			form_check_ascending(r, json_get(at, "number"), before, n->number);
			if (n->number > before)
				before = n->number;
			if (*n->name && name_is_taken(names, count, n->name))
				form_complain(r, json_get(at, "name"), "the name \"%s\" is used twice", n->name);
			else if (*n->name && n->number)
				count++;
		}
		form_set_where(r, "", "");
	}
	return count;
}

/* All roles, each once. */
static void read_telling(struct form_reader *r)
{
	const struct json *list = form_get(r->root, "telling", JSON_ARRAY);
	role_set seen = 0;
	size_t count = 0;
	if (!list)
		return;
	uint32_t *telling = form_room(r, FORM_ROLES_MAX, sizeof *telling);
	form_set_where(r, "telling", "");
	for (const struct json *at = json_first(list); at && telling; at = json_next(at)) {
		uint32_t role = form_read_role(r, at);
		if (seen & role_bit(role))
			form_complain(r, at, "role \"%s\" stands here twice", json_text(at));
		else if (role)
			telling[count++] = role;
		seen |= role_bit(role);
	}
	for (size_t i = 0; i < r->form->role_count; i++)
		if (!(seen & role_bit(r->form->roles[i].number)))
			form_complain(r, list, "role \"%s\" is missing", r->form->roles[i].name);
	form_set_where(r, "", "");
	r->form->telling = telling;
}

void form_read_head(struct form_reader *r)
{
	static const struct form_key keys[] = {
		{ "form", JSON_TEXT, true, false },
		{ "number", JSON_INT, true, false },
		{ "version", JSON_INT, true, false },
		{ "roles", JSON_ARRAY, true, false },
		{ "telling", JSON_ARRAY, true, false },
		{ "bases", JSON_ARRAY, false, false },
		{ "compartments", JSON_ARRAY, true, false },
		{ "acts", JSON_OBJECT, true, false },
		{ "sites", JSON_OBJECT, false, false },
		{ "fields", JSON_ARRAY, true, false },
		{ NULL, JSON_NULL, false, false },
	};
	struct form *f = r->form;
	form_read_keys(r, r->root, keys);
	f->name = form_read_name(r, r->root, "form");
	f->number = form_read_number(r, r->root, "number", NUMBER_MAX);
	f->version = form_read_number(r, r->root, "version", NUMBER_MAX);
	f->role_count = read_names(r, "roles", "role", FORM_ROLES_MAX, &f->roles);
	f->basis_count = read_names(r, "bases", "basis", BASES_MAX, &f->bases);
	read_telling(r);
}

static void check_compartment(struct form_reader *r, const struct json *at, const struct form_compartment *c)
{
	bool core = strcmp(c->name, "core") == 0;
	/* No readers at all was reported already, and would make an outsider of everyone. */
	role_set readers = c->read ? c->read : ~(role_set)0;
	const struct form_name *outsider = form_find_outsider(r->form, c->share, readers);
	if (outsider)
		form_complain(r, json_get(at, "share"), "role \"%s\" may share what it may not read",
			outsider->name);
	if (c->number == FORM_CORE && !core)
		form_complain(r, json_get(at, "name"), "compartment 1 must be core");
	if (core && c->number != FORM_CORE)
		form_complain(r, json_get(at, "number"), "core must be compartment 1");
	outsider = form_find_outsider(r->form, ~(role_set)0, readers);
	if (core && outsider)
		form_complain(r, json_get(at, "read"), "every role must read core, and \"%s\" does not",
			outsider->name);
}

void form_read_compartments(struct form_reader *r)
{
	static const struct form_key keys[] = {
		{ "number", JSON_INT, true, false },
		{ "name", JSON_TEXT, true, false },
		{ "meaning", JSON_TEXT, true, false },
		{ "read", JSON_ARRAY, true, true },
		{ "share", JSON_ARRAY, true, true },
		{ NULL, JSON_NULL, false, false },
	};
	void *room;
	size_t count = 0;
	uint32_t before = 0;
	const struct json *at = open_list(r, "compartments", FORM_COMPARTMENTS_MAX,
		sizeof(struct form_compartment), &room);
	struct form_compartment *list = room;
	for (; at && !r->err; at = json_next(at)) {
		struct form_compartment *c = &list[count];
		form_set_where(r, "compartment", "");
		if (form_read_keys(r, at, keys)) {
			c->number = form_read_number(r, at, "number", FORM_COMPARTMENTS_MAX);
			c->name = form_read_name(r, at, "name");
			form_set_where(r, "compartment", c->name);
			c->meaning = form_read_text(r, at, "meaning");
			c->read = form_read_roles(r, at, "read", false);
			c->share = form_read_roles(r, at, "share", false);
			form_check_ascending(r, json_get(at, "number"), before, c->number);
			if (c->number > before)
				before = c->number;
			for (size_t i = 0; i < count; i++)
				if (strcmp(list[i].name, c->name) == 0)
					form_complain(r, json_get(at, "name"), "the name \"%s\" is used twice", c->name);
			if (c->number && *c->name) {
				check_compartment(r, at, c);
				count++;
			}
		}
		form_set_where(r, "", "");
	}
	r->form->compartments = list;
	r->form->compartment_count = count;
	const struct json *compartments = form_get(r->root, "compartments", JSON_ARRAY);
	if (compartments && !form_find_compartment_name(r->form, "core"))
		form_complain(r, compartments, "there is no compartment core");
}

void form_read_acts(struct form_reader *r)
{
	/* Who may do the acts that are not named here follows from the compartments and the fields. */
	static const struct form_key keys[] = {
		{ "open", JSON_ARRAY, true, true },
		{ "strike", JSON_ARRAY, true, true },
		{ "endorse", JSON_ARRAY, true, true },
		{ "hold", JSON_ARRAY, true, true },
		{ "lift", JSON_ARRAY, true, true },
		{ "restrict", JSON_ARRAY, true, true },
		{ "erase_order", JSON_ARRAY, true, true },
		{ "erase_ack", JSON_ARRAY, true, true },
		{ "erase_execute", JSON_ARRAY, true, true },
		{ "migrate", JSON_ARRAY, true, true },
		{ "regrant", JSON_ARRAY, true, true },
		{ NULL, JSON_NULL, false, false },
	};
	const struct json *acts = form_get(r->root, "acts", JSON_OBJECT);
	struct form *f = r->form;
	if (!acts)
		return;
	form_set_where(r, "acts", "");
	form_read_keys(r, acts, keys);
	f->open = form_read_roles(r, acts, "open", false);
	for (const struct form_key *key = keys + 1; key->name; key++)
		f->act_roles[act_find(key->name)] = form_read_roles(r, acts, key->name, true);
	f->strike = f->act_roles[ACT_STRIKE];
	if (f->act_roles[ACT_HOLD] && json_get(acts, "lift") && !f->act_roles[ACT_LIFT])
		form_complain(r, json_get(acts, "lift"), "a hold that nobody may lift would stand for ever");
	if (f->act_roles[ACT_ERASE_ORDER] && json_get(acts, "erase_ack") && !f->act_roles[ACT_ERASE_ACK])
		form_complain(r, json_get(acts, "erase_ack"), "nobody may acknowledge an erasure order");
	if (f->act_roles[ACT_ERASE_ORDER] && json_get(acts, "erase_execute") &&
		!f->act_roles[ACT_ERASE_EXECUTE])
		form_complain(r, json_get(acts, "erase_execute"), "nobody may execute an erasure order");
	form_set_where(r, "", "");
}

void form_read_sites(struct form_reader *r)
{
	static const struct form_key keys[] = {
		{ "central", JSON_ARRAY, false, true },
		{ "reception", JSON_ARRAY, false, true },
		{ "registration", JSON_ARRAY, false, true },
		{ "interview", JSON_ARRAY, false, true },
		{ "counsel", JSON_ARRAY, false, true },
		{ "support", JSON_ARRAY, false, true },
		{ "medical", JSON_ARRAY, false, true },
		{ "audit", JSON_ARRAY, false, true },
		{ "relay", JSON_ARRAY, false, true },
		{ NULL, JSON_NULL, false, false },
	};
	const struct json *sites = form_get(r->root, "sites", JSON_OBJECT);
	if (!sites)
		return;
	form_set_where(r, "sites", "");
	form_read_keys(r, sites, keys);
	for (const struct form_key *key = keys; key->name; key++)
		r->form->site_roles[site_role_find(bytes_text(key->name))] =
			form_read_roles(r, sites, key->name, true);
	form_set_where(r, "", "");
}
