/* Reading: what an officer may be shown, and that it is in the log before it is shown. */
#ifndef NODE_READING_H
#define NODE_READING_H

#include "node/replica.h"

/* The compartments of a form (bit n: compartment n) that the officer's roles at this site may read. */
uint64_t reading_rights(const struct replica *r, const struct officer_id *officer, const struct form *form);

struct reading { /* one query; everything borrowed */
	struct officer_id officer;
	const struct case_id *cases; /* of which content is about to be shown */
	uint32_t case_count;
	uint64_t compartments; /* of which something is shown */
	uint32_t code;         /* enum entry_show_code */
	const char *reason;    /* "" for everyday work; at most 80 characters, and can't be erased */
};

/* Puts it into the read log; durable when it returns ERR_OK, and only then may the content be shown.
 * ERR_USAGE for a reason that is too long or no clean text. */
MUST_USE enum err reading_record(struct replica *r, const struct reading *q, struct err_text *why);

/* The view without the compartments that are not in the set: fields, ineffective operations, what is
 * unknown.  In the arena; borrows from the view. */
MUST_USE enum err reading_narrow(const struct view **out, struct arena *a, const struct view *view,
	const struct casefile *f, uint64_t compartments);

/* The view as whoever wrote the change at `position` had it, that change included: of its causal past alone.
 * In the arena. */
MUST_USE enum err reading_view_at(
	const struct view **out, struct arena *a, const struct casefile *f, uint32_t position);

#endif
