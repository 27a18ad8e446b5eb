/* One signed change from the command line: gathered, made, reported.
 *
 *     signing_begin, then what it is to do, then signing_finish, which prints and returns the exit code. */
#ifndef CLI_SIGNING_H
#define CLI_SIGNING_H

#include "cli/args.h"
#include "cli/desk.h"
#include "cli/words.h"
#include "node/casework.h"
#include "node/lookup.h"
#include "schema/op_read.h"

struct signing {
	struct cli *cli;
	struct desk desk;
	struct arena arena;
	struct op_list ops;
	struct edit edit;
	struct edit_result result;
};

/* Opens the desk for an officer and looks the case up; with `word` NULL nothing is looked up. */
MUST_USE enum err signing_begin(struct signing *s, struct cli *cli, const char *word);
/* A new case of that form, with its default grants. */
MUST_USE enum err signing_open_case(struct signing *s, const char *form);

/* The text that an argument stands for, for as long as the signing lives: @FILE is read from a file (without
 * the new line at its end), @- from the standard input; @@ begins a text with @.  So nothing has to stand in
 * the process list. */
MUST_USE enum err signing_fetch(const char **out, struct signing *s, const char *argument);

/* Takes FIELD=VALUE words from `first` on, with --basis, --role and --ops. */
MUST_USE enum err signing_add_words(struct signing *s, const struct args *args, size_t first);

/* The case, its view, and a field of it; all borrowed until something is written. */
MUST_USE enum err signing_field(
	const struct casefile **file, const struct view_field **field, struct signing *s, const char *path);

/* Makes the change unless `e` says that something went wrong before; prints what was done ("granted"), or
 * why not; closes everything. */
int signing_finish(struct signing *s, enum err e, const char *done);

#endif
