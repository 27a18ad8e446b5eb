/* The model's view as text. */
#include "tests/model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum sight { WHOLE, PARTIAL, ERASED };

static enum sight sight_of(const struct model *m, const char *compartment)
{
	enum sight sight = WHOLE;
	for (int i = 0; i < m->change_count; i++) {
		const struct model_change *c = &m->changes[i];
		const char *state = model_text(cJSON_GetObjectItemCaseSensitive(c->json, "payloads"), compartment);
		if (c->struck || *model_text(c->json, "standing"))
			continue;
		if (strcmp(state, "erased") == 0)
			sight = ERASED;
		if (strcmp(state, "unknown") == 0 && sight == WHOLE)
			sight = PARTIAL;
	}
	return sight;
}

static bool something_is_unknown(const struct model *m, const char *compartment)
{
	for (int i = 0; i < m->change_count; i++) {
		const struct model_change *c = &m->changes[i];
		const cJSON *payloads = cJSON_GetObjectItemCaseSensitive(c->json, "payloads");
		if (!c->struck && !*model_text(c->json, "standing") &&
			strcmp(model_text(payloads, compartment), "unknown") == 0)
			return true;
	}
	return false;
}

static int by_name(const void *a, const void *b)
{
	const char *x = (*(cJSON *const *)a)->string, *y = (*(cJSON *const *)b)->string;
	if (strlen(x) != strlen(y))
		return strlen(x) < strlen(y) ? -1 : 1;
	return strcmp(x, y);
}

/* Puts the members of records, and of what is in them, in canonical order. */
static void sort_members(cJSON *value)
{
	cJSON *members[16];
	int count = 0;
	while (cJSON_IsObject(value) && value->child && count < 16)
		members[count++] = cJSON_DetachItemViaPointer(value, value->child);
	qsort(members, (size_t)count, sizeof members[0], by_name);
	for (int i = 0; i < count; i++) {
		char name[64];
		snprintf(name, sizeof name, "%s", members[i]->string);
		sort_members(members[i]);
		cJSON_AddItemToObject(value, name, members[i]);
	}
}

static cJSON *copy_value(const cJSON *value)
{
	if (!value)
		return cJSON_CreateNull();
	cJSON *copy = cJSON_Duplicate(value, true);
	sort_members(copy);
	return copy;
}

static cJSON *copy_items(const struct model *m, const int *items, int count)
{
	cJSON *array = cJSON_CreateArray();
	for (int i = 0; i < count; i++)
		cJSON_AddItemToArray(array, copy_value(model_written(&m->ops[items[i]])));
	return array;
}

/* What can be read of a field whose compartment is not whole. */
static void add_readable(cJSON *out, const struct model *m, const cJSON *field, const bool *all, bool many)
{
	struct model_result r;
	if (many) {
		model_decide(&r, m, field, all);
	} else {
		int heads[MODEL_OPS_MAX], count = model_heads(heads, m, field, all);
		r.item_count = 0;
		for (int i = 0; i < count; i++) {
			bool again = false;
			for (int k = 0; k < r.item_count; k++)
				again = again || model_equal(&m->ops[r.items[k]].value, &m->ops[heads[i]].value);
			if (!again)
				r.items[r.item_count++] = heads[i];
		}
	}
	cJSON_AddItemToObject(out, "candidates", copy_items(m, r.items, r.item_count));
}

static cJSON *field_text(const struct model *m, const cJSON *field, enum sight sight)
{
	bool all[MODEL_OPS_MAX];
	struct model_result r;
	cJSON *out = cJSON_CreateObject();
	bool many = strchr(model_text(field, "type"), ' ') != NULL;
	memset(all, true, sizeof all);
	if (sight != WHOLE) {
		cJSON_AddNullToObject(out, "value");
		cJSON_AddStringToObject(out, "status", sight == PARTIAL ? "unknown" : "erased");
		if (sight == PARTIAL)
			add_readable(out, m, field, all, many);
		return out;
	}
	model_decide(&r, m, field, all);
	cJSON_AddItemToObject(out, "value", many ? copy_items(m, r.items, r.item_count) : copy_value(r.value));
	cJSON_AddStringToObject(out, "status", r.status);
	if (strcmp(r.status, "contested") == 0)
		cJSON_AddItemToObject(out, "candidates", copy_items(m, r.items, r.item_count));
	if (r.loser_count)
		cJSON_AddItemToObject(out, "losers", copy_items(m, r.losers, r.loser_count));
	return out;
}

static void add_fields(cJSON *out, const struct model *m)
{
	const cJSON *field;
	cJSON *fields = cJSON_AddObjectToObject(out, "fields");
	cJSON_ArrayForEach(field, cJSON_GetObjectItemCaseSensitive(m->form, "fields")) {
		enum sight sight = sight_of(m, model_text(field, "compartment"));
		bool listed = sight != WHOLE;
		for (int i = 0; i < m->op_count; i++)
			listed = listed || m->ops[i].field == field;
		if (listed)
			cJSON_AddItemToObject(fields, model_text(field, "path"), field_text(m, field, sight));
	}
}

static void add_ineffective(cJSON *out, const struct model *m)
{
	cJSON *rows = cJSON_AddArrayToObject(out, "ineffective");
	for (int i = 0; i < m->op_count; i++) {
		const struct model_op *op = &m->ops[i];
		char hex[65];
		if (!op->reason)
			continue;
		for (int k = 0; k < 32; k++)
			snprintf(hex + 2 * k, 3, "%02x", m->changes[op->change].id[k]);
		cJSON *row = cJSON_CreateArray();
		cJSON_AddItemToArray(row, cJSON_CreateString(hex));
		cJSON_AddItemToArray(row, cJSON_CreateString(op->field ? model_text(op->field, "path") : ""));
		cJSON_AddItemToArray(row, cJSON_CreateString(op->reason));
		cJSON_AddItemToArray(rows, row);
	}
}

char *model_run(const cJSON *form, const cJSON *story)
{
	static struct model m;
	const cJSON *compartment;
	if (!model_load(&m, form, story))
		return NULL;
	model_judge(&m);
	cJSON *out = cJSON_CreateObject();
	add_fields(out, &m);
	add_ineffective(out, &m);
	cJSON *unknown = cJSON_AddArrayToObject(out, "unknown");
	cJSON_ArrayForEach(compartment, cJSON_GetObjectItemCaseSensitive(form, "compartments")) {
		if (something_is_unknown(&m, model_text(compartment, "name")))
			cJSON_AddItemToArray(unknown, cJSON_CreateString(model_text(compartment, "name")));
	}
	char *text = cJSON_PrintUnformatted(out);
	cJSON_Delete(out);
	return text;
}
