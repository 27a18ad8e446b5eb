/* dossier list: the cases here. */
#include "cli/commands.h"
#include "cli/layout.h"
#include "cli/reader.h"
#include "cli/show_text.h"

#include "node/listing.h"
#include "node/lookup.h"
#include "schema/op_read.h"
#include "schema/value.h"

#include <string.h>

enum { TEXT_MAX = 1 << 30, CELL_MAX = 1 << 16 };

/* FIELD=VALUE, or a state, as a condition. */
static enum err add_filter(
	struct listing_query *q, struct buf *value, struct cli *cli, const char *path, const char *text)
{
	enum err e = op_find_field(&q->filter, q->form, path, &cli->why);
	if (!e)
		e = value_from_text(value, q->filter, bytes_text(text), &cli->why);
	q->filter_value = buf_bytes(value);
	return e == ERR_FORMAT ? ERR_USAGE : e;
}

static enum err read_query(
	struct listing_query *q, struct buf *value, struct desk *d, const struct args *args)
{
	const char *state = args_get(args, "state"), *filter = args_get(args, "field");
	const char *sort = args_get(args, "sort");
	struct op_word word;
	char path[128];
	*q = (struct listing_query){ .officer = d->officer_id, .only_new = args_has(args, "new") };
	enum err e = words_form(&q->form, d, args_get(args, "form"));
	if (!e && state && filter)
		e = err_set(&d->cli->why, ERR_USAGE, "%s", SAY(d->cli->print.lang, LIST_ONE_FILTER));
	if (!e && state)
		e = add_filter(q, value, d->cli, LISTING_STATE_FIELD, state);
	if (!e && filter) {
		if (!op_word_split(&word, filter) || word.kind != OP_WORD_SET || word.path.size >= sizeof path)
			return err_set(&d->cli->why, ERR_USAGE, SAY(d->cli->print.lang, LIST_BAD_FILTER), filter);
		snprintf(path, sizeof path, "%.*s", (int)word.path.size, (const char *)word.path.data);
		e = add_filter(q, value, d->cli, path, word.value);
	}
	if (!e && sort)
		e = op_find_field(&q->sort, q->form, sort, &d->cli->why);
	return e;
}

static void put_cell(struct table *t, const struct form_field *field, struct bytes value)
{
	struct buf b;
	buf_init(&b, CELL_MAX);
	if (field && value.size)
		show_text_value(&b, field, value);
	table_put_bytes(t, b.size ? buf_bytes(&b) : bytes_text("-"));
	buf_wipe(&b);
}

static enum err put_row(
	struct table *t, struct desk *d, const struct listing_query *q, const struct listing_row *row)
{
	char name[LOOKUP_SHORT_SIZE], when[WORDS_TIME_SIZE];
	enum lang lang = d->cli->print.lang;
	enum err e = lookup_shorten(name, d->replica, &row->id);
	words_time(when, row->last);
	table_put(t, name);
	put_cell(t, form_find_path(row->form, LOOKUP_NUMBER_FIELD), row->number);
	put_cell(t, form_find_path(row->form, LISTING_STATE_FIELD), row->state);
	table_put(t, when);
	table_printf(t, "%u", (unsigned)row->changes);
	table_printf(t, "%s%s%s",
		row->open         ? SAY(lang, LIST_CONFLICT)
			: row->chosen ? SAY(lang, LIST_CHOSEN)
						  : "",
		row->is_new && (row->open || row->chosen) ? ", " : "", row->is_new ? SAY(lang, LIST_NEW) : "");
	if (q->sort)
		put_cell(t, q->sort, row->sorted_by);
	return e;
}

static enum err write_text(
	struct buf *text, struct desk *d, const struct listing_query *q, const struct listing *l)
{
	struct table t;
	enum lang lang = d->cli->print.lang;
	enum err e = ERR_OK;
	if (l->count == 0)
		return ERR_OK;
	table_init(&t, q->sort ? 7 : 6);
	t.right[4] = true;
	table_put(&t, SAY(lang, LIST_HEAD_CASE));
	table_put(&t, SAY(lang, LIST_HEAD_NUMBER));
	table_put(&t, SAY(lang, LIST_HEAD_STATE));
	table_put(&t, SAY(lang, LIST_HEAD_LAST));
	table_put(&t, SAY(lang, LIST_HEAD_CHANGES));
	table_put(&t, SAY(lang, LIST_HEAD_NOTE));
	if (q->sort)
		table_put(&t, q->sort->path);
	for (uint32_t i = 0; i < l->count && !e; i++)
		e = put_row(&t, d, q, &l->rows[i]);
	if (!e)
		e = table_write(text, &t, 0);
	table_clear(&t);
	return e;
}

static enum err print_listing(struct desk *d, const struct listing_query *q, struct listing *l, bool local)
{
	struct json_out o;
	struct buf text;
	struct case_id *ids = arena_array(&l->arena, l->count, sizeof *ids);
	if (!ids)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < l->count; i++)
		ids[i] = l->rows[i].id;
	struct reading reading = { .officer = d->officer_id,
		.cases = ids,
		.case_count = l->count,
		.compartments = l->compartments,
		.reason = "" };
	buf_init(&text, TEXT_MAX);
	json_out_init(&o, &text);
	enum err e = d->cli->print.json ? listing_json(&o, d->replica, l, local) : write_text(&text, d, q, l);
	if (!e)
		e = reader_print(d, &reading, &text);
	if (!e && q->only_new)
		e = listing_mark_seen(d->replica, &d->officer_id, l, &d->cli->why);
	if (!e)
		print_note(&d->cli->print, SAY(d->cli->print.lang, LIST_COUNT), (unsigned)l->count);
	buf_wipe(&text);
	return e;
}

static int run(struct cli *cli, const struct args *args)
{
	struct desk d;
	struct listing_query q;
	struct listing l = { .count = 0 };
	struct buf value;
	buf_init(&value, VALUE_SIZE_MAX);
	enum err e = desk_open(&d, cli, DESK_OFFICER);
	if (!e)
		e = read_query(&q, &value, &d, args);
	if (!e)
		e = listing_make(&l, d.replica, &q, &cli->why);
	if (!e)
		e = print_listing(&d, &q, &l, args_has(args, "local"));
	listing_clear(&l);
	buf_wipe(&value);
	desk_close(&d);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct option options[] = {
	{ "field", "FIELD=VALUE", MSG_CMD_LIST_FIELD, false, false },
	{ "state", "STATE", MSG_CMD_LIST_STATE, false, false },
	{ "new", NULL, MSG_CMD_LIST_NEW, false, false },
	{ "sort", "FIELD", MSG_CMD_LIST_SORT, false, false },
	{ "form", "FORM", MSG_OPTION_FORM, false, false },
	{ "local", NULL, MSG_OPTION_LOCAL, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example examples[] = {
	{ "dossier list", MSG_CMD_LIST_EXAMPLE },
	{ "dossier list --new", MSG_CMD_LIST_EXAMPLE_NEW },
	{ "dossier list --field accommodation.location=terapel --sort case.reported_on",
		MSG_CMD_LIST_EXAMPLE_FIELD },
	{ NULL, MSG_NONE },
};

const struct command command_list = {
	.name = "list",
	.group = GROUP_CASES,
	.words = "",
	.summary = MSG_CMD_LIST,
	.text = MSG_CMD_LIST_TEXT,
	.options = options,
	.examples = examples,
	.run = run,
};
