/* Unicode normalization form C (UAX #15), and what a clean text is.
 *
 * A text is taken apart code point by code point.  What is held back is one starter and the marks after
 * it; they are sorted as they come and composed when the next starter shows that no more will come.  So
 * it takes one pass and no memory, and a check is the same walk with a comparison at its end. */
#include "base/nfc.h"
#include "base/text.h"

#include <assert.h>
#include <stdlib.h>

enum {
	/* More marks in a row occur in no language (UAX #15 section 13, stream-safe text).  Counted in the
	 * decomposed text, so that every spelling of a text gets the same answer. */
	MARKS_MAX = 30,
	/* All code points below are starters, decompose and compose again to themselves. */
	NFC_PLAIN_BELOW = 0x300,
};

/* Hangul syllables are composed by arithmetic (The Unicode Standard, section 3.12). */
enum {
	S_BASE = 0xac00, L_BASE = 0x1100, V_BASE = 0x1161, T_BASE = 0x11a7,
	L_COUNT = 19, V_COUNT = 21, T_COUNT = 28, S_COUNT = L_COUNT * V_COUNT * T_COUNT
};

static int compare_run(const void *key, const void *element)
{
	uint32_t c = *(const uint32_t *)key;
	const struct nfc_run *run = element;
	return c < run->first ? -1 : c > run->last;
}

uint8_t nfc_class(uint32_t c)
{
	if (c < NFC_PLAIN_BELOW)
		return 0;
	const struct nfc_run *run = bsearch(&c, nfc_runs, nfc_runs_count, sizeof nfc_runs[0], compare_run);
	return run ? run->class : 0;
}

static int compare_whole(const void *key, const void *element)
{
	uint32_t c = *(const uint32_t *)key;
	const struct nfc_pair *pair = element;
	return (c > pair->whole) - (c < pair->whole);
}

size_t nfc_decompose(uint32_t out[NFC_PARTS_MAX], uint32_t c)
{
	size_t size = 0;
	if (c >= S_BASE && c < S_BASE + S_COUNT) {
		uint32_t s = c - S_BASE;
		out[size++] = L_BASE + s / (V_COUNT * T_COUNT);
		out[size++] = V_BASE + s / T_COUNT % V_COUNT;
		if (s % T_COUNT)
			out[size++] = T_BASE + s % T_COUNT;
		return size;
	}
	/* Only the first of a pair may decompose further, so the seconds come out last to first. */
	uint32_t seconds[NFC_PARTS_MAX];
	size_t pending = 0;
	const struct nfc_pair *pair;
	while ((pair = bsearch(&c, nfc_decompositions, nfc_decompositions_count, sizeof nfc_decompositions[0],
		compare_whole))) {
		assert(pending < NFC_PARTS_MAX - 1);
		if (pair->second)
			seconds[pending++] = pair->second;
		c = pair->first;
	}
	out[size++] = c;
	while (pending > 0)
		out[size++] = seconds[--pending];
	return size;
}

static int compare_parts(const void *key, const void *element)
{
	const struct nfc_pair *x = key, *y = element;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->second > y->second) - (x->second < y->second);
}

/* What the two compose to, or 0. */
static uint32_t compose(uint32_t first, uint32_t second)
{
	if (second < NFC_PLAIN_BELOW)
		return 0;
	if (first >= L_BASE && first < L_BASE + L_COUNT && second >= V_BASE && second < V_BASE + V_COUNT)
		return S_BASE + ((first - L_BASE) * V_COUNT + second - V_BASE) * T_COUNT;
	if (first >= S_BASE && first < S_BASE + S_COUNT && (first - S_BASE) % T_COUNT == 0 && second > T_BASE &&
		second < T_BASE + T_COUNT)
		return first + second - T_BASE;
	struct nfc_pair key = { .first = first, .second = second };
	const struct nfc_pair *pair = bsearch(&key, nfc_compositions, nfc_compositions_count,
		sizeof nfc_compositions[0], compare_parts);
	return pair ? pair->whole : 0;
}

