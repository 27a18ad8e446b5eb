/* Journal entries: what a node did between two checkpoints, sealed under keys of the incarnation's
 * journal key J (docs/format.md "The journal"), and the records of the pending read log. */
#ifndef SCHEMA_ENTRY_H
#define SCHEMA_ENTRY_H

#include "base/arena.h"
#include "base/id.h"
#include "base/seal.h"
#include "schema/checkpoint.h"

/* One entry alone always fits into a checkpoint. */
enum {
	ENTRIES_SIZE_MAX = SEAL_UNPADDED_MAX, ENTRIES_BLOB_MAX = ENTRIES_SIZE_MAX + SEAL_OVERHEAD,
	ENTRIES_COUNT_MAX = 65536,
	ENTRY_SIZE_MAX = ENTRIES_SIZE_MAX - 8,
	ENTRY_SHOWED_MAX = 262136, /* of one in the read log */
	ENTRY_REASON_MAX = 80      /* characters */
};

enum entry_kind { /* final */
	ENTRY_WROTE = 1, ENTRY_RECEIVED, ENTRY_SHOWED, ENTRY_DISCLOSED, ENTRY_ERASED, ENTRY_WITNESSED
};
const char *entry_kind_name(uint32_t kind); /* "showed"; "unknown" */

enum entry_show_code { SHOW_WORK = 0, SHOW_BREAK_GLASS = 1, SHOW_AUDIT = 2, SHOW_EXPORT = 3 };

struct entry {
	uint32_t kind; /* one above ENTRY_WITNESSED: of a later version, only `item` is filled */
	union {
		struct {
			const struct change_id *changes; /* in order */
			uint32_t count;
		} wrote;
		struct {
			struct node_id node;
			struct incarnation_id incarnation;
			uint64_t from, to; /* sequences of its checkpoints known at the time */
			uint64_t count;    /* changes taken */
		} received;
		struct {
			uint64_t time;
			struct officer_id officer;
			const struct case_id *cases;
			uint32_t case_count;
			uint64_t compartments; /* bit n: compartment n */
			uint32_t code;         /* enum entry_show_code */
			struct bytes reason;   /* clean text */
		} showed;
		struct {
			uint64_t time;
			uint32_t site;
			struct case_id case_id;
			uint64_t compartments;
		} disclosed;
		struct {
			struct case_id case_id;
			uint32_t compartment;
		} erased;
		struct {
			struct node_id node;
			struct incarnation_id incarnation;
			uint64_t sequence;
			struct checkpoint_id checkpoint;
		} witnessed;
	} as;
	struct bytes item; /* the entry's CBOR, of a decoded one; to be encoded: of a later kind */
};

/* Appends the CBOR of one entry: for adding up what fits into a checkpoint.  ERR_FORMAT for one that
 * breaks the format, ERR_LIMIT beyond ENTRY_SIZE_MAX. */
MUST_USE enum err entry_encode(struct buf *out, const struct entry *entry);

/* Appends CBOR [entry...]; as entry_encode, and ERR_LIMIT for more than ENTRIES_COUNT_MAX of them. */
MUST_USE enum err entries_encode(struct buf *out, const struct entry *entries, uint32_t count);

/* Reads one entry into the arena.  ERR_FORMAT, ERR_LIMIT. */
MUST_USE enum err entry_decode(struct entry *out, struct arena *a, struct bytes plain);

/* Reads CBOR [entry...] into the arena.  ERR_FORMAT, ERR_LIMIT. */
MUST_USE enum err entries_decode(const struct entry **out, uint32_t *count, struct arena *a,
	struct bytes plain, struct err_text *why);

/* Two keys from the journal key; *out is the caller's to free. */
MUST_USE enum err entries_key(struct secret *out, const struct secret *journal_key);
MUST_USE enum err readlog_key(struct secret *out, const struct secret *journal_key);

/* Appends the entries blob of the checkpoint `c` (node, incarnation, sequence and previous are set).
 * The nonce is fresh. */
MUST_USE enum err entries_seal(struct buf *blob, const struct secret *key, const struct checkpoint *c,
	const uint8_t nonce[SEAL_NONCE_SIZE], const struct entry *entries, uint32_t count);

/* Opens and reads it.  ERR_CRYPTO for another key or checkpoint. */
MUST_USE enum err entries_open(const struct entry **out, uint32_t *count, struct arena *a,
	const struct secret *key, const struct checkpoint *c, struct bytes blob, struct err_text *why);

/* Appends one record of the read log, number `record` of the file from 0: length (4 bytes, big endian)
 * and sealed entry (ENTRY_SHOWED).  ERR_LIMIT when the entry is larger than ENTRY_SHOWED_MAX. */
MUST_USE enum err readlog_put(struct buf *out, const struct secret *key, const struct node_id *node,
	const struct incarnation_id *incarnation, uint64_t record, const uint8_t nonce[SEAL_NONCE_SIZE],
	const struct entry *showed);

/* Takes the record at *at of the file and moves *at behind it.  ERR_NOT_FOUND at the end, ERR_MISSING
 * when the file ends within the record (a write that a crash cut off), ERR_FORMAT, ERR_CRYPTO; *at
 * stays then. */
MUST_USE enum err readlog_next(struct entry *showed, struct arena *a, const struct secret *key,
	const struct node_id *node, const struct incarnation_id *incarnation, uint64_t record,
	struct bytes file, size_t *at);

#endif
