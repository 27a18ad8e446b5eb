/* Typed values: one canonical CBOR encoding per type (docs/format.md "Values"), checked on the way in
 * and out.
 *
 *   text, reference    text string, NFC, no control characters (texts may hold LF and TAB)
 *   date               integer yyyymmdd, a day that exists
 *   partial_date       integer yyyymmdd, 00 for an unknown month or day
 *   datetime           integer, seconds since 1970 UTC
 *   enum               its number in the form
 *   integer            integer
 *   bool               false, true
 *   attachment         text (a label), or the array that act attach defines
 *   record             map with text keys: texts, integers, booleans, null, arrays and maps of these
 *   absent             [1] unknown, [2] not_asked, [3] refused: any single-value type
 *   empty              null: a single-value field that was emptied (not for write_once) */
#ifndef SCHEMA_VALUE_H
#define SCHEMA_VALUE_H

#include "schema/date.h"
#include "schema/form.h"

enum { VALUE_TEXT_MAX = 65536, VALUE_SIZE_MAX = 131072 }; /* bytes */
#define VALUE_INT_MAX ((INT64_C(1) << 53) - 1) /* either way: what JSON carries exactly */

/* True when `item` (canonical CBOR) is a value that this field takes: as its value, or as one element
 * or entry of a set or list. */
bool value_is_valid(const struct form_field *field, struct bytes item);

/* Appends the canonical encoding of a JSON value (enums by name, dates as "2026-02-03", datetimes as
 * "2026-02-10T16:00:00Z", absences as {"absent":"unknown"}).  ERR_FORMAT: `why` says what the field
 * takes, with an example, and the nearest enum name. */
MUST_USE enum err value_from_json(struct buf *out, const struct form_field *field, const struct json *j,
	struct err_text *why);

/* As value_from_json for a word typed at the command line: text fields take it as it is, others parse
 * it ("true", "12", "2026-02-03", JSON for records). */
MUST_USE enum err value_from_text(struct buf *out, const struct form_field *field, struct bytes text,
	struct err_text *why);

/* The inverse; an item that is not valid for the field (foreign, kept) is written as
 * {"undecodable":"hex"}. */
MUST_USE enum err value_to_json(struct json_out *o, const struct form_field *field, struct bytes item);

/* Order for min and max: by the field's order list or the type's own order. */
int value_compare(const struct form_field *field, struct bytes a, struct bytes b);
/* Null or a typed absence: min and max choose a blank only when every head is one. */
bool value_is_blank(struct bytes item);

/* The declared kind of an entry (member "kind" of the record), by which the form says who may append
 * it; NULL when the field has no entry kinds or the item is no valid entry. */
const struct form_entry_kind *value_entry_kind(const struct form_field *field, struct bytes item);

#endif
