/* dossier site list, charter show: membership as it stands. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/layout.h"
#include "cli/words.h"

#include "base/sshsig.h"
#include "node/json_put.h"

#include <inttypes.h>

enum { CHARTER_MEMORY = 256 << 20, PAGE_MAX = 64 << 20 };

/* The statements of one code that count. */
struct listing {
	struct arena arena;
	const struct charter_entry *const *list;
	uint32_t count;
};

static enum err listing_make(struct listing *l, struct desk *d, uint32_t code)
{
	arena_init(&l->arena, CHARTER_MEMORY);
	enum err e = charter_list(&l->list, &l->count, &l->arena, replica_charter(d->replica), code);
	if (e)
		l->count = 0;
	return e;
}

/* A site is shown once, as its latest statement has it. */
static bool is_latest(struct desk *d, const struct charter_entry *e)
{
	return charter_site(replica_charter(d->replica), e->statement->as.site.number) == e;
}

static const struct form *form_of(struct desk *d, const struct form_roles_list *list)
{
	const struct form *form = NULL;
	if (list->count == 0 || replica_form(&form, d->replica, list->list[0].form, 0, NULL))
		return NULL;
	return form;
}

/* ---- JSON */

static void put_key(struct json_out *o, const uint8_t key[32])
{
	char fingerprint[SSH_FINGERPRINT_SIZE];
	ssh_fingerprint(fingerprint, key);
	put_member_hex(o, "key", key, 32);
	put_member_cstr(o, "fingerprint", fingerprint);
}

static void put_nodes(struct json_out *o, const struct listing *nodes, uint32_t site)
{
	put_member_open(o, "nodes", '[');
	for (uint32_t i = 0; i < nodes->count; i++) {
		const struct statement_node *n = &nodes->list[i]->statement->as.node;
		if (n->site != site)
			continue;
		json_put_open(o, '{');
		put_member_text(o, "name", n->name);
		put_key(o, n->node.b);
		put_member_bool(o, "ended", nodes->list[i]->ended);
		json_put_close(o, '}');
	}
	json_put_close(o, ']');
}

static void put_site(
	struct json_out *o, struct desk *d, const struct charter_entry *e, const struct listing *nodes)
{
	const struct statement_site *s = &e->statement->as.site;
	const struct form *form = form_of(d, &s->readers);
	json_put_open(o, '{');
	put_member_int(o, "number", s->number);
	put_member_text(o, "name", s->name);
	put_member_cstr(o, "role", site_role_name(s->role));
	put_member_bool(o, "custodian", (s->flags & SITE_CUSTODIAN) != 0);
	put_member_bool(o, "reads_journals", (s->flags & SITE_READS_JOURNALS) != 0);
	put_member_int(o, "key_number", s->keyno);
	if (form)
		words_json_roles(o, "readers", form, s->readers.list[0].roles);
	put_member_bool(o, "ended", e->ended);
	put_nodes(o, nodes, s->number);
	json_put_close(o, '}');
}

static enum err put_sites(struct json_out *o, struct desk *d)
{
	struct listing sites, nodes;
	enum err e = listing_make(&sites, d, STATEMENT_SITE);
	enum err e2 = listing_make(&nodes, d, STATEMENT_NODE);
	put_member_open(o, "sites", '[');
	for (uint32_t i = 0; i < sites.count; i++)
		if (is_latest(d, sites.list[i]))
			put_site(o, d, sites.list[i], &nodes);
	json_put_close(o, ']');
	arena_clear(&sites.arena);
	arena_clear(&nodes.arena);
	return e ? e : e2;
}

/* ---- site list */

static void put_row(
	struct table *t, struct desk *d, const struct charter_entry *e, const struct listing *nodes)
{
	const struct statement_site *s = &e->statement->as.site;
	const struct form *form = form_of(d, &s->readers);
	enum lang lang = d->cli->print.lang;
	struct buf roles, machines;
	buf_init(&roles, PAGE_MAX);
	buf_init(&machines, PAGE_MAX);
	if (form)
		words_put_roles(&roles, form, s->readers.list[0].roles);
	for (uint32_t i = 0; i < nodes->count; i++) {
		const struct statement_node *n = &nodes->list[i]->statement->as.node;
		if (n->site == s->number && !nodes->list[i]->ended)
			buf_printf(&machines, "%s%.*s", machines.size ? ", " : "", (int)n->name.size,
				(const char *)n->name.data);
	}
	table_printf(t, "%" PRIu32, s->number);
	table_put_bytes(t, s->name);
	table_printf(t, "%s%s", site_role_name(s->role),
		e->ended                                    ? SAY(lang, SITE_ENDED)
			: s->number == replica_site(d->replica) ? SAY(lang, SITE_HERE)
													: "");
	table_printf(t, "%s%s", s->flags & SITE_CUSTODIAN ? SAY(lang, SITE_CUSTODIAN_WORD) : "",
		s->flags & SITE_READS_JOURNALS ? SAY(lang, SITE_JOURNALS_WORD) : "");
	table_put(t, buf_text(&machines));
	table_put(t, buf_text(&roles));
	buf_clear(&roles);
	buf_clear(&machines);
}

