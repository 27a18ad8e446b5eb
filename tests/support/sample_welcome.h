/* A request and a welcome that follow from constants alone; see tests/support/sample.h. */
#ifndef TESTS_SUPPORT_SAMPLE_WELCOME_H
#define TESTS_SUPPORT_SAMPLE_WELCOME_H

#include "schema/welcome.h"

/* The request and its file, which is appended. */
void sample_request(struct request *out, struct buf *file);
/* Appends a welcome's file: two statements, one form. */
void sample_welcome(struct buf *file);

#endif
