/* The transport messages of an established Noise channel, and its rekeying. */
#include "sync/noise.h"

#include <assert.h>
#include <string.h>

enum err noise_seal(struct noise_cipher *c, struct buf *out, struct bytes plain)
{
	assert(secret_is_set(&c->key));
	if (plain.size > NOISE_PLAIN_MAX || c->counter == UINT64_MAX)
		return ERR_LIMIT;
	enum err e = channel_seal(out, c->key.b, c->counter, bytes_of(NULL, 0), plain);
	if (!e)
		c->counter++;
	return e;
}

enum err noise_open(struct noise_cipher *c, struct buf *out, struct bytes message)
{
	assert(secret_is_set(&c->key));
	if (message.size > NOISE_MESSAGE_MAX || c->counter == UINT64_MAX)
		return ERR_LIMIT;
	enum err e = channel_open(out, c->key.b, c->counter, bytes_of(NULL, 0), message);
	if (!e)
		c->counter++;
	return e;
}

/* The new key is what sealing 32 zeros under the counter that is never used gives, without the tag. */
enum err noise_rekey(struct noise_cipher *c)
{
	static const uint8_t zeros[CHANNEL_KEY_SIZE];
	struct buf box;
	assert(secret_is_set(&c->key));
	buf_init(&box, CHANNEL_KEY_SIZE + CHANNEL_TAG_SIZE);
	enum err e = channel_seal(&box, c->key.b, UINT64_MAX, bytes_of(NULL, 0), bytes_of(zeros, sizeof zeros));
	if (!e)
		memcpy(c->key.b, box.data, CHANNEL_KEY_SIZE);
	buf_wipe(&box);
	return e;
}

void noise_cipher_clear(struct noise_cipher *c)
{
	if (!c)
		return;
	secret_free(&c->key);
	c->counter = 0;
}
