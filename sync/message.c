/* Messages: length, kind, limits; and the control messages. */
#include "sync/message.h"

#include "base/cbor.h"

#include <assert.h>

enum { LENGTH_SIZE_MAX = 4 };

static const struct message_rule rules[] = {
	[MESSAGE_ACK] = { "ack", 16, 1, true },
	[MESSAGE_DONE] = { "done", 64, 1, true },
	[MESSAGE_BYE] = { "bye", 8, 1, true },
	[MESSAGE_FAIL] = { "fail", 512, 1, true },
	[MESSAGE_REST] = { "rest", 16, 1, true },
	[MESSAGE_STATE] = { "state", SYNC_MESSAGE_MAX, 3, true },
	[MESSAGE_STATEMENTS] = { "statements", SYNC_MESSAGE_MAX, 2, true },
	[MESSAGE_CHANGES] = { "changes", SYNC_MESSAGE_MAX, 5, true },
	[MESSAGE_JOURNAL] = { "journal", SYNC_MESSAGE_MAX, 5, true },
	[MESSAGE_RANGES] = { "ranges", 256 << 10, 3, true },
	[MESSAGE_CASES] = { "cases", SYNC_MESSAGE_MAX, 4, true },
	[MESSAGE_WANT] = { "want", 256 << 10, 3, true },
	[MESSAGE_BLOBS] = { "blobs", SYNC_MESSAGE_MAX, 3, true },
};
static const struct message_rule ignored = { "unknown", 256 << 10, 16, false };

const struct message_rule *message_rule(uint64_t kind)
{
	if (kind >= MESSAGE_IGNORED_FIRST)
		return &ignored;
	if (kind >= sizeof rules / sizeof *rules || !rules[kind].known)
		return NULL;
	return &rules[kind];
}

const char *message_name(uint64_t kind)
{
	const struct message_rule *rule = message_rule(kind);
	return rule ? rule->name : ignored.name;
}

/* The length before a message.  MESSAGE_WHOLE: *length is it, *at the byte behind. */
static enum message_verdict find_length(size_t *length, size_t *at, struct bytes stream)
{
	*length = *at = 0;
	while (*at < stream.size && *at < LENGTH_SIZE_MAX) {
		uint8_t byte = stream.data[*at];
		*length |= (size_t)(byte & 0x7f) << (7 * *at);
		++*at;
		if (!(byte & 0x80))
			return byte == 0 && *at > 1 ? MESSAGE_MALFORMED : MESSAGE_WHOLE;
	}
	return *at == LENGTH_SIZE_MAX ? MESSAGE_TOO_LONG : MESSAGE_PARTIAL;
}

/* The kind, as soon as its bytes are there.  The item may still prove malformed: cbor_scan judges. */
static enum message_verdict find_kind(uint64_t *kind, struct bytes body)
{
	enum { ARRAY_FIRST = 0x81, ARRAY_LAST = 0x97, DIRECT_LAST = 23, ONE_BYTE = 24, TWO_BYTES = 25 };
	*kind = 0;
	if (body.size >= 1 && (body.data[0] < ARRAY_FIRST || body.data[0] > ARRAY_LAST))
		return MESSAGE_MALFORMED;
	if (body.size < 2)
		return MESSAGE_PARTIAL;
	uint8_t head = body.data[1];
	size_t more = head <= DIRECT_LAST ? 0 : head == ONE_BYTE ? 1 : head == TWO_BYTES ? 2 : SIZE_MAX;
	if (more == SIZE_MAX)
		return MESSAGE_MALFORMED;
	if (body.size < 2 + more)
		return MESSAGE_PARTIAL;
	if (more == 0)
		*kind = head;
	for (size_t i = 0; i < more; i++)
		*kind = *kind << 8 | body.data[2 + i];
	return MESSAGE_WHOLE;
}

static enum message_verdict refuse(enum message_verdict v, struct err_text *why, const char *words,
	uint64_t kind)
{
	(void)err_set(why, ERR_FORMAT, "message %s (kind %llu): %s", message_name(kind),
		(unsigned long long)kind, words);
	return v;
}

