/* TCP: moves bytes between sockets and sessions (libuv).  Decides nothing about what is in them.
 *
 * One thread, one loop.  Each connection has a session and a replica_sync; memory per connection is
 * bounded by the session's flow control and by NET_OUT_MAX. */
#ifndef NODE_NET_H
#define NODE_NET_H

#include "node/log.h"
#include "node/replica_sync.h"

enum {
	NET_CONNECTIONS_MAX = 1024,
	NET_STRANGERS_MAX = 128,  /* connections whose peer has not proven who it is: the oldest gives way */
	NET_OUT_MAX = 256 * 1024, /* bytes in one write */
	NET_CONNECT_MS = 15000,
	NET_HANDSHAKE_MS = 20000,
	NET_TIMEOUT_MS = 120000
};

struct net;
struct net_connection;

struct net_result { /* how a call ended */
	enum session_end end;
	bool connected; /* the link was there */
	bool equal;     /* the last proof of equality stood at the end */
	struct err_text reason;
	struct session_stats stats;
	struct replica_sync_counts counts;
	struct node_id peer;
	uint32_t site;
};

struct net_events { /* all may be NULL; called from within net_run */
	void *context;
	/* A call made with this `tag` is over. */
	void (*ended)(void *context, void *tag, const struct net_result *result);
	/* Every `tick_ms`. */
	void (*tick)(void *context, uint64_t now_ms);
	uint64_t tick_ms;
};

MUST_USE enum err net_new(struct net **out, struct replica *r, const struct log *log,
	const struct net_events *events, struct err_text *why);
/* Closes every connection at once. */
void net_free(struct net *n);

/* Listens on "host:port" ("[::1]:0" and a port of 0 are fine); *bound is the address with the real port.
 * ERR_USAGE for an address that is none, ERR_IO when it is taken. */
MUST_USE enum err net_listen(char bound[80], struct net *n, const char *address, struct err_text *why);

/* Begins a call; it ends with events.ended.  ERR_USAGE for an address that is none. */
MUST_USE enum err net_call(struct net *n, const char *address, const uint8_t remote_key[BOX_KEY_SIZE],
	bool stay_open, void *tag, struct err_text *why);

/* Runs until net_stop, or, when `until_idle`, until no connection is left. */
MUST_USE enum err net_run(struct net *n, bool until_idle, struct err_text *why);
/* Asks open sessions to end, and the loop with them; safe in a signal's callback of the loop. */
void net_stop(struct net *n);
/* Ends net_run on SIGINT and SIGTERM; *signal is the one that came. */
MUST_USE enum err net_watch_signals(struct net *n, int *signal, struct err_text *why);

/* The replica holds something new: open sessions look. */
void net_wake(struct net *n);
size_t net_count(const struct net *n);

#endif
