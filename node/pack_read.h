/* Reading a pack of our own making (whole objects, no deltas) entry by entry, to copy it.
 *
 * Everything else reads through libgit2.  A pack of another kind or a damaged one is told, so that it
 * can be left alone. */
#ifndef NODE_PACK_READ_H
#define NODE_PACK_READ_H

#include "node/pack.h"

enum { PACK_INDEX_MAX = 256 * 1024 * 1024 };

struct pack_reader {
	struct fs_in in;
	struct pack_entry *entries; /* by offset */
	size_t count;
};

/* Opens `folder`/`name`.idx and .pack and checks the index's checksum; ERR_FORMAT when it is damaged
 * or larger than this is for. */
MUST_USE enum err pack_reader_open(struct pack_reader *r, const char *folder, const char *name,
	struct err_text *why);

/* Entry `i`, raw and checked against its CRC; into `out`, which is reset.  ERR_FORMAT when damaged. */
MUST_USE enum err pack_reader_get(struct buf *out, struct pack_reader *r, size_t i);

/* Whether the pack holds a delta, so that its entries can't be moved.  ERR_IO, ERR_FORMAT. */
MUST_USE enum err pack_reader_has_deltas(bool *out, struct pack_reader *r);

/* Whether a raw entry is a commit in stored form, and if so its text, in `out`, which is reset. */
MUST_USE enum err pack_stored_commit(bool *is_stored, struct buf *out, struct bytes entry);

void pack_reader_close(struct pack_reader *r); /* zeroed is fine */

#endif
