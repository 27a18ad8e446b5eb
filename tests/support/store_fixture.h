/* An open store of either kind for one test, and what tests ask of it. */
#ifndef TESTS_SUPPORT_STORE_FIXTURE_H
#define TESTS_SUPPORT_STORE_FIXTURE_H

#include "node/store.h"
#include "tests/support/store_sample.h"
#include "tests/support/temp_home.h"

struct fixture {
	struct store *store;
	bool in_git;
	char home[FS_PATH_MAX];
};

/* For cmocka: set up and tear down. */
int fixture_open_memory(void **state);
int fixture_open_git(void **state);
int fixture_close(void **state);

struct store *fixture_store(void **state);

/* A handle that knows nothing of what the one before has cached; the same one in memory. */
struct store *fixture_reopen(void **state);

struct store_heads fixture_heads(struct store *s);

void fixture_assert_same_heads(const struct store_heads *a, const struct store_heads *b);

/* Asserts that exactly these bytes are read under the id. */
void fixture_assert_holds(struct store *s, enum store_kind kind, const struct git_id *id, struct bytes data);

/* A test's two rows in the table: in memory, in git. */
#define FIXTURE_BOTH(test) \
	{ #test " (memory)", test, fixture_open_memory, fixture_close, NULL }, \
	{ #test " (git)", test, fixture_open_git, fixture_close, NULL }

#endif
