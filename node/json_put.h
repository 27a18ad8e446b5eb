/* Members of JSON objects in one line each, for everything that answers in JSON. */
#ifndef NODE_JSON_PUT_H
#define NODE_JSON_PUT_H

#include "base/json.h"
#include "base/text.h"

static inline void put_member_text(struct json_out *o, const char *key, struct bytes text)
{
	json_put_key(o, key);
	json_put_text(o, text);
}

static inline void put_member_cstr(struct json_out *o, const char *key, const char *text)
{
	json_put_key(o, key);
	json_put_cstr(o, text);
}

static inline void put_member_int(struct json_out *o, const char *key, int64_t n)
{
	json_put_key(o, key);
	json_put_int(o, n);
}

static inline void put_member_bool(struct json_out *o, const char *key, bool value)
{
	json_put_key(o, key);
	json_put_bool(o, value);
}

/* An id of at most 32 bytes, as hex. */
static inline void put_hex(struct json_out *o, const void *id, size_t size)
{
	char hex[65] = "";
	if (size <= 32)
		hex_encode(hex, bytes_of(id, size));
	json_put_cstr(o, hex);
}

static inline void put_member_hex(struct json_out *o, const char *key, const void *id, size_t size)
{
	json_put_key(o, key);
	put_hex(o, id, size);
}

static inline void put_member_open(struct json_out *o, const char *key, char bracket)
{
	json_put_key(o, key);
	json_put_open(o, bracket);
}

#endif
