/* Two sides of a Noise conversation, for the tests of sync/noise and of what stands on it. */
#ifndef TESTS_SUPPORT_NOISE_TALK_H
#define TESTS_SUPPORT_NOISE_TALK_H

#include "sync/noise.h"

enum { NOISE_TALK_MESSAGES_MAX = 8, NOISE_TALK_TEXT_MAX = 512 };

/* As the published vectors spell it: hex, and the messages of both sides in turn (of X, all of the
 * initiator). */
struct noise_vector {
	enum noise_pattern pattern;
	const char *prologue, *init_static, *init_ephemeral, *resp_static, *resp_ephemeral;
	const char *hash; /* of the handshake; NULL when not given */
	size_t count;
	struct {
		const char *payload, *ciphertext;
	} messages[NOISE_TALK_MESSAGES_MAX];
};

/* Our own vectors, with fixed keys: one of IK, one of X. */
extern const struct noise_vector noise_talk_own[2];

/* One side: handshake, then channel. */
struct noise_side {
	struct noise noise;
	struct box_key key;
	struct noise_cipher send, receive;
	bool split;
};

/* `remote` is NULL for the responder.  Whatever fails here fails the test. */
void noise_side_start(struct noise_side *s, const struct noise_vector *v, bool initiator,
	const uint8_t *remote);
void noise_side_end(struct noise_side *s);

/* The next message, of the handshake or behind it. */
MUST_USE enum err noise_side_say(struct noise_side *s, struct buf *out, struct bytes plain);
MUST_USE enum err noise_side_hear(struct noise_side *s, struct buf *out, struct bytes message);

void noise_talk_box_key(struct box_key *k, const char *secret_hex);

/* A conversation that has got as far as `said` messages, and the next one, said but not yet heard. */
struct noise_talk {
	struct noise_side a, b;
	struct buf message;
};

void noise_talk_start(struct noise_talk *t, const struct noise_vector *v, size_t said);
void noise_talk_end(struct noise_talk *t);

/* Whether the message number `i` is the initiator's. */
bool noise_talk_is_from_a(const struct noise_talk *t, size_t i);

#endif
