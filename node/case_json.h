/* A case as JSON, for `show --json` and the page (docs/json.md "show").
 *
 * Nothing in it is local to a node unless that is asked for: two sites that hold the same changes,
 * charter and keys print the same bytes. */
#ifndef NODE_CASE_JSON_H
#define NODE_CASE_JSON_H

#include "base/json.h"
#include "node/naming.h"

struct case_json {
	struct replica *replica;
	struct casefile *file;
	const struct view *view; /* narrowed to `rights` */
	uint64_t rights;         /* compartments that the reader may be shown */
	const struct naming *naming;
	bool is_at;  /* as of one change, and what came before it: */
	uint32_t at; /* its position */
	bool local;  /* with a member "local": what only this node knows */
};

MUST_USE enum err case_json_put(struct json_out *o, const struct case_json *c);

/* Compartments (bit n) in which the case holds something. */
uint64_t case_compartments(const struct casefile *f);

#endif
