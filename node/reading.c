/* Reading: rights, the log, and a view narrowed to what may be shown. */
#include "node/reading.h"

#include "base/text.h"

enum { CASES_PER_ENTRY = 8192 }; /* 16 bytes each, well below what one entry may hold */

uint64_t reading_rights(const struct replica *r, const struct officer_id *officer, const struct form *form)
{
	return form_readable(form, charter_roles(replica_charter(r), replica_site(r), officer, form->number));
}

static size_t count_characters(const char *text)
{
	size_t count = 0;
	for (; *text; text++)
		count += ((uint8_t)*text & 0xc0) != 0x80;
	return count;
}

enum err reading_record(struct replica *r, const struct reading *q, struct err_text *why)
{
	struct entry entry = { .kind = ENTRY_SHOWED };
	uint32_t at = 0;
	if (count_characters(q->reason) > ENTRY_REASON_MAX || !text_is_clean(bytes_text(q->reason), false))
		return err_set(
			why, ERR_USAGE, "a reason of a read is one line of at most %d characters", ENTRY_REASON_MAX);
	enum err e = replica_lock(r, why);
	if (e)
		return e;
	entry.as.showed.time = ports_now(replica_ports(r));
	entry.as.showed.officer = q->officer;
	entry.as.showed.compartments = q->compartments;
	entry.as.showed.code = q->code;
	entry.as.showed.reason = bytes_text(q->reason);
	do {
		uint32_t left = q->case_count - at;
		entry.as.showed.cases = q->cases + at;
		entry.as.showed.case_count = left < CASES_PER_ENTRY ? left : CASES_PER_ENTRY;
		e = journal_show(replica_journal(r), &entry, why);
		at += entry.as.showed.case_count;
	} while (!e && at < q->case_count);
	replica_unlock(r);
	return e;
}

/* The compartment that a row of the view's refusals stands in. */
static uint32_t compartment_of(const struct casefile *f, const struct view_ineffective *row)
{
	const struct view_change *c = &f->counted->changes[row->change];
	return row->payload < c->payload_count ? c->payloads[row->payload].compartment : FORM_CORE;
}

enum err reading_narrow(const struct view **out, struct arena *a, const struct view *view,
	const struct casefile *f, uint64_t compartments)
{
	struct view *v = arena_copy(a, view, sizeof *view);
	struct view_field *fields = arena_array(a, view->field_count, sizeof *fields);
	struct view_ineffective *rows = arena_array(a, view->ineffective_count, sizeof *rows);
	*out = NULL;
	if (!v || !fields || !rows)
		return ERR_MEMORY;
	v->field_count = 0;
	v->ineffective_count = 0;
	for (uint32_t i = 0; i < view->field_count; i++)
		if (compartments >> view->fields[i].field->compartment & 1)
			fields[v->field_count++] = view->fields[i];
	for (uint32_t i = 0; i < view->ineffective_count; i++)
		if (compartments >> compartment_of(f, &view->ineffective[i]) & 1)
			rows[v->ineffective_count++] = view->ineffective[i];
	v->fields = fields;
	v->ineffective = rows;
	v->unknown &= compartments;
	*out = v;
	return ERR_OK;
}

enum err reading_view_at(
	const struct view **out, struct arena *a, const struct casefile *f, uint32_t position)
{
	uint32_t n = f->counted->count;
	struct view_change *changes = arena_array(a, n, sizeof *changes);
	struct view *view = NULL;
	*out = NULL;
	if (!changes)
		return ERR_MEMORY;
	/* The others keep their places, so that positions mean the same, and say nothing. */
	for (uint32_t i = 0; i < n; i++) {
		changes[i] = f->counted->changes[i];
		if (i != position && !dag_sees(f->counted->dag, position, i))
			changes[i].payload_count = changes[i].strike_count = 0;
	}
	enum err e = view_make(&view, a, f->form, changes, n);
	*out = view;
	return e;
}
