/* Texts that are nearly the same: folding for search, and the distance between two spellings. */
#include "base/nfc.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static int compare_from(const void *key, const void *element)
{
	uint32_t c = *(const uint32_t *)key;
	const struct nfc_fold *fold = element;
	return (c > fold->from) - (c < fold->from);
}

/* Simple case folding of a code point that does not decompose. */
static uint32_t fold_case(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
	const struct nfc_fold *fold = bsearch(&c, nfc_folds, nfc_folds_count, sizeof nfc_folds[0], compare_from);
	return fold ? fold->to : c;
}

enum err text_fold(struct buf *out, struct bytes text)
{
	size_t start = out->size;
	for (size_t at = 0; at < text.size;) {
		uint32_t c, parts[NFC_PARTS_MAX];
		if (utf8_next(&c, text, &at)) {
			out->size = start;
			return ERR_FORMAT;
		}
		size_t count = nfc_decompose(parts, c);
		/* Marks go, so their order need not be looked at. */
		for (size_t i = 0; i < count; i++)
			if (nfc_class(parts[i]) == 0)
				utf8_put(out, fold_case(parts[i]));
	}
	return buf_err(out);
}

enum { DISTANCE_MAX = 64 };

/* Reads up to DISTANCE_MAX code points; a malformed byte counts as one. */
static size_t take_code_points(uint32_t out[DISTANCE_MAX], const char *text)
{
	struct bytes bytes = bytes_text(text);
	size_t count = 0;
	for (size_t at = 0; at < bytes.size && count < DISTANCE_MAX; count++)
		if (utf8_next(&out[count], bytes, &at))
			out[count] = 0x110000u + bytes.data[at++];
	return count;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned text_distance(const char *a, const char *b)
{
	uint32_t x[DISTANCE_MAX], y[DISTANCE_MAX];
	size_t x_size = take_code_points(x, a), y_size = take_code_points(y, b);
	/* The last three rows of the table: of the prefixes of `a` that are two and one characters shorter,
	 * and of the one at hand. */
	unsigned rows[3][DISTANCE_MAX + 1];
	for (unsigned k = 0; k <= y_size; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= x_size; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
		row[0] = (unsigned)i;
		for (size_t k = 1; k <= y_size; k++) {
			unsigned change = above[k - 1] + (x[i - 1] != y[k - 1]);
			row[k] = least(change, least(above[k], row[k - 1]) + 1);
			if (i > 1 && k > 1 && x[i - 1] == y[k - 2] && x[i - 2] == y[k - 1])
				row[k] = least(row[k], above2[k - 2] + 1);
		}
	}
	return rows[x_size % 3][y_size];
}
