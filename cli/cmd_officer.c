/* dossier officer new, list, retire: the officers of one's own site. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/layout.h"
#include "cli/words.h"

#include "base/sshsig.h"
#include "node/fs.h"
#include "node/json_put.h"
#include "node/membership.h"

/* ---- officer new */

static enum err print_appointed(
	struct cli *cli, const struct membership_officer *o, const struct officer_id *id)
{
	struct words_json j;
	char fingerprint[SSH_FINGERPRINT_SIZE];
	ssh_fingerprint(fingerprint, id->b);
	if (!cli->print.json) {
		print_data(&cli->print, "%s\n", fingerprint);
		print_note(&cli->print, SAY(cli->print.lang, OFFICER_DONE), o->name, o->name);
		return ERR_OK;
	}
	words_json_begin(&j);
	json_put_open(&j.o, '{');
	put_member_cstr(&j.o, "name", o->name);
	put_member_hex(&j.o, "key", id->b, sizeof id->b);
	put_member_cstr(&j.o, "fingerprint", fingerprint);
	words_json_roles(&j.o, "roles", o->form, o->roles);
	words_json_roles(&j.o, "may_appoint", o->form, o->may_appoint);
	json_put_close(&j.o, '}');
	return words_json_end(&j, cli, ERR_OK);
}

/* The root key is asked for only where the acting officer may not appoint and this home has one. */
static enum err find_appointer(struct membership_officer *o, struct sign_key *root, struct desk *d)
{
	o->by = d->has_officer ? &d->officer : NULL;
	if (membership_may_appoint(d->replica, o->by, o->form->number, o->roles | o->may_appoint)
		|| !desk_has_root(d->home))
		return ERR_OK;
	enum err e = desk_read_root(root, d);
	o->root = e ? NULL : root;
	return e;
}

static enum err add_officer(struct desk *d, const struct args *args)
{
	struct cli *cli = d->cli;
	struct sign_key root = { 0 };
	struct officer_id id;
	struct buf room;
	struct membership_officer o = { .name = args->words[0] };
	buf_init(&room, DESK_FILE_MAX);
	enum err e = words_form(&o.form, d, args_get(args, "form"));
	if (!e)
		e = words_roles(&o.roles, cli, args, "role", o.form);
	if (!e)
		e = words_roles(&o.may_appoint, cli, args, "may-appoint", o.form);
	if (!e && o.roles == 0)
		e = err_set(&cli->why, ERR_USAGE, "%s", SAY(cli->print.lang, OFFICER_NO_ROLE));
	if (!e)
		e = find_appointer(&o, &root, d);
	if (!e)
		e = desk_new_lock(&o.lock, &room, cli, o.name, DESK_LINE_OFFICER, args_has(args, "no-passphrase"));
	if (!e)
		e = membership_add_officer(&id, d->replica, &o, &cli->why);
	if (!e && args_has(args, "no-passphrase"))
		desk_warn_open(cli, o.name);
	if (!e)
		e = print_appointed(cli, &o, &id);
	sign_key_clear(&root);
	buf_wipe(&room);
	return e;
}

/* Where the root key is, nobody has to be named: it acts, as it does for a founding site's first officer. */
static enum desk_need who_acts(const struct cli *cli)
{
	return cli->as || !desk_has_root(cli->home) ? DESK_OFFICER : DESK_NODE;
}

