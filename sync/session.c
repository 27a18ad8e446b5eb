/* A sync session: its life, and its face to the driver. */
#include "sync/session_own.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *session_end_name(enum session_end e)
{
	switch (e) {
	case SESSION_OPEN: return "open";
	case SESSION_EQUAL: return "equal";
	case SESSION_FAILED_PEER: return "failed_peer";
	case SESSION_BAD_FRAME: return "bad_frame";
	case SESSION_BAD_MESSAGE: return "bad_message";
	case SESSION_OUT_OF_ORDER: return "out_of_order";
	case SESSION_TOO_LONG: return "too_long";
	case SESSION_CRYPTO: return "crypto";
	case SESSION_UNKNOWN_PEER: return "unknown_peer";
	case SESSION_VERSION: return "version";
	case SESSION_TIMEOUT: return "timeout";
	case SESSION_NOT_EQUAL: return "not_equal";
	case SESSION_REPLICA: return "replica";
	case SESSION_CLOSED: return "closed";
	}
	return "unknown";
}

enum err session_new(struct session **out, const struct session_config *config, uint64_t now_ms)
{
	struct session *s = *out = calloc(1, sizeof *s);
	if (!s)
		return ERR_MEMORY;
	s->initiator = config->initiator;
	s->stay_open = config->stay_open;
	s->phase = config->initiator ? PHASE_HELLO : PHASE_AWAIT;
	s->timeout_ms = config->timeout_ms;
	s->started_ms = s->moved_ms = now_ms;
	s->target_cap = SYNC_TARGET_MAX;
	buf_init(&s->in, SYNC_FEED_MAX);
	buf_init(&s->stream, SYNC_STREAM_MAX);
	/* Both hold what is on the way at most, one message over that, and what stands around them. */
	buf_init(&s->talk, SYNC_UNACKED_BYTES_MAX + SYNC_MESSAGE_MAX + SYNC_FRAME_MAX);
	buf_init(&s->out, 2 * s->talk.size_max);
	buf_init(&s->held, SYNC_MESSAGE_MAX);
	enum err e = session_hello_init(s, config);
	if (e) {
		session_free(s);
		*out = NULL;
	}
	return e;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	noise_clear(&s->noise);
	frame_cipher_clear(&s->send);
	frame_cipher_clear(&s->receive);
	buf_clear(&s->in);
	buf_wipe(&s->stream);
	buf_wipe(&s->talk);
	buf_wipe(&s->held);
	buf_clear(&s->out);
	free(s);
}

void session_over(struct session *s, enum session_end end, const char *reason, bool tell)
{
	if (s->phase == PHASE_OVER)
		return;
	s->phase = PHASE_OVER;
	s->end = end;
	s->asked = false;
	s->equal = s->equal || end == SESSION_EQUAL;
	snprintf(s->reason, sizeof s->reason, "%s", reason);
	if (tell && s->has_channel && s->met && !s->link_ended)
		session_speak_control(s, MESSAGE_FAIL, &(struct message_control){ .code = (uint64_t)end,
			.text = bytes_of(s->reason, strlen(s->reason)) });
	session_speak_flush(s);
}

void session_feed(struct session *s, const uint8_t *data, size_t size, uint64_t now_ms)
{
	assert(!s->asked || s->phase == PHASE_OVER);
	if (s->phase == PHASE_OVER)
		return;
	if (size == 0) {
		s->link_ended = true;
		return;
	}
	s->stats.bytes_in += size;
	s->stats.round_trips += s->spoke;
	s->spoke = false;
	if (s->phase == PHASE_TALK)
		s->moved_ms = now_ms;
	buf_put(&s->in, data, size);
	if (buf_err(&s->in))
		session_over(s, SESSION_TOO_LONG, "more bytes at once than are looked at", true);
}

bool session_next(struct session *s, struct session_ask *ask, uint64_t now_ms)
{
	while (s->phase != PHASE_OVER && !s->asked) {
		/* A mismatch is known to the replica before it hears what the peer says about it. */
		if (!s->mismatch_due && session_hear(s, now_ms))
			continue;
		if (s->link_ended && !s->mismatch_due)
			session_over(s, s->equal ? SESSION_EQUAL : SESSION_CLOSED, "the link ended", false);
		else if (!session_speak(s, now_ms))
			break;
	}
	*ask = s->ask;
	if (!s->asked)
		session_speak_flush(s);
	return s->asked;
}

void session_answer(struct session *s, const struct session_answer *answer, uint64_t now_ms)
{
	if (s->phase == PHASE_OVER)
		return;
	assert(s->asked);
	s->asked = false;
	switch (s->ask.kind) {
	case ASK_HELLO:
	case ASK_PEER:
		session_hello_answer(s, answer);
		break;
	case ASK_NEXT:
		session_speak_made(s, answer, now_ms);
		break;
	case ASK_TAKE:
		session_hear_taken(s, answer);
		break;
	case ASK_DIGEST:
		session_speak_done(s, answer);
		break;
	case ASK_MISMATCH:
		if (answer->err)
			session_over(s, SESSION_REPLICA, answer->reason ? answer->reason : err_name(answer->err), true);
		break;
	}
}

struct bytes session_out(const struct session *s)
{
	return bytes_after(buf_bytes(&s->out), s->out_at);
}

void session_sent(struct session *s, size_t size, uint64_t now_ms)
{
	assert(size <= s->out.size - s->out_at);
	s->out_at += size;
	s->stats.bytes_out += size;
	if (s->phase == PHASE_TALK && size > 0)
		s->moved_ms = now_ms;
	if (s->out_at == s->out.size) {
		buf_reset(&s->out);
		s->out_at = 0;
	}
}

void session_wake(struct session *s)
{
	s->at_rest = s->waits = false;
}

void session_stop(struct session *s, const char *reason)
{
	if (s->phase != PHASE_TALK || !s->met) {
		session_over(s, SESSION_CLOSED, reason, false);
	} else if (session_is_idle(s)) {
		session_speak_control(s, MESSAGE_BYE, &(struct message_control){ .number = 0 });
		session_over(s, SESSION_EQUAL, reason, false);
	} else {
		session_over(s, SESSION_CLOSED, reason, true);
	}
}

uint64_t session_deadline(const struct session *s)
{
	if (s->phase == PHASE_OVER || session_is_idle(s))
		return 0;
	return (s->phase == PHASE_TALK ? s->moved_ms : s->started_ms) + s->timeout_ms;
}

void session_tick(struct session *s, uint64_t now_ms)
{
	uint64_t deadline = session_deadline(s);
	if (deadline != 0 && now_ms >= deadline)
		session_over(s, SESSION_TIMEOUT, "nothing moved for too long", true);
}

enum session_end session_end(const struct session *s)
{
	return s->end;
}

const char *session_reason(const struct session *s)
{
	return s->reason;
}

bool session_is_equal(const struct session *s)
{
	return s->equal;
}

bool session_is_idle(const struct session *s)
{
	return s->phase == PHASE_TALK && s->equal && s->sent == s->acked && s->in_at == s->in.size &&
		s->stream_at == s->stream.size && s->out_at == s->out.size;
}

bool session_is_finished(const struct session *s)
{
	return s->phase == PHASE_OVER && s->out_at == s->out.size;
}

bool session_is_met(const struct session *s)
{
	return s->met;
}

const struct session_stats *session_stats(const struct session *s)
{
	return &s->stats;
}
