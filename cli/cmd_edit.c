/* dossier new, edit, strike: signed changes of fields. */
#include "cli/commands.h"
#include "cli/signing.h"

/* ---- new */

/* A number that another case has already is worth a word before two files of one person grow apart. */
static void warn_double(struct signing *s)
{
	const struct form_field *field = form_find_path(s->edit.form, LOOKUP_NUMBER_FIELD);
	for (uint32_t i = 0; field && i < s->ops.count; i++) {
		const struct op *op = &s->ops.ops[i];
		struct case_id other;
		char number[32] = "", name[LOOKUP_SHORT_SIZE];
		/* A text of at most 23 bytes: its head is one byte. */
		if (op->field != field->number || op->code != OP_SET || op->value.size < 2 || op->value.size > 24)
			continue;
		memcpy(number, op->value.data + 1, op->value.size - 1);
		if (lookup_case(&other, s->desk.replica, number, NULL) == ERR_OK
			&& lookup_shorten(name, s->desk.replica, &other) == ERR_OK)
			print_warning(&s->cli->print, SAY(s->cli->print.lang, NEW_DOUBLE), name, number);
	}
}

static int run_new(struct cli *cli, const struct args *args)
{
	struct signing s;
	enum err e = signing_begin(&s, cli, NULL);
	if (!e)
		e = signing_open_case(&s, args->words[0]);
	if (!e)
		e = signing_add_words(&s, args, 1);
	if (!e)
		warn_double(&s);
	return signing_finish(&s, e, SAY(cli->print.lang, NEW_DONE));
}

static const struct option edit_options[] = {
	{ "basis", "BASIS", MSG_CMD_EDIT_BASIS, false, false },
	{ "ops", "FILE", MSG_CMD_EDIT_OPS, false, false },
	{ "role", "ROLE", MSG_CMD_EDIT_ROLE, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example new_examples[] = {
	{ "dossier new asylum case.v_number=2912345678 case.reported_on=2026-02-02", MSG_CMD_NEW_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_new = {
	.name = "new",
	.group = GROUP_CASES,
	.words = "FORM [FIELD=VALUE...]",
	.words_min = 1,
	.words_max = WORDS_ANY,
	.summary = MSG_CMD_NEW,
	.text = MSG_CMD_NEW_TEXT,
	.options = edit_options,
	.examples = new_examples,
	.run = run_new,
};

/* ---- edit */

static int run_edit(struct cli *cli, const struct args *args)
{
	struct signing s;
	enum err e = signing_begin(&s, cli, args->words[0]);
	if (!e)
		e = signing_add_words(&s, args, 1);
	if (!e && s.ops.count == 0)
		e = err_set(&cli->why, ERR_USAGE, "%s", SAY(cli->print.lang, EDIT_NOTHING));
	return signing_finish(&s, e, SAY(cli->print.lang, EDIT_DONE));
}

static const struct example edit_examples[] = {
	{ "dossier edit 3f9a21c4 identity.family_name=Haile --basis identifying_document", MSG_CMD_EDIT_EXAMPLE },
	{ "dossier edit 2912345678 contact.phone=@- medical.allergies+=penicillin", MSG_CMD_EDIT_EXAMPLE_SET },
	{ "dossier edit 3f9a21c4 --ops changes.json", MSG_CMD_EDIT_EXAMPLE_OPS },
	{ NULL, MSG_NONE },
};

const struct command command_edit = {
	.name = "edit",
	.group = GROUP_CASES,
	.words = "CASE [FIELD=VALUE | FIELD+=VALUE | FIELD-=VALUE]...",
	.words_min = 1,
	.words_max = WORDS_ANY,
	.summary = MSG_CMD_EDIT,
	.text = MSG_CMD_EDIT_TEXT,
	.options = edit_options,
	.examples = edit_examples,
	.run = run_edit,
};

/* ---- strike */

static int run_strike(struct cli *cli, const struct args *args)
{
	struct signing s;
	struct casefile *f;
	struct change_id struck = { { 0 } };
	uint32_t position;
	const char *reason = "";
	enum err e = signing_begin(&s, cli, args->words[0]);
	if (!e)
		e = replica_case(&f, s.desk.replica, &s.edit.case_id, &cli->why);
	if (!e)
		e = lookup_change(&position, f, args->words[1], &cli->why);
	if (!e) {
		struck = f->changes[position].id;
		s.edit.strikes = &struck;
		s.edit.strike_count = 1;
		e = signing_fetch(&reason, &s, args_get(args, "reason"));
	}
	if (!e)
		e = op_list_add_reason(&s.ops, &struck, reason, &cli->why);
	return signing_finish(&s, e, SAY(cli->print.lang, STRIKE_DONE));
}

static const struct option strike_options[] = {
	{ "reason", "TEXT", MSG_CMD_STRIKE_REASON, true, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example strike_examples[] = {
	{ "dossier strike 3f9a21c4 8d0c51 --reason 'entered in the wrong case'", MSG_CMD_STRIKE_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_strike = {
	.name = "strike",
	.group = GROUP_CASES,
	.words = "CASE CHANGE",
	.words_min = 2,
	.words_max = 2,
	.summary = MSG_CMD_STRIKE,
	.text = MSG_CMD_STRIKE_TEXT,
	.options = strike_options,
	.examples = strike_examples,
	.run = run_strike,
};
