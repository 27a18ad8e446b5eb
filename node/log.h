/* The log of a running node: one line per event on standard error, `level module event key=value`.
 * Ids and addresses, never a field's value or a key. */
#ifndef NODE_LOG_H
#define NODE_LOG_H

#include "base/err.h"

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log { /* handed around; a zeroed one is silent */
	bool on;
	enum log_level least;
};

void log_line(const struct log *log, enum log_level level, const char *module, const char *event,
	const char *fmt, ...) PRINTF_LIKE(5, 6);

#endif
