/* Between the files of the journal: its state.  Nobody else includes this. */
#ifndef NODE_JOURNAL_OWN_H
#define NODE_JOURNAL_OWN_H

#include "base/merkle.h"
#include "node/journal.h"

enum { JOURNAL_SITES_MAX = 1024, JOURNAL_STATE_MAX = 64 * 1024 };

struct journal {
	struct journal_config config;
	bool is_open;  /* there is an incarnation in this state */
	bool is_alive; /* and it is of this life of the store: it may be written */
	struct incarnation_id incarnation;
	uint64_t sequence; /* of the head */
	struct checkpoint_id head;
	struct git_id head_git;
	int64_t head_no;
	struct merkle tree;                /* over the incarnation's checkpoints, the head included */
	struct secret key;                 /* J */
	uint32_t boxed[JOURNAL_SITES_MAX]; /* sites that were given J, ascending */
	uint32_t boxed_count;
	uint64_t records;      /* in the read log of this incarnation */
	bool unread_logs;      /* a log of an earlier incarnation, whose key is out of reach, is left alone */
	struct buf memory_log; /* the read log when there is no home */
	struct buf disclosed;  /* CBOR of pending entries, one after the other */
	uint32_t disclosed_count;
};

/* This node's id: its signing key. */
static inline struct node_id journal_self(const struct journal *j)
{
	struct node_id id;
	memcpy(id.b, j->config.keys->sign.public_key, sizeof id.b);
	return id;
}

/* Reads and writes the state in the index (meta "journal").  ERR_NOT_FOUND when it is not there or of
 * another key. */
MUST_USE enum err journal_load_state(struct journal *j);
MUST_USE enum err journal_save_state(struct journal *j);

/* Opens the entries of a checkpoint that is held in full; in the arena. */
MUST_USE enum err journal_read_entries(const struct entry **out, uint32_t *count, struct journal *j,
	struct arena *a, const struct checkpoint *c, const struct secret *journal_key, struct err_text *why);

/* Rebuilds the state and the rows of own checkpoints from refs/heads/journal. */
MUST_USE enum err journal_rebuild(struct journal *j, const struct git_id *head, struct err_text *why);

/* ---- The read log: one file per incarnation, HOME/readlog-INC16. */
MUST_USE enum err readlog_collect(
	const struct entry **out, uint32_t *count, struct journal *j, struct arena *a, struct err_text *why);
MUST_USE enum err readlog_count_records(struct journal *j, struct err_text *why);
/* After a checkpoint took all records in. */
MUST_USE enum err readlog_remove(struct journal *j, struct err_text *why);

#endif
