/* Deterministic CBOR (RFC 8949 section 4.2.1), the subset that dossier signs and sends.
 *
 * Allowed: integers of 64 bits (negative ones down to -2^63), byte and text strings (UTF-8), arrays,
 * maps with keys sorted by the bytes of their encodings and unique, false, true, null.  Never: floats,
 * tags, other simple values, indefinite lengths, longer forms than needed, trailing bytes.  So every
 * value has one encoding, and equal bytes means equal value.
 *
 * Order of work on foreign bytes: cbor_scan first (no allocation, caps), only then read.  libcbor
 * never sees a byte that cbor_scan did not pass. */
#ifndef BASE_CBOR_H
#define BASE_CBOR_H

#include "base/buf.h"

struct cbor_limits {
	size_t size_max;    /* bytes of the whole item */
	unsigned depth_max; /* of nested arrays and maps, empty ones too; at most 32 */
	size_t items_max;   /* all items together */
};

/* The caps of what no rule narrows further: 1 MiB, depth 16, 65,536 items. */
extern const struct cbor_limits cbor_limits_default;

/* ERR_OK when `bytes` is exactly one canonical item within the limits.  ERR_LIMIT or ERR_FORMAT
 * otherwise; `why` then names the offset.  Allocates nothing. */
MUST_USE enum err cbor_scan(struct bytes bytes, const struct cbor_limits *limits, struct err_text *why);

/* As cbor_scan of the first item; anything may follow it.  *size is how long it is (0 on an error). */
MUST_USE enum err cbor_scan_first(size_t *size, struct bytes bytes, const struct cbor_limits *limits,
	struct err_text *why);

/* ---- Writing.  The caller counts the elements of arrays and maps and puts map keys in order of
 * their encodings; the writer does not check. */
void cbor_put_uint(struct buf *b, uint64_t n);
void cbor_put_int(struct buf *b, int64_t n);
void cbor_put_bytes(struct buf *b, struct bytes bytes);
void cbor_put_text(struct buf *b, struct bytes text);
void cbor_put_array(struct buf *b, uint64_t count);
void cbor_put_map(struct buf *b, uint64_t count);
void cbor_put_bool(struct buf *b, bool value);
void cbor_put_null(struct buf *b);
/* An item that is already canonical CBOR. */
void cbor_put_raw(struct buf *b, struct bytes item);

/* ---- Reading what cbor_scan passed.  A cursor with a sticky error: after the first mismatch every
 * read yields zero or an empty run, and one look at `err` (or cbor_end) is enough. */
struct cbor {
	struct bytes bytes;
	size_t at;
	enum err err; /* ERR_OK or ERR_FORMAT */
};

enum cbor_kind {
	CBOR_UINT, CBOR_NINT, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_FALSE, CBOR_TRUE, CBOR_NULL,
	CBOR_NONE /* at the end, or after an error */
};

void cbor_begin(struct cbor *c, struct bytes scanned);
enum cbor_kind cbor_peek(const struct cbor *c);
/* A value above `max` is an error. */
uint64_t cbor_uint(struct cbor *c, uint64_t max);
int64_t cbor_int(struct cbor *c);
struct bytes cbor_bytes(struct cbor *c); /* borrowed from the input */
struct bytes cbor_text(struct cbor *c);
/* Exactly `size` bytes into `out` (zeroed on an error). */
void cbor_fixed(struct cbor *c, void *out, size_t size);
/* The count of elements (of pairs for a map); above `max` is an error and yields 0. */
size_t cbor_array(struct cbor *c, size_t max);
size_t cbor_map(struct cbor *c, size_t max);
bool cbor_bool(struct cbor *c);
void cbor_null(struct cbor *c);
/* Steps over one whole item and lends its bytes. */
struct bytes cbor_skip(struct cbor *c);
void cbor_fail(struct cbor *c);
/* ERR_OK when everything was read and nothing was wrong, ERR_FORMAT otherwise. */
MUST_USE enum err cbor_end(const struct cbor *c);

/* A second opinion on an item that cbor_scan passed: libcbor reads it, writes it again, and both must
 * be the same bytes.  ERR_FORMAT when they are not, ERR_MEMORY.  For tests and for audits; it allocates
 * for every item, so it is not for receiving. */
MUST_USE enum err cbor_check_libcbor(struct bytes scanned);

#endif