static enum err print_table(struct cli *cli, struct table *t)
{
	struct buf text;
	buf_init(&text, PAGE_MAX);
	enum err e = table_write(&text, t, 0);
	if (!e)
		print_bytes(&cli->print, buf_bytes(&text));
	buf_clear(&text);
	return e;
}

static enum err print_sites(struct desk *d)
{
	struct listing sites, nodes;
	struct table t;
	enum lang lang = d->cli->print.lang;
	enum err e = listing_make(&sites, d, STATEMENT_SITE);
	enum err e2 = listing_make(&nodes, d, STATEMENT_NODE);
	table_init(&t, 6);
	table_put(&t, SAY(lang, SITE_HEAD_NUMBER));
	table_put(&t, SAY(lang, SITE_HEAD_NAME));
	table_put(&t, SAY(lang, SITE_HEAD_ROLE));
	table_put(&t, SAY(lang, SITE_HEAD_FLAGS));
	table_put(&t, SAY(lang, SITE_HEAD_NODES));
	table_put(&t, SAY(lang, SITE_HEAD_READERS));
	for (uint32_t i = 0; i < sites.count; i++)
		if (is_latest(d, sites.list[i]))
			put_row(&t, d, sites.list[i], &nodes);
	e = e ? e : e2 ? e2 : print_table(d->cli, &t);
	table_clear(&t);
	arena_clear(&sites.arena);
	arena_clear(&nodes.arena);
	return e;
}

static enum err list_sites(struct desk *d)
{
	struct words_json j;
	if (!d->cli->print.json)
		return print_sites(d);
	words_json_begin(&j);
	json_put_open(&j.o, '{');
	enum err e = put_sites(&j.o, d);
	json_put_close(&j.o, '}');
	return words_json_end(&j, d->cli, e);
}

