/* Between the files of editing: one change while it is made.  Nobody else includes this. */
#ifndef NODE_REPLICA_EDIT_OWN_H
#define NODE_REPLICA_EDIT_OWN_H

#include "node/replica_own.h"

struct part { /* what the change writes in one compartment */
	uint32_t compartment;
	role_set candidates; /* roles held that may do all of it */
	uint32_t role;
	struct op *ops;
	uint32_t *from; /* which operation of the edit each one is */
	uint32_t op_count;
};

struct share { /* an epoch's key on its way to sites: one grant act */
	uint32_t compartment;
	bool own_epoch; /* opened by this change */
	struct change_id epoch;
	uint8_t commitment[32];
	struct secret fresh, fresh_payload; /* the keys of an own epoch */
	const struct secret *key;           /* that one, or the casefile's */
	uint32_t *sites;          /* ascending */
	uint32_t site_count;
	uint32_t role;
};

struct draft {
	struct replica *r;
	const struct edit *edit;
	struct edit_result *result;
	struct casefile *file;
	struct arena *arena; /* the transaction's */
	role_set roles;      /* that the officer holds here */
	struct entitle_at at;
	struct change change;
	struct git_id *parents_git;
	uint32_t *parents; /* positions */
	struct part parts[CHANGE_PAYLOADS_MAX];
	uint32_t part_count;
	const struct epoch *epochs[CHANGE_PAYLOADS_MAX]; /* of the parts; NULL: an own one */
	struct share shares[CHANGE_GRANTS_MAX];
	uint32_t share_count;
};

/* Sorts the operations by compartment and finds the roles (replica_edit_role.c). */
MUST_USE enum err draft_parts(struct draft *d);
uint32_t draft_strike_role(const struct draft *d);
/* Judges what is drafted as the view would: EDIT_DONE in the result, or why not. */
MUST_USE enum err draft_judge(struct draft *d);

/* Chooses epochs and whom to give keys to; makes new keys (replica_edit_keys.c). */
MUST_USE enum err draft_keys(struct draft *d);
/* Fills in boxes, acts, grants and payloads; blobs go into the transaction. */
MUST_USE enum err draft_seal(struct draft *d, struct txn *t);
void draft_clear(struct draft *d);

#endif
