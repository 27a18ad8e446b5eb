/* The arguments of statements, by code: inner part of schema/statement. */
#ifndef SCHEMA_STATEMENT_ARGS_H
#define SCHEMA_STATEMENT_ARGS_H

#include "base/cbor.h"
#include "schema/statement.h"

/* Appends the arguments; those of codes without a decoded form are s->args. */
void statement_put_args(struct buf *out, const struct statement *s);

/* Reads s->args by s->code into s->as, with strings borrowed and lists in the arena, and sets s->valid.
 * ERR_MEMORY only. */
MUST_USE enum err statement_take_args(struct statement *s, struct arena *a);

#endif
