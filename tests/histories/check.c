/* Checks one history: engine against model, any order of arrival, the graph grown one by one. */
#include "tests/histories/histories.h"

#include "schema/view_text.h"
#include "tests/model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ORDERS = 8, TEXT_MAX = 1 << 22, MEMORY = 64 << 20 };

struct checker {
	char *message;
	const struct history_form *form;
	struct story story;
	struct arena arena; /* of the story */
	struct chance chance;
	struct history_sum *sum;
	uint32_t order[2 * MODEL_CHANGES_MAX]; /* positions of the story, as they arrived */
	struct buf text, other;
};

static bool fail(struct checker *c, const char *what, const char *expected, const char *found)
{
	snprintf(c->message, HISTORY_MESSAGE_MAX, "%s\nexpected %.3500s\nfound    %.3500s", what, expected,
		found);
	return false;
}

static double seconds_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void count_view(struct history_sum *sum, const struct view *v)
{
	for (uint32_t i = 0; i < v->field_count; i++)
		sum->statuses[v->fields[i].status]++;
	for (uint32_t i = 0; i < v->ineffective_count; i++)
		sum->reasons[v->ineffective[i].reason]++;
}

/* Makes the view of the changes in the order c->order and writes it.  With `whole` it looks for lost
 * values too. */
static bool write_view(struct checker *c, struct buf *text, bool whole)
{
	struct arena a;
	struct view *v = NULL;
	const struct view_change *changes = NULL;
	struct json_out o;
	arena_init(&a, MEMORY);
	enum err e = story_select(&changes, &a, &c->story, c->order, c->story.count, NULL);
	double start = seconds_now();
	if (!e)
		e = view_make(&v, &a, c->form->engine, changes, c->story.count);
	if (c->sum) {
		c->sum->view_seconds += seconds_now() - start;
		c->sum->views++;
	}
	json_out_init(&o, text);
	if (!e)
		e = view_text_json(&o, v, c->form->engine, changes, VIEW_TEXT_BY);
	bool fine = !e || fail(c, "the view is an error", "ok", err_name(e));
	if (fine && whole) {
		fine = history_is_whole(c->message, v, changes);
		if (c->sum)
			count_view(c->sum, v);
	}
	arena_clear(&a);
	return fine;
}

/* Changes arrive in any order, some again and again; what is there already is nothing new. */
static void shuffle_arrivals(struct checker *c)
{
	uint32_t count = c->story.count, kept = 0, sent = 2 * count;
	uint32_t arrivals[2 * MODEL_CHANGES_MAX];
	bool here[MODEL_CHANGES_MAX] = { false };
	for (uint32_t i = 0; i < sent; i++)
		arrivals[i] = i < count ? i : chance_below(&c->chance, count);
	for (uint32_t i = sent; i > 1; i--) {
		uint32_t k = chance_below(&c->chance, i), swap = arrivals[i - 1];
		arrivals[i - 1] = arrivals[k];
		arrivals[k] = swap;
	}
	for (uint32_t i = 0; i < sent; i++) {
		if (!here[arrivals[i]])
			c->order[kept++] = arrivals[i];
		here[arrivals[i]] = true;
	}
}

static bool check_orders(struct checker *c)
{
	for (int i = 0; i < ORDERS; i++) {
		buf_reset(&c->other);
		shuffle_arrivals(c);
		if (!write_view(c, &c->other, false))
			return false;
		if (!bytes_equal(buf_bytes(&c->text), buf_bytes(&c->other)))
			return fail(c, "another order of arrival", buf_text(&c->text), buf_text(&c->other));
	}
	return true;
}

/* The graph grown change by change, in a random order with parents first, against the one built at
 * once. */
static bool check_growing(struct checker *c)
{
	uint32_t count = c->story.count, at[MODEL_CHANGES_MAX], parents[MODEL_CHANGES_MAX];
	struct dag_change all[MODEL_CHANGES_MAX];
	struct dag *built = NULL, *grown = NULL;
	for (uint32_t i = 0; i < count; i++) {
		all[i] = c->story.changes[i].view.dag;
		at[i] = UINT32_MAX;
	}
	if (dag_build(&built, &c->arena, all, count) || dag_build(&grown, &c->arena, NULL, 0))
		return fail(c, "the graph is an error", "ok", "");
	while (dag_count(grown) < count) {
		uint32_t i = chance_below(&c->chance, count);
		bool ready = at[i] == UINT32_MAX;
		for (uint32_t k = 0; k < all[i].parent_count && ready; k++) {
			parents[k] = at[all[i].parents[k]];
			ready = parents[k] != UINT32_MAX;
		}
		if (!ready)
			continue;
		struct dag_change next = all[i];
		next.parents = parents;
		at[i] = dag_count(grown);
		if (dag_add(grown, &next))
			return fail(c, "the grown graph is an error", "ok", "");
	}
	for (uint32_t i = 0; i < count; i++) {
		if (at[dag_order(built)[i]] != dag_order(grown)[i])
			return fail(c, "the grown graph has another order", "", "");
		for (uint32_t k = 0; k < count; k++) {
			if (dag_sees(built, i, k) != dag_sees(grown, at[i], at[k]))
				return fail(c, "the grown graph sees otherwise", "", "");
		}
	}
	return true;
}

