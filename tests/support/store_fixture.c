/* An open store of either kind for one test. */
#include "tests/support/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

int fixture_open_memory(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	return f ? (int)store_mem_new(&f->store) : -1;
}

int fixture_open_git(void **state)
{
	struct err_text why = { "" };
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	if (!f)
		return -1;
	f->in_git = true;
	temp_home_make(f->home);
	return (int)store_git_open(&f->store, f->home, &why);
}

int fixture_close(void **state)
{
	struct fixture *f = *state;
	store_close(f->store);
	if (f->in_git)
		temp_home_remove(f->home);
	free(f);
	return 0;
}

struct store *fixture_store(void **state)
{
	return ((struct fixture *)*state)->store;
}

struct store *fixture_reopen(void **state)
{
	struct fixture *f = *state;
	if (f->in_git) {
		store_close(f->store);
		assert_int_equal(store_git_open(&f->store, f->home, NULL), ERR_OK);
	}
	return f->store;
}

void fixture_assert_holds(struct store *s, enum store_kind kind, const struct git_id *id, struct bytes data)
{
	struct buf out;
	buf_init(&out, STORE_OBJECT_MAX);
	assert_true(store_has(s, id));
	assert_int_equal(store_read(&out, s, kind, id, STORE_OBJECT_MAX, NULL), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&out), data));
	buf_clear(&out);
}

struct store_heads fixture_heads(struct store *s)
{
	struct store_heads h;
	assert_int_equal(store_heads(&h, s, NULL), ERR_OK);
	return h;
}

void fixture_assert_same_heads(const struct store_heads *a, const struct store_heads *b)
{
	assert_int_equal(a->has_store, b->has_store);
	assert_int_equal(a->has_journal, b->has_journal);
	assert_true(git_id_equal(&a->store, &b->store));
	assert_true(git_id_equal(&a->journal, &b->journal));
}
