/* Boxes and acts in CBOR, as the wire forms of changes and checkpoints share them. */
#include "schema/change_lists.h"

void change_lists_put_boxes(struct buf *out, const struct change_box *boxes, uint32_t count)
{
	cbor_put_array(out, count);
	for (uint32_t i = 0; i < count; i++) {
		cbor_put_array(out, CHANGE_LISTS_BOX_FIELDS);
		cbor_put_uint(out, boxes[i].site);
		cbor_put_uint(out, boxes[i].keyno);
		cbor_put_bytes(out, bytes_of(boxes[i].box, sizeof boxes[i].box));
	}
}

void change_lists_put_acts(struct buf *out, const struct change_act *acts, uint32_t count)
{
	cbor_put_array(out, count);
	for (uint32_t i = 0; i < count; i++) {
		cbor_put_array(out, CHANGE_LISTS_ACT_FIELDS);
		cbor_put_uint(out, acts[i].code);
		cbor_put_uint(out, acts[i].role);
		cbor_put_bytes(out, acts[i].args);
	}
}

void *change_lists_take(struct cbor *r, struct arena *a, size_t max, size_t size, uint32_t *count,
	bool *no_room)
{
	*count = (uint32_t)cbor_array(r, max);
	void *room = arena_array(a, *count, size);
	if (!room) {
		*no_room = true;
		*count = 0;
	}
	return room;
}

void change_lists_take_tuple(struct cbor *r, size_t fields)
{
	if (cbor_array(r, fields) != fields)
		cbor_fail(r);
}

const struct change_box *change_lists_take_boxes(struct cbor *r, struct arena *a, uint32_t *count,
	bool *no_room)
{
	struct change_box *boxes = change_lists_take(r, a, CHANGE_BOXES_MAX, sizeof *boxes, count, no_room);
	for (uint32_t i = 0; i < *count && !r->err; i++) {
		change_lists_take_tuple(r, CHANGE_LISTS_BOX_FIELDS);
		boxes[i].site = (uint32_t)cbor_uint(r, CHANGE_NUMBER_MAX);
		boxes[i].keyno = (uint32_t)cbor_uint(r, CHANGE_NUMBER_MAX);
		cbor_fixed(r, boxes[i].box, sizeof boxes[i].box);
	}
	return boxes;
}

const struct change_act *change_lists_take_acts(struct cbor *r, struct arena *a, uint32_t *count,
	bool *no_room)
{
	struct change_act *acts = change_lists_take(r, a, CHANGE_ACTS_MAX, sizeof *acts, count, no_room);
	for (uint32_t i = 0; i < *count && !r->err; i++) {
		change_lists_take_tuple(r, CHANGE_LISTS_ACT_FIELDS);
		acts[i].code = (uint32_t)cbor_uint(r, CHANGE_NUMBER_MAX);
		acts[i].role = (uint32_t)cbor_uint(r, CHANGE_NUMBER_MAX);
		struct bytes args = cbor_bytes(r);
		const void *copy = arena_copy(a, args.data, args.size);
		if (!copy)
			*no_room = true;
		acts[i].args = bytes_of(copy, copy ? args.size : 0);
	}
	return acts;
}
