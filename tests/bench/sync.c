/* Bytes and round trips of a session. */
#include "tests/bench/bench.h"

void bench_sync(struct bench *b)
{
	(void)b;
}
