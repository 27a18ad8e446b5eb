/* Frames, hellos and the stream of messages, one by one. */
#include "sync/message.h"

#include "base/cbor.h"
#include "sync/frame.h"
#include "sync/hello.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static void a_hello_is_read_as_it_was_written(void **state)
{
	(void)state;
	struct hello a = { .version = SYNC_VERSION, .digest = { 1, 2 }, .charter = { 3 } }, b;
	struct buf text;
	buf_init(&text, SYNC_HELLO_MAX);
	for (int i = 0; i < 3; i++) {
		a.position = (struct hello_position){ .is_set = i > 0 };
		if (i > 0) {
			a.position.sequence = i == 1 ? 0 : UINT64_MAX;
			a.position.prefix[7] = 9;
			a.position.whole = i == 1;
		}
		buf_reset(&text);
		hello_put(&text, &a);
		assert_int_equal(hello_read(&b, buf_bytes(&text)), ERR_OK);
		assert_memory_equal(&a, &b, sizeof a);
		for (size_t cut = 0; cut < text.size; cut++) {
			assert_int_equal(hello_read(&b, bytes_of(text.data, cut)), ERR_FORMAT);
			assert_int_equal(b.version, 0);
		}
	}
	buf_clear(&text);
}

static void a_message_is_found_only_when_it_is_whole(void **state)
{
	(void)state;
	static const size_t sizes[] = { 0, 1, 23, 24, 100, 119, 120, 300, 16000, 70000 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct buf body, stream;
		struct bytes found;
		size_t size;
		uint64_t kind;
		static const uint8_t text[70000];
		buf_init(&body, SYNC_MESSAGE_MAX);
		buf_init(&stream, SYNC_MESSAGE_MAX);
		cbor_put_array(&body, 2);
		cbor_put_uint(&body, MESSAGE_BLOBS);
		cbor_put_bytes(&body, bytes_of(text, sizes[i]));
		message_put(&stream, buf_bytes(&body));
		size_t whole = stream.size;
		buf_put_text(&stream, "\x02\x81\x03");
		for (size_t cut = 0; cut < whole; cut += 1 + cut / 20)
			assert_int_equal(message_find(&found, &size, &kind, bytes_of(stream.data, cut), NULL),
				MESSAGE_PARTIAL);
		assert_int_equal(message_find(&found, &size, &kind, buf_bytes(&stream), NULL), MESSAGE_WHOLE);
		assert_int_equal(size, whole);
		assert_int_equal(kind, MESSAGE_BLOBS);
		assert_true(bytes_equal(found, buf_bytes(&body)));
		buf_clear(&body);
		buf_clear(&stream);
	}
}

static void random_bytes_are_judged_and_never_followed(void **state)
{
	(void)state;
	uint32_t random = 99;
	unsigned whole = 0;
	for (int i = 0; i < 200000; i++) {
		uint8_t bytes[64];
		struct bytes body;
		size_t size;
		uint64_t kind;
		for (size_t k = 0; k < sizeof bytes; k++) {
			random = random * 1664525 + 1013904223;
			bytes[k] = (uint8_t)(random >> 24);
		}
		/* Lengths, array heads and kinds that have a chance. */
		bytes[0] &= 7;
		bytes[1] = 0x80 | (bytes[1] & 3);
		bytes[2] &= 15;
		size_t room = 2 + random % 62;
		enum message_verdict v = message_find(&body, &size, &kind, bytes_of(bytes, room), NULL);
		assert_true(size <= room);
		struct hello hello;
		(void)!hello_read(&hello, bytes_of(bytes, room));
		if (v != MESSAGE_WHOLE)
			continue;
		whole++;
		assert_non_null(message_rule(kind));
		assert_true(body.data > bytes && body.data + body.size == bytes + size);
		if (kind < MESSAGE_NUMBERED_FIRST) {
			struct message_control m;
			(void)!message_read_control(&m, (enum message_kind)kind, body);
		}
	}
	assert_true(whole > 1000);
}

static void every_kind_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(message_name(MESSAGE_REST), "rest");
	assert_string_equal(message_name(MESSAGE_BLOBS), "blobs");
	assert_string_equal(message_name(77), "unknown");
	for (unsigned kind = 0; kind < MESSAGE_IGNORED_FIRST; kind++) {
		bool known = (kind >= MESSAGE_ACK && kind <= MESSAGE_REST) ||
			(kind >= MESSAGE_STATE && kind <= MESSAGE_BLOBS);
		assert_int_equal(message_rule(kind) != NULL, known);
	}
}

/* ---- Frames. */

