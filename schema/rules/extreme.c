/* min and max: the least or greatest of the values that did not see each other; blanks only win among
 * themselves. */
#include "schema/rules/rule.h"
#include "schema/value.h"

/* `sign` is 1 for the greatest, -1 for the least.  Among equal values the earliest head stands. */
static void choose(struct rule_choice *out, const struct rule_field *f, const struct rule_ops *heads,
	int sign)
{
	const struct rule_op *best = NULL;
	for (uint32_t i = 0; i < heads->count; i++) {
		const struct rule_op *head = heads->at[i];
		if (value_is_blank(head->item.value))
			continue;
		if (!best || sign * value_compare(f->field, head->item.value, best->item.value) > 0)
			best = head;
	}
	out->winner = best ? best : heads->at[heads->count - 1];
}

static void choose_least(struct rule_choice *out, const struct rule_field *f, const struct rule_ops *heads)
{
	choose(out, f, heads, -1);
}

static void choose_greatest(struct rule_choice *out, const struct rule_field *f,
	const struct rule_ops *heads)
{
	choose(out, f, heads, 1);
}

const struct rule rule_min = {
	.kind = RULE_MIN,
	.takes = RULE_TAKES_SINGLE,
	.choose = choose_least,
};

const struct rule rule_max = {
	.kind = RULE_MAX,
	.takes = RULE_TAKES_SINGLE,
	.choose = choose_greatest,
};
