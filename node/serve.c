/* Calling peers once, or for good. */
#include "node/serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TICK_MS = 250,
	BACKOFF_MIN_MS = 1000,
	BACKOFF_MAX_MS = 5 * 60 * 1000,
	ATTEST_MS = 60 * 60 * 1000, /* at the latest, when anything waits */
};

/* ---- Who is meant */

static bool is_meant(const struct statement_node *node, uint32_t site, const char *name)
{
	return node->site == site && (!name || bytes_equal(node->name, bytes_text(name)));
}

enum err serve_find_node(
	const struct charter_entry **node, struct replica *r, const char *name, struct err_text *why)
{
	struct arena a;
	const struct charter_entry *const *nodes;
	uint32_t count, found = 0;
	const char *slash = strchr(name, '/');
	struct bytes site_name = bytes_of(name, slash ? (size_t)(slash - name) : strlen(name));
	const struct charter_entry *site = charter_site_named(replica_charter(r), site_name);
	*node = NULL;
	if (!site)
		return err_set(why, ERR_NOT_FOUND, "the charter has no site \"%.*s\"; `dossier site list` shows them",
			(int)site_name.size, (const char *)site_name.data);
	arena_init(&a, 1 << 24);
	enum err e = charter_list(&nodes, &count, &a, replica_charter(r), STATEMENT_NODE);
	for (uint32_t i = 0; i < count && !e; i++) {
		const struct statement_node *n = &nodes[i]->statement->as.node;
		if (nodes[i]->ended || node_id_equal(&n->node, replica_node(r))
			|| !is_meant(n, site->statement->as.site.number, slash ? slash + 1 : NULL))
			continue;
		*node = nodes[i];
		found++;
	}
	arena_clear(&a);
	if (e || found != 1)
		*node = NULL;
	if (!e && found == 0)
		return err_set(why, ERR_NOT_FOUND, "\"%s\" has no other node that one could call", name);
	if (!e && found > 1)
		return err_set(
			why, ERR_USAGE, "\"%s\" has %u nodes; say which, as %s/NODE", name, (unsigned)found, name);
	return e;
}

/* ---- Once */

struct once {
	struct net_result *result;
	bool ended;
};

static void once_ended(void *context, void *tag, const struct net_result *result)
{
	struct once *o = context;
	(void)tag;
	*o->result = *result;
	o->ended = true;
}

/* Splits "name@address", or looks the name up in the config. */
static enum err find_address(char name[CONFIG_NAME_MAX], char address[CONFIG_ADDRESS_MAX], struct replica *r,
	const char *peer, struct err_text *why)
{
	struct config config;
	const char *at = strchr(peer, '@');
	if (at) {
		snprintf(name, CONFIG_NAME_MAX, "%.*s", (int)(at - peer), peer);
		snprintf(address, CONFIG_ADDRESS_MAX, "%s", at + 1);
		return ERR_OK;
	}
	enum err e = config_read(&config, replica_home(r), why);
	if (e)
		return e;
	const struct config_peer *found = config_find_peer(&config, peer);
	for (size_t i = 0; !found && i < config.peer_count; i++)
		if (strcmp(config.peers[i].address, peer) == 0)
			found = &config.peers[i];
	if (found) {
		snprintf(name, CONFIG_NAME_MAX, "%s", found->name);
		snprintf(address, CONFIG_ADDRESS_MAX, "%s", found->address);
	}
	config_clear(&config);
	return found ? ERR_OK
				 : err_set(why, ERR_NOT_FOUND,
					 "no address is known for \"%s\"; `dossier peer add SITE HOST:PORT` sets one", peer);
}

enum err serve_sync_once(struct net_result *result, struct replica *r, const char *peer,
	const struct log *log, struct err_text *why)
{
	char name[CONFIG_NAME_MAX], address[CONFIG_ADDRESS_MAX];
	const struct charter_entry *node = NULL;
	struct once once = { .result = result };
	struct net_events events = { .context = &once, .ended = once_ended };
	struct net *n = NULL;
	*result = (struct net_result){ .end = SESSION_CLOSED };
	enum err e = find_address(name, address, r, peer, why);
	if (!e)
		e = serve_find_node(&node, r, name, why);
	if (!e)
		e = net_new(&n, r, log, &events, why);
	if (!e)
		e = net_call(n, address, node->statement->as.node.transport_key, false, NULL, why);
	if (!e)
		e = net_run(n, true, why);
	net_free(n);
	if (e || result->equal)
		return e;
	return err_set(why, ERR_PEER, "%s: %s%s%s", name, session_end_name(result->end),
		result->reason.text[0] ? ": " : "", result->reason.text);
}

/* ---- For good */

