/* A command that shows one case: opened, written into memory, logged, and only then printed.
 *
 *     reader_open, then the page into reader.text, then reader_finish. */
#ifndef CLI_READER_H
#define CLI_READER_H

#include "cli/args.h"
#include "cli/desk.h"
#include "cli/words.h"
#include "node/case_json.h"
#include "node/reading.h"

struct reader {
	struct cli *cli;
	struct desk desk;
	struct arena arena;
	struct naming naming;
	struct case_json show;  /* case, narrowed view, rights, names */
	struct reading reading; /* what will be logged */
	struct case_id id;
	struct buf text;
};

struct reader_options {
	const char
		*glass;     /* the reason for breaking the glass, which shows all that the site can open; or NULL */
	const char *at; /* a change: the case as its writer had it; or NULL */
	bool local;
};

/* Opens the desk and the case that `word` names.  ERR_REFUSED when the officer may read nothing. */
MUST_USE enum err reader_open(
	struct reader *r, struct cli *cli, const char *word, const struct reader_options *options);

/* Logs and prints unless `e` says that something went wrong; closes everything; the exit code. */
int reader_finish(struct reader *r, enum err e);

/* Likewise for what shows many cases: records `q` when it shows any, then prints text or JSON. */
MUST_USE enum err reader_print(struct desk *d, const struct reading *q, struct buf *text);

#endif
