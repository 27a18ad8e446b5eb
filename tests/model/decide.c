/* The model's fields: heads, the rule's choice, interim, candidates, losers, straight from the
 * definitions. */
#include "tests/model/model.h"

#include <string.h>

static bool writes(const struct model_op *op)
{
	return strcmp(op->kind, "set") == 0 || strcmp(op->kind, "resolve") == 0;
}

int model_heads(int *heads, const struct model *m, const cJSON *field, const bool *in)
{
	int count = 0;
	for (int i = 0; i < m->op_count; i++) {
		bool head = in[i] && m->ops[i].field == field && !m->ops[i].reason && writes(&m->ops[i]);
		for (int k = 0; k < m->op_count && head; k++) {
			if (in[k] && m->ops[k].field == field && !m->ops[k].reason && writes(&m->ops[k]) &&
				model_op_sees(m, k, i))
				head = false;
		}
		if (head)
			heads[count++] = i;
	}
	return count;
}

static bool same(const struct model *m, int a, int b)
{
	return model_equal(&m->ops[a].value, &m->ops[b].value);
}

/* ---- What each rule takes from its heads */

static bool stronger(const struct model_op *a, const struct model_op *b)
{
	return a->rank[0] != b->rank[0] ? a->rank[0] < b->rank[0] : a->rank[1] < b->rank[1];
}

/* The heads than which no other is stronger. */
static int strongest(int *out, const struct model *m, const int *heads, int count)
{
	int found = 0;
	for (int i = 0; i < count; i++) {
		bool best = true;
		for (int k = 0; k < count; k++)
			best = best && !stronger(&m->ops[heads[k]], &m->ops[heads[i]]);
		if (best)
			out[found++] = heads[i];
	}
	return found;
}

/* Place of a value in a min or max field. */
static double place_of(const cJSON *field, const struct model_op *op)
{
	const cJSON *json = model_written(op), *order = cJSON_GetObjectItemCaseSensitive(field, "order");
	if (order)
		return model_place(order, json->valuestring);
	if (cJSON_IsNumber(json))
		return json->valuedouble;
	/* Days and moments compare as their texts do; here by the bytes of their one encoding. */
	double place = 0;
	for (size_t i = 0; i < op->value.size; i++)
		place = place * 256 + op->value.bytes[i];
	return place;
}

static int extreme(const struct model *m, const cJSON *field, const int *heads, int count, bool least)
{
	int best = -1;
	for (int i = 0; i < count; i++) {
		if (model_is_blank(model_written(&m->ops[heads[i]])))
			continue;
		double place = place_of(field, &m->ops[heads[i]]);
		double standing = best < 0 ? 0 : place_of(field, &m->ops[best]);
		if (best < 0 || (least ? place < standing : place > standing))
			best = heads[i];
	}
	return best < 0 ? heads[count - 1] : best;
}

/* The head that wins, or -1: then `candidates` are those of which one might. */
static int choose(int *candidates, int *candidate_count, const struct model *m, const cJSON *field,
	const int *heads, int count)
{
	bool equal = true;
	for (int i = 0; i < count; i++)
		equal = equal && same(m, heads[0], heads[i]);
	if (equal)
		return heads[0];
	if (model_is(field, "rule", "last_writer"))
		return heads[count - 1];
	if (model_is(field, "rule", "min") || model_is(field, "rule", "max"))
		return extreme(m, field, heads, count, model_is(field, "rule", "min"));
	memcpy(candidates, heads, (size_t)count * sizeof *heads);
	*candidate_count = count;
	if (!model_is(field, "rule", "authority"))
		return -1;
	*candidate_count = strongest(candidates, m, heads, count);
	for (int i = 0; i < *candidate_count; i++) {
		if (!same(m, candidates[0], candidates[i]))
			return model_is(field, "tie", "last_writer") ? candidates[*candidate_count - 1] : -1;
	}
	return candidates[0];
}

/* ---- Single values */

static bool is_acked(const struct model *m, const cJSON *field, int loser)
{
	for (int i = 0; i < m->op_count; i++) {
		const struct model_op *op = &m->ops[i];
		if (op->field == field && !op->reason && strcmp(op->kind, "ack") == 0 &&
			m->sees[op->change][m->ops[loser].change] &&
			model_place(cJSON_GetObjectItemCaseSensitive(op->json, "changes"),
				m->changes[m->ops[loser].change].label) >= 0)
			return true;
	}
	return false;
}