/* Sees all changes before it, strikes nothing, and all of it can be read. */
static bool is_tried(const struct view *v, const struct view_change *changes, uint32_t n)
{
	bool tried = changes[n].strike_count == 0;
	for (uint32_t i = 0; i < n && tried; i++)
		tried = dag_sees(v->dag, n, i);
	for (uint32_t k = 0; k < changes[n].payload_count; k++)
		tried = tried && changes[n].payloads[k].state == PAYLOAD_OPEN;
	return tried;
}

/* What a change would meet if it were written now is what it meets once it is. */
static bool check_try(struct checker *c, const struct view_judged *before, const struct view_change *changes,
	uint32_t n)
{
	struct arena a;
	struct view *v = NULL;
	struct view_ineffective row, expected = { .change = UINT32_MAX };
	bool effective = true;
	arena_init(&a, MEMORY);
	bool fine = !view_make(&v, &a, c->form->engine, changes, n + 1);
	for (uint32_t i = v ? v->ineffective_count : 0; i-- > 0;)
		if (v->ineffective[i].change == n)
			expected = v->ineffective[i];
	if (fine && is_tried(v, changes, n)) {
		fine = !view_judged_try(&effective, &row, before, &a, &changes[n])
			&& effective == (expected.change == UINT32_MAX)
			&& (effective
				|| (row.payload == expected.payload && row.op == expected.op
					&& row.reason == expected.reason));
	}
	arena_clear(&a);
	return fine || fail(c, "a change meets something else than when it was tried", "", "");
}

/* Judged change by change, as entry does, against judged at once. */
static bool check_step_by_step(struct checker *c)
{
	struct arena judged_arena, a;
	struct view_judged *judged = NULL;
	struct view *v = NULL;
	const struct view_change *changes = NULL;
	struct json_out o;
	arena_init(&judged_arena, MEMORY);
	arena_init(&a, MEMORY);
	enum err e = story_select(&changes, &a, &c->story, c->order, c->story.count, NULL);
	bool fine = !e;
	for (uint32_t n = 0; n < c->story.count && fine; n++) {
		bool taken = false;
		fine = !judged || check_try(c, judged, changes, n);
		if (judged)
			e = view_judged_next(&taken, judged, changes);
		if (!taken && !e) {
			arena_clear(&judged_arena);
			e = view_judged_make(&judged, &judged_arena, c->form->engine, changes, n + 1);
		}
		fine = fine && !e;
	}
	if (fine && judged)
		e = view_decide(&v, &a, judged);
	buf_reset(&c->other);
	json_out_init(&o, &c->other);
	if (fine && v && !e)
		e = view_text_json(&o, v, c->form->engine, changes, VIEW_TEXT_BY);
	if (fine && v)
		fine = !e && bytes_equal(buf_bytes(&c->text), buf_bytes(&c->other));
	arena_clear(&a);
	arena_clear(&judged_arena);
	return fine || fail(c, "judged change by change", buf_text(&c->text), buf_text(&c->other));
}

static bool check_story(struct checker *c, const cJSON *story)
{
	for (uint32_t i = 0; i < c->story.count; i++)
		c->order[i] = i;
	if (!write_view(c, &c->text, true))
		return false;
	char *model = model_run(c->form->model, story);
	bool agree = model && strcmp(model, buf_text(&c->text)) == 0;
	if (!agree)
		fail(c, "the model has another view", model ? model : "(too large)", buf_text(&c->text));
	free(model);
	return agree && check_step_by_step(c) && check_orders(c) && check_growing(c);
}

bool history_check(char message[HISTORY_MESSAGE_MAX], struct history_sum *sum,
	const struct history_form *form, const cJSON *story, uint64_t seed)
{
	struct checker c = { .message = message, .form = form, .sum = sum, .chance = { seed } };
	struct json *json = NULL;
	struct err_text why = { "" };
	char *text = cJSON_PrintUnformatted(story);
	buf_init(&c.text, TEXT_MAX);
	buf_init(&c.other, TEXT_MAX);
	arena_init(&c.arena, MEMORY);
	message[0] = '\0';
	enum err e = json_parse(&json, bytes_text(text), &why);
	if (!e)
		e = story_load(&c.story, &c.arena, form->engine, json, &why);
	bool fine = e ? fail(&c, "the story cannot be read", "", why.text) : check_story(&c, story);
	if (sum) {
		sum->histories++;
		sum->changes += c.story.count;
		for (uint32_t i = 0; i < c.story.count; i++) {
			for (uint32_t p = 0; p < c.story.changes[i].view.payload_count; p++)
				sum->ops += c.story.changes[i].view.payloads[p].op_count;
		}
	}
	arena_clear(&c.arena);
	buf_clear(&c.text);
	buf_clear(&c.other);
	json_free(json);
	free(text);
	return fine;
}
