/* Finding a carried form file. */
#include "node/forms.h"

#include <string.h>

bool form_file_find(struct bytes *out, const char *name)
{
	*out = bytes_of(NULL, 0);
	for (const struct form_file *f = forms_data; f->name; f++) {
		if (strcmp(f->name, name) == 0) {
			*out = bytes_of(f->data, f->size);
			return true;
		}
	}
	return false;
}
