/* dossier show, log: a case as it stands, and how it came to be. */
#include "cli/commands.h"
#include "cli/log_text.h"
#include "cli/reader.h"
#include "cli/show_text.h"

/* ---- show */

static enum err write_view(struct reader *r)
{
	struct json_out o;
	if (!r->cli->print.json)
		return show_text_put(&r->text, &r->cli->print, &r->show);
	json_out_init(&o, &r->text);
	return case_json_put(&o, &r->show);
}

static int run(struct cli *cli, const struct args *args)
{
	struct reader r;
	struct reader_options o = { args_get(args, "break-glass"), args_get(args, "at"),
		args_has(args, "local") };
	enum err e = reader_open(&r, cli, args->words[0], &o);
	if (!e)
		e = write_view(&r);
	return reader_finish(&r, e);
}

static const struct option show_options[] = {
	{ "at", "CHANGE", MSG_CMD_SHOW_AT, false, false },
	{ "break-glass", "REASON", MSG_CMD_SHOW_GLASS, false, false },
	{ "local", NULL, MSG_OPTION_LOCAL, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct option log_options[] = {
	{ "break-glass", "REASON", MSG_CMD_SHOW_GLASS, false, false },
	{ "local", NULL, MSG_OPTION_LOCAL, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example examples[] = {
	{ "dossier show 3f9a21c4", MSG_CMD_SHOW_EXAMPLE },
	{ "dossier show 2912345678 --json", MSG_CMD_SHOW_EXAMPLE_JSON },
	{ "dossier show 3f9a21c4 --at 8d0c51e2", MSG_CMD_SHOW_EXAMPLE_AT },
	{ NULL, MSG_NONE },
};

const struct command command_show = {
	.name = "show",
	.group = GROUP_CASES,
	.words = "CASE",
	.words_min = 1,
	.words_max = 1,
	.summary = MSG_CMD_SHOW,
	.text = MSG_CMD_SHOW_TEXT,
	.options = show_options,
	.examples = examples,
	.run = run,
};

/* ---- log */

static enum err write_log(struct reader *r)
{
	const struct timeline_change *list;
	uint32_t count;
	struct json_out o;
	const struct view *view;
	enum err e = casefile_view(&view, r->show.file, &r->cli->why);
	if (!e)
		e = timeline_make(&list, &count, &r->arena, r->show.file, view, r->show.rights, &r->cli->why);
	if (e)
		return e;
	if (!r->cli->print.json)
		return log_text_put(&r->text, &r->cli->print, &r->show, list, count);
	json_out_init(&o, &r->text);
	return timeline_json(&o, r->show.file, &r->naming, list, count, r->show.local);
}

static int run_log(struct cli *cli, const struct args *args)
{
	struct reader r;
	struct reader_options o = { args_get(args, "break-glass"), NULL, args_has(args, "local") };
	enum err e = reader_open(&r, cli, args->words[0], &o);
	if (!e)
		e = write_log(&r);
	return reader_finish(&r, e);
}

static const struct example log_examples[] = {
	{ "dossier log 3f9a21c4", MSG_CMD_LOG_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_log = {
	.name = "log",
	.group = GROUP_CASES,
	.words = "CASE",
	.words_min = 1,
	.words_max = 1,
	.summary = MSG_CMD_LOG,
	.text = MSG_CMD_LOG_TEXT,
	.options = log_options,
	.examples = log_examples,
	.run = run_log,
};
