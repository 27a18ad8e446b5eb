/* Who holds which keys of a case: grants, withdrawals and epochs, from the clear acts alone.
 *
 * Every node, a relay too, computes the same from the same changes, charter and form; docs/trust.md has
 * the rules in words.  Positions are those of the case's dag.  *Member* of a compartment is a site with a
 * grant of it (and of core) that counts and that no withdrawal ended. */
#ifndef SCHEMA_EPOCH_H
#define SCHEMA_EPOCH_H

#include "schema/act_args.h"
#include "schema/charter_now.h"
#include "schema/dag.h"
#include "schema/entitle.h"
#include "schema/op.h"

struct epoch { /* one key of a compartment, whether its opening counts or not */
	uint32_t compartment;
	uint32_t opener;     /* position of the change that opened it */
	struct change_id id; /* of that change */
	uint8_t commitment[32];
	bool effective;
};

struct epoch_change { /* what the fold has to know of one change */
	struct change_id id;
	const struct change *change;
	uint32_t site;                    /* where its officer acts */
	role_set roles;                   /* that he holds there */
	enum op_reason standing;          /* by charter and form; anything but REASON_NONE: nothing counts */
	const struct charter_entry *root; /* that the change names; not looked at when it does not stand */
};

struct epoch_case; /* lives in the arena it was made in */

/* An empty fold.  Form, charter and dag are borrowed; when form or charter change, make it anew. */
MUST_USE enum err epoch_new(struct epoch_case **out, struct arena *a, const struct form *form,
	const struct charter *charter, const struct dag *dag);

/* Takes in the change at a position of the dag.  Its parents must be in already; what *change points at
 * must outlive the fold. */
MUST_USE enum err epoch_add(struct epoch_case *e, uint32_t position, const struct epoch_change *change);

/* ---- Judging what was written. */

/* Whether anything of the change counts: as given, and REASON_NOT_PERMITTED when its site was no member
 * of the case in its causal past (an opening needs none). */
enum op_reason epoch_standing(const struct epoch_case *e, uint32_t position);

/* Whether an act takes effect.  Grants and withdrawals are judged here (a grant counts when it does for
 * one site at least); for other acts: epoch_standing, or REASON_UNKNOWN_CODE. */
enum op_reason epoch_act(const struct epoch_case *e, uint32_t position, uint32_t act);

/* True when the payload's or grants' epoch was opened effectively by the change or in its causal past, for
 * that compartment, and the change's site holds it there. */
bool epoch_is_effective(const struct epoch_case *e, uint32_t position, const struct change_blob *line);

/* ---- What there is, over all changes taken in. */
uint32_t epoch_count(const struct epoch_case *e);
const struct epoch *epoch_get(const struct epoch_case *e, uint32_t i); /* by compartment, then id */
const struct epoch *epoch_find(const struct epoch_case *e, uint32_t compartment, const struct change_id *id);
/* The epoch that a line or grant of the change at `position` names; NULL when there is none. */
const struct epoch *epoch_of_line(const struct epoch_case *e, uint32_t position,
	const struct change_blob *line);

/* Members of a compartment (FORM_CORE: of the case), ascending, in the arena. */
MUST_USE enum err epoch_members(const uint32_t **out, uint32_t *count, struct arena *a,
	const struct epoch_case *e, uint32_t compartment);
bool epoch_is_member(const struct epoch_case *e, uint32_t compartment, uint32_t site);

/* True when the site was given the epoch's key by a grant that counts, withdrawn since or not. */
bool epoch_has_key(const struct epoch_case *e, const struct epoch *epoch, uint32_t site);

/* The n-th act, from 0, that gives `site` the epoch's key: where a reader looks for it, and where to look
 * next when that one does not open.  In the order in which they were taken in.  False: no more. */
bool epoch_find_grant(const struct epoch_case *e, const struct epoch *epoch, uint32_t site, uint32_t n,
	uint32_t *position, uint32_t *act);

/* ---- What goes to a site.  False for a retired site. */

/* True when the site shares the case: a member, or a custodian. */
bool epoch_shares_case(const struct epoch_case *e, uint32_t site);
/* True when the change may be sent to the site: it shares the case, or the change is its withdrawal or
 * was seen by it.  What may be sent is closed under parents. */
bool epoch_shares_change(const struct epoch_case *e, uint32_t position, uint32_t site);
/* True when the site is entitled to the bytes of that payload or grants line: a custodian, or one that was
 * given the epoch's key and not withdrawn before, or by, that change. */
bool epoch_shares_line(const struct epoch_case *e, uint32_t position, const struct change_blob *line,
	uint32_t site);

/* ---- Writing. */
struct epoch_choice { /* how the next change writes a compartment */
	const struct epoch *epoch; /* NULL: it opens one */
	const uint32_t *sites;     /* that its grant act names, ascending; with an epoch there may be none */
	uint32_t site_count;
	uint32_t role;             /* that the grant act shows; 0 when none is needed */
	const uint32_t *without;   /* members that may read and stay without the key, since the officer may */
	uint32_t without_count;    /* not share the compartment */
};

/* Which keys are at hand: one that was given to the site may not have arrived. */
struct epoch_keys {
	bool (*holds)(void *context, const struct epoch *epoch);
	void *context;
};

/* Chooses for an officer who acts at `site` in any of `roles` and has seen all that is taken in.  `also`
 * are sites (ascending) that are to have the key in any case.  `keys` NULL: all that the site was given are
 * at hand.  In the arena.  ERR_REFUSED when the site may
 * not read the compartment, was withdrawn from it, or was not granted what others have already; or when
 * `also` holds a site that the officer may not grant it to; `why` names it. */
MUST_USE enum err epoch_choose(struct epoch_choice *out, struct arena *a, const struct epoch_case *e,
	uint32_t compartment, uint32_t site, role_set roles, const struct epoch_keys *keys,
	const uint32_t *also, uint32_t also_count, struct err_text *why);

#endif
