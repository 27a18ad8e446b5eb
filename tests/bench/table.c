/* The bench's clock, its table, and the facts of the machine. */
#include "tests/bench/bench.h"

#include "node/fs.h"
#include "tests/support/temp_home.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FLUSHES = 200 };

double bench_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void bench_fail(const char *what, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", what, why);
	exit(2);
}

void bench_heading(const char *text)
{
	printf("\n%-62s %12s %-12s %8s %8s %8s\n", text, "", "", "of floor", "gate", "goal");
}

/* A share as people say it: 1/6.3 below a half, else per cent. */
static void put_share(char out[16], double share, bool of_floor)
{
	if (share == 0)
		snprintf(out, 16, "%s", "");
	else if (!of_floor)
		snprintf(out, 16, "%.0f", share);
	else if (share < 0.3)
		snprintf(out, 16, "1/%.1f", 1 / share);
	else
		snprintf(out, 16, "%.0f %%", share * 100);
}

void bench_put(struct bench *b, const struct bench_row *row)
{
	char share[16], gate[16], goal[16];
	double judged = row->floor > 0 ? row->value / row->floor : row->value;
	bool holds = row->gate == 0 || (row->at_most ? judged <= row->gate : judged >= row->gate);
	put_share(share, row->floor > 0 ? judged : 0, true);
	put_share(gate, row->gate, row->floor > 0);
	put_share(goal, row->goal, row->floor > 0);
	printf("%-62s %12.*f %-12s %8s %8s %8s%s\n", row->what, row->value < 100 ? 2 : 0, row->value, row->unit,
		share, gate, goal,
		row->gate == 0 ? ""
			: holds    ? "  holds"
					   : "  FAILS");
	fflush(stdout);
	b->failed += !holds;
}

/* One line of a file of the system, from the first line that begins with `word`. */
static void put_line(const char *path, const char *word)
{
	char line[256];
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f)) {
		if (strncmp(line, word, strlen(word)) != 0)
			continue;
		const char *value = strchr(line, ':');
		printf("  %s", value ? value + 2 : line);
		break;
	}
	if (f)
		fclose(f);
}

static double flush_floor(void)
{
	char home[FS_PATH_MAX], path[FS_PATH_MAX];
	temp_home_make(home);
	if (fs_path(path, "%s/file", home))
		bench_fail("the floor of flushing", "path too long");
	double start = bench_now();
	for (int i = 0; i < FLUSHES; i++)
		if (fs_write_file(path, bytes_text("x"), 0600, NULL, NULL))
			bench_fail("the floor of flushing", path);
	double seconds = bench_now() - start;
	temp_home_remove(home);
	return FLUSHES / seconds;
}

void bench_facts(void)
{
	printf("this machine\n");
	put_line("/proc/cpuinfo", "model name");
	printf("  %ld processors\n", sysconf(_SC_NPROCESSORS_ONLN));
	put_line("/proc/version", "Linux");
	printf("  write, flush, rename, flush of the folder: %.0f a second\n", flush_floor());
}
