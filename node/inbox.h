/* The inbox: what a person has to decide or to see, over all cases that an officer may read. */
#ifndef NODE_INBOX_H
#define NODE_INBOX_H

#include "node/naming.h"

struct inbox_row { /* one field of one case */
	struct case_id case_id;
	const struct form *form;
	struct view_field field;                    /* values are copied into the arena */
	const struct inbox_by *candidates, *losers; /* as many as in the field */
	struct inbox_by *value_by;                  /* NULL where there is none */
};

struct inbox_by {
	struct change_id change;
	struct officer_id officer;
	uint32_t site;
	uint64_t time;
};

struct inbox { /* rows: contested and alert first, then what a rule chose; by case, then field */
	struct arena arena;
	struct inbox_row *rows;
	uint32_t count, room;
	uint32_t open;               /* of them contested or alert */
	uint64_t compartments;       /* of which something is in the rows */
	const struct case_id *cases; /* that the rows are of, each once */
	uint32_t case_count;
};

/* Gathers over one case, or all (NULL).  `officer` narrows to what he may read; NULL: everything (for
 * counting only).  Cases whose form is not here are passed over. */
MUST_USE enum err inbox_gather(struct inbox *out, struct replica *r, const struct officer_id *officer,
	const struct case_id *only, struct err_text *why);
void inbox_clear(struct inbox *b);

/* As JSON (docs/json.md "conflicts"). */
MUST_USE enum err inbox_json(struct json_out *o, const struct inbox *b, const struct naming *naming);

#endif
