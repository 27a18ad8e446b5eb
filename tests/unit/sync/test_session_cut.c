/* A session over a bad link: cut at every byte, frames damaged, lost, doubled, reordered, replayed. */
#include "tests/support/toy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

static struct toy toy;

/* Both sides have something for the other, and both a wrong idea of what the other holds. */
static void prepare(void)
{
	toy_clear(&toy);
	toy_init(&toy);
	toy_add(&toy.side[0], "known");
	toy_add(&toy.side[0], "a1");
	toy_add(&toy.side[0], "a2");
	toy_add(&toy.side[1], "b1");
	toy_add(&toy.side[1], "b2");
	toy.side[0].cursor = toy.side[1].cursor = 1;
}

static bool is_from(const struct toy_side *s)
{
	static const char *const all[] = { "known", "a1", "a2", "b1", "b2" };
	for (size_t i = 0; i < s->count; i++) {
		bool known = false;
		for (size_t k = 0; k < sizeof all / sizeof *all; k++)
			known = known || strcmp(s->texts[i].text, all[k]) == 0;
		if (!known)
			return false;
	}
	return true;
}

/* Whatever happened: nothing but what the other side had was taken, equality was not claimed falsely,
 * and the end has a name.  Then a session over a link that holds makes both equal, and takes nothing
 * twice. */
static void assert_recovers(void)
{
	for (int i = 0; i < 2; i++) {
		const struct session *s = toy.side[i].session;
		assert_int_not_equal(session_end(s), SESSION_OPEN);
		assert_true(is_from(&toy.side[i]));
		if (session_end(s) == SESSION_EQUAL)
			assert_true(toy_is_same(&toy));
	}
	size_t had[2] = { toy.side[0].count, toy.side[1].count };
	toy_start(&toy);
	had[0] = toy.side[0].count;
	had[1] = toy.side[1].count;
	toy_run(&toy, SIZE_MAX, false);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(session_end(toy.side[i].session), SESSION_EQUAL);
		assert_int_equal(toy.side[i].puts, 5 - had[i]);
	}
	assert_true(toy_is_same(&toy));
	assert_int_equal(toy.side[0].count, 5);
}

static void a_cut_at_every_byte_is_recovered_from(void **state)
{
	(void)state;
	prepare();
	toy_start(&toy);
	size_t total = toy_run(&toy, SIZE_MAX, false);
	for (size_t at = 0; at <= total; at++) {
		prepare();
		toy_start(&toy);
		toy_run(&toy, at, true);
		assert_recovers();
	}
	printf("cut at each of %zu bytes\n", total + 1);
}

/* ---- Frames. */

enum harm {
	HARM_NONE, HARM_FLIP, HARM_DROP, HARM_DOUBLE, HARM_SWAP, HARM_TRUNCATE, HARM_EXTEND, HARM_REPLAY
};

struct attack {
	enum harm harm;
	int from;
	size_t index, byte;
	struct buf kept;      /* HARM_SWAP: the frame that is held back; HARM_REPLAY: the first of all */
	size_t frames[2];
	bool done;
};

static void attack_frame(void *context, int from, size_t index, struct bytes frame, struct buf *out)
{
	struct attack *a = context;
	a->frames[from] = index + 1;
	if (a->harm == HARM_REPLAY && from == a->from && a->kept.size == 0)
		buf_put_bytes(&a->kept, frame);
	buf_put_bytes(out, frame);
	if (a->harm == HARM_SWAP && a->done && from == a->from && a->kept.size > 0) {
		buf_put_bytes(out, buf_bytes(&a->kept));
		buf_reset(&a->kept);
	}
	if (a->done || from != a->from || index != a->index)
		return;
	a->done = true;
	switch (a->harm) {
	case HARM_NONE:
		break;
	case HARM_FLIP:
		out->data[a->byte % out->size] ^= 0x40;
		break;
	case HARM_DROP:
		buf_reset(out);
		break;
	case HARM_DOUBLE:
		buf_put_bytes(out, frame);
		break;
	case HARM_SWAP:
		buf_put_bytes(&a->kept, frame);
		buf_reset(out);
		break;
	case HARM_TRUNCATE:
		out->size -= 1 + a->byte % (out->size - 1);
		break;
	case HARM_EXTEND:
		buf_put_zeros(out, 1 + a->byte % 40);
		break;
	case HARM_REPLAY:
		buf_put_bytes(out, buf_bytes(&a->kept));
		break;
	}
}

