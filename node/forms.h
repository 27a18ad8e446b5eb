/* The form files that the program carries (those of schema/forms), as bytes; the build makes forms_data. */
#ifndef NODE_FORMS_H
#define NODE_FORMS_H

#include "base/bytes.h"

struct form_file {
	const char *name; /* "asylum": the file's name without .json */
	const unsigned char *data;
	size_t size;
};

/* Ends with a name that is NULL. */
extern const struct form_file forms_data[];

/* The file of that name, for the life of the program; false and empty when there is none. */
bool form_file_find(struct bytes *out, const char *name);

#endif
