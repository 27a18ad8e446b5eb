/* The journal: what this node attests, checkpoint by checkpoint (docs/format.md "The journal").
 *
 * An incarnation is one unbroken life of the store.  It is opened, with checkpoint 0, at the first
 * write after a boot or when the home is not the one that was recorded (a copy, a restored backup), so
 * that no number is ever signed twice.  A read is in the log, flushed, before content is shown. */
#ifndef NODE_JOURNAL_H
#define NODE_JOURNAL_H

#include "node/index.h"
#include "node/index_peer.h"
#include "node/keystore.h"
#include "node/store.h"
#include "schema/charter_now.h"
#include "schema/entry.h"
#include "schema/grant.h"

struct journal;

enum {
	JOURNAL_PENDING_MAX = 64,   /* entries after which a checkpoint is due */
	JOURNAL_WAITING_MAX = 32768 /* own changes that may wait for one: all are listed in the next */
};

struct journal_config { /* all borrowed for the journal's life */
	const char *home;   /* NULL: no files (simulation), the read log is in memory */
	struct store *store;
	struct index *index;
	const struct ports *ports;
	const struct node_keys *keys;
	const struct site_keys *site_keys;
	const struct charter *charter;
	uint32_t site;
	bool reborn; /* simulation: the store was cloned, restored or the machine booted */
};

/* Finds where the journal stands, from the index or, when that is fresh, from the store.  The caller
 * holds the home's lock. */
MUST_USE enum err journal_open(
	struct journal **out, const struct journal_config *config, struct err_text *why);
void journal_close(struct journal *j);

/* Makes sure that an incarnation is open: writes checkpoint 0 when there is none for this life.  The
 * caller holds the lock.  Afterwards journal_head is what a change names. */
MUST_USE enum err journal_ensure(struct journal *j, struct err_text *why);

/* True once this life has its incarnation. */
bool journal_is_alive(const struct journal *j);

/* The newest own checkpoint, of whichever incarnation; NULL when there never was one. */
const struct checkpoint_id *journal_head(const struct journal *j);
const struct incarnation_id *journal_incarnation(const struct journal *j);
uint64_t journal_sequence(const struct journal *j); /* of the head */
/* Its number in the index: what `cover` of a change counts. */
int64_t journal_head_no(const struct journal *j);
/* Where it is in the store; NULL when there never was one. */
const struct git_id *journal_head_git(const struct journal *j);

/* Something that a peer should hear of: changes written, received or disclosed since the head.  Reads
 * and witnesses alone are not. */
MUST_USE enum err journal_has_news(bool *news, struct journal *j);
/* How much waits to be attested: changes and reads. */
MUST_USE enum err journal_count_pending(uint64_t *count, struct journal *j);

/* Signs a checkpoint of everything since the last one; of a long list of reads or disclosures more than one.
 * Nothing to attest is fine.  The caller holds the lock. */
MUST_USE enum err journal_checkpoint(struct journal *j, struct err_text *why);

/* Records that an officer is about to be shown something; durable when it returns ERR_OK.  The caller
 * holds the lock. */
MUST_USE enum err journal_show(struct journal *j, const struct entry *showed, struct err_text *why);
/* Records that a case is about to be sent to a site for the first time, with these compartments. */
MUST_USE enum err journal_disclose(struct journal *j, const struct entry *disclosed);

/* The reads that no checkpoint holds yet, in the arena. */
MUST_USE enum err journal_pending_reads(
	const struct entry **out, uint32_t *count, struct journal *j, struct arena *a, struct err_text *why);

/* The key that opens the entries of a checkpoint held in full, from its own or an earlier checkpoint's
 * box for this site.  ERR_NO_KEY.  *key is the caller's to free. */
MUST_USE enum err journal_find_key(struct secret *key, struct journal *j, const struct node_id *node,
	const struct incarnation_id *incarnation, struct err_text *why);

/* Of a checkpoint that is held in full: appends the sealed entries as they lie in the store; and opens them
 * with the journal key, in the arena. */
MUST_USE enum err journal_read_blob(
	struct buf *out, struct store *store, const struct git_id *tree, struct err_text *why);
MUST_USE enum err journal_read_entries(const struct entry **out, uint32_t *count, struct journal *j,
	struct arena *a, const struct checkpoint *c, const struct secret *journal_key, struct err_text *why);

#endif
