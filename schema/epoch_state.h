/* What the rooms of the epoch fold share: who was granted what by which act, and withdrawn by which.
 *
 * A *mark* is an act that counts.  A grant holds among the changes that someone sees when it sees every
 * withdrawal that they see: so a withdrawal ends the grants it saw and those made beside it, and only who
 * has seen it can grant again. */
#ifndef SCHEMA_EPOCH_STATE_H
#define SCHEMA_EPOCH_STATE_H

#include "schema/epoch.h"

#define EPOCH_ALL UINT32_MAX /* in the place of a seer: everything taken in */

enum { EPOCH_EVERY_COMPARTMENT = 0 }; /* what a withdrawal from all names */

struct epoch_mark {
	uint32_t change, act;
};

struct epoch_marks {
	struct epoch_mark *list;
	uint32_t count, size;
};

struct epoch_site {
	uint32_t site;
	struct epoch_marks grants;
	struct epoch_marks against; /* of a compartment: withdrawals; of an epoch: regrants asked for */
};

struct epoch_sites { /* ascending by site */
	struct epoch_site *list;
	uint32_t count, size;
};

struct epoch_grant { /* a grant act that counts */
	uint32_t change, act;
	struct act_grant args;
	bool shares; /* the role that it shows may share the compartment */
};

struct epoch_record {
	struct epoch epoch; /* first, so that a lent epoch leads back to its record */
	struct epoch_sites sites;
	struct epoch_grant *acts; /* in the order in which they were taken in */
	uint32_t act_count, act_size;
};

struct epoch_item {
	struct epoch_change given;
	enum op_reason standing;
	uint8_t *acts; /* enum op_reason of each */
};

struct epoch_case {
	struct arena *arena;
	const struct form *form;
	const struct charter *charter;
	const struct dag *dag;
	struct epoch_item *items; /* by position */
	uint32_t size;
	uint32_t taken; /* changes taken in */
	struct epoch_record **records; /* ascending by compartment, then id */
	uint32_t record_count, record_size;
	struct epoch_sites compartments[FORM_COMPARTMENTS_MAX + 1]; /* [0]: withdrawals from all of them */
};

static inline const struct epoch_record *epoch_record_of(const struct epoch *e)
{
	return (const struct epoch_record *)e;
}

/* A site in a table: NULL when there is none; made when it is new (NULL: memory is out). */
const struct epoch_site *epoch_find_site(const struct epoch_sites *sites, uint32_t site);
struct epoch_site *epoch_get_site(struct epoch_case *e, struct epoch_sites *sites, uint32_t site);

MUST_USE enum err epoch_add_mark(struct epoch_case *e, struct epoch_marks *marks, struct epoch_mark mark);

/* Adds a grant unless one that it saw says as much. */
MUST_USE enum err epoch_add_grant(struct epoch_case *e, struct epoch_sites *sites, uint32_t compartment,
	uint32_t site, struct epoch_mark mark);

/* True when mark a is an act of a change that sees b's, or a later act of the same. */
bool epoch_mark_sees(const struct epoch_case *e, struct epoch_mark a, struct epoch_mark b);

/* True when the site is named by a grant in `sites` (a compartment's or an epoch's table) that holds among
 * what the change at `seer` sees, itself not included. */
bool epoch_holds(const struct epoch_case *e, const struct epoch_sites *sites, uint32_t compartment,
	uint32_t site, uint32_t seer);

/* True when a withdrawal from the compartment stands against the site there. */
bool epoch_is_withdrawn(const struct epoch_case *e, uint32_t compartment, uint32_t site, uint32_t seer);

/* Member of the compartment and of core. */
bool epoch_is_member_at(const struct epoch_case *e, uint32_t compartment, uint32_t site, uint32_t seer);

/* True when the site may open an epoch there: nobody has the compartment yet, or the site itself has. */
bool epoch_may_open(const struct epoch_case *e, uint32_t compartment, uint32_t site, uint32_t seer);

/* The withdrawals that bear on a site's grants in a compartment: from it, from core, from all. */
struct epoch_against {
	const struct epoch_marks *lists[3];
};
struct epoch_against epoch_find_against(const struct epoch_case *e, uint32_t compartment, uint32_t site);

/* True when the act names the site and that counts: it is the officer's own, or his role may share, and a
 * role of the site may read as of the statement that the change names. */
bool epoch_grants_site(const struct epoch_case *e, const struct epoch_grant *act, uint32_t site);

#endif
