/* A folder of its own for one test, and its removal. */
#ifndef TESTS_SUPPORT_TEMP_HOME_H
#define TESTS_SUPPORT_TEMP_HOME_H

#include "node/fs.h"

/* Makes an empty folder below TMPDIR (or /tmp); asserts that it can. */
void temp_home_make(char out[FS_PATH_MAX]);

/* Removes a folder and everything in it. */
void temp_home_remove(const char *path);

#endif
