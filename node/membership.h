/* Membership: how a federation begins and grows.
 *
 * A home is founded or requested in one step: it is made beside its place and moved there when it is
 * whole, so that a crash leaves nothing that looks like a home.  Requests and welcomes are files that a
 * person carries; neither holds a secret (docs/format.md "Requests and welcomes"). */
#ifndef NODE_MEMBERSHIP_H
#define NODE_MEMBERSHIP_H

#include "node/keystore.h"
#include "node/replica.h"
#include "schema/welcome.h"

/* How the new keys of a home are sealed: those of node, site and root, and those of its officers. */
struct membership_locks {
	struct key_lock home, officer;
};

/* ---- Beginning */

/* ERR_EXISTS when a home can't be made there: something is in the way. */
MUST_USE enum err membership_check_place(const char *home, struct err_text *why);

struct membership_founding { /* everything borrowed */
	const char *home;        /* must not exist, or be an empty folder */
	const char *federation;  /* its name: any clean text */
	const char *site;        /* names as in statements */
	const char *node;        /* NULL: the site's name and "-1" */
	const char *form;        /* of a form that the program carries; NULL: asylum */
	struct membership_locks locks;
	struct ports ports;
};

/* Makes the home, a root key, and the first statements: found, form, site 1 (central, custodian, reads
 * journals, with the form's roles of a central site), node.  ERR_EXISTS when there is something at `home`;
 * ERR_USAGE for a name that is none; ERR_NOT_FOUND for an unknown form. */
MUST_USE enum err membership_found(
	struct federation_id *out, const struct membership_founding *f, struct err_text *why);

/* ---- Asking and being admitted */

struct membership_asking {
	const char *home; /* must not exist, or be an empty folder */
	const char *site;
	const char *node;    /* NULL: the site's name and "-1" */
	const char *officer; /* the site's first officer */
	struct membership_locks locks;
	struct ports ports;
};

/* Makes a home with the keys of a node, a site and an officer, and appends its request, which is kept as
 * HOME/request too. */
MUST_USE enum err membership_request(
	struct buf *request, const struct membership_asking *q, struct err_text *why);

struct membership_admission {
	struct bytes request;
	uint32_t site_role; /* enum site_role */
	const struct form *form;
	role_set roles;              /* that the site's officers may have; 0: the form's of that site role */
	const struct sign_key *root; /* the root key */
};

/* Makes the statements that admit the requesting site (site, node, first officer, who may appoint the same
 * roles), and appends the welcome.  Statements that are there already are not made again, so a
 * welcome that was lost can be had anew.  ERR_EXISTS when the site's name is another site's. */
MUST_USE enum err membership_admit(
	struct buf *welcome, struct replica *r, const struct membership_admission *a, struct err_text *why);

/* Makes the store of a requested home and takes the welcome's statements and forms in.  ERR_REFUSED when
 * the welcome is not for this node, ERR_FORMAT or ERR_CRYPTO when it is damaged; nothing is changed then.
 * ERR_EXISTS when the home has joined a federation already. */
MUST_USE enum err membership_join(uint32_t *site, const char *home, struct bytes welcome,
	const struct node_keys *node, const struct site_keys *keys, const struct ports *ports,
	struct err_text *why);

/* ---- Officers of one's own site */

struct membership_officer {
	const char *name;
	const struct form *form;
	role_set roles, may_appoint;
	const struct sign_key *by;   /* the officer who acts; NULL: none */
	const struct sign_key *root; /* NULL: not at hand */
	struct key_lock lock;
};

/* True when the officer may appoint these roles at this node's site. */
bool membership_may_appoint(
	const struct replica *r, const struct sign_key *by, uint32_t form, role_set roles);

/* Makes a key in HOME/keys/officers and appoints it: by the officer who acts if he may, else by the root
 * key.  A key that an interrupted call left behind is taken up again.  ERR_REFUSED when neither may. */
MUST_USE enum err membership_add_officer(
	struct officer_id *out, struct replica *r, const struct membership_officer *o, struct err_text *why);

/* Ends all appointments of an officer at this site, each from the present end of its issuer's chain on;
 * by the officer who issued it, or the root.  ERR_NOT_FOUND, ERR_REFUSED. */
MUST_USE enum err membership_retire_officer(struct officer_id *out, struct replica *r, const char *name,
	const struct sign_key *by, const struct sign_key *root, struct err_text *why);

#endif
