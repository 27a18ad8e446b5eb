/* Operations from words, and what both spellings share. */
#include "schema/op_read.h"

#include "base/cbor.h"
#include "base/text.h"
#include "schema/suggest.h"
#include "schema/value.h"

#include <stdlib.h>

enum { ACKS_MAX = 1024 };

void op_list_init(struct op_list *l, struct arena *arena, const struct form *form)
{
	*l = (struct op_list){ .arena = arena, .form = form };
}

enum err op_find_field(
	const struct form_field **out, const struct form *form, const char *path, struct err_text *why)
{
	struct suggest near;
	char hint[128];
	*out = form_find_path(form, path);
	if (*out)
		return ERR_OK;
	suggest_init(&near, path);
	for (size_t i = 0; i < form->field_count; i++)
		suggest_offer(&near, form->fields[i].path);
	suggest_put(&near, hint, sizeof hint);
	return err_set(why, ERR_USAGE, "form %s has no field \"%.80s\"%s", form->name, path,
		near.nearest ? hint : "; `dossier form explain` lists them");
}

enum err op_find_basis(uint32_t *out, const struct form *form, const char *name, struct err_text *why)
{
	struct suggest near;
	char hint[128];
	*out = form_find_basis(form, name);
	if (*out)
		return ERR_OK;
	suggest_init(&near, name);
	for (size_t i = 0; i < form->basis_count; i++)
		suggest_offer(&near, form->bases[i].name);
	suggest_put(&near, hint, sizeof hint);
	return err_set(why, ERR_USAGE, "form %s has no basis \"%.80s\"%s", form->name, name,
		near.nearest ? hint : "; `dossier form explain` lists them");
}

bool op_word_split(struct op_word *out, const char *word)
{
	const char *equals = strchr(word, '=');
	if (!equals || equals == word)
		return false;
	char sign = equals[-1];
	const char *end = sign == '+' || sign == '-' ? equals - 1 : equals;
	*out = (struct op_word){ .path = bytes_of(word, (size_t)(end - word)), .value = equals + 1 };
	out->kind = sign == '+' ? OP_WORD_ADD : sign == '-' ? OP_WORD_REMOVE : OP_WORD_SET;
	return end > word;
}

/* Adds an operation whose value is copied into the arena. */
static enum err add(struct op_list *l, uint32_t field, uint32_t code, uint32_t basis, struct bytes value,
	struct err_text *why)
{
	if (l->count == OPS_MAX)
		return err_set(why, ERR_LIMIT, "more than %d operations in one change", OPS_MAX);
	struct op *ops = arena_grow(l->arena, l->ops, l->count, &l->room, sizeof *ops);
	uint8_t *copy = ops ? arena_copy(l->arena, value.data, value.size) : NULL;
	if (ops)
		l->ops = ops;
	if (!copy)
		return ERR_MEMORY;
	l->ops[l->count++] = (struct op){ field, code, basis, bytes_of(copy, value.size) };
	return ERR_OK;
}

/* A value that the field does not take is refused by the form. */
static enum err refused(enum err e)
{
	return e == ERR_FORMAT ? ERR_REFUSED : e;
}

/* The operation that a sign means for a field of this shape; 0 when it takes no such sign. */
static uint32_t code_of(const struct form_field *field, enum op_word_kind kind)
{
	switch (field->shape) {
	case SHAPE_SINGLE:
		return kind == OP_WORD_SET ? OP_SET : 0;
	case SHAPE_SET:
		return kind == OP_WORD_ADD ? OP_ADD : kind == OP_WORD_REMOVE ? OP_REMOVE : 0;
	case SHAPE_LIST:
		return kind == OP_WORD_ADD ? OP_APPEND : 0;
	}
	return 0;
}

static enum err wrong_sign(const struct form_field *field, struct err_text *why)
{
	static const char *const ways[] = {
		[SHAPE_SINGLE] = "holds one value: set it with",
		[SHAPE_SET] = "is a set: remove with -= and add with",
		[SHAPE_LIST] = "is a list, from which nothing is taken out: append with",
	};
	return err_set(why, ERR_USAGE, "%s %s %s%s", field->path, ways[field->shape], field->path,
		field->shape == SHAPE_SINGLE ? "=VALUE" : "+=VALUE");
}

