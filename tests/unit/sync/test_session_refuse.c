/* A session towards a peer that knows its key and says what it likes, and towards strangers. */
#include "tests/support/toy.h"

#include "base/cbor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

static struct toy toy;
static struct toy_raw raw;

static struct session *side(void)
{
	return toy.side[1].session;
}

static void fresh(void)
{
	toy_raw_end(&raw);
	toy_clear(&toy);
	toy_init(&toy);
	toy_add(&toy.side[1], "b");
	toy_start_side(&toy, 1);
}

/* A hello that asks for no equality. */
static void put_hello(struct buf *b, uint64_t version)
{
	uint8_t zeros[HELLO_DIGEST_SIZE] = { 0 };
	if (version == SYNC_VERSION) {
		hello_put(b, &(struct hello){ .version = version });
		return;
	}
	cbor_put_array(b, 2);
	cbor_put_uint(b, version);
	cbor_put_bytes(b, bytes_of(zeros, sizeof zeros));
}

static bool meet(uint64_t version)
{
	struct buf hello;
	fresh();
	buf_init(&hello, SYNC_HELLO_MAX);
	put_hello(&hello, version);
	bool answered = toy_raw_start(&raw, &toy, buf_bytes(&hello));
	buf_clear(&hello);
	return answered;
}

static void say_body(struct bytes body)
{
	struct buf b;
	buf_init(&b, SYNC_MESSAGE_MAX + 8);
	message_put(&b, body);
	toy_raw_say(&raw, &toy, buf_bytes(&b));
	buf_clear(&b);
}

/* [kind, number...] */
static void say_numbers(unsigned kind, unsigned count, uint64_t a, uint64_t b)
{
	struct buf body;
	buf_init(&body, 64);
	cbor_put_array(&body, 1 + count);
	cbor_put_uint(&body, kind);
	if (count > 0)
		cbor_put_uint(&body, a);
	if (count > 1)
		cbor_put_uint(&body, b);
	say_body(buf_bytes(&body));
	buf_clear(&body);
}

static void say_done(uint64_t sent, uint64_t received)
{
	struct buf b;
	buf_init(&b, 64);
	message_put_control(&b, MESSAGE_DONE, &(struct message_control){ .sent = sent, .received = received });
	toy_raw_say(&raw, &toy, buf_bytes(&b));
	buf_clear(&b);
}

/* [kind, [[..[]..]]] */
static void say_deep(unsigned kind, unsigned depth)
{
	struct buf body;
	buf_init(&body, 256);
	cbor_put_array(&body, 2);
	cbor_put_uint(&body, kind);
	for (unsigned i = 1; i < depth; i++)
		cbor_put_array(&body, i < depth - 1);
	say_body(buf_bytes(&body));
	buf_clear(&body);
}

static void assert_ended(enum session_end end)
{
	assert_string_equal(session_end_name(session_end(side())), session_end_name(end));
	assert_false(session_is_equal(side()));
	assert_int_equal(toy.side[1].puts, 0);
}

static void a_stranger_gets_no_bytes(void **state)
{
	(void)state;
	struct buf hello;
	fresh();
	buf_init(&hello, SYNC_HELLO_MAX);
	toy.side[1].unknown = true;
	put_hello(&hello, SYNC_VERSION);
	assert_false(toy_raw_start(&raw, &toy, buf_bytes(&hello)));
	assert_ended(SESSION_UNKNOWN_PEER);
	assert_int_equal(session_out(side()).size, 0);
	assert_true(session_is_finished(side()));
	/* Nor do bytes that are no handshake, in a frame or not. */
	static const uint8_t noise[200] = { 0, 150, 1, 2, 3 }, http[] = "GET / HTTP/1.1\r\n";
	fresh();
	session_feed(side(), noise, sizeof noise, 1);
	toy_serve(&toy.side[1], 1);
	assert_ended(SESSION_CRYPTO);
	assert_int_equal(session_out(side()).size, 0);
	fresh();
	session_feed(side(), http, sizeof http, 1);
	toy_serve(&toy.side[1], 1);
	assert_int_equal(session_out(side()).size, 0);
	toy_expire(&toy);
	assert_ended(SESSION_TIMEOUT);
	buf_clear(&hello);
}

