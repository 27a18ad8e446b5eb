/* The log of a running node. */
#include "node/log.h"

#include <stdarg.h>
#include <stdio.h>

void log_line(
	const struct log *log, enum log_level level, const char *module, const char *event, const char *fmt, ...)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	char text[1024];
	if (!log->on || level < log->least)
		return;
	int head = snprintf(text, sizeof text, "%s %s %s ", names[level], module, event);
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text + head, sizeof text - (size_t)head, fmt, ap);
	va_end(ap);
	/* One event, one line, whatever a peer's words hold. */
	for (char *at = text; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = '?';
	fprintf(stderr, "%s\n", text);
}
