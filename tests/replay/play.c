/* Plays one phase of a story through the pure engine, in any order of arrival. */
#include "tests/replay/replay.h"

#include "schema/view_text.h"

enum { TEXT_MAX = 16 << 20, VIEW_MEMORY = 64 << 20 };

/* The positions of base and of the known changes, in the file's order. */
static enum err list_known(struct replay_phase *p, struct arena *a, struct err_text *why)
{
	const struct story *s = p->story;
	uint32_t *positions = arena_array(a, s->count, sizeof *positions);
	bool *known = arena_array(a, s->count, sizeof *known);
	const struct json *list = p->json ? json_get(p->json, "known") : NULL;
	if (!positions || !known)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < s->count; i++)
		known[i] = !p->json || i < s->base_count;
	for (const struct json *j = list ? json_first(list) : NULL; j; j = json_next(j)) {
		uint32_t at = story_find(s, json_text(j));
		if (at == UINT32_MAX)
			return err_set(why, ERR_FORMAT, "phase \"%s\": no change \"%s\"", p->name, json_text(j));
		known[at] = true;
	}
	for (uint32_t i = 0; i < s->count; i++) {
		if (known[i])
			positions[p->count++] = i;
	}
	for (uint32_t i = 0; i < s->skip_count; i++)
		p->skipped += known[s->skips[i].change];
	p->positions = positions;
	return ERR_OK;
}

enum err replay_play(struct replay_phase *out, struct arena *a, const struct form *form,
	const struct story *story, const struct json *phase, struct err_text *why)
{
	const struct json *name = phase ? json_get(phase, "name") : NULL;
	struct view *view = NULL;
	*out = (struct replay_phase){ .story = story, .form = form, .json = phase,
		.name = name ? json_text(name) : "" };
	enum err e = list_known(out, a, why);
	if (!e)
		e = story_select(&out->changes, a, story, out->positions, out->count, why);
	if (!e)
		e = view_make(&view, a, form, out->changes, out->count);
	out->view = view;
	return e;
}

/* ---- Shuffled orders */

static uint32_t draw(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*state >> 33) % below;
}

static enum err view_in_order(struct buf *text, const struct replay_phase *p, const uint32_t *positions,
	struct err_text *why)
{
	struct arena a;
	struct view *view = NULL;
	const struct view_change *changes = NULL;
	struct json_out o;
	arena_init(&a, VIEW_MEMORY);
	json_out_init(&o, text);
	enum err e = story_select(&changes, &a, p->story, positions, p->count, why);
	if (!e)
		e = view_make(&view, &a, p->form, changes, p->count);
	if (!e)
		e = view_text_json(&o, view, p->form, changes, VIEW_TEXT_BY);
	arena_clear(&a);
	return e;
}

enum err replay_shuffle(const struct replay_phase *p, uint64_t seed, unsigned orders, struct err_text *why)
{
	struct buf first, other;
	struct arena a;
	arena_init(&a, VIEW_MEMORY);
	buf_init(&first, TEXT_MAX);
	buf_init(&other, TEXT_MAX);
	uint32_t *positions = arena_copy(&a, p->positions, p->count * sizeof *positions);
	enum err e = positions ? view_in_order(&first, p, positions, why) : ERR_MEMORY;
	for (unsigned i = 0; i < orders && !e; i++) {
		for (uint32_t k = p->count; k > 1; k--) {
			uint32_t with = draw(&seed, k), swap = positions[k - 1];
			positions[k - 1] = positions[with];
			positions[with] = swap;
		}
		buf_reset(&other);
		e = view_in_order(&other, p, positions, why);
		if (!e && !bytes_equal(buf_bytes(&first), buf_bytes(&other)))
			e = err_set(why, ERR_CONFLICT, "story %s, phase \"%s\": order %u gives another view",
				p->story->id, p->name, i + 1);
	}
	buf_clear(&first);
	buf_clear(&other);
	arena_clear(&a);
	return e;
}

/* ---- The line */

static void put_ineffective(struct json_out *o, const struct replay_phase *p)
{
	const struct view *v = p->view;
	json_put_open(o, '[');
	for (uint32_t i = 0; i < v->ineffective_count; i++) {
		const struct view_ineffective *row = &v->ineffective[i];
		const struct form_field *field = form_find_field(p->form, row->field);
		json_put_open(o, '[');
		json_put_cstr(o, story_label(p->story, p->positions, row->change));
		json_put_cstr(o, field ? field->path : "");
		json_put_cstr(o, op_reason_name(row->reason));
		json_put_close(o, ']');
	}
	json_put_close(o, ']');
}

enum err replay_line(struct buf *out, const struct replay_phase *p)
{
	struct json_out o;
	json_out_init(&o, out);
	json_put_open(&o, '{');
	json_put_key(&o, "story");
	json_put_cstr(&o, p->story->id);
	json_put_key(&o, "phase");
	json_put_cstr(&o, p->name);
	json_put_key(&o, "fields");
	enum err e = view_text_fields(&o, p->view, p->form, p->changes, 0);
	if (e)
		return e;
	json_put_key(&o, "ineffective");
	put_ineffective(&o, p);
	json_put_key(&o, "derived");
	json_put_open(&o, '[');
	json_put_close(&o, ']');
	json_put_key(&o, "skipped");
	json_put_int(&o, p->skipped);
	json_put_close(&o, '}');
	return buf_err(out);
}
