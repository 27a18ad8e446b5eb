/* Operations as people type them and programs write them.
 *
 * Words: FIELD=VALUE sets (an empty VALUE empties the field), FIELD+=VALUE adds to a set or appends to a
 * list, FIELD-=VALUE removes from a set.  JSON: the stories' form, {"op":"set","field":F,"value":V,
 * "basis":B}, add and remove with "element", append with "entry", resolve with "value" and "reason", ack
 * with "changes". */
#ifndef SCHEMA_OP_READ_H
#define SCHEMA_OP_READ_H

#include "schema/form.h"
#include "schema/op.h"

struct op_list { /* grows in the arena */
	struct arena *arena;
	const struct form *form;
	struct op *ops;
	uint32_t count, room;
};

void op_list_init(struct op_list *l, struct arena *arena, const struct form *form);

/* The field of that path.  ERR_USAGE names the nearest path. */
MUST_USE enum err op_find_field(
	const struct form_field **out, const struct form *form, const char *path, struct err_text *why);
/* The number of a basis; ERR_USAGE names the nearest. */
MUST_USE enum err op_find_basis(
	uint32_t *out, const struct form *form, const char *name, struct err_text *why);

enum op_word_kind { OP_WORD_SET, OP_WORD_ADD, OP_WORD_REMOVE };
struct op_word {
	struct bytes path;
	enum op_word_kind kind;
	const char *value; /* within the word */
};

/* Takes a word apart; false when it is none of the three forms. */
bool op_word_split(struct op_word *out, const char *word);

/* Adds what a word says, with a value that the caller fetched (it may have come from a file).  ERR_USAGE: no
 * such field, or a sign that its shape does not take.  ERR_REFUSED: the field does not take the value. */
MUST_USE enum err op_list_add_word(
	struct op_list *l, const struct op_word *word, struct bytes value, uint32_t basis, struct err_text *why);

/* Adds one JSON operation, or each of an array.  Errors as above; `why` counts the operations of an array
 * from 1. */
MUST_USE enum err op_list_add_json(struct op_list *l, const struct json *op, struct err_text *why);
MUST_USE enum err op_list_add_all_json(struct op_list *l, const struct json *array, struct err_text *why);

/* Adds one operation with a JSON value: set, add or append by the shape of the field; an array stands for
 * all its elements where the field has many. */
MUST_USE enum err op_list_add_value(struct op_list *l, const struct form_field *field,
	const struct json *value, uint32_t basis, struct err_text *why);

/* A resolution: `value` is canonical. */
MUST_USE enum err op_list_add_resolve(struct op_list *l, const struct form_field *field, struct bytes value,
	const char *reason, struct err_text *why);
/* An acknowledgement of losing changes, in any order. */
MUST_USE enum err op_list_add_ack(struct op_list *l, const struct form_field *field,
	const struct change_id *changes, uint32_t count, struct err_text *why);
/* The reason of a strike. */
MUST_USE enum err op_list_add_reason(
	struct op_list *l, const struct change_id *change, const char *reason, struct err_text *why);

#endif
