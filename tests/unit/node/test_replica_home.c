/* Two processes on one home: each sees what the other wrote. */
#include "tests/support/federation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/temp_home.h"

static void two_processes_write_one_line_of_changes(void **state)
{
	(void)state;
	struct federation fed;
	char home[FS_PATH_MAX];
	struct casefile *f;
	const uint32_t *frontier;
	uint32_t count;
	temp_home_make(home);
	federation_init(&fed, 5);
	struct fed_site *budel = federation_add(&fed, "budel", SITE_RECEPTION, 0, "coa");
	federation_open_site(&fed, budel, home, false, NULL);
	struct edit_result opened = fed_open(budel, "case.reported_on", "\"2026-02-02\"");
	struct replica *other = budel->replica;
	federation_open_site(&fed, budel, home, false, NULL);
	for (int i = 0; i < 6; i++) {
		struct edit_result done =
			fed_edit(budel, &opened.case_id, OP_SET, "contact.phone", i % 2 ? "\"06\"" : "\"07\"", NULL);
		assert_int_equal(done.verdict, EDIT_DONE);
		struct replica *swap = budel->replica;
		budel->replica = other;
		other = swap;
	}
	bool changed;
	assert_int_equal(replica_refresh(&changed, budel->replica, NULL), ERR_OK);
	assert_true(changed);
	assert_int_equal(replica_refresh(&changed, budel->replica, NULL), ERR_OK);
	assert_false(changed);
	assert_int_equal(replica_case(&f, budel->replica, &opened.case_id, NULL), ERR_OK);
	assert_int_equal(f->count, 7);
	assert_int_equal(casefile_frontier(&frontier, &count, f), ERR_OK);
	assert_int_equal(count, 1);
	replica_close(other);
	federation_clear(&fed);
	temp_home_remove(home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_processes_write_one_line_of_changes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
