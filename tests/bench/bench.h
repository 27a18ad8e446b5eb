/* The bench: what each path costs, beside a floor that is measured in the same run. */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include "base/bytes.h"

struct bench {       /* one run */
	unsigned failed; /* gates */
};

struct bench_row {
	const char *what;
	double value;
	const char *unit;
	double floor;      /* what the value is compared with; 0: nothing */
	double gate, goal; /* of value, or of value / floor when there is a floor; 0: none */
	bool at_most;      /* the gate is a ceiling */
};

/* Seconds of a clock that never jumps. */
double bench_now(void);
/* The machine, and what writing durably costs on the disk of TMPDIR. */
void bench_facts(void);
void bench_heading(const char *text);
/* Prints the row; a gate that does not hold is counted. */
void bench_put(struct bench *b, const struct bench_row *row);
/* Ends the run with a word to stderr: something that is no measurement went wrong. */
_Noreturn void bench_fail(const char *what, const char *why);

/* The parts of a run. */
void bench_edit(struct bench *b);
void bench_receive(struct bench *b);
void bench_sync(struct bench *b);

#endif
