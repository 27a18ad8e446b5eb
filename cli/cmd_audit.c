/* dossier audit: what a node holds, verified again, and who read what. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/layout.h"
#include "cli/reader.h"
#include "cli/words.h"

#include "base/text.h"
#include "node/audit.h"
#include "node/lookup.h"
#include "schema/date.h"

#include <inttypes.h>

enum { TEXT_MAX = 1 << 30, CELL_MAX = 1 << 16, CASES_SHOWN_MAX = 4 };

static enum err read_since(uint64_t *since, struct cli *cli, const char *text)
{
	char moment[32];
	*since = 0;
	if (!text)
		return ERR_OK;
	snprintf(moment, sizeof moment, "%sT00:00:00Z", text);
	if (datetime_decode(since, bytes_text(text)) == ERR_OK
		|| datetime_decode(since, bytes_text(moment)) == ERR_OK)
		return ERR_OK;
	return err_set(&cli->why, ERR_USAGE, SAY(cli->print.lang, AUDIT_BAD_SINCE), text);
}

/* A word is a site's name, or else a case. */
static enum err read_scope(struct audit_options *o, struct case_id *id, struct desk *d, const char *word)
{
	const struct charter_entry *site =
		word ? charter_site_named(replica_charter(d->replica), bytes_text(word)) : NULL;
	if (site)
		o->only_site = site->statement->as.site.number;
	if (!word || site)
		return ERR_OK;
	o->only_case = id;
	return lookup_case(id, d->replica, word, &d->cli->why);
}

static void show_progress(void *context, uint64_t done)
{
	struct cli *cli = context;
	if (done % 256 == 0)
		print_progress(&cli->print, SAY(cli->print.lang, AUDIT_PROGRESS), done);
}

static void put_counts(struct buf *b, enum lang lang, const struct audit_counts *c)
{
	buf_printf(b, SAY(lang, AUDIT_STATEMENTS), c->statements);
	buf_printf(b, SAY(lang, AUDIT_CHANGES), c->changes, c->acts, c->payloads, c->grants);
	buf_printf(b, SAY(lang, AUDIT_NOT_HERE), c->not_here);
	buf_printf(b, SAY(lang, AUDIT_NOT_COUNTED), c->not_counted);
	buf_printf(b, SAY(lang, AUDIT_JOURNALS), c->journals, c->checkpoints, c->sealed);
	buf_printf(b, SAY(lang, AUDIT_NAMED), c->attested, c->named, c->unattested);
	buf_printf(b, SAY(lang, AUDIT_WITNESSES), c->witnesses);
}

static void put_read_cases(struct buf *b, struct replica *r, const struct audit_read *read)
{
	for (uint32_t i = 0; i < read->case_count && i < CASES_SHOWN_MAX; i++) {
		char name[LOOKUP_SHORT_SIZE];
		if (lookup_shorten(name, r, &read->cases[i]) == ERR_OK)
			buf_printf(b, "%s%s", i ? " " : "", name);
	}
	if (read->case_count > CASES_SHOWN_MAX)
		buf_printf(b, " +%u", (unsigned)read->case_count - CASES_SHOWN_MAX);
}

static enum err put_reads(
	struct buf *b, enum lang lang, const struct audit *a, struct replica *r, const struct naming *naming)
{
	struct table t;
	struct buf cases;
	buf_init(&cases, CELL_MAX);
	table_init(&t, 5);
	table_put(&t, SAY(lang, AUDIT_HEAD_TIME));
	table_put(&t, SAY(lang, AUDIT_HEAD_WHO));
	table_put(&t, SAY(lang, AUDIT_HEAD_CASES));
	table_put(&t, SAY(lang, AUDIT_HEAD_WHY));
	table_put(&t, SAY(lang, AUDIT_HEAD_REASON));
	for (uint32_t i = 0; i < a->read_count; i++) {
		const struct audit_read *read = &a->reads[i];
		struct bytes who = naming_officer(naming, read->site, &read->officer);
		struct bytes where = naming_site(naming, read->site);
		char when[WORDS_TIME_SIZE];
		buf_reset(&cases);
		put_read_cases(&cases, r, read);
		words_time(when, read->time);
		table_put(&t, when);
		table_printf(&t, "%.*s, %.*s", (int)who.size, (const char *)who.data, (int)where.size,
			(const char *)where.data);
		table_put_bytes(&t, buf_bytes(&cases));
		table_put(&t,
			read->code == SHOW_BREAK_GLASS  ? SAY(lang, AUDIT_GLASS)
				: read->code == SHOW_AUDIT  ? SAY(lang, AUDIT_AUDIT)
				: read->code == SHOW_EXPORT ? SAY(lang, AUDIT_EXPORT)
											: SAY(lang, AUDIT_WORK));
		table_put_bytes(&t, read->reason);
	}
	buf_put_byte(b, '\n');
	enum err e = table_write(b, &t, 0);
	table_clear(&t);
	buf_clear(&cases);
	return e;
}

