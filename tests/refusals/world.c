/* The federation in which the trials take place. */
#include "tests/refusals/refusals.h"

#include "schema/charter_now.h"

#include <assert.h>
#include <string.h>

static void make_key(struct world *w, struct sign_key *key)
{
	struct err_text why = { "" };
	enum err e = officer_key_new(key, replica_ports(w->north->replica));
	assert(!e);
	(void)e;
	(void)why;
}

/* A statement of the root chain, made at the centre. */
static struct statement_id state(struct world *w, struct statement *s)
{
	struct statement_id id;
	enum err e = replica_state(&id, w->centre->replica, s, &w->fed.root, true, NULL);
	assert(!e);
	(void)e;
	return id;
}

static struct statement_id appoint(struct world *w, const struct sign_key *key, const char *name)
{
	const struct charter_entry *site = charter_site(replica_charter(w->centre->replica), w->north->number);
	struct statement s = { .code = STATEMENT_APPOINT,
		.valid = true,
		.as.appoint = { .site = w->north->number,
			.name = bytes_text(name),
			.roles = site->statement->as.site.readers } };
	memcpy(s.as.appoint.officer.b, key->public_key, sizeof s.as.appoint.officer.b);
	return state(w, &s);
}

/* The north hears all that the centre has stated. */
static void tell(struct world *w)
{
	const struct charter *charter = replica_charter(w->centre->replica);
	for (uint32_t i = 0; i < charter_count(charter); i++) {
		struct bytes blob = charter_get(charter, i)->blob;
		struct admission batch = { .statements = &blob, .statement_count = 1 };
		enum err e = replica_admit(w->north->replica, &batch, NULL);
		assert(!e);
		(void)e;
	}
}

void world_open(struct world *w, const char *home)
{
	federation_init(&w->fed, 4711);
	w->centre = federation_add(&w->fed, "centre", SITE_CENTRAL, SITE_CUSTODIAN | SITE_READS_JOURNALS,
		"ind_registrar,ind_officer,dpo");
	w->north = federation_add(&w->fed, "north", SITE_REGISTRATION, 0, "police_avim,kmar,coa");
	w->counsel = federation_add(&w->fed, "counsel", SITE_COUNSEL, 0, "lawyer");
	federation_open_site(&w->fed, w->centre, home, true, NULL);
	federation_open_site(&w->fed, w->north, NULL, true, NULL);
	make_key(w, &w->second);
	make_key(w, &w->retired);
	make_key(w, &w->stranger);
	(void)appoint(w, &w->second, "second");
	struct statement_id ended = appoint(w, &w->retired, "retired");
	tell(w);
	/* The north does not hear of this: it goes on relying on what came before. */
	const struct charter_entry *tip = charter_chain_tip(replica_charter(w->centre->replica), NULL);
	struct statement retire = { .code = STATEMENT_RETIRE,
		.valid = true,
		.as.retire = { .ended = ended, .position = tip->statement->position + 1 } };
	(void)state(w, &retire);
	w->other = fed_open(w->north, "case.reported_on", "\"2026-02-01\"").case_id;
	fed_copy(w->centre, w->north);
}

void world_close(struct world *w)
{
	sign_key_clear(&w->second);
	sign_key_clear(&w->retired);
	sign_key_clear(&w->stranger);
	federation_clear(&w->fed);
}

void world_reopen_centre(struct world *w, const char *home)
{
	replica_close(w->centre->replica);
	w->counsel = federation_add(&w->fed, "counsel", SITE_COUNSEL, 0, "lawyer");
	federation_open_site(&w->fed, w->centre, home, true, NULL);
	enum err e = replica_reindex(w->centre->replica, NULL);
	assert(!e);
	(void)e;
}
