/* The session form of a checkpoint. */
#include "schema/checkpoint_session.h"

#include "base/hash.h"
#include "schema/change_lists.h"

#include <string.h>

enum {
	ITEM_FIELDS = 9, NODE_SIZE = 40,
	WITNESSED_SIZE = 32 + 20 /* hash of the entries, git id of the tree */
};

static void put_fixed(struct buf *out, const void *data, size_t size)
{
	cbor_put_bytes(out, bytes_of(data, size));
}

static void put_previous(struct buf *out, struct reftable *t, const struct checkpoint *c, bool known)
{
	struct bytes previous = bytes_of(c->previous.b, sizeof c->previous.b);
	if (!c->has_parent) {
		cbor_put_null(out);
		cbor_put_null(out);
		return;
	}
	reftable_put(out, t, previous);
	if (known)
		cbor_put_null(out);
	else
		put_fixed(out, c->parent.b, sizeof c->parent.b);
}

void checkpoint_session_encode(struct buf *out, struct reftable *t, const struct checkpoint_sending *sending)
{
	const struct checkpoint *c = sending->checkpoint;
	uint8_t node[NODE_SIZE];
	memcpy(node, c->node.b, sizeof c->node.b);
	memcpy(node + sizeof c->node.b, c->incarnation.b, sizeof c->incarnation.b);
	reftable_begin_item(t);
	cbor_put_array(out, ITEM_FIELDS);
	reftable_put(out, t, bytes_of(node, sizeof node));
	cbor_put_uint(out, c->sequence);
	cbor_put_uint(out, c->time);
	put_fixed(out, c->signature, sizeof c->signature);
	if (sending->entries.size > 0) {
		cbor_put_array(out, 1);
		cbor_put_bytes(out, sending->entries);
	} else {
		uint8_t witnessed[WITNESSED_SIZE];
		memcpy(witnessed, c->entries.b, sizeof c->entries.b);
		memcpy(witnessed + sizeof c->entries.b, c->tree.b, sizeof c->tree.b);
		put_fixed(out, witnessed, sizeof witnessed);
	}
	put_previous(out, t, c, sending->knows_previous);
	if (sending->knows_head)
		cbor_put_null(out);
	else
		put_fixed(out, c->head.b, sizeof c->head.b);
	change_lists_put_boxes(out, c->boxes, c->box_count);
	enum err e = checkpoint_session_note(t, &sending->id);
	if (e && !out->err)
		out->err = e;
}

enum err checkpoint_session_note(struct reftable *t, const struct checkpoint_id *id)
{
	return reftable_add(t, id ? bytes_of(id->b, sizeof id->b) : bytes_of(NULL, 0));
}

/* False: a number of what this side does not know, or an error of `r`. */
static bool take_node(struct cbor *r, struct reftable *t, struct checkpoint *c, bool *no_room)
{
	struct bytes node = reftable_take(r, t, NODE_SIZE, no_room);
	if (node.size != NODE_SIZE)
		return false;
	memcpy(c->node.b, node.data, sizeof c->node.b);
	memcpy(c->incarnation.b, node.data + sizeof c->node.b, sizeof c->incarnation.b);
	return true;
}

static void take_entries(struct cbor *r, struct checkpoint_received *out)
{
	struct checkpoint *c = out->checkpoint;
	out->wants_tree = cbor_peek(r) == CBOR_ARRAY;
	if (!out->wants_tree) {
		uint8_t witnessed[WITNESSED_SIZE];
		cbor_fixed(r, witnessed, sizeof witnessed);
		memcpy(c->entries.b, witnessed, sizeof c->entries.b);
		memcpy(c->tree.b, witnessed + sizeof c->entries.b, sizeof c->tree.b);
		return;
	}
	change_lists_take_tuple(r, 1);
	out->entries = cbor_bytes(r);
	if (out->entries.size == 0)
		cbor_fail(r);
	hash_blake2b_256(c->entries.b, out->entries);
}

/* False: a number of what this side does not know. */
static bool take_previous(struct cbor *r, struct reftable *t, struct checkpoint_received *out, bool *no_room)
{
	struct checkpoint *c = out->checkpoint;
	if (cbor_peek(r) == CBOR_NULL) {
		cbor_null(r);
		cbor_null(r);
		return true;
	}
	struct bytes previous = reftable_take(r, t, 0, no_room);
	c->has_parent = true;
	out->wants_parent = cbor_peek(r) == CBOR_NULL;
	if (out->wants_parent)
		cbor_null(r);
	else
		cbor_fixed(r, c->parent.b, sizeof c->parent.b);
	if (previous.size == 0)
		return false;
	if (previous.size != sizeof c->previous.b)
		cbor_fail(r);
	else
		memcpy(c->previous.b, previous.data, sizeof c->previous.b);
	return true;
}

enum err checkpoint_session_decode(struct checkpoint_received *out, struct reftable *t, struct arena *a,
	const struct federation_id *f, struct cbor *items)
{
	bool no_room = false;
	struct checkpoint *c = arena_alloc(a, sizeof *c);
	*out = (struct checkpoint_received){ .checkpoint = c };
	if (!c)
		return ERR_MEMORY;
	c->federation = *f;
	reftable_begin_item(t);
	change_lists_take_tuple(items, ITEM_FIELDS);
	bool known = take_node(items, t, c, &no_room);
	c->sequence = cbor_uint(items, CHECKPOINT_SEQUENCE_MAX);
	c->time = cbor_uint(items, CHANGE_TIME_MAX);
	cbor_fixed(items, c->signature, sizeof c->signature);
	take_entries(items, out);
	known = take_previous(items, t, out, &no_room) && known;
	out->wants_head = cbor_peek(items) == CBOR_NULL;
	if (out->wants_head)
		cbor_null(items);
	else
		cbor_fixed(items, c->head.b, sizeof c->head.b);
	c->boxes = change_lists_take_boxes(items, a, &c->box_count, &no_room);
	if (no_room)
		return ERR_MEMORY;
	if (items->err)
		return ERR_FORMAT;
	return known ? ERR_OK : ERR_MISSING;
}
