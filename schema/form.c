/* Forms: loading, checking and looking up. */
#include "schema/form.h"

#include "base/hash.h"
#include "schema/act.h"
#include "schema/form_read.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_SIZE_MAX = 1 << 20, ARENA_SIZE_MAX = 16 << 20 };

/* Who may name an attachment at all: the writers of fields that can hold one.  Which field it is for
 * is in the act, and judged there. */
static role_set attachers(const struct form *f)
{
	role_set roles = 0;
	for (size_t i = 0; i < f->field_count; i++)
		if (f->fields[i].type == TYPE_ATTACHMENT || f->fields[i].type == TYPE_RECORD)
			roles |= f->fields[i].write;
	return roles;
}

/* The one error of a file that has no tree to point at. */
static void refuse_file(struct form_reader *r, const char *text)
{
	r->errors++;
	if (r->out)
		buf_printf(r->out, "%s\n", text);
	err_set(r->why, ERR_FORMAT, "%s", text);
}

/* Reads the whole file; every error goes to the reader. */
static enum err read_form(struct form_reader *r)
{
	struct json *root = NULL;
	struct err_text why = { "" };
	if (r->file.size > FILE_SIZE_MAX) {
		refuse_file(r, "line 1: the file is larger than 1 MiB");
		return ERR_OK;
	}
	enum err e = json_parse(&root, r->file, &why);
	if (e == ERR_MEMORY)
		return e;
	if (e) {
		refuse_file(r, strncmp(why.text, "json ", 5) == 0 ? why.text + 5 : why.text);
		return ERR_OK;
	}
	r->root = root;
	hash_blake2b_256(r->form->hash.b, r->file);
	form_read_head(r);
	form_read_compartments(r);
	form_read_acts(r);
	form_read_sites(r);
	form_read_fields(r);
	r->form->act_roles[ACT_ATTACH] = attachers(r->form);
	json_free(root);
	r->root = NULL;
	return r->err;
}

static struct form *form_new(void)
{
	struct form *f = calloc(1, sizeof *f);
	if (f)
		arena_init(&f->arena, ARENA_SIZE_MAX);
	return f;
}

enum err form_load(struct form **out, struct bytes file, struct err_text *why)
{
	*out = NULL;
	struct form *f = form_new();
	if (!f)
		return ERR_MEMORY;
	struct form_reader r = { .form = f, .file = file, .why = why };
	enum err e = read_form(&r);
	if (!e && r.errors > 0)
		e = ERR_FORMAT;
	if (e)
		form_free(f);
	else
		*out = f;
	return e;
}

enum err form_check(struct buf *out, struct bytes file, unsigned *errors)
{
	*errors = 0;
	struct form *f = form_new();
	if (!f)
		return ERR_MEMORY;
	struct form_reader r = { .form = f, .file = file, .out = out };
	enum err e = read_form(&r);
	*errors = r.errors;
	form_free(f);
	return e ? e : buf_err(out);
}

void form_free(struct form *f)
{
	if (!f)
		return;
	arena_clear(&f->arena);
	free(f);
}

const struct form_field *form_find_field(const struct form *f, uint32_t number)
{
	size_t low = 0, high = f->field_count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (f->fields[mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->field_count && f->fields[low].number == number ? &f->fields[low] : NULL;
}

const struct form_field *form_find_path(const struct form *f, const char *path)
{
	for (size_t i = 0; i < f->field_count; i++)
		if (strcmp(f->fields[i].path, path) == 0)
			return &f->fields[i];
	return NULL;
}

const struct form_compartment *form_find_compartment(const struct form *f, uint32_t number)
{
	for (size_t i = 0; i < f->compartment_count; i++)
		if (f->compartments[i].number == number)
			return &f->compartments[i];
	return NULL;
}

uint32_t form_find_compartment_name(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->compartment_count; i++)
		if (strcmp(f->compartments[i].name, name) == 0)
			return f->compartments[i].number;
	return 0;
}

static const struct form_name *find_name(const struct form_name *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i].name, name) == 0)
			return &names[i];
	return NULL;
}

const struct form_name *form_find_value(const struct form_field *field, const char *name)
{
	return find_name(field->values, field->value_count, name);
}

const struct form_name *form_find_role(const struct form *f, const char *name)
{
	return find_name(f->roles, f->role_count, name);
}

const struct form_name *form_find_role_number(const struct form *f, uint32_t number)
{
	for (size_t i = 0; i < f->role_count; i++)
		if (f->roles[i].number == number)
			return &f->roles[i];
	return NULL;
}

uint32_t form_find_basis(const struct form *f, const char *name)
{
	const struct form_name *basis = find_name(f->bases, f->basis_count, name);
	return basis ? basis->number : 0;
}

const char *form_rule_name(enum rule_kind rule)
{
	static const char *const names[] = {
		[RULE_LAST_WRITER] = "last_writer",
		[RULE_AUTHORITY] = "authority",
		[RULE_WRITE_ONCE] = "write_once",
		[RULE_UNION_SET] = "union_set",
		[RULE_APPEND_LIST] = "append_list",
		[RULE_MIN] = "min",
		[RULE_MAX] = "max",
		[RULE_STATE_MACHINE] = "state_machine",
		[RULE_MANUAL_REVIEW] = "manual_review",
		[RULE_TEXT_MERGE] = "text_merge",
	};
	assert(rule >= RULE_LAST_WRITER && rule <= RULE_TEXT_MERGE);
	return names[rule];
}

const char *form_type_name(enum value_type type)
{
	static const char *const names[] = {
		[TYPE_TEXT] = "text",
		[TYPE_DATE] = "date",
		[TYPE_PARTIAL_DATE] = "partial_date",
		[TYPE_DATETIME] = "datetime",
		[TYPE_ENUM] = "enum",
		[TYPE_INTEGER] = "integer",
		[TYPE_REFERENCE] = "reference",
		[TYPE_ATTACHMENT] = "attachment",
		[TYPE_RECORD] = "record",
		[TYPE_BOOL] = "bool",
	};
	assert(type >= TYPE_TEXT && type <= TYPE_BOOL);
	return names[type];
}

uint32_t form_least_telling(const struct form *f, role_set roles)
{
	for (size_t i = 0; i < f->role_count; i++)
		if (roles & role_bit(f->telling[i]))
			return f->telling[i];
	return 0;
}

uint64_t form_readable(const struct form *f, role_set roles)
{
	uint64_t readable = 0;
	for (size_t i = 0; i < f->compartment_count; i++)
		if (f->compartments[i].read & roles)
			readable |= (uint64_t)1 << f->compartments[i].number;
	return readable;
}
