/* Between the files of node/replica_sync: one session's state.  Nobody else includes this. */
#ifndef NODE_REPLICA_SYNC_OWN_H
#define NODE_REPLICA_SYNC_OWN_H

#include "base/merkle.h"
#include "node/index_sync.h"
#include "node/replica_sync.h"
#include "schema/change_session.h"
#include "schema/checkpoint_session.h"

enum {
	SYNC_MARKS_MAX = 32,           /* messages whose cursor is remembered: more than may be on the way */
	SYNC_ROWS_MAX = 256,           /* rows looked at in one go */
	SYNC_GAPS_MAX = 1 << 16,
	SYNC_WANTS_MAX = 4096,         /* in one message */
	SYNC_FEW_CASES = 16,           /* named one by one instead of split further */
	SYNC_INBOX_MAX = 16,           /* messages put off */
	SYNC_TARGET_ROOM = 2 << 20,    /* of a message, so that one change more fits */
	SYNC_MEMORY_MAX = 1 << 30
};

struct sync_list { /* a growing array of the session's life */
	void *items;
	size_t count, room, at; /* `at`: the next one to be looked at */
};

/* A run of a journal that the peer is to have. */
struct sync_journal {
	struct node_id node;
	struct incarnation_id incarnation;
	uint64_t from;
	bool full;
};

struct sync_difference { /* in reconciliation: a case, and what the peer named of it */
	struct case_id case_id;
	struct change_id *frontier; /* owned */
	size_t frontier_count;
	bool named;
};

struct sync_blob { /* asked for by the peer */
	struct case_id case_id;
	char letter;
	struct hash256 hash;
};

struct sync_range { /* half bytes, and what to answer */
	uint8_t prefix[32];
	uint8_t size;
	bool name_cases; /* `cases`; otherwise `ranges` of its sixteen parts */
	bool reply;
};

struct sync_mark { /* once this message is acknowledged, the peer has everything up to the cursor */
	uint64_t message;
	int64_t cursor;
};

struct sync_noted { /* where a checkpoint is in git */
	struct checkpoint_id id;
	struct git_id git;
};

struct sync_inbox { /* messages that were put off, to be taken in one transaction */
	struct buf bytes;
	struct {
		enum message_kind kind;
		size_t at, size;
	} list[SYNC_INBOX_MAX];
	size_t count;
};

struct replica_sync {
	struct replica *r;
	bool initiator;
	uint8_t remote[BOX_KEY_SIZE];
	bool is_known;
	struct node_id peer;
	uint32_t peer_site;
	struct index_peer row;
	struct hello own_hello, peer_hello;
	uint32_t hello_statements; /* how many there were when the hello was said */
	bool charters_differ;
	struct change_session *out, *in;
	struct replica_sync_counts counts;
	struct err_text why;

	/* Sending. */
	bool begun;
	bool say_heads, say_journals; /* a state message is due */
	bool needs_heads, needs_lists; /* the peer's is to come */
	struct sync_list statements; /* uint32_t: indices into the charter */
	struct sync_list blobs;      /* struct sync_blob */
	struct sync_list ranges;     /* struct sync_range */
	struct sync_list differences; /* struct sync_difference */
	struct sync_list journals;   /* struct sync_journal */
	struct sync_list wanted;     /* struct hash256: asked for already */
	int64_t cursor;              /* own numbers up to here were looked at */
	int64_t acked;               /* up to here the peer has what is shared */
	int64_t begun_at;            /* `acked` at the beginning */
	bool in_burst;               /* sending the whole of a case up to number `cursor + 1` */
	uint32_t burst_next;
	bool skip_cursor;            /* reconcile instead: the last session got nowhere */
	bool reconciling;
	int64_t attested;            /* own number up to which own work is in the journal */
	int64_t journal_no;          /* own checkpoints up to this number need not go */
	bool whole;                  /* the peer holds all of that incarnation up to that sequence */
	struct incarnation_id whole_incarnation;
	uint64_t whole_sequence;
	uint32_t difference_next, difference_end; /* positions within the present difference */
	uint8_t *difference_has;     /* per position: the peer has it; owned */
	struct sync_mark marks[SYNC_MARKS_MAX];
	unsigned mark_count;
	struct index_share *shares;  /* of the peer's site, by case number; owned */
	size_t share_count;
	bool shares_stale;
	bool peer_is_custodian;
	struct buf body, items;
	struct arena arena;          /* of one answer */

