/* Values for random histories: a handful per type, so that officers often write the same one. */
#include "tests/histories/histories.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	return cJSON_IsString(item) ? item->valuestring : "";
}

static const char *type_of(const cJSON *field)
{
	const char *type = text_of(field, "type"), *last = strrchr(type, ' ');
	return last ? last + 1 : type;
}

static cJSON *numbered(const char *format, uint32_t which)
{
	char text[64];
	snprintf(text, sizeof text, "%s%u", format, (unsigned)which);
	return cJSON_CreateString(text);
}

static cJSON *text_value(const cJSON *field, uint32_t which)
{
	static const char *const words[] = { "one", "two", "three", "four" };
	/* The patterns at hand want ten digits, or three to five letters. */
	if (strstr(text_of(field, "pattern"), "{10}"))
		return numbered("291234567", which);
	return cJSON_CreateString(words[which]);
}

static cJSON *record_value(const cJSON *field, uint32_t which)
{
	const cJSON *records = cJSON_GetObjectItemCaseSensitive(field, "records");
	const cJSON *kinds = cJSON_GetObjectItemCaseSensitive(field, "entry_kinds");
	if (records)
		return cJSON_Duplicate(cJSON_GetArrayItem(records, (int)which % cJSON_GetArraySize(records)), true);
	cJSON *record = cJSON_CreateObject();
	if (kinds) {
		const cJSON *kind = cJSON_GetArrayItem(kinds, (int)which % cJSON_GetArraySize(kinds));
		cJSON_AddStringToObject(record, "kind", kind->string);
		return record;
	}
	cJSON_AddStringToObject(record, "where", which % 2 ? "here" : "there");
	cJSON_AddNumberToObject(record, "n", which);
	if (which == 2)
		cJSON_AddItemToObject(record, "of", cJSON_Parse("{\"yes\":true,\"a\":null}"));
	return record;
}

cJSON *history_value(const cJSON *field, uint32_t which)
{
	static const char *const partial[] = { "2003-05-14", "2003-05-00", "2003-00-00", "0000-00-00" };
	const char *type = type_of(field);
	char text[32];
	if (strcmp(type, "text") == 0)
		return text_value(field, which);
	if (strcmp(type, "enum") == 0) {
		const cJSON *values = cJSON_GetObjectItemCaseSensitive(field, "values");
		const cJSON *value = cJSON_GetArrayItem(values, (int)which % cJSON_GetArraySize(values));
		return cJSON_CreateString(value->string);
	}
	if (strcmp(type, "date") == 0)
		return numbered("2026-02-0", which + 1);
	if (strcmp(type, "partial_date") == 0)
		return cJSON_CreateString(partial[which]);
	if (strcmp(type, "datetime") == 0) {
		snprintf(text, sizeof text, "2026-02-10T16:00:0%uZ", (unsigned)which);
		return cJSON_CreateString(text);
	}
	if (strcmp(type, "integer") == 0)
		return cJSON_CreateNumber((double)which * 200 - 200);
	if (strcmp(type, "bool") == 0)
		return cJSON_CreateBool(which % 2);
	if (strcmp(type, "record") == 0)
		return record_value(field, which);
	return numbered(strcmp(type, "reference") == 0 ? "site:" : "file-", which);
}

cJSON *history_wrong_value(const cJSON *field, uint32_t which)
{
	const char *type = type_of(field);
	bool record = strcmp(type, "record") == 0;
	if (which == 0)
		return cJSON_CreateArray();
	if (which == 1)
		return record ? cJSON_CreateString("word") : cJSON_Parse("{\"absent\":\"perhaps\"}");
	if (strcmp(type, "date") == 0 || strcmp(type, "partial_date") == 0)
		return cJSON_CreateString("2026-02-30");
	if (strcmp(type, "integer") == 0 || strcmp(type, "bool") == 0)
		return cJSON_CreateString("7");
	if (strcmp(type, "datetime") == 0)
		return cJSON_CreateString("2026-02-10T24:00:00Z");
	if (strcmp(type, "enum") == 0)
		return cJSON_CreateString("no_such_name");
	return record ? cJSON_CreateNumber(3) : cJSON_CreateNumber(5);
}
