/* Patterns of text fields: a small subset of POSIX extended expressions with one meaning everywhere.
 *
 * pattern  ^ alternatives $           the whole text must match
 * alternatives  sequence | sequence
 * sequence      (atom or atom with one of ? * + {n} {n,m}), at least one
 * atom          a character, \ before a special one, . (any but LF), [a-z_] or [^a-z], ( alternatives )
 *
 * Not regcomp: its answers hang on the locale and its time on the expression, and a view must be the
 * same on every node.  Matching walks all paths at once: time is text size times pattern states. */
#ifndef SCHEMA_PATTERN_H
#define SCHEMA_PATTERN_H

#include "base/bytes.h"

enum {
	PATTERN_SIZE_MAX = 128,    /* characters of an expression */
	PATTERN_STATES_MAX = 1024, /* after {n,m} is written out */
	PATTERN_TEXT_MAX = 4096    /* bytes of a text; a longer one never matches */
};

/* NULL when the expression is one; otherwise what is wrong with it. */
const char *pattern_fault(const char *pattern);

/* True when the whole of `text` (UTF-8) matches.  The expression must be without fault. */
bool pattern_matches(const char *pattern, struct bytes text);

#endif
