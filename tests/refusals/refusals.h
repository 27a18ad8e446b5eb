/* Hostile inputs, made from seeded keys and pushed through the doors that foreign bytes really come
 * through, and what became of each: tests/refusals.tsv says what must.
 *
 * A trial is one input: a case of its own at the north, of which the centre holds the opening.  The input
 * comes together with the bytes that were not altered and an edit of another case, in one batch. */
#ifndef TESTS_REFUSALS_REFUSALS_H
#define TESTS_REFUSALS_REFUSALS_H

#include "tests/support/federation.h"

enum door { DOOR_TEXT, DOOR_WIRE, DOOR_PAYLOAD, DOOR_STATEMENT, DOOR_CHECKPOINT, DOOR_FRAME, DOORS };
const char *door_name(enum door d); /* "commit text" */

enum verdict {
	VERDICT_ACCEPTED, VERDICT_REFUSED, VERDICT_WAITS, VERDICT_NO_EFFECT, VERDICT_FLAGGED, VERDICTS
};
const char *verdict_name(enum verdict v); /* "kept without effect" */

struct outcome {
	enum verdict verdict;
	const char *code;
};

struct world {
	struct federation fed;
	struct fed_site *centre;  /* takes everything in; its store is in git, on disk */
	struct fed_site *north;   /* writes */
	struct fed_site *counsel; /* only keys: a site whose officer may not open cases */
	struct sign_key second;   /* a further officer of the north, as its first */
	struct sign_key retired;  /* one whose appointment the centre knows to be ended */
	struct sign_key stranger; /* of no charter */
	struct case_id other;     /* a case that goes on, whatever comes */
};

/* `home` is an empty folder for the centre. */
void world_open(struct world *w, const char *home);
void world_close(struct world *w);
/* Closes and opens the centre from disk, its index made anew. */
void world_reopen_centre(struct world *w, const char *home);

enum { TRIAL_GOOD_MAX = 4, TRIAL_BLOBS_MAX = 32 };

struct trial {
	struct world *w;
	struct arena arena;           /* of everything below */
	struct case_id case_id;
	struct bytes opening, edit;   /* as the north wrote them: commit texts */
	enum door door;
	struct bytes hostile;
	struct bytes good[TRIAL_GOOD_MAX]; /* what must be accepted through the same door, in order */
	size_t good_count;
	struct bytes cure, cure_blob; /* a statement, a payload: with it the hostile bytes must be accepted */
	/* What comes along in the same batch. */
	struct admit_blob blobs[TRIAL_BLOBS_MAX];
	size_t blob_count;
	const struct bytes *statements;
	struct charter_admission *statement_results;
	size_t statement_count;
	struct admit_checkpoint *checkpoints;
	size_t checkpoint_count;
	struct outcome got;           /* an input that pushes for itself sets it */
	const char *fault;            /* what else was not as it must be; NULL: nothing */
};

struct input {
	const char *name;
	enum door door;
	void (*make)(struct trial *t, const struct input *in); /* NULL: the replacement below */
	const char *after, *old, *new; /* of the edit's text: the first `old` after `after` becomes `new` */
	bool resigned;                 /* and the officer signs that */
};

struct inputs {
	const struct input *list;
	size_t count;
};
extern const struct inputs inputs_malleated, inputs_text, inputs_wire, inputs_facts, inputs_content,
	inputs_charter, inputs_journal, inputs_frames;

/* Runs one; t->got and t->fault tell.  The caller ends it. */
void trial_run(struct trial *t, struct world *w, const struct input *in);
void trial_end(struct trial *t);

/* ---- What trials are made of. */
void trial_good(struct trial *t, struct bytes good);
void trial_blob(struct trial *t, char letter, struct bytes data);
/* The blobs of a change that the north holds. */
void trial_blobs_of(struct trial *t, const struct change *c);
struct bytes trial_keep(struct trial *t, struct buf *b); /* takes the buffer's bytes into the arena */

/* A copy of the change in a commit text, to be altered. */
struct change *forge_read(struct trial *t, struct bytes text, const struct git_id **parents_git);
/* Signs it again. */
struct bytes forge_sign(struct trial *t, struct change *c, const struct git_id *parents_git,
	const struct sign_key *officer);
/* The text with the first `old` after `after` replaced; what is not there is a bug of the input. */
struct bytes forge_replace(struct trial *t, struct bytes text, const char *after, const char *old,
	struct bytes replacement);
/* The text signed anew as it stands, whatever stands there. */
struct bytes forge_resign(struct trial *t, struct bytes text, const struct sign_key *officer);
struct bytes forge_wire(struct trial *t, struct bytes text);
/* Where `old` begins after `after`. */
size_t forge_find(struct bytes text, const char *after, const char *old);

#endif
