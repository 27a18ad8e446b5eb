/* `form explain`: a form as a table for people, or as JSON for programs. */
#include "schema/form_read.h"

#include "schema/act.h"
#include "schema/statement.h"
#include "schema/value.h"

#include <inttypes.h>

static const char *const shape_words[] = {
	[SHAPE_SINGLE] = "", [SHAPE_SET] = "set of ", [SHAPE_LIST] = "list of ",
};
static const char *const tie_names[] = {
	[TIE_NONE] = "", [TIE_LAST_WRITER] = "last_writer", [TIE_MANUAL_REVIEW] = "manual_review",
};
static const char *const interim_names[] = {
	[INTERIM_NONE] = "none", [INTERIM_EARLIEST] = "earliest", [INTERIM_LAST_AGREED] = "last_agreed",
	[INTERIM_FIXED] = "fixed",
};

/* A table's cell ends at a bar, so a bar in a text is written as Markdown wants it. */
static void put_cell(struct buf *b, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			buf_put_byte(b, '\\');
		buf_put_byte(b, (uint8_t)*text);
	}
}

static const char *value_name(const void *owner, uint32_t number)
{
	const struct form_field *field = owner;
	for (size_t i = 0; i < field->value_count; i++)
		if (field->values[i].number == number)
			return field->values[i].name;
	return "";
}

static const char *role_name(const void *owner, uint32_t number)
{
	const struct form_name *role = form_find_role_number(owner, number);
	return role ? role->name : "";
}

static void json_value(struct json_out *o, const struct form_field *field, struct bytes item)
{
	enum err e = value_to_json(o, field, item);
	if (!o->buf->err)
		o->buf->err = e;
}

/* A value as it stands in JSON; a bar in it ends no cell. */
static void put_value(struct buf *b, const struct form_field *field, struct bytes item)
{
	struct buf text;
	struct json_out o;
	buf_init(&text, VALUE_SIZE_MAX);
	json_out_init(&o, &text);
	json_value(&o, field, item);
	if (text.err && !b->err)
		b->err = text.err;
	put_cell(b, buf_text(&text));
	buf_clear(&text);
}

static void put_type(struct buf *b, const struct form_field *field)
{
	buf_printf(b, "%s%s", shape_words[field->shape], form_type_name(field->type));
	if (field->pattern) {
		buf_put_text(b, " ");
		put_cell(b, field->pattern);
	}
	if (field->text_max)
		buf_printf(b, " up to %" PRIu32, field->text_max);
	for (size_t i = 0; i < field->value_count; i++)
		buf_printf(b, "%s%s", i ? ", " : ": ", field->values[i].name);
	for (size_t i = 0; i < field->record_count; i++) {
		buf_put_text(b, i ? ", " : ": ");
		put_value(b, field, field->records[i]);
	}
}

/* The rule and its parameters in one line: "authority: a > b, sticky; tie last_writer". */
static void put_rule(struct buf *b, const struct form *f, const struct form_field *field)
{
	buf_put_text(b, form_rule_name(field->rule));
	for (size_t i = 0; i < field->rank_count; i++)
		buf_printf(b, "%s%s", i ? " > " : field->rank_by_basis ? " by basis, then " : " by ",
			role_name(f, field->ranks[i]));
	for (size_t i = 0; i < field->order_count; i++)
		buf_printf(b, "%s%s", i ? " < " : " by ", value_name(field, field->order[i]));
	if (field->sticky)
		buf_put_text(b, "; sticky");
	if (field->tie)
		buf_printf(b, "; tie %s", tie_names[field->tie]);
	if (field->resolve)
		buf_printf(b, "; interim %s", interim_names[field->interim]);
	if (field->interim == INTERIM_FIXED) {
		buf_put_text(b, " ");
		put_value(b, field, field->interim_value);
	}
	if (field->resolve) {
		buf_put_text(b, "; resolved by ");
		form_put_roles(b, f, field->resolve);
	}
	for (size_t i = 0; i < field->entry_kind_count; i++) {
		buf_printf(b, "; %s by ", field->entry_kinds[i].kind);
		form_put_roles(b, f, field->entry_kinds[i].roles);
	}
}