static int run_sites(struct cli *cli, const struct args *args)
{
	struct desk d;
	(void)args;
	enum err e = desk_open(&d, cli, DESK_NODE);
	if (!e)
		e = list_sites(&d);
	desk_close(&d);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct example site_examples[] = {
	{ "dossier site list", MSG_CMD_SITE_LIST_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_site_list = {
	.name = "site list",
	.group = GROUP_PEOPLE,
	.words = "",
	.summary = MSG_CMD_SITE_LIST,
	.text = MSG_CMD_SITE_LIST_TEXT,
	.examples = site_examples,
	.run = run_sites,
};

/* ---- charter show */

/* One line of an allowed_signers file (ssh-keygen(1)), as stock git wants it. */
static void put_signer(struct buf *b, struct desk *d, struct bytes name, uint32_t site, const uint8_t key[32])
{
	const struct charter_entry *s = charter_site(replica_charter(d->replica), site);
	struct bytes at = s ? s->statement->as.site.name : bytes_text("?");
	buf_put_bytes(b, name);
	buf_put_byte(b, '@');
	buf_put_bytes(b, at);
	buf_put_text(b, " namespaces=\"git\" ");
	ssh_public_put(b, key);
	buf_put_byte(b, '\n');
}

static enum err print_signers(struct desk *d)
{
	struct listing officers, nodes;
	struct buf b;
	buf_init(&b, PAGE_MAX);
	enum err e = listing_make(&officers, d, STATEMENT_APPOINT);
	enum err e2 = listing_make(&nodes, d, STATEMENT_NODE);
	for (uint32_t i = 0; i < officers.count; i++) {
		const struct statement_appoint *a = &officers.list[i]->statement->as.appoint;
		put_signer(&b, d, a->name, a->site, a->officer.b);
	}
	for (uint32_t i = 0; i < nodes.count; i++) {
		const struct statement_node *n = &nodes.list[i]->statement->as.node;
		put_signer(&b, d, n->name, n->site, n->node.b);
	}
	e = e ? e : e2 ? e2 : buf_err(&b);
	if (!e)
		print_bytes(&d->cli->print, buf_bytes(&b));
	buf_clear(&b);
	arena_clear(&officers.arena);
	arena_clear(&nodes.arena);
	return e;
}

/* The root keys in force: those of the statement that named them last. */
static const struct statement_found *root_keys(struct desk *d)
{
	const struct charter_entry *e = charter_root_keys(replica_charter(d->replica));
	return e && e->statement->code == STATEMENT_FOUND ? &e->statement->as.found : NULL;
}

static enum err put_forms(struct json_out *o, struct desk *d)
{
	struct listing forms;
	enum err e = listing_make(&forms, d, STATEMENT_FORM);
	put_member_open(o, "forms", '[');
	for (uint32_t i = 0; i < forms.count; i++) {
		const struct statement_form *f = &forms.list[i]->statement->as.form;
		json_put_open(o, '{');
		put_member_text(o, "name", f->name);
		put_member_int(o, "number", f->number);
		put_member_int(o, "version", f->version);
		put_member_hex(o, "hash", f->hash.b, sizeof f->hash.b);
		json_put_close(o, '}');
	}
	json_put_close(o, ']');
	arena_clear(&forms.arena);
	return e;
}

static enum err print_charter_json(struct desk *d)
{
	const struct charter *c = replica_charter(d->replica);
	const struct statement_found *root = root_keys(d);
	struct words_json j;
	struct hash256 digest;
	words_json_begin(&j);
	enum err e = charter_digest(&digest, c);
	json_put_open(&j.o, '{');
	put_member_hex(&j.o, "federation", charter_federation(c)->b, 32);
	put_member_text(&j.o, "name", charter_first(c)->statement->as.found.name);
	put_member_hex(&j.o, "digest", digest.b, sizeof digest.b);
	put_member_int(&j.o, "statements", charter_count(c));
	put_member_int(&j.o, "root_quorum", root ? root->k : 0);
	put_member_open(&j.o, "root_keys", '[');
	for (uint32_t i = 0; root && i < root->key_count; i++)
		put_hex(&j.o, root->keys[i].b, 32);
	json_put_close(&j.o, ']');
	if (!e)
		e = put_forms(&j.o, d);
	if (!e)
		e = put_sites(&j.o, d);
	json_put_close(&j.o, '}');
	return words_json_end(&j, d->cli, e);
}

static enum err print_charter(struct desk *d)
{
	const struct charter *c = replica_charter(d->replica);
	const struct statement_found *root = root_keys(d);
	struct bytes name = charter_first(c)->statement->as.found.name;
	enum lang lang = d->cli->print.lang;
	struct hash256 digest;
	struct listing forms;
	char hex[65];
	hex_encode(hex, bytes_of(charter_federation(c)->b, 32));
	print_data(&d->cli->print, SAY(lang, CHARTER_FEDERATION), (int)name.size, (const char *)name.data, hex);
	enum err e = charter_digest(&digest, c);
	hex_encode(hex, bytes_of(digest.b, sizeof digest.b));
	print_data(&d->cli->print, SAY(lang, CHARTER_STATEMENTS), (unsigned)charter_count(c), hex);
	for (uint32_t i = 0; root && i < root->key_count; i++) {
		char fingerprint[SSH_FINGERPRINT_SIZE];
		ssh_fingerprint(fingerprint, root->keys[i].b);
		print_data(&d->cli->print, SAY(lang, CHARTER_ROOT), (unsigned)root->k, fingerprint);
	}
	enum err e2 = listing_make(&forms, d, STATEMENT_FORM);
	for (uint32_t i = 0; i < forms.count; i++) {
		const struct statement_form *f = &forms.list[i]->statement->as.form;
		hex_encode(hex, bytes_of(f->hash.b, sizeof f->hash.b));
		print_data(&d->cli->print, SAY(lang, CHARTER_FORM), (int)f->name.size, (const char *)f->name.data,
			(unsigned)f->version, hex);
	}
	arena_clear(&forms.arena);
	print_data(&d->cli->print, "\n");
	return e ? e : e2 ? e2 : print_sites(d);
}

static int run_charter(struct cli *cli, const struct args *args)
{
	struct desk d;
	enum err e = desk_open(&d, cli, DESK_NODE);
	if (!e)
		e = args_has(args, "allowed-signers") ? print_signers(&d)
			: cli->print.json                 ? print_charter_json(&d)
											  : print_charter(&d);
	desk_close(&d);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct option charter_options[] = {
	{ "allowed-signers", NULL, MSG_CMD_CHARTER_SIGNERS, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example charter_examples[] = {
	{ "dossier charter show", MSG_CMD_CHARTER_EXAMPLE },
	{ "dossier charter show --allowed-signers >allowed", MSG_CMD_CHARTER_EXAMPLE_SIGNERS },
	{ NULL, MSG_NONE },
};

const struct command command_charter_show = {
	.name = "charter show",
	.group = GROUP_PEOPLE,
	.words = "",
	.summary = MSG_CMD_CHARTER,
	.text = MSG_CMD_CHARTER_TEXT,
	.options = charter_options,
	.examples = charter_examples,
	.run = run_charter,
};
