/* The home's lock: flock(2) on HOME/lock, waited for by polling. */
#include "node/flock.h"

#include "node/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { HOLDER_MAX = 120, POLL_MAX_MS = 16 };

static void sleep_ms(int ms)
{
	struct timespec pause = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };
	(void)nanosleep(&pause, NULL);
}

/* The holder's own words, made fit for one line of output: the file may hold anything. */
static void read_holder(char out[HOLDER_MAX], int fd)
{
	ssize_t got = pread(fd, out, HOLDER_MAX - 1, 0);
	size_t size = got > 0 ? (size_t)got : 0;
	for (size_t i = 0; i < size; i++) {
		if (out[i] == '\n')
			size = i;
		else if (out[i] < ' ' || out[i] > '~')
			out[i] = '?';
	}
	out[size] = '\0';
	if (size == 0)
		snprintf(out, HOLDER_MAX, "an unnamed process");
}

/* Information only, so neither flushed nor relied on. */
static void write_holder(int fd, const char *who)
{
	char line[HOLDER_MAX];
	int size = snprintf(line, sizeof line, "process %ld (%.80s)\n", (long)getpid(), who);
	if (size <= 0 || ftruncate(fd, 0) != 0)
		return;
	ssize_t put = pwrite(fd, line, (size_t)size, 0);
	(void)put;
}

static enum err wait_for(int fd, const char *home, int wait_ms, struct err_text *why)
{
	char holder[HOLDER_MAX];
	int waited = 0, pause = 1;
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return err_set(why, ERR_IO, "cannot lock %s: %s", home, strerror(errno));
		if (waited >= wait_ms) {
			read_holder(holder, fd);
			return err_set(why, ERR_BUSY, "%.120s is in use by %s; waited %d s, try again", home,
				holder, waited / 1000);
		}
		sleep_ms(pause);
		waited += pause;
		pause = pause < POLL_MAX_MS ? pause * 2 : POLL_MAX_MS;
	}
	return ERR_OK;
}

enum err flock_take(struct home_lock *lock, const char *home, int wait_ms, const char *who,
	struct err_text *why)
{
	char path[FS_PATH_MAX];
	lock->fd = -1;
	if (fs_path(path, "%s/lock", home))
		return err_set(why, ERR_LIMIT, "the path is too long: %s", home);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(why, fs_err(errno), "cannot open %s: %s", path, strerror(errno));
	enum err e = wait_for(fd, home, wait_ms, why);
	if (e) {
		close(fd);
		return e;
	}
	write_holder(fd, who);
	lock->fd = fd;
	return ERR_OK;
}

void flock_release(struct home_lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}