static void make_pair(struct frame_cipher *a, struct frame_cipher *b)
{
	static const uint8_t key[SECRET_SIZE] = { 7 };
	*a = *b = (struct frame_cipher){ .frames = 0 };
	assert_int_equal(secret_from(&a->noise.key, key), ERR_OK);
	assert_int_equal(secret_from(&b->noise.key, key), ERR_OK);
}

static void carry(struct frame_cipher *a, struct frame_cipher *b, struct bytes plain, size_t size_max,
	size_t frames)
{
	struct buf out, in;
	struct bytes message;
	size_t size, count = 0;
	bool bad;
	buf_init(&out, 1 << 20);
	buf_init(&in, 1 << 20);
	assert_int_equal(frame_seal(a, &out, plain, size_max), ERR_OK);
	for (struct bytes rest = buf_bytes(&out); frame_find(&message, &size, &bad, rest); count++) {
		assert_int_equal(frame_open(b, &in, message), ERR_OK);
		rest = bytes_of(rest.data + size, rest.size - size);
	}
	assert_int_equal(count, frames);
	assert_true(bytes_equal(buf_bytes(&in), plain));
	buf_clear(&out);
	buf_clear(&in);
}

static void a_stream_is_cut_into_frames(void **state)
{
	(void)state;
	struct frame_cipher a, b;
	static uint8_t plain[200000];
	make_pair(&a, &b);
	memset(plain, 5, sizeof plain);
	carry(&a, &b, bytes_of(plain, 0), SIZE_MAX, 0);
	carry(&a, &b, bytes_of(plain, 1), SIZE_MAX, 1);
	carry(&a, &b, bytes_of(plain, NOISE_PLAIN_MAX), SIZE_MAX, 1);
	carry(&a, &b, bytes_of(plain, NOISE_PLAIN_MAX + 1), SIZE_MAX, 2);
	carry(&a, &b, bytes_of(plain, sizeof plain), SIZE_MAX, 4);
	carry(&a, &b, bytes_of(plain, 100), 30, 4);
	frame_cipher_clear(&a);
	frame_cipher_clear(&b);
}

static void both_sides_rekey_after_so_many_frames_or_bytes(void **state)
{
	(void)state;
	struct frame_cipher a, b;
	uint8_t before[SECRET_SIZE];
	for (int by_bytes = 0; by_bytes < 2; by_bytes++) {
		make_pair(&a, &b);
		a.frames = b.frames = by_bytes ? 0 : SYNC_REKEY_FRAMES - 2;
		a.bytes = b.bytes = by_bytes ? SYNC_REKEY_BYTES - 20 : 0;
		memcpy(before, a.noise.key.b, sizeof before);
		carry(&a, &b, bytes_text("x"), SIZE_MAX, 1);
		assert_memory_equal(before, a.noise.key.b, sizeof before);
		carry(&a, &b, bytes_text("yy"), SIZE_MAX, 1);
		assert_memory_not_equal(before, a.noise.key.b, sizeof before);
		assert_memory_equal(a.noise.key.b, b.noise.key.b, sizeof before);
		assert_int_equal(a.noise.counter, 2);
		carry(&a, &b, bytes_text("z"), SIZE_MAX, 1);
		/* The control: a side that counts otherwise reads nothing any more. */
		a.frames = SYNC_REKEY_FRAMES - 1;
		carry(&a, &b, bytes_text("z"), SIZE_MAX, 1);
		struct buf out, in;
		buf_init(&out, 100);
		buf_init(&in, 100);
		assert_int_equal(frame_seal(&a, &out, bytes_text("z"), SIZE_MAX), ERR_OK);
		assert_int_equal(frame_open(&b, &in, bytes_of(out.data + 2, out.size - 2)), ERR_CRYPTO);
		buf_clear(&out);
		buf_clear(&in);
		frame_cipher_clear(&a);
		frame_cipher_clear(&b);
	}
}

static void a_frame_without_room_for_anything_is_bad(void **state)
{
	(void)state;
	struct bytes message;
	size_t size;
	bool bad;
	uint8_t stream[20] = { 0 };
	for (uint8_t length = 0; length <= 17; length++) {
		stream[1] = length;
		bool found = frame_find(&message, &size, &bad, bytes_of(stream, sizeof stream));
		assert_int_equal(found, length == 17);
		assert_int_equal(bad, length < 17);
		assert_false(frame_find(&message, &size, &bad, bytes_of(stream, 1)) || bad);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hello_is_read_as_it_was_written),
		cmocka_unit_test(a_message_is_found_only_when_it_is_whole),
		cmocka_unit_test(random_bytes_are_judged_and_never_followed),
		cmocka_unit_test(every_kind_has_a_name),
		cmocka_unit_test(a_stream_is_cut_into_frames),
		cmocka_unit_test(both_sides_rekey_after_so_many_frames_or_bytes),
		cmocka_unit_test(a_frame_without_room_for_anything_is_bad),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
