/* Seven sites and what they do: cases opened, granted and edited, sessions between any two. */
#include "tests/sight/sight.h"

#include "node/fs.h"
#include "schema/charter_now.h"

#include <assert.h>
#include <stdio.h>

enum { SETTLE_ROUNDS_MAX = 12, TEXT_MAX = 128 };

static uint64_t draw(struct sight *s, uint64_t below)
{
	uint64_t z = (s->random += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31)) % below;
}

static struct fed_site *add(
	struct sight *s, const char *name, uint32_t role, uint32_t flags, const char *roles)
{
	return federation_add(&s->fed, name, role, flags, roles);
}

void sight_open(struct sight *s, uint64_t seed, const char *dir, const char *only)
{
	*s = (struct sight){ .random = seed };
	buf_init(&s->told, 1 << 30);
	federation_init(&s->fed, seed);
	s->centre = add(s, "centre", SITE_CENTRAL, SITE_CUSTODIAN | SITE_READS_JOURNALS,
		"ind_registrar,ind_officer,dpo");
	s->north = add(s, "north", SITE_REGISTRATION, 0, "police_avim,kmar");
	s->shelter = add(s, "shelter", SITE_RECEPTION, 0, "coa");
	s->hearing = add(s, "hearing", SITE_INTERVIEW, 0, "ind_intake,ind_officer");
	s->east = add(s, "east", SITE_MEDICAL, 0, "medical");
	s->west = add(s, "west", SITE_MEDICAL, 0, "medical");
	s->counsel = add(s, "counsel", SITE_COUNSEL, 0, "lawyer");
	for (size_t i = 0; i < s->fed.site_count; i++) {
		char home[FS_PATH_MAX];
		bool on_disk = dir && (!only || strstr(only, s->fed.sites[i].name));
		enum err e = on_disk ? fs_path(home, "%s/%s", dir, s->fed.sites[i].name) : ERR_OK;
		assert(!e);
		if (on_disk)
			federation_make_home(home, &s->fed.sites[i]);
		federation_open_site(&s->fed, &s->fed.sites[i], on_disk ? home : NULL, true, NULL);
	}
	enum err e = replica_form(&s->form, s->centre->replica, 1, 0, NULL);
	assert(!e);
	(void)e;
}

void sight_close(struct sight *s)
{
	federation_clear(&s->fed);
	buf_clear(&s->told);
}

bool sight_reads(const struct sight *s, const struct fed_site *site, uint32_t compartment)
{
	const struct form_compartment *c = form_find_compartment(s->form, compartment);
	return c && (charter_site_roles(replica_charter(site->replica), site->number, 1) & c->read) != 0;
}

/* ---- Edits */

struct move { /* what officers of a site do now and then; %u becomes a number */
	const char *site;
	enum op_code code;
	const char *path, *value, *basis;
};

static const struct move moves[] = {
	{ "centre", OP_SET, "identity.family_name", "\"HAILE %u\"", "identifying_document" },
	{ "centre", OP_SET, "interview.interpreter", "\"interp:%u\"", NULL },
	{ "centre", OP_ADD, "procedure.holds", "\"hold-%u\"", NULL },
	{ "centre", OP_APPEND, "review.discussion", "{\"note\":\"n%u\"}", NULL },
	{ "north", OP_SET, "identity.family_name", "\"Haile %u\"", "own_statement" },
	{ "north", OP_APPEND, "security.checks", "{\"system\":\"SIS\",\"result\":\"r%u\"}", NULL },
	{ "north", OP_SET, "case.language", "\"ti\"", NULL },
	{ "shelter", OP_SET, "accommodation.room", "\"B-%u\"", NULL },
	{ "shelter", OP_SET, "contact.phone", "\"+316%u\"", NULL },
	{ "shelter", OP_ADD, "identity.nationalities_claimed", "\"ER\"", NULL },
	{ "shelter", OP_SET, "case.language", "\"am\"", NULL },
	{ "hearing", OP_APPEND, "interview.travel_route", "{\"from\":\"ER\",\"to\":\"t%u\"}", NULL },
	{ "hearing", OP_SET, "interview.interpreter", "\"interp:h%u\"", NULL },
	{ "hearing", OP_SET, "identity.family_name", "\"Hayle %u\"", "own_statement" },
	{ "east", OP_ADD, "medical.allergies", "\"allergy %u\"", NULL },
	{ "east", OP_APPEND, "medical.care_notes", "{\"text\":\"note %u\"}", NULL },
	{ "east", OP_ADD, "contact.vulnerabilities", "\"torture_signs\"", NULL },
	{ "west", OP_ADD, "medical.medication", "\"pill %u\"", NULL },
	{ "west", OP_APPEND, "medical.care_notes", "{\"text\":\"west %u\"}", NULL },
	{ "west", OP_ADD, "medical_advice.limitations", "\"limit %u\"", NULL },
	{ "counsel", OP_APPEND, "legal.views", "{\"file\":\"v%u.pdf\"}", NULL },
	{ "counsel", OP_APPEND, "interview.corrections", "{\"text\":\"c%u\"}", NULL },
	{ "counsel", OP_SET, "contact.phone", "\"+3120%u\"", NULL },
};
enum { MOVES = sizeof moves / sizeof *moves };

