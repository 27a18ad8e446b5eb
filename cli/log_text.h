/* The timeline of a case as text for people. */
#ifndef CLI_LOG_TEXT_H
#define CLI_LOG_TEXT_H

#include "cli/print.h"
#include "node/case_json.h"
#include "node/timeline.h"

/* Appends every change: when claimed, by whom, where, when it arrived here, whether its signature holds, and
 * each field from what to what; what took no effect says why. */
MUST_USE enum err log_text_put(struct buf *b, const struct print *p, const struct case_json *c,
	const struct timeline_change *list, uint32_t count);

#endif
