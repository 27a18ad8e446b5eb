/* Reading a form file: what the readers of its parts share.  Internal to schema/form*.c.
 *
 * One pass reports every error it meets and goes on; a part that could not be read is left empty, so
 * that later checks do not complain again about what was said already. */
#ifndef SCHEMA_FORM_READ_H
#define SCHEMA_FORM_READ_H

#include "schema/form.h"

struct form_reader {
	struct form *form;
	const struct json *root;
	struct bytes file;
	struct buf *out;      /* every error, one line each; may be NULL */
	struct err_text *why; /* the first error; may be NULL */
	unsigned errors;
	enum err err;         /* memory ran out: stop */
	char where[128];      /* "field identity.age": goes before each message; "" at the top */
};

/* One member that an object of the file may have. */
struct form_key {
	const char *name;
	enum json_kind kind;
	bool required;
	bool any_kind; /* its reader judges the kind */
};

/* Reports an error at the line of `at`. */
void form_complain(struct form_reader *r, const struct json *at, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Sets r->where: the part being read, and its name if it has one by now ("" otherwise). */
void form_set_where(struct form_reader *r, const char *part, const char *name);

/* Reports members that are unknown, missing or of the wrong kind; false when `object` is none.  `keys`
 * ends with a NULL name. */
bool form_read_keys(struct form_reader *r, const struct json *object, const struct form_key *keys);

/* The member of that kind; NULL, and nothing to report, when there is none. */
const struct json *form_get(const struct json *object, const char *key, enum json_kind kind);

/* All of these borrow nothing: texts are copied into the form's arena.  A member that is missing or of
 * the wrong kind yields "", 0 or the empty set, and form_read_keys has said so. */
const char *form_read_text(struct form_reader *r, const struct json *object, const char *key);
/* A text that is a name: a lower-case letter, then lower-case letters, digits and _. */
const char *form_read_name(struct form_reader *r, const struct json *object, const char *key);
/* A name; one that is not `lower` may have capitals and start with a digit, as values of an enum do. */
bool form_name_is_valid(const char *name, bool lower);
uint32_t form_read_number(struct form_reader *r, const struct json *object, const char *key, uint32_t max);
bool form_read_bool(const struct json *object, const char *key);
/* An array of role names without repetition, or "all". */
role_set form_read_roles(struct form_reader *r, const struct json *object, const char *key,
	bool may_be_empty);
/* The number of a role named by a text; 0 and a report when there is none. */
uint32_t form_read_role(struct form_reader *r, const struct json *name);

/* Room in the form's arena; NULL and r->err when memory is out. */
void *form_room(struct form_reader *r, size_t count, size_t size);

/* A number that must be greater than the one before it in the file. */
void form_check_ascending(struct form_reader *r, const struct json *at, uint32_t before, uint32_t number);

/* The first of `roles` that is not among `others`; NULL when all are. */
const struct form_name *form_find_outsider(const struct form *f, role_set roles, role_set others);

/* The names of a set of roles: "police_avim, kmar", "all roles" or "nobody". */
void form_put_roles(struct buf *b, const struct form *f, role_set roles);

/* The parts, in this order. */
void form_read_head(struct form_reader *r);         /* form_head.c: names, roles, bases */
void form_read_compartments(struct form_reader *r); /* form_head.c */
void form_read_acts(struct form_reader *r);         /* form_head.c */
void form_read_sites(struct form_reader *r);        /* form_head.c */
void form_read_fields(struct form_reader *r);       /* form_field.c */
/* form_rule.c: whether the parameters are those that the field's rule takes. */
void form_check_rule(struct form_reader *r, const struct json *object, const struct form_field *field);

#endif