static enum err write_report(struct buf *b, struct desk *d, const struct audit *a, bool reads)
{
	struct naming naming;
	struct json_out o;
	const struct print *p = &d->cli->print;
	enum err e = naming_init(&naming, replica_charter(d->replica));
	if (!e && p->json) {
		json_out_init(&o, b);
		e = audit_json(&o, a, &naming, d->replica, reads);
	} else if (!e) {
		put_counts(b, p->lang, &a->counts);
		for (uint32_t i = 0; i < a->fault_count; i++)
			buf_printf(b, "%s%s%s  %s\n", print_style(p, STYLE_BAD), audit_fault_name(a->faults[i].kind),
				print_style(p, STYLE_PLAIN), a->faults[i].words.text);
		if (reads)
			e = put_reads(b, p->lang, a, d->replica, &naming);
	}
	naming_clear(&naming);
	return e;
}

/* Looking at who read what is a look at cases too: it is in the log before it is printed. */
static enum err print_report(struct desk *d, struct audit *a, bool reads)
{
	struct buf text;
	uint32_t count = 0, room = 0;
	struct case_id *cases = NULL;
	enum err e = ERR_OK;
	for (uint32_t i = 0; reads && i < a->read_count; i++)
		for (uint32_t k = 0; k < a->reads[i].case_count && !e; k++) {
			struct case_id *grown = arena_grow(&a->arena, cases, count, &room, sizeof *grown);
			if (!grown)
				return ERR_MEMORY;
			cases = grown;
			cases[count++] = a->reads[i].cases[k];
		}
	struct reading q = {
		.officer = d->officer_id, .cases = cases, .case_count = count, .code = SHOW_AUDIT, .reason = ""
	};
	buf_init(&text, TEXT_MAX);
	e = write_report(&text, d, a, reads);
	if (!e)
		e = reader_print(d, &q, &text);
	buf_clear(&text);
	return e;
}

static int run(struct cli *cli, const struct args *args)
{
	struct desk d;
	struct audit a = { .fault_count = 0 };
	struct case_id id;
	bool reads = args_has(args, "reads");
	struct audit_options options = { .context = cli, .progress = show_progress };
	enum err e = desk_open(&d, cli, reads ? DESK_OFFICER : DESK_NODE);
	if (!e)
		e = read_since(&options.since, cli, args_get(args, "since"));
	if (!e)
		e = read_scope(&options, &id, &d, args->word_count ? args->words[0] : NULL);
	if (!e)
		e = audit_run(&a, d.replica, &options, &cli->why);
	print_progress_end(&cli->print);
	if (!e)
		e = print_report(&d, &a, reads);
	if (!e && a.fault_count)
		e = err_set(&cli->why, ERR_CRYPTO, SAY(cli->print.lang, AUDIT_FAULTS), (unsigned)a.fault_count);
	else if (!e)
		print_note(&cli->print, "%s", SAY(cli->print.lang, AUDIT_FINE));
	audit_clear(&a);
	desk_close(&d);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct option options[] = {
	{ "since", "TIME", MSG_CMD_AUDIT_SINCE, false, false },
	{ "reads", NULL, MSG_CMD_AUDIT_READS, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example examples[] = {
	{ "dossier audit", MSG_CMD_AUDIT_EXAMPLE },
	{ "dossier audit 3f9a21c4 --reads", MSG_CMD_AUDIT_EXAMPLE_READS },
	{ "dossier audit terapel --since 2026-02-01", MSG_CMD_AUDIT_EXAMPLE_SITE },
	{ NULL, MSG_NONE },
};

const struct command command_audit = {
	.name = "audit",
	.group = GROUP_PROOF,
	.words = "[CASE | SITE]",
	.words_max = 1,
	.summary = MSG_CMD_AUDIT,
	.text = MSG_CMD_AUDIT_TEXT,
	.options = options,
	.examples = examples,
	.run = run,
};
