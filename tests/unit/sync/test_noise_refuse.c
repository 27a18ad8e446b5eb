/* Everything that must end a Noise handshake or a session, and what must be wiped. */
#include "sync/noise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/hex.h"
#include "tests/support/noise_talk.h"

/* Talks up to `said` messages, alters the next one, and has it heard.  The other side then must be as
 * deaf to the unaltered message when it was one of the handshake. */
static enum err hear_altered(const struct noise_vector *v, size_t said, size_t flip_bit, size_t size)
{
	struct noise_talk t;
	struct buf heard;
	noise_talk_start(&t, v, said);
	buf_init(&heard, NOISE_MESSAGE_MAX);
	buf_put_text(&heard, "before");
	struct noise_side *listener = noise_talk_is_from_a(&t, said) ? &t.b : &t.a;
	bool in_handshake = !noise_is_done(&listener->noise);
	if (flip_bit < 8 * t.message.size)
		t.message.data[flip_bit / 8] ^= (uint8_t)(1 << flip_bit % 8);
	size_t whole = t.message.size;
	enum err e = noise_side_hear(listener, &heard, bytes_of(t.message.data, size < whole ? size : whole));
	if (e) {
		assert_true(bytes_equal(buf_bytes(&heard), bytes_text("before")));
		if (flip_bit < 8 * whole)
			t.message.data[flip_bit / 8] ^= (uint8_t)(1 << flip_bit % 8);
		assert_int_equal(noise_side_hear(listener, &heard, bytes_of(t.message.data, whole)),
			in_handshake ? ERR_CRYPTO : ERR_OK);
		assert_true(!in_handshake || listener->noise.failed);
		if (in_handshake)
			assert_null(noise_remote_static(&listener->noise));
	} else {
		assert_true(bytes_equal(buf_bytes(&heard), bytes_text("beforetext")));
	}
	buf_clear(&heard);
	noise_talk_end(&t);
	return e;
}

static void every_bit_and_byte_of_every_message_counts(void **state)
{
	(void)state;
	static const size_t overhead[2][3] = { { 96, 48, 16 }, { 96, 16, 16 } };
	for (size_t p = 0; p < 2; p++) {
		for (size_t said = 0; said < 3; said++) {
			const size_t size = overhead[p][said] + strlen("text");
			/* The control: unaltered, it is heard. */
			assert_int_equal(hear_altered(&noise_talk_own[p], said, SIZE_MAX, SIZE_MAX), ERR_OK);
			for (size_t bit = 0; bit < 8 * size; bit++)
				assert_int_equal(hear_altered(&noise_talk_own[p], said, bit, SIZE_MAX), ERR_CRYPTO);
			for (size_t cut = 0; cut < size; cut++)
				assert_int_not_equal(hear_altered(&noise_talk_own[p], said, SIZE_MAX, cut), ERR_OK);
		}
	}
}

static void another_prologue_or_key_is_refused(void **state)
{
	(void)state;
	for (size_t p = 0; p < 2; p++) {
		for (int what = 0; what < 3; what++) {
			struct noise_vector v = noise_talk_own[p];
			struct noise_side a, b;
			struct buf message, heard;
			struct box_key remote;
			buf_init(&message, NOISE_MESSAGE_MAX);
			buf_init(&heard, NOISE_MESSAGE_MAX);
			noise_talk_box_key(&remote, v.resp_static);
			noise_side_start(&a, &v, true, remote.public_key);
			if (what == 1)
				v.prologue = "646f7373696572206f776f";
			if (what == 2)
				v.resp_static = noise_talk_own[p].init_static;
			noise_side_start(&b, &v, false, NULL);
			assert_int_equal(noise_side_say(&a, &message, bytes_text("text")), ERR_OK);
			assert_int_equal(noise_side_hear(&b, &heard, buf_bytes(&message)), what ? ERR_CRYPTO : ERR_OK);
			box_key_clear(&remote);
			noise_side_end(&a);
			noise_side_end(&b);
			buf_clear(&message);
			buf_clear(&heard);
		}
	}
}

