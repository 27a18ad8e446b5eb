/* Stories: histories of a case with what is expected of their views, as JSON.
 *
 *   {"schema":FORM,"stories":[{"id","title","base":[CHANGE...],"changes":[CHANGE...],"phases":[PHASE...]}]}
 *   CHANGE {"id","site","member","role","at","parents":[ID...],"ops":[OP...]}
 *   PHASE  {"name","known":[ID...],"expect":{PATH:{"value","status","candidates"}},
 *           "ineffective":[[ID,PATH,REASON]...]}
 *
 * Beyond that a change may have "held":[ROLE...] (the roles that its officer holds; its role when not
 * given), "standing":REASON, "payloads":{COMPARTMENT:"unknown"|"erased"|"invalid"}, and an op may have
 * "compartment":NAME (of the payload it stands in), a number as its "field", and a number as its "op"
 * with a "value".
 *
 * Labels become ids by hashing, so the same story has the same ids everywhere. */
#ifndef TESTS_SUPPORT_STORY_H
#define TESTS_SUPPORT_STORY_H

#include "base/json.h"
#include "schema/view.h"

struct story_change {
	const char *id;
	const uint32_t *parents; /* positions in the story */
	struct view_change view; /* positions in the story too */
};

struct story_skip { /* an operation of a rule that the engine does not have */
	uint32_t change;
	const char *field;
};

struct story {
	const char *id;
	struct story_change *changes; /* base first */
	uint32_t base_count, count;
	struct story_skip *skips;
	uint32_t skip_count;
	const struct json *json; /* the story's object: title, phases */
};

/* Reads one story.  All is in the arena or borrowed from `json` and `form`. */
MUST_USE enum err story_load(struct story *out, struct arena *a, const struct form *form,
	const struct json *json, struct err_text *why);

/* The position of a change; ~0 when there is none. */
uint32_t story_find(const struct story *s, const char *id);

/* Lays out the changes at `positions` (of the story, in any order, parents among them) as the input of
 * view_make. */
MUST_USE enum err story_select(const struct view_change **out, struct arena *a, const struct story *s,
	const uint32_t *positions, uint32_t count, struct err_text *why);

/* The change at story position `change` within an array laid out from `positions`. */
static inline const char *story_label(const struct story *s, const uint32_t *positions, uint32_t at)
{
	return s->changes[positions[at]].id;
}

#endif
