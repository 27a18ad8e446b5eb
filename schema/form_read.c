/* Reading a form file: errors with their line, members, names, sets of roles. */
#include "schema/form_read.h"

#include "base/text.h"
#include "schema/suggest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ERRORS_SHOWN = 200, NAME_MAX_SIZE = 64, TEXT_MAX_SIZE = 500 };

void form_complain(struct form_reader *r, const struct json *at, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	/* Each line number costs a walk through the file: a hostile one may hold errors without end. */
	if (++r->errors > ERRORS_SHOWN) {
		if (r->out && r->errors == ERRORS_SHOWN + 1)
			buf_put_text(r->out, "more errors follow; they are not listed\n");
		return;
	}
	if (!r->out && r->errors > 1)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	unsigned line = json_line(r->root, at, r->file);
	const char *colon = *r->where ? ": " : "";
	if (r->errors == 1)
		err_set(r->why, ERR_FORMAT, "line %u: %s%s%s", line, r->where, colon, text);
	if (r->out)
		buf_printf(r->out, "line %u: %s%s%s\n", line, r->where, colon, text);
}

void form_set_where(struct form_reader *r, const char *part, const char *name)
{
	snprintf(r->where, sizeof r->where, "%s%s%s", part, *name ? " " : "", name);
}

void *form_room(struct form_reader *r, size_t count, size_t size)
{
	void *room = r->err ? NULL : arena_array(&r->form->arena, count, size);
	if (!room)
		r->err = ERR_MEMORY;
	return room;
}

static const char *kind_name(enum json_kind kind)
{
	static const char *const names[] = {
		[JSON_NULL] = "null", [JSON_BOOL] = "true or false", [JSON_INT] = "a whole number",
		[JSON_TEXT] = "a text", [JSON_ARRAY] = "an array", [JSON_OBJECT] = "an object",
	};
	return names[kind];
}

static const struct form_key *find_key(const struct form_key *keys, const char *name)
{
	for (; keys->name; keys++)
		if (strcmp(keys->name, name) == 0)
			return keys;
	return NULL;
}

static void complain_unknown_key(struct form_reader *r, const struct json *member,
	const struct form_key *keys)
{
	struct suggest near;
	char hint[96];
	suggest_init(&near, json_key(member));
	for (; keys->name; keys++)
		suggest_offer(&near, keys->name);
	suggest_put(&near, hint, sizeof hint);
	form_complain(r, member, "unknown key \"%.64s\"%s", json_key(member), hint);
}

bool form_read_keys(struct form_reader *r, const struct json *object, const struct form_key *keys)
{
	if (json_kind(object) != JSON_OBJECT) {
		form_complain(r, object, "must be an object");
		return false;
	}
	for (const struct json *m = json_first(object); m; m = json_next(m)) {
		const struct form_key *key = find_key(keys, json_key(m));
		if (!key)
			complain_unknown_key(r, m, keys);
		else if (!key->any_kind && json_kind(m) != key->kind)
			form_complain(r, m, "\"%s\" must be %s", key->name, kind_name(key->kind));
	}
	for (const struct form_key *key = keys; key->name; key++)
		if (key->required && !json_get(object, key->name))
			form_complain(r, object, "\"%s\" is missing", key->name);
	return true;
}

const struct json *form_get(const struct json *object, const char *key, enum json_kind kind)
{
	const struct json *member = json_get(object, key);
	return member && json_kind(member) == kind ? member : NULL;
}

const char *form_read_text(struct form_reader *r, const struct json *object, const char *key)
{
	const struct json *member = form_get(object, key, JSON_TEXT);
	if (!member)
		return "";
	struct bytes text = bytes_text(json_text(member));
	if (text.size == 0 || text.size > TEXT_MAX_SIZE || !text_is_clean(text, false)) {
		form_complain(r, member, "\"%s\" must be one line of 1 to %d bytes in NFC", key, TEXT_MAX_SIZE);
		return "";
	}
	const char *copy = r->err ? NULL : arena_text(&r->form->arena, text);
	if (!copy)
		r->err = ERR_MEMORY;
	return copy ? copy : "";
}

