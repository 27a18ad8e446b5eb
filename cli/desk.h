/* A command at its desk: the home it works in, opened, with the keys that it needs.
 *
 * Passphrases come from --passphrase-file, whose lines are tried in order (a node's, then an officer's),
 * or from the terminal.  Every function leaves its words in cli->why. */
#ifndef CLI_DESK_H
#define CLI_DESK_H

#include "cli/cli.h"
#include "node/replica.h"

enum { DESK_NAME_SIZE = 80, DESK_FILE_MAX = 16 << 20 };

enum desk_need {
	DESK_NODE = 0,      /* the node alone: nothing is shown, nothing signed */
	DESK_OFFICER = 1,   /* an officer acts: --as, or the only one here */
	DESK_OFFICER_IF = 2 /* as DESK_OFFICER, when the home has one at all or --as names one */
};

struct desk {
	struct cli *cli;
	const char *home;
	struct buf file, typed[PASSPHRASES_MAX]; /* passphrases; wiped */
	struct passphrases pass;
	struct replica *replica; /* NULL after desk_keys alone */
	struct node_keys node;   /* until the replica takes them */
	struct site_keys site;
	bool has_officer;
	struct sign_key officer;
	struct officer_id officer_id;
	char officer_name[DESK_NAME_SIZE];
};

/* Opens home, replica and, as needed, the officer's key.  ERR_NOT_FOUND when there is no home,
 * ERR_NO_KEY for a passphrase that is wrong or lacking, ERR_USAGE when it is unclear who acts.  Close
 * with desk_close in any case. */
MUST_USE enum err desk_open(struct desk *d, struct cli *cli, enum desk_need need);
/* As desk_open for a home that has not joined yet: the keys of node and site only. */
MUST_USE enum err desk_open_keys(struct desk *d, struct cli *cli);
void desk_close(struct desk *d);

/* The root key; ERR_NO_KEY when this home holds none. */
bool desk_has_root(const char *home); /* NULL is fine */
MUST_USE enum err desk_read_root(struct sign_key *root, struct desk *d);

/* How a new key is to be sealed: under a passphrase that is asked for (twice), or the first or last line
 * of --passphrase-file, or none at all with --no-passphrase, which desk_warn_open says aloud once the key is
 * made.  `room` keeps the passphrase and is the caller's to wipe. */
enum desk_line { DESK_LINE_NODE, DESK_LINE_OFFICER };
MUST_USE enum err desk_new_lock(struct key_lock *out, struct buf *room, struct cli *cli, const char *whom,
	enum desk_line line, bool no_passphrase);
void desk_warn_open(struct cli *cli, const char *whom);

#endif
