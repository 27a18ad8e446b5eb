/* Columns and paragraphs for terminals. */
#include "cli/layout.h"

#include "base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CELL_MAX = 4096, TABLE_MAX = 64 << 20, REPLACEMENT = 0xFFFD };

struct range {
	uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t c)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* Blocks of combining marks and joiners that occur in names; they stand on the character before. */
static bool is_mark(uint32_t c)
{
	static const struct range marks[] = {
		{ 0x0300, 0x036F }, { 0x0483, 0x0489 }, { 0x0591, 0x05BD }, { 0x05BF, 0x05BF },
		{ 0x05C1, 0x05C2 }, { 0x05C4, 0x05C5 }, { 0x0610, 0x061A }, { 0x064B, 0x065F },
		{ 0x0670, 0x0670 }, { 0x06D6, 0x06DC }, { 0x06DF, 0x06E4 }, { 0x06E7, 0x06E8 },
		{ 0x06EA, 0x06ED }, { 0x0711, 0x0711 }, { 0x0730, 0x074A }, { 0x0E31, 0x0E31 },
		{ 0x0E34, 0x0E3A }, { 0x0E47, 0x0E4E }, { 0x135D, 0x135F }, { 0x1AB0, 0x1AFF },
		{ 0x1DC0, 0x1DFF }, { 0x200B, 0x200F }, { 0x20D0, 0x20FF }, { 0xFE00, 0xFE0F },
		{ 0xFE20, 0xFE2F },
	};
	return is_in(marks, sizeof marks / sizeof marks[0], c);
}

/* East Asian Wide and Fullwidth (UAX #11), and pictographs. */
static bool is_wide(uint32_t c)
{
	static const struct range wide[] = {
		{ 0x1100, 0x115F }, { 0x2E80, 0x303E }, { 0x3041, 0x33FF }, { 0x3400, 0x4DBF },
		{ 0x4E00, 0x9FFF }, { 0xA000, 0xA4CF }, { 0xA960, 0xA97F }, { 0xAC00, 0xD7A3 },
		{ 0xF900, 0xFAFF }, { 0xFE30, 0xFE6F }, { 0xFF00, 0xFF60 }, { 0xFFE0, 0xFFE6 },
		{ 0x1F300, 0x1F64F }, { 0x1F900, 0x1F9FF }, { 0x20000, 0x3FFFD },
	};
	return is_in(wide, sizeof wide / sizeof wide[0], c);
}

/* Controls (C0, DEL, C1), line and paragraph separators, bidirectional embeddings and isolates. */
static bool is_hostile(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x2028 && c <= 0x202E)
		|| (c >= 0x2066 && c <= 0x2069);
}

/* The next character as it is shown; a malformed byte counts as one. */
static uint32_t next_shown(struct bytes text, size_t *at)
{
	uint32_t c;
	size_t from = *at;
	if (utf8_next(&c, text, at)) {
		*at = from + 1;
		return REPLACEMENT;
	}
	return is_hostile(c) ? REPLACEMENT : c;
}

size_t text_width(struct bytes text)
{
	size_t width = 0;
	for (size_t at = 0; at < text.size;) {
		uint32_t c = next_shown(text, &at);
		width += is_mark(c) ? 0 : is_wide(c) ? 2 : 1;
	}
	return width;
}

void text_put_safe(struct buf *b, struct bytes text)
{
	for (size_t at = 0; at < text.size;)
		utf8_put(b, next_shown(text, &at));
}

static void put_blanks(struct buf *b, size_t count)
{
	while (count--)
		buf_put_byte(b, ' ');
}

void text_put_wrapped(struct buf *b, const char *text, size_t indent, size_t width)
{
	size_t column = 0;
	while (*text) {
		if (strncmp(text, "\n\n", 2) == 0) {
			buf_put_text(b, "\n\n");
			column = 0;
			text += 2;
			continue;
		}
		if (*text == ' ' || *text == '\n') {
			text++;
			continue;
		}
		struct bytes word = bytes_of(text, strcspn(text, " \n"));
		size_t size = text_width(word);
		if (column && column + 1 + size > width) {
			buf_put_byte(b, '\n');
			column = 0;
		}
		if (column) {
			buf_put_byte(b, ' ');
			column++;
		} else {
			put_blanks(b, indent);
			column = indent;
		}
		buf_put_bytes(b, word);
		column += size;
		text += word.size;
	}
	buf_put_byte(b, '\n');
}

void table_init(struct table *t, size_t columns)
{
	assert(columns >= 1 && columns <= TABLE_COLUMNS_MAX);
	*t = (struct table){ .columns = columns };
	buf_init(&t->cells, TABLE_MAX);
}

void table_put_bytes(struct table *t, struct bytes cell)
{
	size_t width = text_width(cell);
	size_t column = t->cell_count++ % t->columns;
	if (width > t->widths[column])
		t->widths[column] = width;
	text_put_safe(&t->cells, cell);
	buf_put_byte(&t->cells, 0);
}

void table_put(struct table *t, const char *cell)
{
	table_put_bytes(t, bytes_text(cell));
}

void table_printf(struct table *t, const char *fmt, ...)
{
	char cell[CELL_MAX];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(cell, sizeof cell, fmt, ap);
	va_end(ap);
	table_put(t, cell);
}

enum err table_write(struct buf *b, const struct table *t, size_t indent)
{
	assert(t->cell_count % t->columns == 0);
	if (buf_err(&t->cells))
		return buf_err(&t->cells);
	const char *cell = (const char *)t->cells.data;
	for (size_t i = 0; i < t->cell_count; i++) {
		size_t column = i % t->columns;
		size_t pad = t->widths[column] - text_width(bytes_text(cell));
		bool last = column + 1 == t->columns;
		put_blanks(b, column ? 2 : indent);
		if (t->right[column])
			put_blanks(b, pad);
		buf_put_text(b, cell);
		if (!last && !t->right[column])
			put_blanks(b, pad);
		if (last) {
			while (b->size && b->data[b->size - 1] == ' ')
				b->size--;
			buf_put_byte(b, '\n');
		}
		cell += strlen(cell) + 1;
	}
	return buf_err(b);
}

void table_clear(struct table *t)
{
	buf_clear(&t->cells);
}