/* A walk through one text.  Invariant: `marks` are sorted by class, equal ones in the order in which they
 * came, and what was given out is the normal form of everything before the starter. */
struct nfc_walk {
	uint32_t starter;
	bool has_starter;
	uint32_t marks[MARKS_MAX];
	uint8_t classes[MARKS_MAX];
	size_t count;
	struct buf *out;       /* where the normal form goes, or NULL for a check */
	struct bytes expected; /* what a check compares with, from `at` on */
	size_t at;
	bool differs;
};

static void give(struct nfc_walk *w, uint32_t c)
{
	uint32_t there;
	if (w->out)
		utf8_put(w->out, c);
	else if (utf8_next(&there, w->expected, &w->at) || there != c)
		w->differs = true;
}

/* Composes the marks with their starter.  A mark is blocked from it by one that stays between them and
 * has the same class. */
static void settle(struct nfc_walk *w)
{
	size_t kept = 0;
	uint8_t class_before = 0;
	for (size_t i = 0; w->has_starter && i < w->count; i++) {
		uint32_t whole = w->classes[i] > class_before ? compose(w->starter, w->marks[i]) : 0;
		if (whole) {
			w->starter = whole;
			continue;
		}
		w->marks[kept++] = w->marks[i];
		class_before = w->classes[i];
	}
	if (w->has_starter)
		w->count = kept;
}

static void give_all(struct nfc_walk *w)
{
	if (w->has_starter)
		give(w, w->starter);
	for (size_t i = 0; i < w->count; i++)
		give(w, w->marks[i]);
	w->count = 0;
}

static void take_starter(struct nfc_walk *w, uint32_t c)
{
	settle(w);
	uint32_t whole = w->has_starter && w->count == 0 ? compose(w->starter, c) : 0;
	if (whole) {
		w->starter = whole;
		return;
	}
	give_all(w);
	w->starter = c;
	w->has_starter = true;
}

static enum err take_mark(struct nfc_walk *w, uint32_t c, uint8_t class)
{
	if (w->count == MARKS_MAX)
		return ERR_LIMIT;
	size_t i = w->count++;
	for (; i > 0 && w->classes[i - 1] > class; i--) {
		w->marks[i] = w->marks[i - 1];
		w->classes[i] = w->classes[i - 1];
	}
	w->marks[i] = c;
	w->classes[i] = class;
	return ERR_OK;
}

static enum err walk(struct nfc_walk *w, struct bytes text)
{
	size_t at = 0;
	while (at < text.size && !w->differs) {
		uint32_t c, parts[NFC_PARTS_MAX];
		enum err e = utf8_next(&c, text, &at);
		if (e)
			return e;
		size_t count = nfc_decompose(parts, c);
		for (size_t i = 0; i < count; i++) {
			uint8_t class = nfc_class(parts[i]);
			if (class == 0)
				take_starter(w, parts[i]);
			else if (take_mark(w, parts[i], class))
				return ERR_LIMIT;
		}
	}
	settle(w);
	give_all(w);
	return ERR_OK;
}

enum err text_to_nfc(struct buf *out, struct bytes text)
{
	struct nfc_walk w = { .out = out };
	size_t start = out->size;
	enum err e = walk(&w, text);
	if (!e)
		return buf_err(out);
	out->size = start;
	return e;
}

bool text_is_clean(struct bytes text, bool lines)
{
	bool plain = true;
	for (size_t at = 0; at < text.size;) {
		uint32_t c;
		if (utf8_next(&c, text, &at))
			return false;
		if ((c < 0x20 && !(lines && (c == '\n' || c == '\t'))) || (c >= 0x7f && c < 0xa0))
			return false;
		plain = plain && c < NFC_PLAIN_BELOW;
	}
	if (plain)
		return true;
	struct nfc_walk w = { .expected = text };
	return !walk(&w, text) && !w.differs && w.at == text.size;
}
