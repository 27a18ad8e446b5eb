/* Stories: histories of a case as JSON, made into the input of the view. */
#include "tests/support/story.h"

#include "base/text.h"
#include "schema/date.h"
#include "tests/support/story_op.h"

struct loader {
	struct arena *arena;
	const struct form *form;
	struct story *story;
	struct err_text *why;
	uint32_t skip_size;
};

static const char *text_of(const struct json *object, const char *key)
{
	const struct json *j = json_get(object, key);
	return j && json_kind(j) == JSON_TEXT ? json_text(j) : "";
}

static const struct json *first_of(const struct json *object, const char *key)
{
	const struct json *j = json_get(object, key);
	return j ? json_first(j) : NULL;
}

static size_t count_of(const struct json *object, const char *key)
{
	const struct json *j = json_get(object, key);
	return j ? json_count(j) : 0;
}

uint32_t story_find(const struct story *s, const char *id)
{
	for (uint32_t i = 0; i < s->count; i++) {
		if (strcmp(s->changes[i].id, id) == 0)
			return i;
	}
	return UINT32_MAX;
}

/* ---- Who and when */

static enum err load_roles(struct loader *l, struct story_change *c, uint32_t *role, const struct json *j)
{
	const struct form_name *own = form_find_role(l->form, text_of(j, "role"));
	if (!own)
		return err_set(l->why, ERR_FORMAT, "change %s: no role \"%s\"", c->id, text_of(j, "role"));
	*role = own->number;
	if (!json_get(j, "held"))
		c->view.roles = role_bit(own->number);
	for (const struct json *r = first_of(j, "held"); r; r = json_next(r)) {
		const struct form_name *held = form_find_role(l->form, json_text(r));
		if (!held)
			return err_set(l->why, ERR_FORMAT, "change %s: no role \"%s\"", c->id, json_text(r));
		c->view.roles |= role_bit(held->number);
	}
	return ERR_OK;
}

static enum err load_standing(struct loader *l, struct story_change *c, const struct json *j)
{
	const char *name = text_of(j, "standing");
	if (!*name)
		return ERR_OK;
	for (enum op_reason r = REASON_NOT_PERMITTED; r <= REASON_UNKNOWN_CODE; r++) {
		if (strcmp(op_reason_name(r), name) == 0)
			c->view.standing = r;
	}
	if (!c->view.standing)
		return err_set(l->why, ERR_FORMAT, "change %s: no reason \"%s\"", c->id, name);
	return ERR_OK;
}

static enum err load_head(struct loader *l, struct story_change *c, uint32_t *role, const struct json *j)
{
	uint8_t site[32];
	struct dag_change *d = &c->view.dag;
	story_hash(d->id.b, "change", c->id);
	story_hash(d->officer.b, "member", text_of(j, "member"));
	story_hash(site, "site", text_of(j, "site"));
	c->view.site = (uint32_t)site[0] << 16 | (uint32_t)site[1] << 8 | site[2];
	if (datetime_decode(&d->time, bytes_text(text_of(j, "at"))))
		return err_set(l->why, ERR_FORMAT, "change %s: bad time \"%s\"", c->id, text_of(j, "at"));
	uint32_t *parents = arena_array(l->arena, count_of(j, "parents"), sizeof *parents);
	if (!parents)
		return ERR_MEMORY;
	for (const struct json *p = first_of(j, "parents"); p; p = json_next(p)) {
		uint32_t at = story_find(l->story, json_text(p));
		if (at == UINT32_MAX)
			return err_set(l->why, ERR_FORMAT, "change %s: no parent \"%s\"", c->id, json_text(p));
		parents[d->parent_count++] = at;
	}
	c->parents = d->parents = parents;
	enum err e = load_roles(l, c, role, j);
	return e ? e : load_standing(l, c, j);
}

/* ---- What */

static enum err add_skip(struct loader *l, uint32_t change, const struct json *op)
{
	struct story *s = l->story;
	struct story_skip *skips = arena_grow(l->arena, s->skips, s->skip_count, &l->skip_size, sizeof *skips);
	if (!skips)
		return ERR_MEMORY;
	skips[s->skip_count++] = (struct story_skip){ change, text_of(op, "field") };
	s->skips = skips;
	return ERR_OK;
}

static enum err load_strike(struct loader *l, struct view_strike *out, uint32_t role, const struct json *op)
{
	const char *struck = text_of(op, "change"), *shown = text_of(op, "role");
	const struct form_name *other = form_find_role(l->form, shown);
	if (*shown && !other)
		return err_set(l->why, ERR_FORMAT, "no role \"%s\"", shown);
	*out = (struct view_strike){ story_find(l->story, struck), other ? other->number : role };
	return ERR_OK;
}

/* How each compartment's payload is found here; PAYLOAD_OPEN when the story does not say. */
static enum err load_states(struct loader *l, const struct story_change *c,
	enum payload_state states[FORM_COMPARTMENTS_MAX + 1], const struct json *j)
{
	for (const struct json *p = first_of(j, "payloads"); p; p = json_next(p)) {
		uint32_t compartment = form_find_compartment_name(l->form, json_key(p));
		if (!compartment)
			return err_set(l->why, ERR_FORMAT, "change %s: no compartment \"%s\"", c->id, json_key(p));
		states[compartment] = strcmp(json_text(p), "unknown") == 0 ? PAYLOAD_UNKNOWN :
			strcmp(json_text(p), "erased") == 0 ? PAYLOAD_ERASED : PAYLOAD_INVALID;
	}
	return ERR_OK;
}

