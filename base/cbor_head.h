/* The head of a CBOR item (RFC 8949 section 3): shared by the scanner and the reader, of no use
 * elsewhere.
 *
 * The first byte holds the major type (3 bits) and the additional information (5 bits); the argument
 * is the information itself below 24, else the 1, 2, 4 or 8 bytes that follow, most significant first. */
#ifndef BASE_CBOR_HEAD_H
#define BASE_CBOR_HEAD_H

#include <stddef.h>
#include <stdint.h>

enum {
	MAJOR_UINT, MAJOR_NINT, MAJOR_BYTES, MAJOR_TEXT, MAJOR_ARRAY, MAJOR_MAP, MAJOR_TAG, MAJOR_SIMPLE
};

/* Additional information: what the simple values are, and where one byte of argument begins. */
enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_NULL = 22, INFO_1_BYTE = 24, INFO_8_BYTES = 27 };

static inline unsigned head_major(uint8_t first)
{
	return first >> 5;
}

static inline unsigned head_info(uint8_t first)
{
	return first & 31;
}

/* Bytes of the argument after the first byte: 0, 1, 2, 4 or 8.  Only for information up to 27. */
static inline size_t head_argument_size(unsigned info)
{
	return info < INFO_1_BYTE ? 0 : (size_t)1 << (info - INFO_1_BYTE);
}

/* The argument of a head of which all bytes are there. */
static inline uint64_t head_argument(const uint8_t *head)
{
	unsigned info = head_info(*head);
	size_t size = head_argument_size(info);
	uint64_t n = 0;
	if (size == 0)
		return info;
	for (size_t i = 1; i <= size; i++)
		n = n << 8 | head[i];
	return n;
}

#endif
