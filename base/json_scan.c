/* Decides whether a text is JSON as we take it: RFC 8259 without its freedoms.
 *
 * cJSON takes duplicate keys, text after the end, control characters and broken UTF-8, and rounds
 * numbers; so everything is checked here first.  Recursion is bounded by JSON_DEPTH_MAX. */
#include "base/json_scan.h"

#include "base/buf.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* A key of an object that is not closed yet. */
struct key {
	size_t at;    /* where it stands in the text */
	size_t start; /* where its decoded characters begin in `names` */
	struct bytes name;
};

/* Invariant: `keys` and `names` hold the keys of the open objects only, those of the innermost last. */
struct scan {
	struct bytes in;
	size_t at;
	unsigned depth;
	size_t values;
	struct buf keys; /* of struct key */
	struct buf names;
	struct err_text *why;
};

static enum err scan_value(struct scan *s);

static enum err refuse(const struct scan *s, size_t at, enum err e, const char *what)
{
	size_t line = 1, column = 1;
	for (size_t i = 0; i < at; i++) {
		uint8_t c = s->in.data[i];
		if (c == '\n')
			line++, column = 1;
		else if ((c & 0xc0) != 0x80)
			column++;
	}
	return err_set(s->why, e, "json line %zu column %zu: %s", line, column, what);
}

/* The next byte, or 0 at the end: a NUL is never allowed outside of a string, so both are refused. */
static uint8_t peek(const struct scan *s)
{
	return s->at < s->in.size ? s->in.data[s->at] : 0;
}

static void skip_blanks(struct scan *s)
{
	while (peek(s) == ' ' || peek(s) == '\t' || peek(s) == '\n' || peek(s) == '\r')
		s->at++;
}

/* Steps over `c` when it comes next. */
static bool take(struct scan *s, char c)
{
	if (peek(s) != (uint8_t)c)
		return false;
	s->at++;
	return true;
}

/* Reads four hex digits, of either case as JSON allows. */
static bool take_hex4(struct scan *s, uint32_t *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++, s->at++) {
		uint8_t c = peek(s), low = c | 0x20;
		if (c >= '0' && c <= '9')
			*unit = *unit << 4 | (uint32_t)(c - '0');
		else if (low >= 'a' && low <= 'f')
			*unit = *unit << 4 | (uint32_t)(low - 'a' + 10);
		else
			return false;
	}
	return true;
}

/* Reads what follows `\u`, both halves when it takes two. */
static enum err scan_unicode_escape(struct scan *s, size_t start, uint32_t *code_point)
{
	uint32_t high, low;
	if (!take_hex4(s, &high))
		return refuse(s, start, ERR_FORMAT, "\\u wants four hex digits");
	*code_point = high;
	if (high == 0)
		return refuse(s, start, ERR_FORMAT, "\\u0000 is not allowed in a text");
	if (high < 0xd800 || high > 0xdfff)
		return ERR_OK;
	if (high > 0xdbff || !take(s, '\\') || !take(s, 'u') || !take_hex4(s, &low) || low < 0xdc00 ||
		low > 0xdfff)
		return refuse(s, start, ERR_FORMAT, "half of a surrogate pair without the other");
	*code_point = 0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00));
	return ERR_OK;
}

static enum err scan_escape(struct scan *s, uint32_t *code_point)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	size_t start = s->at++;
	if (take(s, 'u'))
		return scan_unicode_escape(s, start, code_point);
	const char *letter = peek(s) ? strchr(letters, peek(s)) : NULL;
	if (!letter)
		return refuse(s, start, ERR_FORMAT, "there is no such escape");
	*code_point = (uint32_t)meanings[letter - letters];
	s->at++;
	return ERR_OK;
}

/* Steps over a string.  Its decoded characters are appended to `decoded` unless that is NULL. */
static enum err scan_string(struct scan *s, struct buf *decoded)
{
	size_t start = s->at;
	enum err e = ERR_OK;
	if (!take(s, '"'))
		return refuse(s, start, ERR_FORMAT, "a text in double quotes must begin here");
	while (!take(s, '"')) {
		uint32_t c = 0;
		if (s->at == s->in.size)
			return refuse(s, start, ERR_FORMAT, "a text has no end");
		if (peek(s) < 0x20)
			return refuse(s, s->at, ERR_FORMAT, "a control character must be written as an escape");
		if (peek(s) == '\\')
			e = scan_escape(s, &c);
		else if (utf8_next(&c, s->in, &s->at))
			e = refuse(s, s->at, ERR_FORMAT, "the bytes are not valid UTF-8");
		if (e)
			return e;
		if (decoded)
			utf8_put(decoded, c);
	}
	return decoded ? buf_err(decoded) : ERR_OK;
}

