/* The model's judgement: why an operation or strike does not count. */
#include "tests/model/model.h"

#include <string.h>

bool model_op_sees(const struct model *m, int a, int b)
{
	int x = m->ops[a].change, y = m->ops[b].change;
	return x == y ? b < a : m->sees[x][y];
}

static bool kind_is(const struct model_op *op, const char *kind)
{
	return strcmp(op->kind, kind) == 0;
}

static bool holds(const struct model_change *c, const char *role)
{
	const cJSON *held = cJSON_GetObjectItemCaseSensitive(c->json, "held");
	return held ? model_place(held, role) >= 0 : strcmp(c->role, role) == 0;
}

static int find_label(const struct model *m, const char *label)
{
	for (int i = 0; i < m->change_count; i++) {
		if (strcmp(m->changes[i].label, label) == 0)
			return i;
	}
	return -1;
}

/* ---- Strikes */

static const char *judge_strike(const struct model *m, const struct model_op *op)
{
	const struct model_change *c = &m->changes[op->change];
	const char *standing = model_text(c->json, "standing");
	const char *role = *model_text(op->json, "role") ? model_text(op->json, "role") : c->role;
	int struck = find_label(m, model_text(op->json, "change"));
	const cJSON *acts = cJSON_GetObjectItemCaseSensitive(m->form, "acts");
	if (*standing)
		return standing;
	if (!holds(c, role))
		return "not_permitted";
	if (struck < 0 || !m->sees[op->change][struck])
		return "invalid_value";
	if (strcmp(model_text(c->json, "member"), model_text(m->changes[struck].json, "member")) != 0 &&
		!model_names(cJSON_GetObjectItemCaseSensitive(acts, "strike"), role))
		return "not_permitted";
	return NULL;
}

/* ---- Operations by themselves */

static bool takes(const cJSON *field, const struct model_op *op)
{
	if (model_is(field, "rule", "union_set"))
		return kind_is(op, "add") || kind_is(op, "remove");
	if (model_is(field, "rule", "append_list"))
		return kind_is(op, "append");
	return kind_is(op, "set") || kind_is(op, "resolve") || kind_is(op, "ack");
}

static bool value_fits(const struct model *m, const struct model_op *op)
{
	const char *basis = model_text(op->json, "basis");
	const cJSON *b;
	bool known = !*basis;
	cJSON_ArrayForEach(b, cJSON_GetObjectItemCaseSensitive(m->form, "bases"))
		known = known || model_is(b, "name", basis);
	if (!known)
		return false;
	if (kind_is(op, "ack"))
		return cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(op->json, "changes")) > 0;
	if (kind_is(op, "resolve") && !*model_text(op->json, "reason"))
		return false;
	return op->value.size > 0;
}

static bool may(const struct model_op *op, const char *role)
{
	bool writes = model_names(cJSON_GetObjectItemCaseSensitive(op->field, "write"), role);
	bool resolves = model_names(cJSON_GetObjectItemCaseSensitive(op->field, "resolve"), role);
	const cJSON *kinds = cJSON_GetObjectItemCaseSensitive(op->field, "entry_kinds");
	if (kind_is(op, "resolve"))
		return resolves;
	if (kind_is(op, "ack"))
		return writes || resolves;
	if (kinds)
		return writes && model_names(cJSON_GetObjectItemCaseSensitive(kinds,
			model_text(model_written(op), "kind")), role);
	return writes;
}

static bool kind_is_known(const struct model_op *op)
{
	static const char *const kinds[] = {
		"set", "add", "remove", "append", "move", "resolve", "ack", "reason",
	};
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (kind_is(op, kinds[i]))
			return true;
	}
	return false;
}

