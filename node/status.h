/* The state of a node in figures: who it is, what is confirmed elsewhere, how each peer stands.  Content of
 * cases is counted and never shown, so nothing of this is a read. */
#ifndef NODE_STATUS_H
#define NODE_STATUS_H

#include "node/replica.h"

struct status_peer {
	uint32_t site;
	struct bytes site_name,
		node_name; /* the charter's; empty for a name in the config that it does not have */
	struct node_id node;
	const char *address;  /* from the config; NULL when none is configured */
	uint64_t to_send;     /* changes here that it shares and has not acknowledged */
	int64_t equal, tried; /* UTC seconds; 0: never */
	const char *error;    /* of the last try; "" when there was none */
};

struct status {
	struct arena arena;
	uint64_t now;
	uint64_t cases, changes;
	uint64_t unconfirmed;  /* changes written here that no peer has acknowledged */
	uint64_t pending;      /* changes and reads that the next checkpoint will attest */
	uint64_t gaps;         /* blobs that this site is entitled to and lacks */
	uint32_t open, chosen; /* fields of the inbox: to decide, chosen by a rule */
	uint64_t newest;       /* greatest claimed time of any change here */
	uint64_t disk_free;
	struct status_peer *peers; /* by site, then node */
	uint32_t peer_count;
};

/* ERR_OK also when some of it could not be known; what is missing is then 0. */
MUST_USE enum err status_gather(struct status *out, struct replica *r, struct err_text *why);
void status_clear(struct status *s);

/* As JSON (docs/json.md "status"). */
MUST_USE enum err status_json(struct json_out *o, const struct status *s, const struct replica *r);

#endif
