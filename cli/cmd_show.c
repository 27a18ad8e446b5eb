/* dossier show: the view of a case.  What is printed was written to the read log before. */
#include "cli/commands.h"
#include "cli/show_text.h"
#include "cli/words.h"

#include "node/lookup.h"
#include "node/reading.h"

enum { SHOW_MEMORY = 512 << 20, PAGE_MAX = 1 << 30 };

struct page { /* made in memory first: nothing is printed before the log is flushed */
	struct desk desk;
	struct arena arena;
	struct naming naming;
	struct case_json show;
	struct reading reading;
	struct case_id id;
	struct buf text;
};

static enum err open_page(struct page *g, struct cli *cli, const struct args *args)
{
	const char *glass = args_get(args, "break-glass");
	const struct view *whole;
	struct replica *r = g->desk.replica;
	enum err e = lookup_case(&g->id, r, args->words[0], &cli->why);
	if (!e)
		e = replica_case(&g->show.file, r, &g->id, &cli->why);
	if (!e)
		e = casefile_view(&whole, g->show.file, &cli->why);
	if (e)
		return e;
	/* Glass is broken by a person who answers for it: everything that this site can open is shown. */
	g->show.rights = glass ? ~UINT64_C(1) : reading_rights(r, &g->desk.officer_id, g->show.file->form);
	if (g->show.rights == 0)
		return err_set(&cli->why, ERR_REFUSED, SAY(cli->print.lang, READ_NO_ROLE), g->desk.officer_name);
	g->reading = (struct reading){ .officer = g->desk.officer_id,
		.cases = &g->id,
		.case_count = 1,
		.compartments = case_compartments(g->show.file) & g->show.rights,
		.code = glass ? SHOW_BREAK_GLASS : SHOW_WORK,
		.reason = glass ? glass : "" };
	e = reading_narrow(&g->show.view, &g->arena, whole, g->show.file, g->show.rights);
	if (!e)
		e = naming_init(&g->naming, replica_charter(r));
	g->show.replica = r;
	g->show.naming = &g->naming;
	g->show.local = args_has(args, "local");
	return e;
}

static enum err write_page(struct page *g, struct cli *cli)
{
	struct json_out o;
	if (!cli->print.json)
		return show_text_put(&g->text, &cli->print, &g->show);
	json_out_init(&o, &g->text);
	return case_json_put(&o, &g->show);
}

static int run(struct cli *cli, const struct args *args)
{
	struct page g = { .id = { { 0 } } };
	arena_init(&g.arena, SHOW_MEMORY);
	buf_init(&g.text, PAGE_MAX);
	enum err e = desk_open(&g.desk, cli, DESK_OFFICER);
	if (!e)
		e = open_page(&g, cli, args);
	if (!e)
		e = write_page(&g, cli);
	if (!e)
		e = reading_record(g.desk.replica, &g.reading, &cli->why);
	if (!e && cli->print.json)
		print_json(&cli->print, buf_bytes(&g.text));
	else if (!e)
		print_bytes(&cli->print, buf_bytes(&g.text));
	buf_wipe(&g.text);
	naming_clear(&g.naming);
	desk_close(&g.desk);
	arena_clear(&g.arena);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct option options[] = {
	{ "break-glass", "REASON", MSG_CMD_SHOW_GLASS, false, false },
	{ "local", NULL, MSG_OPTION_LOCAL, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example examples[] = {
	{ "dossier show 3f9a21c4", MSG_CMD_SHOW_EXAMPLE },
	{ "dossier show 2912345678 --json", MSG_CMD_SHOW_EXAMPLE_JSON },
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
	.options = options,
	.examples = examples,
	.run = run,
};
