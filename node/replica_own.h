/* Between the files of the replica: its state and its transactions.  Nobody else includes this. */
#ifndef NODE_REPLICA_OWN_H
#define NODE_REPLICA_OWN_H

#include "node/flock.h"
#include "node/replica.h"

enum { REPLICA_CACHE_MAX = 512, REPLICA_MEMORY_MAX = 1 << 30 };

struct case_slot { /* open addressing, by the first bytes of the case id */
	struct casefile *file;
	uint64_t used; /* when last asked for: the oldest go first */
};

struct replica {
	char *home; /* NULL: in memory */
	char *who;
	struct store *store;
	struct index *index;
	struct ports ports;
	struct node_keys keys;
	struct site_keys site_keys;
	struct charter *charter;
	int64_t statements_until; /* number of the last 's' blob that the charter holds */
	struct formbook *forms;
	struct journal *journal;
	struct node_id node;
	uint32_t site;
	bool reborn;
	struct store_heads heads; /* up to where index, charter and journal here hold what is in the store */
	struct home_lock lock;
	unsigned lock_depth;
	struct casefile_env env;
	struct case_slot *cases;
	uint32_t case_count, case_room;
	uint64_t clock; /* counts uses of casefiles */
};

/* The heads that are known move with the own journal.  Never take them from the store instead: what was
 * written and could not be indexed must be seen as new by whoever takes the lock next. */
void replica_note_journal(struct replica *r);

/* ---- Loading (replica_load.c) */
MUST_USE enum err replica_load_charter(struct replica *r, struct err_text *why);
MUST_USE enum err replica_reload_charter(struct replica *r, struct err_text *why);
MUST_USE enum err replica_open_journal(struct replica *r, struct err_text *why);
/* After statements were admitted: casefiles judged under the old ones are read again. */
MUST_USE enum err replica_charter_grew(struct replica *r, struct err_text *why);
/* Whether a statement would be kept and count, on a charter of its own.  ERR_REFUSED. */
MUST_USE enum err replica_try_statement(struct replica *r, struct bytes blob, struct err_text *why);
/* Brings the index up to the store's heads. */
MUST_USE enum err replica_catch_up(struct replica *r, struct err_text *why);

/* ---- The cache of casefiles (replica_cases.c) */
MUST_USE enum err replica_put_case(struct replica *r, struct casefile *f);
struct casefile *replica_find_case(struct replica *r, const struct case_id *id);
void replica_drop_case(struct replica *r, const struct case_id *id);
void replica_drop_cases(struct replica *r);
void replica_trim_cases(struct replica *r);
/* Blobs arrived: what was unknown may be known now. */
void replica_retry_cases(struct replica *r);

/* ---- Transactions (replica_txn.c): collected, then written as one. */
struct txn_change {
	struct change_id id;
	struct casefile *file;
	uint32_t position;
	int64_t peer; /* number in the index; 0: written here */
};

struct txn {
	struct replica *r;
	struct arena arena;
	struct store_blob *blobs;
	uint32_t blob_count, blob_room;
	struct store_change *changes;
	struct txn_change *rows; /* one per change */
	uint32_t change_count, change_room, row_room;
	struct store_checkpoint *checkpoints;
	struct index_checkpoint *checkpoint_rows; /* one per checkpoint */
	uint32_t checkpoint_count, checkpoint_room, checkpoint_row_room;
	struct index_checkpoint *witnessed; /* kept as 'c' blobs */
	uint32_t *witnessed_blob;           /* their places in blobs */
	uint32_t witnessed_count, witnessed_room, witnessed_blob_room;
	bool statements;
};

/* Also begins the index's transaction, which its questions are answered in: alone, each costs locks of its
 * own.  After an error there is nothing to end. */
MUST_USE enum err txn_begin(struct txn *t, struct replica *r, struct err_text *why);
/* The data are borrowed until txn_end: put them in t->arena.  A blob that is there already is left out. */
MUST_USE enum err txn_add_blob(struct txn *t, char letter, const struct hash256 *hash, struct bytes data);
/* The same for one that was sealed just now and so can't be there. */
MUST_USE enum err txn_add_new_blob(struct txn *t, char letter, const struct hash256 *hash, struct bytes data);
/* The casefile holds the change already, with its git id. */
MUST_USE enum err txn_add_change(
	struct txn *t, struct casefile *file, uint32_t position, struct bytes commit, int64_t peer);
/* Writes store, then index.  Nothing to write is fine. */
MUST_USE enum err txn_commit(struct txn *t, struct err_text *why);
/* Frees; after a failed commit or without one, all casefiles are dropped: borrowed ones are gone. */
void txn_end(struct txn *t, bool committed);
/* Whether a blob is in this transaction. */
bool txn_has_blob(const struct txn *t, char letter, const struct hash256 *hash);

/* ---- After changes were taken in (replica_share.c): who shares the case, what is lacking. */
MUST_USE enum err replica_note_change(struct replica *r, struct casefile *f, uint32_t position);
MUST_USE enum err replica_note_case(struct replica *r, struct casefile *f);
/* All of that for the changes after that number, as after a crash. */
MUST_USE enum err replica_note_since(struct replica *r, int64_t after, struct err_text *why);
/* All of it for all cases: what the charter said of their changes, it says no longer. */
MUST_USE enum err replica_note_afresh(struct replica *r, struct err_text *why);

#endif
