/* A case as text. */
#include "cli/show_text.h"

#include "base/text.h"
#include "cli/layout.h"
#include "cli/words.h"
#include "node/lookup.h"
#include "schema/value.h"

#include <inttypes.h>
#include <string.h>

enum { CELL_MAX = 1 << 20 };

void show_text_value(struct buf *b, const struct form_field *field, struct bytes value)
{
	struct buf text;
	struct json_out o;
	struct json *j = NULL;
	buf_init(&text, CELL_MAX);
	json_out_init(&o, &text);
	if (!value_to_json(&o, field, value) && !json_parse(&j, buf_bytes(&text), NULL)
		&& json_kind(j) == JSON_TEXT)
		buf_put_text(b, json_text(j));
	else if (j && json_kind(j) == JSON_NULL)
		buf_put_text(b, "-");
	else
		buf_put_bytes(b, buf_bytes(&text));
	json_free(j);
	buf_wipe(&text);
}

void show_text_who(struct buf *b, const struct case_json *c, uint32_t change)
{
	if (change == UINT32_MAX)
		return;
	const struct view_change *v = &c->file->counted->changes[change];
	buf_put_bytes(b, naming_officer(c->naming, v->site, &v->dag.officer));
	buf_put_text(b, ", ");
	buf_put_bytes(b, naming_site(c->naming, v->site));
}

/* One value with where it comes from; `mark` goes before it. */
static void put_item(struct table *t, const struct case_json *c, const char *path,
	const struct form_field *field, const struct view_item *item, const char *status)
{
	struct buf b;
	char when[WORDS_TIME_SIZE] = "";
	buf_init(&b, CELL_MAX);
	table_put(t, path);
	show_text_value(&b, field, item->value);
	table_put_bytes(t, buf_bytes(&b));
	table_put(t, status);
	buf_wipe(&b);
	show_text_who(&b, c, item->change);
	table_put_bytes(t, buf_bytes(&b));
	if (item->change != UINT32_MAX)
		words_time(when, c->file->counted->changes[item->change].dag.time);
	table_put(t, when);
	buf_clear(&b);
}

static void put_empty(struct table *t, const char *path, const char *status)
{
	table_put(t, path);
	table_put(t, "-");
	table_put(t, status);
	table_put(t, "");
	table_put(t, "");
}

/* The words for a status; nothing for the common one. */
static const char *status_word(enum lang lang, enum view_status s)
{
	switch (s) {
	case STATUS_CLEAN:
		return "";
	case STATUS_AUTO:
		return SAY(lang, STATUS_AUTO_WORD);
	case STATUS_CONTESTED:
		return SAY(lang, STATUS_CONTESTED_WORD);
	case STATUS_ALERT:
		return SAY(lang, STATUS_ALERT_WORD);
	case STATUS_UNKNOWN:
		return SAY(lang, STATUS_UNKNOWN_WORD);
	case STATUS_ERASED:
		return SAY(lang, STATUS_ERASED_WORD);
	}
	return "";
}

static void put_field(
	struct table *t, const struct print *p, const struct case_json *c, const struct view_field *f)
{
	const char *path = f->field->path, *status = status_word(p->lang, f->status);
	if (f->has_value)
		put_item(t, c, path, f->field, &f->value, status);
	else if (f->item_count == 0 || f->status == STATUS_UNKNOWN || f->status == STATUS_ERASED)
		put_empty(t, path, status);
	if (f->field->shape != SHAPE_SINGLE)
		for (uint32_t i = 0; i < f->item_count; i++)
			put_item(t, c, i ? "" : path, f->field, &f->items[i], i ? "" : status);
	for (uint32_t i = 0; i < f->candidate_count; i++)
		put_item(t, c, "", f->field, &f->candidates[i], SAY(p->lang, SHOW_CANDIDATE));
	for (uint32_t i = 0; i < f->loser_count; i++)
		put_item(t, c, "", f->field, &f->losers[i], SAY(p->lang, SHOW_LOSER));
}

