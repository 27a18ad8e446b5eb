/* Writes compact JSON.  The same values give the same bytes: no blanks, no sorting, one escape per
 * character that needs one. */
#include "base/json.h"
#include "base/text.h"

#include <assert.h>

void json_out_init(struct json_out *o, struct buf *buf)
{
	*o = (struct json_out){ .buf = buf };
}

/* Every value and key begins here; a comma goes before all but the first in their container. */
static void begin(struct json_out *o)
{
	if (o->comma)
		buf_put_byte(o->buf, ',');
	o->comma = true;
}

void json_put_open(struct json_out *o, char bracket)
{
	assert(bracket == '{' || bracket == '[');
	begin(o);
	buf_put_byte(o->buf, (uint8_t)bracket);
	o->comma = false;
}

void json_put_close(struct json_out *o, char bracket)
{
	assert(bracket == '}' || bracket == ']');
	buf_put_byte(o->buf, (uint8_t)bracket);
	o->comma = true;
}

static void put_escape(struct buf *b, uint32_t c)
{
	switch (c) {
	case '"': buf_put_text(b, "\\\""); break;
	case '\\': buf_put_text(b, "\\\\"); break;
	case '\b': buf_put_text(b, "\\b"); break;
	case '\f': buf_put_text(b, "\\f"); break;
	case '\n': buf_put_text(b, "\\n"); break;
	case '\r': buf_put_text(b, "\\r"); break;
	case '\t': buf_put_text(b, "\\t"); break;
	default: buf_printf(b, "\\u%04x", (unsigned)c); break;
	}
}

void json_put_text(struct json_out *o, struct bytes text)
{
	size_t done = 0, at = 0;
	begin(o);
	buf_put_byte(o->buf, '"');
	while (at < text.size) {
		uint32_t c;
		size_t start = at;
		bool valid = !utf8_next(&c, text, &at);
		if (valid && c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_put(o->buf, text.data + done, start - done);
		if (valid) {
			put_escape(o->buf, c);
		} else {
			utf8_put(o->buf, 0xfffd);
			at++;
		}
		done = at;
	}
	if (done < text.size)
		buf_put(o->buf, text.data + done, text.size - done);
	buf_put_byte(o->buf, '"');
}

void json_put_key(struct json_out *o, const char *key)
{
	json_put_cstr(o, key);
	buf_put_byte(o->buf, ':');
	o->comma = false;
}

void json_put_cstr(struct json_out *o, const char *text)
{
	json_put_text(o, bytes_text(text));
}

void json_put_int(struct json_out *o, int64_t n)
{
	begin(o);
	buf_printf(o->buf, "%lld", (long long)n);
}

void json_put_bool(struct json_out *o, bool value)
{
	begin(o);
	buf_put_text(o->buf, value ? "true" : "false");
}

void json_put_null(struct json_out *o)
{
	begin(o);
	buf_put_text(o->buf, "null");
}

void json_put_raw(struct json_out *o, struct bytes item)
{
	begin(o);
	buf_put_bytes(o->buf, item);
}

static void put_children(struct json_out *o, const struct json *j, bool keys)
{
	for (const struct json *child = json_first(j); child; child = json_next(child)) {
		if (keys)
			json_put_key(o, json_key(child));
		json_put_node(o, child);
	}
}

void json_put_node(struct json_out *o, const struct json *j)
{
	switch (json_kind(j)) {
	case JSON_NULL: json_put_null(o); break;
	case JSON_BOOL: json_put_bool(o, json_bool(j)); break;
	case JSON_INT: json_put_int(o, json_int(j)); break;
	case JSON_TEXT: json_put_cstr(o, json_text(j)); break;
	case JSON_ARRAY:
		json_put_open(o, '[');
		put_children(o, j, false);
		json_put_close(o, ']');
		break;
	case JSON_OBJECT:
		json_put_open(o, '{');
		put_children(o, j, true);
		json_put_close(o, '}');
		break;
	}
}
