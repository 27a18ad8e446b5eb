/* Values between people and CBOR: from JSON or a typed word, and back. */
#include "schema/value.h"

#include "base/cbor.h"
#include "base/text.h"
#include "schema/suggest.h"

#include <inttypes.h>
#include <string.h>

static const char *const absences[] = { "unknown", "not_asked", "refused" };
enum { ABSENCE_COUNT = sizeof absences / sizeof absences[0] };

/* What the field takes, in words.  The form's own example is the best explanation there is. */
static void describe(struct buf *b, const struct form_field *field)
{
	switch (field->type) {
	case TYPE_TEXT:
		buf_put_text(b, "a text without control characters");
		if (field->pattern)
			buf_printf(b, " that matches %s", field->pattern);
		if (field->text_max)
			buf_printf(b, " of at most %" PRIu32 " characters", field->text_max);
		break;
	case TYPE_DATE:
		buf_put_text(b, "a day that exists");
		break;
	case TYPE_PARTIAL_DATE:
		buf_put_text(b, "a day, 00 for an unknown day or month (\"2003-05-00\", \"2003-00-00\")");
		break;
	case TYPE_DATETIME:
		buf_put_text(b, "a moment in UTC");
		break;
	case TYPE_ENUM:
		buf_put_text(b, "one of");
		for (size_t i = 0; i < field->value_count; i++)
			buf_printf(b, "%s %s", i ? "," : "", field->values[i].name);
		return;
	case TYPE_INTEGER:
		buf_put_text(b, "a whole number");
		break;
	case TYPE_REFERENCE:
		buf_put_text(b, "a reference of at most 256 characters");
		break;
	case TYPE_ATTACHMENT:
		buf_put_text(b, "an attachment's label");
		break;
	case TYPE_RECORD:
		if (field->entry_kind_count > 0)
			buf_put_text(b, "a record whose \"kind\" the form declares");
		else if (field->record_count > 0)
			buf_put_text(b, "one of the records that the form lists");
		else
			buf_put_text(b, "a record");
		break;
	case TYPE_BOOL:
		buf_put_text(b, "true or false");
		return;
	}
	if (*field->example)
		buf_printf(b, ", such as %s", field->example);
}

static enum err refuse(struct err_text *why, const struct form_field *field, const char *word)
{
	struct buf b;
	struct suggest near;
	char hint[96] = "";
	buf_init(&b, 4096);
	describe(&b, field);
	suggest_init(&near, word);
	for (size_t i = 0; i < field->value_count; i++)
		suggest_offer(&near, field->values[i].name);
	for (size_t i = 0; i < field->entry_kind_count; i++)
		suggest_offer(&near, field->entry_kinds[i].kind);
	if (*word)
		suggest_put(&near, hint, sizeof hint);
	/* A long list is cut before the hint is. */
	enum err e = err_set(why, ERR_FORMAT, "%s takes %.200s%s", field->path, buf_text(&b), hint);
	buf_clear(&b);
	return e;
}

/* Appends the text in NFC. */
static enum err put_text(struct buf *out, struct bytes text)
{
	struct buf clean;
	buf_init(&clean, VALUE_TEXT_MAX);
	enum err e = text_to_nfc(&clean, text);
	if (!e)
		e = buf_err(&clean);
	if (!e)
		cbor_put_text(out, buf_bytes(&clean));
	buf_wipe(&clean);
	return e;
}

static enum err put_enum(struct buf *out, const struct form_field *field, struct bytes name)
{
	for (size_t i = 0; i < field->value_count; i++)
		if (bytes_equal(name, bytes_text(field->values[i].name))) {
			cbor_put_uint(out, field->values[i].number);
			return ERR_OK;
		}
	return ERR_FORMAT;
}

/* Appends what a text stands for in this field; ERR_FORMAT when it is none of the field's values. */
static enum err put_word(struct buf *out, const struct form_field *field, struct bytes word)
{
	uint64_t n = 0;
	enum err e = ERR_FORMAT;
	switch (field->type) {
	case TYPE_TEXT:
	case TYPE_REFERENCE:
	case TYPE_ATTACHMENT:
		return put_text(out, word);
	case TYPE_ENUM:
		return put_enum(out, field, word);
	case TYPE_DATE:
	case TYPE_PARTIAL_DATE:
		e = date_decode(&n, word);
		break;
	case TYPE_DATETIME:
		e = datetime_decode(&n, word);
		break;
	case TYPE_INTEGER:
	case TYPE_RECORD:
	case TYPE_BOOL:
		break;
	}
	if (!e)
		cbor_put_uint(out, n);
	return e;
}