static void a_pattern_is_not_taken_for_the_other(void **state)
{
	(void)state;
	struct noise_vector v = noise_talk_own[1];
	struct noise_side a, b;
	struct buf message, heard;
	struct box_key remote;
	buf_init(&message, NOISE_MESSAGE_MAX);
	buf_init(&heard, NOISE_MESSAGE_MAX);
	noise_talk_box_key(&remote, v.resp_static);
	noise_side_start(&a, &v, true, remote.public_key);
	noise_side_start(&b, &noise_talk_own[0], false, NULL);
	assert_int_equal(noise_side_say(&a, &message, bytes_text("text")), ERR_OK);
	assert_int_equal(noise_side_hear(&b, &heard, buf_bytes(&message)), ERR_CRYPTO);
	box_key_clear(&remote);
	noise_side_end(&a);
	noise_side_end(&b);
	buf_clear(&message);
	buf_clear(&heard);
}

static void a_one_way_pattern_has_one_direction(void **state)
{
	(void)state;
	struct noise_talk t;
	noise_talk_start(&t, &noise_talk_own[1], 1);
	struct buf heard;
	buf_init(&heard, 100);
	assert_int_equal(noise_side_hear(&t.b, &heard, buf_bytes(&t.message)), ERR_OK);
	assert_true(secret_is_set(&t.a.send.key) && secret_is_set(&t.b.receive.key));
	assert_false(secret_is_set(&t.a.receive.key) || secret_is_set(&t.b.send.key));
	buf_clear(&heard);
	noise_talk_end(&t);
}

static void keys_of_small_order_end_the_handshake(void **state)
{
	(void)state;
	static const uint8_t zero[BOX_KEY_SIZE];
	for (size_t p = 0; p < 2; p++) {
		struct noise_side a, b;
		struct buf message;
		buf_init(&message, NOISE_MESSAGE_MAX);
		noise_side_start(&a, &noise_talk_own[p], true, zero);
		assert_int_equal(noise_write_message(&a.noise, &message, bytes_text("text")), ERR_CRYPTO);
		assert_int_equal(message.size, 0);
		assert_int_equal(noise_write_message(&a.noise, &message, bytes_text("text")), ERR_CRYPTO);
		/* An ephemeral key of small order: everybody could compute what follows. */
		noise_side_start(&b, &noise_talk_own[p], false, NULL);
		buf_put_zeros(&message, 200);
		struct buf heard;
		buf_init(&heard, 200);
		assert_int_equal(noise_side_hear(&b, &heard, buf_bytes(&message)), ERR_CRYPTO);
		assert_true(b.noise.failed);
		noise_side_end(&a);
		noise_side_end(&b);
		buf_clear(&message);
		buf_clear(&heard);
	}
}

/* As a network attacker would: repeat, leave out, swap. */
static void transport_messages_are_taken_once_and_in_order(void **state)
{
	(void)state;
	struct noise_talk t;
	struct buf first, second, heard;
	noise_talk_start(&t, &noise_talk_own[1], 1);
	buf_init(&first, 100);
	buf_init(&second, 100);
	buf_init(&heard, 100);
	assert_int_equal(noise_side_hear(&t.b, &heard, buf_bytes(&t.message)), ERR_OK);
	assert_int_equal(noise_seal(&t.a.send, &first, bytes_text("first")), ERR_OK);
	assert_int_equal(noise_seal(&t.a.send, &second, bytes_text("second")), ERR_OK);
	assert_int_equal(noise_open(&t.b.receive, &heard, buf_bytes(&t.message)), ERR_CRYPTO);
	assert_int_equal(noise_open(&t.b.receive, &heard, buf_bytes(&second)), ERR_CRYPTO);
	assert_int_equal(noise_open(&t.b.receive, &heard, buf_bytes(&first)), ERR_OK);
	assert_int_equal(noise_open(&t.b.receive, &heard, buf_bytes(&first)), ERR_CRYPTO);
	assert_int_equal(noise_open(&t.b.receive, &heard, buf_bytes(&second)), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&heard), bytes_text("textfirstsecond")));
	buf_clear(&first);
	buf_clear(&second);
	buf_clear(&heard);
	noise_talk_end(&t);
}

