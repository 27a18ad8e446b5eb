/* What a session asks, answered from a replica (docs/protocol.md): the digest, what the peer lacks, and
 * taking in what it sends. */
#ifndef NODE_REPLICA_SYNC_H
#define NODE_REPLICA_SYNC_H

#include "node/replica.h"
#include "sync/session.h"

struct replica_sync;

/* `remote` is the transport key of whom we call; NULL: somebody calls us.  Signs a checkpoint first when
 * there is something to say.  *out is freed with replica_sync_free. */
MUST_USE enum err replica_sync_new(
	struct replica_sync **out, struct replica *r, const uint8_t *remote, struct err_text *why);
void replica_sync_free(struct replica_sync *s);

/* Fills in the answer; its body is borrowed until the next call. */
void replica_sync_answer(struct session_answer *out, struct replica_sync *s, const struct session_ask *ask);

/* The session is over, or was proven equal and stays open: writes down what is known of the peer now. */
void replica_sync_ended(struct replica_sync *s, const struct session *session);

/* Whom it is with; NULL and 0 until that is known. */
const struct node_id *replica_sync_peer(const struct replica_sync *s);
uint32_t replica_sync_site(const struct replica_sync *s);

struct replica_sync_counts {
	uint64_t changes_sent, changes_taken, changes_refused, changes_waiting;
	uint64_t statements_taken, blobs_taken;
};
const struct replica_sync_counts *replica_sync_counts(const struct replica_sync *s);

#endif
