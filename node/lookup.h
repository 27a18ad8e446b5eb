/* From what a person types to a case, a change, a site; and back to the shortest name that is enough. */
#ifndef NODE_LOOKUP_H
#define NODE_LOOKUP_H

#include "node/replica.h"

enum { LOOKUP_SHORT_MIN = 8, LOOKUP_SHORT_SIZE = 33 };

/* The field by whose value a case may be named too: the number that the chain's offices share. */
#define LOOKUP_NUMBER_FIELD "case.v_number"

/* A case by the beginning of its id (4 hex digits or more) or by its V-number, the one in use or another that
 * someone wrote.  ERR_NOT_FOUND; ERR_USAGE when it is neither, or fits several cases: `why` names some. */
MUST_USE enum err lookup_case(struct case_id *out, struct replica *r, const char *word, struct err_text *why);

/* A change of this case by the beginning of its id (4 hex digits or more). */
MUST_USE enum err lookup_change(
	uint32_t *position, const struct casefile *f, const char *word, struct err_text *why);

/* A site by name or number.  ERR_NOT_FOUND with the nearest name. */
MUST_USE enum err lookup_site(
	const struct charter_entry **out, const struct charter *c, const char *word, struct err_text *why);

/* The shortest beginning of the id, of at least LOOKUP_SHORT_MIN digits, that no other case here shares. */
MUST_USE enum err lookup_shorten(char out[LOOKUP_SHORT_SIZE], struct replica *r, const struct case_id *id);

#endif
