/* One session's state, between the files of node/replica_sync (replica_sync_parts.h has what each does). */
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
	SYNC_GAP_ROWS_MAX = 1 << 20,
	SYNC_LISTS_MAX = 1 << 15,      /* journals in one state: beside the heads of all chains they fit */
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
	bool say_heads, say_journals; /* a state message is due */
	bool needs_heads, needs_lists; /* the peer's is to come, and is waited for */
	bool lists_pending;            /* the peer's is to come: journals are put off */
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
	bool has_position, has_sent; /* own checkpoints that the peer holds: by its hello; the last that went */
	struct checkpoint_id position, sent_checkpoint;
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

#endif
