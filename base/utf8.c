/* UTF-8 (RFC 3629): exactly one spelling per code point, no surrogates, nothing above U+10FFFF. */
#include "base/text.h"

#include <assert.h>
#include <string.h>

/* Counts the ASCII characters at the start of `text`, eight at a time. */
static size_t ascii_size(struct bytes text)
{
	size_t at = 0;
	for (; text.size - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, text.data + at, sizeof word);
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	while (at < text.size && text.data[at] < 0x80)
		at++;
	return at;
}

bool utf8_is_valid(struct bytes text)
{
	size_t at = ascii_size(text);
	uint32_t code_point;
	while (at < text.size) {
		if (utf8_next(&code_point, text, &at))
			return false;
		if (at < text.size && text.data[at] < 0x80)
			at += ascii_size(bytes_of(text.data + at, text.size - at));
	}
	return true;
}

enum err utf8_next(uint32_t *code_point, struct bytes text, size_t *at)
{
	*code_point = 0;
	if (*at >= text.size)
		return ERR_FORMAT;
	const uint8_t *s = text.data + *at;
	size_t size;
	uint32_t c, least;
	if (s[0] < 0x80) {
		*code_point = s[0];
		*at += 1;
		return ERR_OK;
	} else if (s[0] >= 0xc2 && s[0] < 0xe0) {
		size = 2, c = s[0] & 0x1f, least = 0x80;
	} else if ((s[0] & 0xf0) == 0xe0) {
		size = 3, c = s[0] & 0x0f, least = 0x800;
	} else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		size = 4, c = s[0] & 0x07, least = 0x10000;
	} else {
		return ERR_FORMAT;
	}
	if (size > text.size - *at)
		return ERR_FORMAT;
	for (size_t i = 1; i < size; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return ERR_FORMAT;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return ERR_FORMAT;
	*code_point = c;
	*at += size;
	return ERR_OK;
}

void utf8_put(struct buf *b, uint32_t c)
{
	assert(c <= 0x10ffff && (c < 0xd800 || c > 0xdfff));
	uint8_t s[4];
	size_t size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const uint8_t lead[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
	for (size_t i = size - 1; i > 0; i--) {
		s[i] = (uint8_t)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	s[0] = (uint8_t)(lead[size] | c);
	buf_put(b, s, size);
}
