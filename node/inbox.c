/* Gathering the inbox. */
#include "node/inbox.h"

#include "node/json_put.h"
#include "node/reading.h"
#include "schema/value.h"

#include <stdlib.h>

enum { INBOX_MEMORY = 512 << 20 };

static bool is_open(const struct view_field *f)
{
	return f->status == STATUS_CONTESTED || f->status == STATUS_ALERT;
}

static enum err copy_items(struct view_item **items, struct inbox_by **by, struct arena *a,
	const struct view_item *from, uint32_t count, const struct casefile *f)
{
	*items = arena_array(a, count, sizeof **items);
	*by = arena_array(a, count, sizeof **by);
	if (!*items || !*by)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < count; i++) {
		uint8_t *value = arena_copy(a, from[i].value.data, from[i].value.size);
		if (!value)
			return ERR_MEMORY;
		(*items)[i] = from[i];
		(*items)[i].value.data = value;
		if (from[i].change == UINT32_MAX)
			continue;
		const struct view_change *c = &f->counted->changes[from[i].change];
		(*by)[i] = (struct inbox_by){ c->dag.id, c->dag.officer, c->site, c->dag.time };
	}
	return ERR_OK;
}

/* Copied whole: the casefile may leave the cache before the inbox is read. */
static enum err add_row(struct inbox *b, const struct casefile *f, const struct view_field *field)
{
	struct view_item *value, *candidates, *losers;
	struct inbox_by *by[3];
	struct inbox_row *rows = arena_grow(&b->arena, b->rows, b->count, &b->room, sizeof *rows);
	if (!rows)
		return ERR_MEMORY;
	b->rows = rows;
	struct inbox_row *row = &rows[b->count];
	*row = (struct inbox_row){ .case_id = f->id, .form = f->form, .field = *field };
	enum err e = copy_items(&value, &by[0], &b->arena, &field->value, field->has_value ? 1 : 0, f);
	if (!e)
		e = copy_items(&candidates, &by[1], &b->arena, field->candidates, field->candidate_count, f);
	if (!e)
		e = copy_items(&losers, &by[2], &b->arena, field->losers, field->loser_count, f);
	if (e)
		return e;
	if (field->has_value) {
		row->field.value = value[0];
		row->value_by = field->value.change == UINT32_MAX ? NULL : by[0];
	}
	row->field.items = NULL;
	row->field.item_count = 0;
	row->field.candidates = candidates;
	row->field.losers = losers;
	row->candidates = by[1];
	row->losers = by[2];
	b->count++;
	b->open += is_open(field);
	b->compartments |= UINT64_C(1) << field->field->compartment;
	return ERR_OK;
}

static enum err take_case(struct inbox *b, struct replica *r, const struct officer_id *officer,
	const struct case_id *id, struct err_text *why)
{
	struct casefile *f;
	const struct view *v;
	enum err e = replica_case(&f, r, id, why);
	if (!e)
		e = casefile_view(&v, f, why);
	uint64_t rights = e ? 0 : officer ? reading_rights(r, officer, f->form) : ~UINT64_C(0);
	for (uint32_t i = 0; !e && i < v->field_count; i++) {
		const struct view_field *field = &v->fields[i];
		if ((rights >> field->field->compartment & 1) && (is_open(field) || field->loser_count > 0))
			e = add_row(b, f, field);
	}
	return e == ERR_MISSING ? ERR_OK : e;
}

static int compare_rows(const void *a, const void *b)
{
	const struct inbox_row *x = a, *y = b;
	if (is_open(&x->field) != is_open(&y->field))
		return is_open(&x->field) ? -1 : 1;
	int order = case_id_compare(&x->case_id, &y->case_id);
	if (order)
		return order;
	return (x->field.field->number > y->field.field->number)
		- (x->field.field->number < y->field.field->number);
}

static int compare_ids(const void *a, const void *b)
{
	return case_id_compare(a, b);
}