/* A record in canonical CBOR with every text in NFC.  Normalising the JSON text as a whole does it: no
 * mark composes with the quotes and brackets between the texts. */
static enum err put_record(struct buf *out, const struct json *j)
{
	struct buf text, clean;
	struct json_out writer;
	struct json *normal = NULL;
	buf_init(&text, 4 * VALUE_SIZE_MAX);
	buf_init(&clean, 4 * VALUE_SIZE_MAX);
	json_out_init(&writer, &text);
	json_put_node(&writer, j);
	enum err e = buf_err(&text);
	if (!e)
		e = text_to_nfc(&clean, buf_bytes(&text));
	if (!e)
		e = buf_err(&clean);
	if (!e)
		e = json_parse(&normal, buf_bytes(&clean), NULL);
	if (!e)
		e = json_to_cbor(out, normal);
	json_free(normal);
	buf_wipe(&text);
	buf_wipe(&clean);
	return e;
}

/* {"root":HEX,"length":N,"count":N,"name":TEXT,"type":TEXT} */
static enum err put_attachment(struct buf *out, const struct json *j)
{
	const struct json *root = json_get(j, "root"), *length = json_get(j, "length");
	const struct json *count = json_get(j, "count"), *name = json_get(j, "name");
	const struct json *type = json_get(j, "type");
	uint8_t hash[32];
	if (json_count(j) != 5 || !root || !length || !count || !name || !type ||
		json_kind(name) != JSON_TEXT || json_kind(type) != JSON_TEXT ||
		json_kind(length) != JSON_INT || json_kind(count) != JSON_INT ||
		json_int(length) < 0 || json_int(count) < 0 ||
		hex_decode(hash, sizeof hash, bytes_text(json_text(root))))
		return ERR_FORMAT;
	cbor_put_array(out, 5);
	cbor_put_bytes(out, bytes_of(hash, sizeof hash));
	cbor_put_int(out, json_int(length));
	cbor_put_int(out, json_int(count));
	enum err e = put_text(out, bytes_text(json_text(name)));
	return e ? e : put_text(out, bytes_text(json_text(type)));
}

/* The name of the absence that an object stands for; NULL when it is another object. */
static const char *absence_name(const struct json *j)
{
	const struct json *name = json_kind(j) == JSON_OBJECT ? json_get(j, "absent") : NULL;
	return name && json_count(j) == 1 && json_kind(name) == JSON_TEXT ? json_text(name) : NULL;
}

static enum err put_absence(struct buf *out, const char *name)
{
	for (unsigned i = 0; i < ABSENCE_COUNT; i++)
		if (strcmp(name, absences[i]) == 0) {
			cbor_put_array(out, 1);
			cbor_put_uint(out, i + 1);
			return ERR_OK;
		}
	return ERR_FORMAT;
}

static enum err put_json(struct buf *out, const struct form_field *field, const struct json *j)
{
	if (absence_name(j))
		return put_absence(out, absence_name(j));
	switch (json_kind(j)) {
	case JSON_NULL:
		cbor_put_null(out);
		return ERR_OK;
	case JSON_BOOL:
		cbor_put_bool(out, json_bool(j));
		return ERR_OK;
	case JSON_INT:
		if (field->type != TYPE_INTEGER)
			return ERR_FORMAT;
		cbor_put_int(out, json_int(j));
		return ERR_OK;
	case JSON_TEXT:
		return put_word(out, field, bytes_text(json_text(j)));
	case JSON_OBJECT:
		if (field->type == TYPE_ATTACHMENT)
			return put_attachment(out, j);
		return field->type == TYPE_RECORD ? put_record(out, j) : ERR_FORMAT;
	case JSON_ARRAY:
		break;
	}
	return ERR_FORMAT;
}

/* Ends an encoding that began at `start`: it stays only if the field takes it. */
static enum err settle(struct buf *out, size_t start, enum err e, const struct form_field *field,
	const char *word, struct err_text *why)
{
	if (!e)
		e = buf_err(out);
	if (!e && !value_is_valid(field, bytes_of(out->data + start, out->size - start)))
		e = ERR_FORMAT;
	if (e)
		out->size = start;
	if (e == ERR_FORMAT)
		return refuse(why, field, word);
	return e ? err_set(why, e, "%s takes no value that large", field->path) : ERR_OK;
}

static const char *word_of(const struct json *j)
{
	const struct json *kind = json_kind(j) == JSON_OBJECT ? json_get(j, "kind") : NULL;
	return json_text(kind ? kind : j);
}

