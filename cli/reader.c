/* Showing a case: rights, the log, the page. */
#include "cli/reader.h"

#include "node/lookup.h"

enum { READER_MEMORY = 512 << 20, PAGE_MAX = 1 << 30 };

static enum err open_case(struct reader *g, const char *word, const struct reader_options *o)
{
	const char *glass = o->glass;
	const struct view *whole;
	struct replica *r = g->desk.replica;
	struct err_text *why = &g->cli->why;
	enum err e = lookup_case(&g->id, r, word, why);
	if (!e)
		e = replica_case(&g->show.file, r, &g->id, why);
	if (!e)
		e = casefile_view(&whole, g->show.file, why);
	if (!e && o->at) {
		g->show.is_at = true;
		e = lookup_change(&g->show.at, g->show.file, o->at, why);
		if (!e)
			e = reading_view_at(&whole, &g->arena, g->show.file, g->show.at);
	}
	if (e)
		return e;
	g->show.local = o->local;
	/* Glass is broken by a person who answers for it: everything that this site can open is shown. */
	g->show.rights = glass ? ~UINT64_C(1) : reading_rights(r, &g->desk.officer_id, g->show.file->form);
	if (g->show.rights == 0)
		return err_set(why, ERR_REFUSED, SAY(g->cli->print.lang, READ_NO_ROLE), g->desk.officer_name);
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
	return e;
}

enum err reader_open(
	struct reader *r, struct cli *cli, const char *word, const struct reader_options *options)
{
	*r = (struct reader){ .cli = cli };
	arena_init(&r->arena, READER_MEMORY);
	buf_init(&r->text, PAGE_MAX);
	enum err e = desk_open(&r->desk, cli, DESK_OFFICER);
	return e ? e : open_case(r, word, options);
}

enum err reader_print(struct desk *d, const struct reading *q, struct buf *text)
{
	enum err e = buf_err(text);
	if (!e && q->case_count)
		e = reading_record(d->replica, q, &d->cli->why);
	if (!e && d->cli->print.json)
		print_json(&d->cli->print, buf_bytes(text));
	else if (!e)
		print_bytes(&d->cli->print, buf_bytes(text));
	return e;
}

int reader_finish(struct reader *r, enum err e)
{
	if (!e)
		e = reader_print(&r->desk, &r->reading, &r->text);
	buf_wipe(&r->text);
	naming_clear(&r->naming);
	desk_close(&r->desk);
	arena_clear(&r->arena);
	return e ? cli_fail(r->cli, e) : EXIT_DONE;
}
