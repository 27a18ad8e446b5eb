/* Passphrases, asked at a real terminal (a pseudo terminal of its own) and read from files. */
#define _XOPEN_SOURCE 700
#include "cli/prompt.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <cmocka.h>

/* What the child, whose terminal it is, reports in its exit code. */
enum { CHILD_GOT_IT = 40, CHILD_ERR = 50 /* plus the enum err */ };

/* Asks in a child that has `slave` as its terminal; never returns. */
static void ask_in_child(const char *slave, bool is_new, const char *expected)
{
	struct cli cli = { 0 };
	struct err_text why;
	struct buf out;
	setsid();
	/* The first terminal that a session leader opens becomes its own. */
	int fd = open(slave, O_RDWR);
	if (fd < 0)
		_exit(1);
	print_init(&cli.print, stdout, stderr, LANG_EN);
	buf_init(&out, PASSPHRASE_MAX);
	enum err e = is_new ? prompt_new_passphrase(&out, &cli, "Anna", &why)
		: prompt_passphrase(&out, &cli, "Anna", &why);
	struct termios now;
	if (tcgetattr(fd, &now) || !(now.c_lflag & ECHO))
		_exit(2); /* the echo did not come back */
	if (e)
		_exit(CHILD_ERR + (int)e);
	_exit(bytes_equal(buf_bytes(&out), bytes_text(expected)) ? CHILD_GOT_IT : 3);
}

/* Reads what the terminal shows until `until` has been seen; the text stays in `shown`. */
static void read_until(int master, char *shown, size_t size, const char *until)
{
	size_t used = strlen(shown);
	while (!strstr(shown, until)) {
		assert_true(used + 1 < size);
		ssize_t n = read(master, shown + used, size - used - 1);
		assert_true(n > 0);
		used += (size_t)n;
		shown[used] = '\0';
	}
}

/* Types `first` at the first question and `second`, when there is one, at the second; returns the
 * child's exit code.  What the terminal showed must not hold the words `expected`. */
static int type_at_terminal(bool is_new, const char *first, const char *second, const char *expected)
{
	char shown[1000] = "";
	int status;
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	const char *name = ptsname(master);
	/* Held open here too, so that the master can be read after the child has gone. */
	int slave = open(name, O_RDWR | O_NOCTTY);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		ask_in_child(name, is_new, expected);
	read_until(master, shown, sizeof shown, is_new ? "New passphrase for Anna: " : "Passphrase of Anna: ");
	assert_int_equal(write(master, first, strlen(first)), strlen(first));
	if (second) {
		read_until(master, shown, sizeof shown, "The same again: ");
		assert_int_equal(write(master, second, strlen(second)), strlen(second));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (*expected)
		assert_null(strstr(shown, expected));
	close(slave);
	close(master);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void what_is_typed_is_taken_and_not_shown(void **state)
{
	(void)state;
	assert_int_equal(type_at_terminal(false, "open sesame\n", NULL, "open sesame"), CHILD_GOT_IT);
	assert_int_equal(type_at_terminal(false, "\n", NULL, ""), CHILD_GOT_IT);
	/* The control: another expectation is not met. */
	assert_int_equal(type_at_terminal(false, "open sesame\n", NULL, "other"), 3);
}

static void a_new_one_is_asked_for_twice_and_must_be_the_same(void **state)
{
	(void)state;
	assert_int_equal(type_at_terminal(true, "one two\n", "one two\n", "one two"), CHILD_GOT_IT);
	assert_int_equal(type_at_terminal(true, "one two\n", "one tow\n", "one two"), CHILD_ERR + ERR_USAGE);
	assert_int_equal(type_at_terminal(true, "\n", NULL, ""), CHILD_ERR + ERR_USAGE);
}

static void ctrl_c_interrupts_and_brings_the_echo_back(void **state)
{
	(void)state;
	assert_int_equal(type_at_terminal(false, "half\003", NULL, "half"), CHILD_ERR + ERR_INTERRUPTED);
}

/* Asks with a passphrase file that holds `content`. */
static enum err read_from_file(struct buf *out, const char *content, size_t size)
{
	char path[] = "/tmp/dossier-test.XXXXXX";
	struct cli cli = { .passphrase_file = path };
	struct err_text why;
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, size), size);
	close(fd);
	enum err e = prompt_passphrase(out, &cli, "Anna", &why);
	unlink(path);
	return e;
}

static void a_file_gives_its_first_line(void **state)
{
	(void)state;
	static const char *const contents[] = { "one two", "one two\n", "one two\r\n", "one two\nthree\n" };
	char large[PASSPHRASE_MAX + 2];
	struct buf out;
	buf_init(&out, PASSPHRASE_MAX);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(read_from_file(&out, contents[i], strlen(contents[i])), ERR_OK);
		assert_true(bytes_equal(buf_bytes(&out), bytes_text("one two")));
		buf_wipe(&out);
	}
	memset(large, 'x', sizeof large);
	assert_int_equal(read_from_file(&out, large, PASSPHRASE_MAX), ERR_OK);
	buf_wipe(&out);
	assert_int_equal(read_from_file(&out, large, PASSPHRASE_MAX + 1), ERR_LIMIT);
	buf_wipe(&out);
}

static void without_anybody_to_ask_there_is_no_key(void **state)
{
	(void)state;
	struct cli cli = { .no_input = true };
	struct err_text why;
	struct buf out;
	buf_init(&out, PASSPHRASE_MAX);
	assert_int_equal(prompt_passphrase(&out, &cli, "Anna", &why), ERR_NO_KEY);
	assert_non_null(strstr(why.text, "--passphrase-file"));
	assert_int_equal(prompt_new_passphrase(&out, &cli, "Anna", &why), ERR_NO_KEY);
	cli.passphrase_file = "/nowhere/at/all";
	assert_int_equal(prompt_passphrase(&out, &cli, "Anna", &why), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_typed_is_taken_and_not_shown),
		cmocka_unit_test(a_new_one_is_asked_for_twice_and_must_be_the_same),
		cmocka_unit_test(ctrl_c_interrupts_and_brings_the_echo_back),
		cmocka_unit_test(a_file_gives_its_first_line),
		cmocka_unit_test(without_anybody_to_ask_there_is_no_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
