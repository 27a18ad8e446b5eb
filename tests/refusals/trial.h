/* Inside a trial: for the inputs that go through another door than that of changes. */
#ifndef TESTS_REFUSALS_TRIAL_H
#define TESTS_REFUSALS_TRIAL_H

#include "tests/refusals/refusals.h"

/* Remembers the first thing that was not as it must be. */
void trial_fault(struct trial *t, const char *fault);

/* A change that the north holds, as it stands in its store. */
struct bytes trial_text_of(struct trial *t, const struct change_id *id);

/* Has the centre admit something before the trial, which must be accepted. */
void trial_first(struct trial *t, struct bytes text);

/* For what is no change: admits the good commit texts with what comes along, and looks at them. */
void trial_push_good(struct trial *t);

/* An edit of another case, with its blobs among the trial's. */
struct bytes trial_neighbour(struct trial *t);

#endif
