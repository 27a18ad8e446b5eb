/* Reads the table of verdicts. */
#include "tests/refusals/table.h"

#include "node/fs.h"

#include <string.h>

enum { TABLE_SIZE_MAX = 1 << 20, COLUMNS = 5 };

static const char head[] = "name\tdoor\tverdict\tcode\twords";

/* Cuts the line at its tabs; false unless there are exactly five columns, none of them empty. */
static bool cut(struct table_row *row, char *line)
{
	const char *columns[COLUMNS];
	size_t count = 0;
	for (char *at = line; at;) {
		char *tab = strchr(at, '\t');
		if (count == COLUMNS || *at == '\0' || *at == '\t')
			return false;
		columns[count++] = at;
		if (tab)
			*tab = '\0';
		at = tab ? tab + 1 : NULL;
	}
	*row = (struct table_row){ columns[0], columns[1], columns[2], columns[3], columns[4], false };
	return count == COLUMNS;
}

enum err table_read(struct table *t, const char *path, struct err_text *why)
{
	*t = (struct table){ .count = 0 };
	buf_init(&t->text, TABLE_SIZE_MAX);
	enum err e = fs_read_file(&t->text, path, why);
	if (e)
		return e;
	buf_put_byte(&t->text, '\0');
	if (buf_err(&t->text))
		return err_set(why, ERR_LIMIT, "%s: longer than %d bytes", path, TABLE_SIZE_MAX);
	size_t number = 0;
	for (char *line = (char *)t->text.data; *line;) {
		char *end = strchr(line, '\n');
		number++;
		if (!end)
			return err_set(why, ERR_FORMAT, "%s:%zu: the line has no end", path, number);
		*end = '\0';
		if (number == 1 && strcmp(line, head) != 0)
			return err_set(why, ERR_FORMAT, "%s: wants the head line `%s`", path, head);
		if (number > 1 && (t->count == TABLE_ROWS_MAX || !cut(&t->rows[t->count], line)))
			return err_set(why, ERR_FORMAT, "%s:%zu: wants five columns", path, number);
		if (number > 1 && table_find(t, t->rows[t->count].name))
			return err_set(why, ERR_FORMAT, "%s:%zu: the name stands there already", path, number);
		t->count += number > 1;
		line = end + 1;
	}
	return ERR_OK;
}

void table_clear(struct table *t)
{
	buf_clear(&t->text);
	t->count = 0;
}

struct table_row *table_find(struct table *t, const char *name)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->rows[i].name, name) == 0)
			return &t->rows[i];
	return NULL;
}
