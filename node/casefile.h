/* A case in memory: its changes, judged, and on demand its payloads opened and its view.
 *
 * Clear at first: epochs and standing need no key, so a relay has the same.  Opening and the view come
 * when asked for, and only for what is new since the last time. */
#ifndef NODE_CASEFILE_H
#define NODE_CASEFILE_H

#include "base/secret_pool.h"
#include "node/formbook.h"
#include "node/keystore.h"
#include "schema/count.h"
#include "schema/grant.h"
#include "schema/payload.h"

struct casefile_env { /* borrowed by every casefile made with it */
	struct store *store;
	struct index *index;
	struct formbook *forms;
	const struct charter *charter;
	const struct site_keys *site_keys; /* none: relay or locked */
	uint32_t site;
};

struct casefile_change {
	struct index_change row;
	const struct change *change;
	struct change_id id;
	struct git_id git;
};

struct casefile_key { /* an epoch's key, or the knowledge that it is out of reach for now */
	struct casefile_key *next;
	uint32_t compartment;
	struct change_id epoch;
	struct secret key; /* in the casefile's pool; not set: tried in vain with `seen` changes taken in */
	struct secret payload_key; /* likewise: what payloads are sealed under */
	uint32_t seen;
};

struct casefile {
	const struct casefile_env *env;
	struct arena arena;        /* changes, acts, ops: grows with the case */
	struct arena judged_arena; /* of `judged`; grows with what is written one after the other */
	struct arena view_arena;   /* of the present view */
	int64_t case_no;         /* 0: not in the index yet */
	struct case_id id;
	const struct form *form;
	struct casefile_change *changes; /* by position */
	uint32_t count, room;
	struct counted *counted;
	uint32_t opened; /* positions below were looked at for payloads */
	bool gaps;       /* of those, some are still unknown: look again */
	struct casefile_key *keys; /* in the arena, newest first */
	struct secret_pool secrets;
	struct view_judged *judged; /* NULL: not made, or outdated */
	uint32_t judged_count;      /* positions below are in it */
	struct view *view;          /* NULL: not made, or outdated; borrows from `judged` */
};

/* Loads the case of that row.  ERR_MISSING when its form is not here. */
MUST_USE enum err casefile_open(struct casefile **out, const struct casefile_env *env,
	const struct index_case *row, struct err_text *why);
/* An empty one for a case that is about to be opened with this form. */
MUST_USE enum err casefile_new(
	struct casefile **out, const struct casefile_env *env, const struct case_id *id, const struct form *form);
void casefile_free(struct casefile *f);

/* The position of a change; false when it is none of this case. */
bool casefile_find(uint32_t *position, const struct casefile *f, const struct change_id *id);

/* Takes in a change whose parents are all there (`change` is copied into the casefile's arena).  Its
 * position is the old count. */
MUST_USE enum err casefile_add(
	struct casefile *f, const struct index_change *row, const struct change *change);

/* Says what the payload on `line` of a change holds, for one that was just written here. */
MUST_USE enum err casefile_put_ops(struct casefile *f, uint32_t position, uint32_t line, uint32_t role,
	const struct op *ops, uint32_t count);
/* Remembers an epoch's key that was just made here, and the payload key that follows from it. */
MUST_USE enum err casefile_put_key(struct casefile *f, uint32_t compartment, const struct change_id *epoch,
	const struct secret *key, const struct secret *payload_key);

/* The key of an epoch, and what its payloads are sealed under; NULL when this site has none.  Borrowed for
 * the casefile's life. */
const struct secret *casefile_key(struct casefile *f, const struct epoch *epoch);
const struct secret *casefile_payload_key(struct casefile *f, const struct epoch *epoch);

/* Opens what can be opened of the payloads not looked at yet. */
MUST_USE enum err casefile_open_payloads(struct casefile *f, struct err_text *why);
/* Looks again for what was unknown: something arrived. */
void casefile_retry(struct casefile *f);

/* What the rules say of every operation; opens payloads first.  Borrowed until the casefile changes. */
MUST_USE enum err casefile_judged(const struct view_judged **out, struct casefile *f, struct err_text *why);

/* The view; opens payloads first.  Borrowed until the casefile changes. */
MUST_USE enum err casefile_view(const struct view **out, struct casefile *f, struct err_text *why);

/* Positions of the frontier, ascending by id. */
MUST_USE enum err casefile_frontier(const uint32_t **out, uint32_t *count, struct casefile *f);

/* The digest of what a view depends on: hash over (frontier, charter, form, epochs of which the key is
 * held).  Two screens that show the same digest show the same. */
MUST_USE enum err casefile_digest(struct hash256 *out, struct casefile *f);

#endif
