/* dossier import: cases from another system. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/words.h"

#include "node/import.h"
#include "node/json_put.h"

#include <string.h>

enum { IMPORT_FILE_MAX = 1 << 30 };

struct tally {
	struct cli *cli;
	struct words_json json;
	unsigned opened, known, refused;
};

static const char *verdict_name(enum import_verdict v)
{
	static const char *const names[] = { [IMPORT_OPENED] = "opened",
		[IMPORT_WOULD_OPEN] = "would_open",
		[IMPORT_KNOWN] = "known",
		[IMPORT_REFUSED] = "refused" };
	return names[v];
}

static void report(void *context, const struct import_row *row)
{
	struct tally *t = context;
	char hex[33];
	bool refused = row->verdict == IMPORT_REFUSED;
	t->opened += row->verdict == IMPORT_OPENED || row->verdict == IMPORT_WOULD_OPEN;
	t->known += row->verdict == IMPORT_KNOWN;
	t->refused += refused;
	hex_encode(hex, bytes_of(row->case_id.b, sizeof row->case_id.b));
	json_put_open(&t->json.o, '{');
	put_member_int(&t->json.o, "line", row->line);
	put_member_cstr(&t->json.o, "verdict", verdict_name(row->verdict));
	put_member_cstr(&t->json.o, refused ? "message" : "case", refused ? row->words : hex);
	json_put_close(&t->json.o, '}');
	if (t->cli->print.json)
		return;
	if (refused)
		print_warning(&t->cli->print, SAY(t->cli->print.lang, IMPORT_LINE), row->line, row->words);
	else
		print_data(&t->cli->print, "%u %s %s\n", row->line, verdict_name(row->verdict), hex);
}

static enum err import_all(struct import *im, struct cli *cli, struct bytes file)
{
	enum err e = ERR_OK;
	size_t at = 0;
	unsigned line = 0;
	while (!e && at < file.size) {
		const uint8_t *end = memchr(file.data + at, '\n', file.size - at);
		size_t size = end ? (size_t)(end - (file.data + at)) : file.size - at;
		e = import_line(im, bytes_of(file.data + at, size), &cli->why);
		at += size + 1;
		if (++line % 100 == 0)
			print_progress(&cli->print, SAY(cli->print.lang, IMPORT_PROGRESS), line);
	}
	print_progress_end(&cli->print);
	return e ? e : import_finish(im, &cli->why);
}

static enum err import_file(struct desk *d, const struct args *args, struct tally *t)
{
	struct import *im = NULL;
	struct buf file;
	role_set roles = 0;
	struct import_config config = { .replica = d->replica,
		.officer = &d->officer,
		.dry_run = args_has(args, "dry-run"),
		.context = t,
		.report = report };
	buf_init(&file, IMPORT_FILE_MAX);
	enum err e = words_read_file(&file, d->cli, args->words[0]);
	if (!e)
		e = words_form(&config.form, d, args_get(args, "form"));
	if (!e)
		e = words_roles(&roles, d->cli, args, "role", config.form);
	config.role = e ? 0 : form_least_telling(config.form, roles);
	if (!e)
		e = import_new(&im, &config, &d->cli->why);
	if (!e)
		e = import_all(im, d->cli, buf_bytes(&file));
	import_free(im);
	buf_wipe(&file);
	return e;
}

static enum err finish(struct tally *t)
{
	struct cli *cli = t->cli;
	enum err e = ERR_OK;
	json_put_close(&t->json.o, ']');
	put_member_int(&t->json.o, "opened", t->opened);
	put_member_int(&t->json.o, "known", t->known);
	put_member_int(&t->json.o, "refused", t->refused);
	json_put_close(&t->json.o, '}');
	if (cli->print.json)
		e = words_json_end(&t->json, cli, ERR_OK);
	print_note(&cli->print, SAY(cli->print.lang, IMPORT_DONE), t->opened, t->known, t->refused);
	if (!e && t->refused)
		e = err_set(&cli->why, ERR_REFUSED, SAY(cli->print.lang, IMPORT_SOME_REFUSED), t->refused);
	return e;
}

static int run(struct cli *cli, const struct args *args)
{
	struct desk d;
	struct tally t = { .cli = cli };
	words_json_begin(&t.json);
	json_put_open(&t.json.o, '{');
	put_member_open(&t.json.o, "rows", '[');
	enum err e = desk_open(&d, cli, DESK_OFFICER);
	if (!e)
		e = import_file(&d, args, &t);
	if (!e)
		e = finish(&t);
	buf_wipe(&t.json.b);
	desk_close(&d);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct option options[] = {
	{ "form", "FORM", MSG_OPTION_FORM, false, false },
	{ "role", "ROLE", MSG_CMD_EDIT_ROLE, false, false },
	{ "dry-run", NULL, MSG_CMD_IMPORT_DRY, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example examples[] = {
	{ "dossier import --dry-run cases.ndjson", MSG_CMD_IMPORT_EXAMPLE_DRY },
	{ "dossier import cases.ndjson", MSG_CMD_IMPORT_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_import = {
	.name = "import",
	.group = GROUP_CASES,
	.words = "FILE",
	.words_min = 1,
	.words_max = 1,
	.summary = MSG_CMD_IMPORT,
	.text = MSG_CMD_IMPORT_TEXT,
	.options = options,
	.examples = examples,
	.run = run,
};
