/* Two sides of a Noise conversation. */
#include "tests/support/noise_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/hex.h"

const struct noise_vector noise_talk_own[2] = {
	{
		.pattern = NOISE_IK,
		.prologue = "646f7373696572206f776e",
		.init_static = "1111111111111111111111111111111111111111111111111111111111111111",
		.init_ephemeral = "2222222222222222222222222222222222222222222222222222222222222222",
		.resp_static = "3333333333333333333333333333333333333333333333333333333333333333",
		.resp_ephemeral = "4444444444444444444444444444444444444444444444444444444444444444",
		.hash = "fbe7feafe313710670729ccc8b691c4892de47a2a1fa7230db86a84aebc6f58d"
			"3768b7fa3d646655aa289fe8e7a193465c1f0db7a67f9975b736ad75ed8f9e45",
		.count = 6,
		.messages = {
			{ "68656c6c6f", "0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20"
					"f31e61f1ad41ce5ef4e146599ce06ec36a41e3a8a8d892d9990d48ef86772244"
					"75724dcba8919cbaaaac5dffc41c0ed2cf434dc54760aebbf87aab5dd2621d2c"
					"d1d32d3cf7" },
			{ "", "ff2ee45601ec1b67310c7790404585ae697331eee1c1f8cf2419731c1fff3e6b"
					"1a45fe7c58f3c317da02ed6244f04a97" },
			{ "6f6e65", "160e9b84d7ffa95d0c68e9ea4a8d5eeacdb838" },
			{ "74776f", "8d8405bce63878545570c55264238fa1c60f66" },
			{ "", "389a4dfa4e217d4c2c016b26add320bf" },
			{ "7468726565", "85b5d1606696fe08eb436d9873e594f87123095d04" },
		},
	},
	{
		.pattern = NOISE_X,
		.prologue = "646f7373696572206f776e",
		.init_static = "1111111111111111111111111111111111111111111111111111111111111111",
		.init_ephemeral = "2222222222222222222222222222222222222222222222222222222222222222",
		.resp_static = "3333333333333333333333333333333333333333333333333333333333333333",
		.hash = "2261eeb6e4f3e722d2460b67dd73b748f121cc82ea61628951e02a8bcff3fcd9"
			"34a0ba8855d849a3d840a88e472ec09904d6dac198a171bc03a3d113e4cf1df2",
		.count = 3,
		.messages = {
			{ "737469636b", "0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20"
					"d62d7584a76954870f707ce7aa247d93a0c4bfe096faaed9c8b2ba1bf57a6fca"
					"26e35c026db72928f2f069a73be7437e22ef0298ce844fa33866faac22d19c24"
					"1c905b8594" },
			{ "6f6e65", "41edb8a9bf5c219c98bc4c2e629149fe16a2f1" },
			{ "", "2e3af1c4b2ad8b015327e20b548bfe72" },
		},
	},
};

static void secret_of(struct secret *s, const char *hex)
{
	assert_int_equal(secret_new(s), ERR_OK);
	from_hex(s->b, SECRET_SIZE, hex);
}

void noise_talk_box_key(struct box_key *k, const char *hex)
{
	struct secret s;
	secret_of(&s, hex);
	assert_int_equal(box_key_from_secret(k, &s), ERR_OK);
	secret_free(&s);
}

void noise_side_start(struct noise_side *s, const struct noise_vector *v, bool initiator,
	const uint8_t *remote)
{
	uint8_t prologue[NOISE_TALK_TEXT_MAX];
	size_t size = strlen(v->prologue) / 2;
	const char *hex = initiator ? v->init_ephemeral : v->resp_ephemeral;
	struct secret ephemeral = { NULL };
	memset(s, 0, sizeof *s);
	from_hex(prologue, size, v->prologue);
	noise_talk_box_key(&s->key, initiator ? v->init_static : v->resp_static);
	if (hex)
		secret_of(&ephemeral, hex);
	assert_int_equal(noise_init(&s->noise, v->pattern, initiator, bytes_of(prologue, size), &s->key, remote,
		hex ? &ephemeral : NULL), ERR_OK);
	secret_free(&ephemeral);
}

void noise_side_end(struct noise_side *s)
{
	noise_clear(&s->noise);
	noise_cipher_clear(&s->send);
	noise_cipher_clear(&s->receive);
	box_key_clear(&s->key);
}

enum err noise_side_say(struct noise_side *s, struct buf *out, struct bytes plain)
{
	if (!noise_is_done(&s->noise)) {
		size_t overhead = noise_overhead(&s->noise);
		enum err e = noise_write_message(&s->noise, out, plain);
		if (!e)
			assert_int_equal(out->size, plain.size + overhead);
		return e;
	}
	if (!s->split)
		assert_int_equal(noise_split(&s->noise, &s->send, &s->receive), ERR_OK);
	s->split = true;
	return noise_seal(&s->send, out, plain);
}

enum err noise_side_hear(struct noise_side *s, struct buf *out, struct bytes message)
{
	if (!noise_is_done(&s->noise))
		return noise_read_message(&s->noise, out, message);
	if (!s->split)
		assert_int_equal(noise_split(&s->noise, &s->send, &s->receive), ERR_OK);
	s->split = true;
	return noise_open(&s->receive, out, message);
}

bool noise_talk_is_from_a(const struct noise_talk *t, size_t i)
{
	return t->a.noise.pattern == NOISE_X || i % 2 == 0;
}

void noise_talk_start(struct noise_talk *t, const struct noise_vector *v, size_t said)
{
	struct box_key remote;
	struct buf heard;
	noise_talk_box_key(&remote, v->resp_static);
	noise_side_start(&t->a, v, true, remote.public_key);
	noise_side_start(&t->b, v, false, NULL);
	box_key_clear(&remote);
	buf_init(&t->message, NOISE_MESSAGE_MAX);
	buf_init(&heard, NOISE_MESSAGE_MAX);
	for (size_t i = 0;; i++) {
		struct noise_side *speaker = noise_talk_is_from_a(t, i) ? &t->a : &t->b;
		struct noise_side *listener = speaker == &t->a ? &t->b : &t->a;
		buf_reset(&t->message);
		buf_reset(&heard);
		assert_int_equal(noise_side_say(speaker, &t->message, bytes_text("text")), ERR_OK);
		if (i == said)
			break;
		assert_int_equal(noise_side_hear(listener, &heard, buf_bytes(&t->message)), ERR_OK);
	}
	buf_clear(&heard);
}

void noise_talk_end(struct noise_talk *t)
{
	noise_side_end(&t->a);
	noise_side_end(&t->b);
	buf_clear(&t->message);
}
