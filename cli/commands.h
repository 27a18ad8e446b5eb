/* The one table of commands (rows in commands.def). */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

#define COMMAND(name) extern const struct command command_##name;
#include "cli/commands.def"
#undef COMMAND

/* All commands in the order of help; NULL ends the list. */
extern const struct command *const commands[];

/* Options that every command takes; a NULL name ends the list. */
extern const struct option global_options[];

/* A command by its whole name ("officer new"); may miss: NULL. */
const struct command *command_find(const char *name);
/* As command_find, with the two words apart; `verb` may be NULL. */
const struct command *command_find_words(const char *word, const char *verb);

/* True when `word` is the first word of commands of two words. */
bool command_is_family(const char *word);
/* The verb of a member of the family `word`; NULL when it is no member. */
const char *command_verb(const struct command *c, const char *word);

/* An option of the command or one of all; may miss: NULL.  `c` may be NULL. */
const struct option *command_find_option(const struct command *c, const char *name, size_t size);

/* What was meant by a mistyped word, or NULL.  The first is a command whose name's first *size
 * characters are meant: all of them, or the word of a family. */
const char *command_nearest(const char *word, int *size);
const char *command_nearest_verb(const char *family, const char *verb);
const char *command_nearest_option(const struct command *c, const char *name);

/* How help calls a group. */
enum message command_group_title(enum command_group group);

#endif
