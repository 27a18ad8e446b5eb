/* TCP: one connection, its session, and the bytes between them. */
#include "node/net_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void pump(struct net_connection *c);

/* ---- Ending */

static void unlink_connection(struct net_connection *c)
{
	struct net *n = c->net;
	*(c->before ? &c->before->next : &n->first) = c->next;
	*(c->next ? &c->next->before : &n->last) = c->before;
	n->count--;
}

static void on_closed(uv_handle_t *handle)
{
	struct net_connection *c = handle->data;
	if (--c->handles > 0)
		return;
	struct net *n = c->net;
	unlink_connection(c);
	if (c->is_call && n->events.ended)
		n->events.ended(n->events.context, c->tag, &c->result);
	session_free(c->session);
	replica_sync_free(c->sync);
	free(c->out);
	free(c);
}

/* Fills in the result and closes both handles. */
static void finish(struct net_connection *c)
{
	if (c->phase == CONNECTION_CLOSING)
		return;
	struct net_result *r = &c->result;
	if (c->session) {
		/* A session that never began has no end of its own: why there was no link is said already. */
		if (session_end(c->session) != SESSION_OPEN)
			r->end = session_end(c->session);
		r->equal = session_is_equal(c->session);
		r->stats = *session_stats(c->session);
		if (!r->reason.text[0])
			snprintf(r->reason.text, sizeof r->reason.text, "%s", session_reason(c->session));
	}
	if (c->sync) {
		if (c->session && session_is_met(c->session))
			replica_sync_ended(c->sync, c->session);
		r->counts = *replica_sync_counts(c->sync);
		r->site = replica_sync_site(c->sync);
		if (replica_sync_peer(c->sync))
			r->peer = *replica_sync_peer(c->sync);
	}
	log_line(&c->net->log, r->equal ? LOG_INFO : LOG_WARN, "net", "ended",
		"address=%s site=%u end=%s equal=%d in=%llu out=%llu reason=%s", c->address, (unsigned)r->site,
		session_end_name(r->end), r->equal, (unsigned long long)r->stats.bytes_in,
		(unsigned long long)r->stats.bytes_out, r->reason.text);
	c->phase = CONNECTION_CLOSING;
	c->handles = 2;
	uv_close((uv_handle_t *)&c->tcp, on_closed);
	uv_close((uv_handle_t *)&c->timer, on_closed);
}

void net_drop(struct net *n, struct net_connection *c)
{
	finish(c);
	while (n->first == c && uv_run(&n->loop, UV_RUN_NOWAIT))
		;
}

/* ---- Bytes */

static void on_written(uv_write_t *request, int status)
{
	struct net_connection *c = request->data;
	free(c->out);
	c->out = NULL;
	if (c->phase == CONNECTION_CLOSING)
		return;
	if (status < 0)
		session_feed(c->session, NULL, 0, uv_now(&c->net->loop));
	pump(c);
}

static void write_out(struct net_connection *c)
{
	struct bytes out = session_out(c->session);
	size_t size = out.size < NET_OUT_MAX ? out.size : NET_OUT_MAX;
	if (c->out || size == 0)
		return;
	c->out = malloc(size);
	if (!c->out)
		return; /* tried again at the next event */
	memcpy(c->out, out.data, size);
	session_sent(c->session, size, uv_now(&c->net->loop));
	uv_buf_t buffer = uv_buf_init((char *)c->out, (unsigned)size);
	c->writing.data = c;
	if (uv_write(&c->writing, (uv_stream_t *)&c->tcp, &buffer, 1, on_written) < 0) {
		free(c->out);
		c->out = NULL;
		session_feed(c->session, NULL, 0, uv_now(&c->net->loop));
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct net_connection *c = timer->data;
	if (c->phase == CONNECTION_OPENING) {
		err_set(&c->result.reason, ERR_PEER, "%s does not answer", c->address);
		c->result.end = SESSION_TIMEOUT;
		finish(c);
		return;
	}
	session_tick(c->session, uv_now(&c->net->loop));
	pump(c);
}

static void set_timer(struct net_connection *c)
{
	uint64_t deadline = session_deadline(c->session), now = uv_now(&c->net->loop);
	if (deadline)
		uv_timer_start(&c->timer, on_timer, deadline > now ? deadline - now : 1, 0);
	else
		uv_timer_stop(&c->timer);
}

/* Answers what the session asks and moves what it says; ends the connection when it is over. */
static void pump(struct net_connection *c)
{
	struct session_ask ask;
	uv_update_time(&c->net->loop);
	while (session_next(c->session, &ask, uv_now(&c->net->loop))) {
		struct session_answer answer = { 0 };
		replica_sync_answer(&answer, c->sync, &ask);
		uv_update_time(&c->net->loop);
		session_answer(c->session, &answer, uv_now(&c->net->loop));
	}
	bool equal = session_is_met(c->session) && session_is_equal(c->session);
	if (equal && !c->was_equal && session_end(c->session) == SESSION_OPEN)
		replica_sync_ended(c->sync, c->session);
	c->was_equal = equal;
	write_out(c);
	if (session_is_finished(c->session) && !c->out)
		finish(c);
	else
		set_timer(c);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct net_connection *c = handle->data;
	(void)suggested;
	*buffer = uv_buf_init((char *)c->in, sizeof c->in);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct net_connection *c = stream->data;
	if (size == 0 || c->phase != CONNECTION_TALKING)
		return;
	session_feed(c->session, size > 0 ? (const uint8_t *)buffer->base : NULL, size > 0 ? (size_t)size : 0,
		uv_now(&c->net->loop));
	if (size < 0)
		uv_read_stop(stream);
	pump(c);
}

/* ---- Beginning */

static struct net_connection *add_connection(struct net *n)
{
	struct net_connection *c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	c->net = n;
	uv_tcp_init(&n->loop, &c->tcp);
	uv_timer_init(&n->loop, &c->timer);
	c->tcp.data = c->timer.data = c;
	c->before = n->last;
	*(n->last ? &n->last->next : &n->first) = c;
	n->last = c;
	n->count++;
	c->result.end = SESSION_CLOSED;
	return c;
}

static enum err begin(struct net_connection *c, const uint8_t *remote_key)
{
	struct replica *r = c->net->replica;
	struct secret ephemeral = { 0 };
	struct session_config config = { .initiator = c->is_call,
		.stay_open = c->stay_open,
		.federation = *charter_federation(replica_charter(r)),
		.transport = replica_transport(r),
		.ephemeral = &ephemeral,
		.timeout_ms = NET_TIMEOUT_MS };
	if (remote_key)
		memcpy(config.remote_key, remote_key, sizeof config.remote_key);
	enum err e = replica_sync_new(&c->sync, r, remote_key, &c->result.reason);
	if (!e)
		e = ports_secret(&ephemeral, replica_ports(r));
	if (!e)
		e = session_new(&c->session, &config, uv_now(&c->net->loop));
	secret_free(&ephemeral);
	return e;
}

static void talk(struct net_connection *c)
{
	c->phase = CONNECTION_TALKING;
	c->result.connected = true;
	uv_tcp_nodelay(&c->tcp, 1);
	uv_tcp_keepalive(&c->tcp, 1, 60);
	if (uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) < 0)
		finish(c);
	else
		pump(c);
}

