/* The command line, taken apart by the description of its command.
 *
 * Options may stand anywhere, before or after the command and its words; `--` ends them.  A value
 * follows as `--name value` or `--name=value`.  Everything is borrowed from argv. */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "cli/command.h"

#include "base/bytes.h"

enum { ARGS_OPTIONS_MAX = 64 };

struct args {
	const struct command *command; /* NULL when none was named */
	const char *family;            /* the first word of a family whose second word is lacking, or NULL */
	const char **words;            /* what follows the command's name */
	size_t word_count;
	struct {
		const struct option *option;
		const char *value; /* NULL for a switch */
	} options[ARGS_OPTIONS_MAX];
	size_t option_count;
};

/* Takes argv[1..argc-1] apart.  ERR_USAGE with one line in `why`, in `lang`, when the line makes no
 * sense: unknown command or option, a value lacking or too much, too few or too many words.  The options
 * that could be read are there even then.  With --help or --version among them, what is lacking is not
 * missed.  Free with args_clear in any case. */
MUST_USE enum err args_parse(struct args *out, int argc, char *const *argv, enum lang lang,
	struct err_text *why);
void args_clear(struct args *a);

/* The value of an option; NULL when it was not given.  Asking for an option that neither the command
 * nor all commands have is a bug. */
const char *args_get(const struct args *a, const char *name);
bool args_has(const struct args *a, const char *name);

/* The values of an option that repeats, one after the other; start with *at = 0.  NULL at the end. */
const char *args_next(const struct args *a, const char *name, size_t *at);

/* The items of an option that takes ITEM,... and may repeat: every item of every value in turn.  Start
 * with a zeroed cursor; false at the end.  Empty items are skipped. */
struct args_cursor {
	size_t at;
	const char *rest;
};
bool args_next_item(const struct args *a, const char *name, struct args_cursor *cursor, struct bytes *item);

/* The language of the line, found before all else so that even its errors are in it: --lang, or else
 * LC_ALL, LC_MESSAGES, LANG as given; English when none says Dutch. */
enum lang args_lang(int argc, char *const *argv, const char *locale);

#endif
