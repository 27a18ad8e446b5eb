/* Names of the reasons for which an operation is kept without effect. */
#include "schema/op.h"

#include <assert.h>

const char *op_reason_name(enum op_reason reason)
{
	static const char *const names[] = {
		[REASON_NONE] = "none",
		[REASON_NOT_PERMITTED] = "not_permitted",
		[REASON_WEAKER_AUTHORITY] = "weaker_authority",
		[REASON_ALREADY_SET] = "already_set",
		[REASON_WRONG_STATE] = "wrong_state",
		[REASON_NO_SUCH_TRANSITION] = "no_such_transition",
		[REASON_GUARD_FAILED] = "guard_failed",
		[REASON_STRUCK] = "struck",
		[REASON_INVALID_VALUE] = "invalid_value",
		[REASON_NOT_ADOPTED] = "not_adopted",
		[REASON_RETIRED] = "retired",
		[REASON_UNKNOWN_CODE] = "unknown_code",
	};
	assert((unsigned)reason < sizeof names / sizeof names[0]);
	return names[reason];
}