static void set_value(struct model_result *r, const struct model *m, int op)
{
	r->value = model_written(&m->ops[op]);
	r->by = op;
}

static void set_interim(struct model_result *r, const struct model *m, const cJSON *field, const int *heads,
	int count)
{
	const cJSON *kind = cJSON_GetObjectItemCaseSensitive(field, "interim");
	if (cJSON_IsObject(kind))
		r->value = cJSON_GetObjectItemCaseSensitive(kind, "fixed");
	if (model_is(field, "interim", "earliest"))
		set_value(r, m, heads[0]);
	if (!model_is(field, "interim", "last_agreed"))
		return;
	bool agreed[MODEL_OPS_MAX];
	for (int i = 0; i < m->op_count; i++) {
		agreed[i] = true;
		for (int k = 0; k < count; k++)
			agreed[i] = agreed[i] && model_op_sees(m, heads[k], i);
	}
	struct model_result before;
	model_decide(&before, m, field, agreed);
	r->value = before.value;
	r->by = before.by;
}

static void decide_single(struct model_result *r, const struct model *m, const cJSON *field, const bool *in)
{
	int heads[MODEL_OPS_MAX], candidates[MODEL_OPS_MAX], candidate_count = 0;
	int count = model_heads(heads, m, field, in);
	if (count == 0)
		return;
	int winner = choose(candidates, &candidate_count, m, field, heads, count);
	if (winner >= 0) {
		set_value(r, m, winner);
		candidates[0] = winner;
		candidate_count = 1;
	} else {
		r->status = "contested";
		set_interim(r, m, field, heads, count);
	}
	for (int i = 0; i < candidate_count && winner < 0; i++) {
		bool again = false;
		for (int k = 0; k < i; k++)
			again = again || same(m, candidates[k], candidates[i]);
		if (!again)
			r->items[r->item_count++] = candidates[i];
	}
	for (int i = 0; i < count; i++) {
		bool loses = true;
		for (int k = 0; k < candidate_count; k++)
			loses = loses && !same(m, candidates[k], heads[i]);
		if (loses && !is_acked(m, field, heads[i]))
			r->losers[r->loser_count++] = heads[i];
	}
	if (winner >= 0 && r->loser_count > 0)
		r->status = "auto";
}

/* ---- Sets and lists */

static void decide_set(struct model_result *r, const struct model *m, const cJSON *field, const bool *in)
{
	for (int i = 0; i < m->op_count; i++) {
		const struct model_op *add = &m->ops[i];
		bool stands = in[i] && add->field == field && !add->reason && strcmp(add->kind, "add") == 0;
		for (int k = 0; k < m->op_count; k++) {
			const struct model_op *other = &m->ops[k];
			if (other->field == field && !other->reason && strcmp(other->kind, "remove") == 0 &&
				same(m, i, k) && model_op_sees(m, k, i))
				stands = false;
		}
		int at = 0;
		while (at < r->item_count && model_compare(&m->ops[r->items[at]].value, &add->value) < 0)
			at++;
		if (!stands || (at < r->item_count && same(m, r->items[at], i)))
			continue;
		memmove(&r->items[at + 1], &r->items[at], (size_t)(r->item_count - at) * sizeof r->items[0]);
		r->items[at] = i;
		r->item_count++;
	}
}

static void decide_list(struct model_result *r, const struct model *m, const cJSON *field, const bool *in)
{
	for (int i = 0; i < m->op_count; i++) {
		if (in[i] && m->ops[i].field == field && !m->ops[i].reason)
			r->items[r->item_count++] = i;
	}
}

void model_decide(struct model_result *r, const struct model *m, const cJSON *field, const bool *in)
{
	r->status = "clean";
	r->value = NULL;
	r->by = -1;
	r->item_count = r->loser_count = 0;
	if (model_is(field, "rule", "union_set"))
		decide_set(r, m, field, in);
	else if (model_is(field, "rule", "append_list"))
		decide_list(r, m, field, in);
	else
		decide_single(r, m, field, in);
}
