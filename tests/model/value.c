/* The model's values: which a field takes, and their canonical bytes. */
#include "tests/model/model.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

static void put(struct model_value *v, const void *data, size_t size)
{
	if (v->size + size <= sizeof v->bytes) {
		memcpy(v->bytes + v->size, data, size);
		v->size += size;
	}
}

static void put_head(struct model_value *v, unsigned major, uint64_t n)
{
	unsigned char head[9];
	int more = n < 24 ? 0 : n < 0x100 ? 1 : n < 0x10000 ? 2 : n < 0x100000000 ? 4 : 8;
	unsigned first = more == 0 ? (unsigned)n : more == 1 ? 24 : more == 2 ? 25 : more == 4 ? 26 : 27;
	head[0] = (unsigned char)(major << 5 | first);
	for (int i = 0; i < more; i++)
		head[1 + i] = (unsigned char)(n >> (8 * (more - 1 - i)));
	put(v, head, 1 + (size_t)more);
}

static void put_text(struct model_value *v, const char *text)
{
	put_head(v, 3, strlen(text));
	put(v, text, strlen(text));
}

static void put_number(struct model_value *v, double number)
{
	if (number >= 0)
		put_head(v, 0, (uint64_t)number);
	else
		put_head(v, 1, (uint64_t)(-1 - number));
}

/* Members stand by length of name, then by name: that is the order of their encodings. */
static int compare_members(const void *a, const void *b)
{
	const char *x = (*(const cJSON *const *)a)->string, *y = (*(const cJSON *const *)b)->string;
	if (strlen(x) != strlen(y))
		return strlen(x) < strlen(y) ? -1 : 1;
	return strcmp(x, y);
}

static void put_any(struct model_value *v, const cJSON *json)
{
	if (cJSON_IsString(json)) {
		put_text(v, json->valuestring);
	} else if (cJSON_IsNumber(json)) {
		put_number(v, json->valuedouble);
	} else if (cJSON_IsObject(json)) {
		const cJSON *members[16], *member;
		size_t count = 0;
		cJSON_ArrayForEach(member, json)
			members[count++] = member;
		qsort(members, count, sizeof members[0], compare_members);
		put_head(v, 5, count);
		for (size_t i = 0; i < count; i++) {
			put_text(v, members[i]->string);
			put_any(v, members[i]);
		}
	} else {
		put(v, cJSON_IsTrue(json) ? "\xf5" : cJSON_IsFalse(json) ? "\xf4" : "\xf6", 1);
	}
}

/* "2026-02-03" as 20260203; -1 when it is not spelled so. */
static long read_day(const char *text)
{
	long day = 0;
	if (strlen(text) != 10)
		return -1;
	for (int i = 0; i < 10; i++) {
		if (i == 4 || i == 7) {
			if (text[i] != '-')
				return -1;
		} else {
			if (text[i] < '0' || text[i] > '9')
				return -1;
			day = day * 10 + (text[i] - '0');
		}
	}
	return day;
}

static bool day_exists(long day)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	long y = day / 10000, m = day / 100 % 100, d = day % 100;
	bool leap = y % 400 == 0 || (y % 4 == 0 && y % 100 != 0);
	return y >= 1 && m >= 1 && m <= 12 && d >= 1 && (d <= lengths[m - 1] || (m == 2 && leap && d == 29));
}

static bool partial_day_exists(long day)
{
	long y = day / 10000, m = day / 100 % 100, d = day % 100;
	return day_exists(day) || (y >= 1 && m >= 1 && m <= 12 && d == 0) || (m == 0 && d == 0);
}

/* Two digits at `at`, or -1. */
static int two_digits(const char *at)
{
	bool digits = at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9';
	return digits ? (at[0] - '0') * 10 + (at[1] - '0') : -1;
}

