/* Names for keys and numbers, from the charter: who and where. */
#ifndef NODE_NAMING_H
#define NODE_NAMING_H

#include "node/replica.h"

struct naming { /* of one charter as it stands; borrows from it */
	struct arena arena;
	const struct charter *charter;
	const struct charter_entry *const *appointments;
	uint32_t count;
};

MUST_USE enum err naming_init(struct naming *n, const struct charter *charter);
void naming_clear(struct naming *n);

/* The name of an officer at a site, ended or not; "?" when the charter has none.  The charter's. */
struct bytes naming_officer(const struct naming *n, uint32_t site, const struct officer_id *officer);
struct bytes naming_site(const struct naming *n, uint32_t site);

#endif
