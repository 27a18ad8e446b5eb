/* The calendar. */
#include "schema/date.h"

#include <assert.h>
#include <string.h>

enum { DAY_SECONDS = 86400 };

static bool is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned month_days(unsigned year, unsigned month)
{
	static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool date_exists(unsigned year, unsigned month, unsigned day)
{
	return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
		day <= month_days(year, month);
}

bool date_is_valid(uint64_t date)
{
	return date <= 99991231 && date_exists((unsigned)(date / 10000), (unsigned)(date / 100 % 100),
		(unsigned)(date % 100));
}

bool date_is_valid_partial(uint64_t date)
{
	if (date > 99991231)
		return false;
	unsigned year = (unsigned)(date / 10000), month = (unsigned)(date / 100 % 100);
	if (year == 0 || month == 0)
		return date % 10000 == 0;
	return date % 100 == 0 ? month <= 12 : date_is_valid(date);
}

/* Reads `count` digits; false when one of them is none. */
static bool take_digits(unsigned *out, const uint8_t *at, size_t count)
{
	*out = 0;
	for (size_t i = 0; i < count; i++) {
		if (at[i] < '0' || at[i] > '9')
			return false;
		*out = *out * 10 + (unsigned)(at[i] - '0');
	}
	return true;
}

static void put_digits(char *at, uint64_t n, size_t count)
{
	for (size_t i = count; i > 0; i--, n /= 10)
		at[i - 1] = (char)('0' + n % 10);
}

enum err date_decode(uint64_t *date, struct bytes text)
{
	*date = 0;
	unsigned year, month, day;
	if (text.size != 10 || text.data[4] != '-' || text.data[7] != '-' ||
		!take_digits(&year, text.data, 4) || !take_digits(&month, text.data + 5, 2) ||
		!take_digits(&day, text.data + 8, 2))
		return ERR_FORMAT;
	*date = (uint64_t)year * 10000 + month * 100 + day;
	return ERR_OK;
}

void date_encode(char out[11], uint64_t date)
{
	assert(date <= 99999999);
	memcpy(out, "0000-00-00", 11);
	put_digits(out, date / 10000, 4);
	put_digits(out + 5, date / 100 % 100, 2);
	put_digits(out + 8, date % 100, 2);
}

/* Days of all years from 1970 up to, without, `year`. */
static uint64_t days_before_year(unsigned year)
{
	unsigned last = year - 1;
	unsigned leaps = last / 4 - last / 100 + last / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
	return (uint64_t)(year - 1970) * 365 + leaps;
}

enum err datetime_decode(uint64_t *seconds, struct bytes text)
{
	*seconds = 0;
	uint64_t date;
	unsigned hour, minute, second;
	if (text.size != 20 || date_decode(&date, bytes_of(text.data, 10)) || !date_is_valid(date))
		return ERR_FORMAT;
	const uint8_t *at = text.data + 10;
	if (at[0] != 'T' || at[3] != ':' || at[6] != ':' || at[9] != 'Z' || !take_digits(&hour, at + 1, 2) ||
		!take_digits(&minute, at + 4, 2) || !take_digits(&second, at + 7, 2) || hour > 23 ||
		minute > 59 || second > 59)
		return ERR_FORMAT;
	unsigned year = (unsigned)(date / 10000), month = (unsigned)(date / 100 % 100);
	if (year < 1970)
		return ERR_FORMAT;
	uint64_t days = days_before_year(year) + date % 100 - 1;
	for (unsigned m = 1; m < month; m++)
		days += month_days(year, m);
	uint64_t sum = days * DAY_SECONDS + hour * 3600 + minute * 60 + second;
	if (sum > DATETIME_MAX)
		return ERR_FORMAT;
	*seconds = sum;
	return ERR_OK;
}

void datetime_encode(char out[21], uint64_t seconds)
{
	assert(seconds <= DATETIME_MAX);
	uint64_t days = seconds / DAY_SECONDS, rest = seconds % DAY_SECONDS;
	unsigned year = 1970 + (unsigned)(days / 366), month = 1;
	while (days_before_year(year + 1) <= days)
		year++;
	days -= days_before_year(year);
	for (; days >= month_days(year, month); month++)
		days -= month_days(year, month);
	memcpy(out, "0000-00-00T00:00:00Z", 21);
	put_digits(out, year, 4);
	put_digits(out + 5, month, 2);
	put_digits(out + 8, days + 1, 2);
	put_digits(out + 11, rest / 3600, 2);
	put_digits(out + 14, rest / 60 % 60, 2);
	put_digits(out + 17, rest % 60, 2);
}
