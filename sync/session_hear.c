/* What a session hears: frames, the stream of messages, and what each message may do where it stands. */
#include "sync/session_own.h"

#include <stdio.h>
#include <string.h>

/* Drops what is consumed once it is worth moving the rest. */
static void drop_front(struct buf *b, size_t *at)
{
	enum { MOVE_MIN = 64 << 10 };
	if (*at == b->size) {
		buf_reset(b);
		*at = 0;
	} else if (*at >= MOVE_MIN) {
		buf_drop(b, *at);
		*at = 0;
	}
}

static bool hear_frame(struct session *s)
{
	struct bytes message;
	size_t size;
	bool bad;
	bool whole = frame_find(&message, &size, &bad,
		bytes_after(buf_bytes(&s->in), s->in_at));
	if (bad)
		session_over(s, SESSION_BAD_FRAME, "a frame with no room for anything", true);
	if (!whole)
		return bad;
	if (s->phase == PHASE_AWAIT) {
		session_hello_hear(s, message);
	} else {
		enum err e = frame_open(&s->receive, &s->stream, message);
		if (e == ERR_CRYPTO)
			session_over(s, SESSION_CRYPTO, "a frame was altered, lost, repeated or out of order", true);
		else if (e)
			session_over(s, SESSION_TOO_LONG, "more came than may be on the way", true);
		else
			s->met = true;
	}
	s->in_at += size;
	drop_front(&s->in, &s->in_at);
	return true;
}

static void refuse(struct session *s, enum session_end end, uint64_t kind, const char *words)
{
	char text[SYNC_REASON_MAX];
	snprintf(text, sizeof text, "message %s: %s", message_name(kind), words);
	session_over(s, end, text, true);
}

/* ---- Control messages. */

static void hear_ack(struct session *s, uint64_t n, uint64_t now_ms)
{
	if (n <= s->acked || n > s->sent)
		refuse(s, SESSION_OUT_OF_ORDER, MESSAGE_ACK, "acknowledges what was not sent, or nothing new");
	else
		session_speak_acked(s, n, now_ms);
}

static void hear_done(struct session *s, const struct message_control *m, uint64_t now_ms)
{
	const struct session_done *last = &s->peer_done;
	if (m->sent != s->received || m->received > s->sent || m->received < s->acked) {
		refuse(s, SESSION_OUT_OF_ORDER, MESSAGE_DONE, "counts that are not those of this session");
		return;
	}
	if (last->is_set && last->sent == m->sent && last->received == m->received) {
		refuse(s, SESSION_OUT_OF_ORDER, MESSAGE_DONE, "said twice");
		return;
	}
	s->peer_done = (struct session_done){ .is_set = true, .sent = m->sent, .received = m->received };
	memcpy(s->peer_done.digest, m->digest, sizeof m->digest);
	s->peer_rests = true;
	s->peer_sent = m->sent;
	if (m->received > s->acked)
		session_speak_acked(s, m->received, now_ms);
	session_speak_judge(s);
}

static void hear_rest(struct session *s, uint64_t sent)
{
	if (sent != s->received) {
		refuse(s, SESSION_OUT_OF_ORDER, MESSAGE_REST, "a count that is not that of this session");
		return;
	}
	s->peer_rests = true;
	s->peer_sent = sent;
}

/* The peer found both sides equal: at the hello, or at the last own done. */
static void hear_bye(struct session *s)
{
	const struct session_done *own = &s->own_done;
	bool silent = s->hello_equal && s->sent == 0 && s->received == 0;
	bool current = own->is_set && own->sent == s->sent && own->received == s->received;
	if (silent || current)
		session_over(s, SESSION_EQUAL, "", false);
	else if (own->is_set && own->received == s->received)
		session_over(s, SESSION_CLOSED, "the peer closed while something was on the way to it", false);
	else
		refuse(s, SESSION_OUT_OF_ORDER, MESSAGE_BYE, "nothing was proven equal");
}

/* The peer's words go into a log: only printable characters stay. */
static void hear_fail(struct session *s, const struct message_control *m)
{
	char text[SYNC_REASON_MAX + 1];
	size_t size = 0;
	for (size_t i = 0; i < m->text.size && size < SYNC_REASON_MAX; i++) {
		uint8_t c = m->text.data[i];
		text[size++] = c >= ' ' && c < 0x7f ? (char)c : '?';
	}
	text[size] = '\0';
	session_over(s, SESSION_FAILED_PEER, text, false);
}