/* Too many that have not said who they are: the oldest gives way, so that they cannot keep others out. */
static void make_way(struct net *n)
{
	size_t strangers = 0;
	struct net_connection *oldest = NULL;
	for (struct net_connection *c = n->first; c; c = c->next) {
		if (c->is_call || c->phase != CONNECTION_TALKING || session_is_met(c->session))
			continue;
		strangers++;
		oldest = oldest ? oldest : c;
	}
	if (oldest && (strangers >= NET_STRANGERS_MAX || n->count >= NET_CONNECTIONS_MAX))
		finish(oldest);
}

void net_accept(struct net *n, uv_stream_t *server)
{
	struct sockaddr_storage name;
	int size = sizeof name;
	make_way(n);
	struct net_connection *c = add_connection(n);
	if (!c)
		return;
	if (uv_accept(server, (uv_stream_t *)&c->tcp) < 0 || n->count > NET_CONNECTIONS_MAX || begin(c, NULL)) {
		finish(c);
		return;
	}
	if (uv_tcp_getpeername(&c->tcp, (struct sockaddr *)&name, &size) == 0)
		uv_ip_name((const struct sockaddr *)&name, c->address, sizeof c->address);
	talk(c);
}

static void on_connected(uv_connect_t *request, int status)
{
	struct net_connection *c = request->data;
	if (c->phase == CONNECTION_CLOSING)
		return;
	uv_timer_stop(&c->timer);
	if (status < 0) {
		err_set(&c->result.reason, ERR_PEER, "%s: %s", c->address, uv_strerror(status));
		finish(c);
		return;
	}
	talk(c);
}

enum err net_call(struct net *n, const char *address, const uint8_t remote_key[BOX_KEY_SIZE], bool stay_open,
	void *tag, struct err_text *why)
{
	struct sockaddr_storage name;
	enum err e = net_resolve(&name, n, address, why);
	struct net_connection *c = e ? NULL : add_connection(n);
	if (!c)
		return e ? e : ERR_MEMORY;
	snprintf(c->address, sizeof c->address, "%s", address);
	c->is_call = true;
	c->stay_open = stay_open;
	c->tag = tag;
	e = begin(c, remote_key);
	if (e) {
		finish(c);
		return ERR_OK; /* reported by events.ended, like every other end */
	}
	c->connecting.data = c;
	int code = uv_tcp_connect(&c->connecting, &c->tcp, (const struct sockaddr *)&name, on_connected);
	if (code < 0) {
		err_set(&c->result.reason, ERR_PEER, "%s: %s", address, uv_strerror(code));
		finish(c);
		return ERR_OK;
	}
	uv_timer_start(&c->timer, on_timer, NET_CONNECT_MS, 0);
	return ERR_OK;
}

/* ---- All of them */

void net_stop_all(struct net *n)
{
	for (struct net_connection *c = n->first, *next; c; c = next) {
		next = c->next;
		if (c->phase == CONNECTION_OPENING) {
			finish(c);
		} else if (c->phase == CONNECTION_TALKING) {
			session_stop(c->session, "stopping");
			pump(c);
		}
	}
}

void net_wake(struct net *n)
{
	for (struct net_connection *c = n->first, *next; c; c = next) {
		next = c->next;
		if (c->phase != CONNECTION_TALKING)
			continue;
		session_wake(c->session);
		pump(c);
	}
}
