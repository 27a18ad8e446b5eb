/* The table of conflict rules. */
#include "schema/rules/rule.h"

const struct rule *rule_find(enum rule_kind kind)
{
	static const struct rule *const rules[] = {
		&rule_last_writer, &rule_authority, &rule_write_once, &rule_union_set, &rule_append_list,
		&rule_min, &rule_max, &rule_manual_review,
	};
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		if (rules[i]->kind == kind)
			return rules[i];
	}
	return NULL;
}

int rule_compare_place(const void *a, const void *b)
{
	const struct rule_op *x = *(const struct rule_op *const *)a;
	const struct rule_op *y = *(const struct rule_op *const *)b;
	return (x->index > y->index) - (x->index < y->index);
}

int rule_compare_value(const void *a, const void *b)
{
	const struct rule_op *x = *(const struct rule_op *const *)a;
	const struct rule_op *y = *(const struct rule_op *const *)b;
	int order = bytes_compare(x->item.value, y->item.value);
	return order ? order : rule_compare_place(a, b);
}

void rule_contest_all(struct rule_choice *out, const struct rule_ops *heads)
{
	for (uint32_t i = 0; i < heads->count; i++)
		out->candidate[i] = true;
}
