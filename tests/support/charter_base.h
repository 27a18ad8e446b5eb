/* What most tests of the charter stand on: a site with an officer who may appoint roles 1 and 2 there. */
#ifndef TESTS_SUPPORT_CHARTER_BASE_H
#define TESTS_SUPPORT_CHARTER_BASE_H

#include "tests/support/charter_kit.h"

enum { ADMIN = 0x11, CLERK = 0x12, DOCTOR = 0x13, NODE = 0x21, OTHER_NODE = 0x22 }; /* keys */
enum { R1 = 1 << 1, R2 = 1 << 2, R3 = 1 << 3 }; /* roles 1, 2, 3 */

struct charter_base {
	struct charter_kit kit;
	struct charter *charter;
	struct kit_statement site;  /* 1 "centre", with all three roles */
	struct kit_statement admin; /* has role 1 and may appoint 1 and 2; the root's last word */
};

/* For cmocka. */
int charter_base_set_up(void **state);
int charter_base_tear_down(void **state);

#endif
