/* What a session says: numbered messages as far as the way has room, acknowledgements, rest and done. */
#include "sync/session_own.h"

#include <assert.h>
#include <string.h>

void session_speak_control(struct session *s, enum message_kind kind, const struct message_control *m)
{
	size_t before = s->talk.size;
	message_put_control(&s->talk, kind, m);
	s->stats.kind_out[kind] += s->talk.size - before;
}

static void say_ack(struct session *s)
{
	s->announced = s->durable;
	s->owed_bytes = 0;
	session_speak_control(s, MESSAGE_ACK, &(struct message_control){ .number = s->durable });
}

static size_t target_size(const struct session *s)
{
	uint64_t part = s->stats.acked_bytes / SYNC_TARGET_PART;
	size_t size = part < s->target_cap ? (size_t)part : s->target_cap;
	return size > SYNC_TARGET_MIN ? size : SYNC_TARGET_MIN;
}

void session_speak_flush(struct session *s)
{
	if (s->phase == PHASE_TALK && s->met && s->announced < s->durable)
		say_ack(s);
	if (s->talk.size == 0 && !s->talk.err)
		return;
	assert(s->has_channel);
	enum err e = buf_err(&s->talk);
	/* Nothing of a frame can be read before all of it is there, so it is no longer than what may be lost. */
	if (!e)
		e = frame_seal(&s->send, &s->out, buf_bytes(&s->talk), 2 * target_size(s));
	buf_reset(&s->talk);
	s->spoke = true;
	/* Half a message may be out, so nothing can be said after it. */
	if (e)
		session_over(s, SESSION_REPLICA, err_name(e), false);
}

/* ---- Flow. */

static bool has_room(const struct session *s, size_t size)
{
	return s->sent == s->acked || (s->sent - s->acked < SYNC_UNACKED_MESSAGES_MAX &&
		s->flight_bytes + size <= SYNC_UNACKED_BYTES_MAX);
}

static void put_numbered(struct session *s, enum message_kind kind, struct bytes body, uint64_t now_ms)
{
	size_t before = s->talk.size;
	message_put(&s->talk, body);
	s->stats.kind_out[kind < 16 ? kind : 0] += s->talk.size - before;
	s->stats.messages_out++;
	s->flights[s->sent % SYNC_UNACKED_MESSAGES_MAX] = (struct session_flight){ body.size, now_ms };
	s->flight_bytes += body.size;
	s->sent++;
	s->equal = false;
	s->wanted = s->wanted || kind == MESSAGE_WANT;
}

/* Messages that take long to arrive get smaller, so that a cut link loses less and others get a turn. */
void session_speak_acked(struct session *s, uint64_t n, uint64_t now_ms)
{
	uint64_t took_ms = 0;
	assert(n > s->acked && n <= s->sent);
	for (; s->acked < n; s->acked++) {
		const struct session_flight *f = &s->flights[s->acked % SYNC_UNACKED_MESSAGES_MAX];
		took_ms = now_ms - f->sent_ms;
		s->flight_bytes -= f->size;
		s->stats.acked_bytes += f->size;
	}
	s->stats.messages_acked = s->acked;
	if (took_ms > SYNC_ACK_SLOW_MS)
		s->target_cap = target_size(s) / 2;
	else if (took_ms < SYNC_ACK_FAST_MS && s->target_cap < SYNC_TARGET_MAX)
		s->target_cap *= 2;
	if (s->target_cap < SYNC_TARGET_MIN)
		s->target_cap = SYNC_TARGET_MIN;
	s->at_rest = s->waits = false;
}

void session_speak_made(struct session *s, const struct session_answer *answer, uint64_t now_ms)
{
	if (answer->err) {
		session_over(s, SESSION_REPLICA, answer->reason ? answer->reason : err_name(answer->err), true);
		return;
	}
	if (answer->none) {
		s->at_rest = true;
		s->waits = answer->wait;
		if (s->owes_round && !s->waits)
			session_over(s, SESSION_NOT_EQUAL, "not equal, and nothing to do about it", true);
		return;
	}
	assert(answer->message >= MESSAGE_NUMBERED_FIRST && message_rule(answer->message));
	assert(answer->body.size <= message_rule(answer->message)->size_max);
	s->owes_round = false;
	if (has_room(s, answer->body.size)) {
		put_numbered(s, answer->message, answer->body, now_ms);
		return;
	}
	buf_put_bytes(&s->held, answer->body);
	s->held_kind = answer->message;
	if (buf_err(&s->held))
		session_over(s, SESSION_REPLICA, err_name(s->held.err), true);
}

