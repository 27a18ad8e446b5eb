/* Operating errors: what a call answers when it could not do its work.
 *
 * Three kinds of trouble exist here.  A bug is an assert, and asserts ship.  An operating error is an
 * `enum err`, chosen by what the caller can do about it.  A verdict on foreign data ("this change does
 * not count") is a value that is stored and shown, and never one of these. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err {
	ERR_OK = 0,
	ERR_MEMORY,      /* an allocation failed: give up this piece of work, the process may go on */
	ERR_LIMIT,       /* a cap was reached: the input is larger, deeper or longer than is ever accepted */
	ERR_FORMAT,      /* the bytes are not the one valid encoding: refuse them */
	ERR_CRYPTO,      /* a signature, tag or commitment does not hold: refuse */
	ERR_NOT_FOUND,   /* what was named is not here */
	ERR_EXISTS,      /* what was to be made is already here, and differs */
	ERR_MISSING,     /* something this depends on has not arrived: keep it aside and try again */
	ERR_CONFLICT,    /* somebody else moved first (compare-and-swap): read again and retry */
	ERR_BUSY,        /* a lock is held elsewhere for longer than one waits */
	ERR_NO_KEY,      /* locked, or no key for this here */
	ERR_REFUSED,     /* charter or form do not allow it */
	ERR_IO,          /* a file or the store failed: disk, permission, device */
	ERR_FULL,        /* no space: nothing was changed, works again when there is space */
	ERR_PEER,        /* the other side cannot be reached, or broke the protocol */
	ERR_USAGE,       /* the caller's words make no sense */
	ERR_INTERRUPTED  /* asked to stop */
};

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* The words that go with an error: one line, lower case, naming the thing and what to do.  Owned by
 * the caller, one per handle or call, never global. */
struct err_text {
	char text[320];
};

/* A stable short name such as "not_found", for logs, tests and --json.  Never NULL. */
const char *err_name(enum err e);

/* Writes the words and hands back `e`, so that `return err_set(why, ERR_FORMAT, "...")` reads well.
 * `why` may be NULL.  Longer text is cut. */
enum err err_set(struct err_text *why, enum err e, const char *fmt, ...) PRINTF_LIKE(3, 4);
#ifdef __clang_analyzer__
/* The analyzer does not look into other files; so it learns that what comes back is `e`. */
#define err_set(why, e, ...) (err_set(why, e, __VA_ARGS__), (e))
#endif

#endif
