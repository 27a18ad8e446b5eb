/* Between the files of net: the loop and its connections.  Nobody else includes this. */
#ifndef NODE_NET_OWN_H
#define NODE_NET_OWN_H

#include "node/net.h"

#include <signal.h>
#include <uv.h>

enum connection_phase { CONNECTION_OPENING, CONNECTION_TALKING, CONNECTION_CLOSING };

struct net_connection {
	struct net *net;
	struct net_connection *next, *before; /* oldest first */
	enum connection_phase phase;
	bool is_call; /* we called; otherwise we were */
	bool stay_open;
	void *tag;
	char address[80];
	uv_tcp_t tcp;
	uv_timer_t timer;
	uv_connect_t connecting;
	uv_write_t writing;
	uint8_t *out;     /* what the write in flight lends; NULL when there is none */
	unsigned handles; /* of the two, how many are still to be closed */
	bool was_equal;
	struct session *session;
	struct replica_sync *sync;
	struct net_result result;
	uint8_t in[64 * 1024];
};

struct net {
	uv_loop_t loop;
	uv_tcp_t server;
	uv_timer_t tick;
	uv_signal_t signals[2];
	int *signal;
	bool listening, stopping, until_idle;
	struct replica *replica;
	struct log log;
	struct net_events events;
	struct net_connection *first, *last;
	size_t count;
};

MUST_USE enum err net_resolve(
	struct sockaddr_storage *out, struct net *n, const char *address, struct err_text *why);
void net_accept(struct net *n, uv_stream_t *server);
/* Ends a connection now, without words. */
void net_drop(struct net *n, struct net_connection *c);
/* Asks every session to end. */
void net_stop_all(struct net *n);

#endif
