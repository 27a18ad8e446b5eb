/* Epoch keys: what is derived from one, and how it is handed to a site (docs/format.md "Epochs, grants,
 * boxes").
 *
 * An epoch key K is 32 random bytes.  A change holds one box per receiving site with a wrap key W; a
 * grant blob holds K masked under W, once per site of its grant act, in the act's order. */
#ifndef SCHEMA_GRANT_H
#define SCHEMA_GRANT_H

#include "base/box.h"
#include "schema/act_args.h"

enum { GRANT_SHARE_SIZE = 32, GRANT_COMMITMENT_SIZE = 32, GRANT_BOX_SIZE = 80 };

struct grant_context { /* all borrowed */
	const struct federation_id *federation;
	const struct case_id *case_id;
	uint32_t compartment;
};

/* The public commitment to an epoch's key. */
MUST_USE enum err grant_commitment(uint8_t out[GRANT_COMMITMENT_SIZE], const struct secret *epoch_key,
	const struct grant_context *x);

/* The key that seals the epoch's payloads.  *out is the caller's to free. */
MUST_USE enum err grant_payload_key(struct secret *out, const struct secret *epoch_key,
	const struct grant_context *x);

/* Fills `box` with W sealed to a site's encryption key; `seed` is fresh and used once.  ERR_CRYPTO for
 * a key of small order. */
MUST_USE enum err grant_seal_box(uint8_t box[GRANT_BOX_SIZE], const uint8_t site_key[BOX_KEY_SIZE],
	const struct secret *seed, const struct secret *wrap);

/* Opens W; *wrap is the caller's to free.  ERR_CRYPTO. */
MUST_USE enum err grant_open_box(struct secret *wrap, const struct box_key *site_key,
	const uint8_t box[GRANT_BOX_SIZE]);

/* One site's part of a grant blob.  `commitment` is the epoch's. */
MUST_USE enum err grant_mask(uint8_t share[GRANT_SHARE_SIZE], const struct secret *epoch_key,
	const struct secret *wrap, const struct grant_context *x,
	const uint8_t commitment[GRANT_COMMITMENT_SIZE]);

/* The inverse; ERR_CRYPTO when what comes out does not fit the commitment. *epoch_key is the caller's
 * to free. */
MUST_USE enum err grant_unmask(struct secret *epoch_key, const uint8_t share[GRANT_SHARE_SIZE],
	const struct secret *wrap, const struct grant_context *x,
	const uint8_t commitment[GRANT_COMMITMENT_SIZE]);

/* All of it: the key that a grant act of change `c` gives to `site`, whose key (of the number in the
 * box) is `site_key`.  `commitment` is the epoch's: the act's own, or that of the act that opened the
 * epoch.  ERR_NOT_FOUND when act or boxes do not name the site; ERR_CRYPTO when box, blob or
 * commitment do not hold.  *epoch_key is the caller's to free. */
MUST_USE enum err grant_open(struct secret *epoch_key, const struct change *c, const struct act_grant *g,
	const uint8_t commitment[GRANT_COMMITMENT_SIZE], uint32_t site, const struct box_key *site_key,
	struct bytes blob);

/* The box of a site in a change; NULL when there is none. */
const struct change_box *grant_find_box(const struct change *c, uint32_t site);

#endif
