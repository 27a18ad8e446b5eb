/* The audit: everything that a node holds, verified again from the bytes in its store, and who read what.
 *
 * Nothing is taken from the index but where things lie.  What is wrong is a fault with a name; what cannot
 * be checked here, since the bytes or the key are elsewhere, is counted apart and is no fault. */
#ifndef NODE_AUDIT_H
#define NODE_AUDIT_H

#include "base/json.h"
#include "node/naming.h"

enum audit_fault_kind { /* names are final: they stand in --json */
	AUDIT_UNREADABLE,   /* the store does not give the object, or it is damaged */
	AUDIT_STATEMENT,    /* a statement of the charter does not hold */
	AUDIT_CHANGE,       /* a commit is not the canonical form of a change that may be kept */
	AUDIT_SIGNATURE,    /* a signature does not hold */
	AUDIT_OTHER_ID,     /* the bytes are not those of the id under which they are held */
	AUDIT_PARENT,       /* a parent is missing, of another case, or not the one signed */
	AUDIT_BLOB,         /* a payload or grant is not the one that its manifest names */
	AUDIT_CBOR,         /* two readers do not agree on an encoding */
	AUDIT_CHECKPOINT,   /* a checkpoint is not canonical, or of no node of the charter */
	AUDIT_CHAIN,        /* sequence, previous or tree head do not continue the journal */
	AUDIT_ENTRIES,      /* the entries are not those that the checkpoint names, or do not open */
	AUDIT_NOT_NAMED,    /* the checkpoint that follows the one a change names does not name the change */
	AUDIT_NAMED_TWICE,
	AUDIT_NAMED_ELSEWHERE, /* by another checkpoint than the one that follows */
	AUDIT_NOT_HELD,        /* this node's own journal names a change that is not here */
	AUDIT_REWRITTEN,       /* a journal is not the one that was witnessed */
	AUDIT_CLONED,          /* two incarnations of one node open from one head */
	AUDIT_COPIED_KEY       /* one officer's key at work in two places at once */
};
const char *audit_fault_name(enum audit_fault_kind kind); /* "not_named" */

struct audit_fault {
	enum audit_fault_kind kind;
	struct err_text words; /* names the thing */
};

struct audit_read { /* one entry of a journal, or of the pending read log */
	uint64_t time;
	struct officer_id officer;
	struct node_id node;
	uint32_t site;
	const struct case_id *cases;
	uint32_t case_count;
	uint64_t compartments;
	uint32_t code; /* enum entry_show_code */
	struct bytes reason;
	bool pending; /* no checkpoint holds it yet */
};

struct audit_counts {
	uint64_t statements, changes, payloads, grants, acts;
	uint64_t not_here;    /* payloads and grants whose bytes are not here (most belong to other sites) */
	uint64_t not_counted; /* changes that are kept and take no effect: retired, not a member, ... */
	uint64_t journals, checkpoints;
	uint64_t sealed;     /* checkpoints whose entries can't be opened here */
	uint64_t attested;   /* changes that the journals name, whether they are here or not */
	uint64_t named;      /* changes that a journal names as it must */
	uint64_t unattested; /* changes of which no journal here could say so yet */
	uint64_t witnesses;  /* heads of journals that agree with what others witnessed */
};

struct audit_options {
	const struct case_id *only_case; /* NULL: all */
	uint32_t only_site;              /* 0: all: what its nodes wrote, their journals, their reads */
	uint64_t since;                  /* changes and reads from this claimed time on */
	void *context;
	void (*progress)(void *context, uint64_t done); /* changes looked at; NULL */
};

struct audit {
	struct arena arena;
	struct audit_counts counts;
	struct audit_fault *faults;
	uint32_t fault_count, fault_room;
	struct audit_read *reads; /* by time, then node */
	uint32_t read_count, read_room;
};

/* ERR_OK whatever the findings are; an error is the machine's.  Free with audit_clear in any case. */
MUST_USE enum err audit_run(
	struct audit *out, struct replica *r, const struct audit_options *options, struct err_text *why);
void audit_clear(struct audit *a);

/* As JSON (docs/json.md "audit"); with `reads` who read what. */
MUST_USE enum err audit_json(
	struct json_out *o, const struct audit *a, const struct naming *naming, struct replica *r, bool reads);

#endif