static int run_new(struct cli *cli, const struct args *args)
{
	struct desk d;
	enum err e = desk_open(&d, cli, who_acts(cli));
	if (!e)
		e = add_officer(&d, args);
	desk_close(&d);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct option new_options[] = {
	{ "role", "ROLE,...", MSG_CMD_OFFICER_ROLE, true, true },
	{ "may-appoint", "ROLE,...", MSG_CMD_OFFICER_MAY_APPOINT, false, true },
	{ "form", "FORM", MSG_OPTION_FORM, false, false },
	{ "no-passphrase", NULL, MSG_OPTION_NO_PASSPHRASE, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example new_examples[] = {
	{ "dossier officer new a.deboer --role ind_registrar,dpo", MSG_CMD_OFFICER_NEW_EXAMPLE },
	{ "dossier --as k.jansen officer new l.kok --role coa", MSG_CMD_OFFICER_NEW_EXAMPLE_AS },
	{ NULL, MSG_NONE },
};

const struct command command_officer_new = {
	.name = "officer new",
	.group = GROUP_PEOPLE,
	.words = "NAME",
	.words_min = 1,
	.words_max = 1,
	.summary = MSG_CMD_OFFICER_NEW,
	.text = MSG_CMD_OFFICER_NEW_TEXT,
	.options = new_options,
	.examples = new_examples,
	.run = run_new,
};

/* ---- officer list */

/* The form of an appointment's first roles; NULL when it has none or the form is not here. */
static const struct form *form_of(struct desk *d, const struct form_roles_list *list)
{
	const struct form *form = NULL;
	if (list->count == 0 || replica_form(&form, d->replica, list->list[0].form, 0, NULL))
		return NULL;
	return form;
}

static const char *appointer(char room[DESK_NAME_SIZE], struct desk *d, const struct statement *s)
{
	const struct charter *c = replica_charter(d->replica);
	if (!s->has_issuer)
		return "root";
	const struct charter_entry *by = charter_find(c, &s->superior);
	struct bytes name =
		by && by->statement->code == STATEMENT_APPOINT ? by->statement->as.appoint.name : bytes_text("?");
	snprintf(room, DESK_NAME_SIZE, "%.*s", (int)name.size, (const char *)name.data);
	return room;
}

static bool key_is_here(struct desk *d, struct bytes name)
{
	char path[FS_PATH_MAX];
	return fs_path(path, "%s/keys/officers/%.*s.key", d->home, (int)name.size, (const char *)name.data)
		== ERR_OK
		&& fs_exists(path);
}

static void put_officer(struct json_out *o, struct desk *d, const struct charter_entry *e)
{
	const struct statement_appoint *a = &e->statement->as.appoint;
	const struct form *form = form_of(d, &a->roles);
	char fingerprint[SSH_FINGERPRINT_SIZE], room[DESK_NAME_SIZE];
	ssh_fingerprint(fingerprint, a->officer.b);
	json_put_open(o, '{');
	put_member_text(o, "name", a->name);
	put_member_hex(o, "key", a->officer.b, sizeof a->officer.b);
	put_member_cstr(o, "fingerprint", fingerprint);
	put_member_int(o, "site", a->site);
	if (form) {
		put_member_cstr(o, "form", form->name);
		words_json_roles(o, "roles", form, a->roles.list[0].roles);
		words_json_roles(o, "may_appoint", form, a->may_appoint.count ? a->may_appoint.list[0].roles : 0);
	}
	put_member_cstr(o, "appointed_by", appointer(room, d, e->statement));
	put_member_int(o, "time", (int64_t)e->statement->time);
	put_member_bool(o, "ended", e->ended);
	json_put_close(o, '}');
}

static void put_row(struct table *t, struct desk *d, const struct charter_entry *e)
{
	const struct statement_appoint *a = &e->statement->as.appoint;
	const struct form *form = form_of(d, &a->roles);
	char fingerprint[SSH_FINGERPRINT_SIZE], room[DESK_NAME_SIZE];
	enum lang lang = d->cli->print.lang;
	struct buf roles, may;
	buf_init(&roles, 1 << 16);
	buf_init(&may, 1 << 16);
	if (form)
		words_put_roles(&roles, form, a->roles.list[0].roles);
	if (form && a->may_appoint.count)
		words_put_roles(&may, form, a->may_appoint.list[0].roles);
	ssh_fingerprint(fingerprint, a->officer.b);
	table_put_bytes(t, a->name);
	table_put(t,
		e->ended                      ? SAY(lang, OFFICER_ENDED)
			: key_is_here(d, a->name) ? SAY(lang, OFFICER_KEY_HERE)
									  : SAY(lang, OFFICER_ELSEWHERE));
	table_put(t, buf_text(&roles));
	table_put(t, may.size ? buf_text(&may) : "-");
	table_put(t, appointer(room, d, e->statement));
	table_put(t, fingerprint);
	buf_clear(&roles);
	buf_clear(&may);
}

static void put_head(struct table *t, enum lang lang)
{
	table_put(t, SAY(lang, OFFICER_HEAD_NAME));
	table_put(t, SAY(lang, OFFICER_HEAD_STATE));
	table_put(t, SAY(lang, OFFICER_HEAD_ROLES));
	table_put(t, SAY(lang, OFFICER_HEAD_MAY));
	table_put(t, SAY(lang, OFFICER_HEAD_BY));
	table_put(t, SAY(lang, OFFICER_HEAD_KEY));
}

/* The appointments of this site, or of all of them. */
static enum err list_officers(struct desk *d, bool all)
{
	const struct charter_entry *const *list;
	uint32_t count;
	struct arena a;
	struct table t;
	struct words_json j;
	struct buf text;
	arena_init(&a, 256 << 20);
	table_init(&t, 6);
	buf_init(&text, 64 << 20);
	words_json_begin(&j);
	json_put_open(&j.o, '{');
	put_member_open(&j.o, "officers", '[');
	put_head(&t, d->cli->print.lang);
	enum err e = charter_list(&list, &count, &a, replica_charter(d->replica), STATEMENT_APPOINT);
	for (uint32_t i = 0; i < count && !e; i++) {
		if (!all && list[i]->statement->as.appoint.site != replica_site(d->replica))
			continue;
		put_officer(&j.o, d, list[i]);
		put_row(&t, d, list[i]);
	}
	json_put_close(&j.o, ']');
	json_put_close(&j.o, '}');
	if (!e && !d->cli->print.json)
		e = table_write(&text, &t, 0);
	if (!e && !d->cli->print.json)
		print_bytes(&d->cli->print, buf_bytes(&text));
	if (!e && d->cli->print.json)
		e = words_json_end(&j, d->cli, e);
	buf_clear(&j.b);
	buf_clear(&text);
	table_clear(&t);
	arena_clear(&a);
	return e;
}

static int run_list(struct cli *cli, const struct args *args)
{
	struct desk d;
	enum err e = desk_open(&d, cli, DESK_NODE);
	if (!e)
		e = list_officers(&d, args_has(args, "all"));
	desk_close(&d);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct option list_options[] = {
	{ "all", NULL, MSG_CMD_OFFICER_ALL, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example list_examples[] = {
	{ "dossier officer list", MSG_CMD_OFFICER_LIST_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_officer_list = {
	.name = "officer list",
	.group = GROUP_PEOPLE,
	.words = "",
	.summary = MSG_CMD_OFFICER_LIST,
	.text = MSG_CMD_OFFICER_LIST_TEXT,
	.options = list_options,
	.examples = list_examples,
	.run = run_list,
};

/* ---- officer retire */

static int run_retire(struct cli *cli, const struct args *args)
{
	struct desk d;
	struct sign_key root = { 0 };
	struct officer_id id;
	enum err e = desk_open(&d, cli, who_acts(cli));
	bool as_root = !e && desk_has_root(d.home);
	if (as_root)
		e = desk_read_root(&root, &d);
	if (!e)
		e = membership_retire_officer(&id, d.replica, args->words[0], d.has_officer ? &d.officer : NULL,
			as_root ? &root : NULL, &cli->why);
	if (!e)
		print_note(&cli->print, SAY(cli->print.lang, OFFICER_RETIRED), args->words[0]);
	sign_key_clear(&root);
	desk_close(&d);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct example retire_examples[] = {
	{ "dossier officer retire l.kok", MSG_CMD_OFFICER_RETIRE_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_officer_retire = {
	.name = "officer retire",
	.group = GROUP_PEOPLE,
	.words = "NAME",
	.words_min = 1,
	.words_max = 1,
	.summary = MSG_CMD_OFFICER_RETIRE,
	.text = MSG_CMD_OFFICER_RETIRE_TEXT,
	.examples = retire_examples,
	.run = run_retire,
};