/* The cases that the rows are of: what the read log names. */
static enum err list_cases(struct inbox *b)
{
	struct case_id *cases = arena_array(&b->arena, b->count, sizeof *cases);
	uint32_t unique = 0;
	if (!cases)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < b->count; i++)
		cases[i] = b->rows[i].case_id;
	qsort(cases, b->count, sizeof *cases, compare_ids);
	for (uint32_t i = 0; i < b->count; i++)
		if (unique == 0 || !case_id_equal(&cases[unique - 1], &cases[i]))
			cases[unique++] = cases[i];
	b->cases = cases;
	b->case_count = unique;
	return ERR_OK;
}

enum err inbox_gather(struct inbox *out, struct replica *r, const struct officer_id *officer,
	const struct case_id *only, struct err_text *why)
{
	struct index_case *cases = NULL;
	size_t count = 0;
	*out = (struct inbox){ .count = 0 };
	arena_init(&out->arena, INBOX_MEMORY);
	enum err e = only ? take_case(out, r, officer, only, why)
					  : index_list_cases(&cases, &count, replica_index(r), &out->arena);
	for (size_t i = 0; i < count && !e; i++)
		e = take_case(out, r, officer, &cases[i].id, why);
	if (out->count > 1)
		qsort(out->rows, out->count, sizeof *out->rows, compare_rows);
	return e ? e : list_cases(out);
}

void inbox_clear(struct inbox *b)
{
	arena_clear(&b->arena);
	b->count = 0;
}

static void put_by(struct json_out *o, const struct inbox_by *by, const struct naming *naming)
{
	json_put_key(o, "by");
	if (!by || change_id_is_zero(&by->change)) {
		json_put_null(o);
		return;
	}
	json_put_open(o, '{');
	put_member_hex(o, "change", by->change.b, sizeof by->change.b);
	put_member_hex(o, "officer", by->officer.b, sizeof by->officer.b);
	put_member_text(o, "name", naming_officer(naming, by->site, &by->officer));
	put_member_int(o, "site", by->site);
	put_member_text(o, "site_name", naming_site(naming, by->site));
	put_member_int(o, "time", (int64_t)by->time);
	json_put_close(o, '}');
}

static enum err put_items(struct json_out *o, const char *key, const struct view_field *f,
	const struct view_item *items, const struct inbox_by *by, uint32_t count, uint32_t first,
	const struct naming *naming)
{
	enum err e = ERR_OK;
	put_member_open(o, key, '[');
	for (uint32_t i = 0; i < count && !e; i++) {
		json_put_open(o, '{');
		put_member_int(o, "take", first + i);
		json_put_key(o, "value");
		e = value_to_json(o, f->field, items[i].value);
		put_by(o, &by[i], naming);
		json_put_close(o, '}');
	}
	json_put_close(o, ']');
	return e;
}

static enum err put_row(struct json_out *o, const struct inbox_row *row, const struct naming *naming)
{
	const struct view_field *f = &row->field;
	enum err e = ERR_OK;
	json_put_open(o, '{');
	put_member_hex(o, "case", row->case_id.b, sizeof row->case_id.b);
	put_member_cstr(o, "field", f->field->path);
	put_member_cstr(o, "status", view_status_name(f->status));
	put_member_cstr(o, "rule", form_rule_name(f->field->rule));
	json_put_key(o, "value");
	if (f->has_value)
		e = value_to_json(o, f->field, f->value.value);
	else
		json_put_null(o);
	put_by(o, row->value_by, naming);
	if (!e)
		e = put_items(o, "candidates", f, f->candidates, row->candidates, f->candidate_count, 1, naming);
	if (!e)
		e = put_items(o, "losers", f, f->losers, row->losers, f->loser_count, f->candidate_count + 1, naming);
	json_put_close(o, '}');
	return e;
}

enum err inbox_json(struct json_out *o, const struct inbox *b, const struct naming *naming)
{
	enum err e = ERR_OK;
	json_put_open(o, '{');
	put_member_int(o, "open", b->open);
	put_member_open(o, "conflicts", '[');
	for (uint32_t i = 0; i < b->count && !e; i++)
		e = put_row(o, &b->rows[i], naming);
	json_put_close(o, ']');
	json_put_close(o, '}');
	return e ? e : buf_err(o->buf);
}
