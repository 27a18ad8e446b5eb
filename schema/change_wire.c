/* The portable wire form of a change: CBOR, all literal, from which the commit is rebuilt bit for bit. */
#include "schema/change_lists.h"

#include <string.h>

/* `ITEMS_MAX` holds the longest lists that pass; `DEPTH_MAX` is [.. [.. [box]]]. */
enum {
	WIRE_VERSION = 1, WIRE_FIELDS = 17, BLOB_FIELDS = 4, DEPTH_MAX = 3,
	ITEMS_MAX = 1 + WIRE_FIELDS + 2 + CHANGE_PARENTS_MAX +
		CHANGE_BOXES_MAX * (1 + CHANGE_LISTS_BOX_FIELDS) + CHANGE_ACTS_MAX * (1 + CHANGE_LISTS_ACT_FIELDS) +
		(CHANGE_GRANTS_MAX + CHANGE_PAYLOADS_MAX) * (1 + BLOB_FIELDS)
};

static const struct cbor_limits wire_limits = { .size_max = CHANGE_WIRE_MAX, .depth_max = DEPTH_MAX,
	.items_max = ITEMS_MAX };

static void put_fixed(struct buf *out, const void *data, size_t size)
{
	cbor_put_bytes(out, bytes_of(data, size));
}

static void put_blobs(struct buf *out, const struct change_blob *blobs, uint32_t count)
{
	cbor_put_array(out, count);
	for (uint32_t i = 0; i < count; i++) {
		const struct change_blob *blob = &blobs[i];
		cbor_put_array(out, BLOB_FIELDS);
		cbor_put_uint(out, blob->compartment);
		if (blob->own_epoch)
			cbor_put_uint(out, 0);
		else
			put_fixed(out, blob->epoch.b, sizeof blob->epoch.b);
		put_fixed(out, blob->hash.b, sizeof blob->hash.b);
		cbor_put_uint(out, blob->size);
	}
}

static void put_top(struct buf *out, const struct change *c)
{
	cbor_put_uint(out, WIRE_VERSION);
	cbor_put_uint(out, c->time);
	put_fixed(out, c->officer.b, sizeof c->officer.b);
	put_fixed(out, c->signature, sizeof c->signature);
	put_fixed(out, c->case_id.b, sizeof c->case_id.b);
	cbor_put_array(out, 2);
	cbor_put_uint(out, c->form);
	cbor_put_uint(out, c->form_version);
	put_fixed(out, c->root.b, sizeof c->root.b);
	put_fixed(out, c->issuer.b, sizeof c->issuer.b);
	put_fixed(out, c->node.b, sizeof c->node.b);
	put_fixed(out, c->incarnation.b, sizeof c->incarnation.b);
	put_fixed(out, c->checkpoint.b, sizeof c->checkpoint.b);
	if (c->parent_count)
		cbor_put_null(out);
	else
		put_fixed(out, c->nonce, sizeof c->nonce);
}

enum err change_put_wire(struct buf *out, const struct change *c)
{
	enum err e = change_check(c, NULL);
	if (e)
		return e;
	size_t start = out->size;
	cbor_put_array(out, WIRE_FIELDS);
	put_top(out, c);
	cbor_put_array(out, c->parent_count);
	for (uint32_t i = 0; i < c->parent_count; i++)
		put_fixed(out, c->parents[i].b, sizeof c->parents[i].b);
	change_lists_put_boxes(out, c->boxes, c->box_count);
	change_lists_put_acts(out, c->acts, c->act_count);
	put_blobs(out, c->grants, c->grant_count);
	put_blobs(out, c->payloads, c->payload_count);
	e = buf_err(out);
	if (!e && out->size - start > CHANGE_WIRE_MAX) {
		out->size = start;
		e = ERR_LIMIT;
	}
	return e;
}

