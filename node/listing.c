/* Making a list of cases. */
#include "node/listing.h"

#include "node/json_put.h"
#include "node/lookup.h"
#include "node/reading.h"
#include "schema/value.h"

#include <stdio.h>
#include <stdlib.h>

enum { LISTING_MEMORY = 1 << 30 };

static void seen_name(char out[80], const struct officer_id *officer)
{
	char hex[65];
	hex_encode(hex, bytes_of(officer->b, sizeof officer->b));
	snprintf(out, 80, "seen-%s", hex);
}

/* Up to which change this officer has looked; 0 when never, or when the index was made anew. */
static enum err get_seen(int64_t *no, struct replica *r, const struct officer_id *officer)
{
	char name[80];
	struct buf b;
	uint64_t value = 0;
	seen_name(name, officer);
	buf_init(&b, 64);
	enum err e = index_get_meta(&b, replica_index(r), name);
	if (!e)
		e = decimal_decode(&value, buf_bytes(&b), INT64_MAX);
	*no = e ? 0 : (int64_t)value;
	buf_clear(&b);
	return e == ERR_NOT_FOUND || e == ERR_FORMAT ? ERR_OK : e;
}

enum err listing_mark_seen(
	struct replica *r, const struct officer_id *officer, const struct listing *l, struct err_text *why)
{
	char name[80], value[24];
	seen_name(name, officer);
	snprintf(value, sizeof value, "%lld", (long long)l->seen_until);
	enum err e = replica_lock(r, why);
	if (e)
		return e;
	e = index_put_meta(replica_index(r), name, bytes_text(value));
	replica_unlock(r);
	return e;
}

/* The value of a single-value field, copied; empty when there is none to see. */
static enum err take_value(
	struct bytes *out, struct arena *a, const struct view *v, const struct form_field *field, uint64_t rights)
{
	const struct view_field *f = field ? view_find(v, field->number) : NULL;
	*out = (struct bytes){ 0 };
	if (!f || !f->has_value || !(rights >> field->compartment & 1))
		return ERR_OK;
	*out = bytes_of(arena_copy(a, f->value.value.data, f->value.value.size), f->value.value.size);
	return out->data ? ERR_OK : ERR_MEMORY;
}

static bool matches(const struct view *v, const struct listing_query *q)
{
	if (!q->filter)
		return true;
	const struct view_field *f = view_find(v, q->filter->number);
	if (!f)
		return false;
	if (f->has_value && bytes_equal(f->value.value, q->filter_value))
		return true;
	for (uint32_t i = 0; i < f->item_count; i++)
		if (bytes_equal(f->items[i].value, q->filter_value))
			return true;
	return false;
}

static void count_fields(struct listing_row *row, const struct view *v, uint64_t rights)
{
	for (uint32_t i = 0; i < v->field_count; i++) {
		const struct view_field *f = &v->fields[i];
		if (!(rights >> f->field->compartment & 1))
			continue;
		row->open += f->status == STATUS_CONTESTED || f->status == STATUS_ALERT;
		row->chosen += f->loser_count > 0;
	}
}

static enum err add_row(struct listing *l, const struct listing_query *q, const struct casefile *f,
	const struct view *v, uint64_t rights, int64_t seen)
{
	struct listing_row *rows = arena_grow(&l->arena, l->rows, l->count, &l->room, sizeof *rows);
	if (!rows)
		return ERR_MEMORY;
	l->rows = rows;
	struct listing_row *row = &rows[l->count];
	*row = (struct listing_row){ .id = f->id, .form = f->form, .changes = f->count };
	for (uint32_t i = 0; i < f->count; i++) {
		const struct casefile_change *c = &f->changes[i];
		row->last = c->change->time > row->last ? c->change->time : row->last;
		row->received = c->row.received > row->received ? c->row.received : row->received;
		row->is_new = row->is_new || (c->row.peer != 0 && c->row.no > seen);
	}
	if (q->only_new && !row->is_new)
		return ERR_OK;
	count_fields(row, v, rights);
	enum err e = take_value(&row->number, &l->arena, v, form_find_path(f->form, LOOKUP_NUMBER_FIELD), rights);
	if (!e)
		e = take_value(&row->state, &l->arena, v, form_find_path(f->form, LISTING_STATE_FIELD), rights);
	if (!e && q->sort)
		e = take_value(&row->sorted_by, &l->arena, v, q->sort, rights);
	l->count++;
	return e;
}

