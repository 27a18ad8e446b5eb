/* Payloads: what a change says about the fields of one compartment, sealed (docs/format.md "Payloads").
 *
 * Plaintext: CBOR [role, [[field, op, value] or [field, op, value, basis], ...]], then zeros up to the
 * bucket.  Nothing inside ever refuses a change: what is not exactly that is a payload that is not
 * valid, and its operations are without effect. */
#ifndef SCHEMA_PAYLOAD_H
#define SCHEMA_PAYLOAD_H

#include "base/arena.h"
#include "base/id.h"
#include "base/seal.h"
#include "schema/op.h"

enum {
	PAYLOAD_DEPTH_MAX = 16, /* of arrays and maps, counted from the outermost of the item */
	PAYLOAD_BLOB_MAX = SEAL_PLAIN_MAX + SEAL_OVERHEAD
};

/* What the seal binds a payload to; all borrowed. */
struct payload_context {
	const struct federation_id *federation;
	const struct case_id *case_id;
	uint32_t compartment;
	const uint8_t *commitment; /* 32 bytes: the epoch's, from the grant act that opened it */
	const struct officer_id *officer;
	const struct change_id *parents; /* of the change */
	uint32_t parent_count;
};

struct payload {
	bool valid; /* false: undecodable, and the rest is empty */
	uint32_t role;
	const struct op *ops;
	uint32_t op_count;
};

/* Appends the plaintext without its padding.  Values must be canonical CBOR items.  ERR_FORMAT for a
 * number out of range or a value that is none, ERR_LIMIT beyond OPS_MAX, the depth or the greatest
 * bucket. */
MUST_USE enum err payload_encode(struct buf *out, uint32_t role, const struct op *ops, uint32_t count);

/* Reads a padded plaintext.  Ops and values are put into the arena; `plain` may be wiped afterwards.
 * ERR_MEMORY only: anything else is a verdict in *out. */
MUST_USE enum err payload_decode(struct payload *out, struct arena *a, struct bytes plain);

/* Appends the blob under the epoch's payload key (grant_payload_key).  The nonce is fresh. */
MUST_USE enum err payload_seal(struct buf *blob, const struct secret *payload_key,
	const struct payload_context *x, const uint8_t nonce[SEAL_NONCE_SIZE], uint32_t role,
	const struct op *ops, uint32_t count);

/* Opens and reads a blob.  A wrong key, an altered blob or another context make a payload that is not
 * valid; ERR_MEMORY is the only error. */
MUST_USE enum err payload_open(struct payload *out, struct arena *a, const struct secret *payload_key,
	const struct payload_context *x, struct bytes blob);

#endif
