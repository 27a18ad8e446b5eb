/* Reading a form file: its fields. */
#include "schema/form_read.h"

#include "schema/pattern.h"
#include "schema/suggest.h"
#include "schema/value.h"

#include <stdio.h>
#include <string.h>

enum { NUMBER_MAX = 65535, PATH_SIZE_MAX = 96, RECORDS_MAX = 256, KINDS_MAX = 256, EXAMPLE_SIZE_MAX = 200 };

static const struct form_key field_keys[] = {
	{ "number", JSON_INT, true, false },
	{ "path", JSON_TEXT, true, false },
	{ "compartment", JSON_TEXT, true, false },
	{ "purpose", JSON_TEXT, true, false },
	{ "type", JSON_TEXT, true, false },
	{ "values", JSON_OBJECT, false, false },
	{ "records", JSON_ARRAY, false, false },
	{ "pattern", JSON_TEXT, false, false },
	{ "text_max", JSON_INT, false, false },
	{ "rule", JSON_TEXT, true, false },
	{ "order", JSON_ARRAY, false, false },
	{ "ranks", JSON_ARRAY, false, false },
	{ "rank_by_basis", JSON_BOOL, false, false },
	{ "sticky", JSON_BOOL, false, false },
	{ "tie", JSON_TEXT, false, false },
	{ "interim", JSON_TEXT, false, true },
	{ "entry_kinds", JSON_OBJECT, false, false },
	{ "write", JSON_ARRAY, true, true },
	{ "resolve", JSON_ARRAY, false, true },
	{ "example", JSON_NULL, true, true },
	{ "why", JSON_TEXT, true, false },
	{ NULL, JSON_NULL, false, false },
};

/* The number of the word among `count` names (from 1); 0 and a report with the nearest. */
static unsigned find_word(struct form_reader *r, const struct json *at, const char *word, const char *what,
	const char *(*name_of)(const struct form *f, unsigned n), unsigned count)
{
	struct suggest near;
	char hint[96];
	if (!at)
		return 0;
	suggest_init(&near, word);
	for (unsigned n = 1; n <= count; n++) {
		const char *name = name_of(r->form, n);
		if (strcmp(name, word) == 0)
			return n;
		suggest_offer(&near, name);
	}
	suggest_put(&near, hint, sizeof hint);
	form_complain(r, at, "unknown %s \"%.64s\"%s", what, word, hint);
	return 0;
}

static const char *nth_type(const struct form *f, unsigned n)
{
	(void)f;
	return form_type_name((enum value_type)n);
}

static const char *nth_rule(const struct form *f, unsigned n)
{
	(void)f;
	return form_rule_name((enum rule_kind)n);
}

static const char *nth_compartment(const struct form *f, unsigned n)
{
	return f->compartments[n - 1].name;
}

static const char *nth_tie(const struct form *f, unsigned n)
{
	(void)f;
	return n == TIE_LAST_WRITER ? "last_writer" : "manual_review";
}

static const char *nth_interim(const struct form *f, unsigned n)
{
	static const char *const names[] = { "none", "earliest", "last_agreed" };
	(void)f;
	return names[n - 1];
}

/* Lower-case words with points between, at least two: "identity.birth_date". */
static const char *read_path(struct form_reader *r, const struct json *object)
{
	const char *path = form_read_text(r, object, "path");
	char word[PATH_SIZE_MAX + 1];
	unsigned words = 0;
	bool valid = strlen(path) <= PATH_SIZE_MAX;
	for (const char *at = path; valid && *at; words++) {
		size_t size = strcspn(at, ".");
		memcpy(word, at, size);
		word[size] = '\0';
		valid = form_name_is_valid(word, true) && (at[size] != '.' || at[size + 1]);
		at += size + (at[size] == '.');
	}
	if (*path && (!valid || words < 2)) {
		form_complain(r, json_get(object, "path"),
			"\"path\" must be lower-case names with points between, such as \"identity.sex\"");
		return "";
	}
	return path;
}

/* "text", "set of text", "list of record" */
static void read_type(struct form_reader *r, const struct json *object, struct form_field *field)
{
	const struct json *type = form_get(object, "type", JSON_TEXT);
	const char *word = type ? json_text(type) : "";
	field->shape = SHAPE_SINGLE;
	if (strncmp(word, "set of ", 7) == 0) {
		field->shape = SHAPE_SET;
		word += 7;
	} else if (strncmp(word, "list of ", 8) == 0) {
		field->shape = SHAPE_LIST;
		word += 8;
	}
	field->type = (enum value_type)find_word(r, type, word, "type", nth_type, TYPE_BOOL);
}

