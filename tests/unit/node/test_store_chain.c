/* The texts of git objects: headers of commits, entries of trees, store commits. */
#include "base/text.h"
#include "node/store_chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ONES "1111111111111111111111111111111111111111"
#define TWOS "2222222222222222222222222222222222222222"
#define TREE "tree " ONES "\n"
#define PARENT "parent " TWOS "\n"
#define DATES(t) "author dossier <dossier@localhost> " t " +0000\n" \
	"committer dossier <dossier@localhost> " t " +0000\n"

static void the_head_of_a_commit_is_taken_apart(void **state)
{
	static const char whole[] = TREE PARENT "parent " ONES "\nauthor x\n\nparent " TWOS "\n";
	struct gittext_commit c;
	(void)state;
	assert_int_equal(gittext_parse(&c, bytes_text(whole)), ERR_OK);
	assert_int_equal(c.tree.b[0], 0x11);
	assert_int_equal(gittext_parent_count(&c), 2);
	struct git_id first = gittext_parent(&c, 0), second = gittext_parent(&c, 1);
	assert_int_equal(first.b[19], 0x22);
	assert_int_equal(second.b[19], 0x11);
	assert_int_equal(gittext_parse(&c, bytes_text(TREE "author ")), ERR_OK);
	assert_int_equal(gittext_parent_count(&c), 0);
}

static void a_malformed_head_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "tree", "tree " ONES, TREE, PARENT TREE "author x\n", TREE "autho", TREE "parent " TWOS,
		"tree " ONES " \nauthor x\n", "tree 111111111111111111111111111111111111111G\nauthor x\n",
		TREE "parent 2\nauthor x\n", TREE PARENT "\nauthor x\n", TREE "encoding x\nauthor x\n",
	};
	struct gittext_commit c;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(gittext_parse(&c, bytes_text(bad[i])), ERR_FORMAT);
}

static void a_tree_reads_back_and_its_truncations_do_not(void **state)
{
	struct buf tree;
	struct gittext_entry e;
	size_t at = 0;
	(void)state;
	buf_init(&tree, 4096);
	gittext_tree_put(&tree, bytes_text("entries"), &store_empty_tree);
	size_t one = tree.size;
	gittext_tree_put(&tree, bytes_text("other"), &store_empty_tree);
	assert_int_equal(gittext_tree_next(&e, buf_bytes(&tree), &at), ERR_OK);
	assert_int_equal(at, one);
	assert_true(bytes_equal(e.name, bytes_text("entries")));
	assert_true(git_id_equal(&e.id, &store_empty_tree));
	assert_int_equal(gittext_tree_next(&e, buf_bytes(&tree), &at), ERR_OK);
	assert_int_equal(at, tree.size);
	for (size_t size = 0; size < one; size++) {
		at = 0;
		assert_int_equal(gittext_tree_next(&e, bytes_of(tree.data, size), &at), ERR_FORMAT);
		assert_int_equal(at, 0);
	}
	tree.data[4] = '7'; /* mode 100744 */
	at = 0;
	assert_int_equal(gittext_tree_next(&e, buf_bytes(&tree), &at), ERR_FORMAT);
	buf_clear(&tree);
}

static void a_store_commit_reads_back(void **state)
{
	struct git_id tips[2] = { { { 1 } }, { { 2 } } };
	struct chain_commit c = { .tree = store_empty_tree, .previous = { { 9 } }, .number = 41,
		.time = 1700000000, .tips = tips, .tip_count = 2 }, back;
	struct gittext_commit text;
	struct buf out;
	(void)state;
	buf_init(&out, CHAIN_COMMIT_MAX);
	chain_put(&out, &c);
	assert_int_equal(chain_parse(&back, &text, buf_bytes(&out)), ERR_OK);
	assert_int_equal(back.number, 41);
	assert_int_equal(back.time, 1700000000);
	assert_int_equal(back.tip_count, 2);
	assert_true(git_id_equal(&back.previous, &c.previous));
	struct git_id second = gittext_parent(&text, 2);
	assert_true(git_id_equal(&second, &tips[1]));
	buf_reset(&out);
	chain_put(&out, &(struct chain_commit){ .tree = { { 0x11 } }, .time = 5 });
	assert_string_equal(buf_text(&out), "tree 1100000000000000000000000000000000000000\n" DATES("5")
		"\nstore 0\n");
	assert_int_equal(chain_parse(&back, &text, buf_bytes(&out)), ERR_OK);
	buf_clear(&out);
}

static void a_store_commit_has_one_spelling(void **state)
{
	static const char *const bad[] = {
		TREE PARENT DATES("5") "\nstore 0\n",       /* the first one has no parent */
		TREE DATES("5") "\nstore 1\n",              /* the others have */
		TREE PARENT DATES("5") "\nstore 01\n",
		TREE PARENT DATES("05") "\nstore 1\n",
		TREE PARENT DATES("5") "\nstore 1",
		TREE PARENT DATES("5") "\nstore 1\n\n",
		TREE PARENT DATES("5") "\nstore \n",
		TREE PARENT DATES("5") "\nstore 99999999999999999999\n",
		TREE PARENT DATES("17179869184") "\nstore 1\n", /* 2^34 */
		TREE PARENT DATES("5") "encoding x\n\nstore 1\n",
		TREE PARENT "author dossier <dossier@localhost> 5 +0000\n"
			"committer dossier <dossier@localhost> 6 +0000\n\nstore 1\n",
		TREE PARENT "author somebody <x@localhost> 5 +0000\n\nstore 1\n",
	};
	struct chain_commit c;
	struct gittext_commit text;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(chain_parse(&c, &text, bytes_text(bad[i])), ERR_FORMAT);
	assert_int_equal(chain_parse(&c, &text, bytes_text(TREE PARENT DATES("5") "\nstore 1\n")), ERR_OK);
}

static void names_of_blobs_are_a_letter_and_hex(void **state)
{
	struct hash256 hash, back;
	char name[CHAIN_NAME], prefix = 0;
	(void)state;
	memset(hash.b, 0xab, sizeof hash.b);
	chain_name(name, 'p', &hash);
	assert_memory_equal(name, "p-abab", 6);
	assert_int_equal(chain_parse_name(&prefix, &back, bytes_of(name, sizeof name)), ERR_OK);
	assert_int_equal(prefix, 'p');
	assert_true(hash256_equal(&hash, &back));
	assert_int_equal(chain_parse_name(&prefix, &back, bytes_of(name, sizeof name - 1)), ERR_FORMAT);
	for (size_t i = 0; i < 3; i++) {
		char kept = name[i];
		name[i] = 'P';
		assert_int_equal(chain_parse_name(&prefix, &back, bytes_of(name, sizeof name)), ERR_FORMAT);
		name[i] = kept;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_of_a_commit_is_taken_apart),
		cmocka_unit_test(a_malformed_head_is_refused),
		cmocka_unit_test(a_tree_reads_back_and_its_truncations_do_not),
		cmocka_unit_test(a_store_commit_reads_back),
		cmocka_unit_test(a_store_commit_has_one_spelling),
		cmocka_unit_test(names_of_blobs_are_a_letter_and_hex),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
