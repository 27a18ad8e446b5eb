/* Changes that follow from constants alone: for tests, vectors and referees.
 *
 * Every key has a seed of one repeated byte; ids that a change only names are runs of one byte too. */
#ifndef TESTS_SUPPORT_SAMPLE_H
#define TESTS_SUPPORT_SAMPLE_H

#include "base/box.h"
#include "schema/change.h"
#include "schema/op.h"

enum {
	SAMPLE_OFFICER = 0x01, SAMPLE_NODE = 0x02, SAMPLE_SITE_1 = 0x03, SAMPLE_SITE_2 = 0x04,
	SAMPLE_OTHER = 0x05, SAMPLE_ROOT = 0x06, SAMPLE_FEDERATION = 0xfe, SAMPLE_NOW = 1770000000,
	SAMPLE_EPOCH = 0x20 /* plus the compartment's number */, SAMPLE_JOURNAL = 0x60
};

enum sample_kind {
	SAMPLE_OPENING,     /* two compartments for two sites */
	SAMPLE_EDIT,        /* one field, one parent (the opening) */
	SAMPLE_FOLD,        /* 64 parents, nothing else */
	SAMPLE_STRIKE,      /* strikes the edit, with a reason */
	SAMPLE_UNKNOWN_ACT, /* an act of a later version */
	SAMPLE_KINDS
};
extern const char *const sample_names[SAMPLE_KINDS];

void sample_fill(void *out, size_t size, uint8_t byte);
void sample_secret(struct secret *out, uint8_t byte);
void sample_sign_key(struct sign_key *out, uint8_t byte);
void sample_box_key(struct box_key *out, uint8_t byte);
/* The canonical CBOR of a short text, in the arena. */
struct bytes sample_text(struct arena *a, const char *text);

struct sample {
	struct arena arena;
	struct change change;
	struct change_id id;
	struct git_id parents_git[CHANGE_PARENTS_MAX];
	struct buf commit;
	struct bytes grants[2], payloads[2]; /* the blobs */
};

/* Makes and signs one; any failure is an assert.  `parent_git` takes the place of the first parent's
 * git id, when it is not NULL. */
void sample_make(struct sample *s, enum sample_kind kind, const struct git_id *parent_git);
/* Signs s->change again after it was altered. */
void sample_sign(struct sample *s);
void sample_clear(struct sample *s);

#endif
