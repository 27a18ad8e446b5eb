/* One row of an import: from JSON to operations. */
#include "node/import_own.h"

#include "base/json.h"

static const char *member_text(const struct json *object, const char *key)
{
	const struct json *j = json_get(object, key);
	return j ? json_text(j) : "";
}

static enum err check_members(const struct json *row, struct err_text *why)
{
	static const struct {
		const char *name;
		enum json_kind kind;
	} known[] = { { "form", JSON_TEXT }, { "key", JSON_TEXT }, { "fields", JSON_OBJECT },
		{ "basis", JSON_TEXT }, { "bases", JSON_OBJECT }, { "ops", JSON_ARRAY } };
	enum { KNOWN = sizeof known / sizeof known[0] };
	if (json_kind(row) != JSON_OBJECT)
		return err_set(why, ERR_USAGE, "a row is an object such as {\"key\":\"K\",\"fields\":{...}}");
	for (const struct json *j = json_first(row); j; j = json_next(j)) {
		size_t i = 0;
		while (i < KNOWN && strcmp(json_key(j), known[i].name) != 0)
			i++;
		if (i == KNOWN)
			return err_set(why, ERR_USAGE,
				"a row has no member \"%.40s\"; it has form, key, fields, basis, "
				"bases and ops",
				json_key(j));
		if (json_kind(j) != known[i].kind)
			return err_set(why, ERR_USAGE, "\"%s\" is of the wrong kind", known[i].name);
	}
	return ERR_OK;
}

static enum err read_key(
	struct bytes *key, struct arena *a, const struct json *row, struct bytes line, struct err_text *why)
{
	const struct json *named = json_get(row, "key");
	*key = named ? bytes_text(json_text(named)) : line;
	if (named && (key->size == 0 || key->size > IMPORT_KEY_MAX))
		return err_set(why, ERR_USAGE, "a key is 1 to %d bytes", IMPORT_KEY_MAX);
	key->data = arena_copy(a, key->data, key->size);
	return key->data ? ERR_OK : ERR_MEMORY;
}

/* The basis of a field: its own, else the row's where the field ranks sources. */
static enum err find_basis(uint32_t *out, const struct form_field *field, const struct form *form,
	const struct json *row, struct err_text *why)
{
	const struct json *own = json_get(json_get(row, "bases"), field->path);
	const char *name = own ? json_text(own) : field->rank_by_basis ? member_text(row, "basis") : "";
	*out = 0;
	return *name ? op_find_basis(out, form, name, why) : ERR_OK;
}

static enum err add_fields(struct op_list *l, const struct json *row, struct err_text *why)
{
	const struct json *fields = json_get(row, "fields");
	enum err e = ERR_OK;
	for (const struct json *j = fields ? json_first(fields) : NULL; j && !e; j = json_next(j)) {
		const struct form_field *field;
		uint32_t basis = 0;
		e = op_find_field(&field, l->form, json_key(j), why);
		if (!e)
			e = find_basis(&basis, field, l->form, row, why);
		if (!e)
			e = op_list_add_value(l, field, j, basis, why);
	}
	return e;
}

/* A basis for a field that the row does not have is a slip worth a word. */
static enum err check_bases(const struct json *row, struct err_text *why)
{
	const struct json *bases = json_get(row, "bases"), *fields = json_get(row, "fields");
	for (const struct json *j = bases ? json_first(bases) : NULL; j; j = json_next(j))
		if (!json_get(fields, json_key(j)))
			return err_set(why, ERR_USAGE, "\"bases\" names %.80s, which \"fields\" does not", json_key(j));
	return ERR_OK;
}

enum err import_read_row(struct import_entry *out, struct arena *a, struct replica *r,
	const struct form *form, struct bytes line, struct err_text *why)
{
	struct json *row = NULL;
	enum err e = json_parse(&row, line, why);
	if (e == ERR_FORMAT || e == ERR_LIMIT)
		e = ERR_USAGE;
	if (!e)
		e = check_members(row, why);
	if (!e && json_get(row, "form"))
		e = replica_form_named(&form, r, member_text(row, "form"), why);
	if (!e && !form)
		e = err_set(why, ERR_USAGE, "the row names no form; give \"form\" or --form");
	if (!e)
		e = read_key(&out->key, a, row, line, why);
	out->has_key = json_get(row, "key") != NULL;
	if (!e)
		e = check_bases(row, why);
	if (!e) {
		out->form = form;
		op_list_init(&out->ops, a, form);
		e = add_fields(&out->ops, row, why);
	}
	if (!e && json_get(row, "ops"))
		e = op_list_add_all_json(&out->ops, json_get(row, "ops"), why);
	json_free(row);
	return e;
}
