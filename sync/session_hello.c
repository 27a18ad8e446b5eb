/* The session's handshake: Noise IK with a hello each way.
 *
 * Message 1 may be a replay, and may come from anybody: a responder says nothing to whom it does not
 * know, one message to whom it does, and nothing more before the first frame under the new keys. */
#include "sync/session_own.h"

#include "base/cbor.h"

#include <stdio.h>
#include <string.h>

enum err session_hello_init(struct session *s, const struct session_config *config)
{
	struct buf prologue;
	buf_init(&prologue, 64);
	cbor_put_array(&prologue, 2);
	cbor_put_text(&prologue, bytes_text("dossier sync 1"));
	cbor_put_bytes(&prologue, bytes_of(config->federation.b, sizeof config->federation.b));
	enum err e = buf_err(&prologue);
	if (!e)
		e = noise_init(&s->noise, NOISE_IK, config->initiator, buf_bytes(&prologue), config->transport,
			config->initiator ? config->remote_key : NULL, config->ephemeral);
	buf_clear(&prologue);
	return e;
}

void session_hello_ask(struct session *s)
{
	s->asked = true;
	s->ask = (struct session_ask){ .kind = ASK_HELLO };
	memcpy(s->ask.peer_key, noise_remote_static(&s->noise), BOX_KEY_SIZE);
}

static bool put_handshake(struct session *s, const struct hello *hello)
{
	struct buf payload;
	s->own_hello = *hello;
	buf_init(&payload, SYNC_HELLO_MAX);
	hello_put(&payload, hello);
	enum err e = buf_err(&payload);
	if (!e)
		e = frame_put_handshake(&s->out, &s->noise, buf_bytes(&payload));
	s->stats.kind_out[0] += payload.size;
	s->spoke = true;
	buf_clear(&payload);
	if (e)
		session_over(s, SESSION_CRYPTO, "the handshake could not be written", false);
	return !e;
}

static bool open_channel(struct session *s)
{
	enum err e = noise_split(&s->noise, &s->send.noise, &s->receive.noise);
	s->has_channel = !e;
	s->phase = PHASE_TALK;
	if (e)
		session_over(s, SESSION_REPLICA, err_name(e), false);
	return !e;
}

void session_hello_hear(struct session *s, struct bytes message)
{
	struct buf payload;
	buf_init(&payload, SYNC_HELLO_MAX);
	/* A payload that is too long is not a hello; it is refused before it is opened. */
	enum err e = message.size > noise_overhead(&s->noise) + SYNC_HELLO_MAX ? ERR_LIMIT :
		noise_read_message(&s->noise, &payload, message);
	s->stats.kind_in[0] += payload.size;
	if (e) {
		session_over(s, e == ERR_CRYPTO ? SESSION_CRYPTO : SESSION_BAD_FRAME,
			"the handshake is not for this node, or was altered", false);
	} else if (hello_read(&s->peer_hello, buf_bytes(&payload))) {
		session_over(s, SESSION_BAD_MESSAGE, "the hello is none", false);
	} else {
		s->asked = true;
		s->ask = (struct session_ask){ .kind = ASK_PEER, .hello = s->peer_hello };
		memcpy(s->ask.peer_key, noise_remote_static(&s->noise), BOX_KEY_SIZE);
		s->hello_equal = s->initiator && s->peer_hello.version == SYNC_VERSION &&
			memcmp(s->own_hello.digest, s->peer_hello.digest, HELLO_DIGEST_SIZE) == 0;
		s->ask.equal = s->hello_equal;
	}
	buf_clear(&payload);
}

static void refuse_version(struct session *s)
{
	char words[80];
	snprintf(words, sizeof words, "the peer speaks version %llu of the protocol, this node %d",
		(unsigned long long)s->peer_hello.version, SYNC_VERSION);
	session_over(s, SESSION_VERSION, words, s->initiator);
}

static void answer_peer(struct session *s, const struct session_answer *answer)
{
	if (answer->err == ERR_NOT_FOUND) {
		session_over(s, SESSION_UNKNOWN_PEER, answer->reason ? answer->reason :
			"the charter does not list the peer's key", false);
		return;
	}
	if (answer->err) {
		session_over(s, SESSION_REPLICA, answer->reason ? answer->reason : err_name(answer->err), false);
		return;
	}
	if (!s->initiator && !put_handshake(s, &answer->hello))
		return;
	if (!open_channel(s))
		return;
	s->met = s->initiator;
	if (s->peer_hello.version != SYNC_VERSION) {
		refuse_version(s);
		return;
	}
	if (!s->initiator) {
		s->hello_equal = memcmp(s->own_hello.digest, s->peer_hello.digest, HELLO_DIGEST_SIZE) == 0;
		return;
	}
	s->equal = s->hello_equal;
	if (s->equal && !s->stay_open) {
		session_speak_control(s, MESSAGE_BYE, &(struct message_control){ .number = 0 });
		session_over(s, SESSION_EQUAL, "", false);
	}
}

void session_hello_answer(struct session *s, const struct session_answer *answer)
{
	if (s->ask.kind == ASK_PEER) {
		answer_peer(s, answer);
	} else if (answer->err) {
		session_over(s, SESSION_REPLICA, answer->reason ? answer->reason : err_name(answer->err), false);
	} else if (put_handshake(s, &answer->hello)) {
		s->phase = PHASE_AWAIT;
	}
}
