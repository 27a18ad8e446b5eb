/* Decides whether bytes are one canonical CBOR item, before anything else looks at them.
 *
 * One pass, no allocation, no recursion: the open arrays and maps are a fixed stack. */
#include "base/cbor.h"
#include "base/cbor_head.h"
#include "base/text.h"

#include <assert.h>

enum { DEPTH_CAP = 32 };

const struct cbor_limits cbor_limits_default = { .size_max = 1 << 20, .depth_max = 16, .items_max = 65536 };

/* An array or map that is not complete.  Invariant: `left` > 0; in a map, an even `left` means that
 * the next item is a key. */
struct open_item {
	uint64_t left; /* items still to come, keys and values counted apart */
	bool is_map;
	size_t key_at;           /* where the key being read begins */
	struct bytes key_before; /* the encoding of the last complete key, empty before the first */
};

struct scan {
	struct bytes in;
	size_t at;
	size_t items_left;
	unsigned depth, depth_max;
	struct open_item open[DEPTH_CAP];
	struct err_text *why;
};

static enum err refuse(const struct scan *s, size_t at, enum err e, const char *what)
{
	return err_set(s->why, e, "cbor item at byte %zu: %s", at, what);
}

/* Reads the first byte and the argument of an item.  Only the shortest form passes. */
static enum err scan_head(struct scan *s, unsigned *major, uint64_t *argument)
{
	static const uint64_t least[] = { 24, 1 << 8, 1 << 16, (uint64_t)1 << 32 };
	if (s->at == s->in.size)
		return refuse(s, s->at, ERR_FORMAT, "the bytes end where an item must begin");
	const uint8_t *head = s->in.data + s->at;
	unsigned info = head_info(*head);
	*major = head_major(*head);
	if (*major == MAJOR_TAG)
		return refuse(s, s->at, ERR_FORMAT, "tags are not allowed");
	if (*major == MAJOR_SIMPLE && (info < SIMPLE_FALSE || info > SIMPLE_NULL))
		return refuse(s, s->at, ERR_FORMAT, "floats and simple values other than false, true, null");
	if (info > INFO_8_BYTES)
		return refuse(s, s->at, ERR_FORMAT, "indefinite lengths and reserved forms are not allowed");
	size_t size = 1 + head_argument_size(info);
	if (size > s->in.size - s->at)
		return refuse(s, s->at, ERR_FORMAT, "the bytes end within the head of an item");
	*argument = head_argument(head);
	if (info >= INFO_1_BYTE && *argument < least[info - INFO_1_BYTE])
		return refuse(s, s->at, ERR_FORMAT, "a number or length is not in its shortest form");
	s->at += size;
	return ERR_OK;
}

/* Steps over the content of a string whose head begins at `start`. */
static enum err scan_string(struct scan *s, size_t start, uint64_t size, bool is_text)
{
	if (size > s->in.size - s->at)
		return refuse(s, start, ERR_FORMAT, "a string is longer than the bytes that are left");
	if (is_text && !utf8_is_valid(bytes_of(s->in.data + s->at, (size_t)size)))
		return refuse(s, start, ERR_FORMAT, "a text is not valid UTF-8");
	s->at += (size_t)size;
	return ERR_OK;
}

/* Opens an array or map.  Every element takes a byte at least, so a count beyond what is left is a
 * lie that is found before a single element is looked at. */
static enum err scan_container(struct scan *s, size_t start, uint64_t count, bool is_map, bool *opened)
{
	if (count > (s->in.size - s->at) / (is_map ? 2 : 1))
		return refuse(s, start, ERR_FORMAT, "an array or map claims more elements than bytes are left");
	if (s->depth == s->depth_max)
		return refuse(s, start, ERR_LIMIT, "arrays and maps are nested too deep");
	if (count == 0)
		return ERR_OK;
	*opened = true;
	s->open[s->depth++] = (struct open_item){ .left = is_map ? 2 * count : count, .is_map = is_map,
		.key_at = s->at };
	return ERR_OK;
}

/* Reads one item, or opens it when it has elements. */
static enum err scan_item(struct scan *s, bool *opened)
{
	size_t start = s->at;
	unsigned major = 0;
	uint64_t argument = 0;
	*opened = false;
	if (s->items_left == 0)
		return refuse(s, start, ERR_LIMIT, "too many items");
	s->items_left--;
	enum err e = scan_head(s, &major, &argument);
	if (e)
		return e;
	switch (major) {
	case MAJOR_NINT:
		if (argument > INT64_MAX)
			return refuse(s, start, ERR_FORMAT, "a negative number is below -2^63");
		return ERR_OK;
	case MAJOR_BYTES:
	case MAJOR_TEXT:
		return scan_string(s, start, argument, major == MAJOR_TEXT);
	case MAJOR_ARRAY:
	case MAJOR_MAP:
		return scan_container(s, start, argument, major == MAJOR_MAP, opened);
	default:
		return ERR_OK;
	}
}

/* Counts a complete item in the array or map around it, which may complete that one too.  A key must
 * come after the key before it in bytewise order: that makes keys sorted and unique at once. */
static enum err close_item(struct scan *s)
{
	while (s->depth > 0) {
		struct open_item *o = &s->open[s->depth - 1];
		if (o->is_map && o->left % 2 == 0) {
			struct bytes key = bytes_of(s->in.data + o->key_at, s->at - o->key_at);
			if (bytes_compare(o->key_before, key) >= 0)
				return refuse(s, o->key_at, ERR_FORMAT, "a map key is not above the key before it");
			o->key_before = key;
		}
		o->left--;
		if (o->left > 0) {
			o->key_at = s->at;
			return ERR_OK;
		}
		s->depth--;
	}
	return ERR_OK;
}

enum err cbor_scan(struct bytes bytes, const struct cbor_limits *limits, struct err_text *why)
{
	size_t size = 0;
	enum err e = cbor_scan_first(&size, bytes, limits, why);
	if (!e && size < bytes.size)
		e = err_set(why, ERR_FORMAT, "cbor item at byte %zu: bytes follow after the item", size);
	return e;
}

enum err cbor_scan_first(size_t *size, struct bytes bytes, const struct cbor_limits *limits,
	struct err_text *why)
{
	assert(limits->depth_max <= DEPTH_CAP);
	struct scan s;
	*size = 0;
	s.in = bytes;
	s.at = 0;
	s.items_left = limits->items_max;
	s.depth = 0;
	s.depth_max = limits->depth_max;
	s.why = why;
	if (bytes.size > limits->size_max)
		return err_set(why, ERR_LIMIT, "cbor item of %zu bytes: at most %zu are taken", bytes.size,
			limits->size_max);
	do {
		bool opened = false;
		enum err e = scan_item(&s, &opened);
		if (!e && !opened)
			e = close_item(&s);
		if (e)
			return e;
	} while (s.depth > 0);
	*size = s.at;
	return ERR_OK;
}
