/* dossier conflicts, resolve, ack: the inbox, and what a person decides. */
#include "cli/commands.h"
#include "cli/reader.h"
#include "cli/show_text.h"
#include "cli/signing.h"

#include "base/text.h"
#include "cli/layout.h"
#include "node/inbox.h"
#include "schema/value.h"

enum { TEXT_MAX = 1 << 30, CELL_MAX = 1 << 20 };

/* ---- conflicts */

static void put_value(struct table *t, const struct form_field *field, struct bytes value,
	const struct inbox_by *by, const struct naming *naming, const char *number)
{
	struct buf b;
	char when[WORDS_TIME_SIZE] = "";
	buf_init(&b, CELL_MAX);
	table_put(t, number);
	show_text_value(&b, field, value);
	table_put_bytes(t, buf_bytes(&b));
	buf_wipe(&b);
	if (by && by->time) {
		buf_put_bytes(&b, naming_officer(naming, by->site, &by->officer));
		buf_put_text(&b, ", ");
		buf_put_bytes(&b, naming_site(naming, by->site));
		words_time(when, by->time);
	}
	table_put_bytes(t, buf_bytes(&b));
	table_put(t, when);
	buf_clear(&b);
}

static enum err put_row(struct buf *b, const struct print *p, struct replica *r, const struct inbox_row *row,
	const struct naming *naming)
{
	const struct view_field *f = &row->field;
	bool open = f->status == STATUS_CONTESTED || f->status == STATUS_ALERT;
	char name[LOOKUP_SHORT_SIZE], number[16];
	struct table t;
	enum err e = lookup_shorten(name, r, &row->case_id);
	buf_printf(b, "%s%s  %s%s  %s  (%s)\n", print_style(p, open ? STYLE_CAUTION : STYLE_BOLD), name,
		f->field->path, print_style(p, STYLE_PLAIN),
		f->status == STATUS_ALERT ? SAY(p->lang, STATUS_ALERT_WORD)
			: open                ? SAY(p->lang, STATUS_CONTESTED_WORD)
								  : SAY(p->lang, STATUS_AUTO_WORD),
		form_rule_name(f->field->rule));
	table_init(&t, 4);
	if (f->has_value)
		put_value(&t, f->field, f->value.value, row->value_by, naming,
			open ? SAY(p->lang, CONFLICTS_MEANWHILE) : SAY(p->lang, CONFLICTS_CHOSEN));
	for (uint32_t i = 0; i < f->candidate_count + f->loser_count; i++) {
		bool candidate = i < f->candidate_count;
		uint32_t k = candidate ? i : i - f->candidate_count;
		snprintf(number, sizeof number, "%u", (unsigned)i + 1);
		put_value(&t, f->field, candidate ? f->candidates[k].value : f->losers[k].value,
			candidate ? &row->candidates[k] : &row->losers[k], naming, number);
	}
	if (!e)
		e = table_write(b, &t, 2);
	table_clear(&t);
	return e;
}

static enum err write_inbox(struct buf *text, struct desk *d, const struct inbox *box)
{
	struct naming naming;
	struct json_out o;
	const struct print *p = &d->cli->print;
	enum err e = naming_init(&naming, replica_charter(d->replica));
	if (!e && p->json) {
		json_out_init(&o, text);
		e = inbox_json(&o, box, &naming);
	}
	for (uint32_t i = 0; !p->json && i < box->count && !e; i++)
		e = put_row(text, p, d->replica, &box->rows[i], &naming);
	naming_clear(&naming);
	return e;
}

static enum err show_inbox(struct desk *d, const char *word, uint32_t *open)
{
	struct case_id only;
	struct inbox box;
	struct buf text;
	enum lang lang = d->cli->print.lang;
	enum err e = word ? lookup_case(&only, d->replica, word, &d->cli->why) : ERR_OK;
	if (e)
		return e;
	buf_init(&text, TEXT_MAX);
	e = inbox_gather(&box, d->replica, &d->officer_id, word ? &only : NULL, &d->cli->why);
	if (!e)
		e = write_inbox(&text, d, &box);
	struct reading q = { .officer = d->officer_id,
		.cases = box.cases,
		.case_count = box.case_count,
		.compartments = box.compartments,
		.reason = "" };
	if (!e)
		e = reader_print(d, &q, &text);
	*open = box.open;
	if (!e && box.count == 0)
		print_note(&d->cli->print, "%s", SAY(lang, CONFLICTS_NONE));
	else if (!e)
		print_note(
			&d->cli->print, SAY(lang, CONFLICTS_COUNT), (unsigned)box.open, (unsigned)(box.count - box.open));
	buf_wipe(&text);
	inbox_clear(&box);
	return e;
}

