/* A case as text for people. */
#ifndef CLI_SHOW_TEXT_H
#define CLI_SHOW_TEXT_H

#include "cli/print.h"
#include "node/case_json.h"

/* Appends the page: a line about the case, then per compartment its fields with value, status, who, where,
 * when; compartments without a key, and those that are not the reader's, are said so. */
MUST_USE enum err show_text_put(struct buf *b, const struct print *p, const struct case_json *c);

/* A value as a person reads it: texts bare, everything else as JSON. */
void show_text_value(struct buf *b, const struct form_field *field, struct bytes value);

/* "k.jansen, terapel" for the officer of a change. */
void show_text_who(struct buf *b, const struct case_json *c, uint32_t change);

#endif