static enum err put_compartment(
	struct buf *b, const struct print *p, const struct case_json *c, const struct form_compartment *part)
{
	struct table t;
	uint32_t shown = 0;
	table_init(&t, 5);
	for (uint32_t i = 0; i < c->view->field_count; i++)
		if (c->view->fields[i].field->compartment == part->number) {
			put_field(&t, p, c, &c->view->fields[i]);
			shown++;
		}
	bool unknown = c->view->unknown >> part->number & 1;
	bool withheld = case_compartments(c->file) & ~c->rights & UINT64_C(1) << part->number;
	if (shown || unknown || withheld)
		buf_printf(b, "\n%s%s%s%s\n", print_style(p, STYLE_BOLD), part->name, print_style(p, STYLE_PLAIN),
			withheld      ? SAY(p->lang, SHOW_WITHHELD)
				: unknown ? SAY(p->lang, SHOW_NO_KEY)
						  : "");
	enum err e = table_write(b, &t, 2);
	table_clear(&t);
	return e;
}

/* The value of a text field, "-" when there is none. */
static void put_label(struct buf *b, const struct case_json *c, const char *path)
{
	const struct form_field *field = form_find_path(c->file->form, path);
	const struct view_field *f = field ? view_find(c->view, field->number) : NULL;
	struct buf text;
	buf_init(&text, CELL_MAX);
	if (f && f->has_value)
		show_text_value(&text, field, f->value.value);
	else
		buf_put_text(&text, "-");
	text_put_safe(b, buf_bytes(&text));
	buf_wipe(&text);
}

static enum err put_members(struct buf *b, const struct print *p, const struct case_json *c)
{
	const uint32_t *sites;
	uint32_t count;
	struct arena a;
	arena_init(&a, 1 << 24);
	enum err e = epoch_members(&sites, &count, &a, c->file->counted->epochs, FORM_CORE);
	buf_put_text(b, SAY(p->lang, SHOW_MEMBERS));
	for (uint32_t i = 0; i < count && !e; i++) {
		buf_put_text(b, i ? ", " : "");
		buf_put_bytes(b, naming_site(c->naming, sites[i]));
	}
	buf_put_byte(b, '\n');
	arena_clear(&a);
	return e;
}

static enum err put_ineffective(struct buf *b, const struct print *p, const struct case_json *c)
{
	if (c->view->ineffective_count)
		buf_printf(b, "\n%s\n", SAY(p->lang, SHOW_INEFFECTIVE));
	for (uint32_t i = 0; i < c->view->ineffective_count; i++) {
		const struct view_ineffective *row = &c->view->ineffective[i];
		const struct form_field *field = form_find_field(c->file->form, row->field);
		char hex[65];
		hex_encode(hex, bytes_of(c->file->changes[row->change].id.b, 32));
		buf_printf(b, "  %.8s  ", hex);
		show_text_who(b, c, row->change);
		buf_printf(
			b, "  %s  %s\n", field ? field->path : "-", message_text(p->lang, words_reason(row->reason)));
	}
	return ERR_OK;
}

enum err show_text_put(struct buf *b, const struct print *p, const struct case_json *c)
{
	char name[LOOKUP_SHORT_SIZE];
	const struct form *form = c->file->form;
	enum err e = lookup_shorten(name, c->replica, &c->file->id);
	buf_printf(b, SAY(p->lang, SHOW_HEAD), print_style(p, STYLE_BOLD), name, print_style(p, STYLE_PLAIN));
	if (c->rights >> FORM_CORE & 1)
		put_label(b, c, LOOKUP_NUMBER_FIELD);
	buf_printf(
		b, SAY(p->lang, SHOW_HEAD_REST), form->name, (unsigned)form->version, (unsigned)c->file->count);
	if (c->is_at) {
		char hex[65];
		hex_encode(hex, bytes_of(c->file->changes[c->at].id.b, 32));
		buf_printf(b, SAY(p->lang, SHOW_AS_OF), hex);
	}
	if (!e)
		e = put_members(b, p, c);
	for (size_t i = 0; i < form->compartment_count && !e; i++)
		e = put_compartment(b, p, c, &form->compartments[i]);
	if (!e)
		e = put_ineffective(b, p, c);
	return e ? e : buf_err(b);
}