static size_t attack(enum harm harm, int from, size_t index, size_t byte)
{
	struct attack a = { .harm = harm, .from = from, .index = index, .byte = byte };
	buf_init(&a.kept, TOY_RAW_MAX);
	prepare();
	toy_start(&toy);
	toy_run_frames(&toy, attack_frame, &a);
	toy_expire(&toy);
	toy_run(&toy, 0, true);
	buf_clear(&a.kept);
	return a.frames[from];
}

static void frames_that_were_tampered_with_end_the_session(void **state)
{
	(void)state;
	unsigned ends[SESSION_CLOSED + 1] = { 0 };
	for (int from = 0; from < 2; from++) {
		size_t frames = attack(HARM_NONE, from, 0, 0);
		assert_int_equal(session_end(toy.side[0].session), SESSION_EQUAL);
		for (size_t i = 0; i < frames; i++) {
			for (int harm = HARM_FLIP; harm <= HARM_REPLAY; harm++) {
				for (size_t byte = 0; byte < 60; byte += 1 + byte / 4) {
					attack((enum harm)harm, from, i, byte);
					ends[session_end(toy.side[!from].session)]++;
					/* Nobody listens behind the last frame; and the initiator's last is a bye, whose hearer
					 * had the proof before. */
					bool follows = harm == HARM_DOUBLE || harm == HARM_EXTEND || harm == HARM_REPLAY;
					if (i < frames - 1 || (from == 1 && !follows))
						assert_int_not_equal(session_end(toy.side[!from].session), SESSION_EQUAL);
					assert_recovers();
				}
			}
		}
	}
	for (int i = 0; i <= SESSION_CLOSED; i++)
		if (ends[i])
			printf("%s: %u\n", session_end_name((enum session_end)i), ends[i]);
}

/* ---- What was recorded, and comes again. */

struct record {
	struct buf frames;
};

static void record_frame(void *context, int from, size_t index, struct bytes frame, struct buf *out)
{
	struct record *r = context;
	(void)index;
	if (from == 0)
		buf_put_bytes(&r->frames, frame);
	buf_put_bytes(out, frame);
}

static void a_replayed_session_takes_nothing_and_proves_nothing(void **state)
{
	(void)state;
	for (int equal = 0; equal < 2; equal++) {
		struct record r;
		buf_init(&r.frames, TOY_RAW_MAX);
		prepare();
		if (equal) {
			toy_start(&toy);
			toy_run(&toy, SIZE_MAX, false);
		}
		toy_start(&toy);
		toy_run_frames(&toy, record_frame, &r);
		assert_int_equal(session_end(toy.side[1].session), SESSION_EQUAL);

		/* The set as it was when the session was recorded, so that the old hello would fit. */
		if (!equal)
			prepare();
		toy.side[1].counter += 100;
		toy_start_side(&toy, 1);
		size_t count = toy.side[1].count;
		session_feed(toy.side[1].session, r.frames.data, r.frames.size, toy.now_ms);
		toy_serve(&toy.side[1], toy.now_ms);
		assert_int_equal(session_end(toy.side[1].session), SESSION_CRYPTO);
		assert_false(session_is_equal(toy.side[1].session) || session_is_met(toy.side[1].session));
		assert_int_equal(toy.side[1].takes + toy.side[1].digests, 0);
		assert_int_equal(toy.side[1].count, count);
		assert_int_equal(session_stats(toy.side[1].session)->messages_out, 0);

		/* Message 1 alone: one answer, and nothing more for as long as anybody waits. */
		toy_start_side(&toy, 1);
		struct bytes first = bytes_of(r.frames.data, 2 + ((size_t)r.frames.data[0] << 8 | r.frames.data[1]));
		session_feed(toy.side[1].session, first.data, first.size, toy.now_ms);
		toy_serve(&toy.side[1], toy.now_ms);
		size_t answer = session_out(toy.side[1].session).size;
		assert_true(answer > 0 && answer < 130);
		session_wake(toy.side[1].session);
		toy_expire(&toy);
		assert_int_equal(session_end(toy.side[1].session), SESSION_TIMEOUT);
		assert_false(session_is_equal(toy.side[1].session));
		assert_int_equal(session_out(toy.side[1].session).size, answer);
		assert_int_equal(toy.side[1].takes + toy.side[1].digests, 0);
		buf_clear(&r.frames);
	}
}

static int teardown(void **state)
{
	(void)state;
	toy_clear(&toy);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_at_every_byte_is_recovered_from),
		cmocka_unit_test(frames_that_were_tampered_with_end_the_session),
		cmocka_unit_test(a_replayed_session_takes_nothing_and_proves_nothing),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, teardown);
}
