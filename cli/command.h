/* A command of the program, described as data: its words, its options, what they mean.
 *
 * Help, man pages, shell completion, suggestions and the option parser all read this description, so
 * nothing about a command is said twice.  A cmd_*.c file holds the descriptions and the run functions
 * of one command or one small family. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/cli.h"
#include "cli/messages.h"

#include <stddef.h>

struct option {
	const char *name;    /* without the dashes: "site"; NULL ends a list */
	const char *value;   /* what it takes, as shown in help: "SITE"; NULL for a switch */
	enum message help;   /* half a sentence, lower case, no full stop */
	bool required;
	bool repeats;        /* may be given more than once */
};

struct example {
	const char *line;    /* the whole command line; NULL ends a list */
	enum message help;   /* one sentence: what it does */
};

enum command_group { GROUP_START, GROUP_CASES, GROUP_PEOPLE, GROUP_SYNC, GROUP_PROOF, GROUP_UPKEEP };
enum { COMMAND_GROUPS = GROUP_UPKEEP + 1 };

#define WORDS_ANY ((size_t)-1)

struct command {
	const char *name;      /* "edit", or "officer new" for a member of a family */
	enum command_group group;
	const char *words;     /* what follows the name, as shown in help: "CASE FIELD=VALUE..." */
	size_t words_min, words_max;
	enum message summary;  /* one line, a verb first, no full stop */
	enum message text;     /* whole paragraphs, apart by an empty line; MSG_NONE when there are none */
	const struct option *options;  /* NULL when it has none of its own */
	const struct example *examples; /* NULL when it has none */
	int (*run)(struct cli *cli, const struct args *args); /* returns an exit code */
};

#endif
