/* The forms that a node has loaded: only those that the charter names, by the hash of the file. */
#ifndef NODE_FORMBOOK_H
#define NODE_FORMBOOK_H

#include "node/index.h"
#include "node/store.h"
#include "schema/charter_now.h"

struct formbook;

MUST_USE enum err formbook_new(struct formbook **out);
void formbook_free(struct formbook *b);

/* The form of that number and version (0: the latest), borrowed for the book's life.  The file comes
 * from the store, or is one that the program carries.  ERR_NOT_FOUND: the charter names no such form;
 * ERR_MISSING: it does, but its file is not here. */
MUST_USE enum err formbook_get(const struct form **out, struct formbook *b, const struct charter *charter,
	struct store *store, struct index *index, uint32_t number, uint32_t version, struct err_text *why);

/* By the form's name. */
MUST_USE enum err formbook_get_named(const struct form **out, struct formbook *b,
	const struct charter *charter, struct store *store, struct index *index, const char *name,
	struct err_text *why);

#endif
