/* Between the files of node/replica_sync: what each does for the others.  Nobody else includes this. */
#ifndef NODE_REPLICA_SYNC_PARTS_H
#define NODE_REPLICA_SYNC_PARTS_H

#include "node/replica_sync_own.h"

/* ---- replica_sync.c */
MUST_USE void *sync_list_add(struct sync_list *l, size_t size); /* zeroed; NULL: memory is out */
void sync_list_clear(struct sync_list *l);
/* The casefile of a case that is here; ERR_NOT_FOUND. */
MUST_USE enum err sync_case(struct casefile **out, struct replica_sync *s, const struct case_id *id);

/* ---- replica_sync_digest.c */
/* The cases that both sites share, with frontiers, by id; in the arena. */
MUST_USE enum err sync_shared_cases(struct index_frontier **out, size_t *count, struct replica_sync *s,
	struct arena *a);
/* Those, and such as came from the peer though they are not shared here (yet: their grant is to come). */
MUST_USE enum err sync_named_cases(struct index_frontier **out, size_t *count, struct replica_sync *s,
	struct arena *a);
MUST_USE enum err sync_digest(uint8_t out[HELLO_DIGEST_SIZE], struct replica_sync *s);
/* What can be asked for: gaps in shared cases whose bytes the peer may hold.  In the arena, by case. */
struct sync_gap {
	struct case_id case_id;
	char letter;
	struct hash256 hash;
};
MUST_USE enum err sync_gaps(struct sync_gap **out, size_t *count, struct replica_sync *s, struct arena *a);
/* Of each incarnation of this node, and of the peer's, the newest checkpoint that is known. */
MUST_USE enum err sync_known_heads(struct index_checkpoint **out, size_t *count, struct replica_sync *s,
	struct arena *a, bool own, bool theirs);
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

/* ---- replica_sync_begin.c */
/* Both hellos are known: where to begin.  Writes nothing. */
MUST_USE enum err sync_begin(struct replica_sync *s);
/* Before anything new goes: what is disclosed, and a checkpoint that covers it. */
MUST_USE enum err sync_attest(struct replica_sync *s);
MUST_USE enum err sync_load_shares(struct replica_sync *s);

/* ---- replica_sync_send.c */
MUST_USE enum err sync_next(
	struct session_answer *out, struct replica_sync *s, const struct session_ask *ask);
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
