/* Writing one pack (version 2) and its index (version 2) of git, gitformat-pack(5).
 *
 * libgit2's own pack writing is many times slower, and flushes nothing.  A pack is invisible until
 * pack_finish has flushed and renamed it.  Objects are whole, never deltas. */
#ifndef NODE_PACK_H
#define NODE_PACK_H

#include "node/fs.h"
#include "node/sha1.h"
#include "node/store.h"

/* Ciphertext does not shrink, so it is stored as it is; and so is everything while somebody waits.
 * Commits are deflated when packs are merged: to two thirds, at 20 us each. */
enum pack_form { PACK_STORED, PACK_DEFLATED };

enum { PACK_OFFSET_MAX = 0x7fffffff }; /* so that an index needs no 64-bit offsets */

struct pack_entry {
	struct git_id id;
	uint32_t crc;
	uint32_t offset;
};

struct pack {
	const char *folder; /* objects/pack, borrowed */
	struct fs_out out;
	struct sha1 sha;
	uint32_t crc; /* of the entry being written */
	struct pack_entry *entries;
	size_t count, room;
	struct buf deflated;
	void *deflater; /* zlib's state, made when first wanted */
	char name[2 * SHA1_SIZE + 1]; /* its checksum, set by pack_finish */
	bool existed; /* the same pack was there before, so others may rely on it */
};

/* Begins a pack of exactly `count` objects.  `folder` outlives the pack. */
MUST_USE enum err pack_begin(struct pack *p, const char *folder, size_t count, struct fs_stats *stats,
	struct err_text *why);

/* Adds an object; an id comes at most once.  ERR_LIMIT when the pack becomes too large; errors of the
 * device come out of pack_finish. */
MUST_USE enum err pack_add(struct pack *p, enum store_kind kind, const struct git_id *id,
	struct bytes content, enum pack_form form);
/* Adds an entry as it stood in another pack. */
MUST_USE enum err pack_add_raw(struct pack *p, const struct git_id *id, struct bytes entry);

/* Flushes pack and index, gives them their names, flushes the folder.  On an error neither is left.
 * The pack is cleared either way but for its name. */
MUST_USE enum err pack_finish(struct pack *p, struct err_text *why);

/* Gives up an unfinished pack.  A finished or zeroed one is fine. */
void pack_abort(struct pack *p);

/* Takes a finished pack away again, because what it was for did not happen; not one that was there
 * before. */
void pack_remove(const struct pack *p);

#endif
