/* Text laid out in columns and paragraphs, into a buffer; print.h prints it.
 *
 * Widths are columns of a terminal: combining marks take none, East Asian wide characters two.  Text of
 * cases comes from elsewhere, so control characters and bidirectional overrides, with which a value
 * could forge other lines or hide what it says, are shown as U+FFFD. */
#ifndef CLI_LAYOUT_H
#define CLI_LAYOUT_H

#include "base/buf.h"

/* Columns that `text` takes once it is made safe. */
size_t text_width(struct bytes text);

/* Appends `text` with everything that is not meant to be seen as text replaced; malformed UTF-8 too. */
void text_put_safe(struct buf *b, struct bytes text);

/* Appends paragraphs (apart by "\n\n") broken at blanks to at most `width` columns, each line after
 * `indent` blanks. */
void text_put_wrapped(struct buf *b, const char *text, size_t indent, size_t width);

/* ---- A table: cells row by row; columns as wide as their widest cell, two blanks between. */
enum { TABLE_COLUMNS_MAX = 16 };

struct table {
	size_t columns;
	size_t cell_count;     /* of all rows; a row may still be incomplete */
	size_t widths[TABLE_COLUMNS_MAX];
	bool right[TABLE_COLUMNS_MAX]; /* set by the caller: figures stand right */
	struct buf cells;      /* every cell made safe, each ended by NUL */
};

void table_init(struct table *t, size_t columns);
void table_put(struct table *t, const char *cell);
void table_put_bytes(struct table *t, struct bytes cell);
void table_printf(struct table *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Appends the table's lines, each after `indent` blanks and without blanks at its end. */
MUST_USE enum err table_write(struct buf *b, const struct table *t, size_t indent);
void table_clear(struct table *t);

#endif
