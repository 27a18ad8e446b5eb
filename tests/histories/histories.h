/* Random histories: what makes, checks and shrinks them. */
#ifndef TESTS_HISTORIES_HISTORIES_H
#define TESTS_HISTORIES_HISTORIES_H

#include <cjson/cJSON.h>

#include "schema/form.h"
#include "tests/support/story.h"

struct history_form { /* one form, as the engine and as the model read it */
	const char *name;
	struct form *engine;
	cJSON *model;
};

enum { HISTORY_MESSAGE_MAX = 8192, HISTORY_REASONS = 16, HISTORY_STATUSES = 8 };

struct history_sum { /* over all histories: what was reached */
	uint64_t histories, changes, ops, views;
	uint64_t statuses[HISTORY_STATUSES], reasons[HISTORY_REASONS];
	double view_seconds;
};

/* ---- Chance: the same seed gives the same history everywhere */

struct chance {
	uint64_t state;
};
uint64_t chance_next(struct chance *c);
uint32_t chance_below(struct chance *c, uint32_t below);
bool chance_percent(struct chance *c, uint32_t percent);

/* A random story of at most 40 changes by at most 8 officers; to be deleted by the caller. */
cJSON *history_make(const struct history_form *form, uint64_t seed);

/* One value out of a handful that the field takes (`which` below 4), or one that it does not take. */
cJSON *history_value(const cJSON *field, uint32_t which);
cJSON *history_wrong_value(const cJSON *field, uint32_t which);

/* ---- Checking */

/* True when engine and model agree on the story, in 8 orders of arrival, and nothing is lost.
 * Otherwise `message` says what differs.  `sum` may be NULL. */
bool history_check(char message[HISTORY_MESSAGE_MAX], struct history_sum *sum,
	const struct history_form *form, const cJSON *story, uint64_t seed);

/* True when every value that was written is to be found in the view or was replaced by one who saw it;
 * otherwise `message` names the operation. */
bool history_is_whole(char message[HISTORY_MESSAGE_MAX], const struct view *v,
	const struct view_change *changes);

/* Takes away what is not needed for the check to fail; the story is altered. */
void history_shrink(const struct history_form *form, cJSON *story, uint64_t seed);

#endif
