/* Lists of cases: chosen, sorted, with what one line says about each. */
#ifndef NODE_LISTING_H
#define NODE_LISTING_H

#include "node/replica.h"

#define LISTING_STATE_FIELD "procedure.state"

struct listing_query {               /* everything borrowed */
	const struct form *form;         /* that the fields below are of */
	struct officer_id officer;       /* who looks: only what he may read is looked at */
	const struct form_field *filter; /* NULL: all cases */
	struct bytes filter_value;       /* canonical; a set or list matches when it holds it */
	const struct form_field *sort;   /* NULL: last change first */
	bool only_new;                   /* with changes of others that came since this officer looked last */
};

struct listing_row {
	struct case_id id;
	const struct form *form;
	struct bytes number, state; /* canonical values of V-number and state; empty: none, or not his to see */
	struct bytes sorted_by;     /* of the sort field */
	uint32_t changes;
	uint64_t last;         /* greatest claimed time */
	uint32_t open, chosen; /* fields contested or alert; fields in which a rule passed something over */
	bool is_new;           /* local: changes of others came since this officer looked */
	int64_t received;      /* local: when the last change came here */
};

struct listing {
	struct arena arena;
	struct listing_row *rows;
	uint32_t count, room;
	uint64_t compartments; /* of which something is shown or was asked for */
	int64_t seen_until;    /* for listing_mark_seen */
};

/* ERR_REFUSED when a field of the query is not the officer's to read. */
MUST_USE enum err listing_make(
	struct listing *out, struct replica *r, const struct listing_query *q, struct err_text *why);
void listing_clear(struct listing *l);

/* Remembers that the officer has looked: what comes from now on is new. */
MUST_USE enum err listing_mark_seen(
	struct replica *r, const struct officer_id *officer, const struct listing *l, struct err_text *why);

/* As JSON (docs/json.md "list"); with `local` also what only this node knows. */
MUST_USE enum err listing_json(struct json_out *o, struct replica *r, const struct listing *l, bool local);

#endif