enum err op_list_add_word(
	struct op_list *l, const struct op_word *word, struct bytes value, uint32_t basis, struct err_text *why)
{
	const struct form_field *field;
	char path[128];
	struct buf item;
	if (word->path.size >= sizeof path)
		return err_set(why, ERR_USAGE, "a field's name is shorter than %zu characters", sizeof path);
	memcpy(path, word->path.data, word->path.size);
	path[word->path.size] = '\0';
	enum err e = op_find_field(&field, l->form, path, why);
	if (e)
		return e;
	uint32_t code = code_of(field, word->kind);
	if (code == 0)
		return wrong_sign(field, why);
	buf_init(&item, VALUE_SIZE_MAX);
	if (code == OP_SET && value.size == 0 && field->rule != RULE_WRITE_ONCE)
		cbor_put_null(&item);
	else
		e = refused(value_from_text(&item, field, value, why));
	if (!e)
		e = buf_err(&item);
	if (!e)
		e = add(l, field->number, code, code == OP_SET ? basis : 0, buf_bytes(&item), why);
	buf_wipe(&item);
	return e;
}

static enum err add_json_value(struct op_list *l, const struct form_field *field, uint32_t code,
	const struct json *value, uint32_t basis, struct err_text *why)
{
	struct buf item;
	buf_init(&item, VALUE_SIZE_MAX);
	enum err e = refused(value_from_json(&item, field, value, why));
	if (!e)
		e = add(l, field->number, code, basis, buf_bytes(&item), why);
	buf_wipe(&item);
	return e;
}

enum err op_list_add_value(struct op_list *l, const struct form_field *field, const struct json *value,
	uint32_t basis, struct err_text *why)
{
	uint32_t code = field->shape == SHAPE_SINGLE ? OP_SET : field->shape == SHAPE_SET ? OP_ADD : OP_APPEND;
	enum err e = ERR_OK;
	if (code == OP_SET)
		return add_json_value(l, field, code, value, basis, why);
	if (json_kind(value) != JSON_ARRAY)
		return add_json_value(l, field, code, value, 0, why);
	for (const struct json *j = json_first(value); j && !e; j = json_next(j))
		e = add_json_value(l, field, code, j, 0, why);
	return e;
}

enum err op_list_add_resolve(struct op_list *l, const struct form_field *field, struct bytes value,
	const char *reason, struct err_text *why)
{
	struct buf item, clean;
	if (!*reason)
		return err_set(why, ERR_USAGE, "a resolution wants a reason");
	buf_init(&item, 2 * VALUE_SIZE_MAX);
	buf_init(&clean, VALUE_TEXT_MAX);
	enum err e = text_to_nfc(&clean, bytes_text(reason));
	cbor_put_array(&item, 2);
	cbor_put_raw(&item, value);
	cbor_put_text(&item, buf_bytes(&clean));
	if (!e)
		e = buf_err(&item);
	if (!e)
		e = add(l, field->number, OP_RESOLVE, 0, buf_bytes(&item), why);
	else
		e = err_set(why, e == ERR_FORMAT ? ERR_USAGE : e, "the reason is no clean text");
	buf_wipe(&item);
	buf_wipe(&clean);
	return e;
}

static int compare_ids(const void *a, const void *b)
{
	return change_id_compare(a, b);
}

enum err op_list_add_ack(struct op_list *l, const struct form_field *field, const struct change_id *changes,
	uint32_t count, struct err_text *why)
{
	struct buf item;
	if (count == 0 || count > ACKS_MAX)
		return err_set(why, ERR_USAGE, "an acknowledgement names 1 to %d changes", ACKS_MAX);
	struct change_id *sorted = arena_copy(l->arena, changes, count * sizeof *changes);
	if (!sorted)
		return ERR_MEMORY;
	qsort(sorted, count, sizeof *sorted, compare_ids);
	uint32_t unique = 1;
	for (uint32_t i = 1; i < count; i++)
		if (!change_id_equal(&sorted[i], &sorted[unique - 1]))
			sorted[unique++] = sorted[i];
	buf_init(&item, VALUE_SIZE_MAX);
	cbor_put_array(&item, unique);
	for (uint32_t i = 0; i < unique; i++)
		cbor_put_bytes(&item, bytes_of(sorted[i].b, sizeof sorted[i].b));
	enum err e = buf_err(&item);
	if (!e)
		e = add(l, field->number, OP_ACK, 0, buf_bytes(&item), why);
	buf_clear(&item);
	return e;
}

enum err op_list_add_reason(
	struct op_list *l, const struct change_id *change, const char *reason, struct err_text *why)
{
	struct buf item, clean;
	if (!*reason)
		return err_set(why, ERR_USAGE, "a strike wants a reason");
	buf_init(&item, 2 * VALUE_SIZE_MAX);
	buf_init(&clean, VALUE_TEXT_MAX);
	enum err e = text_to_nfc(&clean, bytes_text(reason));
	cbor_put_array(&item, 2);
	cbor_put_bytes(&item, bytes_of(change->b, sizeof change->b));
	cbor_put_text(&item, buf_bytes(&clean));
	if (!e)
		e = buf_err(&item);
	if (!e)
		e = add(l, 0, OP_REASON, 0, buf_bytes(&item), why);
	else
		e = err_set(why, e == ERR_FORMAT ? ERR_USAGE : e, "the reason is no clean text");
	buf_wipe(&item);
	buf_wipe(&clean);
	return e;
}

