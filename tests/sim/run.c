/* One run of the simulation: random steps with faults, then healing. */
#include "tests/sim/sim.h"

#include "base/hash.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const sim_fault_names[SIM_FAULTS] = { "cut", "flip", "restart", "restore", "clock_back",
	"clock_far", "stale_cursor" };

enum { CENTRAL, BUDEL, TERAPEL, LAWYER, AUDIT, RELAY };

uint64_t sim_draw(struct sim *s, uint64_t below)
{
	uint64_t z = (s->random += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31)) % below;
}

bool sim_fail(struct sim *s, const char *fmt, ...)
{
	va_list ap;
	if (s->failure[0])
		return false;
	va_start(ap, fmt);
	vsnprintf(s->failure, sizeof s->failure, fmt, ap);
	va_end(ap);
	return false;
}

static void note(struct sim *s, const char *what, uint64_t number)
{
	buf_printf(&s->trace, "%s %llu\n", what, (unsigned long long)number);
}

bool sim_holds(struct sim *s, size_t site, const struct change_id *id)
{
	struct index_change row;
	return index_find_change(&row, replica_index(s->fed.sites[site].replica), id) == ERR_OK;
}

/* ---- Work */

static void note_change(struct sim *s, size_t site, const struct edit_result *r)
{
	if (r->verdict != EDIT_DONE || s->change_count == SIM_CHANGES_MAX)
		return;
	s->changes[s->change_count++] = (struct sim_change){ r->change, r->case_id, site, false };
	s->edits++;
}

/* A case that the site holds; SIZE_MAX when it holds none. */
static size_t pick_case(struct sim *s, size_t site)
{
	size_t first = s->case_count ? sim_draw(s, s->case_count) : 0;
	for (size_t i = 0; i < s->case_count; i++) {
		struct index_case row;
		size_t k = (first + i) % s->case_count;
		if (index_find_case(&row, replica_index(s->fed.sites[site].replica), &s->cases[k]) == ERR_OK)
			return k;
	}
	return SIZE_MAX;
}

static void open_case(struct sim *s, size_t site)
{
	if (s->case_count == SIM_CASES_MAX)
		return;
	struct edit_result r = fed_open(&s->fed.sites[site], "case.reported_on", "\"2026-02-02\"");
	if (r.verdict != EDIT_DONE)
		return;
	s->granted[s->case_count][site] = true;
	s->cases[s->case_count++] = r.case_id;
	note_change(s, site, &r);
}

static void edit(struct sim *s, size_t site)
{
	static const struct { const char *path; enum op_code code; const char *value; } kinds[] = {
		{ "identity.aliases", OP_ADD, NULL },
		{ "security.public_order", OP_SET, "\"cleared\"" },
		{ "procedure.flags", OP_ADD, "\"border\"" },
		{ "case.reported_on", OP_SET, "\"2026-02-01\"" },
	};
	size_t k = pick_case(s, site), kind = sim_draw(s, 4);
	char name[32];
	if (k == SIZE_MAX)
		return;
	snprintf(name, sizeof name, "\"Name %u\"", s->names++);
	struct edit_result r = fed_edit(&s->fed.sites[site], &s->cases[k], kinds[kind].code, kinds[kind].path,
		kinds[kind].value ? kinds[kind].value : name, NULL);
	note_change(s, site, &r);
}

static void grant_or_withdraw(struct sim *s, size_t site)
{
	struct fed_site *from = &s->fed.sites[site];
	size_t k = pick_case(s, site), to = 1 + sim_draw(s, 3);
	struct edit_result r;
	if (k == SIZE_MAX || to == site)
		return;
	uint32_t number = s->fed.sites[to].number;
	struct edit_grant grant = { .site = number };
	struct edit edit = { .case_id = s->cases[k], .officer = &from->officer };
	if (sim_draw(s, 4) == 0) {
		edit.withdraw = &number;
		edit.withdraw_count = 1;
	} else {
		edit.grants = &grant;
		edit.grant_count = 1;
	}
	enum err e = replica_edit(from->replica, &edit, 1, &r, NULL);
	if (!e && r.verdict == EDIT_DONE && edit.grant_count)
		s->granted[k][to] = true;
	if (!e)
		note_change(s, site, &r);
}

