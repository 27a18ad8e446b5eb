/* The Noise handshake: patterns as rows of tokens, and the engine that walks them. */
#include "sync/noise.h"

#include <assert.h>
#include <string.h>

enum token { END, E, S, EE, ES, SE, SS };

enum { MESSAGES_MAX = 2, TOKENS_MAX = 5 };

/* Both patterns have the pre-message `<- s`: the initiator knows the responder. */
static const struct shape {
	const char *name;
	unsigned messages;
	enum token tokens[MESSAGES_MAX][TOKENS_MAX];
} shapes[] = {
	[NOISE_IK] = { "Noise_IK_25519_ChaChaPoly_BLAKE2b", 2, { { E, ES, S, SS, END }, { E, EE, SE, END } } },
	[NOISE_X] = { "Noise_X_25519_ChaChaPoly_BLAKE2b", 1, { { E, ES, S, SS, END } } },
};

/* ---- The symmetric state (section 5.2). */

static void mix_hash(struct noise *n, struct bytes data)
{
	channel_hash(n->hash, bytes_of(n->hash, sizeof n->hash), data);
}

static void mix_key(struct noise *n, const uint8_t shared[BOX_KEY_SIZE])
{
	uint8_t key[CHANNEL_HASH_SIZE];
	channel_hkdf(n->chain, key, n->chain, bytes_of(shared, BOX_KEY_SIZE));
	memcpy(n->key, key, sizeof n->key);
	secret_wipe(key, sizeof key);
	n->has_key = true;
	n->counter = 0;
}

/* Appends the text, sealed as soon as there is a key, and mixes in what was appended. */
static enum err put_sealed(struct noise *n, struct buf *out, struct bytes plain)
{
	size_t start = out->size;
	enum err e;
	if (n->has_key) {
		e = channel_seal(out, n->key, n->counter++, bytes_of(n->hash, sizeof n->hash), plain);
	} else {
		buf_put_bytes(out, plain);
		e = buf_err(out);
	}
	if (!e)
		mix_hash(n, bytes_of(out->data + start, out->size - start));
	return e;
}

static enum err take_sealed(struct noise *n, struct buf *out, struct bytes box)
{
	enum err e;
	if (n->has_key) {
		e = channel_open(out, n->key, n->counter++, bytes_of(n->hash, sizeof n->hash), box);
	} else {
		buf_put_bytes(out, box);
		e = buf_err(out);
	}
	if (!e)
		mix_hash(n, box);
	return e;
}

/* ---- The handshake state (section 5.3). */

enum err noise_init(struct noise *n, enum noise_pattern pattern, bool initiator, struct bytes prologue,
	const struct box_key *local, const uint8_t remote[BOX_KEY_SIZE], const struct secret *ephemeral)
{
	assert(initiator == (remote != NULL));
	assert(ephemeral || (!initiator && pattern == NOISE_X));
	*n = (struct noise){ .pattern = pattern, .initiator = initiator, .local = local };
	if (ephemeral) {
		enum err e = box_key_from_secret(&n->ephemeral, ephemeral);
		if (e)
			return e;
	}
	/* A name no longer than the hash is the hash, with zeros behind it. */
	const char *name = shapes[pattern].name;
	assert(strlen(name) <= sizeof n->hash);
	memcpy(n->hash, name, strlen(name));
	memcpy(n->chain, n->hash, sizeof n->chain);
	mix_hash(n, prologue);
	if (remote) {
		memcpy(n->remote_static, remote, BOX_KEY_SIZE);
		n->has_remote_static = true;
	}
	mix_hash(n, bytes_of(remote ? remote : local->public_key, BOX_KEY_SIZE));
	return ERR_OK;
}

void noise_clear(struct noise *n)
{
	if (!n)
		return;
	box_key_clear(&n->ephemeral);
	secret_wipe(n, sizeof *n);
}

bool noise_is_done(const struct noise *n)
{
	return n->message == shapes[n->pattern].messages;
}

bool noise_is_writing(const struct noise *n)
{
	return !noise_is_done(n) && n->initiator == (n->message % 2 == 0);
}

size_t noise_overhead(const struct noise *n)
{
	if (noise_is_done(n))
		return 0;
	bool has_key = n->has_key;
	size_t size = 0;
	for (const enum token *t = shapes[n->pattern].tokens[n->message]; *t != END; t++) {
		if (*t == E || *t == S)
			size += BOX_KEY_SIZE + (*t == S && has_key ? CHANNEL_TAG_SIZE : 0);
		else
			has_key = true;
	}
	return size + (has_key ? CHANNEL_TAG_SIZE : 0);
}

/* The agreement that a token names: its first letter is the initiator's key, its second the
 * responder's. */
static enum err agree(struct noise *n, enum token token)
{
	bool first_is_static = token == SE || token == SS, second_is_static = token == ES || token == SS;
	bool mine = n->initiator ? first_is_static : second_is_static;
	bool theirs = n->initiator ? second_is_static : first_is_static;
	uint8_t shared[BOX_KEY_SIZE];
	enum err e = box_agree(shared, mine ? n->local : &n->ephemeral,
		theirs ? n->remote_static : n->remote_ephemeral);
	if (!e)
		mix_key(n, shared);
	secret_wipe(shared, sizeof shared);
	return e;
}