static void another_version_is_named_to_the_peer_that_is_known(void **state)
{
	(void)state;
	assert_true(meet(2));
	assert_ended(SESSION_VERSION);
	assert_non_null(strstr(session_reason(side()), "version 2"));
}

static void a_hello_that_is_none_ends_the_session(void **state)
{
	(void)state;
	static const uint8_t bad[][4] = { { 0x80 }, { 0x84, 1, 2, 3 }, { 0xff }, { 0x81, 0x18, 0x01 } };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		fresh();
		assert_false(toy_raw_start(&raw, &toy, bytes_of(bad[i], sizeof bad[i])));
		assert_ended(SESSION_BAD_MESSAGE);
	}
	uint8_t large[SYNC_HELLO_MAX + 1] = { 0x59 };
	fresh();
	assert_false(toy_raw_start(&raw, &toy, bytes_of(large, sizeof large)));
	assert_ended(SESSION_BAD_FRAME);
}

static void counts_that_are_not_those_of_the_session_end_it(void **state)
{
	(void)state;
	meet(SYNC_VERSION); /* The first frame that comes makes the side send its text: message 1. */
	say_numbers(MESSAGE_ACK, 1, 1, 0);
	assert_ended(SESSION_OUT_OF_ORDER);
	static const struct { unsigned kind, count; uint64_t a, b; } bad[] = {
		{ MESSAGE_ACK, 1, 2, 0 }, { MESSAGE_ACK, 1, 0, 0 }, { MESSAGE_ACK, 1, UINT64_MAX, 0 },
		{ MESSAGE_REST, 1, 1, 0 }, { MESSAGE_BYE, 0, 0, 0 }, { MESSAGE_RANGES, 1, 0, 0 },
		{ MESSAGE_CASES, 1, 0, 0 }, { MESSAGE_BLOBS, 1, 0, 0 },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		meet(SYNC_VERSION);
		say_numbers(MESSAGE_REST, 1, 0, 0);
		say_numbers(bad[i].kind, bad[i].count, bad[i].a, bad[i].b);
		assert_ended(SESSION_OUT_OF_ORDER);
	}
	static const uint64_t counts[][2] = { { 1, 0 }, { 0, 2 }, { UINT64_MAX, UINT64_MAX } };
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		meet(SYNC_VERSION);
		say_numbers(MESSAGE_REST, 1, 0, 0);
		say_done(counts[i][0], counts[i][1]);
		assert_ended(SESSION_OUT_OF_ORDER);
	}
	/* A done twice with the same counts; an acknowledgement taken back by it. */
	meet(SYNC_VERSION);
	say_done(0, 0);
	say_done(0, 0);
	assert_ended(SESSION_OUT_OF_ORDER);
	meet(SYNC_VERSION);
	say_numbers(MESSAGE_REST, 1, 0, 0);
	say_numbers(MESSAGE_ACK, 1, 1, 0);
	say_done(0, 0);
	assert_ended(SESSION_OUT_OF_ORDER);
}

