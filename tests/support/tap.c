/* Takes Noise off what went over a link. */
#include "tests/support/tap.h"

#include "base/cbor.h"
#include "sync/frame.h"

/* The next frame of what is left; false at the end. */
static bool next_frame(struct bytes *message, struct bytes *rest)
{
	size_t size;
	bool bad;
	if (!frame_find(message, &size, &bad, *rest))
		return false;
	*rest = bytes_after(*rest, size);
	return true;
}

static enum err put_prologue(struct buf *b, const struct federation_id *f)
{
	cbor_put_array(b, 2);
	cbor_put_text(b, bytes_text("dossier sync 1"));
	cbor_put_bytes(b, bytes_of(f->b, sizeof f->b));
	return buf_err(b);
}

/* The handshake's payloads: the called one's key opens the first, the caller's keys make it again and open
 * the second. */
static enum err shake(struct noise_cipher cipher[2], struct buf said[2], struct bytes rest[2],
	const struct wire_tap *tap, struct bytes prologue, const struct box_key *from, const struct box_key *to)
{
	struct noise called, caller;
	struct bytes first, second;
	struct buf again;
	if (!next_frame(&first, &rest[0]) || !next_frame(&second, &rest[1]))
		return ERR_FORMAT;
	buf_init(&again, NOISE_MESSAGE_MAX);
	/* It only reads, so that any fresh key does. */
	enum err e = noise_init(&called, NOISE_IK, false, prologue, to, NULL, &tap->ephemeral);
	if (!e)
		e = noise_read_message(&called, &said[0], first);
	noise_clear(&called);
	if (e)
		return e;
	e = noise_init(&caller, NOISE_IK, true, prologue, from, to->public_key, &tap->ephemeral);
	if (!e)
		e = noise_write_message(&caller, &again, buf_bytes(&said[0]));
	if (!e && !bytes_equal(buf_bytes(&again), first))
		e = ERR_CRYPTO;
	if (!e)
		e = noise_read_message(&caller, &said[1], second);
	if (!e)
		e = noise_split(&caller, &cipher[0], &cipher[1]);
	noise_clear(&caller);
	buf_clear(&again);
	return e;
}

enum err tap_read(struct buf said[2], const struct wire_tap *tap, const struct federation_id *f,
	const struct box_key *from, const struct box_key *to)
{
	struct noise_cipher cipher[2] = { 0 };
	struct bytes message, rest[2] = { buf_bytes(&tap->went[0]), buf_bytes(&tap->went[1]) };
	struct buf prologue, hello[2];
	buf_init(&prologue, 256);
	for (int i = 0; i < 2; i++)
		buf_init(&hello[i], NOISE_MESSAGE_MAX);
	enum err e = put_prologue(&prologue, f);
	if (!e)
		e = shake(cipher, hello, rest, tap, buf_bytes(&prologue), from, to);
	for (int i = 0; i < 2; i++) {
		struct frame_cipher c = { .noise = cipher[i] };
		buf_put_bytes(&said[i], buf_bytes(&hello[i]));
		while (!e && next_frame(&message, &rest[i]))
			e = frame_open(&c, &said[i], message);
		if (!e && rest[i].size > 0)
			e = ERR_FORMAT;
		frame_cipher_clear(&c);
		buf_clear(&hello[i]);
	}
	buf_clear(&prologue);
	return e;
}
