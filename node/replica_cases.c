/* The replica's cache of casefiles. */
#include "node/replica_own.h"

#include <stdlib.h>
#include <string.h>

static uint32_t slot_of(const struct case_id *id, uint32_t room)
{
	uint32_t hash;
	memcpy(&hash, id->b, sizeof hash);
	return hash & (room - 1);
}

static struct case_slot *find_slot(struct case_slot *slots, uint32_t room, const struct case_id *id)
{
	uint32_t at = slot_of(id, room);
	while (slots[at].file && !case_id_equal(&slots[at].file->id, id))
		at = (at + 1) & (room - 1);
	return &slots[at];
}

struct casefile *replica_find_case(struct replica *r, const struct case_id *id)
{
	if (r->case_room == 0)
		return NULL;
	struct case_slot *slot = find_slot(r->cases, r->case_room, id);
	if (slot->file)
		slot->used = ++r->clock;
	return slot->file;
}

/* Moves all slots into a table of that room. */
static enum err resize(struct replica *r, uint32_t room)
{
	struct case_slot *slots = calloc(room, sizeof *slots);
	if (!slots)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < r->case_room; i++)
		if (r->cases[i].file)
			*find_slot(slots, room, &r->cases[i].file->id) = r->cases[i];
	free(r->cases);
	r->cases = slots;
	r->case_room = room;
	return ERR_OK;
}

enum err replica_put_case(struct replica *r, struct casefile *f)
{
	if (r->case_count * 2 >= r->case_room) {
		enum err e = resize(r, r->case_room ? r->case_room * 2 : 64);
		if (e)
			return e;
	}
	*find_slot(r->cases, r->case_room, &f->id) = (struct case_slot){ f, ++r->clock };
	r->case_count++;
	return ERR_OK;
}

/* Rebuilds the table without the files that `keep` rejects (the simplest right way with open addressing). */
static void filter(struct replica *r, bool (*keep)(const struct case_slot *, const void *), const void *what)
{
	struct case_slot *old = r->cases;
	uint32_t room = r->case_room;
	for (uint32_t i = 0; i < room; i++) {
		if (old[i].file && !keep(&old[i], what)) {
			casefile_free(old[i].file);
			old[i].file = NULL;
			r->case_count--;
		}
	}
	/* Probe sequences may have been broken: lay the rest anew.  Without memory, forget everything. */
	if (room && resize(r, room) != ERR_OK) {
		for (uint32_t i = 0; i < room; i++)
			casefile_free(old[i].file);
		memset(old, 0, room * sizeof *old);
		r->case_count = 0;
	}
}

static bool is_other(const struct case_slot *slot, const void *id)
{
	return !case_id_equal(&slot->file->id, id);
}

static bool is_none(const struct case_slot *slot, const void *unused)
{
	(void)slot;
	(void)unused;
	return false;
}

static bool is_younger(const struct case_slot *slot, const void *oldest)
{
	return slot->used > *(const uint64_t *)oldest;
}

void replica_drop_case(struct replica *r, const struct case_id *id)
{
	struct case_id copy = *id; /* it may be the casefile's own */
	filter(r, is_other, &copy);
}

void replica_drop_cases(struct replica *r)
{
	filter(r, is_none, NULL);
	free(r->cases);
	r->cases = NULL;
	r->case_room = 0;
	r->case_count = 0;
}

void replica_retry_cases(struct replica *r)
{
	for (uint32_t i = 0; i < r->case_room; i++)
		if (r->cases[i].file)
			casefile_retry(r->cases[i].file);
}

static int compare_used(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

void replica_trim_cases(struct replica *r)
{
	if (r->case_count <= REPLICA_CACHE_MAX)
		return;
	uint64_t *used = calloc(r->case_count, sizeof *used);
	uint32_t count = 0;
	if (!used)
		return;
	for (uint32_t i = 0; i < r->case_room; i++)
		if (r->cases[i].file)
			used[count++] = r->cases[i].used;
	qsort(used, count, sizeof *used, compare_used);
	filter(r, is_younger, &used[count - REPLICA_CACHE_MAX / 2 - 1]);
	free(used);
}

enum err replica_case(
	struct casefile **out, struct replica *r, const struct case_id *id, struct err_text *why)
{
	struct index_case row;
	*out = replica_find_case(r, id);
	if (*out)
		return ERR_OK;
	enum err e = index_find_case(&row, r->index, id);
	if (e == ERR_NOT_FOUND)
		return err_set(why, e, "no such case here");
	if (!e)
		e = casefile_open(out, &r->env, &row, why);
	if (!e) {
		e = replica_put_case(r, *out);
		if (e) {
			casefile_free(*out);
			*out = NULL;
		}
	}
	return e;
}
