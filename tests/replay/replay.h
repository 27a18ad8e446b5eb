/* What the parts of the stories' player share. */
#ifndef TESTS_REPLAY_REPLAY_H
#define TESTS_REPLAY_REPLAY_H

#include "tests/support/story.h"

struct replay_phase { /* one phase, played */
	const struct story *story;
	const struct form *form;
	const struct json *json;    /* the phase's object; NULL: all changes */
	const char *name;
	const uint32_t *positions;  /* of the story: what is known */
	uint32_t count;
	const struct view_change *changes; /* in the order of positions */
	const struct view *view;
	uint32_t skipped;           /* operations left out, since their rule is not there */
};

/* Plays one phase; the changes arrive in the order of the file.  All is in the arena. */
MUST_USE enum err replay_play(struct replay_phase *out, struct arena *a, const struct form *form,
	const struct story *story, const struct json *phase, struct err_text *why);

/* Plays it again in `orders` shuffled orders, and demands byte-equal views. */
MUST_USE enum err replay_shuffle(const struct replay_phase *p, uint64_t seed, unsigned orders,
	struct err_text *why);

/* Writes the phase's line, without a newline. */
MUST_USE enum err replay_line(struct buf *out, const struct replay_phase *p);

struct replay_count {
	unsigned passed, failed, skipped; /* expectations; skipped: of fields whose rule is not there */
};

/* Compares the phase's line with what the file expects; one line of words per difference to `out`. */
MUST_USE enum err replay_check(struct replay_count *count, struct buf *out, const struct replay_phase *p,
	struct bytes line);

#endif
