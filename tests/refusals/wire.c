/* The portable form: CBOR that is not the one encoding, or says what the format does not allow. */
#include "tests/refusals/refusals.h"

#include "base/cbor.h"

#include <assert.h>
#include <string.h>

enum {
	PLACE_TIME = 1, PLACE_OFFICER = 2, PLACE_SIGNATURE = 3, PLACE_NONCE = 11, PLACE_PARENTS = 12,
	PLACE_PAYLOADS = 16
};

/* The wire form of the edit with another item in one place of its array. */
static struct bytes with_item(struct trial *t, size_t place, struct bytes item)
{
	struct bytes wire = forge_wire(t, t->edit);
	struct cbor r;
	struct buf b;
	cbor_begin(&r, wire);
	size_t count = cbor_array(&r, 32);
	buf_init(&b, 8 * CHANGE_BLOBS_MAX);
	cbor_put_array(&b, count);
	for (size_t i = 0; i < count; i++) {
		struct bytes was = cbor_skip(&r);
		cbor_put_raw(&b, i == place ? item : was);
	}
	assert(!cbor_end(&r));
	return trial_keep(t, &b);
}

/* The item in one place. */
static struct bytes item_at(struct trial *t, size_t place)
{
	struct cbor r;
	cbor_begin(&r, forge_wire(t, t->edit));
	(void)cbor_array(&r, 32);
	for (size_t i = 0; i < place; i++)
		(void)cbor_skip(&r);
	return cbor_skip(&r);
}

static void flip_last(struct trial *t, size_t place)
{
	struct bytes item = item_at(t, place);
	uint8_t *copy = arena_copy(&t->arena, item.data, item.size);
	assert(copy);
	copy[item.size - 1] ^= 1;
	t->hostile = with_item(t, place, bytes_of(copy, item.size));
}

static void alter_time(struct trial *t, const struct input *in)
{
	(void)in;
	flip_last(t, PLACE_TIME);
}

static void alter_officer(struct trial *t, const struct input *in)
{
	(void)in;
	flip_last(t, PLACE_OFFICER);
}

static void alter_signature(struct trial *t, const struct input *in)
{
	(void)in;
	flip_last(t, PLACE_SIGNATURE);
}

static void cut(struct trial *t, const struct input *in)
{
	(void)in;
	t->hostile = forge_wire(t, t->edit);
	t->hostile.size--;
}

static void go_on(struct trial *t, const struct input *in)
{
	struct buf b;
	(void)in;
	buf_init(&b, 2 * CHANGE_WIRE_MAX);
	buf_put_bytes(&b, forge_wire(t, t->edit));
	buf_put_byte(&b, 0);
	t->hostile = trial_keep(t, &b);
}

/* The same array, said to end somewhere. */
static void leave_open(struct trial *t, const struct input *in)
{
	struct bytes wire = forge_wire(t, t->edit);
	struct buf b;
	(void)in;
	assert(wire.data[0] == (0x80 | 17));
	buf_init(&b, 2 * CHANGE_WIRE_MAX);
	buf_put_byte(&b, 0x9f);
	buf_put_bytes(&b, bytes_after(wire, 1));
	buf_put_byte(&b, 0xff);
	t->hostile = trial_keep(t, &b);
}

static void put_item(struct trial *t, size_t place, const char *bytes, size_t size)
{
	t->hostile = with_item(t, place, bytes_of(bytes, size));
}

/* 1 in two bytes. */
static void say_at_length(struct trial *t, const struct input *in)
{
	(void)in;
	put_item(t, 0, "\x18\x01", 2);
}

static void say_version_2(struct trial *t, const struct input *in)
{
	(void)in;
	put_item(t, 0, "\x02", 1);
}

static void put_float(struct trial *t, const struct input *in)
{
	(void)in;
	put_item(t, PLACE_TIME, "\xf9\x3c\x00", 3);
}

static void put_tag(struct trial *t, const struct input *in)
{
	(void)in;
	put_item(t, PLACE_TIME, "\xc1\x01", 2);
}

