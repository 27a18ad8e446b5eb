/* The index, second half: checkpoints of journals, who shares which case, and peers. */
#ifndef NODE_INDEX_PEER_H
#define NODE_INDEX_PEER_H

#include "node/index.h"

/* ---- Checkpoints: own ones and those of others. */
struct index_checkpoint {
	int64_t no;
	struct node_id node;
	struct incarnation_id incarnation;
	uint64_t sequence;
	struct checkpoint_id id;
	struct git_id git; /* of the commit (full) or of the wire blob (witnessed) */
	bool full;         /* entries are held */
	bool witnessed;    /* an entry of an own checkpoint names it, or it is an own one */
};
MUST_USE enum err index_add_checkpoint(struct index *ix, struct index_checkpoint *c);
MUST_USE enum err index_find_checkpoint(
	struct index_checkpoint *out, struct index *ix, const struct checkpoint_id *id);
/* The newest of each journal, ordered by node and incarnation. */
MUST_USE enum err index_list_journals(
	struct index_checkpoint **out, size_t *count, struct index *ix, struct arena *a);
/* One journal from `sequence` on. */
MUST_USE enum err index_list_checkpoints(struct index_checkpoint **out, size_t *count, struct index *ix,
	struct arena *a, const struct node_id *node, const struct incarnation_id *incarnation, uint64_t sequence);
/* Heads of others that no own checkpoint names yet (newest of each journal). */
MUST_USE enum err index_list_unwitnessed(struct index_checkpoint **out, size_t *count, struct index *ix,
	struct arena *a, const struct node_id *self);
MUST_USE enum err index_mark_witnessed(struct index *ix);

/* ---- Disclosures that no own checkpoint holds yet: their entries as CBOR. */
MUST_USE enum err index_add_disclosed(struct index *ix, struct bytes entry);
MUST_USE enum err index_list_disclosed(struct bytes **out, size_t *count, struct index *ix, struct arena *a);
MUST_USE enum err index_count_disclosed(int64_t *count, struct index *ix);
MUST_USE enum err index_clear_disclosed(struct index *ix);

/* ---- Sites that share a case: from which own change number on (its whole history goes to a peer that
 * acknowledged less), and whether that has ended by a withdrawal. */
struct index_share {
	int64_t case_no;
	uint32_t site;
	int64_t since;
	bool ended;
};
/* An older `since` stays, unless the share had ended and begins anew. */
MUST_USE enum err index_put_share(struct index *ix, const struct index_share *s);
/* Takes out the shares and the gaps of a case. */
MUST_USE enum err index_clear_notes(struct index *ix, int64_t case_no);
MUST_USE enum err index_list_shares(
	struct index_share **out, size_t *count, struct index *ix, struct arena *a, uint32_t site);
/* Those of one case, by site. */
MUST_USE enum err index_list_case_shares(
	struct index_share **out, size_t *count, struct index *ix, struct arena *a, int64_t case_no);

/* ---- Peers: what each acknowledged and when equality was last proven. */
struct index_peer {
	int64_t no;
	struct node_id node;
	int64_t sent;  /* own change number up to which the peer acknowledged all that is shared */
	int64_t equal; /* when last proven equal, UTC seconds; 0 never */
	int64_t tried;
	bool has_position; /* up to which head of its journal all that is shared is held here */
	struct incarnation_id incarnation;
	uint64_t sequence;
	uint8_t prefix[8];
};
/* Finds the row, making it when it is not there. */
MUST_USE enum err index_get_peer(struct index_peer *out, struct index *ix, const struct node_id *node);
MUST_USE enum err index_put_peer(struct index *ix, const struct index_peer *p, struct bytes last_error);
MUST_USE enum err index_list_peers(struct index_peer **out, size_t *count, struct index *ix, struct arena *a);
MUST_USE enum err index_get_peer_error(struct buf *out, struct index *ix, int64_t no);

#endif
