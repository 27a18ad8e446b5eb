/* The lock of a home. */
#include "node/flock.h"
#include "tests/support/temp_home.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static void one_holds_it_and_the_other_is_told_who(void **state)
{
	char home[FS_PATH_MAX];
	struct home_lock first, second;
	struct err_text why = { "" };
	(void)state;
	temp_home_make(home);
	assert_int_equal(flock_take(&first, home, 0, "dossier edit", &why), ERR_OK);
	assert_int_equal(flock_take(&second, home, 30, "dossier show", &why), ERR_BUSY);
	assert_non_null(strstr(why.text, "dossier edit"));
	assert_int_equal(second.fd, -1);
	flock_release(&second);
	flock_release(&first);
	flock_release(&first);
	assert_int_equal(flock_take(&second, home, 0, "dossier show", &why), ERR_OK);
	flock_release(&second);
	temp_home_remove(home);
}

static void a_waiter_gets_it_when_it_is_released(void **state)
{
	char home[FS_PATH_MAX];
	struct home_lock lock;
	int ends[2], status = -1;
	(void)state;
	temp_home_make(home);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(flock_take(&lock, home, 0, "parent", NULL), ERR_OK);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		flock_release(&lock); /* the inherited descriptor shares the parent's lock */
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	/* The child closed its copy; the parent's lock still stands. */
	struct home_lock other;
	assert_int_equal(flock_take(&other, home, 0, "other", NULL), ERR_BUSY);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(lock.fd);
		if (write(ends[1], "w", 1) != 1)
			_exit(1);
		_exit(flock_take(&other, home, FLOCK_WAIT_MS, "child", NULL) == ERR_OK ? 0 : 1);
	}
	char byte;
	assert_int_equal(read(ends[0], &byte, 1), 1);
	flock_release(&lock);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(ends[0]);
	close(ends[1]);
	temp_home_remove(home);
}

static void it_ends_with_its_process(void **state)
{
	char home[FS_PATH_MAX];
	struct home_lock lock;
	int ends[2];
	char byte;
	(void)state;
	temp_home_make(home);
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (flock_take(&lock, home, 0, "child", NULL) || write(ends[1], "t", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(flock_take(&lock, home, 0, "parent", NULL), ERR_BUSY);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(flock_take(&lock, home, 0, "parent", NULL), ERR_OK);
	flock_release(&lock);
	close(ends[0]);
	close(ends[1]);
	temp_home_remove(home);
}

static void what_stands_in_the_file_is_shown_as_one_clean_line(void **state)
{
	char home[FS_PATH_MAX], path[FS_PATH_MAX];
	struct home_lock lock, other;
	struct err_text why = { "" };
	(void)state;
	temp_home_make(home);
	assert_int_equal(fs_path(path, "%s/lock", home), ERR_OK);
	assert_int_equal(flock_take(&lock, home, 0, "x", NULL), ERR_OK);
	assert_int_equal(pwrite(lock.fd, "evil\x1b[31m\nsecond line", 20, 0), 20);
	assert_int_equal(flock_take(&other, home, 0, "y", &why), ERR_BUSY);
	assert_non_null(strstr(why.text, "evil?[31m;"));
	assert_null(strstr(why.text, "second"));
	flock_release(&lock);
	temp_home_remove(home);
}

static void a_home_that_is_not_there_is_told(void **state)
{
	struct home_lock lock;
	struct err_text why = { "" };
	(void)state;
	assert_int_equal(flock_take(&lock, "/nonexistent/node", 0, "x", &why), ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "/nonexistent/node/lock"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_holds_it_and_the_other_is_told_who),
		cmocka_unit_test(a_waiter_gets_it_when_it_is_released),
		cmocka_unit_test(it_ends_with_its_process),
		cmocka_unit_test(what_stands_in_the_file_is_shown_as_one_clean_line),
		cmocka_unit_test(a_home_that_is_not_there_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