static struct fed_site *find_site(struct sight *s, const char *name)
{
	for (size_t i = 0; i < s->fed.site_count; i++)
		if (strcmp(s->fed.sites[i].name, name) == 0)
			return &s->fed.sites[i];
	assert(!"no such site");
	return NULL;
}

static void make_move(struct sight *s, const struct move *m)
{
	struct casefile *f;
	char value[TEXT_MAX];
	struct fed_site *site = find_site(s, m->site);
	const struct case_id *id = &s->cases[draw(s, s->case_count)];
	if (replica_case(&f, site->replica, id, NULL))
		return; /* not here yet */
	const char *number = strstr(m->value, "%u");
	int before = number ? (int)(number - m->value) : 0;
	if (number)
		snprintf(value, sizeof value, "%.*s%u%s", before, m->value, (unsigned)draw(s, 1000), number + 2);
	else
		snprintf(value, sizeof value, "%s", m->value);
	s->edits += fed_edit(site, id, m->code, m->path, value, m->basis).verdict == EDIT_DONE;
}

/* The north opens a case, and grants it to all that have to do with it. */
static void open_case(struct sight *s)
{
	struct fed_site *to[] = { s->shelter, s->hearing, s->east, s->west, s->counsel };
	struct edit_grant grants[5];
	struct edit_result result;
	struct edit_result opened = fed_open(s->north, "case.reported_on", "\"2026-02-02\"");
	assert(opened.verdict == EDIT_DONE && s->case_count < SIGHT_CASES_MAX);
	s->cases[s->case_count++] = opened.case_id;
	fed_edit(s->north, &opened.case_id, OP_SET, "identity.family_name", "\"Haile\"", "own_statement");
	for (size_t i = 0; i < 5; i++)
		grants[i] = (struct edit_grant){ .site = to[i]->number };
	struct edit edit = { .case_id = opened.case_id, .officer = &s->north->officer, .grants = grants,
		.grant_count = 5 };
	enum err e = replica_edit(s->north->replica, &edit, 1, &result, NULL);
	assert(!e && result.verdict == EDIT_DONE);
	(void)e;
	s->edits += 3;
}

/* ---- Sessions */

/* One session; what the shelter was sent in it is kept.  True when it ended equal; *moved: anything went. */
static bool meet(struct sight *s, struct fed_site *from, struct fed_site *to, bool *moved)
{
	struct wire_tap tap;
	struct buf said[2];
	struct wire_result r = wire_sync_tapped(from, to, &tap);
	bool equal = r.end[0] == SESSION_EQUAL && r.end[1] == SESSION_EQUAL;
	for (int i = 0; i < 2; i++) {
		buf_init(&said[i], 1 << 28);
		*moved = *moved || r.stats[i].messages_out > 0;
	}
	if (from == s->shelter || to == s->shelter) {
		if (tap_read(said, &tap, &s->fed.id, &from->node_keys.transport, &to->node_keys.transport))
			equal = false;
		buf_put_bytes(&s->told, buf_bytes(&said[to == s->shelter ? 0 : 1]));
		s->told_sessions++;
	}
	for (int i = 0; i < 2; i++)
		buf_clear(&said[i]);
	wire_tap_clear(&tap);
	s->sessions++;
	return equal && buf_err(&s->told) == ERR_OK;
}

static bool meet_any(struct sight *s)
{
	bool moved = false;
	size_t from = draw(s, s->fed.site_count), to = draw(s, s->fed.site_count - 1);
	to += to >= from;
	return meet(s, &s->fed.sites[from], &s->fed.sites[to], &moved);
}

/* Every site calls every other one until nothing moves. */
static bool settle(struct sight *s)
{
	for (int round = 0; round < SETTLE_ROUNDS_MAX; round++) {
		bool moved = false;
		for (size_t i = 0; i < s->fed.site_count; i++)
			for (size_t k = 0; k < s->fed.site_count; k++)
				if (i != k && !meet(s, &s->fed.sites[i], &s->fed.sites[k], &moved))
					return false;
		if (!moved)
			return true;
	}
	return false;
}

bool sight_play(struct sight *s, unsigned cases, unsigned rounds)
{
	for (unsigned round = 0; round < rounds; round++) {
		if (s->case_count < cases)
			open_case(s);
		for (size_t i = 0; i < MOVES; i++)
			make_move(s, &moves[i]);
		for (size_t i = 0; i < s->fed.site_count; i++)
			if (!meet_any(s))
				return false;
	}
	return settle(s);
}
