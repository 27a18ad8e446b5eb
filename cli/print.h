/* The only place that prints.
 *
 * The standard output carries data and nothing else, the standard error what is meant for people.
 * Colours, and the line that shows progress, appear only on a terminal; NO_COLOR and TERM=dumb switch
 * colours off. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include "base/buf.h"
#include "cli/messages.h"

#include <stdio.h>

struct print {
	FILE *out, *err;
	enum lang lang;
	bool quiet;             /* notes and progress are left out */
	bool json;              /* data, and the words of an error, are JSON */
	bool colour_out, colour_err;
	bool progress;          /* the standard error is a terminal */
	bool progress_is_shown; /* a progress line stands there and must go before anything else comes */
	size_t width;           /* columns of the terminal; 80 when there is none */
};

/* Looks at the two streams (they stay the caller's) and at the environment. */
void print_init(struct print *p, FILE *out, FILE *err, enum lang lang);

/* ---- Data, on the standard output */
void print_data(struct print *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
void print_bytes(struct print *p, struct bytes data);
/* One JSON document, ended by a new line. */
void print_json(struct print *p, struct bytes json);

/* ---- Words for people, on the standard error; a new line is added */

/* What was done and what comes next; left out with --quiet. */
void print_note(struct print *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* What somebody should know although the command went on. */
void print_warning(struct print *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Why the command ended without success: "dossier NAME: words".  `name` may be NULL.  With --json one
 * line {"error":"not_found","exit":3,"message":"words"}.  Without words it is the kind of error. */
void print_failure(struct print *p, const char *name, enum err e, const char *words);

/* The kind of error in a few words: "not found".  ERR_OK has none. */
const char *print_failure_kind(enum lang lang, enum err e);

/* Shows how far a long work is, on one line that is written over; nothing without a terminal. */
void print_progress(struct print *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
void print_progress_end(struct print *p);

/* ---- Colour on the standard output: "" when there is none.  STYLE_PLAIN ends a style. */
enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_GOOD, STYLE_CAUTION, STYLE_BAD };
const char *print_style(const struct print *p, enum style style);

/* Flushes the standard output.  ERR_FULL or ERR_IO when not all of the data got out: then the command
 * has failed, whatever else it did. */
MUST_USE enum err print_finish(struct print *p, struct err_text *why);

#endif
