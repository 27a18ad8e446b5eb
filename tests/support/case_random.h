/* Random cases of 40 changes: grants, withdrawals, new and old epochs, by members and others, with the
 * charter changing meanwhile. */
#ifndef TESTS_SUPPORT_CASE_RANDOM_H
#define TESTS_SUPPORT_CASE_RANDOM_H

#include "tests/support/case_kit.h"

/* Adds the changes of one case to an empty kit, parents first. */
void case_random_make(struct case_kit *k, uint64_t seed);

#endif
