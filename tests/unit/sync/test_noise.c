/* Noise IK and X against vectors: the published ones where they are at hand, our own everywhere. */
#include "base/json.h"
#include "sync/noise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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

static const char *text_of(const struct json *vector, const char *key)
{
	const struct json *j = json_get(vector, key);
	return j ? json_text(j) : NULL;
}

/* One published vector as ours; false when it is of a pattern that we do not have. */
static bool take_vector(struct noise_vector *v, const struct json *j)
{
	const char *name = json_text(json_get(j, "protocol_name"));
	bool is_ik = strcmp(name, "Noise_IK_25519_ChaChaPoly_BLAKE2b") == 0;
	if (!is_ik && strcmp(name, "Noise_X_25519_ChaChaPoly_BLAKE2b") != 0)
		return false;
	*v = (struct noise_vector){
		.pattern = is_ik ? NOISE_IK : NOISE_X,
		.prologue = text_of(j, "init_prologue"),
		.init_static = text_of(j, "init_static"),
		.init_ephemeral = text_of(j, "init_ephemeral"),
		.resp_static = text_of(j, "resp_static"),
		.resp_ephemeral = is_ik ? text_of(j, "resp_ephemeral") : NULL,
		.hash = text_of(j, "handshake_hash"),
	};
	assert_string_equal(v->prologue, text_of(j, "resp_prologue"));
	for (const struct json *m = json_first(json_get(j, "messages")); m; m = json_next(m)) {
		assert_in_range(v->count, 0, NOISE_TALK_MESSAGES_MAX - 1);
		v->messages[v->count].payload = text_of(m, "payload");
		v->messages[v->count++].ciphertext = text_of(m, "ciphertext");
	}
	return true;
}

/* Runs where the published vectors lie beside the repository, or where DOSSIER_VECTORS says. */
static void the_published_vectors(void **state)
{
	(void)state;
	char path[512], part[4096];
	const char *folder = getenv("DOSSIER_VECTORS");
	struct buf text;
	struct json *root;
	size_t size, taken = 0;
	snprintf(path, sizeof path, "%s/noise-vectors.json", folder ? folder : "../shared/vectors");
	FILE *f = fopen(path, "rb");
	if (!f) {
		print_message("%s: absent, only our own vectors were run\n", path);
		return;
	}
	buf_init(&text, 1 << 20);
	while ((size = fread(part, 1, sizeof part, f)) > 0)
		buf_put(&text, part, size);
	fclose(f);
	assert_int_equal(buf_err(&text), ERR_OK);
	assert_int_equal(json_parse(&root, buf_bytes(&text), NULL), ERR_OK);
	for (const struct json *j = json_first(json_get(root, "vectors")); j; j = json_next(j)) {
		struct noise_vector v;
		if (take_vector(&v, j)) {
			check_vector(&v);
			taken++;
		}
	}
	assert_in_range(taken, 2, 100);
	json_free(root);
	buf_clear(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_own_vectors),
		cmocka_unit_test(the_published_vectors),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