static const struct change_blob *take_blobs(struct cbor *r, struct arena *a, size_t max, uint32_t *count,
	bool *no_room)
{
	struct change_blob *blobs = change_lists_take(r, a, max, sizeof *blobs, count, no_room);
	for (uint32_t i = 0; i < *count && !r->err; i++) {
		change_lists_take_tuple(r, BLOB_FIELDS);
		blobs[i].compartment = (uint32_t)cbor_uint(r, CHANGE_NUMBER_MAX);
		blobs[i].own_epoch = cbor_peek(r) == CBOR_UINT;
		if (blobs[i].own_epoch)
			(void)cbor_uint(r, 0);
		else
			cbor_fixed(r, blobs[i].epoch.b, sizeof blobs[i].epoch.b);
		cbor_fixed(r, blobs[i].hash.b, sizeof blobs[i].hash.b);
		blobs[i].size = (uint32_t)cbor_uint(r, CHANGE_BLOBS_MAX);
	}
	return blobs;
}

/* Yields whether there is a nonce. */
static bool take_top(struct cbor *r, struct change *c)
{
	change_lists_take_tuple(r, WIRE_FIELDS);
	if (cbor_uint(r, WIRE_VERSION) != WIRE_VERSION)
		cbor_fail(r);
	c->time = cbor_uint(r, CHANGE_TIME_MAX);
	cbor_fixed(r, c->officer.b, sizeof c->officer.b);
	cbor_fixed(r, c->signature, sizeof c->signature);
	cbor_fixed(r, c->case_id.b, sizeof c->case_id.b);
	change_lists_take_tuple(r, 2);
	c->form = (uint32_t)cbor_uint(r, CHANGE_NUMBER_MAX);
	c->form_version = (uint32_t)cbor_uint(r, CHANGE_NUMBER_MAX);
	cbor_fixed(r, c->root.b, sizeof c->root.b);
	cbor_fixed(r, c->issuer.b, sizeof c->issuer.b);
	cbor_fixed(r, c->node.b, sizeof c->node.b);
	cbor_fixed(r, c->incarnation.b, sizeof c->incarnation.b);
	cbor_fixed(r, c->checkpoint.b, sizeof c->checkpoint.b);
	bool has_nonce = cbor_peek(r) == CBOR_BYTES;
	if (has_nonce)
		cbor_fixed(r, c->nonce, sizeof c->nonce);
	else
		cbor_null(r);
	return has_nonce;
}

static void take_lists(struct cbor *r, struct change *c, struct arena *a, bool *no_room)
{
	struct change_id *parents = change_lists_take(r, a, CHANGE_PARENTS_MAX, sizeof *parents,
		&c->parent_count, no_room);
	for (uint32_t i = 0; i < c->parent_count; i++)
		cbor_fixed(r, parents[i].b, sizeof parents[i].b);
	c->parents = parents;
	c->boxes = change_lists_take_boxes(r, a, &c->box_count, no_room);
	c->acts = change_lists_take_acts(r, a, &c->act_count, no_room);
	c->grants = take_blobs(r, a, CHANGE_GRANTS_MAX, &c->grant_count, no_room);
	c->payloads = take_blobs(r, a, CHANGE_PAYLOADS_MAX, &c->payload_count, no_room);
}

enum err change_parse_wire(struct change **out, struct arena *a, const struct federation_id *f,
	struct bytes wire, struct err_text *why)
{
	struct cbor r;
	bool no_room = false;
	*out = NULL;
	enum err e = cbor_scan(wire, &wire_limits, why);
	if (e)
		return e;
	struct change *c = arena_alloc(a, sizeof *c);
	if (!c)
		return err_set(why, ERR_MEMORY, "change: out of memory");
	c->federation = *f;
	cbor_begin(&r, wire);
	bool has_nonce = take_top(&r, c);
	take_lists(&r, c, a, &no_room);
	if (no_room)
		return err_set(why, ERR_MEMORY, "change: out of memory");
	if (cbor_end(&r) || has_nonce != (c->parent_count == 0))
		return err_set(why, ERR_FORMAT, "change: the wire form breaks off at byte %zu", r.at);
	e = change_check(c, why);
	if (!e)
		*out = c;
	return e;
}
