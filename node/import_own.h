/* Between the files of import: a row on its way.  Nobody else includes this. */
#ifndef NODE_IMPORT_OWN_H
#define NODE_IMPORT_OWN_H

#include "node/import.h"
#include "schema/op_read.h"

struct import_entry { /* one row that waits to be written; in the batch's arena */
	unsigned line;
	const struct form *form;
	uint8_t nonce[CHANGE_NONCE_SIZE];
	struct op_list ops;
	bool has_key;
	struct bytes key; /* what makes the nonce: the row's "key", or else the line itself */
};

/* Reads a line into an entry (import_row.c).  ERR_USAGE, ERR_REFUSED, ERR_NOT_FOUND: what is wrong with the
 * row, in words. */
MUST_USE enum err import_read_row(struct import_entry *out, struct arena *a, struct replica *r,
	const struct form *form, struct bytes line, struct err_text *why);

#endif