static const char *judge_alone(const struct model *m, const struct model_op *op)
{
	const struct model_change *c = &m->changes[op->change];
	const cJSON *named = cJSON_GetObjectItemCaseSensitive(op->json, "field");
	if (c->struck)
		return "struck";
	if (*model_text(c->json, "standing"))
		return model_text(c->json, "standing");
	if (kind_is(op, "undecodable"))
		return "invalid_value";
	if (!holds(c, c->role))
		return "not_permitted";
	if (!kind_is_known(op))
		return "unknown_code";
	if (!op->field && (!named || (cJSON_IsNumber(named) && named->valueint == 0)))
		return kind_is(op, "reason") && op->compartment == 1 && *model_text(op->json, "reason") ?
			NULL : "invalid_value";
	if (!op->field)
		return "unknown_code";
	const cJSON *compartment;
	cJSON_ArrayForEach(compartment, cJSON_GetObjectItemCaseSensitive(m->form, "compartments")) {
		if (model_is(compartment, "name", model_text(op->field, "compartment")) &&
			cJSON_GetObjectItemCaseSensitive(compartment, "number")->valueint != op->compartment)
			return "invalid_value";
	}
	if (!takes(op->field, op) || !value_fits(m, op))
		return "invalid_value";
	return may(op, c->role) ? NULL : "not_permitted";
}

/* ---- Operations by what they saw */

static bool is_weaker(const int *a, const int *b)
{
	return a[0] != b[0] ? a[0] > b[0] : a[1] > b[1];
}

static void set_own_rank(const struct model *m, struct model_op *op, bool with_basis)
{
	const cJSON *bases = cJSON_GetObjectItemCaseSensitive(m->form, "bases"), *b;
	const cJSON *ranks = cJSON_GetObjectItemCaseSensitive(op->field, "ranks");
	op->rank[0] = op->rank[1] = 0;
	if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(op->field, "rank_by_basis"))) {
		int place = 0;
		op->rank[0] = cJSON_GetArraySize(bases);
		cJSON_ArrayForEach(b, bases) {
			if (with_basis && model_is(b, "name", model_text(op->json, "basis")))
				op->rank[0] = place;
			place++;
		}
	}
	op->rank[1] = model_place(ranks, m->changes[op->change].role);
	if (op->rank[1] < 0)
		op->rank[1] = cJSON_GetArraySize(ranks);
}

static const char *judge_by_past(const struct model *m, int at, struct model_op *op)
{
	bool in[MODEL_OPS_MAX] = { false };
	int heads[MODEL_OPS_MAX];
	bool set = kind_is(op, "set");
	if (!op->field || (!set && !kind_is(op, "resolve")))
		return NULL;
	for (int i = 0; i < at; i++)
		in[i] = model_op_sees(m, at, i);
	int count = model_heads(heads, m, op->field, in);
	set_own_rank(m, op, set);
	const char *reason = NULL;
	bool confirms = false;
	for (int i = 0; i < count; i++) {
		const struct model_op *head = &m->ops[heads[i]];
		bool equal = model_equal(&head->value, &op->value);
		if (set && model_is(op->field, "rule", "write_once") && !equal)
			reason = "already_set";
		if (set && cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(op->field, "sticky")) &&
			is_weaker(op->rank, head->rank))
			reason = "weaker_authority";
		if (!set && equal && (!confirms || is_weaker(op->rank, head->rank))) {
			confirms = true;
			op->rank[0] = head->rank[0];
			op->rank[1] = head->rank[1];
		}
	}
	return reason;
}

void model_judge(struct model *m)
{
	for (int i = 0; i < m->op_count; i++) {
		struct model_op *op = &m->ops[i];
		if (!kind_is(op, "strike"))
			continue;
		op->reason = judge_strike(m, op);
		if (!op->reason)
			m->changes[find_label(m, model_text(op->json, "change"))].struck = true;
	}
	for (int i = 0; i < m->op_count; i++) {
		struct model_op *op = &m->ops[i];
		if (kind_is(op, "strike"))
			continue;
		op->reason = judge_alone(m, op);
		if (!op->reason)
			op->reason = judge_by_past(m, i, op);
	}
}
