/* Shrinks a history that fails: takes away changes, operations, parents and troubles one by one, as
 * long as it goes on failing. */
#include "tests/histories/histories.h"

#include "tests/model/model.h"

#include <stdio.h>

struct shrinker {
	const struct history_form *form;
	cJSON *story;
	uint64_t seed;
};

static bool fails(const struct shrinker *s)
{
	static char message[HISTORY_MESSAGE_MAX];
	return !history_check(message, NULL, s->form, s->story, s->seed);
}

static cJSON *changes_of(const struct shrinker *s)
{
	return cJSON_GetObjectItemCaseSensitive(s->story, "changes");
}

/* Puts the parents of `gone` in its place wherever it was a parent. */
static void inherit(cJSON *changes, const cJSON *gone)
{
	cJSON *change;
	const char *label = model_text(gone, "id");
	const cJSON *theirs = cJSON_GetObjectItemCaseSensitive(gone, "parents"), *p;
	cJSON_ArrayForEach(change, changes) {
		cJSON *parents = cJSON_GetObjectItemCaseSensitive(change, "parents");
		int at = model_place(parents, label);
		if (at < 0)
			continue;
		cJSON_DeleteItemFromArray(parents, at);
		cJSON_ArrayForEach(p, theirs) {
			if (model_place(parents, p->valuestring) < 0)
				cJSON_AddItemToArray(parents, cJSON_CreateString(p->valuestring));
		}
	}
}

/* Each of these tries one kind of removal everywhere and says whether one was kept. */
static bool drop_changes(struct shrinker *s)
{
	bool smaller = false;
	for (int i = cJSON_GetArraySize(changes_of(s)) - 1; i >= 0; i--) {
		cJSON *kept = s->story;
		s->story = cJSON_Duplicate(kept, true);
		cJSON *gone = cJSON_DetachItemFromArray(changes_of(s), i);
		inherit(changes_of(s), gone);
		cJSON_Delete(gone);
		bool worse = cJSON_GetArraySize(changes_of(s)) > 0 && fails(s);
		cJSON_Delete(worse ? kept : s->story);
		s->story = worse ? s->story : kept;
		smaller = smaller || worse;
	}
	return smaller;
}

static bool drop_elements(struct shrinker *s, const char *list)
{
	bool smaller = false;
	cJSON *change;
	cJSON_ArrayForEach(change, changes_of(s)) {
		cJSON *array = cJSON_GetObjectItemCaseSensitive(change, list);
		for (int i = cJSON_GetArraySize(array) - 1; i >= 0; i--) {
			cJSON *gone = cJSON_DetachItemFromArray(array, i);
			bool worse = fails(s);
			if (worse)
				cJSON_Delete(gone);
			else
				cJSON_InsertItemInArray(array, i, gone);
			smaller = smaller || worse;
		}
	}
	return smaller;
}

static bool drop_member(struct shrinker *s, cJSON *object, const char *key)
{
	cJSON *gone = cJSON_DetachItemFromObjectCaseSensitive(object, key);
	if (!gone)
		return false;
	bool worse = fails(s);
	if (worse)
		cJSON_Delete(gone);
	else
		cJSON_AddItemToObject(object, key, gone);
	return worse;
}

static bool drop_troubles(struct shrinker *s)
{
	bool smaller = false;
	cJSON *change, *op;
	cJSON_ArrayForEach(change, changes_of(s)) {
		smaller = drop_member(s, change, "held") || smaller;
		smaller = drop_member(s, change, "standing") || smaller;
		smaller = drop_member(s, change, "payloads") || smaller;
		cJSON_ArrayForEach(op, cJSON_GetObjectItemCaseSensitive(change, "ops")) {
			smaller = drop_member(s, op, "basis") || smaller;
			smaller = drop_member(s, op, "compartment") || smaller;
		}
	}
	return smaller;
}

void history_shrink(const struct history_form *form, cJSON *story, uint64_t seed)
{
	struct shrinker s = { .form = form, .story = cJSON_Duplicate(story, true), .seed = seed };
	bool smaller = true;
	while (smaller) {
		smaller = drop_changes(&s);
		smaller = drop_elements(&s, "ops") || smaller;
		smaller = drop_elements(&s, "parents") || smaller;
		smaller = drop_troubles(&s) || smaller;
	}
	cJSON *changes = cJSON_DetachItemViaPointer(s.story, changes_of(&s));
	cJSON_ReplaceItemInObjectCaseSensitive(story, "changes", changes);
	cJSON_Delete(s.story);
}
