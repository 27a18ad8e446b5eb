/* The lists that every wire form of a change and of a checkpoint has in common: boxes and acts. */
#ifndef SCHEMA_CHANGE_LISTS_H
#define SCHEMA_CHANGE_LISTS_H

#include "base/cbor.h"
#include "schema/change.h"

enum { CHANGE_LISTS_BOX_FIELDS = 3, CHANGE_LISTS_ACT_FIELDS = 3 };

/* [[site, keyno, box]...] and [[code, role, args]...]. */
void change_lists_put_boxes(struct buf *out, const struct change_box *boxes, uint32_t count);
void change_lists_put_acts(struct buf *out, const struct change_act *acts, uint32_t count);

/* The head of a list of at most `max` elements, and zeroed room for them in the arena; NULL (and *no_room
 * set) without memory.  What is wrong sticks to `r`. */
void *change_lists_take(struct cbor *r, struct arena *a, size_t max, size_t size, uint32_t *count,
	bool *no_room);
/* The head of an array of exactly so many elements. */
void change_lists_take_tuple(struct cbor *r, size_t fields);
const struct change_box *change_lists_take_boxes(struct cbor *r, struct arena *a, uint32_t *count,
	bool *no_room);
const struct change_act *change_lists_take_acts(struct cbor *r, struct arena *a, uint32_t *count,
	bool *no_room);

#endif
