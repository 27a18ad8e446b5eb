/* Noise IK and X against vectors: the published ones where they are at hand, our own everywhere. */
#include "sync/noise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/hex.h"
#include "tests/support/noise_talk.h"

static void check_vector(const struct noise_vector *v)
{
	struct noise_side a, b;
	struct buf message, payload;
	uint8_t plain[NOISE_TALK_TEXT_MAX];
	struct box_key remote;
	buf_init(&message, NOISE_MESSAGE_MAX);
	buf_init(&payload, NOISE_MESSAGE_MAX);
	noise_talk_box_key(&remote, v->resp_static);
	noise_side_start(&a, v, true, remote.public_key);
	noise_side_start(&b, v, false, NULL);
	box_key_clear(&remote);
	for (size_t i = 0; i < v->count; i++) {
		/* A one-way pattern has one speaker only. */
		bool from_a = v->pattern == NOISE_X || i % 2 == 0;
		struct bytes text = bytes_of(plain, strlen(v->messages[i].payload) / 2);
		from_hex(plain, text.size, v->messages[i].payload);
		buf_reset(&message);
		buf_reset(&payload);
		assert_int_equal(noise_side_say(from_a ? &a : &b, &message, text), ERR_OK);
		assert_hex_equal(message.data, message.size, v->messages[i].ciphertext);
		assert_int_equal(noise_side_hear(from_a ? &b : &a, &payload, buf_bytes(&message)), ERR_OK);
		assert_true(bytes_equal(buf_bytes(&payload), text));
	}
	assert_memory_equal(noise_hash(&a.noise), noise_hash(&b.noise), NOISE_HASH_SIZE);
	if (v->hash)
		assert_hex_equal(noise_hash(&a.noise), NOISE_HASH_SIZE, v->hash);
	assert_memory_equal(noise_remote_static(&b.noise), a.key.public_key, BOX_KEY_SIZE);
	noise_side_end(&a);
	noise_side_end(&b);
	buf_clear(&message);
	buf_clear(&payload);
}

static void our_own_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++)
		check_vector(&noise_talk_own[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_own_vectors),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
