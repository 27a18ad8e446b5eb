/* Statements that follow from constants alone; see tests/support/sample.h. */
#ifndef TESTS_SUPPORT_SAMPLE_STATEMENT_H
#define TESTS_SUPPORT_SAMPLE_STATEMENT_H

#include "schema/statement.h"

/* One statement of that code: 1 to 4 of the root chain, others of the officer's; ids are runs of one
 * byte.  Lists are static.  Codes above 6 have arguments of any kind. */
void sample_statement(struct statement *out, uint32_t code);

/* Its body, signed by the sample root (and a second key, for two signatures) or by the officer. */
void sample_statement_blob(struct buf *body, struct buf *blob, uint32_t code);

#endif
