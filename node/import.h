/* Import: cases from another system, one JSON object per line (docs/import.md).
 *
 * Repeatable without doubles and without any list of what was imported: a row's key, under a secret of the
 * site, makes the nonce of its opening, so the same row at the same site opens the same case or finds it
 * there.  Rows are judged as an officer's own edit is, and written many to a transaction, so whatever stops
 * an import, it can be run again. */
#ifndef NODE_IMPORT_H
#define NODE_IMPORT_H

#include "node/replica.h"

enum { IMPORT_LINE_MAX = 1 << 20, IMPORT_KEY_MAX = 1024, IMPORT_BATCH_MAX = 128 };

enum import_verdict {
	IMPORT_OPENED,
	IMPORT_WOULD_OPEN, /* a dry run */
	IMPORT_KNOWN,      /* its case is here already */
	IMPORT_REFUSED     /* nothing was made of it; the words say why */
};

struct import_row { /* what became of one line; borrowed for the call */
	unsigned line;  /* from 1 */
	enum import_verdict verdict;
	struct case_id case_id; /* of one opened or known */
	const char *words;      /* of one refused */
};

struct import_config { /* everything borrowed for the import's life */
	struct replica *replica;
	const struct form *form; /* of rows that name none */
	const struct sign_key *officer;
	uint32_t role; /* to act in; 0: the least telling one that entitles */
	bool dry_run;
	void *context;
	void (*report)(void *context, const struct import_row *row);
};

struct import;

/* ERR_NO_KEY when the site's key is not here.  *out is freed with import_free. */
MUST_USE enum err import_new(struct import **out, const struct import_config *config, struct err_text *why);
void import_free(struct import *im);

/* Takes the next line (without its end; blank ones are passed over).  What is wrong with a row is reported,
 * not an error; an error ends the import, with everything reported as opened on disk. */
MUST_USE enum err import_line(struct import *im, struct bytes line, struct err_text *why);
/* Writes what still waits.  To be called at the end. */
MUST_USE enum err import_finish(struct import *im, struct err_text *why);

#endif
