/* `make bench`: runs the parts named on the command line, or all of them; exit code 1 when a gate fails. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <string.h>

struct part {
	const char *name;
	void (*run)(struct bench *b);
};

int main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "edit", bench_edit },
		{ "receive", bench_receive },
		{ "sync", bench_sync },
	};
	struct bench b = { 0 };
	bench_facts();
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		bool wanted = argc < 2;
		for (int k = 1; k < argc; k++)
			wanted = wanted || strcmp(argv[k], parts[i].name) == 0;
		if (wanted)
			parts[i].run(&b);
	}
	if (b.failed)
		printf("\n%u gates do not hold\n", b.failed);
	return b.failed ? 1 : 0;
}