static int run_conflicts(struct cli *cli, const struct args *args)
{
	struct desk d;
	uint32_t open = 0;
	enum err e = desk_open(&d, cli, DESK_OFFICER);
	if (!e)
		e = show_inbox(&d, args->word_count ? args->words[0] : NULL, &open);
	desk_close(&d);
	return e ? cli_fail(cli, e) : open ? EXIT_CONFLICTS : EXIT_DONE;
}

static const struct example conflicts_examples[] = {
	{ "dossier conflicts", MSG_CMD_CONFLICTS_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_conflicts = {
	.name = "conflicts",
	.group = GROUP_CASES,
	.words = "[CASE]",
	.words_max = 1,
	.summary = MSG_CMD_CONFLICTS,
	.text = MSG_CMD_CONFLICTS_TEXT,
	.examples = conflicts_examples,
	.run = run_conflicts,
};

/* ---- resolve */

static enum err find_value(struct bytes *value, struct signing *s, const struct args *args,
	const struct view_field *f, const char *path)
{
	const char *take = args_get(args, "take"), *typed = args_get(args, "value");
	const struct form_field *field;
	enum lang lang = s->cli->print.lang;
	uint64_t number;
	struct buf item;
	if (!take == !typed)
		return err_set(&s->cli->why, ERR_USAGE, "%s", SAY(lang, RESOLVE_WHAT));
	if (take && decimal_decode(&number, bytes_text(take), UINT32_MAX))
		return err_set(&s->cli->why, ERR_USAGE, SAY(lang, RESOLVE_NUMBER), take);
	if (take)
		return casework_take(value, f, (uint32_t)number, &s->cli->why);
	enum err e = op_find_field(&field, s->edit.form, path, &s->cli->why);
	buf_init(&item, VALUE_SIZE_MAX);
	if (!e)
		e = signing_fetch(&typed, s, typed);
	if (!e)
		e = value_from_text(&item, field, bytes_text(typed), &s->cli->why);
	*value = bytes_of(e ? NULL : arena_copy(&s->arena, item.data, item.size), item.size);
	buf_wipe(&item);
	return e == ERR_FORMAT ? ERR_REFUSED : e;
}

static int run_resolve(struct cli *cli, const struct args *args)
{
	struct signing s;
	const struct casefile *f;
	const struct view_field *field;
	struct bytes value = { 0 };
	const char *reason = "";
	enum err e = signing_begin(&s, cli, args->words[0]);
	if (!e)
		e = signing_field(&f, &field, &s, args->words[1]);
	if (!e)
		e = find_value(&value, &s, args, field, args->words[1]);
	if (!e)
		e = signing_fetch(&reason, &s, args_get(args, "reason"));
	if (!e)
		e = op_list_add_resolve(&s.ops, field->field, value, reason, &cli->why);
	return signing_finish(&s, e, SAY(cli->print.lang, RESOLVE_DONE));
}

static const struct option resolve_options[] = {
	{ "take", "N", MSG_CMD_RESOLVE_TAKE, false, false },
	{ "value", "VALUE", MSG_CMD_RESOLVE_VALUE, false, false },
	{ "reason", "TEXT", MSG_CMD_RESOLVE_REASON, true, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example resolve_examples[] = {
	{ "dossier resolve 3f9a21c4 identity.birth_place --take 2 --reason 'birth certificate seen'",
		MSG_CMD_RESOLVE_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_resolve = {
	.name = "resolve",
	.group = GROUP_CASES,
	.words = "CASE FIELD",
	.words_min = 2,
	.words_max = 2,
	.summary = MSG_CMD_RESOLVE,
	.text = MSG_CMD_RESOLVE_TEXT,
	.options = resolve_options,
	.examples = resolve_examples,
	.run = run_resolve,
};

/* ---- ack */

static int run_ack(struct cli *cli, const struct args *args)
{
	struct signing s;
	const struct casefile *f;
	const struct view_field *field;
	enum err e = signing_begin(&s, cli, args->words[0]);
	if (!e)
		e = signing_field(&f, &field, &s, args->words[1]);
	if (!e)
		e = casework_add_ack(&s.ops, f, field, &cli->why);
	return signing_finish(&s, e, SAY(cli->print.lang, ACK_DONE));
}

static const struct example ack_examples[] = {
	{ "dossier ack 3f9a21c4 accommodation.room", MSG_CMD_ACK_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_ack = {
	.name = "ack",
	.group = GROUP_CASES,
	.words = "CASE FIELD",
	.words_min = 2,
	.words_max = 2,
	.summary = MSG_CMD_ACK,
	.text = MSG_CMD_ACK_TEXT,
	.examples = ack_examples,
	.run = run_ack,
};
