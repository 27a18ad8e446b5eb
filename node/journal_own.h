/* Between the files of the journal: its state.  Nobody else includes this. */
#ifndef NODE_JOURNAL_OWN_H
#define NODE_JOURNAL_OWN_H

#include "base/merkle.h"
#include "node/fs.h"
#include "node/journal.h"

enum { JOURNAL_SITES_MAX = 1024, JOURNAL_STATE_MAX = 64 * 1024 };

struct journal {
	struct journal_config config;
	bool is_open;  /* the incarnation of the head is known with its key */
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
	struct buf memory_log; /* the read log when there is no home */
	struct fs_names
		taken; /* the logs that were collected last; one whose key is out of reach is left alone */
};

struct journal_fresh { /* an incarnation that begins; the key goes over to the journal when it was written */
	struct incarnation_id incarnation;
	struct secret key;
};

/* There is a checkpoint that the next one follows, of whichever incarnation. */
static inline bool journal_has_head(const struct journal *j)
{
	return !git_id_is_zero(&j->head_git);
}

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

/* Rebuilds the state and the rows of own checkpoints from refs/heads/journal. */
MUST_USE enum err journal_rebuild(struct journal *j, const struct git_id *head, struct err_text *why);

/* Attests everything that waits, in one transaction: the next checkpoint, or checkpoint 0 of `fresh`; further
 * ones when it is more than one takes (journal_checkpoint.c).  After an error the journal is as it was. */
MUST_USE enum err journal_write(struct journal *j, const struct journal_fresh *fresh, struct err_text *why);

/* ---- The read log: one file per incarnation, HOME/readlog-INC16. */
MUST_USE enum err readlog_collect(
	const struct entry **out, uint32_t *count, struct journal *j, struct arena *a, struct err_text *why);
MUST_USE enum err readlog_count_records(struct journal *j, struct err_text *why);
/* After a checkpoint took in what was collected last. */
MUST_USE enum err readlog_remove(struct journal *j, struct err_text *why);

#endif
