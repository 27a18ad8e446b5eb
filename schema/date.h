/* Days and moments: the proleptic Gregorian calendar, UTC, no clock and no time zone.
 *
 * A date is the integer yyyymmdd; a moment is seconds since 1970-01-01T00:00:00Z. */
#ifndef SCHEMA_DATE_H
#define SCHEMA_DATE_H

#include "base/bytes.h"
#include "base/err.h"

#define DATETIME_MAX ((UINT64_C(1) << 34) - 1) /* git's own tools fail on later dates */

/* True when the day exists (years 1 to 9999). */
bool date_exists(unsigned year, unsigned month, unsigned day);

/* True when yyyymmdd is a day that exists. */
bool date_is_valid(uint64_t date);

/* True when yyyymmdd is a day of which something may be unknown: 00 for the day, for month and day,
 * or for all three. */
bool date_is_valid_partial(uint64_t date);

/* "2026-02-03" <-> 20260203.  Digits only are checked: whether the day exists is the question of
 * date_is_valid and date_is_valid_partial.  ERR_FORMAT for any other spelling. */
MUST_USE enum err date_decode(uint64_t *date, struct bytes text);
void date_encode(char out[11], uint64_t date); /* date <= 99999999 */

/* "2026-02-03T09:00:00Z" <-> seconds, 0 to DATETIME_MAX.  One spelling: ERR_FORMAT for any other, for
 * a moment that does not exist and for one out of range. */
MUST_USE enum err datetime_decode(uint64_t *seconds, struct bytes text);
void datetime_encode(char out[21], uint64_t seconds);

#endif