struct serve_peer {
	struct config_peer config;
	bool calling;
	uint64_t next_ms; /* when to call again */
	uint64_t backoff_ms;
};

struct serve {
	struct replica *replica;
	struct net *net;
	struct log log;
	struct config config;
	struct serve_peer *peers;
	struct store_heads seen;
	uint64_t attested_ms;
};

static void peer_ended(void *context, void *tag, const struct net_result *result)
{
	struct serve *s = context;
	struct serve_peer *p = tag;
	uint32_t jitter;
	p->calling = false;
	p->backoff_ms = result->equal || p->backoff_ms == 0 ? BACKOFF_MIN_MS : p->backoff_ms * 2;
	if (p->backoff_ms > BACKOFF_MAX_MS)
		p->backoff_ms = BACKOFF_MAX_MS;
	/* Jitter, so that three hundred sites do not all call back at once. */
	ports_random(replica_ports(s->replica), &jitter, sizeof jitter);
	p->next_ms = ports_monotonic_ms() + p->backoff_ms + jitter % p->backoff_ms;
}

static void call_peers(struct serve *s, uint64_t now_ms)
{
	for (size_t i = 0; i < s->config.peer_count; i++) {
		struct serve_peer *p = &s->peers[i];
		const struct charter_entry *node;
		struct err_text why = { "" };
		if (p->calling || now_ms < p->next_ms)
			continue;
		enum err e = serve_find_node(&node, s->replica, p->config.name, &why);
		if (!e) {
			p->calling = true;
			e = net_call(s->net, p->config.address, node->statement->as.node.transport_key, true, p, &why);
		}
		if (e) {
			struct net_result failed = { .end = SESSION_CLOSED };
			log_line(
				&s->log, LOG_WARN, "serve", "call-failed", "peer=%s reason=%s", p->config.name, why.text);
			peer_ended(s, p, &failed);
		}
	}
}

/* A checkpoint of what waits.  Looked at once an hour and at the end: entry and sessions make their own. */
static void attest(struct serve *s, uint64_t now_ms)
{
	uint64_t pending = 0;
	struct err_text why = { "" };
	enum err e = replica_lock(s->replica, &why);
	s->attested_ms = now_ms;
	if (!e) {
		e = journal_count_pending(&pending, replica_journal(s->replica));
		if (!e && pending > 0)
			e = journal_checkpoint(replica_journal(s->replica), &why);
		replica_unlock(s->replica);
	}
	if (e)
		log_line(&s->log, LOG_ERROR, "serve", "checkpoint-failed", "reason=%s", why.text);
}

static void tick(void *context, uint64_t now_ms)
{
	struct serve *s = context;
	struct store_heads now;
	call_peers(s, now_ms);
	if (store_heads(&now, replica_store(s->replica), NULL))
		return;
	/* Somebody wrote: another process, or a session with another peer. */
	if (memcmp(&now, &s->seen, sizeof now) != 0) {
		s->seen = now;
		net_wake(s->net);
	} else if (now_ms - s->attested_ms >= ATTEST_MS) {
		attest(s, now_ms);
	}
}

static enum err run(struct serve *s, int *signal, const struct serve_options *options, struct err_text *why)
{
	char bound[80];
	const char *address = options->listen ? options->listen : s->config.listen;
	enum err e = net_watch_signals(s->net, signal, why);
	if (!e && *address) {
		e = net_listen(bound, s->net, address, why);
		if (!e && options->listening)
			options->listening(options->context, bound);
		if (!e)
			log_line(&s->log, LOG_INFO, "serve", "listening", "address=%s", bound);
	}
	if (!e)
		e = net_run(s->net, false, why);
	return e;
}

enum err serve_run(int *signal, struct replica *r, const struct serve_options *options, const struct log *log,
	struct err_text *why)
{
	struct serve s = { .replica = r, .log = *log, .attested_ms = ports_monotonic_ms() };
	struct net_events events = { .context = &s, .ended = peer_ended, .tick = tick, .tick_ms = TICK_MS };
	*signal = 0;
	enum err e = config_read(&s.config, replica_home(r), why);
	if (!e)
		s.peers = calloc(s.config.peer_count ? s.config.peer_count : 1, sizeof *s.peers);
	if (!e && !s.peers)
		e = ERR_MEMORY;
	for (size_t i = 0; !e && i < s.config.peer_count; i++)
		s.peers[i].config = s.config.peers[i];
	if (!e)
		e = net_new(&s.net, r, log, &events, why);
	if (!e)
		e = run(&s, signal, options, why);
	net_free(s.net);
	if (!e)
		attest(&s, ports_monotonic_ms());
	free(s.peers);
	config_clear(&s.config);
	return e;
}