/* ---- The end. */

static void say_bye(struct session *s)
{
	session_speak_control(s, MESSAGE_BYE, &(struct message_control){ .number = 0 });
	session_over(s, SESSION_EQUAL, "", false);
}

void session_speak_judge(struct session *s)
{
	const struct session_done *own = &s->own_done, *peer = &s->peer_done;
	bool current = own->is_set && peer->is_set && own->sent == s->sent && own->received == s->received &&
		peer->sent == s->received && peer->received == s->sent;
	if (!current)
		return;
	if (memcmp(own->digest, peer->digest, sizeof own->digest) == 0) {
		s->equal = true;
		s->round = 0;
		if (s->initiator && !s->stay_open)
			say_bye(s);
		return;
	}
	if (s->round == SYNC_ROUNDS_MAX) {
		session_over(s, SESSION_NOT_EQUAL, "not equal after all rounds of reconciliation", true);
		return;
	}
	s->round++;
	s->mismatch_due = true;
	s->owes_round = s->initiator;
	s->at_rest = s->waits = false;
}

void session_speak_done(struct session *s, const struct session_answer *answer)
{
	const struct session_done *peer = &s->peer_done;
	if (answer->err) {
		session_over(s, SESSION_REPLICA, answer->reason ? answer->reason : err_name(answer->err), true);
		return;
	}
	bool would_be_equal = peer->is_set && peer->sent == s->received && peer->received == s->sent &&
		memcmp(peer->digest, answer->hello.digest, sizeof peer->digest) == 0;
	if (would_be_equal && s->initiator && !s->stay_open) {
		say_bye(s);
		return;
	}
	struct message_control m = { .sent = s->sent, .received = s->received };
	memcpy(m.digest, answer->hello.digest, sizeof m.digest);
	session_speak_control(s, MESSAGE_DONE, &m);
	s->own_done = (struct session_done){ .is_set = true, .sent = s->sent, .received = s->received };
	memcpy(s->own_done.digest, m.digest, sizeof m.digest);
	s->announced = s->durable;
	s->owed_bytes = 0;
	s->rest_said = true;
	s->rest_sent = s->sent;
	session_speak_judge(s);
}

static bool may_say_done(const struct session *s)
{
	const struct session_done *own = &s->own_done;
	bool said = own->is_set && own->sent == s->sent && own->received == s->received;
	return !said && s->acked == s->sent && s->durable == s->received && s->peer_rests &&
		s->peer_sent == s->received;
}

static bool put_ask(struct session *s, struct session_ask ask)
{
	ask.sent = s->sent;
	ask.acked = s->acked;
	ask.round = s->round;
	s->ask = ask;
	s->asked = true;
	return true;
}

bool session_speak(struct session *s, uint64_t now_ms)
{
	if (s->phase == PHASE_HELLO) {
		session_hello_ask(s);
		return true;
	}
	if (s->phase != PHASE_TALK || !s->met)
		return false;
	if (s->mismatch_due) {
		s->mismatch_due = false;
		return put_ask(s, (struct session_ask){ .kind = ASK_MISMATCH });
	}
	if (s->held.size > 0) {
		if (!has_room(s, s->held.size))
			return false;
		put_numbered(s, s->held_kind, buf_bytes(&s->held), now_ms);
		buf_clear(&s->held);
		return true;
	}
	if (!s->at_rest) {
		size_t target = target_size(s);
		return has_room(s, target) &&
			put_ask(s, (struct session_ask){ .kind = ASK_NEXT, .size_target = target });
	}
	if (s->waits)
		return false;
	if (may_say_done(s))
		return put_ask(s, (struct session_ask){ .kind = ASK_DIGEST });
	if (!s->rest_said || s->rest_sent != s->sent) {
		s->rest_said = true;
		s->rest_sent = s->sent;
		session_speak_control(s, MESSAGE_REST, &(struct message_control){ .sent = s->sent });
		return true;
	}
	return false;
}
