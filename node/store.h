/* What a node holds and attests: changes, blobs and journals, in git or in memory.
 *
 * One interface with two bodies, one contract test for both.  A transaction happens as a whole: it is
 * durable when store_write returns ERR_OK, and after any other answer it did not happen (the one
 * exception is said there).  Contents are opaque here: nothing is decrypted, verified or judged, only
 * kept reachable and whole.
 *
 * Layout in git: refs/heads/store is the unsigned chain of what is held, refs/heads/journal the
 * node's own checkpoints, refs/journals/NODE/INCARNATION those of others (docs/format.md). */
#ifndef NODE_STORE_H
#define NODE_STORE_H

#include "base/buf.h"
#include "base/id.h"

struct store;

enum store_kind { STORE_COMMIT, STORE_TREE, STORE_BLOB };

enum {
	STORE_TIPS_MAX = 254,                 /* new tips per store commit; more makes a chain */
	STORE_BLOBS_MAX = 4096,               /* blobs per store commit, likewise */
	STORE_OBJECT_MAX = 16 * 1024 * 1024,  /* bytes of one object */
	STORE_TXN_MAX = 1 << 30,              /* bytes of one transaction */
	STORE_PACKS_MAX = 64                  /* packs before they are merged */
};

/* A named blob: in git its name is the prefix letter, '-' and the hex of `hash`. */
struct store_blob {
	char prefix; /* 'p' payload, 'g' grants, 's' statement, 'c' foreign checkpoint, 'a' chunk, 'f' form */
	struct hash256 hash; /* BLAKE2b-256 of data, as the caller knows it already */
	struct bytes data;
	struct git_id git; /* set by store_write */
};

/* A change: the canonical commit.  Its git parents must be in the store or in this transaction, its
 * tree is the empty one. */
struct store_change {
	struct bytes commit;
	struct git_id git; /* of the commit, when the caller knows it (store_hash); zero: set by store_write */
};

/* A checkpoint: the canonical commit and its entries, kept as the file `entries` of its tree.  Its
 * git parent must be the head of its journal (own: of refs/heads/journal), or the checkpoint before it
 * here; the first one of a journal has any parent that is held, or none.  A chain that begins before
 * the head and comes past it is fine. */
struct store_checkpoint {
	struct bytes commit;
	struct bytes entries;
	bool own; /* to refs/heads/journal; otherwise to refs/journals/NODE/INCARNATION */
	struct node_id node;               /* of a foreign one */
	struct incarnation_id incarnation; /* likewise */
	struct git_id git; /* set by store_write */
};

struct store_heads {
	bool has_store, has_journal;
	struct git_id store, journal; /* zero where there is none */
};

struct store_txn {
	struct store_blob *blobs;
	size_t blob_count;
	struct store_change *changes;
	size_t change_count;
	struct store_checkpoint *checkpoints; /* each journal's in chain order */
	size_t checkpoint_count;
	int64_t time;              /* now, UTC seconds: the date of the store commits */
	struct store_heads expect; /* what store_heads said when the caller began to judge */
	struct store_heads heads;  /* set by store_write: the heads after it */
};

/* ---- Opening */

/* Opens HOME/store.git, making it when it is not there.  Takes the home's lock for a moment when it is
 * free, to remove what a killed process left (so the caller must not hold it).  Two handles on one
 * home are fine. */
MUST_USE enum err store_git_open(struct store **out, const char *home, struct err_text *why);
/* An empty store in memory.  A copy holds the same and goes its own way: a cloned disk. */
MUST_USE enum err store_mem_new(struct store **out);
MUST_USE enum err store_mem_copy(struct store **out, const struct store *from);
void store_close(struct store *s); /* NULL is fine */

/* ---- Writing */

/* Writes all of `t`: objects in one pack, then refs/heads/store, foreign journals, own journal, each
 * flushed before the next.  What is there already is fine.  The caller holds the home's lock.
 * ERR_CONFLICT: a head is not the expected one, or a checkpoint does not follow its journal's head.
 * ERR_FULL, ERR_IO, ERR_MEMORY: did not happen, with one exception: a device that fails while a ref's
 * folder is flushed leaves it open which refs moved; store_heads then tells.
 * ERR_FORMAT: a change's tree is not empty, or a checkpoint's not that of its entries.  ERR_LIMIT.
 * ERR_CRYPTO: as store_hash. */
MUST_USE enum err store_write(struct store *s, struct store_txn *t, struct err_text *why);

/* ---- Reading */

MUST_USE enum err store_heads(struct store_heads *out, struct store *s, struct err_text *why);

/* Appends the object.  ERR_NOT_FOUND; ERR_FORMAT when it is of another kind; ERR_LIMIT when it is
 * larger than `size_max`, before it is read; ERR_IO when it is damaged. */
MUST_USE enum err store_read(struct buf *out, struct store *s, enum store_kind kind,
	const struct git_id *id, size_t size_max, struct err_text *why);

/* Whether the object is held.  A miss is slow with many packs: ask the index first. */
bool store_has(struct store *s, const struct git_id *id);

/* The journals of others, sorted by node and incarnation.  The caller frees *out. */
struct store_journal {
	struct node_id node;
	struct incarnation_id incarnation;
	struct git_id head;
};
MUST_USE enum err store_journals(struct store_journal **out, size_t *count, struct store *s,
	struct err_text *why);
/* The head of one; ERR_NOT_FOUND. */
MUST_USE enum err store_journal_find(struct git_id *head, struct store *s, const struct node_id *node,
	const struct incarnation_id *incarnation, struct err_text *why);

/* ---- Ids: pure functions, quick while any store is open. */

/* The git id of an object with this content (SHA-1 with collision detection).  ERR_CRYPTO for content
 * that was made to collide: it has no id and never enters a store. */
MUST_USE enum err store_hash(struct git_id *out, enum store_kind kind, struct bytes content);
/* The git id of a checkpoint's tree: one file `entries` with this content.  Likewise. */
MUST_USE enum err store_tree_id(struct git_id *out, struct bytes entries);
/* The git id of the tree without entries. */
extern const struct git_id store_empty_tree;

/* ---- Upkeep */

/* Merges small packs until at most `packs_max` remain, by raw copy, in geometric steps; packs made by
 * stock git are left alone.  The caller holds the home's lock.  Nothing to do in memory. */
MUST_USE enum err store_merge_packs(struct store *s, size_t packs_max, struct err_text *why);

struct store_stats {
	uint64_t flushes; /* by this handle, since it was opened */
	uint64_t bytes_written;
	uint64_t packs; /* in the store now, as this handle last saw it */
};
void store_stats(struct store_stats *out, const struct store *s);

#endif