enum err value_from_json(struct buf *out, const struct form_field *field, const struct json *j,
	struct err_text *why)
{
	size_t start = out->size;
	const char *absent = absence_name(j);
	enum err e = put_json(out, field, j);
	if (e == ERR_FORMAT && absent)
		return err_set(why, e, "%s takes the absences unknown, not_asked and refused", field->path);
	if (!e && json_kind(j) == JSON_NULL && field->rule == RULE_WRITE_ONCE) {
		out->size = start;
		return err_set(why, ERR_FORMAT, "%s is written once and cannot be emptied", field->path);
	}
	return settle(out, start, e, field, word_of(j), why);
}

enum err value_from_text(struct buf *out, const struct form_field *field, struct bytes text,
	struct err_text *why)
{
	struct json *j = NULL;
	size_t start = out->size;
	bool plain = field->type != TYPE_INTEGER && field->type != TYPE_RECORD && field->type != TYPE_BOOL;
	bool braced = text.size > 0 && text.data[0] == '{';
	bool null = bytes_equal(text, bytes_text("null"));
	/* A word is JSON where JSON is all the field takes, where it says null, and where it is an
	 * absence, which value_to_json writes so.  A text is anything else as it stands. */
	if (!plain || braced || (null && field->type != TYPE_TEXT)) {
		enum err e = json_parse(&j, text, NULL);
		bool take = !e && (field->type != TYPE_TEXT || absence_name(j));
		if (take)
			e = value_from_json(out, field, j, why);
		json_free(j);
		if (take)
			return e;
		if (e == ERR_MEMORY)
			return e;
	}
	if (!plain)
		return refuse(why, field, "");
	char word[128] = "";
	if (text.size < sizeof word && text.size > 0)
		memcpy(word, text.data, text.size);
	return settle(out, start, put_word(out, field, text), field, word, why);
}

static void put_undecodable(struct json_out *o, struct bytes item)
{
	struct buf hex;
	buf_init(&hex, SIZE_MAX);
	hex_put(&hex, item);
	json_put_open(o, '{');
	json_put_key(o, "undecodable");
	json_put_text(o, buf_bytes(&hex));
	json_put_close(o, '}');
	buf_wipe(&hex);
}

static void attachment_to_json(struct json_out *o, struct cbor *c)
{
	uint8_t root[32];
	char hex[2 * sizeof root + 1];
	cbor_array(c, 5);
	cbor_fixed(c, root, sizeof root);
	hex_encode(hex, bytes_of(root, sizeof root));
	json_put_open(o, '{');
	json_put_key(o, "root");
	json_put_cstr(o, hex);
	json_put_key(o, "length");
	json_put_int(o, cbor_int(c));
	json_put_key(o, "count");
	json_put_int(o, cbor_int(c));
	json_put_key(o, "name");
	json_put_text(o, cbor_text(c));
	json_put_key(o, "type");
	json_put_text(o, cbor_text(c));
	json_put_close(o, '}');
}

/* A blank, or a value of a type whose JSON form follows from the CBOR alone. */
static enum err plain_to_json(struct json_out *o, struct bytes item)
{
	if (!value_is_blank(item) || item.size == 1)
		return json_from_cbor(o, item);
	json_put_open(o, '{');
	json_put_key(o, "absent");
	json_put_cstr(o, absences[item.data[1] - 1]);
	json_put_close(o, '}');
	return ERR_OK;
}

static const char *enum_name(const struct form_field *field, uint64_t number)
{
	for (size_t i = 0; i < field->value_count; i++)
		if (field->values[i].number == number)
			return field->values[i].name;
	return "";
}

enum err value_to_json(struct json_out *o, const struct form_field *field, struct bytes item)
{
	struct cbor c;
	char text[21];
	if (!value_is_valid(field, item)) {
		put_undecodable(o, item);
		return buf_err(o->buf);
	}
	cbor_begin(&c, item);
	enum cbor_kind kind = cbor_peek(&c);
	enum err e = ERR_OK;
	if (kind == CBOR_UINT && field->type == TYPE_ENUM) {
		json_put_cstr(o, enum_name(field, cbor_uint(&c, UINT32_MAX)));
	} else if (kind == CBOR_UINT && (field->type == TYPE_DATE || field->type == TYPE_PARTIAL_DATE)) {
		date_encode(text, cbor_uint(&c, UINT32_MAX));
		json_put_cstr(o, text);
	} else if (kind == CBOR_UINT && field->type == TYPE_DATETIME) {
		datetime_encode(text, cbor_uint(&c, DATETIME_MAX));
		json_put_cstr(o, text);
	} else if (kind == CBOR_ARRAY && field->type == TYPE_ATTACHMENT && !value_is_blank(item)) {
		attachment_to_json(o, &c);
	} else {
		e = plain_to_json(o, item);
	}
	return e ? e : buf_err(o->buf);
}
