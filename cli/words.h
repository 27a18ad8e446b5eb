/* What the words of a command line mean: files, roles, forms; and how moments and pages are printed. */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include "base/json.h"
#include "cli/args.h"
#include "cli/desk.h"
#include "schema/op.h"

/* Appends a file; "-" is the standard input. */
MUST_USE enum err words_read_file(struct buf *out, struct cli *cli, const char *path);

/* The form that is meant: by name, or with NULL the only one that the charter names. */
MUST_USE enum err words_form(const struct form **out, struct desk *d, const char *name);

/* The roles that an option names; 0 when it is not given.  ERR_USAGE with the nearest name. */
MUST_USE enum err words_roles(
	role_set *out, struct cli *cli, const struct args *args, const char *option, const struct form *form);
/* "coa, lawyer", and as a JSON array. */
void words_put_roles(struct buf *b, const struct form *form, role_set roles);
void words_json_roles(struct json_out *o, const char *key, const struct form *form, role_set roles);

/* Why an operation does not take effect, in words. */
enum message words_reason(enum op_reason reason);

/* A moment in local time with its offset: "2026-02-03 10:00 +0100".  "-" for 0. */
enum { WORDS_TIME_SIZE = 40 };
void words_time(char out[WORDS_TIME_SIZE], uint64_t time);

/* One JSON document: begun, filled through `o`, printed (and wiped) with words_json_end. */
struct words_json {
	struct buf b;
	struct json_out o;
};
void words_json_begin(struct words_json *j);
/* `e` is what went wrong so far; with an error nothing is printed. */
MUST_USE enum err words_json_end(struct words_json *j, struct cli *cli, enum err e);

#endif
