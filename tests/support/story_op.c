/* One operation of a story, from JSON to what stands in a payload. */
#include "tests/support/story_op.h"

#include "base/cbor.h"
#include "base/hash.h"
#include "schema/rules/rule.h"
#include "schema/value.h"

#include <stdlib.h>

enum { ENCODED_MAX = 1 << 20, ACKS_MAX = 64 };

static const struct {
	const char *name, *member; /* the member that holds its value */
	uint32_t code;
} codes[] = {
	{ "set", "value", OP_SET }, { "add", "element", OP_ADD }, { "remove", "element", OP_REMOVE },
	{ "append", "entry", OP_APPEND }, { "resolve", "value", OP_RESOLVE }, { "ack", "changes", OP_ACK },
	{ "reason", "change", OP_REASON },
};

void story_hash(uint8_t id[32], const char *kind, const char *label)
{
	struct buf b;
	buf_init(&b, 4096);
	buf_printf(&b, "%s %s", kind, label);
	hash_blake2b_256(id, buf_bytes(&b));
	buf_clear(&b);
}

static const char *member_text(const struct json *object, const char *key)
{
	const struct json *j = json_get(object, key);
	return j ? json_text(j) : "";
}

const struct form_field *story_op_field(const struct form *form, const struct json *op)
{
	const struct json *field = json_get(op, "field");
	if (field && json_kind(field) == JSON_INT)
		return form_find_field(form, (uint32_t)json_int(field));
	return form_find_path(form, field ? json_text(field) : "");
}

bool story_op_is_skipped(const struct form *form, const struct json *op)
{
	const char *name = member_text(op, "op");
	if (strcmp(name, "strike") == 0 || strcmp(name, "reason") == 0)
		return false;
	const struct json *number = json_get(op, "field");
	if (number && json_kind(number) == JSON_INT)
		return false;
	const struct form_field *field = story_op_field(form, op);
	return strcmp(name, "move") == 0 || !field || !rule_find(field->rule);
}

/* The value as the field has it, or wrapped so that no field has it. */
static void put_value(struct buf *out, const struct form_field *field, const struct json *value)
{
	size_t start = out->size;
	if (field && value && !value_from_json(out, field, value, NULL))
		return;
	out->size = start;
	cbor_put_array(out, 2);
	cbor_put_text(out, bytes_text("invalid"));
	if (!value || json_to_cbor(out, value))
		cbor_put_null(out);
}

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static void put_acks(struct buf *out, const struct json *changes)
{
	uint8_t ids[ACKS_MAX][32];
	size_t count = 0;
	for (const struct json *j = changes ? json_first(changes) : NULL; j && count < ACKS_MAX; j = json_next(j))
		story_hash(ids[count++], "change", json_text(j));
	qsort(ids, count, sizeof ids[0], compare_ids);
	cbor_put_array(out, count);
	for (size_t i = 0; i < count; i++)
		cbor_put_bytes(out, bytes_of(ids[i], sizeof ids[i]));
}

static void put_strike_reason(struct buf *out, const struct json *op)
{
	uint8_t id[32];
	story_hash(id, "change", member_text(op, "change"));
	cbor_put_array(out, 2);
	cbor_put_bytes(out, bytes_of(id, sizeof id));
	cbor_put_text(out, bytes_text(member_text(op, "reason")));
}

static void put_op_value(struct buf *out, const struct form_field *field, uint32_t code,
	const struct json *op, const char *member)
{
	const struct json *value = json_get(op, member);
	if (code == OP_ACK) {
		put_acks(out, value);
	} else if (code == OP_REASON) {
		put_strike_reason(out, op);
	} else if (code == OP_RESOLVE) {
		cbor_put_array(out, 2);
		put_value(out, field, value);
		cbor_put_text(out, bytes_text(member_text(op, "reason")));
	} else {
		put_value(out, field, value);
	}
}

enum err story_op_encode(struct op *out, uint32_t *compartment, struct arena *a, const struct form *form,
	const struct json *op, struct err_text *why)
{
	const struct json *code = json_get(op, "op"), *number = json_get(op, "field");
	const struct form_field *field = story_op_field(form, op);
	const char *member = "value", *basis = member_text(op, "basis");
	const char *placed = member_text(op, "compartment");
	struct buf b;
	*out = (struct op){ .field = field ? field->number : 0 };
	if (number && json_kind(number) == JSON_INT)
		out->field = (uint32_t)json_int(number);
	if (code && json_kind(code) == JSON_INT)
		out->code = (uint32_t)json_int(code);
	for (size_t i = 0; code && i < sizeof codes / sizeof codes[0]; i++) {
		if (strcmp(codes[i].name, json_text(code)) == 0 || codes[i].code == out->code) {
			out->code = codes[i].code;
			member = codes[i].member;
		}
	}
	if (!out->code)
		return err_set(why, ERR_FORMAT, "no operation is called \"%s\"", code ? json_text(code) : "");
	if (*basis) {
		out->basis = form_find_basis(form, basis);
		if (!out->basis)
			out->basis = UINT32_MAX;
	}
	*compartment = *placed ? form_find_compartment_name(form, placed) :
		field ? field->compartment : FORM_CORE;
	if (!*compartment)
		return err_set(why, ERR_FORMAT, "no compartment is called \"%s\"", placed);
	buf_init(&b, ENCODED_MAX);
	put_op_value(&b, field, out->code, op, member);
	enum err e = buf_err(&b);
	out->value = bytes_of(e ? NULL : arena_copy(a, b.data, b.size), b.size);
	buf_clear(&b);
	return out->value.data ? ERR_OK : ERR_MEMORY;
}