/* ---- Links */

static void pick_pair(struct sim *s, size_t *from, size_t *to)
{
	*from = sim_draw(s, SIM_SITES);
	*to = s->shape == SIM_RING ? (*from + 1) % SIM_SITES : sim_draw(s, SIM_SITES - 1);
	if (s->shape == SIM_STAR)
		*to = CENTRAL;
	else if (s->shape == SIM_ANY)
		*to += *to >= *from;
	if (*from == *to)
		*from = 1 + sim_draw(s, SIM_SITES - 1);
}

static void note_session(struct sim *s, const struct wire_result *r)
{
	s->sessions++;
	s->bytes += r->bytes;
	note(s, session_end_name(r->end[0]), r->bytes);
}

static void meet(struct sim *s)
{
	size_t from, to;
	struct wire_trouble trouble = { .cut_at = SIZE_MAX, .flip_at = SIZE_MAX };
	pick_pair(s, &from, &to);
	uint64_t luck = sim_draw(s, 10);
	if (luck < 4) {
		trouble.cut_at = sim_draw(s, 1 + sim_draw(s, 12000));
		s->faults[SIM_CUT]++;
	} else if (luck == 4) {
		trouble.flip_at = sim_draw(s, 1500);
		s->faults[SIM_FLIP]++;
	}
	struct wire_result r = wire_sync_troubled(&s->fed.sites[from], &s->fed.sites[to], &trouble);
	note_session(s, &r);
	if (r.end[0] == SESSION_NOT_EQUAL || r.end[1] == SESSION_NOT_EQUAL)
		sim_fail(s, "sites %zu and %zu could not become equal: %s", from, to, r.reason[0]);
}

/* ---- Faults of nodes */

static void reopen(struct sim *s, size_t site, struct store *store)
{
	struct fed_site *f = &s->fed.sites[site];
	replica_close(f->replica);
	federation_open_site(&s->fed, f, NULL, true, store);
}

static void restart(struct sim *s, size_t site)
{
	struct store *copy;
	enum err e = store_mem_copy(&copy, replica_store(s->fed.sites[site].replica));
	assert(!e);
	(void)e;
	reopen(s, site, copy);
	s->faults[SIM_RESTART]++;
}

static void take_snapshot(struct sim *s, size_t site)
{
	store_close(s->snapshots[site]);
	enum err e = store_mem_copy(&s->snapshots[site], replica_store(s->fed.sites[site].replica));
	assert(!e);
	(void)e;
}

/* What only this node had, and the older state has not, is gone with the disk. */
static void restore(struct sim *s, size_t site)
{
	struct store *copy;
	if (!s->snapshots[site])
		return;
	enum err e = store_mem_copy(&copy, s->snapshots[site]);
	assert(!e);
	(void)e;
	reopen(s, site, copy);
	for (size_t i = 0; i < s->change_count; i++) {
		bool held = false;
		for (size_t k = 0; k < SIM_SITES && !held; k++)
			held = sim_holds(s, k, &s->changes[i].id);
		s->changes[i].is_gone = s->changes[i].is_gone || !held;
	}
	s->faults[SIM_RESTORE]++;
}

static void turn_clock(struct sim *s, size_t site)
{
	struct fed_random *r = &s->fed.sites[site].random;
	uint64_t by = 1 + sim_draw(s, 400000000);
	bool back = sim_draw(s, 2) == 0;
	r->now = back ? r->now - (by < r->now ? by : 0) : r->now + by;
	s->faults[back ? SIM_CLOCK_BACK : SIM_CLOCK_FAR]++;
}

