/* The index, as a sync session asks it: cases by number, frontiers of all cases, changes by the first bytes
 * of their ids. */
#ifndef NODE_INDEX_SYNC_H
#define NODE_INDEX_SYNC_H

#include "node/index.h"

enum { INDEX_PREFIX_SIZE = 8 };

/* The case of that number.  ERR_NOT_FOUND. */
MUST_USE enum err index_get_case(struct index_case *out, struct index *ix, int64_t no);

struct index_frontier {
	int64_t no;
	struct case_id id;
	struct bytes ids; /* change ids, ascending, one after the other */
};
/* All cases with their frontiers in the order of their ids, in the arena. */
MUST_USE enum err index_list_frontiers(
	struct index_frontier **out, size_t *count, struct index *ix, struct arena *a);

/* The only change whose id begins so, and its case.  ERR_NOT_FOUND; ERR_CONFLICT when there are more. */
MUST_USE enum err index_find_prefix(struct index_change *out, struct case_id *case_id, struct index *ix,
	const uint8_t prefix[INDEX_PREFIX_SIZE]);

#endif
