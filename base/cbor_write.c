/* Writes deterministic CBOR: every head in its shortest form. */
#include "base/cbor.h"
#include "base/cbor_head.h"

static void put_head(struct buf *b, unsigned major, uint64_t argument)
{
	uint8_t head[9];
	unsigned info = argument < INFO_1_BYTE ? (unsigned)argument : argument <= UINT8_MAX ? INFO_1_BYTE :
		argument <= UINT16_MAX ? INFO_1_BYTE + 1 : argument <= UINT32_MAX ? INFO_1_BYTE + 2 : INFO_8_BYTES;
	size_t size = head_argument_size(info);
	head[0] = (uint8_t)(major << 5 | info);
	for (size_t i = size; i > 0; i--) {
		head[i] = (uint8_t)argument;
		argument >>= 8;
	}
	buf_put(b, head, 1 + size);
}

void cbor_put_uint(struct buf *b, uint64_t n)
{
	put_head(b, MAJOR_UINT, n);
}

void cbor_put_int(struct buf *b, int64_t n)
{
	if (n >= 0)
		put_head(b, MAJOR_UINT, (uint64_t)n);
	else
		put_head(b, MAJOR_NINT, ~(uint64_t)n);
}

void cbor_put_bytes(struct buf *b, struct bytes bytes)
{
	put_head(b, MAJOR_BYTES, bytes.size);
	buf_put_bytes(b, bytes);
}

void cbor_put_text(struct buf *b, struct bytes text)
{
	put_head(b, MAJOR_TEXT, text.size);
	buf_put_bytes(b, text);
}

void cbor_put_array(struct buf *b, uint64_t count)
{
	put_head(b, MAJOR_ARRAY, count);
}

void cbor_put_map(struct buf *b, uint64_t count)
{
	put_head(b, MAJOR_MAP, count);
}

void cbor_put_bool(struct buf *b, bool value)
{
	put_head(b, MAJOR_SIMPLE, value ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void cbor_put_null(struct buf *b)
{
	put_head(b, MAJOR_SIMPLE, SIMPLE_NULL);
}

void cbor_put_raw(struct buf *b, struct bytes item)
{
	buf_put_bytes(b, item);
}