static void put_negative(struct trial *t, const struct input *in)
{
	(void)in;
	put_item(t, PLACE_TIME, "\x20", 1);
}

static void claim_year_2514(struct trial *t, const struct input *in)
{
	(void)in;
	put_item(t, PLACE_TIME, "\x1b\0\0\0\x04\0\0\0\0", 9);
}

static void put_nonce(struct trial *t, const struct input *in)
{
	(void)in;
	put_item(t, PLACE_NONCE, "\x50""0123456789abcdef", 17);
}

static void name_parent_twice(struct trial *t, const struct input *in)
{
	struct bytes parents = item_at(t, PLACE_PARENTS);
	struct buf b;
	(void)in;
	assert(parents.data[0] == 0x81);
	buf_init(&b, 256);
	buf_put_byte(&b, 0x82);
	buf_put_bytes(&b, bytes_after(parents, 1));
	buf_put_bytes(&b, bytes_after(parents, 1));
	t->hostile = with_item(t, PLACE_PARENTS, trial_keep(t, &b));
}

/* Two payloads of half the allowance and one byte. */
static void say_too_much(struct trial *t, const struct input *in)
{
	static const uint8_t hash[32] = { 1 };
	struct buf b;
	(void)in;
	buf_init(&b, 256);
	cbor_put_array(&b, 2);
	for (unsigned i = 1; i <= 2; i++) {
		cbor_put_array(&b, 4);
		cbor_put_uint(&b, i);
		cbor_put_uint(&b, 0);
		cbor_put_bytes(&b, bytes_of(hash, sizeof hash));
		cbor_put_uint(&b, CHANGE_BLOBS_MAX / 2 + 1);
	}
	t->hostile = with_item(t, PLACE_PAYLOADS, trial_keep(t, &b));
}

/* What 5 or 9 bytes announce is never set aside. */
static void announce(struct trial *t, const struct input *in)
{
	t->hostile = bytes_of(in->new, strlen(in->new));
}

static void nest(struct trial *t, const struct input *in)
{
	size_t size = CHANGE_WIRE_MAX;
	uint8_t *bytes = arena_alloc(&t->arena, size);
	(void)in;
	assert(bytes);
	memset(bytes, 0x81, size);
	t->hostile = bytes_of(bytes, size);
}

static void swell(struct trial *t, const struct input *in)
{
	size_t size = 1 << 20;
	uint8_t *bytes = arena_alloc(&t->arena, size);
	(void)in;
	assert(bytes);
	t->hostile = bytes_of(bytes, size);
}

static void be_empty(struct trial *t, const struct input *in)
{
	(void)in;
	t->hostile = bytes_of("", 0);
}

#define WIRE(n, f) { .name = n, .door = DOOR_WIRE, .make = f }
static const struct input list[] = {
	WIRE("wire-altered-time", alter_time),
	WIRE("wire-altered-officer", alter_officer),
	WIRE("wire-altered-signature", alter_signature),
	WIRE("wire-cut", cut),
	WIRE("wire-goes-on", go_on),
	WIRE("wire-open-array", leave_open),
	WIRE("wire-long-integer", say_at_length),
	WIRE("wire-version-2", say_version_2),
	WIRE("wire-float", put_float),
	WIRE("wire-tag", put_tag),
	WIRE("wire-time-negative", put_negative),
	WIRE("wire-time-beyond", claim_year_2514),
	WIRE("wire-nonce-beside-parent", put_nonce),
	WIRE("wire-parent-twice", name_parent_twice),
	WIRE("wire-payloads-over-1m", say_too_much),
	WIRE("wire-nested-64k", nest),
	WIRE("wire-over-64k", swell),
	WIRE("wire-empty", be_empty),
	{ .name = "wire-array-of-2e63", .door = DOOR_WIRE, .make = announce,
		.new = "\x9b\x7f\xff\xff\xff\xff\xff\xff\xff" },
	{ .name = "wire-bytes-of-4g", .door = DOOR_WIRE, .make = announce, .new = "\x5a\xff\xff\xff\xff" },
};
const struct inputs inputs_wire = { list, sizeof list / sizeof *list };
