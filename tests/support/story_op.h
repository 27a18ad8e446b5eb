/* One operation of a story, from JSON to what stands in a payload. */
#ifndef TESTS_SUPPORT_STORY_OP_H
#define TESTS_SUPPORT_STORY_OP_H

#include "base/json.h"
#include "schema/form.h"
#include "schema/op.h"

/* The id that a label stands for. */
void story_hash(uint8_t id[32], const char *kind, const char *label);

/* The operation's field in the form; NULL when the form has none of that path. */
const struct form_field *story_op_field(const struct form *form, const struct json *op);

/* True for an operation that the engine has no rule for; strikes are acts and never skipped. */
bool story_op_is_skipped(const struct form *form, const struct json *op);

/* Encodes one operation that is neither a strike nor skipped, and the compartment it stands in.  A
 * value that the field does not take is encoded as something that no field takes. */
MUST_USE enum err story_op_encode(struct op *out, uint32_t *compartment, struct arena *a,
	const struct form *form, const struct json *op, struct err_text *why);

#endif
