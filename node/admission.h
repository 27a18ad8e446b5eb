/* One batch of what others wrote, to be judged and kept by replica_admit. */
#ifndef NODE_ADMISSION_H
#define NODE_ADMISSION_H

#include "schema/keep.h"

struct admit_blob { /* travelled with a change; hash is computed and compared */
	char letter;
	struct bytes data;
};

struct admit_change {
	const struct change *change; /* decoded, signature inside; not verified yet */
	struct keep_result result;   /* set */
	struct change_id id;         /* set unless refused for its format */
	bool known;                  /* set: was here already */
};

struct admit_checkpoint {
	struct bytes wire;
	enum err err; /* set: ERR_OK kept, or known already */
};

struct admission { /* one batch, one transaction; everything borrowed */
	const struct bytes *statements;
	size_t statement_count;
	struct charter_admission *statement_results; /* NULL, or as many */
	struct admit_change *changes;                /* in causal order */
	size_t change_count;
	const struct admit_blob *blobs; /* named by a change of this batch or held already, or in a gap */
	size_t blob_count;
	struct admit_checkpoint *checkpoints;
	size_t checkpoint_count;
	const struct bytes *forms; /* form files that the charter names */
	size_t form_count;
	const struct node_id *peer; /* whom it comes from; NULL: a file */
	/* NULL, or called before each change is judged, and once after the last (i == change_count): may fill in
	 * batch->changes[i].change by what the changes before it turned out to be, and blobs and checkpoints.
	 * ERR_MISSING: this change is left out, and waits.  Any other error ends the batch. */
	enum err (*prepare)(void *context, struct admission *batch, size_t i);
	void *context;
	size_t changes_kept; /* set: new ones */
};

#endif