/* ---- JSON */

static const struct {
	const char *name, *member; /* the member that holds its value */
	uint32_t code;
} codes[] = {
	{ "set", "value", OP_SET },
	{ "add", "element", OP_ADD },
	{ "remove", "element", OP_REMOVE },
	{ "append", "entry", OP_APPEND },
	{ "resolve", "value", OP_RESOLVE },
	{ "ack", "changes", OP_ACK },
};
enum { CODES = sizeof codes / sizeof codes[0] };

static const char *member_text(const struct json *object, const char *key)
{
	const struct json *j = json_get(object, key);
	return j ? json_text(j) : "";
}

static enum err check_keys(const struct json *op, const char *member, struct err_text *why)
{
	const char *known[] = { "op", "field", "basis", "reason", member };
	for (const struct json *j = json_first(op); j; j = json_next(j)) {
		bool found = false;
		for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
			found = found || strcmp(json_key(j), known[i]) == 0;
		if (!found)
			return err_set(why, ERR_USAGE, "an operation \"%s\" has no \"%.40s\"; it has field, %s, basis",
				member_text(op, "op"), json_key(j), member);
	}
	return ERR_OK;
}

static enum err add_json_ack(
	struct op_list *l, const struct form_field *field, const struct json *changes, struct err_text *why)
{
	struct change_id ids[ACKS_MAX];
	uint32_t count = 0;
	for (const struct json *j = changes ? json_first(changes) : NULL; j; j = json_next(j)) {
		if (count == ACKS_MAX || hex_decode(ids[count].b, sizeof ids[0].b, bytes_text(json_text(j))))
			return err_set(why, ERR_USAGE, "\"changes\" holds 1 to %d change ids of 64 hex digits", ACKS_MAX);
		count++;
	}
	return op_list_add_ack(l, field, ids, count, why);
}

static enum err add_json_resolve(
	struct op_list *l, const struct form_field *field, const struct json *op, struct err_text *why)
{
	struct buf item;
	buf_init(&item, VALUE_SIZE_MAX);
	enum err e = refused(value_from_json(&item, field, json_get(op, "value"), why));
	if (!e)
		e = op_list_add_resolve(l, field, buf_bytes(&item), member_text(op, "reason"), why);
	buf_wipe(&item);
	return e;
}

enum err op_list_add_json(struct op_list *l, const struct json *op, struct err_text *why)
{
	const struct form_field *field;
	const char *name = member_text(op, "op"), *basis = member_text(op, "basis");
	uint32_t number = 0;
	size_t i = 0;
	if (json_kind(op) != JSON_OBJECT)
		return err_set(
			why, ERR_USAGE, "an operation is an object such as {\"op\":\"set\",\"field\":F,\"value\":V}");
	while (i < CODES && strcmp(codes[i].name, name) != 0)
		i++;
	if (i == CODES)
		return err_set(why, ERR_USAGE,
			"there is no operation \"%.40s\"; there are set, add, remove, append, "
			"resolve and ack",
			name);
	enum err e = check_keys(op, codes[i].member, why);
	if (!e)
		e = op_find_field(&field, l->form, member_text(op, "field"), why);
	if (!e && *basis)
		e = op_find_basis(&number, l->form, basis, why);
	const struct json *value = json_get(op, codes[i].member);
	if (!e && !value)
		e = err_set(why, ERR_USAGE, "%s of %s wants \"%s\"", name, field->path, codes[i].member);
	if (e)
		return e;
	if (codes[i].code == OP_ACK)
		return add_json_ack(l, field, value, why);
	if (codes[i].code == OP_RESOLVE)
		return add_json_resolve(l, field, op, why);
	return add_json_value(l, field, codes[i].code, value, number, why);
}

enum err op_list_add_all_json(struct op_list *l, const struct json *array, struct err_text *why)
{
	struct err_text inner = { "" };
	unsigned n = 1;
	if (json_kind(array) != JSON_ARRAY)
		return op_list_add_json(l, array, why);
	for (const struct json *j = json_first(array); j; j = json_next(j), n++) {
		enum err e = op_list_add_json(l, j, &inner);
		if (e)
			return err_set(why, e, "operation %u: %s", n, inner.text);
	}
	return ERR_OK;
}
