/* A link that one can spoil: forwards TCP to a target, and cuts, delays or slows what passes.
 *
 *	link LISTEN_PORT TARGET_PORT [--cut BYTES] [--cuts N] [--rate BYTES_PER_S] [--delay MS]
 *
 * Port 0 takes any; the port is printed on the first line.  --cut closes both ends, at once and for good,
 * after so many bytes of both directions together; --cuts says for how many connections (default: all).
 * Real sockets on the loopback, in user space, since the kernels at hand have no emulation of their own. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAIRS_MAX = 64, PIECE = 16 * 1024, HELD_MAX = 256 * 1024 };

struct way { /* one direction: what came in and has not gone out yet */
	uint8_t held[HELD_MAX];
	size_t size;
	uint64_t due_ms;  /* when the head may go on */
	double allowance; /* bytes that may go now, by the rate */
	bool ended;
};

struct pair {
	int ends[2];        /* -1: free */
	struct way ways[2]; /* ways[i] reads ends[i] and writes the other */
	uint64_t passed;
	bool spoiled;
};

static uint64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static struct {
	unsigned long cut, cuts, rate, delay;
} options = { .cuts = ~0ul };

static struct pair *pairs;

static void close_pair(struct pair *p)
{
	/* Unsent bytes are thrown away, as a torn cable does. */
	struct linger hard = { 1, 0 };
	for (int i = 0; i < 2; i++) {
		if (p->ends[i] >= 0) {
			if (p->spoiled)
				setsockopt(p->ends[i], SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
			close(p->ends[i]);
		}
		p->ends[i] = -1;
	}
}

static int connect_to(unsigned short port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void accept_pair(int server, unsigned short target)
{
	int fd = accept(server, NULL, NULL);
	for (int i = 0; fd >= 0 && i < PAIRS_MAX; i++) {
		struct pair *p = &pairs[i];
		if (p->ends[0] >= 0)
			continue;
		memset(p->ways, 0, sizeof p->ways);
		p->passed = 0;
		p->ends[0] = fd;
		p->ends[1] = connect_to(target);
		p->spoiled = options.cut > 0 && options.cuts > 0;
		options.cuts -= p->spoiled;
		if (p->ends[1] < 0)
			close_pair(p);
		return;
	}
	if (fd >= 0)
		close(fd);
}

static void take(struct pair *p, int i)
{
	struct way *w = &p->ways[i];
	size_t room = HELD_MAX - w->size < PIECE ? HELD_MAX - w->size : PIECE;
	ssize_t n = read(p->ends[i], w->held + w->size, room);
	if (n <= 0) {
		w->ended = true;
		return;
	}
	if (w->size == 0)
		w->due_ms = now_ms() + options.delay;
	w->size += (size_t)n;
}

/* Passes on what is due; false when the pair is to be cut. */
static bool give(struct pair *p, int i, uint64_t now, double seconds)
{
	struct way *w = &p->ways[i];
	size_t size = now >= w->due_ms ? w->size : 0;
	if (options.rate) {
		w->allowance += seconds * (double)options.rate;
		if (w->allowance > (double)options.rate / 4)
			w->allowance = (double)options.rate / 4;
		if ((double)size > w->allowance)
			size = (size_t)w->allowance;
		w->allowance -= (double)size;
	}
	bool cut = p->spoiled && p->passed + size >= options.cut;
	if (cut)
		size = options.cut - p->passed;
	ssize_t n = size ? write(p->ends[1 - i], w->held, size) : 0;
	if (n < 0)
		return false;
	w->size -= (size_t)n;
	memmove(w->held, w->held + n, w->size);
	p->passed += (uint64_t)n;
	if (w->ended && w->size == 0)
		shutdown(p->ends[1 - i], SHUT_WR);
	return !cut && !(p->ways[0].ended && p->ways[1].ended && p->ways[0].size + p->ways[1].size == 0);
}

static void serve(int server, unsigned short target)
{
	uint64_t last = now_ms();
	for (;;) {
		struct pollfd fds[1 + 2 * PAIRS_MAX] = { { server, POLLIN, 0 } };
		bool waiting = false;
		for (int i = 0; i < 2 * PAIRS_MAX; i++) {
			const struct way *w = &pairs[i / 2].ways[i % 2];
			bool reads = pairs[i / 2].ends[0] >= 0 && !w->ended && w->size < HELD_MAX;
			fds[1 + i] = (struct pollfd){ reads ? pairs[i / 2].ends[i % 2] : -1, POLLIN, 0 };
			waiting = waiting || (pairs[i / 2].ends[0] >= 0 && w->size > 0);
		}
		if (poll(fds, 1 + 2 * PAIRS_MAX, waiting ? 5 : 1000) < 0 && errno != EINTR)
			return;
		if (fds[0].revents)
			accept_pair(server, target);
		uint64_t now = now_ms();
		for (int i = 0; i < 2 * PAIRS_MAX; i++)
			if (fds[1 + i].fd >= 0 && fds[1 + i].revents)
				take(&pairs[i / 2], i % 2);
		for (int i = 0; i < PAIRS_MAX; i++) {
			bool goes_on = pairs[i].ends[0] >= 0;
			for (int k = 0; k < 2 && goes_on; k++)
				goes_on = give(&pairs[i], k, now, (double)(now - last) / 1000);
			if (pairs[i].ends[0] >= 0 && !goes_on)
				close_pair(&pairs[i]);
		}
		last = now;
	}
}

static int listen_on(unsigned short port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	socklen_t size = sizeof at;
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 64) != 0
		|| getsockname(fd, (struct sockaddr *)&at, &size) != 0)
		return -1;
	printf("%u\n", (unsigned)ntohs(at.sin_port));
	fflush(stdout);
	return fd;
}

int main(int argc, char **argv)
{
	const char *names[] = { "--cut", "--cuts", "--rate", "--delay" };
	unsigned long *values[] = { &options.cut, &options.cuts, &options.rate, &options.delay };
	for (int i = 3; i + 1 < argc; i += 2)
		for (size_t k = 0; k < 4; k++)
			if (strcmp(argv[i], names[k]) == 0)
				*values[k] = strtoul(argv[i + 1], NULL, 10);
	if (argc < 3) {
		fputs("usage: link LISTEN_PORT TARGET_PORT [--cut BYTES] [--cuts N] [--rate B/S] [--delay MS]\n",
			stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	pairs = calloc(PAIRS_MAX, sizeof *pairs);
	if (!pairs)
		return 1;
	for (int i = 0; i < PAIRS_MAX; i++)
		pairs[i].ends[0] = pairs[i].ends[1] = -1;
	int server = listen_on((unsigned short)strtoul(argv[1], NULL, 10));
	if (server < 0)
		return 1;
	serve(server, (unsigned short)strtoul(argv[2], NULL, 10));
	return 1;
}
