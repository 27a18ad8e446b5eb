/* last_writer: the last head in the fixed order. */
#include "schema/rules/rule.h"

static void choose(struct rule_choice *out, const struct rule_field *f, const struct rule_ops *heads)
{
	(void)f;
	out->winner = heads->at[heads->count - 1];
}

const struct rule rule_last_writer = {
	.kind = RULE_LAST_WRITER,
	.takes = RULE_TAKES_SINGLE,
	.choose = choose,
};