static void put_row(struct buf *b, const struct form *f, const struct form_compartment *c,
	const struct form_field *field)
{
	buf_printf(b, "| %" PRIu32 " %s | ", field->number, field->path);
	put_cell(b, field->purpose);
	buf_put_text(b, " | ");
	put_type(b, field);
	buf_put_text(b, " | ");
	form_put_roles(b, f, field->write);
	buf_put_text(b, " | ");
	form_put_roles(b, f, c->read);
	buf_put_text(b, " | ");
	put_rule(b, f, field);
	buf_put_text(b, " | ");
	put_cell(b, field->why);
	buf_put_text(b, " |\n");
}

static void put_acts(struct buf *b, const struct form *f)
{
	buf_put_text(b, "\n## acts\n\n| act | who |\n|---|---|\n| open | ");
	form_put_roles(b, f, f->open);
	buf_put_text(b, " |\n");
	for (uint32_t code = 1; code < ACT_CODE_END; code++) {
		if (code == ACT_GRANT || code == ACT_WITHDRAW || code == ACT_ATTACH)
			continue;
		buf_printf(b, "| %s | ", act_name(code));
		if (code == ACT_STRIKE)
			buf_printf(b, "the officer of the struck change%s", f->strike ? ", " : "");
		if (code != ACT_STRIKE || f->strike)
			form_put_roles(b, f, f->act_roles[code]);
		buf_put_text(b, " |\n");
	}
}

/* What the officers of a site are by default; nothing where the form does not say. */
static void put_sites(struct buf *b, const struct form *f)
{
	const char *head = "\n## sites\n\n| site role | roles of its officers |\n|---|---|\n";
	for (uint32_t role = 1; role < FORM_SITE_ROLES; role++) {
		if (!f->site_roles[role])
			continue;
		buf_printf(b, "%s| %s | ", head, site_role_name(role));
		form_put_roles(b, f, f->site_roles[role]);
		buf_put_text(b, " |\n");
		head = "";
	}
}

static void explain_text(struct buf *b, const struct form *f)
{
	buf_printf(b, "# form %s, number %" PRIu32 ", version %" PRIu32 "\n", f->name, f->number, f->version);
	for (size_t i = 0; i < f->compartment_count; i++) {
		const struct form_compartment *c = &f->compartments[i];
		buf_printf(b, "\n## %s\n\n%s\n\nShared by: ", c->name, c->meaning);
		form_put_roles(b, f, c->share);
		buf_put_text(b, ".\n\n| field | purpose | type | who writes | who reads | rule | why |\n"
			"|---|---|---|---|---|---|---|\n");
		for (size_t j = 0; j < f->field_count; j++)
			if (f->fields[j].compartment == c->number)
				put_row(b, f, c, &f->fields[j]);
	}
	put_acts(b, f);
	put_sites(b, f);
}

static void json_roles(struct json_out *o, const struct form *f, const char *key, role_set roles)
{
	json_put_key(o, key);
	json_put_open(o, '[');
	for (size_t i = 0; i < f->role_count; i++)
		if (roles & role_bit(f->roles[i].number))
			json_put_cstr(o, f->roles[i].name);
	json_put_close(o, ']');
}

static void json_member(struct json_out *o, const char *key, const char *text)
{
	json_put_key(o, key);
	json_put_cstr(o, text);
}

static void json_names(struct json_out *o, const char *key, size_t count, const uint32_t *numbers,
	const char *(*name_of)(const void *owner, uint32_t number), const void *owner)
{
	if (count == 0)
		return;
	json_put_key(o, key);
	json_put_open(o, '[');
	for (size_t i = 0; i < count; i++)
		json_put_cstr(o, name_of(owner, numbers[i]));
	json_put_close(o, ']');
}

/* What a type has besides its name. */
static void json_type(struct json_out *o, const struct form_field *field)
{
	if (field->pattern)
		json_member(o, "pattern", field->pattern);
	if (field->text_max) {
		json_put_key(o, "text_max");
		json_put_int(o, field->text_max);
	}
	if (field->value_count > 0) {
		json_put_key(o, "values");
		json_put_open(o, '{');
		for (size_t i = 0; i < field->value_count; i++) {
			json_put_key(o, field->values[i].name);
			json_put_int(o, field->values[i].number);
		}
		json_put_close(o, '}');
	}
	if (field->record_count > 0) {
		json_put_key(o, "records");
		json_put_open(o, '[');
		for (size_t i = 0; i < field->record_count; i++)
			json_value(o, field, field->records[i]);
		json_put_close(o, ']');
	}
}

