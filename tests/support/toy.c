/* Two sessions back to back over sets of texts. */
#include "tests/support/toy.h"

#include "base/cbor.h"
#include "base/hash.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct federation_id federation = { { 'f', 'e', 'd' } };

void toy_secret(struct toy_side *s, struct secret *out)
{
	uint8_t seed[24] = { s->initiator ? 'i' : 'r' }, bytes[SECRET_SIZE];
	s->counter++;
	memcpy(seed + 8, &s->counter, sizeof s->counter);
	hash_blake2b_256(bytes, bytes_of(seed, sizeof seed));
	enum err e = secret_from(out, bytes);
	assert(!e);
	(void)e;
}

void toy_init(struct toy *t)
{
	memset(t, 0, sizeof *t);
	t->now_ms = 1000;
	for (int i = 0; i < 2; i++) {
		struct secret secret;
		t->side[i].initiator = i == 0;
		toy_secret(&t->side[i], &secret);
		enum err e = box_key_from_secret(&t->side[i].key, &secret);
		assert(!e);
		(void)e;
		secret_free(&secret);
	}
}

void toy_clear(struct toy *t)
{
	for (int i = 0; i < 2; i++) {
		session_free(t->side[i].session);
		box_key_clear(&t->side[i].key);
	}
}

static struct toy_text *find(const struct toy_side *s, const char *text)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->texts[i].text, text) == 0)
			return (struct toy_text *)(uintptr_t)&s->texts[i];
	return NULL;
}

static void put(struct toy_side *s, const char *text, bool foreign, bool durable)
{
	assert(s->count < TOY_TEXTS_MAX && strlen(text) < TOY_TEXT_SIZE);
	struct toy_text *t = &s->texts[s->count++];
	*t = (struct toy_text){ .foreign = foreign, .durable = durable };
	memcpy(t->text, text, strlen(text));
}

void toy_add(struct toy_side *s, const char *text)
{
	put(s, text, false, true);
}

bool toy_has(const struct toy_side *s, const char *text)
{
	return find(s, text) != NULL;
}