static enum err scan_number(struct scan *s)
{
	size_t start = s->at;
	int64_t n = 0;
	bool negative = take(s, '-');
	size_t digits = s->at;
	for (; peek(s) >= '0' && peek(s) <= '9'; s->at++) {
		n = n * 10 + (peek(s) - '0');
		if (n > JSON_INT_MAX)
			return refuse(s, start, ERR_FORMAT, "a number is beyond 2^53 - 1");
	}
	if (s->at == digits)
		return refuse(s, start, ERR_FORMAT, "a number wants a digit here");
	if (s->in.data[digits] == '0' && (s->at > digits + 1 || negative))
		return refuse(s, start, ERR_FORMAT, "a number with a leading zero, or minus zero");
	if (peek(s) == '.' || peek(s) == 'e' || peek(s) == 'E')
		return refuse(s, start, ERR_FORMAT, "only whole numbers without exponent are taken");
	return ERR_OK;
}

static enum err scan_word(struct scan *s, const char *word)
{
	size_t size = strlen(word);
	if (s->in.size - s->at < size || memcmp(s->in.data + s->at, word, size) != 0)
		return refuse(s, s->at, ERR_FORMAT, "a value must begin here");
	s->at += size;
	return ERR_OK;
}

static enum err scan_array(struct scan *s)
{
	s->at++;
	skip_blanks(s);
	if (take(s, ']'))
		return ERR_OK;
	do {
		enum err e = scan_value(s);
		if (e)
			return e;
	} while (take(s, ','));
	return take(s, ']') ? ERR_OK : refuse(s, s->at, ERR_FORMAT, "a comma or ']' must stand here");
}

/* Reads `"key":` and remembers the key. */
static enum err scan_key(struct scan *s)
{
	skip_blanks(s);
	struct key key = { .at = s->at, .start = s->names.size };
	enum err e = scan_string(s, &s->names);
	if (e)
		return e;
	key.name.size = s->names.size - key.start;
	buf_put(&s->keys, &key, sizeof key);
	skip_blanks(s);
	if (!take(s, ':'))
		return refuse(s, s->at, ERR_FORMAT, "a colon must stand here");
	return buf_err(&s->keys);
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order = bytes_compare(x->name, y->name);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* Looks for a key that an object has twice, and forgets the keys from `first` (a size of `keys`) on. */
static enum err close_object(struct scan *s, size_t first)
{
	size_t count = (s->keys.size - first) / sizeof(struct key);
	if (count == 0)
		return ERR_OK;
	struct key *keys = (struct key *)(void *)(s->keys.data + first);
	size_t start = keys[0].start;
	for (size_t i = 0; i < count; i++)
		if (keys[i].name.size > 0)
			keys[i].name.data = s->names.data + keys[i].start;
	qsort(keys, count, sizeof keys[0], compare_keys);
	for (size_t i = 1; i < count; i++)
		if (bytes_equal(keys[i - 1].name, keys[i].name))
			return refuse(s, keys[i].at, ERR_FORMAT, "the object has this key already");
	s->keys.size = first;
	s->names.size = start;
	return ERR_OK;
}

static enum err scan_object(struct scan *s)
{
	size_t first = s->keys.size;
	s->at++;
	skip_blanks(s);
	if (take(s, '}'))
		return ERR_OK;
	do {
		enum err e = scan_key(s);
		if (!e)
			e = scan_value(s);
		if (e)
			return e;
	} while (take(s, ','));
	if (!take(s, '}'))
		return refuse(s, s->at, ERR_FORMAT, "a comma or '}' must stand here");
	return close_object(s, first);
}

static enum err scan_container(struct scan *s)
{
	if (s->depth == JSON_DEPTH_MAX)
		return refuse(s, s->at, ERR_LIMIT, "arrays and objects are nested deeper than 32");
	s->depth++;
	enum err e = peek(s) == '{' ? scan_object(s) : scan_array(s);
	s->depth--;
	return e;
}

/* Steps over a value and the blanks around it. */
static enum err scan_value(struct scan *s)
{
	enum err e;
	skip_blanks(s);
	if (s->values++ == JSON_VALUES_MAX)
		return refuse(s, s->at, ERR_LIMIT, "more than 1,048,576 values");
	switch (peek(s)) {
	case '{':
	case '[': e = scan_container(s); break;
	case '"': e = scan_string(s, NULL); break;
	case 't': e = scan_word(s, "true"); break;
	case 'f': e = scan_word(s, "false"); break;
	case 'n': e = scan_word(s, "null"); break;
	case '-':
	case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9': e = scan_number(s); break;
	default: return refuse(s, s->at, ERR_FORMAT, "a value must begin here");
	}
	if (!e)
		skip_blanks(s);
	return e;
}

enum err json_scan(struct bytes text, struct err_text *why)
{
	struct scan s = { .in = text, .why = why };
	if (text.size > JSON_SIZE_MAX)
		return err_set(why, ERR_LIMIT, "json of %zu bytes: at most %d are taken", text.size, JSON_SIZE_MAX);
	buf_init(&s.keys, JSON_VALUES_MAX * sizeof(struct key));
	buf_init(&s.names, JSON_SIZE_MAX);
	enum err e = scan_value(&s);
	if (!e && s.at < text.size)
		e = refuse(&s, s.at, ERR_FORMAT, "the document ended before this");
	if (e == ERR_MEMORY)
		err_set(why, e, "json: out of memory");
	buf_clear(&s.keys);
	buf_wipe(&s.names);
	return e;
}
