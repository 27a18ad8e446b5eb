/* Names and words of operating errors. */
#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

const char *err_name(enum err e)
{
	static const char *const names[] = {
		[ERR_OK] = "ok",
		[ERR_MEMORY] = "memory",
		[ERR_LIMIT] = "limit",
		[ERR_FORMAT] = "format",
		[ERR_CRYPTO] = "crypto",
		[ERR_NOT_FOUND] = "not_found",
		[ERR_EXISTS] = "exists",
		[ERR_MISSING] = "missing",
		[ERR_CONFLICT] = "conflict",
		[ERR_BUSY] = "busy",
		[ERR_NO_KEY] = "no_key",
		[ERR_REFUSED] = "refused",
		[ERR_IO] = "io",
		[ERR_FULL] = "full",
		[ERR_PEER] = "peer",
		[ERR_USAGE] = "usage",
		[ERR_INTERRUPTED] = "interrupted",
	};
	assert((unsigned)e < sizeof names / sizeof names[0]);
	return names[e];
}

enum err (err_set)(struct err_text *why, enum err e, const char *fmt, ...)
{
	if (why) {
		va_list ap;
		va_start(ap, fmt);
		vsnprintf(why->text, sizeof why->text, fmt, ap);
		va_end(ap);
	}
	return e;
}
