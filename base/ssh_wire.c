/* OpenSSH's wire strings and armour. */
#include "base/ssh_wire.h"

#include <sodium.h>
#include <string.h>

enum { ARMOUR_COLUMNS = 70 };

void ssh_put_uint32(struct buf *b, uint32_t n)
{
	const uint8_t bytes[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };
	buf_put(b, bytes, sizeof bytes);
}

void ssh_put_string(struct buf *b, struct bytes bytes)
{
	if (bytes.size > UINT32_MAX) {
		b->err = b->err ? b->err : ERR_LIMIT;
		return;
	}
	ssh_put_uint32(b, (uint32_t)bytes.size);
	buf_put_bytes(b, bytes);
}

void ssh_put_public_blob(struct buf *b, const uint8_t public_key[32])
{
	ssh_put_string(b, bytes_text("ssh-ed25519"));
	ssh_put_string(b, bytes_of(public_key, 32));
}

/* The base64 goes through libsodium, whose coder takes constant time: a key file passes here too. */
void ssh_put_armour(struct buf *b, const char *begin, const struct buf *blob, const char *end)
{
	struct buf text;
	buf_init(&text, SIZE_MAX);
	if (blob->err || blob->size > b->size_max) {
		b->err = b->err ? b->err : blob->err ? blob->err : ERR_LIMIT;
		return;
	}
	size_t size = sodium_base64_encoded_len(blob->size, sodium_base64_VARIANT_ORIGINAL);
	char *base64 = (char *)buf_grow(&text, size);
	if (!base64) {
		b->err = b->err ? b->err : buf_err(&text);
		return;
	}
	sodium_bin2base64(base64, size, blob->data, blob->size, sodium_base64_VARIANT_ORIGINAL);
	size--; /* the NUL */
	buf_put_text(b, begin);
	buf_put_byte(b, '\n');
	for (size_t at = 0; at < size; at += ARMOUR_COLUMNS) {
		buf_put(b, base64 + at, size - at < ARMOUR_COLUMNS ? size - at : ARMOUR_COLUMNS);
		buf_put_byte(b, '\n');
	}
	buf_put_text(b, end);
	buf_wipe(&text);
}

/* Takes `word` off the front of `text`; false when it stands not there. */
static bool take_word(struct bytes *text, const char *word)
{
	size_t size = strlen(word);
	if (text->size < size || memcmp(text->data, word, size) != 0)
		return false;
	*text = bytes_of(text->data + size, text->size - size);
	return true;
}

enum err ssh_take_armour(struct buf *blob, const char *begin, struct bytes text, const char *end)
{
	if (!take_word(&text, begin))
		return ERR_FORMAT;
	size_t size = 0;
	while (size < text.size && text.data[size] != '-')
		size++;
	struct bytes rest = bytes_of(text.data + size, text.size - size);
	if (size == 0 || text.data[size - 1] != '\n' || !take_word(&rest, end))
		return ERR_FORMAT;
	(void)take_word(&rest, "\r");
	(void)take_word(&rest, "\n");
	if (rest.size)
		return ERR_FORMAT;

	size_t room = size / 4 * 3, used = 0;
	uint8_t *at = buf_grow(blob, room);
	if (!at)
		return buf_err(blob) ? buf_err(blob) : ERR_FORMAT;
	int failed = sodium_base642bin(at, room, (const char *)text.data, size, "\r\n", &used, NULL,
		sodium_base64_VARIANT_ORIGINAL);
	blob->size -= failed ? room : room - used;
	return failed ? ERR_FORMAT : ERR_OK;
}

struct bytes ssh_take(struct ssh_reader *r, size_t size)
{
	if (r->err || size > r->bytes.size - r->at) {
		r->err = ERR_FORMAT;
		return bytes_of(NULL, 0);
	}
	struct bytes taken = bytes_of(r->bytes.data + r->at, size);
	r->at += size;
	return taken;
}

uint32_t ssh_take_uint32(struct ssh_reader *r)
{
	struct bytes n = ssh_take(r, 4);
	if (!n.data)
		return 0;
	return (uint32_t)n.data[0] << 24 | (uint32_t)n.data[1] << 16 | (uint32_t)n.data[2] << 8 | n.data[3];
}

struct bytes ssh_take_string(struct ssh_reader *r)
{
	return ssh_take(r, ssh_take_uint32(r));
}

void ssh_expect(struct ssh_reader *r, const char *text)
{
	if (!bytes_equal(ssh_take_string(r), bytes_text(text)))
		r->err = ERR_FORMAT;
}
