/* dossier sync, serve, peer: exchange with other nodes. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/layout.h"
#include "cli/words.h"

#include "node/json_put.h"
#include "node/serve.h"

#include <signal.h>
#include <string.h>

/* ---- sync */

static void put_result(struct json_out *o, const char *peer, const struct net_result *n, const char *reason)
{
	json_put_open(o, '{');
	put_member_cstr(o, "peer", peer);
	put_member_int(o, "site", n->site);
	put_member_bool(o, "connected", n->connected);
	put_member_bool(o, "equal", n->equal);
	put_member_cstr(o, "end", session_end_name(n->end));
	put_member_cstr(o, "reason", reason);
	put_member_int(o, "changes_sent", (int64_t)n->counts.changes_sent);
	put_member_int(o, "changes_taken", (int64_t)n->counts.changes_taken);
	put_member_int(o, "changes_refused", (int64_t)n->counts.changes_refused);
	put_member_int(o, "changes_waiting", (int64_t)n->counts.changes_waiting);
	put_member_int(o, "statements_taken", (int64_t)n->counts.statements_taken);
	put_member_int(o, "blobs_taken", (int64_t)n->counts.blobs_taken);
	put_member_int(o, "bytes_in", (int64_t)n->stats.bytes_in);
	put_member_int(o, "bytes_out", (int64_t)n->stats.bytes_out);
	json_put_close(o, '}');
}

/* One peer.  Its failure does not keep the others from being called: *worst is what the command ends with. */
static void sync_one(
	struct desk *d, const char *peer, struct json_out *o, enum err *worst, struct err_text *words)
{
	struct net_result n;
	struct log quiet = { 0 };
	struct err_text why = { "" };
	enum lang lang = d->cli->print.lang;
	print_progress(&d->cli->print, SAY(lang, SYNC_CALLING), peer);
	enum err e = serve_sync_once(&n, d->replica, peer, &quiet, &why);
	print_progress_end(&d->cli->print);
	put_result(o, peer, &n, why.text);
	if (!d->cli->print.json)
		print_data(&d->cli->print, SAY(lang, SYNC_RESULT), peer,
			n.equal           ? SAY(lang, SYNC_EQUAL)
				: n.connected ? SAY(lang, SYNC_NOT_EQUAL)
							  : SAY(lang, SYNC_UNREACHABLE),
			(unsigned long)n.counts.changes_sent, (unsigned long)n.counts.changes_taken,
			(unsigned long)n.stats.bytes_out, (unsigned long)n.stats.bytes_in);
	if (n.counts.changes_refused || n.counts.changes_waiting)
		print_warning(&d->cli->print, SAY(lang, SYNC_REFUSED), peer, (unsigned long)n.counts.changes_refused,
			(unsigned long)n.counts.changes_waiting);
	if (e && !*worst) {
		*worst = e;
		*words = why;
	}
}

static enum err sync_peers(struct desk *d, const char *peer)
{
	struct config config;
	struct words_json j;
	enum err worst = ERR_OK;
	struct err_text words = { "" };
	enum err e = config_read(&config, d->home, &d->cli->why);
	if (!e && !peer && config.peer_count == 0)
		e = err_set(&d->cli->why, ERR_NOT_FOUND, "%s", SAY(d->cli->print.lang, SYNC_NO_PEERS));
	words_json_begin(&j);
	json_put_open(&j.o, '{');
	put_member_open(&j.o, "peers", '[');
	if (!e && peer)
		sync_one(d, peer, &j.o, &worst, &words);
	for (size_t i = 0; !e && !peer && i < config.peer_count; i++)
		sync_one(d, config.peers[i].name, &j.o, &worst, &words);
	json_put_close(&j.o, ']');
	json_put_close(&j.o, '}');
	if (!e && d->cli->print.json)
		e = words_json_end(&j, d->cli, e);
	buf_clear(&j.b);
	config_clear(&config);
	return e ? e : worst ? err_set(&d->cli->why, worst, "%s", words.text) : ERR_OK;
}

