/* HOME/config: `key = value` lines; `#` begins a comment.  Comments and order survive a change.
 *
 *	listen = ADDR            where `serve` listens, such as 0.0.0.0:7420
 *	peer = NAME ADDR         a site (or site/node) and where it is reached; any number of lines
 *	officer = NAME           who acts when --as is not given */
#ifndef NODE_CONFIG_H
#define NODE_CONFIG_H

#include "base/buf.h"

enum { CONFIG_PEERS_MAX = 512, CONFIG_NAME_MAX = 160, CONFIG_ADDRESS_MAX = 280, CONFIG_SIZE_MAX = 1 << 20 };

struct config_peer {
	char name[CONFIG_NAME_MAX];
	char address[CONFIG_ADDRESS_MAX];
};

struct config {
	char listen[CONFIG_ADDRESS_MAX]; /* "" when not set */
	char officer[CONFIG_NAME_MAX];
	struct config_peer *peers; /* in the order of the file */
	size_t peer_count;
};

/* Reads the file; a missing one is an empty config.  ERR_FORMAT: `why` names the line.  Free with
 * config_clear. */
MUST_USE enum err config_read(struct config *out, const char *home, struct err_text *why);
void config_clear(struct config *c);

/* The peer of that name; NULL. */
const struct config_peer *config_find_peer(const struct config *c, const char *name);

/* Sets a peer's address, in its place or at the end.  ERR_FORMAT for a name or address with blanks. */
MUST_USE enum err config_put_peer(
	const char *home, const char *name, const char *address, struct err_text *why);

#endif
