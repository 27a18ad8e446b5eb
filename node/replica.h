/* The replica: one node's cases, charter and journal, and the only writer of its home.
 *
 * Command line, page, import, session and tests all write through replica_edit and replica_admit, which
 * judge by the same doors (schema/keep, schema/count), write one transaction and return what happened as
 * data.  No sockets, no printing. */
#ifndef NODE_REPLICA_H
#define NODE_REPLICA_H

#include "node/admission.h"
#include "node/casefile.h"
#include "node/journal.h"

struct replica;

struct replica_config {
	const char *home;    /* NULL: in memory (simulation) */
	struct store *store; /* taken; NULL: HOME/store.git */
	struct ports ports;
	struct node_keys *keys;      /* taken over (the struct is emptied) */
	struct site_keys *site_keys; /* taken over; empty: locked, or a relay */
	bool reborn;                 /* simulation: see journal_config */
	const char *who;             /* for the lock's file: "dossier edit" */
};

/* Opens a home that has joined a federation: store, index (rebuilt when it is fresh or behind), charter,
 * journal.  ERR_NOT_FOUND when there is no charter yet. */
MUST_USE enum err replica_open(struct replica **out, struct replica_config *config, struct err_text *why);
void replica_close(struct replica *r);

/* ---- Borrowed parts, for reading. */
const struct charter *replica_charter(const struct replica *r);
struct index *replica_index(struct replica *r);
struct store *replica_store(struct replica *r);
struct journal *replica_journal(struct replica *r);
const struct ports *replica_ports(const struct replica *r);
const struct box_key *replica_transport(const struct replica *r);
const struct site_keys *replica_site_keys(const struct replica *r); /* none: locked, or a relay */
const struct node_id *replica_node(const struct replica *r);
uint32_t replica_site(const struct replica *r); /* 0: this node is not (any more) in the charter */
const char *replica_home(const struct replica *r);
bool replica_is_locked(const struct replica *r);
MUST_USE enum err replica_form(
	const struct form **out, struct replica *r, uint32_t number, uint32_t version, struct err_text *why);
MUST_USE enum err replica_form_named(
	const struct form **out, struct replica *r, const char *name, struct err_text *why);

/* ---- The lock.  Every write happens between these two; they nest.  Taking it also takes in what
 * another process wrote meanwhile. */
MUST_USE enum err replica_lock(struct replica *r, struct err_text *why);
void replica_unlock(struct replica *r);
/* Takes in what another process wrote, without writing; *changed tells whether there was anything. */
MUST_USE enum err replica_refresh(bool *changed, struct replica *r, struct err_text *why);

/* ---- Cases.  A casefile is borrowed from the replica's cache until the next call of edit, admit, lock or
 * refresh. */
MUST_USE enum err replica_case(
	struct casefile **out, struct replica *r, const struct case_id *id, struct err_text *why);

/* ---- Editing */
struct edit_grant {
	uint32_t site;
	uint64_t compartments; /* bit n: compartment n; 0: all that are written and that the site may read */
};

struct edit {   /* one signed change; everything borrowed */
	bool opens; /* a new case of `form`; otherwise of case_id */
	bool judge_only; /* nothing is signed or written: only the verdict */
	const struct form *form;
	struct case_id case_id;
	const uint8_t *nonce; /* of an opening, CHANGE_NONCE_SIZE bytes; NULL: random.  One that opened a case
	                       * already is EDIT_REFUSED with REASON_ALREADY_SET */
	const struct sign_key *officer;
	uint32_t role;        /* to act in; 0: the least telling one that entitles */
	const struct op *ops; /* field 0 (OP_REASON) goes to core */
	uint32_t op_count;
	const struct edit_grant *grants;
	uint32_t grant_count;
	const uint32_t *withdraw; /* sites */
	uint32_t withdraw_count;
	const struct change_id *strikes;
	uint32_t strike_count;
};

enum edit_verdict {
	EDIT_DONE,
	EDIT_REFUSED,     /* an operation or act would not take effect: nothing was signed */
	EDIT_NOT_ENTITLED /* the officer has no role here, or may not do this at all */
};

struct edit_result {
	enum edit_verdict verdict;
	struct case_id case_id;
	struct change_id change;
	uint32_t op; /* EDIT_REFUSED: which operation */
	enum op_reason reason;
	role_set may;         /* roles that may do that operation */
	uint64_t without_key; /* compartments (bit n) that some member could not be given */
	struct err_text why;  /* in words, when not done */
};

/* Makes `count` changes in one transaction, in order; later ones see earlier ones.  Those that are refused
 * are left out, the others are written: look at every result.  ERR_OK also when none was done. */
MUST_USE enum err replica_edit(struct replica *r, const struct edit *edits, size_t count,
	struct edit_result *results, struct err_text *why);

/* ---- Admission: what others wrote (node/admission.h). */

/* Judges and keeps what can be kept, durable when it returns ERR_OK.  Verdicts are in the batch: nothing in
 * it can make this fail but the machine itself. */
MUST_USE enum err replica_admit(struct replica *r, struct admission *batch, struct err_text *why);

/* ---- Statements made here: builds the next statement of the root chain (issuer NULL) or of an officer's
 * chain, signs it, admits it, and demands that it counts (ERR_REFUSED otherwise, nothing is written). */
MUST_USE enum err replica_state(struct statement_id *id, struct replica *r, struct statement *s,
	const struct sign_key *issuer, bool root, struct err_text *why);

/* ---- Upkeep */
/* Empties the index and fills it from the store. */
MUST_USE enum err replica_reindex(struct replica *r, struct err_text *why);

#endif
