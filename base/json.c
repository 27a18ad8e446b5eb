/* The doorway to cJSON: a tree of a text that json_scan passed, and looks into it. */
#include "base/json.h"

#include "base/json_scan.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <string.h>

/* `struct json` is never defined: a handle is cJSON's node under another name. */
static const cJSON *node_of(const struct json *j)
{
	return (const cJSON *)(const void *)j;
}

static const struct json *handle_of(const cJSON *node)
{
	return (const struct json *)(const void *)node;
}

enum err json_parse(struct json **out, struct bytes text, struct err_text *why)
{
	*out = NULL;
	enum err e = json_scan(text, why);
	if (e)
		return e;
	*out = (struct json *)(void *)cJSON_ParseWithLengthOpts((const char *)text.data, text.size, NULL, false);
	/* Nothing else is left that could go wrong. */
	return *out ? ERR_OK : err_set(why, ERR_MEMORY, "json: out of memory");
}

/* Texts may be what somebody told about himself. */
static void wipe_texts(cJSON *node)
{
	for (; node; node = node->next) {
		if (node->valuestring)
			sodium_memzero(node->valuestring, strlen(node->valuestring));
		wipe_texts(node->child);
	}
}

void json_free(struct json *root)
{
	cJSON *node = (cJSON *)(void *)root;
	wipe_texts(node);
	cJSON_Delete(node);
}

enum json_kind json_kind(const struct json *j)
{
	const cJSON *node = node_of(j);
	if (cJSON_IsBool(node))
		return JSON_BOOL;
	if (cJSON_IsNumber(node))
		return JSON_INT;
	if (cJSON_IsString(node))
		return JSON_TEXT;
	if (cJSON_IsArray(node))
		return JSON_ARRAY;
	return cJSON_IsObject(node) ? JSON_OBJECT : JSON_NULL;
}

bool json_bool(const struct json *j)
{
	return cJSON_IsTrue(node_of(j));
}

int64_t json_int(const struct json *j)
{
	/* Exact: json_scan lets nothing through that a double cannot hold. */
	return cJSON_IsNumber(node_of(j)) ? (int64_t)node_of(j)->valuedouble : 0;
}

const char *json_text(const struct json *j)
{
	return cJSON_IsString(node_of(j)) ? node_of(j)->valuestring : "";
}

size_t json_count(const struct json *j)
{
	size_t count = 0;
	for (const struct json *child = json_first(j); child; child = json_next(child))
		count++;
	return count;
}

const struct json *json_first(const struct json *j)
{
	return j ? handle_of(node_of(j)->child) : NULL;
}

const struct json *json_next(const struct json *j)
{
	return handle_of(node_of(j)->next);
}

const char *json_key(const struct json *j)
{
	return j && node_of(j)->string ? node_of(j)->string : "";
}

const struct json *json_get(const struct json *object, const char *key)
{
	if (!cJSON_IsObject(node_of(object)))
		return NULL;
	for (const struct json *member = json_first(object); member; member = json_next(member))
		if (strcmp(json_key(member), key) == 0)
			return member;
	return NULL;
}
