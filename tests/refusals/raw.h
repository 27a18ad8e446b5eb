/* A peer that has the north's keys and says what it likes to the centre. */
#ifndef TESTS_REFUSALS_RAW_H
#define TESTS_REFUSALS_RAW_H

#include "node/replica_sync.h"
#include "sync/frame.h"
#include "tests/refusals/refusals.h"

struct raw {
	struct session *session; /* the centre's side */
	struct replica_sync *sync;
	struct noise noise;
	struct frame_cipher send;
};

/* Shakes hands as the holder of that transport key; false when there was no answer. */
bool raw_open(struct raw *r, struct world *w, const struct box_key *as, struct bytes hello);
/* Says these bytes of the stream of messages in frames. */
void raw_say(struct raw *r, struct bytes stream);
/* Hands over bytes as they are. */
void raw_feed(struct raw *r, struct bytes bytes);
/* The link ends. */
void raw_close(struct raw *r);

/* Answers all that a session asks. */
void raw_serve(struct session *session, struct replica_sync *sync);

#endif
