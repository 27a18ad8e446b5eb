/* A session between two sites of a federation in one process: bytes go by hand, so that they can be counted
 * and cut anywhere. */
#ifndef TESTS_SUPPORT_WIRE_H
#define TESTS_SUPPORT_WIRE_H

#include "node/replica_sync.h"
#include "tests/support/federation.h"

struct wire_side {
	struct fed_site *site;
	struct session *session;
	struct replica_sync *sync;
	bool noted; /* the present equality was written down */
};

/* Who listens on the link, and knows the caller's fresh key: enough to read all (tests/support/tap.h). */
struct wire_tap {
	struct secret ephemeral;
	struct buf went[2]; /* from the caller, to the caller: the bytes of the link */
};

struct wire {
	struct wire_side side[2]; /* 0 calls */
	struct wire_tap *tap;     /* NULL: nobody listens */
	uint64_t now_ms;
	size_t bytes; /* both ways, so far */
	size_t flip_at; /* one of them is altered on its way */
};

/* Whatever fails here but the session itself is an assert. */
void wire_open(struct wire *w, struct fed_site *from, struct fed_site *to, bool stay_open);
/* Moves bytes until nothing moves or `limit` more went over. */
size_t wire_run(struct wire *w, size_t limit);
/* The link ends, if the sessions have not; writes down what is known; frees. */
void wire_close(struct wire *w);

struct wire_result {
	enum session_end end[2];
	char reason[2][SYNC_REASON_MAX + 1];
	size_t bytes;
	struct session_stats stats[2];
	struct replica_sync_counts counts[2];
};
/* One whole session, cut after `limit` bytes. */
struct wire_result wire_sync(struct fed_site *from, struct fed_site *to, size_t limit);
/* The same uncut, with somebody who listens; `tap` is set, and the caller's to clear. */
struct wire_result wire_sync_tapped(struct fed_site *from, struct fed_site *to, struct wire_tap *tap);
void wire_tap_clear(struct wire_tap *tap);

struct wire_trouble { /* SIZE_MAX: none of it */
	size_t cut_at;  /* bytes both ways */
	size_t flip_at; /* this byte goes over altered */
};
struct wire_result wire_sync_troubled(struct fed_site *from, struct fed_site *to,
	const struct wire_trouble *trouble);

#endif
