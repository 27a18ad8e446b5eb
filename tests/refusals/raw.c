/* A peer that says what it likes. */
#include "tests/refusals/raw.h"

#include "base/cbor.h"

#include <assert.h>
#include <string.h>

enum { NOW_MS = 1, CHUNK = 65536 };

void raw_serve(struct session *session, struct replica_sync *sync)
{
	struct session_ask ask;
	struct session_answer answer;
	while (session_next(session, &ask, NOW_MS)) {
		replica_sync_answer(&answer, sync, &ask);
		session_answer(session, &answer, NOW_MS);
	}
}

static void must(enum err e)
{
	assert(!e);
	(void)e;
}

static void open_session(struct raw *r, struct replica *centre)
{
	struct secret ephemeral;
	must(replica_sync_new(&r->sync, centre, NULL, NULL));
	must(ports_secret(&ephemeral, replica_ports(centre)));
	struct session_config c = { .federation = *charter_federation(replica_charter(centre)),
		.transport = replica_transport(centre), .ephemeral = &ephemeral, .timeout_ms = 60000 };
	must(session_new(&r->session, &c, NOW_MS));
	secret_free(&ephemeral);
}

static void begin_noise(struct raw *r, struct world *w, const struct box_key *as)
{
	const struct federation_id *f = charter_federation(replica_charter(w->centre->replica));
	struct secret ephemeral;
	struct buf prologue;
	buf_init(&prologue, 256);
	cbor_put_array(&prologue, 2);
	cbor_put_text(&prologue, bytes_text("dossier sync 1"));
	cbor_put_bytes(&prologue, bytes_of(f->b, sizeof f->b));
	must(ports_secret(&ephemeral, replica_ports(w->north->replica)));
	must(noise_init(&r->noise, NOISE_IK, true, buf_bytes(&prologue), as,
		replica_transport(w->centre->replica)->public_key, &ephemeral));
	secret_free(&ephemeral);
	buf_clear(&prologue);
}

bool raw_open(struct raw *r, struct world *w, const struct box_key *as, struct bytes hello)
{
	struct noise_cipher receive;
	struct buf b;
	struct bytes message;
	size_t size;
	bool bad;
	memset(r, 0, sizeof *r);
	buf_init(&b, CHUNK);
	open_session(r, w->centre->replica);
	begin_noise(r, w, as);
	must(frame_put_handshake(&b, &r->noise, hello));
	raw_feed(r, buf_bytes(&b));
	buf_reset(&b);
	bool answered = frame_find(&message, &size, &bad, session_out(r->session));
	if (answered) {
		must(noise_read_message(&r->noise, &b, message));
		must(noise_split(&r->noise, &r->send.noise, &receive));
		noise_cipher_clear(&receive);
	}
	buf_clear(&b);
	return answered;
}

void raw_feed(struct raw *r, struct bytes bytes)
{
	for (size_t at = 0; at < bytes.size; at += CHUNK) {
		size_t size = bytes.size - at < CHUNK ? bytes.size - at : CHUNK;
		session_feed(r->session, bytes.data + at, size, NOW_MS);
		raw_serve(r->session, r->sync);
	}
}

void raw_say(struct raw *r, struct bytes stream)
{
	struct buf out;
	buf_init(&out, 2 * SYNC_MESSAGE_MAX);
	must(frame_seal(&r->send, &out, stream, SIZE_MAX));
	raw_feed(r, buf_bytes(&out));
	buf_clear(&out);
}

void raw_close(struct raw *r)
{
	session_feed(r->session, NULL, 0, NOW_MS);
	raw_serve(r->session, r->sync);
	replica_sync_ended(r->sync, r->session);
	session_free(r->session);
	replica_sync_free(r->sync);
	noise_clear(&r->noise);
	frame_cipher_clear(&r->send);
}
