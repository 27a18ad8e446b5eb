/* What each operating error makes of the program's exit code. */
#include "cli/exit.h"

#include <assert.h>

enum exit_code exit_code(enum err e)
{
	switch (e) {
	case ERR_OK:
		return EXIT_DONE;
	case ERR_USAGE:
		return EXIT_BAD_USAGE;
	case ERR_NOT_FOUND:
		return EXIT_NOTHING;
	case ERR_CRYPTO:
		return EXIT_UNVERIFIED;
	case ERR_PEER:
		return EXIT_UNREACHABLE;
	case ERR_BUSY:
	case ERR_NO_KEY:
		return EXIT_LOCKED;
	case ERR_REFUSED:
		return EXIT_REFUSED;
	case ERR_INTERRUPTED:
		return EXIT_INTERRUPTED;
	case ERR_MEMORY:
	case ERR_LIMIT:
	case ERR_FORMAT:
	case ERR_EXISTS:
	case ERR_MISSING:
	case ERR_CONFLICT:
	case ERR_IO:
	case ERR_FULL:
		return EXIT_FAILED;
	}
	assert(!"an error code that is none");
	return EXIT_FAILED;
}
