/* One run of the program: what every command knows about who calls it, and how. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "cli/exit.h"
#include "cli/print.h"

struct args;

struct cli {
	struct print print;
	const char *command; /* the command's name, for messages; NULL before it is known */
	const char *home;    /* --home, DOSSIER_HOME, or .dossier in HOME; NULL when none is set */
	const char *as;      /* --as or DOSSIER_AS; NULL when the command must find out itself */
	const char *passphrase_file; /* NULL when there is none */
	bool no_input;
	char home_default[4096];
	struct err_text why; /* for the call at hand; cli_fail prints it */
};

/* Runs the command line and returns the exit code.  The streams stay the caller's. */
int cli_run(int argc, char *const *argv, FILE *out, FILE *err);

/* Prints why the command fails, from `e` and cli->why, and returns the exit code: `return
 * cli_fail(cli, e)`. */
int cli_fail(struct cli *cli, enum err e);

/* As cli_fail, with words of the caller's own. */
int cli_fail_with(struct cli *cli, enum err e, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The home, or NULL after saying that none was named; then return EXIT_BAD_USAGE. */
const char *cli_home(struct cli *cli);

#endif
