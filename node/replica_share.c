/* After changes were taken in: who shares the case, and which blobs this site is entitled to and lacks. */
#include "node/replica_own.h"

/* Notes one line of a change as a gap when this site is to hold its bytes and does not. */
static enum err note_line(
	struct replica *r, struct casefile *f, uint32_t position, char letter, const struct change_blob *line)
{
	struct git_id git;
	if (!epoch_shares_line(f->counted->epochs, position, line, r->site))
		return ERR_OK;
	enum err e = index_find_blob(&git, r->index, letter, &line->hash);
	if (e != ERR_NOT_FOUND)
		return e;
	struct index_gap gap = { f->case_no, letter, line->hash, line->size };
	return index_add_gap(r->index, &gap);
}

static enum err note_lines(struct replica *r, struct casefile *f, uint32_t position)
{
	const struct change *c = f->changes[position].change;
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < c->payload_count && !e; i++)
		e = note_line(r, f, position, 'p', &c->payloads[i]);
	for (uint32_t i = 0; i < c->grant_count && !e; i++)
		e = note_line(r, f, position, 'g', &c->grants[i]);
	return e;
}

/* The sites that an act names. */
static enum err act_sites(
	const uint32_t **sites, uint32_t *count, struct arena *a, const struct change_act *act)
{
	struct act_grant g;
	struct act_withdraw w;
	*sites = NULL;
	*count = 0;
	if (act->code == ACT_GRANT) {
		enum err e = act_decode_grant(&g, a, act->args);
		if (!e && g.valid) {
			*sites = g.sites;
			*count = g.site_count;
		}
		return e;
	}
	if (act->code == ACT_WITHDRAW) {
		enum err e = act_decode_withdraw(&w, a, act->args);
		if (!e && w.valid) {
			*sites = w.sites;
			*count = w.site_count;
		}
		return e;
	}
	return ERR_OK;
}

enum err replica_note_change(struct replica *r, struct casefile *f, uint32_t position)
{
	const struct change *c = f->changes[position].change;
	struct arena a;
	bool granted_here = false;
	enum err e = note_lines(r, f, position);
	arena_init(&a, 1 << 22);
	for (uint32_t i = 0; i < c->act_count && !e; i++) {
		const uint32_t *sites;
		uint32_t count;
		e = act_sites(&sites, &count, &a, &c->acts[i]);
		for (uint32_t k = 0; k < count && !e; k++) {
			struct index_share s = { f->case_no, sites[k], f->changes[position].row.no,
				!epoch_is_member(f->counted->epochs, FORM_CORE, sites[k]) };
			/* One that never was a member leaves no row. */
			if (!s.ended || c->acts[i].code == ACT_WITHDRAW)
				e = index_put_share(r->index, &s);
			granted_here = granted_here || sites[k] == r->site;
		}
	}
	arena_clear(&a);
	/* A grant to this site may open what came before: its bytes are wanted now. */
	for (uint32_t i = 0; granted_here && i < position && !e; i++)
		e = note_lines(r, f, i);
	return e;
}

/* One share as the whole case has it now. */
static enum err settle_share(struct replica *r, struct casefile *f, const struct index_share *there,
	uint32_t site, bool member)
{
	struct index_share s = { f->case_no, site, f->changes[f->count - 1].row.no, !member };
	if (there ? there->ended == !member : !member)
		return ERR_OK;
	enum err e = index_put_share(r->index, &s);
	/* To this site what came before may be open now: its bytes are wanted. */
	for (uint32_t i = 0; member && site == r->site && i < f->count && !e; i++)
		e = note_lines(r, f, i);
	return e;
}

/* An act may end or restore a share without naming its site: a withdrawal of who granted it, say. */
static enum err settle_shares(struct replica *r, struct casefile *f)
{
	struct arena a;
	struct index_share *rows;
	const uint32_t *members;
	size_t row_count = 0;
	uint32_t count = 0, m = 0;
	arena_init(&a, 1 << 24);
	enum err e = index_list_case_shares(&rows, &row_count, r->index, &a, f->case_no);
	if (!e)
		e = epoch_members(&members, &count, &a, f->counted->epochs, FORM_CORE);
	for (size_t i = 0; i < row_count && !e; i++) {
		for (; m < count && members[m] < rows[i].site && !e; m++)
			e = settle_share(r, f, NULL, members[m], true);
		bool member = m < count && members[m] == rows[i].site;
		m += member;
		if (!e)
			e = settle_share(r, f, &rows[i], rows[i].site, member);
	}
	for (; m < count && !e; m++)
		e = settle_share(r, f, NULL, members[m], true);
	arena_clear(&a);
	return e;
}

enum err replica_note_case(struct replica *r, struct casefile *f)
{
	const uint32_t *frontier;
	uint32_t count;
	struct buf ids;
	buf_init(&ids, 1 << 26);
	enum err e = casefile_frontier(&frontier, &count, f);
	for (uint32_t i = 0; i < count && !e; i++)
		buf_put(&ids, f->changes[frontier[i]].id.b, sizeof f->changes[0].id.b);
	if (!e)
		e = buf_err(&ids);
	if (!e)
		e = index_put_frontier(r->index, f->case_no, buf_bytes(&ids));
	buf_clear(&ids);
	return e ? e : settle_shares(r, f);
}

/* Notes what came after number `after` in the cases that it touched. */
static enum err note_cases(struct replica *r, int64_t after, bool afresh, struct err_text *why)
{
	struct arena a;
	struct index_case *cases;
	size_t count;
	arena_init(&a, 1 << 28);
	enum err e = index_list_cases(&cases, &count, r->index, &a);
	for (size_t i = 0; i < count && !e; i++) {
		struct casefile *f;
		if (cases[i].touched <= after)
			continue;
		e = casefile_open(&f, &r->env, &cases[i], why);
		/* Without its form a case is kept and passed on, but nothing is known of who shares it. */
		if (e == ERR_MISSING || e == ERR_NOT_FOUND) {
			e = ERR_OK;
			continue;
		}
		if (!e && afresh)
			e = index_clear_notes(r->index, cases[i].no);
		for (uint32_t k = 0; !e && k < f->count; k++)
			if (f->changes[k].row.no > after)
				e = replica_note_change(r, f, k);
		if (!e)
			e = replica_note_case(r, f);
		casefile_free(f);
	}
	arena_clear(&a);
	return e;
}

enum err replica_note_since(struct replica *r, int64_t after, struct err_text *why)
{
	return note_cases(r, after, false, why);
}

enum err replica_note_afresh(struct replica *r, struct err_text *why)
{
	return note_cases(r, -1, true, why);
}