static enum err take_case(struct listing *l, struct replica *r, const struct listing_query *q,
	const struct case_id *id, int64_t seen, struct err_text *why)
{
	struct casefile *f;
	const struct view *v;
	enum err e = replica_case(&f, r, id, why);
	if (e)
		return e == ERR_MISSING ? ERR_OK : e; /* its form is not here: nobody can read it */
	uint64_t rights = reading_rights(r, &q->officer, f->form);
	if (!(rights >> FORM_CORE & 1) || ((q->filter || q->sort) && f->form != q->form))
		return ERR_OK;
	e = casefile_view(&v, f, why);
	if (!e && matches(v, q))
		e = add_row(l, q, f, v, rights, seen);
	return e;
}

/* By value where one is asked for, blank ones last; then the latest first; then by id, so that the order is
 * the same everywhere. */
struct sorting {
	const struct form_field *field;
	struct listing_row row;
};

static int compare_sorting(const void *a, const void *b)
{
	const struct sorting *x = a, *y = b;
	bool no_x = x->row.sorted_by.size == 0, no_y = y->row.sorted_by.size == 0;
	if (x->field && no_x != no_y)
		return no_x ? 1 : -1;
	int order = x->field && !no_x ? value_compare(x->field, x->row.sorted_by, y->row.sorted_by) : 0;
	if (order)
		return order;
	if (x->row.last != y->row.last)
		return x->row.last > y->row.last ? -1 : 1;
	return case_id_compare(&x->row.id, &y->row.id);
}

static enum err sort_rows(struct listing *l, const struct form_field *field)
{
	struct sorting *all = arena_array(&l->arena, l->count, sizeof *all);
	if (!all)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < l->count; i++)
		all[i] = (struct sorting){ field, l->rows[i] };
	if (l->count > 1)
		qsort(all, l->count, sizeof *all, compare_sorting);
	for (uint32_t i = 0; i < l->count; i++)
		l->rows[i] = all[i].row;
	return ERR_OK;
}

static enum err check_field(struct listing *l, struct replica *r, const struct listing_query *q,
	const struct form_field *field, struct err_text *why)
{
	if (!field)
		return ERR_OK;
	l->compartments |= UINT64_C(1) << field->compartment;
	if (reading_rights(r, &q->officer, q->form) >> field->compartment & 1)
		return ERR_OK;
	return err_set(why, ERR_REFUSED, "%s is not for this officer's roles to read", field->path);
}

enum err listing_make(
	struct listing *out, struct replica *r, const struct listing_query *q, struct err_text *why)
{
	struct index_case *cases;
	size_t count = 0;
	int64_t seen = 0;
	*out = (struct listing){ .compartments = UINT64_C(1) << FORM_CORE };
	arena_init(&out->arena, LISTING_MEMORY);
	enum err e = check_field(out, r, q, q->filter, why);
	if (!e)
		e = check_field(out, r, q, q->sort, why);
	if (!e)
		e = get_seen(&seen, r, &q->officer);
	if (!e)
		e = index_last_change(&out->seen_until, replica_index(r));
	if (!e)
		e = index_list_cases(&cases, &count, replica_index(r), &out->arena);
	for (size_t i = 0; i < count && !e; i++)
		e = take_case(out, r, q, &cases[i].id, seen, why);
	return e ? e : sort_rows(out, q->sort);
}

void listing_clear(struct listing *l)
{
	arena_clear(&l->arena);
	l->count = 0;
}

static enum err put_value(
	struct json_out *o, const char *key, const struct form *form, const char *path, struct bytes value)
{
	json_put_key(o, key);
	if (value.size)
		return value_to_json(o, form_find_path(form, path), value);
	json_put_null(o);
	return ERR_OK;
}

enum err listing_json(struct json_out *o, struct replica *r, const struct listing *l, bool local)
{
	enum err e = ERR_OK;
	json_put_open(o, '{');
	put_member_open(o, "cases", '[');
	for (uint32_t i = 0; i < l->count && !e; i++) {
		const struct listing_row *row = &l->rows[i];
		json_put_open(o, '{');
		put_member_hex(o, "case", row->id.b, sizeof row->id.b);
		put_member_cstr(o, "form", row->form->name);
		e = put_value(o, "v_number", row->form, LOOKUP_NUMBER_FIELD, row->number);
		if (!e)
			e = put_value(o, "state", row->form, LISTING_STATE_FIELD, row->state);
		put_member_int(o, "changes", row->changes);
		put_member_int(o, "last", (int64_t)row->last);
		put_member_int(o, "open", row->open);
		put_member_int(o, "chosen", row->chosen);
		if (!e && local) {
			char name[LOOKUP_SHORT_SIZE];
			e = lookup_shorten(name, r, &row->id);
			put_member_open(o, "local", '{');
			put_member_cstr(o, "short", name);
			put_member_int(o, "last_received", row->received);
			put_member_bool(o, "new", row->is_new);
			json_put_close(o, '}');
		}
		json_put_close(o, '}');
	}
	json_put_close(o, ']');
	json_put_close(o, '}');
	return e ? e : buf_err(o->buf);
}
