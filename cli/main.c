/* The program: everything is in cli_run. */
#include "cli/cli.h"

#include "node/process.h"

int main(int argc, char **argv)
{
	process_tune_memory();
	return cli_run(argc, argv, stdout, stderr);
}