	/* Taking. */
	struct sync_inbox inbox;
	struct arena take_arena;
	struct sync_list noted;      /* struct sync_noted: checkpoints of the peer's that were read */
	struct merkle tree;          /* over the ids of one journal's checkpoints */
	struct node_id tree_node;
	struct incarnation_id tree_incarnation;

	/* What the last digest that was said stood for. */
	int64_t digest_last;
	bool digest_has_head;
	struct index_checkpoint digest_head; /* the peer's newest */
};

/* ---- replica_sync.c */
MUST_USE void *sync_list_add(struct sync_list *l, size_t size); /* zeroed; NULL: memory is out */
void sync_list_clear(struct sync_list *l);
/* The casefile of a case that is here; ERR_NOT_FOUND. */
MUST_USE enum err sync_case(struct casefile **out, struct replica_sync *s, const struct case_id *id);

/* ---- replica_sync_digest.c */
/* The cases that both sites share, with frontiers, by id; in the arena. */
MUST_USE enum err sync_shared_cases(struct index_frontier **out, size_t *count, struct replica_sync *s,
	struct arena *a);
MUST_USE enum err sync_digest(uint8_t out[HELLO_DIGEST_SIZE], struct replica_sync *s);
/* What can be asked for: gaps in shared cases whose bytes the peer may hold.  In the arena, by case. */
struct sync_gap {
	struct case_id case_id;
	char letter;
	struct hash256 hash;
};
MUST_USE enum err sync_gaps(struct sync_gap **out, size_t *count, struct replica_sync *s, struct arena *a);
/* The newest checkpoint that is known of the peer's journals. */
MUST_USE enum err sync_peer_head(bool *has, struct index_checkpoint *out, struct replica_sync *s,
	struct arena *a);
/* Newest checkpoints held with entries: of one node, or of all (NULL). */
MUST_USE enum err sync_full_heads(struct index_checkpoint **out, size_t *count, struct replica_sync *s,
	struct arena *a, const struct node_id *node);
bool sync_both_read(const struct replica_sync *s);

/* ---- replica_sync_hello.c */
MUST_USE enum err sync_make_hello(struct hello *out, struct replica_sync *s);
/* The own checkpoint that a position names; *has is false when it names none. */
MUST_USE enum err sync_own_position(bool *has, struct index_checkpoint *out, struct replica_sync *s,
	const struct hello_position *p, struct arena *a);
MUST_USE enum err sync_seed_tables(struct replica_sync *s);

/* ---- replica_sync_send.c: each makes the next message of its kind; *made tells whether there was one. */
MUST_USE enum err sync_next(struct session_answer *out, struct replica_sync *s, const struct session_ask *ask);
/* Appends one change as an item. */
MUST_USE enum err sync_put_change(struct replica_sync *s, struct casefile *f, uint32_t position);

/* ---- replica_sync_journal.c */
/* What the peer lacks of all that it lists. */
MUST_USE enum err sync_plan_listed(struct replica_sync *s, struct cbor *journals);
MUST_USE enum err sync_make_journal(bool *made, struct replica_sync *s, size_t target);
/* Reads one item of the peer's into its wire form, in the take arena; an empty one when it can't be. */
MUST_USE enum err sync_take_checkpoint(struct bytes *wire, struct replica_sync *s, struct cbor *items);

/* ---- replica_sync_range.c: reconciliation */
MUST_USE enum err sync_begin_round(struct replica_sync *s);
MUST_USE enum err sync_make_range(bool *made, enum message_kind *kind, struct replica_sync *s);
MUST_USE enum err sync_make_difference(bool *made, struct replica_sync *s, size_t target);
MUST_USE enum err sync_take_ranges(struct replica_sync *s, struct bytes body);
MUST_USE enum err sync_take_cases(struct replica_sync *s, struct bytes body);

/* ---- replica_sync_take.c */
MUST_USE enum err sync_take(struct replica_sync *s, const struct session_ask *ask, bool *deferred);

#endif
