/* A federation in one process: sites with a node and officers each, from seeded randomness and a clock
 * that the test turns.  Real code all the way down; only the store is in memory unless a home is given. */
#ifndef TESTS_SUPPORT_FEDERATION_H
#define TESTS_SUPPORT_FEDERATION_H

#include "node/replica.h"

enum { FEDERATION_SITES_MAX = 16, FEDERATION_BLOBS_MAX = 256 };

struct fed_random { /* SplitMix64; `now` is the clock */
	uint64_t state;
	uint64_t now;
};

struct fed_site {
	const char *name;
	uint32_t number;
	struct fed_random random;
	struct sign_key officer;
	struct node_keys node_keys;  /* kept here, copied into the replica */
	struct site_keys site_keys;
	bool locked;                 /* the replica is opened without them */
	struct replica *replica;
};

struct federation {
	struct sign_key root;
	struct buf blobs[FEDERATION_BLOBS_MAX]; /* statements, in order */
	size_t blob_count;
	struct federation_id id;
	struct statement_id last;
	uint64_t position;
	struct bytes form; /* the file of form 1 */
	struct fed_site sites[FEDERATION_SITES_MAX];
	size_t site_count;
	uint64_t seed;
	const struct ports *ports; /* of the replicas; NULL: seeded, each site its own */
};

/* Founds it; time begins at 1770000000.  Failures are asserts. */
void federation_init(struct federation *f, uint64_t seed);
/* Adds a site whose one officer holds these roles (by name, separated by commas) of form 1. */
struct fed_site *federation_add(struct federation *f, const char *name, uint32_t site_role, uint32_t flags,
	const char *roles);
/* Opens a replica for each site, in memory (homes NULL) or in existing empty folders. */
void federation_open(struct federation *f, const char *const *homes);
void federation_open_site(struct federation *f, struct fed_site *s, const char *home, bool reborn,
	struct store *store);
void federation_clear(struct federation *f);
/* Makes the folder and puts the site's keys there, without passphrases, so that the command line can open it
 * afterwards as the officer `first`. */
void federation_make_home(const char *home, struct fed_site *s);

/* One edit with one operation on a path of form 1: `code`, value as JSON text, basis or NULL.  Returns the
 * result; ERR_OK is asserted. */
struct edit_result fed_edit(struct fed_site *s, const struct case_id *case_id, enum op_code code,
	const char *path, const char *value, const char *basis);
/* Opens a case; the operation as above. */
struct edit_result fed_open(struct fed_site *s, const char *path, const char *value);
/* Everything that `from` holds and `to` may have, in one batch, as a session would bring it. */
void fed_copy(struct fed_site *to, struct fed_site *from);
/* The view as JSON text in `out`. */
void fed_view(struct buf *out, struct fed_site *s, const struct case_id *case_id);

#endif
