/* A site and its officer, as the ground for tests of the charter. */
#include "tests/support/charter_base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

int charter_base_set_up(void **state)
{
	struct charter_base *b = calloc(1, sizeof *b);
	assert_non_null(b);
	charter_kit_init(&b->kit);
	b->charter = kit_charter(&b->kit);
	kit_keep(b->charter, &b->kit.first, CHARTER_COUNTS);
	b->site = kit_by_root(&b->kit, &b->kit.first,
		kit_site(&b->kit, 1, "centre", SITE_CENTRAL, R1 | R2 | R3));
	kit_keep(b->charter, &b->site, CHARTER_COUNTS);
	b->admin = kit_by_root(&b->kit, &b->site, kit_appoint(&b->kit, 1, "admin", ADMIN, R1, R1 | R2));
	kit_keep(b->charter, &b->admin, CHARTER_COUNTS);
	*state = b;
	return 0;
}

int charter_base_tear_down(void **state)
{
	struct charter_base *b = *state;
	charter_free(b->charter);
	charter_kit_clear(&b->kit);
	free(b);
	return 0;
}