static void what_is_not_in_the_form_of_its_kind_ends_the_session(void **state)
{
	(void)state;
	static const struct { uint8_t bytes[6]; size_t size; enum session_end end; } bad[] = {
		{ { 0x82, 1, 0x60 }, 3, SESSION_BAD_MESSAGE },          /* ack of a text */
		{ { 0x83, 1, 1, 1 }, 4, SESSION_BAD_MESSAGE },          /* ack of two */
		{ { 0x82, 3, 1 }, 3, SESSION_BAD_MESSAGE },             /* bye of one */
		{ { 0x82, 1, 0x18, 0x01 }, 4, SESSION_BAD_MESSAGE },    /* not the shortest form */
		{ { 0x82, 1, 1, 1 }, 4, SESSION_BAD_MESSAGE },          /* trailing bytes */
		{ { 0x9f, 1, 0xff }, 3, SESSION_BAD_MESSAGE },          /* indefinite length */
		{ { 0xa1, 1, 1 }, 3, SESSION_BAD_MESSAGE },             /* a map */
		{ { 0x80, 0x80 }, 2, SESSION_BAD_MESSAGE },             /* no kind */
		{ { 0x81, 0x20 }, 2, SESSION_BAD_MESSAGE },             /* a negative kind */
		{ { 0x81, 0 }, 2, SESSION_BAD_MESSAGE },                /* unknown kinds below 64 */
		{ { 0x81, 6 }, 2, SESSION_BAD_MESSAGE },
		{ { 0x81, 16 }, 2, SESSION_BAD_MESSAGE },
		{ { 0x81, 0x18, 63 }, 3, SESSION_BAD_MESSAGE },
		{ { 0x82, 10, 0xf9, 0, 0 }, 5, SESSION_BAD_MESSAGE },   /* a float */
		{ { 0x82, 10, 0xc1, 0 }, 4, SESSION_BAD_MESSAGE },      /* a tag */
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		meet(SYNC_VERSION);
		say_body(bytes_of(bad[i].bytes, bad[i].size));
		assert_ended(bad[i].end);
	}
	static const uint8_t lengths[][5] = { { 0x80, 0x00 }, { 1, 0x81 }, { 0 }, { 0xff, 0xff, 0xff, 0xff, 1 },
		{ 0x80, 0x80, 0x80, 0x80, 0x80 } };
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		meet(SYNC_VERSION);
		toy_raw_say(&raw, &toy, bytes_of(lengths[i], i < 3 ? 2 : 5));
		assert_true(session_end(side()) == SESSION_BAD_MESSAGE || session_end(side()) == SESSION_TOO_LONG);
	}
}

static void each_kind_has_its_length_and_depth(void **state)
{
	(void)state;
	static const unsigned kinds[] = { 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 64 };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct message_rule *rule = message_rule(kinds[i]);
		meet(SYNC_VERSION);
		say_deep(kinds[i], rule->depth_max + 1);
		assert_ended(SESSION_TOO_LONG);
		/* The length alone is enough: what would fill it never comes. */
		struct buf b;
		buf_init(&b, 16);
		for (size_t n = rule->size_max + 1; n > 0; n >>= 7)
			buf_put_byte(&b, (uint8_t)((n & 0x7f) | (n > 0x7f ? 0x80 : 0)));
		cbor_put_array(&b, 2);
		cbor_put_uint(&b, kinds[i]);
		meet(SYNC_VERSION);
		toy_raw_say(&raw, &toy, buf_bytes(&b));
		assert_ended(SESSION_TOO_LONG);
		buf_clear(&b);
	}
	/* The control: at the limit they pass. */
	meet(SYNC_VERSION);
	say_deep(64, message_rule(64)->depth_max);
	assert_ended(SESSION_OPEN);
}

static void unknown_kinds_from_64_on_are_acknowledged_and_ignored(void **state)
{
	(void)state;
	meet(SYNC_VERSION);
	say_numbers(64, 1, 7, 0);
	say_numbers(65535, 1, 7, 0);
	say_numbers(MESSAGE_REST, 1, 2, 0);
	assert_ended(SESSION_OPEN);
	assert_int_equal(toy.side[1].takes, 0);
	assert_int_equal(session_stats(side())->messages_in, 2);
}

/* A text of this size as an ignored message. */
static void put_large(struct buf *b, size_t size)
{
	struct buf body;
	static char text[256 << 10];
	memset(text, 'x', sizeof text);
	buf_init(&body, SYNC_MESSAGE_MAX);
	cbor_put_array(&body, 2);
	cbor_put_uint(&body, 64);
	cbor_put_text(&body, bytes_of(text, size));
	message_put(b, buf_bytes(&body));
	buf_clear(&body);
}

static void more_than_may_be_on_the_way_ends_the_session(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 64 << 20);
	for (unsigned count = 8; count <= 9; count++) {
		buf_reset(&b);
		for (unsigned i = 0; i < count; i++)
			put_large(&b, 10);
		meet(SYNC_VERSION);
		toy_raw_say(&raw, &toy, buf_bytes(&b));
		assert_ended(count == 8 ? SESSION_OPEN : SESSION_TOO_LONG);
	}
	buf_clear(&b);
}

static void a_peers_words_are_shown_clean(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1024);
	const char *text = "disk\n\x1b[31m full \xc3\xa9";
	message_put_control(&b, MESSAGE_FAIL, &(struct message_control){ .code = 12, .text = bytes_text(text) });
	meet(SYNC_VERSION);
	toy_raw_say(&raw, &toy, buf_bytes(&b));
	assert_ended(SESSION_FAILED_PEER);
	assert_string_equal(session_reason(side()), "disk??[31m full ??");
	buf_clear(&b);
}

