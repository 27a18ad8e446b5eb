/* dossier status, reindex: how the node stands, and its cache made anew. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/layout.h"
#include "cli/words.h"

#include "node/status.h"

#include <inttypes.h>

enum { TEXT_MAX = 1 << 24, CLOCK_SLACK_S = 120, DISK_LOW = 1 << 30 };

/* ---- status */

static void put_head(struct buf *b, const struct desk *d, const struct status *s)
{
	const struct charter *c = replica_charter(d->replica);
	const struct charter_entry *site = charter_site(c, replica_site(d->replica));
	const struct charter_entry *node = charter_node(c, replica_node(d->replica));
	struct bytes name = site ? site->statement->as.site.name : bytes_text("?");
	struct bytes machine = node ? node->statement->as.node.name : bytes_text("?");
	struct bytes federation = charter_first(c)->statement->as.found.name;
	enum lang lang = d->cli->print.lang;
	buf_printf(b, SAY(lang, STATUS_WHO), (int)machine.size, (const char *)machine.data, (int)name.size,
		(const char *)name.data, site ? site_role_name(site->statement->as.site.role) : "?",
		(int)federation.size, (const char *)federation.data);
	if (replica_is_locked(d->replica))
		buf_printf(b, "%s\n", SAY(lang, STATUS_LOCKED));
	buf_printf(b, SAY(lang, STATUS_CASES), s->cases, s->changes);
	buf_printf(b, SAY(lang, STATUS_UNCONFIRMED), s->unconfirmed);
	buf_printf(b, SAY(lang, STATUS_PENDING), s->pending);
	if (s->gaps)
		buf_printf(b, SAY(lang, STATUS_GAPS), s->gaps);
	buf_printf(b, SAY(lang, STATUS_INBOX), s->open, s->chosen);
}

/* What to do about a peer, in a few words; "" when nothing is. */
static const char *action(enum lang lang, const struct status_peer *p)
{
	if (!p->address)
		return SAY(lang, STATUS_NO_ADDRESS);
	if (p->tried == 0)
		return SAY(lang, STATUS_NEVER_TRIED);
	if (*p->error)
		return p->error;
	return p->to_send ? SAY(lang, STATUS_SEND) : "";
}

static enum err put_peers(struct buf *b, enum lang lang, const struct status *s)
{
	struct table t;
	if (s->peer_count == 0) {
		buf_printf(b, "%s\n", SAY(lang, STATUS_NO_PEERS));
		return ERR_OK;
	}
	buf_put_byte(b, '\n');
	table_init(&t, 6);
	t.right[2] = true;
	table_put(&t, SAY(lang, STATUS_HEAD_PEER));
	table_put(&t, SAY(lang, STATUS_HEAD_ADDRESS));
	table_put(&t, SAY(lang, STATUS_HEAD_SEND));
	table_put(&t, SAY(lang, STATUS_HEAD_EQUAL));
	table_put(&t, SAY(lang, STATUS_HEAD_TRIED));
	table_put(&t, SAY(lang, STATUS_HEAD_DO));
	for (uint32_t i = 0; i < s->peer_count; i++) {
		const struct status_peer *p = &s->peers[i];
		char equal[WORDS_TIME_SIZE], tried[WORDS_TIME_SIZE];
		words_time(equal, (uint64_t)p->equal);
		words_time(tried, (uint64_t)p->tried);
		table_printf(&t, "%.*s/%.*s", (int)p->site_name.size, (const char *)p->site_name.data,
			(int)p->node_name.size, (const char *)p->node_name.data);
		table_put(&t, p->address ? p->address : "-");
		table_printf(&t, "%" PRIu64, p->to_send);
		table_put(&t, equal);
		table_put(&t, tried);
		table_put(&t, action(lang, p));
	}
	enum err e = table_write(b, &t, 0);
	table_clear(&t);
	return e;
}

static void put_machine(struct buf *b, enum lang lang, const struct status *s)
{
	char when[WORDS_TIME_SIZE];
	words_time(when, s->now);
	buf_printf(b, "\n");
	buf_printf(b, SAY(lang, STATUS_DISK), s->disk_free >> 20,
		s->disk_free < DISK_LOW ? SAY(lang, STATUS_DISK_LOW) : "");
	buf_printf(b, SAY(lang, STATUS_CLOCK), when,
		s->newest > s->now + CLOCK_SLACK_S ? SAY(lang, STATUS_CLOCK_BEHIND) : "");
}

static enum err print_status(struct desk *d, const struct status *s)
{
	struct words_json j;
	struct buf text;
	if (d->cli->print.json) {
		words_json_begin(&j);
		enum err e = status_json(&j.o, s, d->replica);
		return words_json_end(&j, d->cli, e);
	}
	buf_init(&text, TEXT_MAX);
	put_head(&text, d, s);
	enum err e = put_peers(&text, d->cli->print.lang, s);
	put_machine(&text, d->cli->print.lang, s);
	if (!e)
		e = buf_err(&text);
	if (!e)
		print_bytes(&d->cli->print, buf_bytes(&text));
	buf_clear(&text);
	return e;
}

static int run_status(struct cli *cli, const struct args *args)
{
	struct desk d;
	struct status s = { .open = 0 };
	enum err e = desk_open(&d, cli, DESK_NODE);
	if (!e)
		e = status_gather(&s, d.replica, &cli->why);
	if (!e)
		e = print_status(&d, &s);
	bool open = s.open > 0;
	status_clear(&s);
	desk_close(&d);
	return e ? cli_fail(cli, e) : open && args_has(args, "check") ? EXIT_CONFLICTS : EXIT_DONE;
}

static const struct option status_options[] = {
	{ "check", NULL, MSG_CMD_STATUS_CHECK, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example status_examples[] = {
	{ "dossier status", MSG_CMD_STATUS_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_status = {
	.name = "status",
	.group = GROUP_SYNC,
	.words = "",
	.summary = MSG_CMD_STATUS,
	.text = MSG_CMD_STATUS_TEXT,
	.options = status_options,
	.examples = status_examples,
	.run = run_status,
};

/* ---- reindex */

static int run_reindex(struct cli *cli, const struct args *args)
{
	struct desk d;
	int64_t last = 0;
	(void)args;
	enum err e = desk_open(&d, cli, DESK_NODE);
	if (!e)
		e = replica_reindex(d.replica, &cli->why);
	if (!e)
		e = index_last_change(&last, replica_index(d.replica));
	if (!e)
		print_note(&cli->print, SAY(cli->print.lang, REINDEX_DONE), last);
	desk_close(&d);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct example reindex_examples[] = {
	{ "dossier reindex", MSG_CMD_REINDEX_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_reindex = {
	.name = "reindex",
	.group = GROUP_UPKEEP,
	.words = "",
	.summary = MSG_CMD_REINDEX,
	.text = MSG_CMD_REINDEX_TEXT,
	.examples = reindex_examples,
	.run = run_reindex,
};
