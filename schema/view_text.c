/* A view as JSON. */
#include "schema/view_text.h"

#include "base/text.h"
#include "schema/value.h"

struct writer {
	struct json_out *o;
	const struct form *form;
	const struct view_change *changes;
	unsigned flags;
};

static void put_hex(struct json_out *o, const uint8_t id[32])
{
	char hex[65];
	hex_encode(hex, bytes_of(id, 32));
	json_put_cstr(o, hex);
}

static void put_by(const struct writer *w, const struct view_item *item)
{
	if (item->change == UINT32_MAX) {
		json_put_null(w->o);
		return;
	}
	const struct view_change *c = &w->changes[item->change];
	const struct form_name *role = form_find_role_number(w->form, c->payloads[item->payload].role);
	json_put_open(w->o, '{');
	json_put_key(w->o, "change");
	put_hex(w->o, c->dag.id.b);
	json_put_key(w->o, "officer");
	put_hex(w->o, c->dag.officer.b);
	json_put_key(w->o, "role");
	json_put_cstr(w->o, role ? role->name : "");
	json_put_key(w->o, "site");
	json_put_int(w->o, c->site);
	json_put_key(w->o, "time");
	json_put_int(w->o, (int64_t)c->dag.time);
	json_put_close(w->o, '}');
}

static enum err put_items(const struct writer *w, const char *key, const struct form_field *field,
	const struct view_item *items, uint32_t count)
{
	json_put_key(w->o, key);
	json_put_open(w->o, '[');
	for (uint32_t i = 0; i < count; i++) {
		if (w->flags & VIEW_TEXT_BY) {
			json_put_open(w->o, '{');
			json_put_key(w->o, "value");
		}
		enum err e = value_to_json(w->o, field, items[i].value);
		if (e)
			return e;
		if (w->flags & VIEW_TEXT_BY) {
			json_put_key(w->o, "by");
			put_by(w, &items[i]);
			json_put_close(w->o, '}');
		}
	}
	json_put_close(w->o, ']');
	return ERR_OK;
}

/* Where the field has nothing to show, though something may be there. */
static bool is_hidden(const struct view_field *f)
{
	return f->status == STATUS_UNKNOWN || f->status == STATUS_ERASED;
}

static enum err put_value(const struct writer *w, const struct view_field *f)
{
	if (f->field->shape == SHAPE_SINGLE && f->has_value)
		return value_to_json(w->o, f->field, f->value.value);
	if (f->field->shape == SHAPE_SINGLE || is_hidden(f)) {
		json_put_null(w->o);
		return ERR_OK;
	}
	json_put_open(w->o, '[');
	for (uint32_t i = 0; i < f->item_count; i++) {
		enum err e = value_to_json(w->o, f->field, f->items[i].value);
		if (e)
			return e;
	}
	json_put_close(w->o, ']');
	return ERR_OK;
}

static void put_value_by(const struct writer *w, const struct view_field *f)
{
	json_put_key(w->o, "by");
	if (f->field->shape == SHAPE_SINGLE && f->has_value) {
		put_by(w, &f->value);
	} else if (f->field->shape == SHAPE_SINGLE || is_hidden(f)) {
		json_put_null(w->o);
	} else {
		json_put_open(w->o, '[');
		for (uint32_t i = 0; i < f->item_count; i++)
			put_by(w, &f->items[i]);
		json_put_close(w->o, ']');
	}
}

static enum err put_field(const struct writer *w, const struct view_field *f)
{
	json_put_open(w->o, '{');
	json_put_key(w->o, "value");
	enum err e = put_value(w, f);
	json_put_key(w->o, "status");
	json_put_cstr(w->o, view_status_name(f->status));
	if (w->flags & VIEW_TEXT_BY)
		put_value_by(w, f);
	if (!e && (f->status == STATUS_CONTESTED || f->status == STATUS_UNKNOWN))
		e = put_items(w, "candidates", f->field, f->candidates, f->candidate_count);
	if (!e && f->loser_count)
		e = put_items(w, "losers", f->field, f->losers, f->loser_count);
	json_put_close(w->o, '}');
	return e;
}

enum err view_text_field(struct json_out *o, const struct view_field *f, const struct form *form,
	const struct view_change *changes, unsigned flags)
{
	struct writer w = { .o = o, .form = form, .changes = changes, .flags = flags };
	return put_field(&w, f);
}

enum err view_text_fields(struct json_out *o, const struct view *v, const struct form *form,
	const struct view_change *changes, unsigned flags)
{
	struct writer w = { .o = o, .form = form, .changes = changes, .flags = flags };
	json_put_open(o, '{');
	for (uint32_t i = 0; i < v->field_count; i++) {
		json_put_key(o, v->fields[i].field->path);
		enum err e = put_field(&w, &v->fields[i]);
		if (e)
			return e;
	}
	json_put_close(o, '}');
	return ERR_OK;
}

void view_text_ineffective(struct json_out *o, const struct view *v, const struct form *form,
	const struct view_change *changes)
{
	json_put_open(o, '[');
	for (uint32_t i = 0; i < v->ineffective_count; i++) {
		const struct view_ineffective *row = &v->ineffective[i];
		const struct form_field *field = form_find_field(form, row->field);
		json_put_open(o, '[');
		put_hex(o, changes[row->change].dag.id.b);
		json_put_cstr(o, field ? field->path : "");
		json_put_cstr(o, op_reason_name(row->reason));
		json_put_close(o, ']');
	}
	json_put_close(o, ']');
}

enum err view_text_json(struct json_out *o, const struct view *v, const struct form *form,
	const struct view_change *changes, unsigned flags)
{
	json_put_open(o, '{');
	json_put_key(o, "fields");
	enum err e = view_text_fields(o, v, form, changes, flags);
	if (e)
		return e;
	json_put_key(o, "ineffective");
	view_text_ineffective(o, v, form, changes);
	json_put_key(o, "unknown");
	json_put_open(o, '[');
	for (size_t i = 0; i < form->compartment_count; i++) {
		if (v->unknown >> form->compartments[i].number & 1)
			json_put_cstr(o, form->compartments[i].name);
	}
	json_put_close(o, ']');
	json_put_close(o, '}');
	return buf_err(o->buf);
}
