/* A form: the declared fields of a kind of case, with types, compartments, roles and rules.
 *
 * Forms are data (schema/forms/NAME.json, layout in docs/format.md "Forms").  The engine knows nothing
 * about asylum: everything a rule needs is a parameter here.  A loaded form never changes and may be
 * shared by any number of views. */
#ifndef SCHEMA_FORM_H
#define SCHEMA_FORM_H

#include "base/arena.h"
#include "base/id.h"
#include "base/json.h"

enum {
	FORM_ROLES_MAX = 63, /* role numbers 1..63: a set of roles is one word */
	FORM_COMPARTMENTS_MAX = 63,
	FORM_FIELDS_MAX = 2048,
	FORM_VALUES_MAX = 512, /* of one enum */
	FORM_CORE = 1,         /* compartment 1 is core in every form */
	FORM_SITE_ROLES = 10   /* site roles (schema/statement.h) are 1..9 */
};

/* A set of role numbers: bit n stands for role n; bit 0 is unused. */
typedef uint64_t role_set;
static inline role_set role_bit(uint32_t role)
{
	return role >= 1 && role <= FORM_ROLES_MAX ? (role_set)1 << role : 0;
}

/* Codes are final: they name the rule in `form explain --json` and in vectors. */
enum rule_kind {
	RULE_LAST_WRITER = 1, RULE_AUTHORITY, RULE_WRITE_ONCE, RULE_UNION_SET, RULE_APPEND_LIST, RULE_MIN,
	RULE_MAX, RULE_STATE_MACHINE, RULE_MANUAL_REVIEW, RULE_TEXT_MERGE
};

enum value_type {
	TYPE_TEXT = 1, TYPE_DATE, TYPE_PARTIAL_DATE, TYPE_DATETIME, TYPE_ENUM, TYPE_INTEGER, TYPE_REFERENCE,
	TYPE_ATTACHMENT, TYPE_RECORD, TYPE_BOOL
};

enum field_shape { SHAPE_SINGLE, SHAPE_SET, SHAPE_LIST };
enum interim_kind { INTERIM_NONE, INTERIM_EARLIEST, INTERIM_LAST_AGREED, INTERIM_FIXED };
enum tie_kind { TIE_NONE, TIE_LAST_WRITER, TIE_MANUAL_REVIEW };

struct form_name { /* a numbered name: a role, a compartment, an enum value, a basis */
	uint32_t number;
	const char *name;
	const char *meaning; /* "" when none */
};

struct form_entry_kind { /* who may append an entry whose "kind" is this */
	const char *kind;
	role_set roles;
};

struct form_field {
	uint32_t number;  /* stable, never reused */
	const char *path;    /* "identity.birth_date" */
	const char *purpose; /* what it is there for */
	const char *example; /* of a value, an element or an entry, as JSON */
	const char *why;     /* why its rule is right when two sites edit apart */
	uint32_t compartment; /* number */
	enum value_type type; /* of the value, of a set's element, of a list's entry */
	enum field_shape shape;
	enum rule_kind rule;
	role_set write, resolve;
	const char *pattern; /* NULL or an expression of schema/pattern.h */
	uint32_t text_max;   /* characters of a text; 0 is the type's own cap */

	const struct form_name *values; /* of an enum, ascending by number */
	size_t value_count;
	const struct bytes *records; /* of a record: all it may be, canonical; NULL: any record */
	size_t record_count;
	const uint32_t *order; /* min and max over an enum: least first */
	size_t order_count;

	const uint32_t *ranks; /* authority: role numbers, strongest first */
	size_t rank_count;
	bool rank_by_basis; /* the source level counts before the role */
	bool sticky;
	enum tie_kind tie;
	enum interim_kind interim;
	struct bytes interim_value; /* INTERIM_FIXED: canonical value */

	const struct form_entry_kind *entry_kinds; /* NULL when any writer may append anything */
	size_t entry_kind_count;
};

struct form_compartment {
	uint32_t number;
	const char *name;
	const char *meaning;
	role_set read, share;
};

struct form {
	struct arena arena;
	struct hash256 hash; /* BLAKE2b-256 of the file's bytes: what the charter names */
	uint32_t number, version;
	const char *name;
	const struct form_name *roles; /* ascending by number */
	size_t role_count;
	const uint32_t *telling; /* all roles, from least to most telling */
	role_set open;           /* who may open a case */
	role_set strike;         /* who may strike besides the struck change's own officer */
	role_set act_roles[32];  /* by act code (schema/act.h); 0: nobody.  For grant, withdraw: see share;
	                          * for attach: who may write some attachment or record */
	role_set site_roles[FORM_SITE_ROLES]; /* by site role: what its officers are by default */
	const struct form_compartment *compartments; /* ascending by number */
	size_t compartment_count;
	const struct form_name *bases; /* strongest first; their numbers are their ranks */
	size_t basis_count;
	const struct form_field *fields; /* ascending by number */
	size_t field_count;
};

/* Loads and checks a form file.  On ERR_FORMAT `why` names line and field of the first error.  *out is
 * freed with form_free. */
MUST_USE enum err form_load(struct form **out, struct bytes file, struct err_text *why);
void form_free(struct form *f);

/* Appends every error of a form file to `out`, one line each that starts with "line N", and counts
 * them.  A file without errors loads.  ERR_MEMORY is the only error of its own. */
MUST_USE enum err form_check(struct buf *out, struct bytes file, unsigned *errors);

/* Appends the form as a table with one row per field: purpose, who writes, who reads, rule with its
 * parameters, and why.  As text (a Markdown table under a heading per compartment) or as one JSON
 * object. */
MUST_USE enum err form_explain(struct buf *out, const struct form *f, bool json);

/* Borrowed from the form; NULL when there is none. */
const struct form_field *form_find_field(const struct form *f, uint32_t number);
const struct form_field *form_find_path(const struct form *f, const char *path);
const struct form_compartment *form_find_compartment(const struct form *f, uint32_t number);
const struct form_name *form_find_value(const struct form_field *field, const char *name);
const struct form_name *form_find_role(const struct form *f, const char *name);
const struct form_name *form_find_role_number(const struct form *f, uint32_t number);
uint32_t form_find_compartment_name(const struct form *f, const char *name); /* 0: none */
uint32_t form_find_basis(const struct form *f, const char *name);            /* 0: none */
const char *form_rule_name(enum rule_kind rule);
const char *form_type_name(enum value_type type);

/* The least telling of `roles`, by the form's own ranking; 0 when the set is empty. */
uint32_t form_least_telling(const struct form *f, role_set roles);

/* The compartments that at least one of `roles` may read (bit n: compartment n). */
uint64_t form_readable(const struct form *f, role_set roles);

#endif
