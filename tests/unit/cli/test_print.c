/* Printing: which stream, when colours, and progress only where somebody looks. */
#define _XOPEN_SOURCE 700
#include "cli/print.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <cmocka.h>

/* Both streams in memory: no terminal. */
struct captured {
	struct print p;
	char *out, *err;
	size_t out_size, err_size;
};

static void capture(struct captured *c, enum lang lang)
{
	memset(c, 0, sizeof *c);
	FILE *out = open_memstream(&c->out, &c->out_size);
	FILE *err = open_memstream(&c->err, &c->err_size);
	assert_non_null(out);
	assert_non_null(err);
	print_init(&c->p, out, err, lang);
}

static void expect(struct captured *c, const char *out, const char *err)
{
	fclose(c->p.out);
	fclose(c->p.err);
	assert_string_equal(c->out, out);
	assert_string_equal(c->err, err);
	free(c->out);
	free(c->err);
}

static void data_and_words_never_mix(void **state)
{
	(void)state;
	struct captured c;
	capture(&c, LANG_NL);
	print_data(&c.p, "%d\n", 5);
	print_note(&c.p, "note %s", "a");
	print_warning(&c.p, "warning %s", "b");
	print_failure(&c.p, "edit", ERR_BUSY, "words");
	print_failure(&c.p, NULL, ERR_BUSY, "");
	print_json(&c.p, bytes_text("{}"));
	expect(&c, "5\n{}\n", "note a\nlet op: warning b\ndossier edit: words\ndossier: in gebruik\n");
}

static void a_failure_is_one_line_whatever_it_quotes(void **state)
{
	(void)state;
	struct captured c;
	capture(&c, LANG_EN);
	print_failure(&c.p, "edit", ERR_USAGE, "no field \"a\n\033[2Jb\xff\"");
	c.p.json = true;
	print_failure(&c.p, "edit", ERR_USAGE, "a\nb\xff");
	expect(&c, "", "dossier edit: no field \"a\uFFFD\uFFFD[2Jb\uFFFD\"\n"
		"{\"error\":\"usage\",\"exit\":2,\"message\":\"a\uFFFDb\uFFFD\"}\n");
}

static void quiet_leaves_out_notes_and_nothing_else(void **state)
{
	(void)state;
	struct captured c;
	capture(&c, LANG_EN);
	c.p.quiet = true;
	print_data(&c.p, "data\n");
	print_note(&c.p, "note");
	print_progress(&c.p, "1 of 2");
	print_warning(&c.p, "careful");
	expect(&c, "data\n", "warning: careful\n");
}

static void without_a_terminal_there_is_neither_colour_nor_progress(void **state)
{
	(void)state;
	struct captured c;
	unsetenv("COLUMNS");
	setenv("TERM", "xterm", 1);
	capture(&c, LANG_EN);
	print_progress(&c.p, "1 of 2");
	print_progress_end(&c.p);
	print_data(&c.p, "%sbold%s\n", print_style(&c.p, STYLE_BOLD), print_style(&c.p, STYLE_PLAIN));
	assert_int_equal(c.p.width, 80);
	expect(&c, "bold\n", "");
}

/* Runs the same lines with a pseudo terminal for both streams and returns what it was sent. */
static void print_at_terminal(char *shown, size_t size)
{
	struct print p;
	struct termios raw;
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0 && tcgetattr(slave, &raw) == 0);
	raw.c_oflag &= ~(tcflag_t)OPOST; /* a new line stays one byte */
	assert_int_equal(tcsetattr(slave, TCSANOW, &raw), 0);
	FILE *terminal = fdopen(slave, "w");
	assert_non_null(terminal);
	print_init(&p, terminal, terminal, LANG_EN);
	print_progress(&p, "%d of 2", 1);
	print_progress(&p, "%d of 2", 2);
	print_data(&p, "%sgood%s\n", print_style(&p, STYLE_GOOD), print_style(&p, STYLE_PLAIN));
	print_failure(&p, "sync", ERR_PEER, "gone");
	assert_int_equal(print_finish(&p, NULL), ERR_OK);
	fflush(terminal);
	/* The kernel hands over in pieces; a line of our own marks the end. */
	assert_true(write(slave, "\004", 1) == 1);
	size_t have = 0;
	while (have == 0 || shown[have - 1] != '\004') {
		ssize_t n = read(master, shown + have, size - 1 - have);
		assert_true(n > 0);
		have += (size_t)n;
	}
	shown[have - 1] = '\0';
	fclose(terminal);
	close(master);
}

static void at_a_terminal_progress_is_written_over_and_verdicts_are_coloured(void **state)
{
	(void)state;
	char shown[1000];
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	print_at_terminal(shown, sizeof shown);
	assert_string_equal(shown, "\r\033[K1 of 2\r\033[K2 of 2\r\033[K\033[32mgood\033[0m\n"
		"\033[31mdossier sync:\033[0m gone\n");
}

static void no_color_and_a_dumb_terminal_keep_colours_away(void **state)
{
	(void)state;
	static const char plain[] = "\r\033[K1 of 2\r\033[K2 of 2\r\033[Kgood\ndossier sync: gone\n";
	char shown[1000];
	setenv("NO_COLOR", "1", 1);
	print_at_terminal(shown, sizeof shown);
	assert_string_equal(shown, plain);
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	print_at_terminal(shown, sizeof shown);
	assert_string_equal(shown, plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_and_words_never_mix),
		cmocka_unit_test(a_failure_is_one_line_whatever_it_quotes),
		cmocka_unit_test(quiet_leaves_out_notes_and_nothing_else),
		cmocka_unit_test(without_a_terminal_there_is_neither_colour_nor_progress),
		cmocka_unit_test(at_a_terminal_progress_is_written_over_and_verdicts_are_coloured),
		cmocka_unit_test(no_color_and_a_dumb_terminal_keep_colours_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
