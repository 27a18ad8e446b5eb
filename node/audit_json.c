/* The audit as JSON. */
#include "node/audit.h"

#include "node/json_put.h"

static void put_counts(struct json_out *o, const struct audit_counts *c)
{
	put_member_open(o, "counts", '{');
	put_member_int(o, "statements", (int64_t)c->statements);
	put_member_int(o, "changes", (int64_t)c->changes);
	put_member_int(o, "payloads", (int64_t)c->payloads);
	put_member_int(o, "grants", (int64_t)c->grants);
	put_member_int(o, "acts", (int64_t)c->acts);
	put_member_int(o, "not_here", (int64_t)c->not_here);
	put_member_int(o, "not_counted", (int64_t)c->not_counted);
	put_member_int(o, "journals", (int64_t)c->journals);
	put_member_int(o, "checkpoints", (int64_t)c->checkpoints);
	put_member_int(o, "sealed", (int64_t)c->sealed);
	put_member_int(o, "attested", (int64_t)c->attested);
	put_member_int(o, "named", (int64_t)c->named);
	put_member_int(o, "unattested", (int64_t)c->unattested);
	put_member_int(o, "witnesses", (int64_t)c->witnesses);
	json_put_close(o, '}');
}

/* Compartments by name need a form; a read may span cases of several, so they stand as numbers. */
static void put_read(struct json_out *o, const struct audit_read *r, const struct naming *naming)
{
	static const char *const codes[] = { [SHOW_WORK] = "work",
		[SHOW_BREAK_GLASS] = "break_glass",
		[SHOW_AUDIT] = "audit",
		[SHOW_EXPORT] = "export" };
	json_put_open(o, '{');
	put_member_int(o, "time", (int64_t)r->time);
	put_member_hex(o, "officer", r->officer.b, sizeof r->officer.b);
	put_member_text(o, "name", naming_officer(naming, r->site, &r->officer));
	put_member_int(o, "site", r->site);
	put_member_text(o, "site_name", naming_site(naming, r->site));
	put_member_hex(o, "node", r->node.b, sizeof r->node.b);
	put_member_open(o, "cases", '[');
	for (uint32_t i = 0; i < r->case_count; i++)
		put_hex(o, r->cases[i].b, sizeof r->cases[i].b);
	json_put_close(o, ']');
	put_member_open(o, "compartments", '[');
	for (uint32_t i = 1; i < 64; i++)
		if (r->compartments >> i & 1)
			json_put_int(o, i);
	json_put_close(o, ']');
	put_member_cstr(o, "code", r->code < sizeof codes / sizeof codes[0] ? codes[r->code] : "unknown");
	put_member_text(o, "reason", r->reason);
	put_member_bool(o, "pending", r->pending);
	json_put_close(o, '}');
}

enum err audit_json(
	struct json_out *o, const struct audit *a, const struct naming *naming, struct replica *r, bool reads)
{
	json_put_open(o, '{');
	put_member_hex(o, "node", replica_node(r)->b, sizeof replica_node(r)->b);
	put_counts(o, &a->counts);
	put_member_open(o, "faults", '[');
	for (uint32_t i = 0; i < a->fault_count; i++) {
		json_put_open(o, '{');
		put_member_cstr(o, "fault", audit_fault_name(a->faults[i].kind));
		put_member_cstr(o, "words", a->faults[i].words.text);
		json_put_close(o, '}');
	}
	json_put_close(o, ']');
	if (reads) {
		put_member_open(o, "reads", '[');
		for (uint32_t i = 0; i < a->read_count; i++)
			put_read(o, &a->reads[i], naming);
		json_put_close(o, ']');
	}
	json_put_close(o, '}');
	return buf_err(o->buf);
}
