/* Calling peers: once (`dossier sync`), or for good (`dossier serve`). */
#ifndef NODE_SERVE_H
#define NODE_SERVE_H

#include "node/config.h"
#include "node/net.h"

/* The node that a peer's name ("site", or "site/node" where a site has several) stands for.  ERR_NOT_FOUND,
 * or ERR_USAGE when the site has several nodes.  Borrowed from the charter. */
MUST_USE enum err serve_find_node(
	const struct charter_entry **node, struct replica *r, const char *name, struct err_text *why);

/* Calls one peer and stays until both are equal or it failed.  `peer` is a site's name with a configured
 * address, or "name@host:port".  ERR_PEER when it can't be reached or the session failed (`why` in words),
 * ERR_NOT_FOUND for a name without address.  *result is filled in either case. */
MUST_USE enum err serve_sync_once(struct net_result *result, struct replica *r, const char *peer,
	const struct log *log, struct err_text *why);

struct serve_options {
	const char *listen; /* NULL: what the config says; "" for not at all */
	void *context;
	void (*listening)(void *context, const char *bound); /* where it listens now; may be NULL */
};

/* Listens, keeps a session to each configured peer (new changes go out within a second), signs
 * checkpoints.  Returns after SIGINT or SIGTERM, with a checkpoint of what was not attested; *signal is
 * the one that came. */
MUST_USE enum err serve_run(int *signal, struct replica *r, const struct serve_options *options,
	const struct log *log, struct err_text *why);

#endif
