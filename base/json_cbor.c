/* JSON to CBOR and back, for values that are records. */
#include "base/cbor.h"
#include "base/json.h"
#include "base/json_scan.h"

#include <stdlib.h>
#include <string.h>

/* The order of the encodings of two texts: the shorter first, since the head tells the length. */
static int compare_members(const void *a, const void *b)
{
	struct bytes x = bytes_text(json_key(*(const struct json *const *)a));
	struct bytes y = bytes_text(json_key(*(const struct json *const *)b));
	if (x.size != y.size)
		return x.size < y.size ? -1 : 1;
	return bytes_compare(x, y);
}

static enum err put_object(struct buf *out, const struct json *j)
{
	size_t count = json_count(j), i = 0;
	enum err e = ERR_OK;
	const struct json **members = calloc(count ? count : 1, sizeof(*members));
	if (!members)
		return ERR_MEMORY;
	for (const struct json *member = json_first(j); member; member = json_next(member))
		members[i++] = member;
	qsort(members, count, sizeof(*members), compare_members);
	cbor_put_map(out, count);
	for (i = 0; i < count && !e; i++) {
		cbor_put_text(out, bytes_text(json_key(members[i])));
		e = json_to_cbor(out, members[i]);
	}
	free(members);
	return e;
}

static enum err put_array(struct buf *out, const struct json *j)
{
	enum err e = ERR_OK;
	cbor_put_array(out, json_count(j));
	for (const struct json *element = json_first(j); element && !e; element = json_next(element))
		e = json_to_cbor(out, element);
	return e;
}

enum err json_to_cbor(struct buf *out, const struct json *j)
{
	enum err e = ERR_OK;
	switch (json_kind(j)) {
	case JSON_NULL: cbor_put_null(out); break;
	case JSON_BOOL: cbor_put_bool(out, json_bool(j)); break;
	case JSON_INT: cbor_put_int(out, json_int(j)); break;
	case JSON_TEXT: cbor_put_text(out, bytes_text(json_text(j))); break;
	case JSON_ARRAY: e = put_array(out, j); break;
	case JSON_OBJECT: e = put_object(out, j); break;
	}
	return e ? e : buf_err(out);
}

static void copy_item(struct json_out *o, struct cbor *c, unsigned depth);

static void copy_int(struct json_out *o, struct cbor *c)
{
	int64_t n = cbor_int(c);
	if (n < -JSON_INT_MAX || n > JSON_INT_MAX)
		cbor_fail(c);
	json_put_int(o, n);
}

static void copy_array(struct json_out *o, struct cbor *c, unsigned depth)
{
	json_put_open(o, '[');
	for (size_t count = cbor_array(c, SIZE_MAX); count > 0 && !c->err; count--)
		copy_item(o, c, depth);
	json_put_close(o, ']');
}

static void copy_map(struct json_out *o, struct cbor *c, unsigned depth)
{
	json_put_open(o, '{');
	for (size_t count = cbor_map(c, SIZE_MAX); count > 0 && !c->err; count--) {
		json_put_text(o, cbor_text(c));
		buf_put_byte(o->buf, ':');
		o->comma = false;
		copy_item(o, c, depth);
	}
	json_put_close(o, '}');
}

/* Copies one item; a mismatch is the cursor's sticky error.  `depth` is what may still be opened. */
static void copy_item(struct json_out *o, struct cbor *c, unsigned depth)
{
	enum cbor_kind kind = cbor_peek(c);
	if (depth == 0 && (kind == CBOR_ARRAY || kind == CBOR_MAP))
		kind = CBOR_NONE;
	switch (kind) {
	case CBOR_UINT:
	case CBOR_NINT: copy_int(o, c); break;
	case CBOR_TEXT: json_put_text(o, cbor_text(c)); break;
	case CBOR_ARRAY: copy_array(o, c, depth - 1); break;
	case CBOR_MAP: copy_map(o, c, depth - 1); break;
	case CBOR_FALSE:
	case CBOR_TRUE: json_put_bool(o, cbor_bool(c)); break;
	case CBOR_NULL:
		cbor_null(c);
		json_put_null(o);
		break;
	case CBOR_BYTES:
	case CBOR_NONE: cbor_fail(c); break;
	}
}

enum err json_from_cbor(struct json_out *o, struct bytes item)
{
	struct json_out before = *o;
	size_t size = o->buf->size;
	struct cbor c;
	cbor_begin(&c, item);
	copy_item(o, &c, JSON_DEPTH_MAX);
	if (!cbor_end(&c))
		return buf_err(o->buf);
	*o = before;
	o->buf->size = size;
	return ERR_FORMAT;
}
