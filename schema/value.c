/* Values as canonical CBOR: which a field takes, and how they compare. */
#include "schema/value.h"

#include "base/cbor.h"
#include "base/text.h"
#include "schema/pattern.h"

#include <string.h>

enum {
	LABEL_MAX = 256,       /* characters of a reference, a label, an attachment's name */
	MEMBER_NAME_MAX = 64,  /* characters of a record member's name */
	RECORD_DEPTH_MAX = 8,
	ABSENCES = 3
};

static size_t text_length(struct bytes text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.size; i++)
		count += (text.data[i] & 0xC0) != 0x80;
	return count;
}

/* A line of 1 to `max` characters. */
static bool label_is_valid(struct bytes text, size_t max)
{
	return text.size > 0 && text_is_clean(text, false) && text_length(text) <= max;
}

static bool text_is_valid(const struct form_field *field, struct bytes text)
{
	return text.size <= VALUE_TEXT_MAX && text_is_clean(text, true) &&
		(field->text_max == 0 || text_length(text) <= field->text_max) &&
		(!field->pattern || pattern_matches(field->pattern, text));
}

static bool enum_is_valid(const struct form_field *field, uint64_t number)
{
	for (size_t i = 0; i < field->value_count; i++)
		if (field->values[i].number == number)
			return true;
	return false;
}

static bool int_is_valid(int64_t n)
{
	return n >= -VALUE_INT_MAX && n <= VALUE_INT_MAX;
}

/* Reads one item below a record's top and says whether a record may hold it. */
static bool record_part_is_valid(struct cbor *c, unsigned depth)
{
	size_t count;
	switch (cbor_peek(c)) {
	case CBOR_UINT:
	case CBOR_NINT:
		return int_is_valid(cbor_int(c)) && !c->err;
	case CBOR_TEXT:
		return text_is_clean(cbor_text(c), true);
	case CBOR_FALSE:
	case CBOR_TRUE:
	case CBOR_NULL:
		cbor_skip(c);
		return true;
	case CBOR_ARRAY:
		count = cbor_array(c, VALUE_SIZE_MAX);
		for (size_t i = 0; i < count; i++)
			if (depth == RECORD_DEPTH_MAX || !record_part_is_valid(c, depth + 1))
				return false;
		return !c->err;
	case CBOR_MAP:
		count = cbor_map(c, VALUE_SIZE_MAX);
		for (size_t i = 0; i < count; i++)
			if (depth == RECORD_DEPTH_MAX || !label_is_valid(cbor_text(c), MEMBER_NAME_MAX) ||
				!record_part_is_valid(c, depth + 1))
				return false;
		return !c->err;
	case CBOR_BYTES:
	case CBOR_NONE:
		break;
	}
	return false;
}

/* The kind of a record that passed record_part_is_valid. */
static const struct form_entry_kind *find_kind(const struct form_field *field, struct bytes item)
{
	struct cbor c;
	cbor_begin(&c, item);
	size_t count = cbor_map(&c, VALUE_SIZE_MAX);
	for (size_t i = 0; i < count; i++) {
		struct bytes name = cbor_text(&c);
		if (!bytes_equal(name, bytes_text("kind"))) {
			cbor_skip(&c);
			continue;
		}
		struct bytes kind = cbor_peek(&c) == CBOR_TEXT ? cbor_text(&c) : bytes_text("");
		for (size_t k = 0; k < field->entry_kind_count; k++)
			if (bytes_equal(kind, bytes_text(field->entry_kinds[k].kind)))
				return &field->entry_kinds[k];
		return NULL;
	}
	return NULL;
}

static bool record_is_valid(const struct form_field *field, struct bytes item)
{
	struct cbor c;
	cbor_begin(&c, item);
	if (cbor_peek(&c) != CBOR_MAP || !record_part_is_valid(&c, 0) || cbor_end(&c))
		return false;
	for (size_t i = 0; i < field->record_count; i++)
		if (bytes_equal(field->records[i], item))
			return true;
	if (field->record_count > 0)
		return false;
	return field->entry_kind_count == 0 || find_kind(field, item);
}

