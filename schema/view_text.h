/* A view as JSON: deterministic, and nothing in it is local to a node (changes by id, never by
 * position).
 *
 *   {"fields":{PATH:{"value":V,"status":S,"candidates":[V...],"losers":[V...]},...},
 *    "ineffective":[[CHANGE,PATH,REASON],...],"unknown":[COMPARTMENT,...]}
 *
 * Fields ascend by number.  The value is null where there is none, an array for sets and lists.
 * Candidates are there when contested or unknown, losers when there are some. */
#ifndef SCHEMA_VIEW_TEXT_H
#define SCHEMA_VIEW_TEXT_H

#include "base/json.h"
#include "schema/view.h"

enum {
	/* Each field gets "by":{"change","officer","role","site","time"} (for sets and lists an array as
	 * long as the value; null for a fixed interim and where there is no value), and each candidate and
	 * loser becomes {"value":V,"by":{...}}. */
	VIEW_TEXT_BY = 1
};

/* Writes the whole object. */
MUST_USE enum err view_text_json(struct json_out *o, const struct view *v, const struct form *form,
	const struct view_change *changes, unsigned flags);

/* The parts, for a caller with an object of his own: the value of "fields", of one field, of
 * "ineffective". */
MUST_USE enum err view_text_fields(struct json_out *o, const struct view *v, const struct form *form,
	const struct view_change *changes, unsigned flags);
MUST_USE enum err view_text_field(struct json_out *o, const struct view_field *f, const struct form *form,
	const struct view_change *changes, unsigned flags);
void view_text_ineffective(struct json_out *o, const struct view *v, const struct form *form,
	const struct view_change *changes);

#endif
