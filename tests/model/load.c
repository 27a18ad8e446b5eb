/* The model's history: from a story to changes and operations in the fixed order. */
#include "tests/model/model.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

const char *model_text(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	return cJSON_IsString(item) ? item->valuestring : "";
}

bool model_is(const cJSON *field, const char *key, const char *text)
{
	return strcmp(model_text(field, key), text) == 0;
}

int model_place(const cJSON *list, const char *name)
{
	int place = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, list) {
		if (cJSON_IsString(item) && strcmp(item->valuestring, name) == 0)
			return place;
		place++;
	}
	return -1;
}

bool model_names(const cJSON *list, const char *name)
{
	return (cJSON_IsString(list) && strcmp(list->valuestring, "all") == 0) || model_place(list, name) >= 0;
}

void model_hash(unsigned char id[32], const char *kind, const char *label)
{
	char text[256];
	int size = snprintf(text, sizeof text, "%s %s", kind, label);
	crypto_generichash(id, 32, (const unsigned char *)text, (size_t)size, NULL, 0);
}

static int find_label(const struct model *m, const char *label)
{
	for (int i = 0; i < m->change_count; i++) {
		if (strcmp(m->changes[i].label, label) == 0)
			return i;
	}
	return -1;
}

static bool load_changes(struct model *m, const cJSON *story)
{
	for (int part = 0; part < 2; part++) {
		const cJSON *json, *parent;
		cJSON_ArrayForEach(json, cJSON_GetObjectItemCaseSensitive(story, part ? "changes" : "base")) {
			if (m->change_count == MODEL_CHANGES_MAX)
				return false;
			struct model_change *c = &m->changes[m->change_count];
			c->json = json;
			c->label = model_text(json, "id");
			c->role = model_text(json, "role");
			model_hash(c->id, "change", c->label);
			/* Parents stand before their children in a story. */
			c->time = model_moment(model_text(json, "at"));
			cJSON_ArrayForEach(parent, cJSON_GetObjectItemCaseSensitive(json, "parents")) {
				int p = find_label(m, parent->valuestring);
				if (p < 0)
					return false;
				c->parents[c->parent_count++] = p;
				if (m->changes[p].time + 1 > c->time)
					c->time = m->changes[p].time + 1;
			}
			m->change_count++;
		}
	}
	return true;
}

static bool comes_before(const struct model_change *a, const struct model_change *b)
{
	if (a->time != b->time)
		return a->time < b->time;
	return memcmp(a->id, b->id, sizeof a->id) < 0;
}

/* Puts the changes into the fixed order, and then the table of who sees whom. */
static void order_changes(struct model *m)
{
	static struct model_change sorted[MODEL_CHANGES_MAX];
	int to[MODEL_CHANGES_MAX];
	for (int i = 0; i < m->change_count; i++) {
		to[i] = 0;
		for (int k = 0; k < m->change_count; k++)
			to[i] += comes_before(&m->changes[k], &m->changes[i]);
		sorted[to[i]] = m->changes[i];
	}
	for (int i = 0; i < m->change_count; i++) {
		m->changes[i] = sorted[i];
		for (int k = 0; k < m->changes[i].parent_count; k++) {
			m->changes[i].parents[k] = to[m->changes[i].parents[k]];
			m->sees[i][m->changes[i].parents[k]] = true;
		}
	}
	for (int via = 0; via < m->change_count; via++) {
		for (int a = 0; a < m->change_count; a++) {
			for (int b = 0; b < m->change_count; b++)
				m->sees[a][b] = m->sees[a][b] || (m->sees[a][via] && m->sees[via][b]);
		}
	}
}

static const cJSON *find_field(const cJSON *form, const cJSON *named)
{
	const cJSON *field;
	cJSON_ArrayForEach(field, cJSON_GetObjectItemCaseSensitive(form, "fields")) {
		const cJSON *number = cJSON_GetObjectItemCaseSensitive(field, "number");
		if (cJSON_IsNumber(named) ? number->valueint == named->valueint :
			cJSON_IsString(named) && model_is(field, "path", named->valuestring))
			return field;
	}
	return NULL;
}

static int find_compartment(const cJSON *form, const char *name)
{
	const cJSON *c;
	cJSON_ArrayForEach(c, cJSON_GetObjectItemCaseSensitive(form, "compartments")) {
		if (model_is(c, "name", name))
			return cJSON_GetObjectItemCaseSensitive(c, "number")->valueint;
	}
	return 1;
}

const cJSON *model_written(const struct model_op *op)
{
	const char *member = strcmp(op->kind, "add") == 0 || strcmp(op->kind, "remove") == 0 ? "element" :
		strcmp(op->kind, "append") == 0 ? "entry" : "value";
	return cJSON_GetObjectItemCaseSensitive(op->json, member);
}

static bool add_op(struct model *m, int change, int compartment, const char *kind, const cJSON *json,
	const cJSON *field)
{
	if (m->op_count == MODEL_OPS_MAX)
		return false;
	struct model_op *op = &m->ops[m->op_count++];
	*op = (struct model_op){ .change = change, .compartment = compartment, .kind = kind, .json = json,
		.field = field };
	if (json && field)
		model_encode(&op->value, field, model_written(op));
	return true;
}

static const char *state_of(const struct model *m, int change, int compartment)
{
	const cJSON *state;
	cJSON_ArrayForEach(state, cJSON_GetObjectItemCaseSensitive(m->changes[change].json, "payloads")) {
		if (find_compartment(m->form, state->string) == compartment)
			return state->valuestring;
	}
	return "open";
}

/* Where an operation stands: the payload it is put in, else its field's, else core; acts at the end. */
static int compartment_of(const struct model *m, const cJSON *op, const cJSON *field)
{
	const char *placed = model_text(op, "compartment");
	if (model_is(op, "op", "strike"))
		return MODEL_COMPARTMENTS_MAX;
	if (!*placed && field)
		placed = model_text(field, "compartment");
	return *placed ? find_compartment(m->form, placed) : 1;
}

/* The operations of one change: payload by payload, acts at the end.  A payload that can't be decoded
 * stands as one operation of the kind "undecodable". */
static bool load_ops(struct model *m, int change)
{
	const cJSON *ops = cJSON_GetObjectItemCaseSensitive(m->changes[change].json, "ops"), *op;
	const cJSON *fields[64];
	int in[64], at = 0;
	cJSON_ArrayForEach(op, ops) {
		if (at == 64)
			return false;
		fields[at] = find_field(m->form, cJSON_GetObjectItemCaseSensitive(op, "field"));
		in[at] = compartment_of(m, op, fields[at]);
		at++;
	}
	for (int compartment = 1; compartment <= MODEL_COMPARTMENTS_MAX; compartment++) {
		const char *state = state_of(m, change, compartment);
		if (strcmp(state, "invalid") == 0 && !add_op(m, change, compartment, "undecodable", NULL, NULL))
			return false;
		at = 0;
		cJSON_ArrayForEach(op, ops) {
			if (in[at] == compartment && strcmp(state, "open") == 0 &&
				!add_op(m, change, compartment, model_text(op, "op"), op, fields[at]))
				return false;
			at++;
		}
	}
	return true;
}

bool model_load(struct model *m, const cJSON *form, const cJSON *story)
{
	memset(m, 0, sizeof *m);
	m->form = form;
	if (!load_changes(m, story))
		return false;
	order_changes(m);
	for (int i = 0; i < m->change_count; i++) {
		if (!load_ops(m, i))
			return false;
	}
	return true;
}