bool toy_is_same(const struct toy *t)
{
	const struct toy_side *a = &t->side[0], *b = &t->side[1];
	bool same = a->count == b->count;
	for (size_t i = 0; same && i < a->count; i++)
		same = toy_has(b, a->texts[i].text);
	return same;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void digest(uint8_t out[32], const struct toy_side *s)
{
	static char all[TOY_TEXTS_MAX][TOY_TEXT_SIZE];
	for (size_t i = 0; i < s->count; i++)
		memcpy(all[i], s->texts[i].text, TOY_TEXT_SIZE);
	qsort(all, s->count, TOY_TEXT_SIZE, compare);
	hash_blake2b_256(out, bytes_of(all, s->count * TOY_TEXT_SIZE));
}

/* ---- Sessions. */

void toy_start_side(struct toy *t, int side)
{
	struct toy_side *s = &t->side[side];
	struct secret ephemeral;
	size_t kept = 0;
	for (size_t i = 0; i < s->count; i++)
		if (s->texts[i].durable)
			s->texts[kept++] = s->texts[i];
	s->count = kept;
	session_free(s->session);
	s->next = s->cursor;
	s->ranges_due = s->all_due = s->reply_due = false;
	s->takes = s->digests = s->mismatches = s->puts = 0;
	struct session_config c = { .initiator = s->initiator, .stay_open = s->stay_open,
		.federation = federation, .transport = &s->key, .ephemeral = &ephemeral, .timeout_ms = 60000 };
	memcpy(c.remote_key, t->side[!side].key.public_key, BOX_KEY_SIZE);
	toy_secret(s, &ephemeral);
	enum err e = session_new(&s->session, &c, t->now_ms);
	assert(!e);
	(void)e;
	secret_free(&ephemeral);
}

void toy_start(struct toy *t)
{
	toy_start_side(t, 0);
	toy_start_side(t, 1);
}

static void take(struct toy_side *s, const struct session_ask *ask, struct session_answer *answer)
{
	struct cbor c;
	s->takes++;
	answer->err = s->take_err;
	answer->deferred = ask->more;
	cbor_begin(&c, ask->body);
	cbor_array(&c, 3);
	cbor_uint(&c, 64);
	if (ask->message == MESSAGE_RANGES) {
		s->all_due = true;
		s->reply_due = !s->initiator;
		s->next = 0;
	}
	if (ask->message != MESSAGE_CHANGES || answer->err)
		return;
	size_t n = cbor_array(&c, TOY_TEXTS_MAX);
	for (size_t i = 0; i < n; i++) {
		char text[TOY_TEXT_SIZE] = { 0 };
		struct bytes b = cbor_text(&c);
		if (b.size >= sizeof text)
			continue;
		memcpy(text, b.data, b.size);
		if (!c.err && text[0] != '!' && !find(s, text)) {
			put(s, text, true, false);
			s->puts++;
		}
	}
	answer->err = cbor_end(&c);
	for (size_t i = 0; !answer->deferred && i < s->count; i++)
		s->texts[i].durable = true;
}

static void make_ranges(struct session_answer *answer, struct buf *body)
{
	cbor_put_array(body, 2);
	cbor_put_uint(body, MESSAGE_RANGES);
	cbor_put_array(body, 0);
	answer->message = MESSAGE_RANGES;
}

static void make_changes(struct toy_side *s, const struct session_ask *ask, struct session_answer *answer,
	struct buf *body)
{
	struct buf items;
	size_t n = 0;
	buf_init(&items, SYNC_MESSAGE_MAX);
	for (; s->next < s->count && items.size < ask->size_target; s->next++) {
		const struct toy_text *t = &s->texts[s->next];
		if (t->foreign && !s->all_due)
			continue;
		cbor_put_text(&items, bytes_text(t->text));
		n++;
	}
	answer->none = n == 0;
	answer->message = MESSAGE_CHANGES;
	cbor_put_array(body, 2);
	cbor_put_uint(body, MESSAGE_CHANGES);
	cbor_put_array(body, n);
	cbor_put_raw(body, buf_bytes(&items));
	buf_clear(&items);
}

static void make(struct toy_side *s, const struct session_ask *ask, struct session_answer *answer,
	struct buf *body)
{
	if (ask->acked == ask->sent && s->next == s->count)
		s->cursor = s->count;
	if (s->ranges_due || s->reply_due) {
		s->ranges_due = s->reply_due = false;
		make_ranges(answer, body);
	} else {
		make_changes(s, ask, answer, body);
	}
	answer->body = buf_bytes(body);
}

void toy_serve(struct toy_side *s, uint64_t now_ms)
{
	struct session_ask ask;
	struct buf body;
	buf_init(&body, SYNC_MESSAGE_MAX);
	while (session_next(s->session, &ask, now_ms)) {
		struct session_answer answer = { .err = ERR_OK };
		buf_reset(&body);
		if (ask.kind == ASK_PEER && s->unknown)
			answer.err = ERR_NOT_FOUND;
		else if (ask.kind == ASK_HELLO || ask.kind == ASK_PEER || ask.kind == ASK_DIGEST)
			digest(answer.hello.digest, s);
		s->digests += ask.kind == ASK_DIGEST;
		if (ask.kind == ASK_HELLO || ask.kind == ASK_PEER)
			answer.hello.position = (struct hello_position){ .is_set = true, .sequence = 300, .whole = true };
		if (ask.kind == ASK_MISMATCH) {
			s->mismatches++;
			s->ranges_due = s->initiator;
		}
		if (ask.kind == ASK_TAKE)
			take(s, &ask, &answer);
		if (ask.kind == ASK_NEXT)
			make(s, &ask, &answer, &body);
		session_answer(s->session, &answer, now_ms);
	}
	buf_clear(&body);
}

size_t toy_run(struct toy *t, size_t limit, bool cut)
{
	size_t moved = 0;
	for (bool moving = true; moving && moved < limit;) {
		moving = false;
		for (int i = 0; i < 2; i++) {
			struct toy_side *from = &t->side[i], *to = &t->side[!i];
			toy_serve(from, t->now_ms);
			struct bytes out = session_out(from->session);
			size_t size = out.size < limit - moved ? out.size : limit - moved;
			/* Not more at once than a socket would give. */
			size = size < 65536 ? size : 65536;
			if (size == 0)
				continue;
			session_feed(to->session, out.data, size, t->now_ms);
			session_sent(from->session, size, t->now_ms);
			moved += size;
			moving = true;
		}
	}
	for (int i = 0; i < 2 && cut; i++) {
		toy_serve(&t->side[i], t->now_ms);
		session_feed(t->side[i].session, NULL, 0, t->now_ms);
		toy_serve(&t->side[i], t->now_ms);
	}
	return moved;
}

void toy_run_frames(struct toy *t, toy_hook *hook, void *context)
{
	size_t index[2] = { 0, 0 };
	struct buf out;
	buf_init(&out, SIZE_MAX / 2);
	for (bool moving = true; moving;) {
		moving = false;
		for (int i = 0; i < 2; i++) {
			struct toy_side *from = &t->side[i], *to = &t->side[!i];
			struct bytes message;
			size_t size;
			bool bad;
			toy_serve(from, t->now_ms);
			if (!frame_find(&message, &size, &bad, session_out(from->session)))
				continue;
			buf_reset(&out);
			hook(context, i, index[i]++, bytes_of(session_out(from->session).data, size), &out);
			if (out.size > 0)
				session_feed(to->session, out.data, out.size, t->now_ms);
			session_sent(from->session, size, t->now_ms);
			moving = true;
		}
	}
	buf_clear(&out);
}

void toy_expire(struct toy *t)
{
	t->now_ms += 1000000;
	for (int i = 0; i < 2; i++) {
		if (!t->side[i].session)
			continue;
		session_tick(t->side[i].session, t->now_ms);
		toy_serve(&t->side[i], t->now_ms);
	}
}

/* ---- The peer that says what it likes. */

bool toy_raw_start(struct toy_raw *r, struct toy *t, struct bytes hello)
{
	struct toy_side *side = &t->side[1];
	struct secret ephemeral;
	struct buf b, payload;
	struct bytes message;
	size_t size;
	bool bad;
	memset(r, 0, sizeof *r);
	buf_init(&b, TOY_RAW_MAX);
	buf_init(&payload, TOY_RAW_MAX);
	cbor_put_array(&b, 2);
	cbor_put_text(&b, bytes_text("dossier sync 1"));
	cbor_put_bytes(&b, bytes_of(federation.b, sizeof federation.b));
	toy_secret(&t->side[0], &ephemeral);
	enum err e = noise_init(&r->noise, NOISE_IK, true, buf_bytes(&b), &t->side[0].key, side->key.public_key,
		&ephemeral);
	secret_free(&ephemeral);
	buf_reset(&b);
	if (!e)
		e = frame_put_handshake(&b, &r->noise, hello);
	assert(!e);
	session_feed(side->session, b.data, b.size, t->now_ms);
	toy_serve(side, t->now_ms);
	bool answered = frame_find(&message, &size, &bad, session_out(side->session));
	if (answered) {
		e = noise_read_message(&r->noise, &payload, message);
		assert(!e);
		session_sent(side->session, size, t->now_ms);
		e = noise_split(&r->noise, &r->send, &r->receive);
		assert(!e);
	}
	(void)e;
	buf_clear(&b);
	buf_clear(&payload);
	return answered;
}

void toy_raw_say(struct toy_raw *r, struct toy *t, struct bytes stream)
{
	struct frame_cipher c = { .noise = r->send };
	struct buf out;
	buf_init(&out, TOY_RAW_MAX * 16);
	enum err e = frame_seal(&c, &out, stream, SIZE_MAX);
	assert(!e);
	(void)e;
	r->send = c.noise;
	for (size_t at = 0; at < out.size; at += 65536) {
		size_t size = out.size - at < 65536 ? out.size - at : 65536;
		session_feed(t->side[1].session, out.data + at, size, t->now_ms);
		toy_serve(&t->side[1], t->now_ms);
		session_sent(t->side[1].session, session_out(t->side[1].session).size, t->now_ms);
	}
	buf_clear(&out);
}

void toy_raw_end(struct toy_raw *r)
{
	noise_clear(&r->noise);
	noise_cipher_clear(&r->send);
	noise_cipher_clear(&r->receive);
}
