/* What import judges about a change: real commits, one fault at a time. */
#include "schema/keep.h"
#include "tests/support/case_kit.h"
#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct case_kit kit;
static struct buf commit;
static const struct git_id parents_git[CHANGE_PARENTS_MAX];

static int set_up(void **state)
{
	(void)state;
	case_kit_init(&kit);
	buf_init(&commit, CHANGE_COMMIT_MAX);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_clear(&commit);
	case_kit_clear(&kit);
	return 0;
}

/* An opening by the north's officer, or with `parent` a change after it; not signed yet. */
static struct change *make(char name, char parent)
{
	const char parents[2] = { parent, '\0' };
	struct change *c = case_kit_add(&kit, name, parents, 2, "");
	change_case_id(&c->case_id, &c->federation, &c->officer, c->nonce);
	return c;
}

/* Signs as the officer of `site` and leaves the commit in `commit`. */
static void sign(struct change *c, uint32_t site)
{
	struct sign_key key;
	sample_sign_key(&key, (uint8_t)(0x10 + site));
	buf_reset(&commit);
	assert_int_equal(change_sign(&commit, c, parents_git, &key), ERR_OK);
	sign_key_clear(&key);
}

static struct keep_result read_as(const struct federation_id *federation, bool verify)
{
	struct keep_result r;
	struct change *change = NULL;
	const struct git_id *git = NULL;
	assert_int_equal(keep_read_commit(&r, &change, &git, &kit.arena, federation, buf_bytes(&commit), verify,
		NULL), ERR_OK);
	assert_true((r.verdict == KEEP_OK) == (change != NULL));
	return r;
}

static void expect_read(enum keep_code code)
{
	assert_string_equal(keep_code_name(read_as(&kit.kit.federation, true).code), keep_code_name(code));
}

static struct keep_result judge(const struct change *c, const struct keep_parent *parents)
{
	struct keep_result r;
	keep_judge(&r, kit.charter, c, parents);
	enum keep_verdict waits = r.code >= KEEP_MISSING_STATEMENT ? KEEP_WAITS : KEEP_REFUSED;
	assert_int_equal(r.verdict, r.code == KEEP_FINE ? KEEP_OK : waits);
	return r;
}

static void expect(const struct change *c, const struct keep_parent *parents, enum keep_code code)
{
	assert_string_equal(keep_code_name(judge(c, parents).code), keep_code_name(code));
}

/* ---- Bytes */

static void a_signed_commit_is_read(void **state)
{
	(void)state;
	sign(make('A', 0), 2);
	expect_read(KEEP_FINE);
	sign(make('B', 'A'), 2);
	expect_read(KEEP_FINE);
}

static void bytes_that_are_not_the_one_spelling_are_refused(void **state)
{
	(void)state;
	sign(make('A', 0), 2);
	buf_put_byte(&commit, '\n');
	expect_read(KEEP_BAD_FORMAT);
	buf_reset(&commit);
	buf_put_zeros(&commit, CHANGE_COMMIT_MAX);
	struct keep_result r = read_as(&kit.kit.federation, true);
	assert_true(r.code == KEEP_OVERSIZE || r.code == KEEP_BAD_FORMAT);
}

static void a_signature_must_hold_unless_someone_else_looks(void **state)
{
	(void)state;
	struct change *c = make('A', 0);
	sign(c, 2);
	c->time++;
	buf_reset(&commit);
	assert_int_equal(change_put_commit(&commit, c, parents_git), ERR_OK);
	expect_read(KEEP_BAD_SIGNATURE);
	assert_int_equal(read_as(&kit.kit.federation, false).code, KEEP_FINE);
}

static void another_federation_is_refused(void **state)
{
	(void)state;
	struct federation_id other = kit.kit.federation;
	other.b[31] ^= 1;
	sign(make('A', 0), 2);
	assert_int_equal(read_as(&other, true).code, KEEP_OTHER_FEDERATION);
}

/* ---- Facts */

