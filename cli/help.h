/* Help for people at a terminal, from the table of commands. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

/* Prints, on the standard output, the help of a command, or else of a family, or else (both NULL) the
 * list of all commands.  Returns EXIT_DONE. */
int help_print(struct cli *cli, const struct command *command, const char *family);

/* Prints the list of all commands on the standard error: for a line that names none. */
void help_print_usage(struct cli *cli);

/* The command as it is typed, "dossier edit CASE FIELD=VALUE... [options]", appended to `b`. */
void help_put_synopsis(struct buf *b, enum lang lang, const struct command *c);

#endif