static void both_sides_rekey_together_or_part(void **state)
{
	(void)state;
	struct noise_talk t;
	struct buf message, heard;
	noise_talk_start(&t, &noise_talk_own[1], 1);
	buf_init(&message, 100);
	buf_init(&heard, 100);
	assert_int_equal(noise_side_hear(&t.b, &heard, buf_bytes(&t.message)), ERR_OK);
	assert_int_equal(noise_rekey(&t.a.send), ERR_OK);
	assert_int_equal(noise_seal(&t.a.send, &message, bytes_text("new")), ERR_OK);
	assert_hex_equal(message.data, message.size, "f0e6ddcc24e000baaa0834ac300924a16b7549");
	assert_int_equal(noise_open(&t.b.receive, &heard, buf_bytes(&message)), ERR_CRYPTO);
	assert_int_equal(noise_rekey(&t.b.receive), ERR_OK);
	assert_int_equal(noise_open(&t.b.receive, &heard, buf_bytes(&message)), ERR_OK);
	assert_int_equal(t.b.receive.counter, 2);
	buf_clear(&message);
	buf_clear(&heard);
	noise_talk_end(&t);
}

static void a_used_up_counter_is_refused(void **state)
{
	(void)state;
	struct noise_talk t;
	struct buf message, heard;
	noise_talk_start(&t, &noise_talk_own[1], 1);
	buf_init(&message, 100);
	buf_init(&heard, 100);
	assert_int_equal(noise_side_hear(&t.b, &heard, buf_bytes(&t.message)), ERR_OK);
	t.a.send.counter = t.b.receive.counter = UINT64_MAX - 1;
	assert_int_equal(noise_seal(&t.a.send, &message, bytes_text("last")), ERR_OK);
	assert_int_equal(noise_open(&t.b.receive, &heard, buf_bytes(&message)), ERR_OK);
	assert_int_equal(noise_seal(&t.a.send, &message, bytes_text("none")), ERR_LIMIT);
	assert_int_equal(noise_open(&t.b.receive, &heard, buf_bytes(&message)), ERR_LIMIT);
	buf_clear(&message);
	buf_clear(&heard);
	noise_talk_end(&t);
}

static void messages_have_a_largest_size(void **state)
{
	(void)state;
	static uint8_t text[NOISE_MESSAGE_MAX + 1];
	struct noise_talk t;
	struct buf message, heard;
	buf_init(&message, 2 * NOISE_MESSAGE_MAX);
	buf_init(&heard, 2 * NOISE_MESSAGE_MAX);
	/* The first message of a handshake. */
	for (size_t over = 0; over < 2; over++) {
		noise_talk_start(&t, &noise_talk_own[0], 1); /* only for the key */
		struct noise_side a;
		noise_side_start(&a, &noise_talk_own[0], true, t.b.key.public_key);
		assert_int_equal(noise_side_say(&a, &message, bytes_of(text, NOISE_MESSAGE_MAX - 96 + over)),
			over ? ERR_LIMIT : ERR_OK);
		assert_int_equal(a.noise.failed, over);
		assert_int_equal(message.size, over ? 0 : NOISE_MESSAGE_MAX);
		buf_reset(&message);
		noise_side_end(&a);
		noise_side_start(&a, &noise_talk_own[0], false, NULL);
		assert_int_equal(noise_side_hear(&a, &heard, bytes_of(text, NOISE_MESSAGE_MAX + over)),
			over ? ERR_LIMIT : ERR_CRYPTO);
		noise_side_end(&a);
		noise_talk_end(&t);
	}
	/* Transport. */
	noise_talk_start(&t, &noise_talk_own[1], 1);
	assert_int_equal(noise_side_hear(&t.b, &heard, buf_bytes(&t.message)), ERR_OK);
	assert_int_equal(noise_seal(&t.a.send, &message, bytes_of(text, NOISE_PLAIN_MAX + 1)), ERR_LIMIT);
	assert_int_equal(noise_seal(&t.a.send, &message, bytes_of(text, NOISE_PLAIN_MAX)), ERR_OK);
	assert_int_equal(message.size, NOISE_MESSAGE_MAX);
	assert_int_equal(noise_open(&t.b.receive, &heard, buf_bytes(&message)), ERR_OK);
	assert_int_equal(noise_open(&t.b.receive, &heard, bytes_of(text, sizeof text)), ERR_LIMIT);
	assert_int_equal(noise_open(&t.b.receive, &heard, bytes_of(text, 15)), ERR_FORMAT);
	noise_talk_end(&t);
	buf_clear(&message);
	buf_clear(&heard);
}