/* A node that believes that a peer has everything. */
static void spoil_cursor(struct sim *s, size_t site)
{
	struct index *ix = replica_index(s->fed.sites[site].replica);
	struct index_peer row;
	int64_t last;
	const struct node_id *peer = replica_node(s->fed.sites[(site + 1) % SIM_SITES].replica);
	if (index_get_peer(&row, ix, peer) || index_last_change(&last, ix))
		return;
	row.sent = last;
	if (index_put_peer(ix, &row, bytes_of(NULL, 0)) == ERR_OK)
		s->faults[SIM_STALE_CURSOR]++;
}

/* ---- The run */

static void step(struct sim *s)
{
	size_t site = sim_draw(s, SIM_SITES);
	uint64_t what = sim_draw(s, 100);
	if (what < 10)
		open_case(s, 1 + sim_draw(s, 2));
	else if (what < 40)
		edit(s, sim_draw(s, 4));
	else if (what < 48)
		grant_or_withdraw(s, sim_draw(s, 3));
	else if (what < 86)
		meet(s);
	else if (what < 90)
		restart(s, site);
	else if (what < 94)
		take_snapshot(s, site);
	else if (what < 97)
		restore(s, site);
	else if (what < 99)
		turn_clock(s, site);
	else
		spoil_cursor(s, site);
	note(s, "step", what);
}

/* Whole sessions between all, until nothing is new to anybody. */
static bool heal(struct sim *s)
{
	for (unsigned round = 0; round < SIM_ROUNDS_MAX; round++) {
		bool quiet = true;
		for (size_t i = 0; i < SIM_SITES; i++) {
			for (size_t k = 0; k < i; k++) {
				struct wire_result r = wire_sync(&s->fed.sites[i], &s->fed.sites[k], SIZE_MAX);
				note_session(s, &r);
				if (r.end[0] != SESSION_EQUAL || r.end[1] != SESSION_EQUAL)
					return sim_fail(s, "after healing, sites %zu and %zu end %s (%s) and %s (%s)", i, k,
						session_end_name(r.end[0]), r.reason[0], session_end_name(r.end[1]), r.reason[1]);
				quiet = quiet && r.stats[0].round_trips == 1;
			}
		}
		if (quiet)
			return true;
	}
	return sim_fail(s, "sessions do not come to rest");
}

static void make_federation(struct sim *s, uint64_t seed)
{
	federation_init(&s->fed, seed);
	federation_add(&s->fed, "central", SITE_CENTRAL, SITE_CUSTODIAN | SITE_READS_JOURNALS,
		"ind_registrar,ind_officer,dpo");
	federation_add(&s->fed, "budel", SITE_REGISTRATION, 0, "police_avim,coa");
	federation_add(&s->fed, "terapel", SITE_REGISTRATION, 0, "police_avim,coa");
	federation_add(&s->fed, "lawyer", SITE_COUNSEL, 0, "lawyer");
	federation_add(&s->fed, "audit", SITE_AUDIT, SITE_READS_JOURNALS, "dpo");
	federation_add(&s->fed, "relay", SITE_RELAY, 0, "dpo");
	federation_open(&s->fed, NULL);
}

bool sim_run(struct sim *s, uint64_t seed)
{
	memset(s, 0, sizeof *s);
	s->random = seed;
	s->shape = (enum sim_shape)(seed % SIM_SHAPES);
	buf_init(&s->trace, 1 << 20);
	make_federation(s, seed);
	for (unsigned i = 0; i < SIM_STEPS && !s->failure[0]; i++)
		step(s);
	return !s->failure[0] && heal(s) && sim_check(s);
}

void sim_clear(struct sim *s)
{
	for (size_t i = 0; i < SIM_SITES; i++)
		store_close(s->snapshots[i]);
	federation_clear(&s->fed);
	buf_clear(&s->trace);
}
