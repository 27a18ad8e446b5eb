/* write_once: the first value stays; only who had not seen it could write another one, and then a
 * person decides. */
#include "schema/rules/rule.h"

/* A set may repeat what it saw, never alter it.  Of several different values that it saw it may not
 * even repeat one, since that would settle what a resolver must. */
static enum op_reason judge(struct rule_op *op, const struct rule_field *f, const struct rule_ops *past)
{
	(void)f;
	if (op->code == OP_RESOLVE)
		return REASON_NONE;
	for (uint32_t i = 0; i < past->count; i++) {
		if (!bytes_equal(past->at[i]->item.value, op->item.value))
			return REASON_ALREADY_SET;
	}
	return REASON_NONE;
}

static void choose(struct rule_choice *out, const struct rule_field *f, const struct rule_ops *heads)
{
	(void)f;
	rule_contest_all(out, heads);
}

const struct rule rule_write_once = {
	.kind = RULE_WRITE_ONCE,
	.takes = RULE_TAKES_SINGLE,
	.judge = judge,
	.choose = choose,
};
