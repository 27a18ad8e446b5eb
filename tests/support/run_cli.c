/* A command line as a test sees it. */
#define _XOPEN_SOURCE 700
#include "tests/support/run_cli.h"

#include "cli/cli.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 64 };

struct cli_result run_cli(const char *line)
{
	struct cli_result r = { 0 };
	char *words[WORDS_MAX + 1] = { NULL };
	size_t out_size, err_size;
	int count = 0;
	char *copy = strdup("dossier ");
	assert(copy);
	copy = realloc(copy, strlen(line) + 10);
	assert(copy);
	memcpy(copy + 8, line, strlen(line) + 1);
	for (char *at = copy; at && *at; count++) {
		assert(count < WORDS_MAX);
		words[count] = at;
		at = strchr(at, ' ');
		if (at)
			*at++ = '\0';
	}
	FILE *out = open_memstream(&r.out, &out_size);
	FILE *err = open_memstream(&r.err, &err_size);
	assert(out && err);
	r.code = cli_run(count, words, out, err);
	fclose(out);
	fclose(err);
	free(copy);
	return r;
}

void cli_result_clear(struct cli_result *r)
{
	free(r->out);
	free(r->err);
	*r = (struct cli_result){ 0 };
}