static void hear_control(struct session *s, enum message_kind kind, struct bytes body, uint64_t now_ms)
{
	struct message_control m;
	if (message_read_control(&m, kind, body))
		refuse(s, SESSION_BAD_MESSAGE, kind, "not what this kind holds");
	else if (kind == MESSAGE_ACK)
		hear_ack(s, m.number, now_ms);
	else if (kind == MESSAGE_DONE)
		hear_done(s, &m, now_ms);
	else if (kind == MESSAGE_REST)
		hear_rest(s, m.sent);
	else if (kind == MESSAGE_BYE)
		hear_bye(s);
	else
		hear_fail(s, &m);
}

/* ---- Numbered messages. */

static bool is_in_place(const struct session *s, uint64_t kind)
{
	if (kind == MESSAGE_RANGES || kind == MESSAGE_CASES)
		return s->peer_done.is_set;
	return kind != MESSAGE_BLOBS || s->wanted;
}

/* Whether a further numbered message stands behind this one already. */
static bool is_followed(const struct session *s, size_t size)
{
	struct bytes body, rest = bytes_after(buf_bytes(&s->stream), s->stream_at + size);
	uint64_t kind;
	size_t next;
	return message_find(&body, &next, &kind, rest, NULL) == MESSAGE_WHOLE &&
		kind >= MESSAGE_NUMBERED_FIRST && kind < MESSAGE_IGNORED_FIRST && is_in_place(s, kind);
}

static void hear_numbered(struct session *s, uint64_t kind, struct bytes body, size_t size)
{
	s->owed_bytes += body.size;
	if (s->received - s->announced >= SYNC_UNACKED_MESSAGES_MAX ||
		(s->owed_bytes > SYNC_UNACKED_BYTES_MAX && s->owed_bytes > body.size)) {
		refuse(s, SESSION_TOO_LONG, kind, "more came than may be on the way");
		return;
	}
	if (!is_in_place(s, kind)) {
		refuse(s, SESSION_OUT_OF_ORDER, kind, "not in place here");
		return;
	}
	s->received++;
	s->stats.messages_in++;
	s->equal = false;
	if (kind >= MESSAGE_IGNORED_FIRST) {
		s->durable = s->received;
		s->stream_at += size;
		return;
	}
	s->asked = true;
	s->ask = (struct session_ask){ .kind = ASK_TAKE, .message = (enum message_kind)kind, .body = body,
		.more = is_followed(s, size) };
	s->taking = size;
}

void session_hear_taken(struct session *s, const struct session_answer *answer)
{
	if (answer->err) {
		session_over(s, SESSION_REPLICA, answer->reason ? answer->reason : err_name(answer->err), true);
		return;
	}
	s->stream_at += s->taking;
	drop_front(&s->stream, &s->stream_at);
	if (!answer->deferred || !s->ask.more)
		s->durable = s->received;
	s->at_rest = s->waits = false;
}

static bool hear_message(struct session *s, uint64_t now_ms)
{
	struct bytes body;
	size_t size;
	uint64_t kind;
	struct err_text why;
	enum message_verdict v = message_find(&body, &size, &kind,
		bytes_after(buf_bytes(&s->stream), s->stream_at), &why);
	if (v == MESSAGE_PARTIAL)
		return false;
	if (v != MESSAGE_WHOLE) {
		session_over(s, v == MESSAGE_TOO_LONG ? SESSION_TOO_LONG : SESSION_BAD_MESSAGE, why.text, true);
		return true;
	}
	s->stats.kind_in[kind < 16 ? kind : 0] += size;
	if (kind >= MESSAGE_NUMBERED_FIRST) {
		hear_numbered(s, kind, body, size);
		return true;
	}
	hear_control(s, (enum message_kind)kind, body, now_ms);
	s->stream_at += size;
	drop_front(&s->stream, &s->stream_at);
	return true;
}

bool session_hear(struct session *s, uint64_t now_ms)
{
	/* All frames first: a message is then known to be followed by another. */
	if (s->phase == PHASE_AWAIT)
		return hear_frame(s);
	if (s->phase != PHASE_TALK)
		return false;
	while (s->phase == PHASE_TALK && hear_frame(s))
		;
	return s->phase != PHASE_TALK || hear_message(s, now_ms);
}
