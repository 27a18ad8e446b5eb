/* Sessions between sites of a federation in one process. */
#include "tests/support/wire.h"

#include <assert.h>
#include <string.h>

static void open_side(struct wire *w, int i, bool stay_open)
{
	struct wire_side *s = &w->side[i];
	struct err_text why = { "" };
	struct secret ephemeral;
	const uint8_t *remote = i == 0 ? w->side[1].site->node_keys.transport.public_key : NULL;
	enum err e = replica_sync_new(&s->sync, s->site->replica, remote, &why);
	assert(!e);
	e = ports_secret(&ephemeral, replica_ports(s->site->replica));
	assert(!e);
	struct session_config c = { .initiator = i == 0, .stay_open = stay_open,
		.federation = *charter_federation(replica_charter(s->site->replica)),
		.transport = replica_transport(s->site->replica), .ephemeral = &ephemeral, .timeout_ms = 60000 };
	if (remote)
		memcpy(c.remote_key, remote, sizeof c.remote_key);
	e = session_new(&s->session, &c, w->now_ms);
	if (!e && w->tap && i == 0)
		e = secret_copy(&w->tap->ephemeral, &ephemeral);
	assert(!e);
	(void)e;
	secret_free(&ephemeral);
}

static void open_sides(struct wire *w, struct fed_site *from, struct fed_site *to, bool stay_open,
	struct wire_tap *tap)
{
	*w = (struct wire){
		.side = { { .site = from }, { .site = to } }, .tap = tap, .now_ms = 1, .flip_at = SIZE_MAX
	};
	open_side(w, 0, stay_open);
	open_side(w, 1, stay_open);
}

void wire_open(struct wire *w, struct fed_site *from, struct fed_site *to, bool stay_open)
{
	open_sides(w, from, to, stay_open, NULL);
}

static void serve(struct wire *w, struct wire_side *s)
{
	struct session_ask ask;
	struct session_answer answer;
	while (session_next(s->session, &ask, w->now_ms)) {
		replica_sync_answer(&answer, s->sync, &ask);
		session_answer(s->session, &answer, w->now_ms);
	}
	if (session_is_idle(s->session) && !s->noted)
		replica_sync_ended(s->sync, s->session);
	s->noted = session_is_idle(s->session);
}

static void carry(struct wire *w, struct wire_side *to, const uint8_t *data, size_t size)
{
	uint8_t copy[65536];
	memcpy(copy, data, size);
	if (w->flip_at >= w->bytes && w->flip_at - w->bytes < size)
		copy[w->flip_at - w->bytes] ^= 0x10;
	session_feed(to->session, copy, size, w->now_ms);
	w->bytes += size;
}

size_t wire_run(struct wire *w, size_t limit)
{
	size_t moved = 0;
	for (bool moving = true; moving && moved < limit;) {
		moving = false;
		for (int i = 0; i < 2; i++) {
			struct wire_side *from = &w->side[i], *to = &w->side[!i];
			serve(w, from);
			struct bytes out = session_out(from->session);
			size_t size = out.size < limit - moved ? out.size : limit - moved;
			size = size < 65536 ? size : 65536;
			if (size == 0)
				continue;
			if (w->tap)
				buf_put(&w->tap->went[i], out.data, size);
			carry(w, to, out.data, size);
			session_sent(from->session, size, w->now_ms);
			moved += size;
			moving = true;
		}
	}
	return moved;
}

static void end(struct wire *w)
{
	for (int i = 0; i < 2; i++) {
		serve(w, &w->side[i]);
		session_feed(w->side[i].session, NULL, 0, w->now_ms);
		serve(w, &w->side[i]);
		replica_sync_ended(w->side[i].sync, w->side[i].session);
	}
}

static void free_sides(struct wire *w)
{
	for (int i = 0; i < 2; i++) {
		session_free(w->side[i].session);
		replica_sync_free(w->side[i].sync);
	}
}

void wire_close(struct wire *w)
{
	end(w);
	free_sides(w);
}

static struct wire_result sync_once(struct fed_site *from, struct fed_site *to,
	const struct wire_trouble *trouble, struct wire_tap *tap)
{
	struct wire w;
	struct wire_result r = { .bytes = 0 };
	open_sides(&w, from, to, false, tap);
	w.flip_at = trouble->flip_at;
	wire_run(&w, trouble->cut_at);
	end(&w);
	r.bytes = w.bytes;
	for (int i = 0; i < 2; i++) {
		r.end[i] = session_end(w.side[i].session);
		strncpy(r.reason[i], session_reason(w.side[i].session), SYNC_REASON_MAX);
		r.stats[i] = *session_stats(w.side[i].session);
		r.counts[i] = *replica_sync_counts(w.side[i].sync);
	}
	free_sides(&w);
	return r;
}

struct wire_result wire_sync_troubled(
	struct fed_site *from, struct fed_site *to, const struct wire_trouble *trouble)
{
	return sync_once(from, to, trouble, NULL);
}

struct wire_result wire_sync(struct fed_site *from, struct fed_site *to, size_t limit)
{
	return sync_once(from, to, &(struct wire_trouble){ .cut_at = limit, .flip_at = SIZE_MAX }, NULL);
}

struct wire_result wire_sync_tapped(struct fed_site *from, struct fed_site *to, struct wire_tap *tap)
{
	*tap = (struct wire_tap){ .ephemeral = { NULL } };
	for (int i = 0; i < 2; i++)
		buf_init(&tap->went[i], SIZE_MAX / 2);
	return sync_once(from, to, &(struct wire_trouble){ .cut_at = SIZE_MAX, .flip_at = SIZE_MAX }, tap);
}

void wire_tap_clear(struct wire_tap *tap)
{
	secret_free(&tap->ephemeral);
	for (int i = 0; i < 2; i++)
		buf_clear(&tap->went[i]);
}
