/* Process-wide settings. */
#include "node/process.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

enum { MAP_ABOVE = 32 * 1024 * 1024, TRIM_ABOVE = 128 * 1024 * 1024 };

void process_tune_memory(void)
{
#ifdef __GLIBC__
	/* Setting either one also ends glibc's own moving of both. */
	(void)mallopt(M_MMAP_THRESHOLD, MAP_ABOVE);
	(void)mallopt(M_TRIM_THRESHOLD, TRIM_ABOVE);
#endif
}
