/* Between the files of the audit: what is gathered on the way.  Nobody else includes this. */
#ifndef NODE_AUDIT_OWN_H
#define NODE_AUDIT_OWN_H

#include "node/audit.h"

enum { AUDIT_MEMORY_MAX = 1 << 30, AUDIT_FAULTS_MAX = 10000 };

struct audit_wrote { /* a change that was looked at: what its author's journal has to say about it */
	struct change_id id;
	struct node_id node;
	struct checkpoint_id named; /* the checkpoint that it names */
};

struct audit_named { /* a journal names a change */
	struct change_id id;
	struct node_id node;
	struct checkpoint_id follows; /* `previous` of the checkpoint that does */
};

struct audit_held { /* a checkpoint that is held, whatever its form */
	struct node_id node;
	struct incarnation_id incarnation;
	uint64_t sequence;
	struct checkpoint_id id, previous;
	bool opened; /* its entries were read */
};

struct audit_witnessed { /* one node's word about another's journal */
	struct node_id by, node;
	struct incarnation_id incarnation;
	uint64_t sequence;
	struct checkpoint_id id;
};

struct auditor {
	struct audit *out;
	struct replica *r;
	const struct audit_options *options;
	struct err_text *why;
	struct audit_wrote *wrote;
	uint32_t wrote_count, wrote_room;
	struct audit_named *named;
	uint32_t named_count, named_room;
	struct audit_held *held;
	uint32_t held_count, held_room;
	struct audit_witnessed *witnessed;
	uint32_t witnessed_count, witnessed_room;
};

/* Notes a fault; `id` (32 bytes, or NULL) is named by its first digits in front of the words. */
MUST_USE enum err audit_put_fault(struct auditor *a, enum audit_fault_kind kind, const char *what,
	const uint8_t *id, const char *fmt, ...) PRINTF_LIKE(5, 6);

/* True for what is wrong with the bytes, and not with the machine. */
static inline bool audit_is_finding(enum err e)
{
	return e == ERR_FORMAT || e == ERR_LIMIT || e == ERR_CRYPTO || e == ERR_NOT_FOUND || e == ERR_IO
		|| e == ERR_MISSING;
}

/* True when what this node wrote is asked for. */
bool audit_wants_node(const struct auditor *a, const struct node_id *node);

MUST_USE enum err audit_statements(struct auditor *a); /* audit.c */
MUST_USE enum err audit_cases(struct auditor *a);      /* audit_case.c */
MUST_USE enum err audit_journals(struct auditor *a);   /* audit_journal.c */
MUST_USE enum err audit_pending(struct auditor *a);    /* audit_entry.c: the own read log */
/* What the entries of one checkpoint say (audit_entry.c). */
MUST_USE enum err audit_entries(struct auditor *a, const struct checkpoint *c, uint32_t site,
	const struct entry *entries, uint32_t count);
/* After all journals: each change named once and in its place; witnesses agree (audit_agree.c). */
MUST_USE enum err audit_agree(struct auditor *a);

#endif
