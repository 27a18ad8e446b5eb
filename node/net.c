/* TCP: the loop, listening, timers and signals. */
#include "node/net_own.h"

#include "node/ports.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_tick(uv_timer_t *timer)
{
	struct net *n = timer->data;
	if (n->events.tick)
		n->events.tick(n->events.context, ports_monotonic_ms());
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct net *n = handle->data;
	/* The first asks sessions to end well; the second does not wait for them. */
	bool again = *n->signal != 0;
	*n->signal = number;
	if (again)
		uv_stop(&n->loop);
	else
		net_stop(n);
}

enum err net_new(struct net **out, struct replica *r, const struct log *log, const struct net_events *events,
	struct err_text *why)
{
	*out = NULL;
	struct net *n = calloc(1, sizeof *n);
	if (!n)
		return ERR_MEMORY;
	n->replica = r;
	n->log = *log;
	if (events)
		n->events = *events;
	int code = uv_loop_init(&n->loop);
	if (code) {
		free(n);
		return err_set(why, ERR_IO, "event loop: %s", uv_strerror(code));
	}
	uv_timer_init(&n->loop, &n->tick);
	n->tick.data = n;
	uv_unref((uv_handle_t *)&n->tick);
	if (n->events.tick)
		uv_timer_start(&n->tick, on_tick, n->events.tick_ms, n->events.tick_ms);
	*out = n;
	return ERR_OK;
}

static void close_handle(uv_handle_t *handle, void *unused)
{
	(void)unused;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void net_free(struct net *n)
{
	if (!n)
		return;
	while (n->first)
		net_drop(n, n->first);
	uv_walk(&n->loop, close_handle, NULL);
	uv_run(&n->loop, UV_RUN_DEFAULT);
	uv_loop_close(&n->loop);
	free(n);
}

/* Splits "host:port" or "[host]:port" and looks it up; names take the system's resolver. */
enum err net_resolve(struct sockaddr_storage *out, struct net *n, const char *address, struct err_text *why)
{
	char host[256];
	const char *colon = strrchr(address, ':');
	size_t size = colon ? (size_t)(colon - address) : 0;
	const char *from = address;
	if (size >= 2 && address[0] == '[' && address[size - 1] == ']') {
		from++;
		size -= 2;
	}
	if (!colon || size == 0 || size >= sizeof host || !colon[1]
		|| strspn(colon + 1, "0123456789") != strlen(colon + 1) || strlen(colon + 1) > 5)
		return err_set(
			why, ERR_USAGE, "\"%s\" is no address; give host:port, such as 192.0.2.7:7420", address);
	memcpy(host, from, size);
	host[size] = '\0';
	uv_getaddrinfo_t request;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	int code = uv_getaddrinfo(&n->loop, &request, NULL, host, colon + 1, &hints);
	if (code)
		return err_set(why, ERR_PEER, "%s: %s", address, uv_strerror(code));
	memset(out, 0, sizeof *out);
	memcpy(out, request.addrinfo->ai_addr, request.addrinfo->ai_addrlen);
	uv_freeaddrinfo(request.addrinfo);
	return ERR_OK;
}

static void describe(char bound[80], const struct sockaddr_storage *address)
{
	char host[64] = "";
	if (address->ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
		uv_ip6_name(v6, host, sizeof host);
		snprintf(bound, 80, "[%s]:%u", host, (unsigned)ntohs(v6->sin6_port));
	} else {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
		uv_ip4_name(v4, host, sizeof host);
		snprintf(bound, 80, "%s:%u", host, (unsigned)ntohs(v4->sin_port));
	}
}

static void on_incoming(uv_stream_t *server, int status)
{
	struct net *n = server->data;
	if (status == 0)
		net_accept(n, server);
}

enum err net_listen(char bound[80], struct net *n, const char *address, struct err_text *why)
{
	struct sockaddr_storage name;
	int size = sizeof name;
	enum err e = net_resolve(&name, n, address, why);
	bound[0] = '\0';
	if (e)
		return e;
	uv_tcp_init(&n->loop, &n->server);
	n->server.data = n;
	int code = uv_tcp_bind(&n->server, (const struct sockaddr *)&name, 0);
	if (!code)
		code = uv_listen((uv_stream_t *)&n->server, 128, on_incoming);
	if (!code)
		code = uv_tcp_getsockname(&n->server, (struct sockaddr *)&name, &size);
	if (code)
		return err_set(why, ERR_IO, "cannot listen on %s: %s", address, uv_strerror(code));
	n->listening = true;
	describe(bound, &name);
	return ERR_OK;
}

enum err net_watch_signals(struct net *n, int *signal, struct err_text *why)
{
	static const int numbers[2] = { SIGINT, SIGTERM };
	n->signal = signal;
	*signal = 0;
	for (size_t i = 0; i < 2; i++) {
		uv_signal_init(&n->loop, &n->signals[i]);
		n->signals[i].data = n;
		int code = uv_signal_start(&n->signals[i], on_signal, numbers[i]);
		if (code)
			return err_set(why, ERR_IO, "signals: %s", uv_strerror(code));
		uv_unref((uv_handle_t *)&n->signals[i]);
	}
	return ERR_OK;
}

enum err net_run(struct net *n, bool until_idle, struct err_text *why)
{
	n->until_idle = until_idle;
	/* With nothing to wait for the loop ends by itself; what keeps it is a call, or else the tick. */
	if (until_idle && n->listening)
		uv_unref((uv_handle_t *)&n->server);
	else if (!until_idle && !n->stopping)
		uv_ref((uv_handle_t *)&n->tick);
	int code = uv_run(&n->loop, UV_RUN_DEFAULT);
	return code < 0 ? err_set(why, ERR_IO, "event loop: %s", uv_strerror(code)) : ERR_OK;
}

void net_stop(struct net *n)
{
	n->stopping = true;
	uv_unref((uv_handle_t *)&n->tick);
	if (n->listening && !uv_is_closing((uv_handle_t *)&n->server))
		uv_close((uv_handle_t *)&n->server, NULL);
	n->listening = false;
	net_stop_all(n);
}

size_t net_count(const struct net *n)
{
	return n->count;
}
