/* Processes that are killed while they write, and processes that write at once. */
#include "node/flock.h"
#include "node/store_walk.h"
#include "tests/support/store_fixture.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

enum { KILLS = 60, WRITERS = 4, WRITES = 25 };

static void sleep_us(long us)
{
	struct timespec pause = { .tv_nsec = us * 1000 };
	(void)nanosleep(&pause, NULL);
}

/* Writes without end, and reports each number once it is durable. */
static void write_until_killed(const char *home, int report, uint64_t number)
{
	struct store *s = NULL;
	struct git_id tip = { 0 };
	struct home_lock lock;
	if (store_git_open(&s, home, NULL))
		_exit(1);
	for (;; number++) {
		if (flock_take(&lock, home, FLOCK_WAIT_MS, "test", NULL))
			_exit(1);
		memset(&tip, 0, sizeof tip);
		sample_write_chain(s, &tip, 3, (int64_t)number, number * 10);
		flock_release(&lock);
		if (write(report, &number, sizeof number) != sizeof number)
			_exit(0);
	}
}

/* The number of changes at tips, all of which can be read; checks blobs too. */
static size_t count_readable(struct store *s)
{
	struct store_walk *w = NULL;
	const struct store_step *step = NULL;
	struct buf out;
	size_t count = 0;
	buf_init(&out, STORE_OBJECT_MAX);
	assert_int_equal(store_walk_open(&w, s, NULL, NULL), ERR_OK);
	do {
		assert_int_equal(store_walk_next(&step, w, NULL), ERR_OK);
		for (size_t i = 0; step && i < step->tip_count; i++, count++) {
			buf_reset(&out);
			assert_int_equal(store_read(&out, s, STORE_COMMIT, &step->tips[i], 4096, NULL), ERR_OK);
		}
		for (size_t i = 0; step && i < step->blob_count; i++) {
			buf_reset(&out);
			assert_int_equal(store_read(&out, s, STORE_BLOB, &step->blobs[i].git, 4096, NULL), ERR_OK);
		}
	} while (step);
	store_walk_close(w);
	buf_clear(&out);
	return count;
}

static void a_kill_at_any_moment_loses_nothing_reported_and_blocks_nobody(void **state)
{
	const struct fixture *f = *state;
	uint64_t next = 1, reported = 0;
	long slowness = 1; /* on a busy machine the writers are given longer, until they get somewhere */
	for (unsigned i = 0; i < KILLS; i++) {
		uint64_t before = next;
		int ends[2];
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			close(ends[0]);
			write_until_killed(f->home, ends[1], next);
		}
		close(ends[1]);
		sleep_us(slowness * (2000 + (long)(i * 7919 % 23000)));
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		while (read(ends[0], &reported, sizeof reported) == sizeof reported)
			next = reported + 1;
		close(ends[0]);
		/* One transaction may have become durable without its report. */
		size_t held = count_readable(fixture_reopen(state));
		assert_true(held == next - 1 || held == next);
		next = held + 1;
		slowness += next == before && slowness < 16;
	}
	assert_true(next > KILLS / 5); /* the writers did get to write */
}

static void write_some(const char *home, unsigned writer)
{
	struct store *s = NULL;
	struct home_lock lock;
	if (store_git_open(&s, home, NULL))
		_exit(1);
	for (unsigned i = 0; i < WRITES; i++) {
		struct git_id tip = { 0 };
		if (flock_take(&lock, home, FLOCK_WAIT_MS, "test", NULL))
			_exit(1);
		sample_write_chain(s, &tip, 1, 1, writer * 1000 + i);
		flock_release(&lock);
	}
	store_close(s);
	_exit(0);
}

static void writers_at_once_lose_nothing(void **state)
{
	const struct fixture *f = *state;
	pid_t children[WRITERS];
	for (unsigned i = 0; i < WRITERS; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0)
			write_some(f->home, i);
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		int status = -1;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count_readable(fixture_store(state)), WRITERS * WRITES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_kill_at_any_moment_loses_nothing_reported_and_blocks_nobody, fixture_open_git,
			fixture_close),
		cmocka_unit_test_setup_teardown(writers_at_once_lose_nothing, fixture_open_git, fixture_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
