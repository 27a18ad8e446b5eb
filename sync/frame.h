/* Frames: how Noise messages stand in a byte stream (docs/protocol.md "Channel").
 *
 * Length (2 bytes, big endian), then one Noise message.  After the handshake a frame's plaintext is a
 * piece of the stream of messages, cut anywhere. */
#ifndef SYNC_FRAME_H
#define SYNC_FRAME_H

#include "sync/limits.h"
#include "sync/noise.h"

enum { FRAME_HEAD_SIZE = 2 };

/* Looks at the front of a stream.  True when a whole frame stands there: *message lends its Noise
 * message and *size is what the frame takes up.  *bad is set when no frame can begin like this. */
bool frame_find(struct bytes *message, size_t *size, bool *bad, struct bytes stream);

/* Appends the frame of a handshake message with this payload.  Errors as noise_write_message. */
MUST_USE enum err frame_put_handshake(struct buf *out, struct noise *n, struct bytes payload);

/* One direction of the channel, with what it has carried under the present key. */
struct frame_cipher {
	struct noise_cipher noise;
	uint64_t frames, bytes;
};

/* Appends frames that hold `plain`, each at most `size_max` bytes of it (or NOISE_PLAIN_MAX, if that is
 * less); none for no bytes.  ERR_LIMIT, ERR_MEMORY; the session must end then. */
MUST_USE enum err frame_seal(struct frame_cipher *c, struct buf *out, struct bytes plain, size_t size_max);

/* Appends the plaintext of one frame's message.  Errors as noise_open. */
MUST_USE enum err frame_open(struct frame_cipher *c, struct buf *plain, struct bytes message);

void frame_cipher_clear(struct frame_cipher *c);

#endif
