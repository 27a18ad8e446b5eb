/* A cursor over CBOR that cbor_scan passed.
 *
 * It allocates nothing and lends strings from the input.  Bounds are checked again, so that a caller
 * who forgot the scan gets ERR_FORMAT and never a wild read. */
#include "base/cbor.h"
#include "base/cbor_head.h"

#include <string.h>

void cbor_begin(struct cbor *c, struct bytes scanned)
{
	*c = (struct cbor){ .bytes = scanned };
}

void cbor_fail(struct cbor *c)
{
	c->err = ERR_FORMAT;
}

enum err cbor_end(const struct cbor *c)
{
	return c->err || c->at != c->bytes.size ? ERR_FORMAT : ERR_OK;
}

enum cbor_kind cbor_peek(const struct cbor *c)
{
	static const enum cbor_kind kinds[] = { CBOR_UINT, CBOR_NINT, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY,
		CBOR_MAP };
	if (c->err || c->at >= c->bytes.size)
		return CBOR_NONE;
	uint8_t first = c->bytes.data[c->at];
	if (head_major(first) < MAJOR_TAG)
		return kinds[head_major(first)];
	switch (first) {
	case MAJOR_SIMPLE << 5 | SIMPLE_FALSE: return CBOR_FALSE;
	case MAJOR_SIMPLE << 5 | SIMPLE_TRUE: return CBOR_TRUE;
	case MAJOR_SIMPLE << 5 | SIMPLE_NULL: return CBOR_NULL;
	default: return CBOR_NONE;
	}
}

static size_t bytes_left(const struct cbor *c)
{
	return c->bytes.size - c->at;
}

/* Takes a head of any major type and yields its argument. */
static bool take_any_head(struct cbor *c, unsigned *major, uint64_t *argument)
{
	*argument = 0;
	if (c->err || bytes_left(c) == 0)
		goto fail;
	const uint8_t *head = c->bytes.data + c->at;
	unsigned info = head_info(*head);
	if (info > INFO_8_BYTES || head_argument_size(info) >= bytes_left(c))
		goto fail;
	*major = head_major(*head);
	*argument = head_argument(head);
	c->at += 1 + head_argument_size(info);
	return true;
fail:
	cbor_fail(c);
	return false;
}

/* Takes a head of the major type that is wanted here.  On an error the argument is 0. */
static uint64_t take_head(struct cbor *c, unsigned major)
{
	unsigned found;
	uint64_t argument;
	if (!take_any_head(c, &found, &argument))
		return 0;
	if (found != major) {
		cbor_fail(c);
		return 0;
	}
	return argument;
}

uint64_t cbor_uint(struct cbor *c, uint64_t max)
{
	uint64_t n = take_head(c, MAJOR_UINT);
	if (n <= max)
		return n;
	cbor_fail(c);
	return 0;
}

int64_t cbor_int(struct cbor *c)
{
	bool negative = cbor_peek(c) == CBOR_NINT;
	uint64_t n = take_head(c, negative ? MAJOR_NINT : MAJOR_UINT);
	if (n > INT64_MAX) {
		cbor_fail(c);
		return 0;
	}
	return c->err ? 0 : negative ? -1 - (int64_t)n : (int64_t)n;
}

static struct bytes take_string(struct cbor *c, unsigned major)
{
	uint64_t size = take_head(c, major);
	if (size > bytes_left(c))
		cbor_fail(c);
	if (c->err)
		return bytes_of(NULL, 0);
	struct bytes string = bytes_of(c->bytes.data + c->at, (size_t)size);
	c->at += string.size;
	return string;
}

struct bytes cbor_bytes(struct cbor *c)
{
	return take_string(c, MAJOR_BYTES);
}

struct bytes cbor_text(struct cbor *c)
{
	return take_string(c, MAJOR_TEXT);
}

void cbor_fixed(struct cbor *c, void *out, size_t size)
{
	struct bytes bytes = cbor_bytes(c);
	if (bytes.size != size)
		cbor_fail(c);
	if (c->err)
		memset(out, 0, size);
	else if (size)
		memcpy(out, bytes.data, size);
}

static size_t take_count(struct cbor *c, unsigned major, size_t max)
{
	uint64_t count = take_head(c, major);
	if (count <= max && count <= bytes_left(c))
		return (size_t)count;
	cbor_fail(c);
	return 0;
}

size_t cbor_array(struct cbor *c, size_t max)
{
	return take_count(c, MAJOR_ARRAY, max);
}

size_t cbor_map(struct cbor *c, size_t max)
{
	return take_count(c, MAJOR_MAP, max);
}

bool cbor_bool(struct cbor *c)
{
	enum cbor_kind kind = cbor_peek(c);
	if (kind != CBOR_FALSE && kind != CBOR_TRUE) {
		cbor_fail(c);
		return false;
	}
	c->at++;
	return kind == CBOR_TRUE;
}

void cbor_null(struct cbor *c)
{
	if (cbor_peek(c) == CBOR_NULL)
		c->at++;
	else
		cbor_fail(c);
}

struct bytes cbor_skip(struct cbor *c)
{
	size_t start = c->at;
	size_t pending = 1; /* at most one per byte that is left */
	while (pending > 0) {
		unsigned major;
		uint64_t argument;
		if (!take_any_head(c, &major, &argument))
			return bytes_of(NULL, 0);
		size_t left = bytes_left(c);
		pending--;
		if (major >= MAJOR_BYTES && major <= MAJOR_MAP && argument > left) {
			cbor_fail(c);
			return bytes_of(NULL, 0);
		}
		if (major == MAJOR_BYTES || major == MAJOR_TEXT)
			c->at += (size_t)argument;
		else if (major == MAJOR_ARRAY || major == MAJOR_MAP)
			pending += (size_t)argument * (major == MAJOR_MAP ? 2 : 1);
		if (pending > bytes_left(c)) {
			cbor_fail(c);
			return bytes_of(NULL, 0);
		}
	}
	return bytes_of(c->bytes.data + start, c->at - start);
}
