/* What the charter says now: by all statements that are kept here and count.
 *
 * For judging a change, which names the statements it relies on, see schema/entitle.h.  Entries are
 * borrowed from the charter; NULL means that there is none.  An entry that was ended is still found:
 * look at `ended`. */
#ifndef SCHEMA_CHARTER_NOW_H
#define SCHEMA_CHARTER_NOW_H

#include "schema/charter.h"
#include "schema/form.h"

/* The statement at the end of the root chain as far as it counts: what a new change names as ROOT; and
 * the same of an officer's chain: what one names as ISSUER.  NULL when there is none. */
const struct charter_entry *charter_root_head(const struct charter *c);
const struct charter_entry *charter_issuer_head(const struct charter *c, const struct officer_id *issuer);

/* The head to build the next statement of a chain on.  NULL when the chain is empty or forked. */
const struct charter_entry *charter_chain_tip(const struct charter *c, const struct officer_id *issuer);

/* The statement that names the root keys in force. */
const struct charter_entry *charter_root_keys(const struct charter *c);

/* The latest statement of a site (statement->as.site). */
const struct charter_entry *charter_site(const struct charter *c, uint32_t number);
const struct charter_entry *charter_site_named(const struct charter *c, struct bytes name);

/* The encryption key of that number that a site has or had; NULL when it never had. */
const uint8_t *charter_site_key(const struct charter *c, uint32_t site, uint32_t keyno);

/* True when the site may hold all ciphertext: flagged so, or a relay; never when it is retired. */
bool charter_is_custodian(const struct charter *c, uint32_t site);
bool charter_reads_journals(const struct charter *c, uint32_t site);

/* The enrolment of a node, by its key or by its transport key (statement->as.node).  A key that was
 * enrolled more than once: not ended before ended, the root's before an officer's, then the lowest site,
 * the latest position, the least id. */
const struct charter_entry *charter_node(const struct charter *c, const struct node_id *node);
const struct charter_entry *charter_node_by_transport(const struct charter *c, const uint8_t key[32]);

/* An officer's appointment at a site that is not ended, by key or by name: the root's before an officer's,
 * the latest first.  *others (may be NULL): appointments of other keys there under the same name. */
const struct charter_entry *charter_officer(const struct charter *c, uint32_t site,
	const struct officer_id *officer);
const struct charter_entry *charter_officer_named(const struct charter *c, uint32_t site, struct bytes name,
	uint32_t *others);

/* The roles of an officer at a site for a form, and those he may appoint: all his appointments there that
 * are not ended, as far as the site has them.  0 when there is none or the site is retired. */
role_set charter_roles(const struct charter *c, uint32_t site, const struct officer_id *officer,
	uint32_t form);
role_set charter_may_appoint(const struct charter *c, uint32_t site, const struct officer_id *officer,
	uint32_t form);

/* The roles that a site has for a form; 0 when it is retired. */
role_set charter_site_roles(const struct charter *c, uint32_t site, uint32_t form);

/* A form's file (statement->as.form); the latest version with version 0. */
const struct charter_entry *charter_form(const struct charter *c, uint32_t number, uint32_t version);

/* All statements of a code that count (0: of every code), root chain first, then by issuer and position;
 * ended ones and, of sites, earlier ones too.  In the arena. */
MUST_USE enum err charter_list(const struct charter_entry *const **out, uint32_t *count, struct arena *a,
	const struct charter *c, uint32_t code);

#endif
