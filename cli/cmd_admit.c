/* dossier admit, join: how a site comes in. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/words.h"

#include "node/fs.h"
#include "node/json_put.h"
#include "node/membership.h"

/* ---- admit */

static enum err read_site_role(uint32_t *out, struct cli *cli, const char *name)
{
	struct buf all;
	*out = site_role_find(bytes_text(name));
	if (*out)
		return ERR_OK;
	buf_init(&all, 1024);
	for (uint32_t role = SITE_CENTRAL; role <= SITE_RELAY; role++)
		buf_printf(&all, "%s%s", role > SITE_CENTRAL ? ", " : "", site_role_name(role));
	enum err e = err_set(&cli->why, ERR_USAGE, SAY(cli->print.lang, ADMIT_BAD_ROLE), name, buf_text(&all));
	buf_clear(&all);
	return e;
}

static enum err admit(struct buf *welcome, struct desk *d, const struct args *args, struct bytes request)
{
	struct cli *cli = d->cli;
	struct sign_key root = { 0 };
	struct membership_admission a = { .request = request, .root = &root };
	enum err e = read_site_role(&a.site_role, cli, args_get(args, "role"));
	if (!e)
		e = words_form(&a.form, d, args_get(args, "form"));
	if (!e)
		e = words_roles(&a.roles, cli, args, "may-appoint", a.form);
	if (!e)
		e = desk_read_root(&root, d);
	if (!e)
		e = membership_admit(welcome, d->replica, &a, &cli->why);
	sign_key_clear(&root);
	return e;
}

/* What was read, in words, so that both sides can compare it by telephone. */
static enum err print_admitted(struct cli *cli, struct bytes file, struct bytes welcome, const char *path)
{
	struct request q;
	struct words_json j;
	char asked[WELCOME_FINGERPRINT_SIZE], made[WELCOME_FINGERPRINT_SIZE];
	enum err e = request_parse(&q, file, &cli->why);
	welcome_fingerprint(asked, file);
	welcome_fingerprint(made, welcome);
	if (e)
		return e;
	if (!cli->print.json) {
		print_data(&cli->print, "%s\n", made);
		print_note(&cli->print, SAY(cli->print.lang, ADMIT_DONE), (int)q.site_name.size,
			(const char *)q.site_name.data, (int)q.officer_name.size, (const char *)q.officer_name.data,
			asked, path, made);
		return ERR_OK;
	}
	words_json_begin(&j);
	json_put_open(&j.o, '{');
	put_member_text(&j.o, "site_name", q.site_name);
	put_member_text(&j.o, "officer", q.officer_name);
	put_member_cstr(&j.o, "request_fingerprint", asked);
	put_member_cstr(&j.o, "welcome", path);
	put_member_cstr(&j.o, "fingerprint", made);
	json_put_close(&j.o, '}');
	return words_json_end(&j, cli, ERR_OK);
}

static int run_admit(struct cli *cli, const struct args *args)
{
	struct desk d;
	struct buf request, welcome;
	const char *path = args_get(args, "welcome");
	buf_init(&request, REQUEST_FILE_MAX + 1);
	buf_init(&welcome, WELCOME_FILE_MAX);
	enum err e = desk_open(&d, cli, DESK_NODE);
	if (!e)
		e = words_read_file(&request, cli, args->words[0]);
	if (!e)
		e = admit(&welcome, &d, args, buf_bytes(&request));
	if (!e)
		e = fs_write_file(path, buf_bytes(&welcome), 0644, NULL, &cli->why);
	if (!e)
		e = print_admitted(cli, buf_bytes(&request), buf_bytes(&welcome), path);
	desk_close(&d);
	buf_clear(&request);
	buf_clear(&welcome);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct option admit_options[] = {
	{ "role", "ROLE", MSG_CMD_ADMIT_ROLE, true, false },
	{ "may-appoint", "ROLE,...", MSG_CMD_ADMIT_MAY_APPOINT, false, true },
	{ "welcome", "FILE", MSG_CMD_ADMIT_WELCOME, true, false },
	{ "form", "FORM", MSG_OPTION_FORM, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example admit_examples[] = {
	{ "dossier admit terapel.request --role reception --welcome terapel.welcome", MSG_CMD_ADMIT_EXAMPLE },
	{ "dossier admit vos.request --role counsel --may-appoint lawyer --welcome vos.welcome",
		MSG_CMD_ADMIT_EXAMPLE_ROLES },
	{ NULL, MSG_NONE },
};

const struct command command_admit = {
	.name = "admit",
	.group = GROUP_PEOPLE,
	.words = "FILE",
	.words_min = 1,
	.words_max = 1,
	.summary = MSG_CMD_ADMIT,
	.text = MSG_CMD_ADMIT_TEXT,
	.options = admit_options,
	.examples = admit_examples,
	.run = run_admit,
};

/* ---- join */

static enum err print_joined(struct cli *cli, uint32_t site, struct bytes welcome)
{
	char words[WELCOME_FINGERPRINT_SIZE];
	struct words_json j;
	welcome_fingerprint(words, welcome);
	if (!cli->print.json) {
		print_note(&cli->print, SAY(cli->print.lang, JOIN_DONE), (unsigned)site, words);
		return ERR_OK;
	}
	words_json_begin(&j);
	json_put_open(&j.o, '{');
	put_member_int(&j.o, "site", site);
	put_member_cstr(&j.o, "fingerprint", words);
	json_put_close(&j.o, '}');
	return words_json_end(&j, cli, ERR_OK);
}

static int run_join(struct cli *cli, const struct args *args)
{
	struct desk d;
	struct buf welcome;
	uint32_t site = 0;
	buf_init(&welcome, WELCOME_FILE_MAX);
	enum err e = desk_open_keys(&d, cli);
	if (!e)
		e = words_read_file(&welcome, cli, args->words[0]);
	if (!e)
		e = membership_join(&site, d.home, buf_bytes(&welcome), &d.node, &d.site, &ports_real, &cli->why);
	if (!e)
		e = print_joined(cli, site, buf_bytes(&welcome));
	desk_close(&d);
	buf_clear(&welcome);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct example join_examples[] = {
	{ "dossier join terapel.welcome", MSG_CMD_JOIN_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_join = {
	.name = "join",
	.group = GROUP_START,
	.words = "FILE",
	.words_min = 1,
	.words_max = 1,
	.summary = MSG_CMD_JOIN,
	.text = MSG_CMD_JOIN_TEXT,
	.examples = join_examples,
	.run = run_join,
};
