/* The timeline as JSON, and acts in words. */
#include "node/timeline.h"

#include "node/json_put.h"
#include "schema/value.h"

enum { ACT_MEMORY = 1 << 20 };

const char *timeline_op_name(uint32_t code)
{
	static const char *const names[] = { "unknown", "set", "add", "remove", "append", "move", "resolve",
		"ack", "reason" };
	return names[code < sizeof names / sizeof names[0] ? code : 0];
}

static void put_sites(struct buf *b, const struct naming *naming, const uint32_t *sites, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		buf_put_text(b, i ? ", " : "");
		buf_put_bytes(b, naming_site(naming, sites[i]));
	}
}

static const char *compartment_name(const struct casefile *f, uint32_t number)
{
	const struct form_compartment *c = form_find_compartment(f->form, number);
	return number == 0 ? "everything" : c ? c->name : "?";
}

static void put_act_words(struct buf *b, const struct casefile *f, const struct naming *naming,
	const struct change_act *act, struct arena *a)
{
	struct act_grant g;
	struct act_withdraw w;
	struct act_strike s;
	if (act->code == ACT_GRANT && !act_decode_grant(&g, a, act->args) && g.valid) {
		buf_printf(b, " %s to ", compartment_name(f, g.compartment));
		put_sites(b, naming, g.sites, g.site_count);
	} else if (act->code == ACT_WITHDRAW && !act_decode_withdraw(&w, a, act->args) && w.valid) {
		buf_printf(b, " %s from ", compartment_name(f, w.compartment));
		put_sites(b, naming, w.sites, w.site_count);
	} else if (act->code == ACT_STRIKE && !act_decode_strike(&s, a, act->args) && s.valid) {
		for (uint32_t i = 0; i < s.change_count; i++) {
			char hex[65];
			hex_encode(hex, bytes_of(s.changes[i].b, sizeof s.changes[i].b));
			buf_printf(b, " %.8s", hex);
		}
	}
}

void timeline_put_act(
	struct buf *b, const struct casefile *f, const struct naming *naming, const struct change_act *act)
{
	const char *name = act_name(act->code);
	struct arena a;
	if (!name) {
		buf_printf(b, "act %u", (unsigned)act->code);
		return;
	}
	arena_init(&a, ACT_MEMORY);
	buf_put_text(b, name);
	put_act_words(b, f, naming, act, &a);
	arena_clear(&a);
}

static void put_reason(struct json_out *o, enum op_reason reason)
{
	json_put_key(o, "reason");
	if (reason == REASON_NONE)
		json_put_null(o);
	else
		json_put_cstr(o, op_reason_name(reason));
}

/* The text of what has no field of its own: an acknowledgement's ids, a reason's words. */
static enum err put_bare(struct json_out *o, struct bytes value)
{
	struct buf hex;
	buf_init(&hex, SIZE_MAX);
	hex_put(&hex, value);
	json_put_text(o, buf_bytes(&hex));
	buf_clear(&hex);
	return ERR_OK;
}

static enum err put_op(struct json_out *o, const struct casefile *f, const struct timeline_op *t)
{
	bool shown = t->field && t->op->code != OP_ACK && t->op->code != OP_MOVE;
	enum err e;
	json_put_open(o, '{');
	put_member_cstr(o, "op", timeline_op_name(t->op->code));
	put_member_cstr(o, "field", t->field ? t->field->path : "");
	json_put_key(o, shown ? "value" : "cbor");
	e = shown ? value_to_json(o, t->field, t->value) : put_bare(o, t->value);
	if (!e && t->from.size) {
		json_put_key(o, "from");
		e = value_to_json(o, t->field, t->from);
	}
	if (t->words.size)
		put_member_text(o, "words", t->words);
	for (size_t i = 0; t->op->basis && i < f->form->basis_count; i++)
		if (f->form->bases[i].number == t->op->basis)
			put_member_cstr(o, "basis", f->form->bases[i].name);
	put_reason(o, t->reason);
	json_put_close(o, '}');
	return e;
}

static void put_compartments(struct json_out *o, const char *key, const struct form *form, uint64_t set)
{
	put_member_open(o, key, '[');
	for (size_t i = 0; i < form->compartment_count; i++)
		if (set >> form->compartments[i].number & 1)
			json_put_cstr(o, form->compartments[i].name);
	json_put_close(o, ']');
}

static void put_head(struct json_out *o, const struct casefile *f, const struct naming *naming,
	const struct timeline_change *t)
{
	const struct change *c = f->changes[t->position].change;
	const struct view_change *v = &f->counted->changes[t->position];
	put_member_hex(o, "change", f->changes[t->position].id.b, sizeof f->changes[0].id.b);
	put_member_hex(o, "git", f->changes[t->position].git.b, sizeof f->changes[0].git.b);
	put_member_int(o, "time", (int64_t)c->time);
	put_member_hex(o, "officer", c->officer.b, sizeof c->officer.b);
	put_member_text(o, "name", naming_officer(naming, v->site, &c->officer));
	put_member_int(o, "site", v->site);
	put_member_text(o, "site_name", naming_site(naming, v->site));
	put_member_hex(o, "node", c->node.b, sizeof c->node.b);
	put_member_open(o, "parents", '[');
	for (uint32_t i = 0; i < c->parent_count; i++)
		put_hex(o, c->parents[i].b, sizeof c->parents[i].b);
	json_put_close(o, ']');
	put_member_bool(o, "verified", t->verified);
	put_reason(o, t->standing);
}

static enum err put_change(struct json_out *o, const struct casefile *f, const struct naming *naming,
	const struct timeline_change *t, bool local)
{
	enum err e = ERR_OK;
	json_put_open(o, '{');
	put_head(o, f, naming, t);
	put_member_open(o, "acts", '[');
	for (uint32_t i = 0; i < t->act_count; i++) {
		struct buf words;
		buf_init(&words, ACT_MEMORY);
		timeline_put_act(&words, f, naming, t->acts[i].act);
		json_put_open(o, '{');
		put_member_int(o, "code", t->acts[i].act->code);
		put_member_text(o, "words", buf_bytes(&words));
		put_reason(o, t->acts[i].reason);
		json_put_close(o, '}');
		buf_clear(&words);
	}
	json_put_close(o, ']');
	put_member_open(o, "ops", '[');
	for (uint32_t i = 0; i < t->op_count && !e; i++)
		e = put_op(o, f, &t->ops[i]);
	json_put_close(o, ']');
	put_compartments(o, "unknown", f->form, t->unknown);
	put_compartments(o, "withheld", f->form, t->withheld);
	if (local) {
		put_member_int(o, "received", f->changes[t->position].row.received);
		put_member_bool(o, "written_here", f->changes[t->position].row.peer == 0);
	}
	json_put_close(o, '}');
	return e;
}

enum err timeline_json(struct json_out *o, const struct casefile *f, const struct naming *naming,
	const struct timeline_change *list, uint32_t count, bool local)
{
	enum err e = ERR_OK;
	json_put_open(o, '{');
	put_member_hex(o, "case", f->id.b, sizeof f->id.b);
	put_member_open(o, "changes", '[');
	for (uint32_t i = 0; i < count && !e; i++)
		e = put_change(o, f, naming, &list[i], local);
	json_put_close(o, ']');
	json_put_close(o, '}');
	return e ? e : buf_err(o->buf);
}
