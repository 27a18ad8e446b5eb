/* dossier grant, withdraw: who shares a case. */
#include "cli/commands.h"
#include "cli/signing.h"

#include "schema/suggest.h"

static enum err find_compartment(uint32_t *number, struct signing *s, struct bytes item)
{
	char name[80] = "", hint[128];
	struct suggest near;
	if (item.size < sizeof name)
		memcpy(name, item.data, item.size);
	*number = form_find_compartment_name(s->edit.form, name);
	if (*number)
		return ERR_OK;
	suggest_init(&near, name);
	for (size_t i = 0; i < s->edit.form->compartment_count; i++)
		suggest_offer(&near, s->edit.form->compartments[i].name);
	suggest_put(&near, hint, sizeof hint);
	return err_set(&s->cli->why, ERR_USAGE, SAY(s->cli->print.lang, GRANT_NO_COMPARTMENT), s->edit.form->name,
		name, near.nearest ? hint : "; `dossier form explain`");
}

static int run_grant(struct cli *cli, const struct args *args)
{
	struct signing s;
	struct args_cursor cursor = { 0 };
	struct bytes item;
	const struct charter_entry *site;
	struct edit_grant grant = { 0 };
	enum err e = signing_begin(&s, cli, args->words[0]);
	if (!e)
		e = lookup_site(&site, replica_charter(s.desk.replica), args->words[1], &cli->why);
	while (!e && args_next_item(args, "compartment", &cursor, &item)) {
		uint32_t number;
		e = find_compartment(&number, &s, item);
		grant.compartments |= e ? 0 : UINT64_C(1) << number;
	}
	if (!e) {
		grant.site = site->statement->as.site.number;
		s.edit.grants = &grant;
		s.edit.grant_count = 1;
	}
	return signing_finish(&s, e, SAY(cli->print.lang, GRANT_DONE));
}

static const struct option grant_options[] = {
	{ "compartment", "COMPARTMENT,...", MSG_CMD_GRANT_COMPARTMENT, false, true },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example grant_examples[] = {
	{ "dossier grant 3f9a21c4 law-vos", MSG_CMD_GRANT_EXAMPLE },
	{ "dossier grant 3f9a21c4 medi-noord --compartment medical,contact", MSG_CMD_GRANT_EXAMPLE_ONE },
	{ NULL, MSG_NONE },
};

const struct command command_grant = {
	.name = "grant",
	.group = GROUP_CASES,
	.words = "CASE SITE",
	.words_min = 2,
	.words_max = 2,
	.summary = MSG_CMD_GRANT,
	.text = MSG_CMD_GRANT_TEXT,
	.options = grant_options,
	.examples = grant_examples,
	.run = run_grant,
};

static int run_withdraw(struct cli *cli, const struct args *args)
{
	struct signing s;
	const struct charter_entry *site;
	uint32_t number = 0;
	enum err e = signing_begin(&s, cli, args->words[0]);
	if (!e)
		e = lookup_site(&site, replica_charter(s.desk.replica), args->words[1], &cli->why);
	if (!e) {
		number = site->statement->as.site.number;
		s.edit.withdraw = &number;
		s.edit.withdraw_count = 1;
	}
	return signing_finish(&s, e, SAY(cli->print.lang, WITHDRAW_DONE));
}

static const struct example withdraw_examples[] = {
	{ "dossier withdraw 3f9a21c4 law-vos", MSG_CMD_WITHDRAW_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_withdraw = {
	.name = "withdraw",
	.group = GROUP_CASES,
	.words = "CASE SITE",
	.words_min = 2,
	.words_max = 2,
	.summary = MSG_CMD_WITHDRAW,
	.text = MSG_CMD_WITHDRAW_TEXT,
	.examples = withdraw_examples,
	.run = run_withdraw,
};