static void nobody_else_opens_a_case(void **state)
{
	(void)state;
	struct change *c = make('A', 0);
	expect(c, NULL, KEEP_FINE);
	c->nonce[0] ^= 1;
	expect(c, NULL, KEEP_WRONG_CASE);
	c->nonce[0] ^= 1;
	c->officer = kit_officer(0x11);
	expect(c, NULL, KEEP_WRONG_CASE);
	/* Its bytes are fine, so that it is refused for what it is. */
	sign(c, 1);
	expect_read(KEEP_FINE);
}

static void parents_are_held_and_of_the_same_case(void **state)
{
	(void)state;
	(void)make('A', 0);
	struct change *c = make('B', 'A');
	struct keep_parent parent = { true, c->case_id };
	expect(c, &parent, KEEP_FINE);
	parent.case_id.b[0] ^= 1;
	expect(c, &parent, KEEP_WRONG_PARENT);
	parent.held = false;
	struct keep_result r = judge(c, &parent);
	assert_int_equal(r.code, KEEP_MISSING_PARENT);
	assert_memory_equal(&r.missing_parent, &c->parents[0], sizeof r.missing_parent);
}

static void named_statements_are_waited_for(void **state)
{
	(void)state;
	struct change *c = make('A', 0);
	struct statement_id root = c->root;
	c->root.b[0] ^= 1;
	struct keep_result r = judge(c, NULL);
	assert_int_equal(r.code, KEEP_MISSING_STATEMENT);
	assert_memory_equal(&r.missing_statement, &c->root, sizeof root);
	c->root = root;
	c->issuer.b[0] ^= 1;
	r = judge(c, NULL);
	assert_int_equal(r.code, KEEP_MISSING_STATEMENT);
	assert_memory_equal(&r.missing_statement, &c->issuer, sizeof root);
	c->issuer = kit.sites[1].id;
	expect(c, NULL, KEEP_WRONG_STATEMENT);
}

static void officer_and_node_are_listed_under_one_site(void **state)
{
	(void)state;
	struct change *c = make('A', 0);
	c->node = kit_node_id(0x21);
	expect(c, NULL, KEEP_UNKNOWN_NODE);
	c->node = kit_node_id(0x22);
	expect(c, NULL, KEEP_FINE);
	c->root = c->issuer = kit.officers[2].id; /* before the node was enrolled */
	expect(c, NULL, KEEP_UNKNOWN_NODE);
	c->root = c->issuer = kit.sites[2].id;
	expect(c, NULL, KEEP_NOT_APPOINTED);
	struct change *other = make('B', 0);
	other->officer = kit_officer(0x77);
	change_case_id(&other->case_id, &other->federation, &other->officer, other->nonce);
	expect(other, NULL, KEEP_NOT_APPOINTED);
}

/* Endings, roles and codes decide what counts, never what is kept. */
static void what_can_change_does_not_refuse(void **state)
{
	(void)state;
	struct change *c = make('A', 0);
	(void)case_kit_say(&kit, kit_retire(&kit.officers[2], 0));
	(void)case_kit_say(&kit, kit_retire(&kit.sites[2], 0));
	c->root = c->issuer = kit.last.id;
	c->form_version = 99;
	expect(c, NULL, KEEP_FINE);
	struct change *odd = case_kit_add(&kit, 'B', "A", 4, "act 4711; grant 9 0 7 1 2; withdraw 9 0 1");
	odd->case_id = c->case_id;
	const struct keep_parent parent = { true, c->case_id };
	expect(odd, &parent, KEEP_FINE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_signed_commit_is_read),
		TEST(bytes_that_are_not_the_one_spelling_are_refused),
		TEST(a_signature_must_hold_unless_someone_else_looks),
		TEST(another_federation_is_refused),
		TEST(nobody_else_opens_a_case),
		TEST(parents_are_held_and_of_the_same_case),
		TEST(named_statements_are_waited_for),
		TEST(officer_and_node_are_listed_under_one_site),
		TEST(what_can_change_does_not_refuse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
