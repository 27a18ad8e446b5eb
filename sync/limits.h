/* Every cap of the sync protocol (docs/protocol.md), in one place. */
#ifndef SYNC_LIMITS_H
#define SYNC_LIMITS_H

enum {
	SYNC_VERSION = 1,

	/* What is held of a peer's bytes before they are understood. */
	SYNC_FEED_MAX = 1 << 20,             /* fed and not yet looked at */
	SYNC_HELLO_MAX = 128,                /* payload of a handshake message */
	SYNC_FRAME_MAX = 65535,              /* a frame without its length */
	SYNC_MESSAGE_MAX = 4 << 20,          /* a message without its length */
	SYNC_STREAM_MAX = SYNC_MESSAGE_MAX * 2 + SYNC_FRAME_MAX, /* decrypted and not yet taken */
	SYNC_ITEMS_MAX = 1 << 20,            /* CBOR items in one message */

	/* What may be on the way. */
	SYNC_UNACKED_MESSAGES_MAX = 8,
	SYNC_UNACKED_BYTES_MAX = 4 << 20,

	/* Size of the messages that are made. */
	SYNC_TARGET_MIN = 1 << 10,
	SYNC_TARGET_MAX = 4 << 20,
	SYNC_TARGET_PART = 16,               /* of what was acknowledged */
	SYNC_ACK_FAST_MS = 1000,
	SYNC_ACK_SLOW_MS = 4000,

	/* A direction is rekeyed after so many frames or bytes. */
	SYNC_REKEY_FRAMES = 1 << 20,
	SYNC_REKEY_BYTES = 1 << 30,

	SYNC_ROUNDS_MAX = 8,                 /* reconciliations without equality */
	SYNC_REASON_MAX = 200                /* bytes of words in a fail */
};

#endif