/* Sorts `count` operations, which stand in the compartments `where`, into payloads. */
static enum err make_payloads(struct loader *l, struct story_change *c, uint32_t role, const struct op *ops,
	const uint32_t *where, size_t count, const struct json *j)
{
	enum payload_state states[FORM_COMPARTMENTS_MAX + 1] = { PAYLOAD_OPEN };
	enum err e = load_states(l, c, states, j);
	struct view_payload *payloads = arena_array(l->arena, FORM_COMPARTMENTS_MAX, sizeof *payloads);
	if (e || !payloads)
		return e ? e : ERR_MEMORY;
	for (uint32_t compartment = 1; compartment <= FORM_COMPARTMENTS_MAX; compartment++) {
		struct op *in = arena_array(l->arena, count, sizeof *in);
		struct view_payload payload = { .compartment = compartment, .state = states[compartment],
			.role = role, .ops = in };
		if (!in)
			return ERR_MEMORY;
		for (size_t i = 0; i < count; i++) {
			if (where[i] == compartment && payload.state == PAYLOAD_OPEN)
				in[payload.op_count++] = ops[i];
		}
		if (payload.op_count > 0 || payload.state != PAYLOAD_OPEN)
			payloads[c->view.payload_count++] = payload;
	}
	c->view.payloads = payloads;
	return ERR_OK;
}

static enum err load_ops(struct loader *l, uint32_t change, uint32_t role, const struct json *j)
{
	struct story_change *c = &l->story->changes[change];
	size_t count = 0, most = count_of(j, "ops");
	struct op *ops = arena_array(l->arena, most, sizeof *ops);
	uint32_t *where = arena_array(l->arena, most, sizeof *where);
	struct view_strike *strikes = arena_array(l->arena, most, sizeof *strikes);
	enum err e = ops && where && strikes ? ERR_OK : ERR_MEMORY;
	for (const struct json *op = first_of(j, "ops"); op && !e; op = json_next(op)) {
		if (strcmp(text_of(op, "op"), "strike") == 0) {
			e = load_strike(l, &strikes[c->view.strike_count++], role, op);
		} else if (story_op_is_skipped(l->form, op)) {
			e = add_skip(l, change, op);
		} else {
			e = story_op_encode(&ops[count], &where[count], l->arena, l->form, op, l->why);
			count++;
		}
	}
	c->view.strikes = strikes;
	return e ? e : make_payloads(l, c, role, ops, where, count, j);
}

/* ---- The whole */

enum err story_load(struct story *out, struct arena *a, const struct form *form, const struct json *json,
	struct err_text *why)
{
	struct loader l = { .arena = a, .form = form, .story = out, .why = why };
	size_t base = count_of(json, "base"), count = base + count_of(json, "changes");
	*out = (struct story){ .id = text_of(json, "id"), .base_count = (uint32_t)base, .json = json };
	out->changes = arena_array(a, count, sizeof *out->changes);
	const struct json **nodes = arena_array(a, count, sizeof(struct json *));
	if (!out->changes || !nodes)
		return ERR_MEMORY;
	for (int part = 0; part < 2; part++) {
		for (const struct json *j = first_of(json, part ? "changes" : "base"); j; j = json_next(j)) {
			nodes[out->count] = j;
			out->changes[out->count++].id = text_of(j, "id");
		}
	}
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < out->count && !e; i++) {
		uint32_t role = 0;
		e = load_head(&l, &out->changes[i], &role, nodes[i]);
		if (!e)
			e = load_ops(&l, i, role, nodes[i]);
	}
	return e;
}

enum err story_select(const struct view_change **out, struct arena *a, const struct story *s,
	const uint32_t *positions, uint32_t count, struct err_text *why)
{
	*out = NULL;
	uint32_t *to = arena_array(a, s->count, sizeof *to);
	struct view_change *changes = arena_array(a, count, sizeof *changes);
	if (!to || !changes)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < s->count; i++)
		to[i] = UINT32_MAX;
	for (uint32_t i = 0; i < count; i++)
		to[positions[i]] = i;
	for (uint32_t i = 0; i < count; i++) {
		struct view_change *c = &changes[i];
		*c = s->changes[positions[i]].view;
		uint32_t *parents = arena_array(a, c->dag.parent_count, sizeof *parents);
		struct view_strike *strikes = arena_array(a, c->strike_count, sizeof *strikes);
		if (!parents || !strikes)
			return ERR_MEMORY;
		for (uint32_t k = 0; k < c->dag.parent_count; k++) {
			parents[k] = to[c->dag.parents[k]];
			if (parents[k] == UINT32_MAX)
				return err_set(why, ERR_FORMAT, "change %s is there without its parent %s",
					s->changes[positions[i]].id, s->changes[c->dag.parents[k]].id);
		}
		for (uint32_t k = 0; k < c->strike_count; k++) {
			strikes[k] = c->strikes[k];
			if (strikes[k].change != UINT32_MAX)
				strikes[k].change = to[strikes[k].change];
		}
		c->dag.parents = parents;
		c->strikes = strikes;
	}
	*out = changes;
	return ERR_OK;
}
