/* Frames: a length, then a Noise message; and when a direction is rekeyed. */
#include "sync/frame.h"

#include <assert.h>

bool frame_find(struct bytes *message, size_t *size, bool *bad, struct bytes stream)
{
	*message = bytes_of(NULL, 0);
	*size = 0;
	*bad = false;
	if (stream.size < FRAME_HEAD_SIZE)
		return false;
	size_t length = (size_t)stream.data[0] << 8 | stream.data[1];
	if (length <= CHANNEL_TAG_SIZE) {
		*bad = true;
		return false;
	}
	if (stream.size - FRAME_HEAD_SIZE < length)
		return false;
	*message = bytes_of(stream.data + FRAME_HEAD_SIZE, length);
	*size = FRAME_HEAD_SIZE + length;
	return true;
}

static void put_head(struct buf *out, size_t length)
{
	assert(length > 0 && length <= SYNC_FRAME_MAX);
	buf_put_byte(out, (uint8_t)(length >> 8));
	buf_put_byte(out, (uint8_t)length);
}

enum err frame_put_handshake(struct buf *out, struct noise *n, struct bytes payload)
{
	size_t start = out->size;
	put_head(out, noise_overhead(n) + payload.size);
	enum err e = noise_write_message(n, out, payload);
	if (e)
		out->size = start;
	return e;
}

/* Both sides count what both see, the frames' messages, and so rekey after the same one. */
static enum err count_frame(struct frame_cipher *c, size_t size)
{
	c->frames++;
	c->bytes += size;
	if (c->frames < SYNC_REKEY_FRAMES && c->bytes < SYNC_REKEY_BYTES)
		return ERR_OK;
	c->frames = c->bytes = 0;
	return noise_rekey(&c->noise);
}

enum err frame_seal(struct frame_cipher *c, struct buf *out, struct bytes plain, size_t size_max)
{
	enum err e = ERR_OK;
	assert(size_max > 0);
	if (size_max > NOISE_PLAIN_MAX)
		size_max = NOISE_PLAIN_MAX;
	while (!e && plain.size > 0) {
		size_t size = plain.size < size_max ? plain.size : size_max;
		put_head(out, size + CHANNEL_TAG_SIZE);
		e = noise_seal(&c->noise, out, bytes_of(plain.data, size));
		if (!e)
			e = count_frame(c, size + CHANNEL_TAG_SIZE);
		plain = bytes_of(plain.data + size, plain.size - size);
	}
	return e ? e : buf_err(out);
}

enum err frame_open(struct frame_cipher *c, struct buf *plain, struct bytes message)
{
	enum err e = noise_open(&c->noise, plain, message);
	return e ? e : count_frame(c, message.size);
}

void frame_cipher_clear(struct frame_cipher *c)
{
	noise_cipher_clear(&c->noise);
	c->frames = c->bytes = 0;
}
