/* The strict check of a JSON text, before cJSON sees it.  Of use to json.c alone. */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include "base/bytes.h"
#include "base/err.h"

#define JSON_INT_MAX INT64_C(9007199254740991) /* 2^53 - 1: what a double holds exactly */

enum { JSON_SIZE_MAX = 16 << 20, JSON_DEPTH_MAX = 32, JSON_VALUES_MAX = 1 << 20 };

/* ERR_OK when `text` is one JSON document as json.h describes it.  ERR_FORMAT, ERR_LIMIT or ERR_MEMORY
 * otherwise; `why` then names line and column, counted in characters from 1. */
MUST_USE enum err json_scan(struct bytes text, struct err_text *why);

#endif
