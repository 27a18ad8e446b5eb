/* The wire form of a checkpoint: with its entries to readers of the journal, with the tree's git id to
 * witnesses. */
#include "schema/checkpoint.h"

#include "base/hash.h"
#include "schema/change_lists.h"

enum {
	WIRE_VERSION = 1, WIRE_FIELDS = 12, DEPTH_MAX = 3,
	ITEMS_MAX = 1 + WIRE_FIELDS + CHANGE_BOXES_MAX * (1 + CHANGE_LISTS_BOX_FIELDS)
};

static const struct cbor_limits limits = { .size_max = CHECKPOINT_WIRE_MAX, .depth_max = DEPTH_MAX,
	.items_max = ITEMS_MAX };

static void put_fixed(struct buf *out, const void *data, size_t size)
{
	cbor_put_bytes(out, bytes_of(data, size));
}

enum err checkpoint_put_wire(struct buf *out, const struct checkpoint *c, struct bytes entries)
{
	enum err e = checkpoint_check(c, NULL);
	if (e)
		return e;
	size_t start = out->size;
	cbor_put_array(out, WIRE_FIELDS);
	cbor_put_uint(out, WIRE_VERSION);
	put_fixed(out, c->node.b, sizeof c->node.b);
	put_fixed(out, c->incarnation.b, sizeof c->incarnation.b);
	cbor_put_uint(out, c->sequence);
	cbor_put_uint(out, c->time);
	put_fixed(out, c->signature, sizeof c->signature);
	put_fixed(out, c->entries.b, sizeof c->entries.b);
	put_fixed(out, c->previous.b, sizeof c->previous.b);
	if (c->has_parent)
		put_fixed(out, c->parent.b, sizeof c->parent.b);
	else
		cbor_put_null(out);
	put_fixed(out, c->head.b, sizeof c->head.b);
	change_lists_put_boxes(out, c->boxes, c->box_count);
	cbor_put_bytes(out, entries.size ? entries : bytes_of(c->tree.b, sizeof c->tree.b));
	e = buf_err(out);
	if (!e && out->size - start > CHECKPOINT_WIRE_MAX) {
		out->size = start;
		e = ERR_LIMIT;
	}
	return e;
}

static void take_top(struct cbor *r, struct checkpoint *c)
{
	if (cbor_array(r, WIRE_FIELDS) != WIRE_FIELDS || cbor_uint(r, WIRE_VERSION) != WIRE_VERSION)
		cbor_fail(r);
	cbor_fixed(r, c->node.b, sizeof c->node.b);
	cbor_fixed(r, c->incarnation.b, sizeof c->incarnation.b);
	c->sequence = cbor_uint(r, CHECKPOINT_SEQUENCE_MAX);
	c->time = cbor_uint(r, CHANGE_TIME_MAX);
	cbor_fixed(r, c->signature, sizeof c->signature);
	cbor_fixed(r, c->entries.b, sizeof c->entries.b);
	cbor_fixed(r, c->previous.b, sizeof c->previous.b);
	c->has_parent = cbor_peek(r) == CBOR_BYTES;
	if (c->has_parent)
		cbor_fixed(r, c->parent.b, sizeof c->parent.b);
	else
		cbor_null(r);
	cbor_fixed(r, c->head.b, sizeof c->head.b);
}

/* The last element: 20 bytes are the tree's id, more are the entries, which no blob of 20 can be. */
static enum err take_entries(struct checkpoint *c, struct bytes *entries, struct bytes last,
	struct err_text *why)
{
	struct hash256 found;
	if (last.size == sizeof c->tree.b) {
		memcpy(c->tree.b, last.data, sizeof c->tree.b);
		return ERR_OK;
	}
	if (last.size < sizeof c->tree.b)
		return err_set(why, ERR_FORMAT, "checkpoint: neither entries nor a tree's id in its wire form");
	hash_blake2b_256(found.b, last);
	if (!hash256_equal(&found, &c->entries))
		return err_set(why, ERR_CRYPTO, "checkpoint: its entries are not those that it names");
	*entries = last;
	return ERR_OK;
}

enum err checkpoint_parse_wire(struct checkpoint **out, struct bytes *entries, struct arena *a,
	const struct federation_id *f, struct bytes wire, struct err_text *why)
{
	struct cbor r;
	bool no_room = false;
	*out = NULL;
	*entries = bytes_of(NULL, 0);
	enum err e = cbor_scan(wire, &limits, why);
	if (e)
		return e;
	struct checkpoint *c = arena_alloc(a, sizeof *c);
	if (!c)
		return err_set(why, ERR_MEMORY, "checkpoint: out of memory");
	c->federation = *f;
	cbor_begin(&r, wire);
	take_top(&r, c);
	c->boxes = change_lists_take_boxes(&r, a, &c->box_count, &no_room);
	if (no_room)
		return err_set(why, ERR_MEMORY, "checkpoint: out of memory");
	struct bytes last = cbor_bytes(&r);
	if (cbor_end(&r))
		return err_set(why, ERR_FORMAT, "checkpoint: the wire form breaks off at byte %zu", r.at);
	e = checkpoint_check(c, why);
	if (!e)
		e = take_entries(c, entries, last, why);
	if (!e)
		*out = c;
	return e;
}
