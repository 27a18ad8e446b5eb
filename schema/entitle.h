/* Entitlement: what the charter says about an officer as of the statements that a change names.
 *
 * A change names ROOT, a statement of the root chain, and ISSUER, one of an officer's chain (or ROOT
 * again).  It relies on all statements at or before these two.  docs/trust.md has the rules in words. */
#ifndef SCHEMA_ENTITLE_H
#define SCHEMA_ENTITLE_H

#include "schema/charter.h"
#include "schema/form.h"

/* Both statements, found and of the right kind of chain. */
struct entitle_at {
	const struct charter_entry *root;
	const struct charter_entry *issuer; /* equal to root when the change names only the root chain */
};

enum entitle_found {
	ENTITLE_FOUND,
	ENTITLE_NO_ROOT,    /* ROOT is not here */
	ENTITLE_NO_ISSUER,  /* ISSUER is not here */
	ENTITLE_WRONG_CHAIN /* ROOT is an officer's, or ISSUER is another statement of the root chain */
};
enum entitle_found entitle_find(struct entitle_at *out, const struct charter *c,
	const struct statement_id *root, const struct statement_id *issuer);

/* What import asks, about kept statements: is there an appointment of this key, and is the node enrolled
 * under the same site?  The answer never changes. */
enum entitle_listed { ENTITLE_LISTED, ENTITLE_NOT_APPOINTED, ENTITLE_UNKNOWN_NODE };
enum entitle_listed entitle_is_listed(const struct charter *c, const struct entitle_at *at,
	const struct officer_id *officer, const struct node_id *node);

/* What the view asks, about statements that count. */
enum entitle_state {
	ENTITLED,
	ENTITLE_NONE,   /* no appointment that counts together with an enrolment that counts */
	ENTITLE_RETIRED /* there was one, and appointment, enrolment or site is ended at these positions */
};
struct entitlement {
	enum entitle_state state;
	uint32_t site;  /* where the officer acts: that of the node; 0 with ENTITLE_NONE */
	role_set roles; /* of all his appointments there in force, as far as the site has them */
};
void entitle_judge(struct entitlement *out, const struct charter *c, const struct entitle_at *at,
	const struct officer_id *officer, const struct node_id *node, uint32_t form);

/* The roles that a site has for a form as of ROOT: whether it may read.  0 for a site that is not there or
 * is retired as of ROOT. */
role_set entitle_site_roles(const struct charter *c, const struct charter_entry *root, uint32_t site,
	uint32_t form);

/* True when the statement is ended for whoever relies on `at`. */
bool entitle_is_ended(const struct charter *c, const struct charter_entry *e, const struct entitle_at *at);

#endif
