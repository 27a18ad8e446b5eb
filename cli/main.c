/* The program: everything is in cli_run. */
#include "cli/cli.h"

#include <malloc.h>

int main(int argc, char **argv)
{
	/* zlib's window of 256 KB is taken and given back for every git object; with the defaults each
	 * time costs a map, an unmap and 64 page faults, which makes small objects many times slower. */
	mallopt(M_MMAP_THRESHOLD, 4 << 20);
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	return cli_run(argc, argv, stdout, stderr);
}
