/* Completion for shells, from the table of commands. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "base/buf.h"

/* Appends a script that bash-completion loads (or that ~/.bashrc reads with `source`). */
void completion_put_bash(struct buf *b);

#endif
