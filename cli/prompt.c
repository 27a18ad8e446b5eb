/* Passphrases: from a file, or from the terminal with the echo off. */
#include "cli/prompt.h"

#include "base/secret.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

/* Set by a signal while the echo is off.  Nothing else may be done in a handler, and a signal cannot be
 * handed a pointer: the one variable of this floor that outlives a call. */
static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/* Waits until there is something to read.  The signals are blocked everywhere but in here: one that
 * came between a look at `interrupted` and the wait would be slept over. */
static enum err wait_for_input(int fd, const sigset_t *unblocked)
{
	fd_set set;
	assert(fd < FD_SETSIZE);
	while (!interrupted) {
		FD_ZERO(&set);
		FD_SET(fd, &set);
		if (pselect(fd + 1, &set, NULL, NULL, NULL, unblocked) == 1)
			return ERR_OK;
	}
	return ERR_INTERRUPTED;
}

/* Appends what stands before the first new line (or the end); the rest of the file is not looked at.
 * Read byte by byte, so that no copy stays behind in a buffer of a stream.  At a terminal `unblocked`
 * is the signal mask to wait with; for a file it is NULL. */
static enum err read_line(struct buf *out, int fd, const sigset_t *unblocked, enum lang lang,
	struct err_text *why)
{
	size_t from = out->size;
	for (;;) {
		uint8_t byte = 0;
		if (unblocked && wait_for_input(fd, unblocked))
			return ERR_INTERRUPTED;
		ssize_t n = read(fd, &byte, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(why, ERR_IO, "passphrase: %s", strerror(errno));
		if (n == 0 || byte == '\n')
			break;
		if (out->size - from == PASSPHRASE_MAX)
			return err_set(why, ERR_LIMIT, SAY(lang, PROMPT_TOO_LONG), (int)PASSPHRASE_MAX);
		buf_put_byte(out, byte);
	}
	if (out->size > from && out->data[out->size - 1] == '\r')
		out->size--;
	return buf_err(out);
}

static enum err read_file(struct buf *out, const struct cli *cli, struct err_text *why)
{
	int fd = open(cli->passphrase_file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(why, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", cli->passphrase_file,
			strerror(errno));
	enum err e = read_line(out, fd, NULL, cli->print.lang, why);
	close(fd);
	return e;
}

/* What the terminal was before, to be put back whatever happens. */
struct quiet_terminal {
	int fd;
	struct termios before;
	sigset_t mask;      /* as it was */
	sigset_t unblocked; /* as it was, and open for what is caught */
	struct sigaction actions[3];
};
static const int caught[3] = { SIGINT, SIGTERM, SIGHUP };

static void signals_restore(const struct quiet_terminal *t)
{
	for (size_t i = 0; i < 3; i++)
		sigaction(caught[i], &t->actions[i], NULL);
	sigprocmask(SIG_SETMASK, &t->mask, NULL);
}

static enum err terminal_hush(struct quiet_terminal *t, struct err_text *why)
{
	struct sigaction action;
	sigset_t blocked;
	memset(&action, 0, sizeof action);
	sigemptyset(&action.sa_mask);
	sigemptyset(&blocked);
	action.sa_handler = on_signal;
	interrupted = 0;
	if (tcgetattr(t->fd, &t->before))
		return err_set(why, ERR_IO, "terminal: %s", strerror(errno));
	for (size_t i = 0; i < 3; i++)
		sigaddset(&blocked, caught[i]);
	sigprocmask(SIG_BLOCK, &blocked, &t->mask);
	t->unblocked = t->mask;
	for (size_t i = 0; i < 3; i++) {
		sigaction(caught[i], &action, &t->actions[i]);
		sigdelset(&t->unblocked, caught[i]);
	}
	struct termios hushed = t->before;
	hushed.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
	hushed.c_lflag |= ECHONL | ICANON | ISIG;
	if (tcsetattr(t->fd, TCSAFLUSH, &hushed) == 0)
		return ERR_OK;
	enum err e = err_set(why, ERR_IO, "terminal: %s", strerror(errno));
	signals_restore(t);
	return e;
}

static void terminal_restore(struct quiet_terminal *t)
{
	tcsetattr(t->fd, TCSAFLUSH, &t->before);
	signals_restore(t);
}

static enum err ask(struct buf *out, struct cli *cli, int fd, const char *question, struct err_text *why)
{
	struct quiet_terminal t = { .fd = fd };
	print_progress_end(&cli->print);
	enum err e = terminal_hush(&t, why);
	if (e)
		return e;
	size_t size = strlen(question);
	if (write(fd, question, size) != (ssize_t)size)
		e = err_set(why, ERR_IO, "terminal: %s", strerror(errno));
	else
		e = read_line(out, fd, &t.unblocked, cli->print.lang, why);
	if (e == ERR_INTERRUPTED)
		(void)!write(fd, "\n", 1);
	terminal_restore(&t);
	return e;
}

/* Opens the terminal, or says why nobody can be asked. */
static enum err open_terminal(int *fd, const struct cli *cli, const char *whom, struct err_text *why)
{
	enum lang lang = cli->print.lang;
	*fd = -1;
	if (cli->no_input)
		return err_set(why, ERR_NO_KEY, SAY(lang, PROMPT_NO_INPUT), whom);
	*fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0)
		return err_set(why, ERR_NO_KEY, SAY(lang, PROMPT_NO_TERMINAL), whom);
	return ERR_OK;
}

enum err prompt_passphrase(struct buf *out, struct cli *cli, const char *whom, struct err_text *why)
{
	char question[200];
	int fd;
	if (cli->passphrase_file)
		return read_file(out, cli, why);
	enum err e = open_terminal(&fd, cli, whom, why);
	if (e)
		return e;
	snprintf(question, sizeof question, SAY(cli->print.lang, PROMPT_PASSPHRASE), whom);
	e = ask(out, cli, fd, question, why);
	close(fd);
	return e;
}

enum err prompt_new_passphrase(struct buf *out, struct cli *cli, const char *whom, struct err_text *why)
{
	enum lang lang = cli->print.lang;
	size_t from = out->size;
	char question[200];
	int fd = -1;
	enum err e;
	struct buf again;
	buf_init(&again, PASSPHRASE_MAX);
	if (cli->passphrase_file) {
		e = read_file(out, cli, why);
	} else {
		e = open_terminal(&fd, cli, whom, why);
		if (e)
			return e;
		snprintf(question, sizeof question, SAY(lang, PROMPT_NEW_PASSPHRASE), whom);
		e = ask(out, cli, fd, question, why);
		if (!e && out->size > from)
			e = ask(&again, cli, fd, SAY(lang, PROMPT_AGAIN), why);
		close(fd);
	}
	if (!e && out->size == from)
		e = err_set(why, ERR_USAGE, "%s", SAY(lang, PROMPT_EMPTY));
	else if (!e && fd >= 0 && (again.size != out->size - from
			|| !secret_equal_bytes(again.data, out->data + from, again.size)))
		e = err_set(why, ERR_USAGE, "%s", SAY(lang, PROMPT_DIFFERENT));
	buf_wipe(&again);
	return e;
}
