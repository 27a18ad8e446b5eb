/* What sites see of the same cases: equal in all that both can read, unknown where one can't. */
#include "tests/sight/sight.h"

#include "schema/view_text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { FIELD_TEXT_MAX = 1 << 20 };

struct seen { /* a case at a site */
	struct fed_site *site;
	struct casefile *file;
	const struct view *view;
};

static void look(struct seen *out, struct fed_site *site, const struct case_id *id)
{
	enum err e = replica_case(&out->file, site->replica, id, NULL);
	if (!e)
		e = casefile_view(&out->view, out->file, NULL);
	assert(!e);
	(void)e;
	out->site = site;
}

static void put_field(struct buf *out, const struct seen *seen, const struct form_field *field)
{
	const struct view_field *f = view_find(seen->view, field->number);
	struct json_out o;
	buf_init(out, FIELD_TEXT_MAX);
	if (!f)
		return;
	json_out_init(&o, out);
	enum err e = view_text_field(&o, f, seen->file->form, seen->file->counted->changes, VIEW_TEXT_BY);
	assert(!e);
	(void)e;
}

static void fault(struct sight_figures *out, const struct seen *seen, const struct form_field *field,
	const char *words)
{
	out->faults++;
	printf("FAILED: %s at %s: %s\n", field->path, seen->site->name, words);
}

/* A field that the site can't read: unknown as soon as anything was written in its compartment. */
static void check_blind(struct sight_figures *out, const struct seen *seen, const struct form_field *field,
	bool written)
{
	const struct view_field *f = view_find(seen->view, field->number);
	if (!f && !written)
		return;
	if (!f || f->status != STATUS_UNKNOWN || f->has_value || f->item_count > 0 || f->candidate_count > 0)
		fault(out, seen, field, "not unknown, though it can't be read here");
	else
		out->fields_unknown++;
}

static bool is_written(const struct casefile *f, uint32_t compartment)
{
	for (uint32_t i = 0; i < f->count; i++)
		for (uint32_t k = 0; k < f->changes[i].change->payload_count; k++)
			if (f->changes[i].change->payloads[k].compartment == compartment)
				return true;
	return false;
}

static void compare_field(struct sight_figures *out, const struct seen *a, const struct seen *b,
	const struct form_field *field)
{
	struct buf x, y;
	put_field(&x, a, field);
	put_field(&y, b, field);
	if (!bytes_equal(buf_bytes(&x), buf_bytes(&y)))
		fault(out, a, field, "another value than at a site that reads it too");
	else
		out->fields_equal += x.size > 0;
	buf_clear(&x);
	buf_clear(&y);
}

static void compare_case(struct sight_figures *out, struct sight *s, const struct case_id *id)
{
	struct seen seen[FEDERATION_SITES_MAX];
	for (size_t i = 0; i < s->fed.site_count; i++)
		look(&seen[i], &s->fed.sites[i], id);
	for (size_t n = 0; n < s->form->field_count; n++) {
		const struct form_field *field = &s->form->fields[n];
		bool written = is_written(seen[0].file, field->compartment);
		for (size_t i = 0; i < s->fed.site_count; i++) {
			if (!sight_reads(s, seen[i].site, field->compartment)) {
				check_blind(out, &seen[i], field, written);
				continue;
			}
			for (size_t k = 0; k < i; k++)
				if (sight_reads(s, seen[k].site, field->compartment))
					compare_field(out, &seen[i], &seen[k], field);
		}
	}
}

void sight_compare(struct sight_figures *out, struct sight *s)
{
	*out = (struct sight_figures){ 0 };
	for (size_t i = 0; i < s->case_count; i++)
		compare_case(out, s, &s->cases[i]);
}
