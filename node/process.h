/* What a process sets once, before anything else runs. */
#ifndef NODE_PROCESS_H
#define NODE_PROCESS_H

/* Keeps the allocator from mapping and unmapping zlib's window for each object, which costs 0.7 to
 * 1 ms of page faults each time with glibc's defaults.  Call first thing in main. */
void process_tune_memory(void);

#endif