/* The form that act attach defines: [root, length, count, name, media type]. */
static bool attachment_is_valid(struct bytes item)
{
	struct cbor c;
	uint8_t root[32];
	cbor_begin(&c, item);
	if (cbor_peek(&c) == CBOR_TEXT)
		return label_is_valid(cbor_text(&c), LABEL_MAX) && !cbor_end(&c);
	if (cbor_array(&c, 5) != 5)
		return false;
	cbor_fixed(&c, root, sizeof root);
	cbor_uint(&c, VALUE_INT_MAX);
	cbor_uint(&c, UINT32_MAX);
	struct bytes name = cbor_text(&c), type = cbor_text(&c);
	return !cbor_end(&c) && label_is_valid(name, LABEL_MAX) && label_is_valid(type, LABEL_MAX);
}

static bool is_absence(struct bytes item)
{
	return item.size == 2 && item.data[0] == 0x81 && item.data[1] >= 1 && item.data[1] <= ABSENCES;
}

static bool is_null(struct bytes item)
{
	return item.size == 1 && item.data[0] == 0xF6;
}

bool value_is_blank(struct bytes item)
{
	return is_null(item) || is_absence(item);
}

/* One value of the type itself: neither null nor an absence. */
static bool typed_is_valid(const struct form_field *field, struct bytes item)
{
	struct cbor c;
	struct bytes text;
	uint64_t number;
	int64_t integer;
	cbor_begin(&c, item);
	switch (field->type) {
	case TYPE_TEXT:
		text = cbor_text(&c);
		return !cbor_end(&c) && text_is_valid(field, text);
	case TYPE_REFERENCE:
		text = cbor_text(&c);
		return !cbor_end(&c) && label_is_valid(text, LABEL_MAX);
	case TYPE_DATE:
		number = cbor_uint(&c, UINT32_MAX);
		return !cbor_end(&c) && date_is_valid(number);
	case TYPE_PARTIAL_DATE:
		number = cbor_uint(&c, UINT32_MAX);
		return !cbor_end(&c) && date_is_valid_partial(number);
	case TYPE_DATETIME:
		cbor_uint(&c, DATETIME_MAX);
		return !cbor_end(&c);
	case TYPE_ENUM:
		number = cbor_uint(&c, UINT32_MAX);
		return !cbor_end(&c) && enum_is_valid(field, number);
	case TYPE_INTEGER:
		integer = cbor_int(&c);
		return !cbor_end(&c) && int_is_valid(integer);
	case TYPE_BOOL:
		cbor_bool(&c);
		return !cbor_end(&c);
	case TYPE_ATTACHMENT:
		return attachment_is_valid(item);
	case TYPE_RECORD:
		return record_is_valid(field, item);
	}
	return false;
}

bool value_is_valid(const struct form_field *field, struct bytes item)
{
	if (item.size == 0 || item.size > VALUE_SIZE_MAX)
		return false;
	if (is_null(item))
		return field->shape == SHAPE_SINGLE && field->rule != RULE_WRITE_ONCE;
	if (is_absence(item))
		return field->shape == SHAPE_SINGLE;
	return typed_is_valid(field, item);
}

const struct form_entry_kind *value_entry_kind(const struct form_field *field, struct bytes item)
{
	return field->entry_kind_count > 0 && value_is_valid(field, item) ? find_kind(field, item) : NULL;
}

static size_t order_of(const struct form_field *field, uint64_t number)
{
	size_t i = 0;
	while (i < field->order_count && field->order[i] != number)
		i++;
	return i;
}

int value_compare(const struct form_field *field, struct bytes a, struct bytes b)
{
	struct cbor ca, cb;
	cbor_begin(&ca, a);
	cbor_begin(&cb, b);
	enum cbor_kind ka = cbor_peek(&ca), kb = cbor_peek(&cb);
	if ((ka != CBOR_UINT && ka != CBOR_NINT) || (kb != CBOR_UINT && kb != CBOR_NINT))
		return bytes_compare(a, b);
	int64_t na = cbor_int(&ca), nb = cbor_int(&cb);
	if (field->order_count > 0) {
		size_t pa = order_of(field, (uint64_t)na), pb = order_of(field, (uint64_t)nb);
		return (pa > pb) - (pa < pb);
	}
	return (na > nb) - (na < nb);
}
