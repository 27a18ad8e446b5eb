/* Between the files of membership: homes in the making, and the first statements of a store.  Nobody else
 * includes this. */
#ifndef NODE_MEMBERSHIP_OWN_H
#define NODE_MEMBERSHIP_OWN_H

#include "node/fs.h"
#include "node/membership.h"

/* ---- A home in the making (membership_home.c). */
struct home_draft {
	char place[FS_PATH_MAX]; /* where it is to be */
	char path[FS_PATH_MAX];  /* where it is being made; "" when there is nothing to remove */
};

/* ERR_EXISTS when something stands at `home` that is not an empty folder. */
MUST_USE enum err home_draft_begin(struct home_draft *d, const char *home, struct err_text *why);
/* Moves it to its place; from then on it is a home. */
MUST_USE enum err home_draft_finish(struct home_draft *d, struct err_text *why);
/* Removes what was not finished. */
void home_draft_clear(struct home_draft *d);

/* Makes and writes the keys of node and site, and an officer's when `officer` is not NULL. */
struct home_keys {
	struct node_keys node;
	struct site_keys site;
	struct sign_key officer, root;
};
MUST_USE enum err home_keys_make(struct home_keys *k, const struct home_draft *d, const char *officer,
	bool root, const struct membership_locks *locks, const struct ports *ports, struct err_text *why);
void home_keys_clear(struct home_keys *k);

/* "SITE-1" when no node is named.  ERR_USAGE for names that a statement can't hold. */
enum { MEMBERSHIP_NAME_SIZE = STATEMENT_NAME_MAX + 8 };
MUST_USE enum err membership_node_name(
	char out[MEMBERSHIP_NAME_SIZE], const char *node, const char *site, struct err_text *why);
MUST_USE enum err membership_check_name(const char *what, const char *name, struct err_text *why);

/* ---- A charter in the making: statements that are judged in memory, then written to a fresh store as
 * one transaction (membership_first.c). */
struct first_list {
	struct bytes *list;
	uint32_t count, room;
};
struct first {
	struct arena arena;
	struct charter *charter;
	struct first_list statements, forms;
};

MUST_USE enum err first_init(struct first *f, const struct federation_id *federation);
void first_clear(struct first *f);
/* Signs the next statement of the root chain; it must count. */
MUST_USE enum err first_state(struct statement_id *id, struct first *f, struct statement *s,
	const struct sign_key *root, struct err_text *why);
/* Takes in a statement that was made elsewhere; it must be kept. */
MUST_USE enum err first_take(struct first *f, struct bytes blob, struct err_text *why);
MUST_USE enum err first_add_form(struct first *f, struct bytes file);
/* Makes the store of a home and writes everything.  ERR_EXISTS when the store holds something. */
MUST_USE enum err first_write(
	struct first *f, const char *home, const struct ports *ports, struct err_text *why);

/* The roles of one form as a list for a statement; empty when there are none. */
static inline struct form_roles_list membership_roles(struct form_roles *room, uint32_t form, role_set roles)
{
	*room = (struct form_roles){ form, roles };
	return (struct form_roles_list){ room, roles ? 1 : 0 };
}

/* What the charter says of a site by its role alone. */
static inline uint32_t membership_flags(uint32_t site_role)
{
	return site_role == SITE_CENTRAL ? SITE_CUSTODIAN | SITE_READS_JOURNALS
		: site_role == SITE_AUDIT    ? SITE_READS_JOURNALS
		: site_role == SITE_RELAY    ? SITE_CUSTODIAN
									 : 0;
}

#endif