/* The parameters of the rule. */
static void json_rule(struct json_out *o, const struct form *f, const struct form_field *field)
{
	json_member(o, "rule", form_rule_name(field->rule));
	json_names(o, "order", field->order_count, field->order, value_name, field);
	json_names(o, "ranks", field->rank_count, field->ranks, role_name, f);
	if (field->rule == RULE_AUTHORITY) {
		json_put_key(o, "rank_by_basis");
		json_put_bool(o, field->rank_by_basis);
		json_put_key(o, "sticky");
		json_put_bool(o, field->sticky);
		json_member(o, "tie", tie_names[field->tie]);
	}
	if (field->resolve) {
		json_member(o, "interim", interim_names[field->interim]);
		json_roles(o, f, "resolve", field->resolve);
	}
	if (field->interim == INTERIM_FIXED) {
		json_put_key(o, "interim_value");
		json_value(o, field, field->interim_value);
	}
	if (field->entry_kind_count == 0)
		return;
	json_put_key(o, "entry_kinds");
	json_put_open(o, '{');
	for (size_t i = 0; i < field->entry_kind_count; i++)
		json_roles(o, f, field->entry_kinds[i].kind, field->entry_kinds[i].roles);
	json_put_close(o, '}');
}

static void json_field(struct json_out *o, const struct form *f, const struct form_field *field)
{
	static const char *const shapes[] = {
		[SHAPE_SINGLE] = "single", [SHAPE_SET] = "set", [SHAPE_LIST] = "list",
	};
	const struct form_compartment *c = form_find_compartment(f, field->compartment);
	json_put_open(o, '{');
	json_put_key(o, "number");
	json_put_int(o, field->number);
	json_member(o, "field", field->path);
	json_member(o, "compartment", c ? c->name : "");
	json_member(o, "purpose", field->purpose);
	json_member(o, "shape", shapes[field->shape]);
	json_member(o, "type", form_type_name(field->type));
	json_type(o, field);
	json_roles(o, f, "write", field->write);
	json_roles(o, f, "read", c ? c->read : 0);
	json_rule(o, f, field);
	json_put_key(o, "example");
	json_put_raw(o, bytes_text(field->example));
	json_member(o, "why", field->why);
	json_put_close(o, '}');
}

static void explain_json(struct buf *b, const struct form *f)
{
	struct json_out o;
	json_out_init(&o, b);
	json_put_open(&o, '{');
	json_member(&o, "form", f->name);
	json_put_key(&o, "number");
	json_put_int(&o, f->number);
	json_put_key(&o, "version");
	json_put_int(&o, f->version);
	json_put_key(&o, "compartments");
	json_put_open(&o, '[');
	for (size_t i = 0; i < f->compartment_count; i++) {
		json_put_open(&o, '{');
		json_put_key(&o, "number");
		json_put_int(&o, f->compartments[i].number);
		json_member(&o, "compartment", f->compartments[i].name);
		json_member(&o, "meaning", f->compartments[i].meaning);
		json_roles(&o, f, "read", f->compartments[i].read);
		json_roles(&o, f, "share", f->compartments[i].share);
		json_put_close(&o, '}');
	}
	json_put_close(&o, ']');
	json_put_key(&o, "sites");
	json_put_open(&o, '{');
	for (uint32_t role = 1; role < FORM_SITE_ROLES; role++)
		if (f->site_roles[role])
			json_roles(&o, f, site_role_name(role), f->site_roles[role]);
	json_put_close(&o, '}');
	json_put_key(&o, "fields");
	json_put_open(&o, '[');
	for (size_t i = 0; i < f->field_count; i++)
		json_field(&o, f, &f->fields[i]);
	json_put_close(&o, ']');
	json_put_close(&o, '}');
	buf_put_byte(b, '\n');
}

enum err form_explain(struct buf *out, const struct form *f, bool json)
{
	if (json)
		explain_json(out, f);
	else
		explain_text(out, f);
	return buf_err(out);
}