enum message_verdict message_find(struct bytes *body, size_t *size, uint64_t *kind, struct bytes stream,
	struct err_text *why)
{
	size_t length, at;
	*body = bytes_of(NULL, 0);
	*size = 0;
	*kind = 0;
	enum message_verdict v = find_length(&length, &at, stream);
	if (v == MESSAGE_PARTIAL)
		return v;
	if (v != MESSAGE_WHOLE || length > SYNC_MESSAGE_MAX)
		return refuse(v == MESSAGE_MALFORMED ? v : MESSAGE_TOO_LONG, why, "a length that none has", 0);
	if (length < 2)
		return refuse(MESSAGE_MALFORMED, why, "too short to have a kind", 0);
	size_t there = stream.size - at < length ? stream.size - at : length;
	v = find_kind(kind, bytes_of(stream.data + at, there));
	if (v == MESSAGE_PARTIAL && there < length)
		return v;
	if (v != MESSAGE_WHOLE)
		return refuse(MESSAGE_MALFORMED, why, "not an array that begins with a kind", 0);
	const struct message_rule *rule = message_rule(*kind);
	if (!rule)
		return refuse(MESSAGE_UNKNOWN, why, "this version knows no such kind", *kind);
	if (length > rule->size_max)
		return refuse(MESSAGE_TOO_LONG, why, "longer than this kind may be", *kind);
	if (there < length)
		return MESSAGE_PARTIAL;
	const struct cbor_limits limits = { rule->size_max, rule->depth_max, SYNC_ITEMS_MAX };
	enum err e = cbor_scan(bytes_of(stream.data + at, length), &limits, NULL);
	if (e)
		return refuse(e == ERR_LIMIT ? MESSAGE_TOO_LONG : MESSAGE_MALFORMED, why,
			e == ERR_LIMIT ? "too deep, or of too many items" : "not one canonical item", *kind);
	*body = bytes_of(stream.data + at, length);
	*size = at + length;
	return MESSAGE_WHOLE;
}

void message_put(struct buf *out, struct bytes body)
{
	size_t length = body.size;
	assert(length >= 2 && length <= SYNC_MESSAGE_MAX);
	for (; length > 0x7f; length >>= 7)
		buf_put_byte(out, (uint8_t)(length | 0x80));
	buf_put_byte(out, (uint8_t)length);
	buf_put_bytes(out, body);
}

static void put_control_body(struct buf *b, enum message_kind kind, const struct message_control *m)
{
	static const uint8_t counts[] = {
		[MESSAGE_ACK] = 2, [MESSAGE_DONE] = 4, [MESSAGE_BYE] = 1, [MESSAGE_FAIL] = 3, [MESSAGE_REST] = 2,
	};
	assert(kind >= MESSAGE_ACK && kind <= MESSAGE_REST);
	cbor_put_array(b, counts[kind]);
	cbor_put_uint(b, kind);
	if (kind == MESSAGE_ACK) {
		cbor_put_uint(b, m->number);
	} else if (kind == MESSAGE_DONE) {
		cbor_put_bytes(b, bytes_of(m->digest, sizeof m->digest));
		cbor_put_uint(b, m->sent);
		cbor_put_uint(b, m->received);
	} else if (kind == MESSAGE_FAIL) {
		cbor_put_uint(b, m->code);
		cbor_put_text(b, m->text);
	} else if (kind == MESSAGE_REST) {
		cbor_put_uint(b, m->sent);
	}
}

void message_put_control(struct buf *out, enum message_kind kind, const struct message_control *m)
{
	struct buf body;
	buf_init(&body, rules[kind].size_max);
	put_control_body(&body, kind, m);
	if (body.err)
		out->err = body.err;
	else
		message_put(out, buf_bytes(&body));
	buf_clear(&body);
}

enum err message_read_control(struct message_control *out, enum message_kind kind, struct bytes body)
{
	struct cbor c;
	struct message_control m = { .number = 0 };
	*out = m;
	cbor_begin(&c, body);
	size_t count = cbor_array(&c, 4);
	if (cbor_uint(&c, UINT64_MAX) != (uint64_t)kind)
		cbor_fail(&c);
	if (kind == MESSAGE_ACK && count == 2) {
		m.number = cbor_uint(&c, UINT64_MAX);
	} else if (kind == MESSAGE_DONE && count == 4) {
		cbor_fixed(&c, m.digest, sizeof m.digest);
		m.sent = cbor_uint(&c, UINT64_MAX);
		m.received = cbor_uint(&c, UINT64_MAX);
	} else if (kind == MESSAGE_FAIL && count == 3) {
		m.code = cbor_uint(&c, UINT64_MAX);
		m.text = cbor_text(&c);
	} else if (kind == MESSAGE_REST && count == 2) {
		m.sent = cbor_uint(&c, UINT64_MAX);
	} else if (kind != MESSAGE_BYE || count != 1) {
		cbor_fail(&c);
	}
	if (m.text.size > SYNC_REASON_MAX)
		cbor_fail(&c);
	enum err e = cbor_end(&c);
	if (!e)
		*out = m;
	return e;
}