/* Counts the days one by one, year by year and then within the year. */
long long model_moment(const char *text)
{
	char day[11] = "";
	long long days = 0;
	if (strlen(text) != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z')
		return -1;
	memcpy(day, text, 10);
	long date = read_day(day);
	int h = two_digits(text + 11), m = two_digits(text + 14), s = two_digits(text + 17);
	if (date < 19700101 || !day_exists(date) || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59)
		return -1;
	for (long year = 1970; year < date / 10000; year++)
		days += day_exists(year * 10000 + 229) ? 366 : 365;
	for (long at = date / 10000 * 10000 + 101; at < date; at++)
		days += day_exists(at);
	return ((days * 24 + h) * 60 + m) * 60 + s;
}

static bool fits(const char *pattern, const char *text)
{
	regex_t r;
	if (!*pattern)
		return true;
	if (regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB))
		return false;
	bool matches = regexec(&r, text, 0, NULL, 0) == 0;
	regfree(&r);
	return matches;
}

static void put_typed_text(struct model_value *v, const cJSON *field, const char *type, const char *text)
{
	const cJSON *number = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(field, "values"), text);
	long day = read_day(text);
	if (strcmp(type, "text") == 0) {
		if (fits(model_text(field, "pattern"), text))
			put_text(v, text);
	} else if (strcmp(type, "reference") == 0 || strcmp(type, "attachment") == 0) {
		if (*text)
			put_text(v, text);
	} else if (strcmp(type, "enum") == 0) {
		if (number)
			put_number(v, number->valuedouble);
	} else if (strcmp(type, "date") == 0) {
		if (day >= 0 && day_exists(day))
			put_number(v, (double)day);
	} else if (strcmp(type, "partial_date") == 0) {
		if (day >= 0 && partial_day_exists(day))
			put_number(v, (double)day);
	} else if (strcmp(type, "datetime") == 0) {
		long long moment = model_moment(text);
		if (moment >= 0)
			put_number(v, (double)moment);
	}
}

static void put_record(struct model_value *v, const cJSON *field, const cJSON *json)
{
	const cJSON *records = cJSON_GetObjectItemCaseSensitive(field, "records"), *record;
	const cJSON *kinds = cJSON_GetObjectItemCaseSensitive(field, "entry_kinds");
	bool listed = !records;
	cJSON_ArrayForEach(record, records)
		listed = listed || cJSON_Compare(record, json, true);
	if (kinds && !cJSON_GetObjectItemCaseSensitive(kinds, model_text(json, "kind")))
		listed = false;
	if (listed)
		put_any(v, json);
}

bool model_is_blank(const cJSON *json)
{
	return cJSON_IsNull(json) || cJSON_GetObjectItemCaseSensitive(json, "absent");
}

static void put_blank(struct model_value *v, const cJSON *field, const cJSON *json)
{
	static const char *const absences[] = { "unknown", "not_asked", "refused" };
	bool single = strchr(model_text(field, "type"), ' ') == NULL;
	if (!single)
		return;
	if (cJSON_IsNull(json)) {
		if (!model_is(field, "rule", "write_once"))
			put(v, "\xf6", 1);
		return;
	}
	for (unsigned char i = 0; i < 3; i++) {
		if (cJSON_GetArraySize(json) == 1 && strcmp(model_text(json, "absent"), absences[i]) == 0) {
			unsigned char item[2] = { 0x81, (unsigned char)(i + 1) };
			put(v, item, sizeof item);
		}
	}
}

void model_encode(struct model_value *v, const cJSON *field, const cJSON *json)
{
	v->size = 0;
	if (!field || !json)
		return;
	const char *type = model_text(field, "type"), *last = strrchr(type, ' ');
	type = last ? last + 1 : type;
	if (model_is_blank(json))
		put_blank(v, field, json);
	else if (cJSON_IsString(json))
		put_typed_text(v, field, type, json->valuestring);
	else if (cJSON_IsNumber(json) && strcmp(type, "integer") == 0)
		put_number(v, json->valuedouble);
	else if (cJSON_IsBool(json) && strcmp(type, "bool") == 0)
		put_any(v, json);
	else if (cJSON_IsObject(json) && strcmp(type, "record") == 0)
		put_record(v, field, json);
}

int model_compare(const struct model_value *a, const struct model_value *b)
{
	size_t size = a->size < b->size ? a->size : b->size;
	int order = memcmp(a->bytes, b->bytes, size);
	return order ? order : (a->size > b->size) - (a->size < b->size);
}

bool model_equal(const struct model_value *a, const struct model_value *b)
{
	return model_compare(a, b) == 0;
}
