/* Keeping packs few: merging small ones into one by raw copy.
 *
 * A read costs 4 us with one pack, 60 us with a thousand, so there are at most STORE_PACKS_MAX.  The
 * smallest packs are merged, and as many larger ones as keep each pack that stays twice as large as
 * all that was merged: so every byte is copied a logarithmic number of times. */
#ifndef NODE_PACK_MERGE_H
#define NODE_PACK_MERGE_H

#include "node/fs.h"

/* The number of packs in the folder. */
MUST_USE enum err pack_count(size_t *out, const char *folder, struct err_text *why);

/* Merges until at most `packs_max` (2 at least) packs are left, if packs with deltas, packs that stock
 * git keeps further files beside, and the cap on the size of one pack allow it.  The new pack is
 * complete and flushed before an old one goes.  A damaged pack is left alone and never copied. */
MUST_USE enum err pack_merge(const char *folder, size_t packs_max, struct fs_stats *stats,
	struct err_text *why);

#endif