static void read_values(struct form_reader *r, const struct json *object, struct form_field *field)
{
	const struct json *values = form_get(object, "values", JSON_OBJECT);
	uint32_t before = 0;
	if (!values)
		return;
	if (json_count(values) == 0 || json_count(values) > FORM_VALUES_MAX) {
		form_complain(r, values, "\"values\" must name 1 to %d values", FORM_VALUES_MAX);
		return;
	}
	struct form_name *list = form_room(r, json_count(values), sizeof *list);
	for (const struct json *at = json_first(values); at && list; at = json_next(at)) {
		struct form_name *value = &list[field->value_count];
		value->number = form_read_number(r, values, json_key(at), NUMBER_MAX);
		value->name = arena_text(&r->form->arena, bytes_text(json_key(at)));
		value->meaning = "";
		if (json_kind(at) != JSON_INT)
			form_complain(r, at, "the value \"%.64s\" needs a number", json_key(at));
		if (!form_name_is_valid(json_key(at), false))
			form_complain(r, at, "the value \"%.64s\" must be a name of letters, digits and _",
				json_key(at));
		form_check_ascending(r, at, before, value->number);
		if (value->number > before)
			before = value->number;
		if (!value->name)
			r->err = ERR_MEMORY;
		else if (value->number)
			field->value_count++;
	}
	field->values = list;
}

/* The number of an enum value named by a text; 0 and a report when there is none. */
static uint32_t read_value(struct form_reader *r, const struct json *name, const struct form_field *field)
{
	const struct form_name *value = form_find_value(field, json_text(name));
	if (value)
		return value->number;
	form_complain(r, name, "\"%.64s\" is not one of the values", json_text(name));
	return 0;
}

static void read_order(struct form_reader *r, const struct json *object, struct form_field *field)
{
	const struct json *order = form_get(object, "order", JSON_ARRAY);
	if (!order || field->value_count == 0)
		return;
	uint32_t *list = form_room(r, json_count(order) + 1, sizeof *list);
	for (const struct json *at = json_first(order); at && list; at = json_next(at)) {
		uint32_t number = read_value(r, at, field);
		for (size_t i = 0; i < field->order_count; i++)
			if (number && list[i] == number) {
				form_complain(r, at, "\"order\" names \"%s\" twice", json_text(at));
				number = 0;
			}
		if (number)
			list[field->order_count++] = number;
	}
	field->order = list;
	for (size_t v = 0; v < field->value_count && list; v++) {
		size_t i = 0;
		while (i < field->order_count && list[i] != field->values[v].number)
			i++;
		if (i == field->order_count)
			form_complain(r, order, "\"order\" lacks \"%s\"", field->values[v].name);
	}
}

/* Role numbers, strongest first: every writer once, and nobody else. */
static void read_ranks(struct form_reader *r, const struct json *object, struct form_field *field)
{
	const struct json *ranks = form_get(object, "ranks", JSON_ARRAY);
	role_set seen = 0;
	if (!ranks)
		return;
	uint32_t *list = form_room(r, FORM_ROLES_MAX, sizeof *list);
	for (const struct json *at = json_first(ranks); at && list; at = json_next(at)) {
		uint32_t role = form_read_role(r, at);
		if (seen & role_bit(role))
			form_complain(r, at, "\"ranks\" names role \"%s\" twice", json_text(at));
		else if (role)
			list[field->rank_count++] = role;
		if (role && field->write && !(field->write & role_bit(role)))
			form_complain(r, at, "role \"%s\" has a rank but may not write", json_text(at));
		seen |= role_bit(role);
	}
	const struct form_name *outsider = form_find_outsider(r->form, field->write, seen);
	if (outsider)
		form_complain(r, ranks, "role \"%s\" may write but has no rank", outsider->name);
	field->ranks = list;
}

static void read_entry_kinds(struct form_reader *r, const struct json *object, struct form_field *field)
{
	const struct json *kinds = form_get(object, "entry_kinds", JSON_OBJECT);
	role_set seen = 0;
	if (!kinds)
		return;
	if (json_count(kinds) == 0 || json_count(kinds) > KINDS_MAX) {
		form_complain(r, kinds, "\"entry_kinds\" must name 1 to %d kinds", KINDS_MAX);
		return;
	}
	struct form_entry_kind *list = form_room(r, json_count(kinds), sizeof *list);
	for (const struct json *at = json_first(kinds); at && list; at = json_next(at)) {
		struct form_entry_kind *kind = &list[field->entry_kind_count++];
		kind->kind = arena_text(&r->form->arena, bytes_text(json_key(at)));
		if (!kind->kind) {
			r->err = ERR_MEMORY;
			return;
		}
		kind->roles = form_read_roles(r, kinds, json_key(at), false);
		if (!form_name_is_valid(json_key(at), true))
			form_complain(r, at, "the kind \"%.64s\" must be a lower-case name", json_key(at));
		const struct form_name *outsider = form_find_outsider(r->form, kind->roles, field->write);
		if (outsider && field->write)
			form_complain(r, at, "role \"%s\" may append \"%s\" but may not write", outsider->name,
				json_key(at));
		seen |= kind->roles;
	}
	const struct form_name *outsider = form_find_outsider(r->form, field->write, seen);
	if (outsider)
		form_complain(r, kinds, "role \"%s\" may write but append no kind", outsider->name);
	field->entry_kinds = list;
}

