/* Checkpoints: the signed commits of a node's journal (docs/format.md "The journal").
 *
 * As a change: text -> struct -> text is byte-exact or refused.  The tree's git id is computed by the
 * caller, who keeps the store, and passed in. */
#ifndef SCHEMA_CHECKPOINT_H
#define SCHEMA_CHECKPOINT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/id.h"
#include "base/seal.h"
#include "base/sign.h"
#include "schema/change.h"

enum {
	CHECKPOINT_WIRE_MAX = SEAL_UNPADDED_MAX + 128 * 1024, /* entries, boxes, and the rest */
	CHECKPOINT_SEQUENCE_MAX = 0x7fffffff
};

struct checkpoint {
	struct federation_id federation; /* stands in the author line */
	struct git_id tree;              /* of one entry, `entries` */
	bool has_parent;                 /* a git parent; always from sequence 1 on */
	struct git_id parent;
	uint64_t time;
	struct node_id node;
	struct incarnation_id incarnation;
	uint8_t signature[SIGN_SIZE];
	uint64_t sequence;
	struct hash256 entries;         /* BLAKE2b-256 of the entries blob */
	struct checkpoint_id previous;  /* zero: none; then there is no parent either */
	struct hash256 head;            /* RFC 6962 tree head (SHA-256) over the earlier checkpoints' ids */
	const struct change_box *boxes; /* the journal key, ascending by site */
	uint32_t box_count;
};

/* Append the commit without and with its gpgsig header.  ERR_FORMAT, ERR_LIMIT as checkpoint_check. */
MUST_USE enum err checkpoint_put_unsigned(struct buf *out, const struct checkpoint *c);
MUST_USE enum err checkpoint_put_commit(struct buf *out, const struct checkpoint *c);

/* Signs: fills c->signature and appends the whole commit.  The key is that of c->node. */
MUST_USE enum err checkpoint_sign(struct buf *out, struct checkpoint *c, const struct sign_key *node);

/* Reads a commit, demanding byte equality with the canonical form; does not verify the signature. */
MUST_USE enum err checkpoint_parse_commit(struct checkpoint **out, struct arena *a, struct bytes commit,
	struct err_text *why);

/* The signature holds over the commit (ERR_CRYPTO). */
MUST_USE enum err checkpoint_verify(const struct checkpoint *c, struct bytes commit);

void checkpoint_get_id(struct checkpoint_id *id, struct bytes commit);

/* Wire form.  With `entries` (the blob, whose hash is c->entries) to a reader of the journal; without
 * (size 0) the tree's id goes in its place, to a witness. */
MUST_USE enum err checkpoint_put_wire(struct buf *out, const struct checkpoint *c, struct bytes entries);

/* Reads a wire form.  When it carries the entries, *entries lends them from `wire`, their hash is
 * checked (ERR_CRYPTO), and c->tree is zero: the caller computes it before the commit can be rebuilt.
 * Otherwise *entries is empty and c->tree is filled. */
MUST_USE enum err checkpoint_parse_wire(struct checkpoint **out, struct bytes *entries, struct arena *a,
	const struct federation_id *f, struct bytes wire, struct err_text *why);

/* The structural rules that both readers and the writer share. */
MUST_USE enum err checkpoint_check(const struct checkpoint *c, struct err_text *why);

#endif
