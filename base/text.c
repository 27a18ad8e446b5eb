/* Hex, base64 and decimal.
 *
 * libsodium does the work where it can: its codecs run in constant time, which matters when the bytes
 * are a key that is imported or exported. */
#include "base/text.h"

#include <sodium.h>
#include <string.h>

enum { HEX_CHUNK = 64, BASE64_CHUNK = 48 /* a multiple of 3, so that only the last one is padded */ };

void hex_encode(char *out, struct bytes bytes)
{
	sodium_bin2hex(out, 2 * bytes.size + 1, bytes.data, bytes.size);
}

void hex_put(struct buf *b, struct bytes bytes)
{
	char chunk[2 * HEX_CHUNK + 1];
	for (size_t at = 0; at < bytes.size; at += HEX_CHUNK) {
		size_t left = bytes.size - at;
		hex_encode(chunk, bytes_of(bytes.data + at, left < HEX_CHUNK ? left : HEX_CHUNK));
		buf_put_text(b, chunk);
	}
	sodium_memzero(chunk, sizeof chunk);
}

enum err hex_decode(uint8_t *out, size_t size, struct bytes text)
{
	size_t decoded = 0;
	bool valid = text.size % 2 == 0 && text.size / 2 == size;
	/* libsodium takes both cases; here every id has one spelling. */
	for (size_t i = 0; valid && i < text.size; i++)
		valid = text.data[i] < 'A' || text.data[i] > 'F';
	if (valid && sodium_hex2bin(out, size, (const char *)text.data, text.size, NULL, &decoded, NULL) == 0 &&
		decoded == size)
		return ERR_OK;
	if (size)
		memset(out, 0, size);
	return ERR_FORMAT;
}

static void put_base64(struct buf *b, struct bytes bytes, int variant)
{
	char chunk[BASE64_CHUNK / 3 * 4 + 1];
	for (size_t at = 0; at < bytes.size; at += BASE64_CHUNK) {
		size_t left = bytes.size - at;
		sodium_bin2base64(chunk, sizeof chunk, bytes.data + at, left < BASE64_CHUNK ? left : BASE64_CHUNK,
			variant);
		buf_put_text(b, chunk);
	}
	sodium_memzero(chunk, sizeof chunk);
}

void base64_put(struct buf *b, struct bytes bytes)
{
	put_base64(b, bytes, sodium_base64_VARIANT_ORIGINAL);
}

void base64_put_unpadded(struct buf *b, struct bytes bytes)
{
	put_base64(b, bytes, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

enum err base64_decode(struct buf *out, struct bytes text)
{
	if (text.size % 4 != 0)
		return ERR_FORMAT;
	if (text.size == 0)
		return buf_err(out);
	/* libsodium 1.0.18 reads any byte above 0x7f as '/'. */
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] > 0x7f)
			return ERR_FORMAT;
	size_t start = out->size, decoded = 0, size = text.size / 4 * 3;
	for (size_t i = text.size; i > text.size - 2 && text.data[i - 1] == '='; i--)
		size--;
	uint8_t *at = buf_grow(out, size);
	if (!at)
		return buf_err(out);
	if (sodium_base642bin(at, size, (const char *)text.data, text.size, NULL, &decoded, NULL,
		sodium_base64_VARIANT_ORIGINAL) == 0 && decoded == size)
		return ERR_OK;
	sodium_memzero(at, size);
	out->size = start;
	return ERR_FORMAT;
}

enum err decimal_decode(uint64_t *out, struct bytes text, uint64_t max)
{
	uint64_t n = 0;
	*out = 0;
	if (text.size == 0 || (text.size > 1 && text.data[0] == '0'))
		return ERR_FORMAT;
	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];
		if (c < '0' || c > '9' || __builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, (uint64_t)(c - '0'), &n))
			return ERR_FORMAT;
	}
	if (n > max)
		return ERR_FORMAT;
	*out = n;
	return ERR_OK;
}
