/* The table of byte strings of one direction of a session: what was said once is a number afterwards
 * (docs/protocol.md "Session form").
 *
 * Speaker and hearer each have one and do the same to both, so that a number means the same to both. */
#ifndef SCHEMA_REFTABLE_H
#define SCHEMA_REFTABLE_H

#include "base/arena.h"
#include "base/cbor.h"

enum { REFTABLE_MAX = 65536, REFTABLE_FULL = 65000, REFTABLE_SEEDS_MAX = 32768, REFTABLE_STRING_MAX = 64 };

struct reftable;

/* *out is freed with reftable_free.  ERR_MEMORY. */
MUST_USE enum err reftable_new(struct reftable **out);
void reftable_free(struct reftable *t);

/* Appends a string to what the table begins with; an empty one keeps the place and is never referred to.
 * One that is there already, or beyond REFTABLE_SEEDS_MAX, is left out unless it is empty. */
MUST_USE enum err reftable_seed(struct reftable *t, struct bytes string);

/* To be called by both sides before each item: empties a table of REFTABLE_FULL entries or more. */
void reftable_begin_item(struct reftable *t);

/* Speaker: appends the number of the string, or the string itself, which is then in the table.  An error
 * sticks to `out`. */
void reftable_put(struct buf *out, struct reftable *t, struct bytes string);

/* Hearer: reads a number or a string, which is then in the table.  Borrowed from the table until the next
 * reftable_begin_item.  Anything but `size` bytes (0: any, at most REFTABLE_STRING_MAX) is an error of `r`,
 * but the number of an entry that is empty here: that yields an empty string.  *no_room is set when memory
 * is out. */
struct bytes reftable_take(struct cbor *r, struct reftable *t, size_t size, bool *no_room);

/* Both: adds a string that both know from elsewhere; empty where this side does not know it.  ERR_MEMORY. */
MUST_USE enum err reftable_add(struct reftable *t, struct bytes string);

/* Speaker: the entries so far are not referred to any more, since the hearer may not know them after all;
 * what they hold goes as a string once more. */
void reftable_distrust(struct reftable *t);

/* Whether the string would go as a number. */
bool reftable_has(const struct reftable *t, struct bytes string);

#endif