/* A value of the field written in the form; empty and a report when it is none. */
static struct bytes read_constant(struct form_reader *r, const struct json *at,
	const struct form_field *field)
{
	struct buf b;
	struct err_text why = { "" };
	struct bytes out = { NULL, 0 };
	if (field->type == TYPE_ENUM && field->value_count == 0)
		return out; /* reported already */
	buf_init(&b, VALUE_SIZE_MAX);
	enum err e = value_from_json(&b, field, at, &why);
	if (e == ERR_MEMORY)
		r->err = e;
	else if (e) /* The path stands before the message already. */
		form_complain(r, at, "%s", why.text + strlen(field->path) + 1);
	else {
		void *copy = arena_copy(&r->form->arena, b.data, b.size);
		if (copy)
			out = bytes_of(copy, b.size);
		else
			r->err = ERR_MEMORY;
	}
	buf_clear(&b);
	return out;
}

static void read_records(struct form_reader *r, const struct json *object, struct form_field *field)
{
	const struct json *records = form_get(object, "records", JSON_ARRAY);
	size_t count = 0;
	if (!records || field->type != TYPE_RECORD)
		return;
	if (json_count(records) == 0 || json_count(records) > RECORDS_MAX) {
		form_complain(r, records, "\"records\" must list 1 to %d records", RECORDS_MAX);
		return;
	}
	struct bytes *list = form_room(r, json_count(records), sizeof *list);
	for (const struct json *at = json_first(records); at && list && !r->err; at = json_next(at)) {
		struct bytes record = read_constant(r, at, field);
		for (size_t i = 0; i < count; i++)
			if (bytes_equal(list[i], record))
				form_complain(r, at, "this record stands here twice");
		if (record.size > 0)
			list[count++] = record;
	}
	/* Only now: until here the field takes any record. */
	field->records = list;
	field->record_count = count;
}

/* A value, for a set or list an array of them.  An example that the field itself refuses shows that one
 * of the two is wrong. */
static void read_example(struct form_reader *r, const struct json *object, struct form_field *field)
{
	const struct json *example = json_get(object, "example"), *at = example;
	struct buf b;
	struct json_out o;
	if (!example)
		return;
	if (field->shape != SHAPE_SINGLE) {
		at = json_kind(example) == JSON_ARRAY ? json_first(example) : NULL;
		if (!at) {
			form_complain(r, example, "\"example\" must be an array: the field is a set or list");
			return;
		}
	}
	unsigned before = r->errors;
	buf_init(&b, EXAMPLE_SIZE_MAX);
	json_out_init(&o, &b);
	json_put_node(&o, at);
	for (; at && !r->err; at = field->shape == SHAPE_SINGLE ? NULL : json_next(at))
		(void)read_constant(r, at, field);
	if (buf_err(&b))
		form_complain(r, example, "\"example\" is longer than %d bytes", EXAMPLE_SIZE_MAX);
	else if (r->errors == before && !r->err)
		field->example = arena_text(&r->form->arena, buf_bytes(&b));
	if (!field->example) {
		field->example = "";
		r->err = ERR_MEMORY;
	}
	buf_clear(&b);
}

/* "none", "earliest", "last_agreed" or {"fixed": value} */
static void read_interim(struct form_reader *r, const struct json *object, struct form_field *field)
{
	static const struct form_key keys[] = {
		{ "fixed", JSON_NULL, true, true },
		{ NULL, JSON_NULL, false, false },
	};
	const struct json *interim = json_get(object, "interim");
	if (!interim)
		return;
	if (json_kind(interim) == JSON_TEXT) {
		unsigned n = find_word(r, interim, json_text(interim), "interim", nth_interim, 3);
		field->interim = n ? (enum interim_kind)(n - 1) : INTERIM_NONE;
		return;
	}
	if (json_kind(interim) != JSON_OBJECT) {
		form_complain(r, interim, "\"interim\" must be a text or {\"fixed\": a value}");
		return;
	}
	form_read_keys(r, interim, keys);
	field->interim = INTERIM_FIXED;
	if (json_get(interim, "fixed"))
		field->interim_value = read_constant(r, json_get(interim, "fixed"), field);
}