bool form_name_is_valid(const char *name, bool lower)
{
	size_t size = strlen(name);
	for (size_t i = 0; i < size; i++) {
		char c = name[i];
		bool letter = (c >= 'a' && c <= 'z') || (!lower && c >= 'A' && c <= 'Z');
		bool digit = (c >= '0' && c <= '9') && (i > 0 || !lower);
		if (!letter && !digit && (c != '_' || i == 0))
			return false;
	}
	return size >= 1 && size <= NAME_MAX_SIZE;
}

const char *form_read_name(struct form_reader *r, const struct json *object, const char *key)
{
	const char *name = form_read_text(r, object, key);
	if (*name && !form_name_is_valid(name, true)) {
		form_complain(r, json_get(object, key),
			"\"%s\" must be a name of at most 64 lower-case letters, digits and _", key);
		return "";
	}
	return name;
}

uint32_t form_read_number(struct form_reader *r, const struct json *object, const char *key, uint32_t max)
{
	const struct json *member = form_get(object, key, JSON_INT);
	if (!member)
		return 0;
	if (json_int(member) < 1 || json_int(member) > max) {
		form_complain(r, member, "\"%s\" must be 1 to %u", key, (unsigned)max);
		return 0;
	}
	return (uint32_t)json_int(member);
}

bool form_read_bool(const struct json *object, const char *key)
{
	const struct json *member = form_get(object, key, JSON_BOOL);
	return member && json_bool(member);
}

uint32_t form_read_role(struct form_reader *r, const struct json *name)
{
	struct suggest near;
	char hint[96];
	if (json_kind(name) != JSON_TEXT) {
		form_complain(r, name, "a role must be a text");
		return 0;
	}
	const struct form_name *role = form_find_role(r->form, json_text(name));
	if (role)
		return role->number;
	suggest_init(&near, json_text(name));
	for (size_t i = 0; i < r->form->role_count; i++)
		suggest_offer(&near, r->form->roles[i].name);
	suggest_put(&near, hint, sizeof hint);
	form_complain(r, name, "unknown role \"%.64s\"%s", json_text(name), hint);
	return 0;
}

static role_set all_roles(const struct form *f)
{
	role_set all = 0;
	for (size_t i = 0; i < f->role_count; i++)
		all |= role_bit(f->roles[i].number);
	return all;
}

role_set form_read_roles(struct form_reader *r, const struct json *object, const char *key,
	bool may_be_empty)
{
	const struct json *list = json_get(object, key);
	role_set roles = 0;
	if (!list)
		return 0;
	if (json_kind(list) == JSON_TEXT && strcmp(json_text(list), "all") == 0)
		return all_roles(r->form);
	if (json_kind(list) != JSON_ARRAY) {
		form_complain(r, list, "\"%s\" must be an array of roles, or \"all\"", key);
		return 0;
	}
	if (json_count(list) == 0 && !may_be_empty)
		form_complain(r, list, "\"%s\" names no role", key);
	for (const struct json *name = json_first(list); name; name = json_next(name)) {
		role_set bit = role_bit(form_read_role(r, name));
		if (roles & bit)
			form_complain(r, name, "\"%s\" names role \"%s\" twice", key, json_text(name));
		roles |= bit;
	}
	return roles;
}

void form_check_ascending(struct form_reader *r, const struct json *at, uint32_t before, uint32_t number)
{
	if (number && number == before)
		form_complain(r, at, "number %u is used twice", (unsigned)number);
	else if (number && number < before)
		form_complain(r, at, "number %u comes after %u: numbers must ascend", (unsigned)number,
			(unsigned)before);
}

const struct form_name *form_find_outsider(const struct form *f, role_set roles, role_set others)
{
	for (size_t i = 0; i < f->role_count; i++)
		if (roles & ~others & role_bit(f->roles[i].number))
			return &f->roles[i];
	return NULL;
}

void form_put_roles(struct buf *b, const struct form *f, role_set roles)
{
	const char *comma = "";
	if (roles == 0 || roles == all_roles(f)) {
		buf_put_text(b, roles ? "all roles" : "nobody");
		return;
	}
	for (size_t i = 0; i < f->role_count; i++)
		if (roles & role_bit(f->roles[i].number)) {
			buf_printf(b, "%s%s", comma, f->roles[i].name);
			comma = ", ";
		}
}
