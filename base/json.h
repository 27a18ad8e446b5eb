/* Bounded JSON (RFC 8259) over cJSON: duplicate keys, trailing junk, control characters, \u0000, invalid
 * UTF-8, lone surrogates, fractions, exponents, minus zero and integers beyond 2^53 - 1 are refused
 * before cJSON sees them.  Numbers are integers: nothing here rounds. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

struct json; /* a tree; nodes are borrowed from it */

enum json_kind { JSON_NULL, JSON_BOOL, JSON_INT, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };

/* Parses one document of at most 16 MiB, depth 32, 1,048,576 values.  *out owns the tree; free with
 * json_free.  On an error (ERR_FORMAT, ERR_LIMIT, ERR_MEMORY) *out is NULL and `why` names line and
 * column, counted in characters from 1. */
MUST_USE enum err json_parse(struct json **out, struct bytes text, struct err_text *why);
void json_free(struct json *root); /* wipes the texts; NULL is fine */

/* A node of another kind, and NULL (what json_get missed), read as JSON_NULL, false, 0, "" or NULL. */
enum json_kind json_kind(const struct json *j);
bool json_bool(const struct json *j);
int64_t json_int(const struct json *j);
const char *json_text(const struct json *j); /* UTF-8 without a NUL in it */
size_t json_count(const struct json *j);     /* elements or members, counted one by one */
const struct json *json_first(const struct json *j);
const struct json *json_next(const struct json *j); /* not for NULL */
const char *json_key(const struct json *j); /* of a member of an object */
const struct json *json_get(const struct json *object, const char *key); /* may miss: NULL */

/* The line, from 1, on which `node` starts in the text that `root` was parsed from.  Walks tree and text
 * side by side: for messages, not for loops. */
unsigned json_line(const struct json *root, const struct json *node, struct bytes text);

/* ---- Writing: compact, deterministic, no sorting; commas are the writer's business.  Errors are those
 * of `buf`.  Malformed UTF-8 is written as U+FFFD, so that what comes out is always JSON. */
struct json_out {
	struct buf *buf;
	bool comma;
};
void json_out_init(struct json_out *o, struct buf *buf);
void json_put_open(struct json_out *o, char bracket);  /* '{' or '[' */
void json_put_close(struct json_out *o, char bracket); /* '}' or ']' */
void json_put_key(struct json_out *o, const char *key);
void json_put_text(struct json_out *o, struct bytes text);
void json_put_cstr(struct json_out *o, const char *text);
void json_put_int(struct json_out *o, int64_t n);
void json_put_bool(struct json_out *o, bool value);
void json_put_null(struct json_out *o);
void json_put_raw(struct json_out *o, struct bytes item);
/* A node and all below it, members in the order given. */
void json_put_node(struct json_out *o, const struct json *j);

/* ---- JSON <-> CBOR, for records: object <-> map with text keys sorted, array, text, integer,
 * true, false, null. */

/* Appends `j` as one item.  ERR_MEMORY, or what `out` says; part of it may then stand there. */
MUST_USE enum err json_to_cbor(struct buf *out, const struct json *j);

/* Puts an item that cbor_scan passed.  ERR_FORMAT, and nothing is put, for what JSON cannot hold here:
 * byte strings, keys other than texts, integers beyond 2^53 - 1, more than 32 levels. */
MUST_USE enum err json_from_cbor(struct json_out *o, struct bytes item);

#endif
