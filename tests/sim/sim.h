/* The simulation: a federation in one process, real code above the store, with links that are cut, bytes
 * that are flipped, nodes that restart, are restored or stand still, and clocks that are wrong.  One seed
 * gives one run. */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include "tests/support/wire.h"

enum {
	SIM_SITES = 6, SIM_CASES_MAX = 64, SIM_CHANGES_MAX = 4096, SIM_STEPS = 60, SIM_ROUNDS_MAX = 6
};

enum sim_fault { /* each is counted when it fired */
	SIM_CUT, SIM_FLIP, SIM_RESTART, SIM_RESTORE, SIM_CLOCK_BACK, SIM_CLOCK_FAR, SIM_STALE_CURSOR, SIM_FAULTS
};
extern const char *const sim_fault_names[SIM_FAULTS];

enum sim_shape { SIM_STAR, SIM_RING, SIM_ANY, SIM_SHAPES };

struct sim_change {
	struct change_id id;
	struct case_id case_id;
	size_t site;   /* whose officer wrote it */
	bool is_gone;  /* its writer was restored to a state without it, and nobody else had it */
};

struct sim {
	uint64_t random;
	enum sim_shape shape;
	struct federation fed;
	struct case_id cases[SIM_CASES_MAX];
	bool granted[SIM_CASES_MAX][SIM_SITES];
	size_t case_count;
	struct sim_change changes[SIM_CHANGES_MAX];
	size_t change_count;
	struct store *snapshots[SIM_SITES];
	unsigned names; /* made up so far */
	unsigned faults[SIM_FAULTS];
	unsigned sessions, edits;
	uint64_t bytes;
	struct buf trace; /* what happened, for the hash of the run */
	char failure[400]; /* "" when all holds */
};

/* Runs a seed: steps, then healing, then the checks (sim_check.c).  False: s->failure says what. */
bool sim_run(struct sim *s, uint64_t seed);
void sim_clear(struct sim *s);

uint64_t sim_draw(struct sim *s, uint64_t below);
bool sim_fail(struct sim *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Whether a site holds a change. */
bool sim_holds(struct sim *s, size_t site, const struct change_id *id);

/* After healing: everything that must hold. */
bool sim_check(struct sim *s);

#endif
