/* Compares what a phase came to with what the file expects of it. */
#include "tests/replay/replay.h"

#include "schema/rules/rule.h"

#include <stdlib.h>

enum { ITEM_MAX = 1 << 20, ROWS_MAX = 4096 };

/* ---- Equality of JSON values, by their one CBOR encoding */

static bool encode(struct buf *out, const struct json *j)
{
	buf_reset(out);
	return !json_to_cbor(out, j);
}

static bool json_equal(const struct json *a, const struct json *b)
{
	struct buf x, y;
	buf_init(&x, ITEM_MAX);
	buf_init(&y, ITEM_MAX);
	bool equal = a && b && encode(&x, a) && encode(&y, b) && bytes_equal(buf_bytes(&x), buf_bytes(&y));
	buf_clear(&x);
	buf_clear(&y);
	return equal;
}

static bool holds(const struct json *array, const struct json *element)
{
	for (const struct json *j = json_first(array); j; j = json_next(j)) {
		if (json_equal(j, element))
			return true;
	}
	return false;
}

/* Arrays of distinct elements, in any order. */
static bool sets_equal(const struct json *a, const struct json *b)
{
	if (!a || !b || json_kind(a) != JSON_ARRAY || json_kind(b) != JSON_ARRAY)
		return json_equal(a, b);
	for (const struct json *j = json_first(a); j; j = json_next(j)) {
		if (!holds(b, j))
			return false;
	}
	return json_count(a) == json_count(b);
}

/* ---- Fields */

static void put_difference(struct buf *out, const struct replay_phase *p, const char *what,
	const struct json *expected, const struct json *found)
{
	struct json_out o;
	buf_printf(out, "%s, phase \"%s\": %s: expected ", p->story->id, p->name, what);
	json_out_init(&o, out);
	if (expected)
		json_put_node(&o, expected);
	buf_put_text(out, ", found ");
	json_out_init(&o, out);
	if (found)
		json_put_node(&o, found);
	else
		buf_put_text(out, "nothing");
	buf_put_text(out, "\n");
}

/* A set's elements come in any order; candidates come in the fixed order. */
static bool member_equal(const struct form_field *field, const char *key, const struct json *expected,
	const struct json *found)
{
	bool any_order = field->shape == SHAPE_SET && strcmp(key, "value") == 0;
	return any_order ? sets_equal(expected, found) : json_equal(expected, found);
}

static void check_field(struct replay_count *count, struct buf *out, const struct replay_phase *p,
	const struct form_field *field, const struct json *expected, const struct json *found)
{
	bool equal = true;
	/* Members that the file does not name are not checked. */
	for (const struct json *j = json_first(expected); j; j = json_next(j)) {
		const struct json *other = found ? json_get(found, json_key(j)) : NULL;
		if (!member_equal(field, json_key(j), j, other)) {
			equal = false;
			put_difference(out, p, field->path, expected, found);
			break;
		}
	}
	count->passed += equal;
	count->failed += !equal;
}

/* ---- Ineffective operations */

static bool is_skipped(const struct replay_phase *p, const struct json *row)
{
	const struct json *change = json_first(row), *field = change ? json_next(change) : NULL;
	for (uint32_t i = 0; field && i < p->story->skip_count; i++) {
		const struct story_skip *s = &p->story->skips[i];
		if (strcmp(p->story->changes[s->change].id, json_text(change)) == 0 &&
			strcmp(s->field, json_text(field)) == 0)
			return true;
	}
	return false;
}

static bool rows_equal(const struct replay_phase *p, const struct json *expected, const struct json *found)
{
	bool equal = true;
	for (const struct json *j = json_first(expected); j; j = json_next(j))
		equal = equal && (is_skipped(p, j) || holds(found, j));
	for (const struct json *j = json_first(found); j; j = json_next(j))
		equal = equal && holds(expected, j);
	return equal;
}

enum err replay_check(struct replay_count *count, struct buf *out, const struct replay_phase *p,
	struct bytes line)
{
	struct json *root = NULL;
	enum err e = json_parse(&root, line, NULL);
	if (e)
		return e;
	const struct json *fields = json_get(root, "fields"), *rows = json_get(root, "ineffective");
	const struct json *expect = p->json ? json_get(p->json, "expect") : NULL;
	for (const struct json *j = expect ? json_first(expect) : NULL; j; j = json_next(j)) {
		const struct form_field *field = form_find_path(p->form, json_key(j));
		if (!field || !rule_find(field->rule))
			count->skipped++;
		else
			check_field(count, out, p, field, j, json_get(fields, field->path));
	}
	const struct json *expected = p->json ? json_get(p->json, "ineffective") : NULL;
	if (expected) {
		bool equal = rows_equal(p, expected, rows);
		if (!equal)
			put_difference(out, p, "ineffective", expected, rows);
		count->passed += equal;
		count->failed += !equal;
	}
	json_free(root);
	return buf_err(out);
}