static enum err write_token(struct noise *n, struct buf *out, enum token token)
{
	switch (token) {
	case E:
		buf_put(out, n->ephemeral.public_key, BOX_KEY_SIZE);
		mix_hash(n, bytes_of(n->ephemeral.public_key, BOX_KEY_SIZE));
		return buf_err(out);
	case S:
		return put_sealed(n, out, bytes_of(n->local->public_key, BOX_KEY_SIZE));
	case EE:
	case ES:
	case SE:
	case SS:
		return agree(n, token);
	case END:
		break;
	}
	assert(!"a token of a pattern");
	return ERR_CRYPTO;
}

/* Nothing of the handshake is of use after an error, and its keys least of all. */
static enum err fail(struct noise *n, enum err e)
{
	const struct noise dead = { .pattern = n->pattern, .initiator = n->initiator, .failed = true,
		.message = n->message };
	noise_clear(n);
	*n = dead;
	return e;
}

enum err noise_write_message(struct noise *n, struct buf *out, struct bytes payload)
{
	assert(noise_is_writing(n));
	if (n->failed)
		return ERR_CRYPTO;
	size_t start = out->size;
	enum err e = payload.size > NOISE_MESSAGE_MAX - noise_overhead(n) ? ERR_LIMIT : ERR_OK;
	for (const enum token *t = shapes[n->pattern].tokens[n->message]; !e && *t != END; t++)
		e = write_token(n, out, *t);
	if (!e)
		e = put_sealed(n, out, payload);
	if (e) {
		out->size = start;
		return fail(n, e);
	}
	n->message++;
	return ERR_OK;
}

/* Cuts `size` bytes off the front; false when there are fewer. */
static bool cut(struct bytes *part, struct bytes *message, size_t size)
{
	if (message->size < size)
		return false;
	*part = bytes_of(message->data, size);
	*message = bytes_of(message->data + size, message->size - size);
	return true;
}

static enum err read_static(struct noise *n, struct bytes *message)
{
	struct buf key;
	struct bytes part;
	if (!cut(&part, message, BOX_KEY_SIZE + (n->has_key ? CHANNEL_TAG_SIZE : 0)))
		return ERR_FORMAT;
	buf_init(&key, BOX_KEY_SIZE);
	enum err e = take_sealed(n, &key, part);
	if (!e) {
		memcpy(n->remote_static, key.data, BOX_KEY_SIZE);
		n->has_remote_static = true;
	}
	buf_clear(&key);
	return e;
}

static enum err read_token(struct noise *n, struct bytes *message, enum token token)
{
	struct bytes part;
	switch (token) {
	case E:
		if (!cut(&part, message, BOX_KEY_SIZE))
			return ERR_FORMAT;
		memcpy(n->remote_ephemeral, part.data, BOX_KEY_SIZE);
		mix_hash(n, part);
		return ERR_OK;
	case S:
		return read_static(n, message);
	case EE:
	case ES:
	case SE:
	case SS:
		return agree(n, token);
	case END:
		break;
	}
	assert(!"a token of a pattern");
	return ERR_CRYPTO;
}

enum err noise_read_message(struct noise *n, struct buf *payload, struct bytes message)
{
	assert(!noise_is_writing(n) && !noise_is_done(n));
	if (n->failed)
		return ERR_CRYPTO;
	enum err e = message.size > NOISE_MESSAGE_MAX ? ERR_LIMIT : ERR_OK;
	for (const enum token *t = shapes[n->pattern].tokens[n->message]; !e && *t != END; t++)
		e = read_token(n, &message, *t);
	if (!e)
		e = take_sealed(n, payload, message);
	if (e)
		return fail(n, e);
	n->message++;
	return ERR_OK;
}

const uint8_t *noise_remote_static(const struct noise *n)
{
	return n->has_remote_static && (n->initiator || n->message > 0) ? n->remote_static : NULL;
}

const uint8_t *noise_hash(const struct noise *n)
{
	return n->hash;
}

enum err noise_split(struct noise *n, struct noise_cipher *send, struct noise_cipher *receive)
{
	assert(noise_is_done(n) && !n->failed);
	*send = *receive = (struct noise_cipher){ .counter = 0 };
	uint8_t first[CHANNEL_HASH_SIZE], second[CHANNEL_HASH_SIZE];
	channel_hkdf(first, second, n->chain, bytes_of(NULL, 0));
	struct noise_cipher *from_initiator = n->initiator ? send : receive;
	struct noise_cipher *from_responder = n->initiator ? receive : send;
	enum err e = secret_from(&from_initiator->key, first);
	if (!e && shapes[n->pattern].messages > 1)
		e = secret_from(&from_responder->key, second);
	secret_wipe(first, sizeof first);
	secret_wipe(second, sizeof second);
	secret_wipe(n->chain, sizeof n->chain);
	secret_wipe(n->key, sizeof n->key);
	box_key_clear(&n->ephemeral);
	if (e) {
		noise_cipher_clear(send);
		noise_cipher_clear(receive);
	}
	return e;
}
