/* What the charter's own rooms share: the kept statements with their links, and the indexes over them.
 *
 * Everything is an index into `items`, since a statement lives as long as the charter and superiors and
 * predecessors come before those who name them. */
#ifndef SCHEMA_CHARTER_STATE_H
#define SCHEMA_CHARTER_STATE_H

#include "schema/charter.h"
#include "schema/key_map.h"

#define CHARTER_NONE UINT32_MAX

enum { CHARTER_ROOT_CHAIN = 0 }; /* the first of `chains` */

struct charter_keys { /* root keys that a statement names */
	const struct officer_id *list;
	uint32_t count, k; /* count 0: it names none */
};

struct charter_item {
	struct charter_entry entry; /* first, so that a lent entry leads back to its item */
	struct arena arena;         /* holds statement and blob */
	uint32_t chain;
	uint32_t previous, superior; /* CHARTER_NONE where the statement says null */
	uint32_t jump;            /* one before it in its chain, far enough for steps of log n; itself at 0 */
	uint32_t followers;       /* statements that name it as predecessor: a fork when more than one */
	uint32_t next_in_chain;   /* the one admitted before it, as in all `next_` */
	uint32_t next_listed;     /* an appointment of the same officer, an enrolment of the same node */
	uint32_t next_transport;  /* an enrolment with the same transport key */
	uint32_t next_ending;     /* an ending of the same statement */
	struct charter_keys keys; /* of a first statement or one of new root keys */
	uint32_t root_keys;       /* root chain: which statement names the keys in force after it */
};

struct charter_chain {
	const struct officer_id *issuer; /* NULL: the root's */
	uint32_t last;                   /* admitted last: begin of next_in_chain */
	uint32_t firsts;                 /* statements at position 0 */
	bool forked;
	uint32_t head;                   /* the last one that is not frozen */
};

struct charter_site_list { /* the statements of a site that count, ascending by position */
	uint32_t number;
	uint32_t *items;
	uint32_t count, size;
	uint32_t kept; /* of all its statements, whether they count or not */
};

struct charter {
	struct arena arena; /* the indexes */
	bool has_federation;
	struct federation_id federation;
	struct charter_item **items;
	uint32_t count, size;
	size_t blob_bytes;
	uint64_t turns;
	struct charter_chain *chains;
	uint32_t chain_count, chain_size;
	struct charter_site_list *sites; /* ascending by number */
	uint32_t site_count, site_size;
	uint32_t *forms; /* form statements that count, in order of the root chain */
	uint32_t form_count, form_size, form_kept;
	struct key_map by_id, by_issuer, by_officer, by_node, by_transport, by_ended;
};

static inline const struct charter_item *charter_item_of(const struct charter_entry *e)
{
	return (const struct charter_item *)e;
}

/* The statement at a position of the chain that leads to `from`; `position` must not be beyond it. */
uint32_t charter_step_back(const struct charter *c, uint32_t from, uint64_t position);

/* The chain of an issuer (NULL: the root's); NULL when it has no statement yet. */
const struct charter_chain *charter_find_chain(const struct charter *c, const struct officer_id *issuer);

/* Whether a statement may be kept: fills verdict, refusal and missing, and the item's links. */
void charter_judge_kept(struct charter_admission *out, struct charter *c, struct charter_item *item,
	struct err_text *why);

/* Whether the statement just admitted counts; and everything else again when it forks a chain. */
void charter_judge_new(struct charter *c, uint32_t index);

/* The list of a site's statements; NULL when there never was one. */
struct charter_site_list *charter_find_site(const struct charter *c, uint32_t number);

/* Reads the root keys that a first statement or one of new root keys names; count 0 when it names none. */
MUST_USE enum err charter_read_keys(struct charter_keys *out, struct arena *a, const struct statement *s);

#endif
