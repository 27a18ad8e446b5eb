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

static void add_id(cJSON *object, const char *key, const unsigned char id[32])
{
	char hex[65];
	for (int i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", id[i]);
	if (cJSON_IsObject(object))
		cJSON_AddStringToObject(object, key, hex);
	else
		cJSON_AddItemToArray(object, cJSON_CreateString(hex));
}

/* Who wrote it. */
static cJSON *writer_of(const struct model *m, int op)
{
	if (op < 0)
		return cJSON_CreateNull();
	const struct model_change *c = &m->changes[m->ops[op].change];
	unsigned char id[32];
	cJSON *by = cJSON_CreateObject();
	add_id(by, "change", c->id);
	model_hash(id, "member", model_text(c->json, "member"));
	add_id(by, "officer", id);
	cJSON_AddStringToObject(by, "role", c->role);
	model_hash(id, "site", model_text(c->json, "site"));
	cJSON_AddNumberToObject(by, "site", id[0] * 65536 + id[1] * 256 + id[2]);
	cJSON_AddNumberToObject(by, "time", (double)model_moment(model_text(c->json, "at")));
	return by;
}

static cJSON *copy_items(const struct model *m, const int *items, int count)
{
	cJSON *array = cJSON_CreateArray();
	for (int i = 0; i < count; i++)
		cJSON_AddItemToArray(array, copy_value(model_written(&m->ops[items[i]])));
	return array;
}

static cJSON *copy_writers(const struct model *m, const int *items, int count)
{
	cJSON *array = cJSON_CreateArray();
	for (int i = 0; i < count; i++)
		cJSON_AddItemToArray(array, writer_of(m, items[i]));
	return array;
}

/* Candidates and losers: each with its writer. */
static void add_items(cJSON *out, const char *key, const struct model *m, const int *items, int count)
{
	cJSON *array = cJSON_AddArrayToObject(out, key);
	for (int i = 0; i < count; i++) {
		cJSON *item = cJSON_CreateObject();
		cJSON_AddItemToObject(item, "value", copy_value(model_written(&m->ops[items[i]])));
		cJSON_AddItemToObject(item, "by", writer_of(m, items[i]));
		cJSON_AddItemToArray(array, item);
	}
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
	add_items(out, "candidates", m, r.items, r.item_count);
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
		cJSON_AddNullToObject(out, "by");
		if (sight == PARTIAL)
			add_readable(out, m, field, all, many);
		return out;
	}
	model_decide(&r, m, field, all);
	cJSON_AddItemToObject(out, "value", many ? copy_items(m, r.items, r.item_count) : copy_value(r.value));
	cJSON_AddStringToObject(out, "status", r.status);
	cJSON_AddItemToObject(out, "by", many ? copy_writers(m, r.items, r.item_count) : writer_of(m, r.by));
	if (strcmp(r.status, "contested") == 0)
		add_items(out, "candidates", m, r.items, r.item_count);
	if (r.loser_count)
		add_items(out, "losers", m, r.losers, r.loser_count);
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
		if (!op->reason)
			continue;
		cJSON *row = cJSON_CreateArray();
		add_id(row, NULL, m->changes[op->change].id);
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
