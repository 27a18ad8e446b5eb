/* The index: what makes lookups quick, a cache over the store and nothing more.
 *
 * SQLite, rebuildable from the store at any time (`dossier reindex`).  It holds ids, positions and
 * sealed bytes, never a value of a case in the clear.  It is written after the store, so after a crash
 * it may be behind: meta INDEX_STORE_HEAD says how far it got.
 *
 * Numbers (`no`) are positions in this node's own order of arrival, from 1. */
#ifndef NODE_INDEX_H
#define NODE_INDEX_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/id.h"

struct index;

enum { INDEX_NOT_COVERED = -1 };

/* Opens or makes the file; NULL makes one in memory.  A file of another layout version is emptied, one that
 * is no database is made anew: *fresh is then true and the caller fills it from the store.  The caller holds
 * the lock of the home. */
MUST_USE enum err index_open(struct index **out, const char *path, bool *fresh, struct err_text *why);
/* True when SQLite came upon something in the file that it did not write. */
bool index_is_damaged(const struct index *ix);
/* Removes a file that is damaged: the next one to open it finds none. */
void index_close(struct index *ix);

/* One transaction at a time; index_rollback after a failure. */
MUST_USE enum err index_begin(struct index *ix, struct err_text *why);
MUST_USE enum err index_commit(struct index *ix, struct err_text *why);
void index_rollback(struct index *ix);
/* Empties everything but what is marked local (peers' addresses are in the config, not here). */
MUST_USE enum err index_empty(struct index *ix, struct err_text *why);

/* ---- Small facts by name. */
MUST_USE enum err index_get_meta(struct buf *out, struct index *ix, const char *name); /* ERR_NOT_FOUND */
MUST_USE enum err index_put_meta(struct index *ix, const char *name, struct bytes value);

/* ---- Cases */
struct index_case {
	int64_t no;
	struct case_id id;
	int64_t change_count;
	int64_t touched; /* number of the newest change */
};
MUST_USE enum err index_find_case(struct index_case *out, struct index *ix, const struct case_id *id);
MUST_USE enum err index_add_case(int64_t *no, struct index *ix, const struct case_id *id);
/* All cases in the order of their ids, in the arena. */
MUST_USE enum err index_list_cases(struct index_case **out, size_t *count, struct index *ix, struct arena *a);
/* Cases whose id begins with these half bytes (hex digits), at most `max`. */
MUST_USE enum err index_match_cases(struct index_case **out, size_t *count, struct index *ix, struct arena *a,
	const char *hex_prefix, size_t max);

/* The frontier of a case: its change ids ascending, one after the other. */
MUST_USE enum err index_put_frontier(struct index *ix, int64_t case_no, struct bytes ids);

/* ---- Changes */
struct index_change {
	int64_t no, case_no;
	struct change_id id;
	struct git_id git;
	int64_t received; /* when it came here, UTC seconds */
	int64_t peer;     /* number of the peer it came from; 0: written here */
	int64_t cover;    /* own checkpoint (index_checkpoint no) that covers it, or INDEX_NOT_COVERED */
};
MUST_USE enum err index_find_change(struct index_change *out, struct index *ix, const struct change_id *id);
/* `c->no` is set.  The change must not be there yet. */
MUST_USE enum err index_add_change(struct index *ix, struct index_change *c);
/* The changes of a case in order of arrival, in the arena. */
MUST_USE enum err index_list_changes(
	struct index_change **out, size_t *count, struct index *ix, struct arena *a, int64_t case_no);
/* All changes with no > after, in order, at most `max`. */
MUST_USE enum err index_list_since(
	struct index_change **out, size_t *count, struct index *ix, struct arena *a, int64_t after, size_t max);
/* The newest change's number, 0 when there is none. */
MUST_USE enum err index_last_change(int64_t *no, struct index *ix);
/* Own changes (peer 0) that no own checkpoint covers yet, in order. */
MUST_USE enum err index_list_uncovered(
	struct index_change **out, size_t *count, struct index *ix, struct arena *a);
/* How many changes, own ones and others, no own checkpoint covers yet. */
MUST_USE enum err index_count_uncovered(int64_t *count, struct index *ix);
/* How many changes came from each peer that no own checkpoint covers yet. */
struct index_received {
	int64_t peer, count;
};
MUST_USE enum err index_count_received(
	struct index_received **out, size_t *count, struct index *ix, struct arena *a);
/* Marks everything up to `last` that is not covered as covered by checkpoint `cover`. */
MUST_USE enum err index_cover(struct index *ix, int64_t last, int64_t cover);
/* The same for one change; and for all that came from others. */
MUST_USE enum err index_cover_one(struct index *ix, int64_t no, int64_t cover);
MUST_USE enum err index_cover_received(struct index *ix, int64_t cover);
/* The greatest number that own checkpoints up to `cover` cover. */
MUST_USE enum err index_covered_until(int64_t *no, struct index *ix, int64_t cover);

/* ---- Blobs: where a named blob is in git. */
MUST_USE enum err index_find_blob(
	struct git_id *out, struct index *ix, char letter, const struct hash256 *hash);
/* It must not be there yet. */
MUST_USE enum err index_add_blob(
	struct index *ix, char letter, const struct hash256 *hash, const struct git_id *git);
struct index_blob {
	int64_t no;
	char letter;
	struct hash256 hash;
	struct git_id git;
};
MUST_USE enum err index_list_blobs(
	struct index_blob **out, size_t *count, struct index *ix, struct arena *a, char letter);

/* ---- Gaps: blobs that this site is entitled to and lacks.  A line names hash and length: one that lies
 * about the length names nothing, and stands in the way of no other. */
struct index_gap {
	int64_t case_no;
	char letter;
	struct hash256 hash;
	uint32_t size;
};
MUST_USE enum err index_add_gap(struct index *ix, const struct index_gap *gap);
/* All of that hash: it is here. */
MUST_USE enum err index_remove_gap(struct index *ix, char letter, const struct hash256 *hash);
MUST_USE enum err index_find_gap(
	bool *found, struct index *ix, char letter, const struct hash256 *hash, size_t size);
MUST_USE enum err index_list_gaps(
	struct index_gap **out, size_t *count, struct index *ix, struct arena *a, size_t max);

#endif
