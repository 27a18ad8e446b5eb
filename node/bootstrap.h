/* The first transaction of a home: statements and forms into an empty store, before there is a charter
 * that a replica could be opened with. */
#ifndef NODE_BOOTSTRAP_H
#define NODE_BOOTSTRAP_H

#include "node/store.h"

/* Writes statement blobs and form files.  The caller holds the home's lock (a store in memory has none)
 * and has judged the statements.  ERR_EXISTS when the store already holds something. */
MUST_USE enum err bootstrap_store(struct store *s, const struct bytes *statements, size_t statement_count,
	const struct bytes *forms, size_t form_count, int64_t time, struct err_text *why);

#endif
