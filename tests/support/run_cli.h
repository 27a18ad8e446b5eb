/* Runs the program's command line inside the test and keeps what it printed. */
#ifndef TESTS_SUPPORT_RUN_CLI_H
#define TESTS_SUPPORT_RUN_CLI_H

struct cli_result {
	int code;
	char *out; /* the standard output, ended by NUL */
	char *err;
};

/* Runs "dossier LINE"; words are parted by single blanks.  Free with cli_result_clear. */
struct cli_result run_cli(const char *line);
void cli_result_clear(struct cli_result *r);

#endif
