/* The charter: the signed statements of membership that are kept here, and which of them count.
 *
 * Two questions, two answers.  *Kept* is judged at admission, from facts that never change: the body is
 * canonical, its chain fits, and it is signed by keys that the superior it names lists.  *Counts* is
 * computed from all that is kept and may change with the next statement (a fork freezes a chain).  The
 * same set of statements gives the same answers, in whatever order they were admitted.
 *
 * Invariant: a kept statement's predecessor and superior are kept, and were admitted before it. */
#ifndef SCHEMA_CHARTER_H
#define SCHEMA_CHARTER_H

#include "schema/statement.h"

enum { CHARTER_STATEMENTS_MAX = 1 << 20, CHARTER_BLOBS_MAX = 256 << 20, CHARTER_MEMORY_MAX = 1 << 30 };

struct charter;

enum charter_verdict {
	CHARTER_KEPT,
	CHARTER_KNOWN,  /* was kept already (a statement's id does not cover its signatures) */
	CHARTER_WAITS,  /* names a statement that is not here */
	CHARTER_REFUSED /* can never be kept */
};

enum charter_refusal { /* final codes */
	CHARTER_REFUSAL_NONE, CHARTER_BAD_FORMAT, CHARTER_BAD_SIGNATURE, CHARTER_OTHER_FEDERATION,
	CHARTER_BAD_CHAIN,   /* the predecessor is of another chain, or not one position before */
	CHARTER_BAD_SUPERIOR,/* the superior names no root keys, or no appointment of this issuer */
	CHARTER_NO_QUORUM,   /* fewer than k of the root keys signed */
	CHARTER_FULL         /* over CHARTER_STATEMENTS_MAX or CHARTER_BLOBS_MAX */
};
const char *charter_refusal_name(enum charter_refusal r); /* "bad_chain" */

enum charter_standing { /* final codes: why a kept statement counts or not */
	CHARTER_COUNTS,
	CHARTER_NO_EFFECT,   /* of a code, or with arguments, that this version gives no effect */
	CHARTER_FROZEN,      /* frozen, and not an ending */
	CHARTER_SUPERIOR,    /* its superior does not count or is not in force */
	CHARTER_NOT_ENTITLED,/* not for this issuer to say, or more than he may give */
	CHARTER_TAKEN        /* contradicts an earlier statement of the root chain: a name, a number, a key */
};
const char *charter_standing_name(enum charter_standing s); /* "not_entitled" */

struct charter_entry { /* one kept statement; lives as long as the charter */
	const struct statement *statement;
	struct bytes blob;
	uint32_t index; /* in the order of admission */
	enum charter_standing standing;
	bool frozen;         /* at or after a fork of its chain */
	bool ended;          /* by a statement that counts; from where on, see schema/entitle.h */
	uint64_t ended_from; /* the least position of its own chain from which on */
};

struct charter_admission {
	enum charter_verdict verdict;
	enum charter_refusal refusal;
	struct statement_id id;           /* zero when the blob could not be read */
	struct statement_id missing;      /* CHARTER_WAITS: what has to come first */
	const struct charter_entry *entry; /* CHARTER_KEPT, CHARTER_KNOWN */
};

/* An empty charter.  With `federation` only its first statement is taken as such; with NULL the first
 * one admitted decides.  *out is freed with charter_free. */
MUST_USE enum err charter_new(struct charter **out, const struct federation_id *federation);
void charter_free(struct charter *c);

/* Judges a blob and keeps it when it can be kept; copies what it needs.  ERR_MEMORY only, and the
 * charter is then as before. `why` puts a refusal in words. */
MUST_USE enum err charter_admit(struct charter_admission *out, struct charter *c, struct bytes blob,
	struct err_text *why);

/* NULL while the first statement is not here. */
const struct charter_entry *charter_first(const struct charter *c);
const struct federation_id *charter_federation(const struct charter *c); /* NULL: not decided yet */

/* The kept statements in the order of admission: an order in which each is kept again. */
uint32_t charter_count(const struct charter *c);
const struct charter_entry *charter_get(const struct charter *c, uint32_t index);
const struct charter_entry *charter_find(const struct charter *c, const struct statement_id *id);

/* Grows whenever something that was kept before is judged otherwise from now on: by a fork, an ending, or a
 * later statement of a site.  What was worked out under another count is to be worked out again. */
uint64_t charter_turns(const struct charter *c);

/* True when `a` is `b` or one of the statements before it in its chain.  O(log n). */
bool charter_precedes(const struct charter *c, const struct charter_entry *a, const struct charter_entry *b);

/* True when two statements of that chain (NULL: the root's) name one predecessor. */
bool charter_is_forked(const struct charter *c, const struct officer_id *issuer);

/* ---- Heads: the statements that none follows in their chain (one per chain, more after a fork). */
struct charter_head {
	bool has_issuer;
	struct officer_id issuer;
	uint64_t position;
	struct statement_id id;
};

/* All heads, root chain first, then by issuer, position, id; in the arena. */
MUST_USE enum err charter_heads(const struct charter_head **out, uint32_t *count, struct arena *a,
	const struct charter *c);

/* A digest of everything kept: hash of CBOR ["dossier charter 1", [head id...] ascending]. */
MUST_USE enum err charter_digest(struct hash256 *out, const struct charter *c);

/* What someone with these heads lacks: the indices, ascending, of the statements that neither are one of
 * the heads nor come before one.  Of a head's id the first `prefix` bytes (1 to 32) are looked at.  A head
 * beyond the end of a chain that has no fork here is taken to stand for all of it; another head that is
 * not known here is passed over. */
MUST_USE enum err charter_lacking(const uint32_t **out, uint32_t *count, struct arena *a,
	const struct charter *c, const struct charter_head *heads, uint32_t head_count, unsigned prefix);

#endif
