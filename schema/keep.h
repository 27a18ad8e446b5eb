/* Keep: what import judges about a change, and nothing else.
 *
 * Only facts that can never change are asked for, so the sets of changes that nodes keep can only grow
 * together.  Roles, guards, endings and everything inside a payload are for schema/count. */
#ifndef SCHEMA_KEEP_H
#define SCHEMA_KEEP_H

#include "schema/change.h"
#include "schema/charter.h"

enum keep_verdict { KEEP_OK, KEEP_WAITS, KEEP_REFUSED };

enum keep_code { /* final: they stand in logs, tests and --json */
	KEEP_FINE,
	KEEP_BAD_FORMAT,        /* not the canonical bytes */
	KEEP_OVERSIZE,          /* over a limit of the format version */
	KEEP_OTHER_FEDERATION,
	KEEP_BAD_SIGNATURE,
	KEEP_WRONG_CASE,        /* an opening whose case id is not made from itself */
	KEEP_WRONG_PARENT,      /* a parent is a change of another case */
	KEEP_WRONG_STATEMENT,   /* ROOT or ISSUER is a statement of the wrong kind of chain */
	KEEP_NOT_APPOINTED,     /* no appointment of this key among the statements it relies on */
	KEEP_UNKNOWN_NODE,      /* the node is not enrolled under the appointing site */
	KEEP_MISSING_STATEMENT, /* waits */
	KEEP_MISSING_PARENT     /* waits */
};
const char *keep_code_name(enum keep_code code); /* "unknown_node" */

struct keep_result {
	enum keep_verdict verdict;
	enum keep_code code;
	struct statement_id missing_statement; /* KEEP_MISSING_STATEMENT */
	struct change_id missing_parent;       /* KEEP_MISSING_PARENT: the first in order */
};

/* First half, on bytes alone, so that a second thread may do it: reads the commit, demands canonical form
 * and federation, verifies the signature unless the caller has done so.  *change and *parents_git are
 * NULL unless the verdict is KEEP_OK.  ERR_MEMORY only.  `why` puts a refusal in words. */
MUST_USE enum err keep_read_commit(struct keep_result *out, struct change **change,
	const struct git_id **parents_git, struct arena *a, const struct federation_id *federation,
	struct bytes commit, bool verify, struct err_text *why);

struct keep_parent { /* in the order of change->parents */
	bool held;
	struct case_id case_id; /* when held */
};

/* Second half: case, parents and charter.  Allocates nothing. */
void keep_judge(struct keep_result *out, const struct charter *charter, const struct change *change,
	const struct keep_parent *parents);

#endif
