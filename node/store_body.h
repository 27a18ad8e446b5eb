/* What is common to the bodies of a store, and private to them: the plan of a transaction.
 *
 * A plan is what a transaction comes down to in git's terms: objects, each once, and refs that move.
 * It is made once, in front of the bodies, so that both hold the same objects under the same ids. */
#ifndef NODE_STORE_BODY_H
#define NODE_STORE_BODY_H

#include "base/arena.h"
#include "node/store.h"

struct store_object {
	enum store_kind kind;
	struct git_id id;
	struct bytes data; /* of the transaction, or of the plan's arena */
	bool again;        /* the same object comes earlier in the list */
	bool is_parent;    /* a change that another one of this transaction follows */
};

enum store_ref { STORE_REF_STORE, STORE_REF_FOREIGN, STORE_REF_OWN };

struct store_move {
	enum store_ref ref;
	struct node_id node;               /* of a foreign journal */
	struct incarnation_id incarnation; /* likewise */
	bool has_old;
	bool replays; /* while planning: the chain brought has not come to the old head yet */
	struct git_id old, head;
};

struct store_plan {
	struct arena arena;
	struct store_object *objects;
	size_t object_count, object_room;
	struct store_object **by_id; /* what the caller brought, sorted */
	size_t by_id_count;
	struct store_move *moves; /* in the order in which they are made: store, foreign, own */
	size_t move_count, move_room;
};

/* Plans `t` against what the store holds now; sets the git ids and the heads of `t`.  The errors of
 * store_write.  The plan borrows from `t`; clear it in any case. */
MUST_USE enum err store_plan_make(struct store_plan *p, struct store *s, struct store_txn *t,
	struct err_text *why);
void store_plan_clear(struct store_plan *p);

/* ---- Within the plan */

/* Adds an object whose bytes outlive the plan; its id goes to *id. */
MUST_USE enum err store_plan_add(struct git_id *id, struct store_plan *p, enum store_kind kind,
	struct bytes data, struct err_text *why);
/* As store_plan_add, for a text that was just built in a buffer. */
MUST_USE enum err store_plan_add_text(struct git_id *id, struct store_plan *p, enum store_kind kind,
	const struct buf *text, struct err_text *why);
/* The first of the objects that the caller brought with this id, or NULL. */
struct store_object *store_plan_find(const struct store_plan *p, const struct git_id *id);
/* Adds the store commits of `t` and their trees; *head is the last one. */
MUST_USE enum err store_plan_chain(struct git_id *head, struct store_plan *p, struct store *s,
	const struct store_txn *t, struct err_text *why);

struct store_body {
	enum err (*heads)(struct store_heads *out, struct store *s, struct err_text *why);
	enum err (*read)(struct buf *out, struct store *s, enum store_kind kind, const struct git_id *id,
		size_t size_max, struct err_text *why);
	bool (*has)(struct store *s, const struct git_id *id);
	enum err (*journals)(struct store_journal **out, size_t *count, struct store *s,
		struct err_text *why);
	enum err (*journal_find)(struct git_id *head, struct store *s, const struct node_id *node,
		const struct incarnation_id *incarnation, struct err_text *why);
	/* Adds the objects and then moves the refs, all or none. */
	enum err (*apply)(struct store *s, const struct store_plan *p, struct err_text *why);
	enum err (*merge)(struct store *s, size_t packs_max, struct err_text *why);
	void (*stats)(struct store_stats *out, const struct store *s);
	void (*close)(struct store *s);
};

/* Keeps libgit2 ready, and so ids quick, while a store is open. */
void store_ids_hold(void);
void store_ids_release(void);

/* The first member of both bodies. */
struct store {
	const struct store_body *body;
};

#endif
