/* manual_review: different heads are for a person to decide. */
#include "schema/rules/rule.h"

static void choose(struct rule_choice *out, const struct rule_field *f, const struct rule_ops *heads)
{
	(void)f;
	rule_contest_all(out, heads);
}

const struct rule rule_manual_review = {
	.kind = RULE_MANUAL_REVIEW,
	.takes = RULE_TAKES_SINGLE,
	.choose = choose,
};
