/* Runs seeds of the simulation: `sim [--seeds N] [--from SEED] [--verbose]`; exit code 1 when one fails. */
#include "tests/sim/sim.h"

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t trace_of(struct sim *s)
{
	uint8_t hash[32];
	uint64_t first;
	hash_blake2b_256(hash, buf_bytes(&s->trace));
	memcpy(&first, hash, sizeof first);
	return first;
}

static uint64_t option(int argc, char **argv, const char *name, uint64_t otherwise)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return strtoull(argv[i + 1], NULL, 10);
	return otherwise;
}

int main(int argc, char **argv)
{
	static struct sim s;
	uint64_t seeds = option(argc, argv, "--seeds", 20), from = option(argc, argv, "--from", 1);
	bool verbose = argc > 1 && strcmp(argv[argc - 1], "--verbose") == 0;
	unsigned passed = 0, failed = 0, faults[SIM_FAULTS] = { 0 }, sessions = 0, edits = 0;
	uint64_t first = 0;
	for (uint64_t seed = from; seed < from + seeds; seed++) {
		bool holds = sim_run(&s, seed);
		if (seed == from)
			first = trace_of(&s);
		if (!holds)
			printf("seed %llu: %s\n", (unsigned long long)seed, s.failure);
		else if (verbose)
			printf("seed %llu: %u sessions, %u edits, %llu bytes, trace %016llx\n", (unsigned long long)seed,
				s.sessions, s.edits, (unsigned long long)s.bytes, (unsigned long long)trace_of(&s));
		passed += holds;
		failed += !holds;
		sessions += s.sessions;
		edits += s.edits;
		for (int i = 0; i < SIM_FAULTS; i++)
			faults[i] += s.faults[i];
		sim_clear(&s);
	}
	/* One seed gives one run. */
	(void)sim_run(&s, from);
	bool same = trace_of(&s) == first;
	if (!same)
		printf("seed %llu did not run the same way twice\n", (unsigned long long)from);
	passed += same;
	failed += !same;
	sim_clear(&s);
	printf("%u sessions, %u edits; faults:", sessions, edits);
	for (int i = 0; i < SIM_FAULTS; i++)
		printf(" %s %u", sim_fault_names[i], faults[i]);
	printf("\n%u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
