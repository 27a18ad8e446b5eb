/* The table of what must become of each input: tests/refusals.tsv. */
#ifndef TESTS_REFUSALS_TABLE_H
#define TESTS_REFUSALS_TABLE_H

#include "base/buf.h"

enum { TABLE_ROWS_MAX = 512 };

struct table_row {
	const char *name, *door, *verdict, *code, *words;
	bool used;
};

struct table {
	struct buf text;
	struct table_row rows[TABLE_ROWS_MAX];
	size_t count;
};

/* Reads the file: a head line, then five columns apart by tabs.  ERR_FORMAT names the line in `why`. */
MUST_USE enum err table_read(struct table *t, const char *path, struct err_text *why);
void table_clear(struct table *t);
/* NULL when there is none of that name. */
struct table_row *table_find(struct table *t, const char *name);

#endif
