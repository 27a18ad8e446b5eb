/* Man pages in roff (man macros), from the table of commands. */
#ifndef CLI_MAN_H
#define CLI_MAN_H

#include "cli/command.h"

/* Appends the page of a command, or dossier(1) when `c` is NULL. */
void man_put(struct buf *b, enum lang lang, const struct command *c);

/* Appends text so that roff shows it as it is: no line is taken for a request, and hyphens, backslashes
 * and quotes stay what they are. */
void man_put_text(struct buf *b, const char *text);

#endif
