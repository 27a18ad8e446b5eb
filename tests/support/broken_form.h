/* Forms with one thing broken, made from tests/unit/schema/small_form.json by replacing a piece. */
#ifndef TESTS_SUPPORT_BROKEN_FORM_H
#define TESTS_SUPPORT_BROKEN_FORM_H

#include <stddef.h>

struct broken_form { /* in all three a ` stands for a " */
	const char *find;    /* stands in the file exactly once */
	const char *replace;
	const char *errors;  /* all that form_check says */
};

/* Checks each: form_check lists exactly these errors, form_load refuses with the first of them, and the
 * form without the change has none. */
void broken_form_check(const struct broken_form *cases, size_t count);

#endif
