/* Journals in a store, in both of its bodies. */
#include "tests/support/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void the_own_journal_grows_and_never_jumps(void **state)
{
	struct store *s = fixture_store(state);
	struct buf text[4];
	struct store_checkpoint c[2] = { sample_checkpoint_init(&text[0], NULL, 1) };
	assert_int_equal(store_hash(&c[0].git, STORE_COMMIT, c[0].commit), ERR_OK);
	c[1] = sample_checkpoint_init(&text[1], &c[0].git, 2);
	c[0].own = c[1].own = true;
	struct store_txn t = { .checkpoints = c, .checkpoint_count = 2 };
	sample_write(s, &t);
	assert_true(t.heads.has_journal);
	assert_true(git_id_equal(&t.heads.journal, &c[1].git));
	assert_false(t.heads.has_store); /* nothing new is held */
	fixture_assert_holds(s, STORE_COMMIT, &c[0].git, c[0].commit);

	struct store_checkpoint fork = sample_checkpoint_init(&text[2], &c[0].git, 3);
	struct store_checkpoint orphan = sample_checkpoint_init(&text[3], NULL, 4);
	fork.own = orphan.own = true;
	struct store_txn refused = { .checkpoints = &fork, .checkpoint_count = 1, .expect = fixture_heads(s) };
	assert_int_equal(store_write(s, &refused, NULL), ERR_CONFLICT);
	refused.checkpoints = &orphan;
	assert_int_equal(store_write(s, &refused, NULL), ERR_CONFLICT);
	struct store_heads now = fixture_heads(s);
	assert_true(git_id_equal(&now.journal, &c[1].git));
	for (int i = 0; i < 4; i++)
		buf_clear(&text[i]);
}

static void foreign_journals_are_kept_apart_and_listed_in_order(void **state)
{
	struct store *s = fixture_store(state);
	struct buf text[5];
	struct store_checkpoint c[4];
	struct store_journal *list = NULL;
	struct git_id head;
	size_t count = 0;
	for (unsigned i = 0; i < 4; i++) {
		c[i] = sample_checkpoint_init(&text[i], i == 3 ? &c[2].git : NULL, i);
		assert_int_equal(store_hash(&c[i].git, STORE_COMMIT, c[i].commit), ERR_OK);
		c[i].node.b[0] = i == 0 ? 9 : 7;
		c[i].incarnation.b[7] = i == 1 ? 2 : 1;
	}
	struct store_txn t = { .checkpoints = c, .checkpoint_count = 4 };
	sample_write(s, &t);
	sample_write(s, &t); /* heads that are there already are no conflict ... */
	s = fixture_reopen(state);
	assert_int_equal(store_journals(&list, &count, s, NULL), ERR_OK);
	assert_int_equal(count, 3);
	assert_true(git_id_equal(&list[0].head, &c[3].git));
	assert_true(git_id_equal(&list[1].head, &c[1].git));
	assert_true(git_id_equal(&list[2].head, &c[0].git));
	free(list);
	assert_int_equal(store_journal_find(&head, s, &c[2].node, &c[2].incarnation, NULL), ERR_OK);
	assert_true(git_id_equal(&head, &c[3].git));
	assert_int_equal(store_journal_find(&head, s, &c[0].node, &c[1].incarnation, NULL), ERR_NOT_FOUND);
	/* ... but another first checkpoint under the same name is. */
	struct store_checkpoint other = sample_checkpoint_init(&text[4], NULL, 9);
	other.node = c[0].node;
	other.incarnation = c[0].incarnation;
	t = (struct store_txn){ .checkpoints = &other, .checkpoint_count = 1, .expect = fixture_heads(s) };
	assert_int_equal(store_write(s, &t, NULL), ERR_CONFLICT);
	for (int i = 0; i < 5; i++)
		buf_clear(&text[i]);
}

static void a_chain_brought_again_from_further_back_must_come_past_the_head(void **state)
{
	struct store *s = fixture_store(state);
	struct buf text[4];
	struct store_checkpoint c[4];
	struct git_id head;
	for (unsigned i = 0; i < 4; i++) {
		c[i] = sample_checkpoint_init(&text[i], i ? &c[i - 1].git : NULL, i);
		assert_int_equal(store_hash(&c[i].git, STORE_COMMIT, c[i].commit), ERR_OK);
	}
	struct store_txn t = { .checkpoints = c, .checkpoint_count = 3 };
	sample_write(s, &t);
	t.checkpoint_count = 2; /* ends before the head */
	assert_int_equal(store_write(s, &t, NULL), ERR_CONFLICT);
	struct store_checkpoint gap[3] = { c[0], c[2], c[3] };
	t = (struct store_txn){ .checkpoints = gap, .checkpoint_count = 3 };
	assert_int_equal(store_write(s, &t, NULL), ERR_CONFLICT);
	t = (struct store_txn){ .checkpoints = c, .checkpoint_count = 4 };
	sample_write(s, &t);
	assert_int_equal(store_journal_find(&head, s, &c[0].node, &c[0].incarnation, NULL), ERR_OK);
	assert_true(git_id_equal(&head, &c[3].git));
	for (int i = 0; i < 4; i++)
		buf_clear(&text[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_BOTH(the_own_journal_grows_and_never_jumps),
		FIXTURE_BOTH(a_chain_brought_again_from_further_back_must_come_past_the_head),
		FIXTURE_BOTH(foreign_journals_are_kept_apart_and_listed_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
