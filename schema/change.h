/* A change: one officer's signed edit of one case, and its canonical commit text.
 *
 * A `struct change` is the decoded manifest.  Text -> struct -> text is byte-exact or refused, and so
 * is wire -> struct -> text (docs/format.md "A change").  All pointers are borrowed from the arena that
 * the decode was given. */
#ifndef SCHEMA_CHANGE_H
#define SCHEMA_CHANGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/id.h"
#include "base/sshsig.h"

enum {
	CHANGE_MANIFEST_MAX = 65536, CHANGE_COMMIT_MAX = 80 * 1024, CHANGE_PARENTS_MAX = 64,
	CHANGE_ACTS_MAX = 256, CHANGE_BOXES_MAX = 256, CHANGE_GRANTS_MAX = 64, CHANGE_PAYLOADS_MAX = 64,
	CHANGE_BLOBS_MAX = 1024 * 1024, CHANGE_ACT_ARGS_MAX = 16384, CHANGE_NONCE_SIZE = 16,
	CHANGE_WIRE_MAX = 64 * 1024, CHANGE_NUMBER_MAX = 0x7fffffff
};
#define CHANGE_TIME_MAX ((UINT64_C(1) << 34) - 1)

struct change_box {
	uint32_t site, keyno;
	uint8_t box[80]; /* a wrap key sealed to that key of the site */
};

struct change_act {
	uint32_t code, role;
	struct bytes args; /* canonical CBOR */
};

struct change_blob { /* a grants or payload line */
	uint32_t compartment;
	bool own_epoch;         /* epoch 0: opened by this very change */
	struct change_id epoch; /* otherwise */
	struct hash256 hash;
	uint32_t size;
};

struct change {
	struct federation_id federation; /* stands in the author line */
	uint64_t time;                   /* claimed, UTC seconds */
	struct officer_id officer;
	uint8_t signature[SIGN_SIZE];
	struct case_id case_id;
	uint32_t form, form_version;
	struct statement_id root, issuer;
	struct node_id node;
	struct incarnation_id incarnation;
	struct checkpoint_id checkpoint;
	uint8_t nonce[CHANGE_NONCE_SIZE]; /* used when there are no parents */
	const struct change_id *parents;  /* ascending */
	uint32_t parent_count;
	const struct change_box *boxes;
	uint32_t box_count;
	const struct change_act *acts;
	uint32_t act_count;
	const struct change_blob *grants;
	uint32_t grant_count;
	const struct change_blob *payloads;
	uint32_t payload_count;
};

/* Appends the commit without its gpgsig header: what is signed.  `parents_git` are the git ids of the
 * parents in the change's order.  ERR_LIMIT or ERR_FORMAT when the struct breaks a rule of the format. */
MUST_USE enum err change_put_unsigned(struct buf *out, const struct change *c,
	const struct git_id *parents_git);

/* Appends the whole canonical commit (c->signature inside). */
MUST_USE enum err change_put_commit(struct buf *out, const struct change *c,
	const struct git_id *parents_git);

/* Signs: fills c->signature and appends the whole commit. */
MUST_USE enum err change_sign(struct buf *out, struct change *c, const struct git_id *parents_git,
	const struct sign_key *officer);

/* Reads a commit, demanding byte equality with the canonical form.  *parents_git (in the arena) are
 * what the parent headers say.  ERR_FORMAT or ERR_LIMIT; `why` says which line.  Does not verify the
 * signature. */
MUST_USE enum err change_parse_commit(struct change **out, const struct git_id **parents_git, struct arena *a,
	struct bytes commit, struct err_text *why);

/* The signature holds over the commit (ERR_CRYPTO). */
MUST_USE enum err change_verify(const struct change *c, struct bytes commit);

/* The id: hash of the whole commit. */
void change_get_id(struct change_id *id, struct bytes commit);

/* The case id that an opening by `officer` with `nonce` makes. */
void change_case_id(struct case_id *id, const struct federation_id *f, const struct officer_id *officer,
	const uint8_t nonce[CHANGE_NONCE_SIZE]);

/* Portable wire form: all literal.  The federation is the session's and not inside. */
MUST_USE enum err change_put_wire(struct buf *out, const struct change *c);
MUST_USE enum err change_parse_wire(struct change **out, struct arena *a, const struct federation_id *f,
	struct bytes wire, struct err_text *why);

/* The structural rules both readers and the writer share: order, uniqueness, ranges, limits.  Whether an
 * opening makes the case it names is for schema/keep. */
MUST_USE enum err change_check(const struct change *c, struct err_text *why);

#endif