static bool is_zero(const void *memory, size_t size)
{
	return sodium_is_zero(memory, size);
}

static void keys_are_wiped_when_they_have_done_their_work(void **state)
{
	(void)state;
	struct noise_talk t;
	struct buf heard;
	buf_init(&heard, 100);
	noise_talk_start(&t, &noise_talk_own[0], 1);
	assert_false(is_zero(t.b.noise.chain, sizeof t.b.noise.chain)); /* control */
	assert_int_equal(noise_side_hear(&t.a, &heard, buf_bytes(&t.message)), ERR_OK);
	assert_int_equal(noise_split(&t.a.noise, &t.a.send, &t.a.receive), ERR_OK);
	assert_true(is_zero(t.a.noise.chain, sizeof t.a.noise.chain));
	assert_true(is_zero(t.a.noise.key, sizeof t.a.noise.key));
	assert_false(secret_is_set(&t.a.noise.ephemeral.secret));
	noise_clear(&t.b.noise);
	assert_true(is_zero(&t.b.noise, sizeof t.b.noise));
	buf_clear(&heard);
	noise_talk_end(&t);
	noise_clear(NULL);
	noise_cipher_clear(NULL);
}

static void the_responder_learns_the_initiator_only_from_a_message_that_holds(void **state)
{
	(void)state;
	struct noise_talk t;
	struct buf heard;
	noise_talk_start(&t, &noise_talk_own[0], 0);
	buf_init(&heard, 100);
	assert_non_null(noise_remote_static(&t.a.noise));
	assert_null(noise_remote_static(&t.b.noise));
	assert_true(!noise_is_writing(&t.b.noise) && !noise_is_done(&t.b.noise));
	assert_int_equal(noise_side_hear(&t.b, &heard, buf_bytes(&t.message)), ERR_OK);
	assert_memory_equal(noise_remote_static(&t.b.noise), t.a.key.public_key, BOX_KEY_SIZE);
	assert_true(noise_is_writing(&t.b.noise) && !noise_is_writing(&t.a.noise));
	buf_clear(&heard);
	noise_talk_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit_and_byte_of_every_message_counts),
		cmocka_unit_test(another_prologue_or_key_is_refused),
		cmocka_unit_test(a_pattern_is_not_taken_for_the_other),
		cmocka_unit_test(a_one_way_pattern_has_one_direction),
		cmocka_unit_test(keys_of_small_order_end_the_handshake),
		cmocka_unit_test(transport_messages_are_taken_once_and_in_order),
		cmocka_unit_test(both_sides_rekey_together_or_part),
		cmocka_unit_test(a_used_up_counter_is_refused),
		cmocka_unit_test(messages_have_a_largest_size),
		cmocka_unit_test(keys_are_wiped_when_they_have_done_their_work),
		cmocka_unit_test(the_responder_learns_the_initiator_only_from_a_message_that_holds),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
