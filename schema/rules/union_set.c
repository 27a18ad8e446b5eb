/* union_set: an observed-remove set in which an add wins over a remove that had not seen it. */
#include "schema/rules/rule.h"

#include <stdlib.h>

/* True when one of the removes behind `add` in the group, which ends before `end`, saw it.  What
 * comes later in the same change has seen it. */
static bool is_removed(const struct rule_field *f, const struct rule_ops *ops, uint32_t add, uint32_t end)
{
	uint32_t change = ops->at[add]->item.change;
	for (uint32_t i = end; i-- > add + 1;) {
		const struct rule_op *op = ops->at[i];
		if (op->code != OP_REMOVE)
			continue;
		if (op->item.change == change || dag_sees(f->dag, op->item.change, change))
			return true;
	}
	return false;
}

static void collect(struct view_item *items, uint32_t *count, const struct rule_field *f,
	struct rule_ops *ops)
{
	*count = 0;
	qsort(ops->at, ops->count, sizeof *ops->at, rule_compare_value);
	for (uint32_t start = 0, end = 0; start < ops->count; start = end) {
		while (end < ops->count && bytes_equal(ops->at[end]->item.value, ops->at[start]->item.value))
			end++;
		for (uint32_t i = start; i < end; i++) {
			if (ops->at[i]->code == OP_ADD && !is_removed(f, ops, i, end)) {
				items[(*count)++] = ops->at[i]->item;
				break;
			}
		}
	}
}

const struct rule rule_union_set = {
	.kind = RULE_UNION_SET,
	.takes = RULE_TAKES(OP_ADD) | RULE_TAKES(OP_REMOVE),
	.collect = collect,
};