static void nothing_lasts_for_ever(void **state)
{
	(void)state;
	/* Before the handshake bytes that trickle in do not count. */
	static const uint8_t trickle[10] = { 0, 150 };
	fresh();
	for (int i = 0; i < 10 && session_end(side()) == SESSION_OPEN; i++) {
		toy.now_ms += 10000;
		session_feed(side(), trickle + i, 1, toy.now_ms);
		session_tick(side(), toy.now_ms);
		toy_serve(&toy.side[1], toy.now_ms);
	}
	assert_ended(SESSION_TIMEOUT);
	/* Behind it they do. */
	meet(SYNC_VERSION);
	for (int i = 0; i < 10; i++) {
		toy.now_ms += 50000;
		say_numbers(64, 0, 0, 0);
		session_tick(side(), toy.now_ms);
	}
	assert_ended(SESSION_OPEN);
	assert_int_equal(session_deadline(side()), toy.now_ms + 60000);
	toy_expire(&toy);
	assert_ended(SESSION_TIMEOUT);
}

static void random_messages_never_break_a_session(void **state)
{
	(void)state;
	static const uint8_t seeds[][12] = {
		{ 0x82, 10, 0x82, 0x61, 'x', 0x61, 'y' }, { 0x82, 1, 1 }, { 0x82, 5, 0 }, { 0x81, 3 },
		{ 0x83, 4, 7, 0x62, 'h', 'i' }, { 0x82, 12, 0x80 }, { 0x82, 0x18, 64, 0x80 }, { 0x83, 8, 0x80, 0x80 },
	};
	static const uint8_t sizes[] = { 7, 3, 3, 2, 6, 3, 4, 4 };
	unsigned sessions = 0, ended[SESSION_CLOSED + 1] = { 0 };
	uint32_t random = 12345;
	for (int i = 0; i < 20000; i++) {
		uint8_t body[24] = { 0 };
		if (i == 0 || session_end(side()) != SESSION_OPEN || i % 64 == 0) {
			meet(SYNC_VERSION);
			sessions++;
		}
		random = random * 1664525 + 1013904223;
		unsigned seed = (random >> 24) % 8, size = sizes[seed];
		memcpy(body, seeds[seed], size);
		/* Most as they are, so that sessions get somewhere. */
		if ((random >> 20 & 7) == 0)
			body[(random >> 8) % size] = (uint8_t)(random >> 16);
		if ((random >> 4 & 63) == 0)
			size = 2 + (random >> 12) % 20;
		say_body(bytes_of(body, size));
		ended[session_end(side())]++;
		assert_false(session_end(side()) == SESSION_CRYPTO || session_end(side()) == SESSION_BAD_FRAME);
		assert_int_equal(toy.side[1].count - toy.side[1].puts, 1);
	}
	printf("20000 messages in %u sessions", sessions);
	for (int i = 0; i <= SESSION_CLOSED; i++)
		if (ended[i])
			printf(", %s %u", session_end_name((enum session_end)i), ended[i]);
	printf("\n");
}

static int teardown(void **state)
{
	(void)state;
	toy_raw_end(&raw);
	toy_clear(&toy);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stranger_gets_no_bytes),
		cmocka_unit_test(another_version_is_named_to_the_peer_that_is_known),
		cmocka_unit_test(a_hello_that_is_none_ends_the_session),
		cmocka_unit_test(counts_that_are_not_those_of_the_session_end_it),
		cmocka_unit_test(what_is_not_in_the_form_of_its_kind_ends_the_session),
		cmocka_unit_test(each_kind_has_its_length_and_depth),
		cmocka_unit_test(unknown_kinds_from_64_on_are_acknowledged_and_ignored),
		cmocka_unit_test(more_than_may_be_on_the_way_ends_the_session),
		cmocka_unit_test(a_peers_words_are_shown_clean),
		cmocka_unit_test(nothing_lasts_for_ever),
		cmocka_unit_test(random_messages_never_break_a_session),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, teardown);
}