static int run_sync(struct cli *cli, const struct args *args)
{
	struct desk d;
	enum err e = desk_open(&d, cli, DESK_NODE);
	if (!e)
		e = sync_peers(&d, args->word_count ? args->words[0] : NULL);
	desk_close(&d);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct example sync_examples[] = {
	{ "dossier sync", MSG_CMD_SYNC_EXAMPLE },
	{ "dossier sync central@10.0.0.1:7420", MSG_CMD_SYNC_EXAMPLE_ADDRESS },
	{ NULL, MSG_NONE },
};

const struct command command_sync = {
	.name = "sync",
	.group = GROUP_SYNC,
	.words = "[PEER]",
	.words_max = 1,
	.summary = MSG_CMD_SYNC,
	.text = MSG_CMD_SYNC_TEXT,
	.examples = sync_examples,
	.run = run_sync,
};

/* ---- serve */

static void say_listening(void *context, const char *bound)
{
	struct cli *cli = context;
	print_data(&cli->print, "%s\n", bound);
	/* Whoever started it waits for this line. */
	(void)!print_finish(&cli->print, NULL);
	print_note(&cli->print, SAY(cli->print.lang, SERVE_LISTENING), bound);
}

static int run_serve(struct cli *cli, const struct args *args)
{
	struct desk d;
	int number = 0;
	struct serve_options options = {
		.listen = args_get(args, "listen"), .context = cli, .listening = say_listening
	};
	struct log log = { .on = !cli->print.quiet, .least = LOG_INFO };
	enum err e = desk_open(&d, cli, DESK_NODE);
	if (!e)
		e = serve_run(&number, d.replica, &options, &log, &cli->why);
	desk_close(&d);
	return e ? cli_fail(cli, e) : number == SIGINT ? EXIT_INTERRUPTED : EXIT_DONE;
}

static const struct option serve_options[] = {
	{ "listen", "ADDRESS", MSG_CMD_SERVE_LISTEN, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example serve_examples[] = {
	{ "dossier serve --listen 0.0.0.0:7420", MSG_CMD_SERVE_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_serve = {
	.name = "serve",
	.group = GROUP_SYNC,
	.words = "",
	.summary = MSG_CMD_SERVE,
	.text = MSG_CMD_SERVE_TEXT,
	.options = serve_options,
	.examples = serve_examples,
	.run = run_serve,
};

/* ---- peer add, peer list */

static int run_add(struct cli *cli, const struct args *args)
{
	struct desk d;
	const struct charter_entry *node;
	enum err e = desk_open(&d, cli, DESK_NODE);
	if (!e)
		e = serve_find_node(&node, d.replica, args->words[0], &cli->why);
	if (!e && node_id_equal(&node->statement->as.node.node, replica_node(d.replica)))
		e = err_set(&cli->why, ERR_USAGE, SAY(cli->print.lang, PEER_SELF), args->words[0]);
	if (!e && !strchr(args->words[1], ':'))
		e = err_set(&cli->why, ERR_USAGE, SAY(cli->print.lang, PEER_BAD_ADDRESS), args->words[1]);
	if (!e)
		e = config_put_peer(d.home, args->words[0], args->words[1], &cli->why);
	if (!e)
		print_note(
			&cli->print, SAY(cli->print.lang, PEER_DONE), args->words[0], args->words[1], args->words[0]);
	desk_close(&d);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct example add_examples[] = {
	{ "dossier peer add central 10.0.0.1:7420", MSG_CMD_PEER_ADD_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_peer_add = {
	.name = "peer add",
	.group = GROUP_SYNC,
	.words = "NAME ADDRESS",
	.words_min = 2,
	.words_max = 2,
	.summary = MSG_CMD_PEER_ADD,
	.text = MSG_CMD_PEER_ADD_TEXT,
	.examples = add_examples,
	.run = run_add,
};

static enum err print_peers(struct cli *cli, const struct config *config)
{
	struct words_json j;
	struct table t;
	struct buf text;
	enum err e = ERR_OK;
	words_json_begin(&j);
	buf_init(&text, 1 << 20);
	table_init(&t, 2);
	json_put_open(&j.o, '{');
	put_member_open(&j.o, "peers", '[');
	for (size_t i = 0; i < config->peer_count; i++) {
		json_put_open(&j.o, '{');
		put_member_cstr(&j.o, "name", config->peers[i].name);
		put_member_cstr(&j.o, "address", config->peers[i].address);
		json_put_close(&j.o, '}');
		table_put(&t, config->peers[i].name);
		table_put(&t, config->peers[i].address);
	}
	json_put_close(&j.o, ']');
	json_put_close(&j.o, '}');
	if (cli->print.json)
		e = words_json_end(&j, cli, e);
	else
		e = table_write(&text, &t, 0);
	if (!e && !cli->print.json)
		print_bytes(&cli->print, buf_bytes(&text));
	buf_clear(&j.b);
	buf_clear(&text);
	table_clear(&t);
	return e;
}

static int run_list(struct cli *cli, const struct args *args)
{
	struct config config;
	const char *home = cli_home(cli);
	(void)args;
	if (!home)
		return EXIT_BAD_USAGE;
	enum err e = config_read(&config, home, &cli->why);
	if (!e) {
		e = print_peers(cli, &config);
		config_clear(&config);
	}
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct example list_examples[] = {
	{ "dossier peer list", MSG_CMD_PEER_LIST_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_peer_list = {
	.name = "peer list",
	.group = GROUP_SYNC,
	.words = "",
	.summary = MSG_CMD_PEER_LIST,
	.text = MSG_CMD_PEER_LIST_TEXT,
	.examples = list_examples,
	.run = run_list,
};
