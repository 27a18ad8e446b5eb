/* The arguments of the acts that this version judges from the clear text: grant, withdraw, strike,
 * regrant (docs/format.md "Acts").
 *
 * An act is kept whatever its arguments are, so a decode answers a verdict: `valid` false means that
 * the act is without effect.  The only errors are the system's. */
#ifndef SCHEMA_ACT_ARGS_H
#define SCHEMA_ACT_ARGS_H

#include "schema/act.h"
#include "schema/change.h"

struct act_grant {
	bool valid;
	uint32_t compartment;
	bool own_epoch;         /* opens the epoch; then and only then there is a commitment */
	struct change_id epoch; /* otherwise: the change that opened it */
	uint8_t commitment[32];
	const uint32_t *sites;  /* ascending, unique; in the order of the grant blob */
	uint32_t site_count;
};

struct act_withdraw {
	bool valid;
	uint32_t compartment; /* 0: all */
	const uint32_t *sites; /* ascending, unique */
	uint32_t site_count;
};

struct act_strike {
	bool valid;
	const struct change_id *changes; /* ascending, unique */
	uint32_t change_count;
};

struct act_regrant {
	bool valid;
	uint32_t compartment;
	struct change_id epoch;
};

/* Append the arguments as canonical CBOR (`valid` is not looked at).  ERR_FORMAT for a number out of
 * range or a list out of order, ERR_LIMIT when they are longer than CHANGE_ACT_ARGS_MAX; nothing is
 * appended then. */
MUST_USE enum err act_encode_grant(struct buf *out, const struct act_grant *g);
MUST_USE enum err act_encode_withdraw(struct buf *out, const struct act_withdraw *w);
MUST_USE enum err act_encode_strike(struct buf *out, const struct act_strike *s);
MUST_USE enum err act_encode_regrant(struct buf *out, const struct act_regrant *r);

/* Read the arguments of an act of that code; lists are put into the arena.  ERR_MEMORY only. */
MUST_USE enum err act_decode_grant(struct act_grant *out, struct arena *a, struct bytes args);
MUST_USE enum err act_decode_withdraw(struct act_withdraw *out, struct arena *a, struct bytes args);
MUST_USE enum err act_decode_strike(struct act_strike *out, struct arena *a, struct bytes args);
MUST_USE enum err act_decode_regrant(struct act_regrant *out, struct arena *a, struct bytes args);

#endif
