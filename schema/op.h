/* Operations: what a change says about fields, as they stand in a payload (docs/format.md "Payloads").
 *
 * Codes are final.  A code that this version does not know is kept, passed on and without effect. */
#ifndef SCHEMA_OP_H
#define SCHEMA_OP_H

#include "base/bytes.h"
#include "base/err.h"

enum op_code {
	OP_SET = 1,     /* value */
	OP_ADD = 2,     /* element of a set */
	OP_REMOVE = 3,  /* element of a set */
	OP_APPEND = 4,  /* entry of a list */
	OP_MOVE = 5,    /* [from, to]: enum numbers */
	OP_RESOLVE = 6, /* [value, reason text] */
	OP_ACK = 7,     /* [change id, ...]: losing changes, ascending */
	OP_REASON = 8   /* field 0: [change id, reason text]: why this change strikes that one */
};

struct op {
	uint32_t field;     /* number in the form; 0 is the change itself */
	uint32_t code;
	uint32_t basis;     /* 0: none */
	struct bytes value; /* one canonical CBOR item */
};

enum { OPS_MAX = 4096 }; /* of one payload */

/* Why an operation or act is kept but without effect.  Codes are final. */
enum op_reason {
	REASON_NONE = 0, REASON_NOT_PERMITTED, REASON_WEAKER_AUTHORITY, REASON_ALREADY_SET, REASON_WRONG_STATE,
	REASON_NO_SUCH_TRANSITION, REASON_GUARD_FAILED, REASON_STRUCK, REASON_INVALID_VALUE,
	REASON_NOT_ADOPTED, REASON_RETIRED, REASON_UNKNOWN_CODE
};
const char *op_reason_name(enum op_reason reason); /* "weaker_authority" */

#endif
