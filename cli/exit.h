/* Exit codes of the program: few, stable and documented, so that scripts can act on them. */
#ifndef CLI_EXIT_H
#define CLI_EXIT_H

#include "base/err.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,       /* it could not be done: a full disk, a bad file, a bug */
	EXIT_BAD_USAGE = 2,    /* the command line makes no sense */
	EXIT_NOTHING = 3,      /* what was asked for is not here */
	EXIT_CONFLICTS = 4,    /* conflicts are open; only of `conflicts` and `status --check` */
	EXIT_UNVERIFIED = 5,   /* a signature, hash or proof does not hold */
	EXIT_UNREACHABLE = 6,  /* the peer can't be reached, or broke off */
	EXIT_LOCKED = 7,       /* locked, no key for it, or the home was in use for too long */
	EXIT_REFUSED = 8,      /* charter or form do not allow it */
	EXIT_INTERRUPTED = 130 /* Ctrl-C */
};

/* The exit code for what a call answered. */
enum exit_code exit_code(enum err e);

#endif