static void read_text_limits(struct form_reader *r, const struct json *object, struct form_field *field)
{
	const struct json *pattern = form_get(object, "pattern", JSON_TEXT);
	field->text_max = form_read_number(r, object, "text_max", VALUE_TEXT_MAX);
	if (!pattern)
		return;
	const char *text = form_read_text(r, object, "pattern");
	const char *fault = *text ? pattern_fault(text) : NULL;
	if (fault)
		form_complain(r, pattern, "\"pattern\" cannot be used: %s", fault);
	else if (*text)
		field->pattern = text;
}

/* What a role writes or resolves it must be able to read. */
static void check_readers(struct form_reader *r, const struct json *object, const struct form_field *field)
{
	const struct form_compartment *c = form_find_compartment(r->form, field->compartment);
	if (!c || !c->read)
		return;
	const struct form_name *outsider = form_find_outsider(r->form, field->write, c->read);
	if (outsider)
		form_complain(r, json_get(object, "write"), "role \"%s\" writes, but may not read %s",
			outsider->name, c->name);
	outsider = form_find_outsider(r->form, field->resolve, c->read);
	if (outsider)
		form_complain(r, json_get(object, "resolve"), "role \"%s\" resolves, but may not read %s",
			outsider->name, c->name);
}

static void check_unique(struct form_reader *r, const struct json *object, const struct form_field *field)
{
	const struct form *f = r->form;
	for (size_t i = 0; i < f->field_count; i++)
		if (*field->path && strcmp(f->fields[i].path, field->path) == 0)
			form_complain(r, json_get(object, "path"), "the path is that of field %u too",
				(unsigned)f->fields[i].number);
}

static void read_field(struct form_reader *r, const struct json *object, struct form_field *field)
{
	const struct json *compartment = form_get(object, "compartment", JSON_TEXT);
	const struct json *rule = form_get(object, "rule", JSON_TEXT);
	if (json_kind(object) == JSON_OBJECT)
		field->path = read_path(r, object);
	form_set_where(r, "field", field->path);
	if (!form_read_keys(r, object, field_keys))
		return;
	field->number = form_read_number(r, object, "number", NUMBER_MAX);
	field->purpose = form_read_text(r, object, "purpose");
	field->why = form_read_text(r, object, "why");
	unsigned c = find_word(r, compartment, compartment ? json_text(compartment) : "", "compartment",
		nth_compartment, (unsigned)r->form->compartment_count);
	field->compartment = c ? r->form->compartments[c - 1].number : 0;
	field->rule = (enum rule_kind)find_word(r, rule, rule ? json_text(rule) : "", "rule", nth_rule,
		RULE_TEXT_MERGE);
	field->write = form_read_roles(r, object, "write", false);
	field->resolve = form_read_roles(r, object, "resolve", false);
	field->sticky = form_read_bool(object, "sticky");
	field->rank_by_basis = form_read_bool(object, "rank_by_basis");
	const struct json *tie = form_get(object, "tie", JSON_TEXT);
	if (tie)
		field->tie = (enum tie_kind)find_word(r, tie, json_text(tie), "tie", nth_tie, 2);
	read_type(r, object, field);
	read_text_limits(r, object, field);
	read_values(r, object, field);
	read_order(r, object, field);
	read_ranks(r, object, field);
	read_entry_kinds(r, object, field);
	read_records(r, object, field);
	if (field->type) {
		read_interim(r, object, field);
		read_example(r, object, field);
	}
	check_readers(r, object, field);
	check_unique(r, object, field);
	if (field->rule && field->type)
		form_check_rule(r, object, field);
}

void form_read_fields(struct form_reader *r)
{
	const struct json *fields = json_get(r->root, "fields");
	struct form *f = r->form;
	uint32_t before = 0;
	if (!fields || json_kind(fields) != JSON_ARRAY)
		return;
	if (json_count(fields) == 0 || json_count(fields) > FORM_FIELDS_MAX) {
		form_complain(r, fields, "\"fields\" must hold 1 to %d fields", FORM_FIELDS_MAX);
		return;
	}
	struct form_field *list = form_room(r, json_count(fields), sizeof *list);
	f->fields = list;
	for (const struct json *at = json_first(fields); at && list && !r->err; at = json_next(at)) {
		struct form_field *field = &list[f->field_count];
		*field = (struct form_field){ .path = "", .purpose = "", .example = "", .why = "" };
		form_set_where(r, "field", "");
		read_field(r, at, field);
		form_check_ascending(r, at, before, field->number);
		if (field->number > before)
			before = field->number;
		f->field_count++;
	}
	form_set_where(r, "", "");
}
