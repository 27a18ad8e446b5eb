/* Asking for a passphrase: from --passphrase-file, or at the terminal with the echo off. */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include "cli/cli.h"

enum { PASSPHRASE_MAX = 1024 };

/* Appends the passphrase for `whom` ("Anna de Wit", "site budel") to `out`, which the caller wipes
 * (buf_wipe) and which was initialised with a cap of at least PASSPHRASE_MAX.  It is the first line of
 * the file, or what is typed.  ERR_NO_KEY when there is neither file nor terminal, or --no-input
 * forbids asking; ERR_INTERRUPTED after Ctrl-C, with the terminal as it was. */
MUST_USE enum err prompt_passphrase(struct buf *out, struct cli *cli, const char *whom, struct err_text *why);

/* As prompt_passphrase for one that is new: it is asked for twice.  An empty one is refused. */
MUST_USE enum err prompt_new_passphrase(struct buf *out, struct cli *cli, const char *whom,
	struct err_text *why);

#endif
