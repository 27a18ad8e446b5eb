/* append_list: all entries in the fixed order; one can be struck, none altered. */
#include "schema/rules/rule.h"

static void collect(struct view_item *items, uint32_t *count, const struct rule_field *f,
	struct rule_ops *ops)
{
	(void)f;
	for (uint32_t i = 0; i < ops->count; i++)
		items[i] = ops->at[i]->item;
	*count = ops->count;
}

const struct rule rule_append_list = {
	.kind = RULE_APPEND_LIST,
	.takes = RULE_TAKES(OP_APPEND),
	.collect = collect,
};
