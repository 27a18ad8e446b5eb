/* One writer per home: a lock on HOME/lock for the length of a transaction.
 *
 * The lock is the kernel's (flock), so it ends with its process however that ends; no stale locks
 * exist.  The file's content names the holder, for information only. */
#ifndef NODE_FLOCK_H
#define NODE_FLOCK_H

#include "base/err.h"

enum { FLOCK_WAIT_MS = 30 * 1000 };

struct home_lock {
	int fd; /* -1 when not held */
};

/* Takes the lock of the home folder, waiting at most `wait_ms` (FLOCK_WAIT_MS unless there is a
 * reason; 0 tries once).  `who` is one short line such as "dossier edit".  ERR_BUSY: `why` says who
 * holds it.  Not recursive: two takes by one process exclude each other too. */
MUST_USE enum err flock_take(struct home_lock *lock, const char *home, int wait_ms, const char *who,
	struct err_text *why);

/* Releases; not held is fine. */
void flock_release(struct home_lock *lock);

#endif
