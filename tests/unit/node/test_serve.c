/* Whom a peer's name stands for. */
#include "node/serve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/federation.h"

static struct federation fed;
static struct fed_site *central, *budel;

static int set_up(void **state)
{
	(void)state;
	federation_init(&fed, 31);
	central = federation_add(&fed, "central", SITE_CENTRAL, SITE_CUSTODIAN, "ind_officer");
	budel = federation_add(&fed, "budel", SITE_RECEPTION, 0, "coa");
	federation_open(&fed, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	federation_clear(&fed);
	return 0;
}

static enum err find(const struct charter_entry **node, const char *name)
{
	return serve_find_node(node, budel->replica, name, NULL);
}

static void a_site_with_one_node_stands_for_it(void **state)
{
	(void)state;
	const struct charter_entry *node, *same;
	assert_int_equal(find(&node, "central"), ERR_OK);
	assert_true(node_id_equal(&node->statement->as.node.node, replica_node(central->replica)));
	assert_int_equal(find(&same, "central/central"), ERR_OK);
	assert_ptr_equal(same, node);
}

static void a_name_that_stands_for_nobody_is_refused(void **state)
{
	(void)state;
	static const char *const names[] = { "budel" /* only this very node */, "centra", "centrall",
		"central/other", "central/", "/central", "" };
	const struct charter_entry *node;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		assert_int_equal(find(&node, names[i]), ERR_NOT_FOUND);
		assert_null(node);
	}
}

static void of_two_nodes_one_has_to_say_which(void **state)
{
	(void)state;
	const struct charter_entry *node;
	struct statement second = { .code = STATEMENT_NODE,
		.valid = true,
		.as.node = { .site = central->number, .name = bytes_text("laptop") } };
	struct statement_id id;
	second.as.node.node.b[0] = 9;
	second.as.node.transport_key[0] = 9;
	assert_int_equal(replica_state(&id, budel->replica, &second, &fed.root, true, NULL), ERR_OK);
	assert_int_equal(find(&node, "central"), ERR_USAGE);
	assert_null(node);
	assert_int_equal(find(&node, "central/laptop"), ERR_OK);
	assert_int_equal(node->statement->as.node.node.b[0], 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_site_with_one_node_stands_for_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_name_that_stands_for_nobody_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(of_two_nodes_one_has_to_say_which, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
