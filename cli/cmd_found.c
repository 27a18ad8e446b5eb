/* dossier found, init: how a home begins. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/words.h"

#include "node/fs.h"
#include "node/json_put.h"
#include "node/membership.h"

/* ---- found */

static enum err print_founded(
	struct cli *cli, const struct membership_founding *f, const struct federation_id *id)
{
	struct words_json j;
	char hex[65];
	hex_encode(hex, bytes_of(id->b, sizeof id->b));
	if (!cli->print.json) {
		print_data(&cli->print, "%s\n", hex);
		print_note(&cli->print, SAY(cli->print.lang, FOUND_DONE), f->federation, f->site, f->home);
		return ERR_OK;
	}
	words_json_begin(&j);
	json_put_open(&j.o, '{');
	put_member_cstr(&j.o, "federation", hex);
	put_member_cstr(&j.o, "name", f->federation);
	put_member_int(&j.o, "site", 1);
	put_member_cstr(&j.o, "site_name", f->site);
	json_put_close(&j.o, '}');
	return words_json_end(&j, cli, ERR_OK);
}

static int run_found(struct cli *cli, const struct args *args)
{
	struct federation_id id;
	struct buf room;
	struct membership_founding f = { .home = cli_home(cli),
		.federation = args->words[0],
		.site = args_get(args, "site"),
		.node = args_get(args, "node"),
		.form = args_get(args, "form"),
		.ports = ports_real };
	if (!f.home)
		return EXIT_BAD_USAGE;
	buf_init(&room, DESK_FILE_MAX);
	enum err e = membership_check_place(f.home, &cli->why);
	if (!e)
		e = desk_new_lock(&f.locks.home, &room, cli, SAY(cli->print.lang, DESK_WHOM_NODE), DESK_LINE_NODE,
			args_has(args, "no-passphrase"));
	if (!e)
		e = membership_found(&id, &f, &cli->why);
	if (!e && args_has(args, "no-passphrase"))
		desk_warn_open(cli, SAY(cli->print.lang, DESK_WHOM_NODE));
	if (!e)
		e = print_founded(cli, &f, &id);
	buf_wipe(&room);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct option found_options[] = {
	{ "site", "SITE", MSG_CMD_FOUND_SITE, true, false },
	{ "node", "NODE", MSG_OPTION_NODE, false, false },
	{ "form", "FORM", MSG_CMD_FOUND_FORM, false, false },
	{ "no-passphrase", NULL, MSG_OPTION_NO_PASSPHRASE, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example found_examples[] = {
	{ "dossier --home /srv/central found 'Asylum chain' --site central", MSG_CMD_FOUND_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_found = {
	.name = "found",
	.group = GROUP_START,
	.words = "NAME",
	.words_min = 1,
	.words_max = 1,
	.summary = MSG_CMD_FOUND,
	.text = MSG_CMD_FOUND_TEXT,
	.options = found_options,
	.examples = found_examples,
	.run = run_found,
};

/* ---- init */

static enum err make_locks(struct membership_asking *q, struct buf rooms[2], struct cli *cli, bool none)
{
	enum err e = desk_new_lock(
		&q->locks.home, &rooms[0], cli, SAY(cli->print.lang, DESK_WHOM_NODE), DESK_LINE_NODE, none);
	if (!e)
		e = desk_new_lock(&q->locks.officer, &rooms[1], cli, q->officer, DESK_LINE_OFFICER, none);
	return e;
}

static enum err print_request(struct cli *cli, const char *path, struct bytes request)
{
	char words[WELCOME_FINGERPRINT_SIZE];
	struct words_json j;
	welcome_fingerprint(words, request);
	if (!cli->print.json) {
		print_data(&cli->print, "%s\n", words);
		print_note(&cli->print, SAY(cli->print.lang, INIT_DONE), path, words);
		return ERR_OK;
	}
	words_json_begin(&j);
	json_put_open(&j.o, '{');
	put_member_cstr(&j.o, "request", path);
	put_member_cstr(&j.o, "fingerprint", words);
	json_put_close(&j.o, '}');
	return words_json_end(&j, cli, ERR_OK);
}

static int run_init(struct cli *cli, const struct args *args)
{
	struct buf rooms[2], request;
	const char *path = args_get(args, "request"), *officer = args_get(args, "officer");
	struct membership_asking q = { .home = cli_home(cli),
		.site = args_get(args, "site"),
		.node = args_get(args, "node"),
		.officer = officer ? officer : args_get(args, "site"),
		.ports = ports_real };
	if (!q.home)
		return EXIT_BAD_USAGE;
	buf_init(&request, REQUEST_FILE_MAX);
	buf_init(&rooms[0], DESK_FILE_MAX);
	buf_init(&rooms[1], DESK_FILE_MAX);
	enum err e = membership_check_place(q.home, &cli->why);
	if (!e && fs_exists(path))
		e = err_set(&cli->why, ERR_EXISTS, SAY(cli->print.lang, FILE_EXISTS), path);
	if (!e)
		e = make_locks(&q, rooms, cli, args_has(args, "no-passphrase"));
	if (!e)
		e = membership_request(&request, &q, &cli->why);
	if (!e && args_has(args, "no-passphrase"))
		desk_warn_open(cli, SAY(cli->print.lang, DESK_WHOM_NODE));
	if (!e) {
		e = fs_write_file(path, buf_bytes(&request), 0644, NULL, &cli->why);
		if (e)
			print_note(&cli->print, SAY(cli->print.lang, INIT_KEPT), q.home);
	}
	if (!e)
		e = print_request(cli, path, buf_bytes(&request));
	buf_wipe(&rooms[0]);
	buf_wipe(&rooms[1]);
	buf_clear(&request);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct option init_options[] = {
	{ "site", "SITE", MSG_CMD_INIT_SITE, true, false },
	{ "request", "FILE", MSG_CMD_INIT_REQUEST, true, false },
	{ "officer", "NAME", MSG_CMD_INIT_OFFICER, false, false },
	{ "node", "NODE", MSG_OPTION_NODE, false, false },
	{ "no-passphrase", NULL, MSG_OPTION_NO_PASSPHRASE, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example init_examples[] = {
	{ "dossier init --site terapel --officer k.jansen --request terapel.request", MSG_CMD_INIT_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_init = {
	.name = "init",
	.group = GROUP_START,
	.words = "",
	.summary = MSG_CMD_INIT,
	.text = MSG_CMD_INIT_TEXT,
	.options = init_options,
	.examples = init_examples,
	.run = run_init,
};
