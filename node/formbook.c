/* The forms that a node has loaded. */
#include "node/formbook.h"

#include "base/hash.h"
#include "node/forms.h"

#include <stdlib.h>
#include <string.h>

enum { FORMBOOK_MAX = 256 };

struct formbook {
	struct form *forms[FORMBOOK_MAX];
	size_t count;
};

enum err formbook_new(struct formbook **out)
{
	*out = calloc(1, sizeof **out);
	return *out ? ERR_OK : ERR_MEMORY;
}

void formbook_free(struct formbook *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->count; i++)
		form_free(b->forms[i]);
	free(b);
}

/* The file with that hash: one of those the program carries, or a blob of the store. */
static enum err find_file(struct buf *out, struct store *store, struct index *index,
	const struct hash256 *hash, struct err_text *why)
{
	struct hash256 h;
	struct git_id git;
	for (const struct form_file *f = forms_data; f->name; f++) {
		hash_blake2b_256(h.b, bytes_of(f->data, f->size));
		if (hash256_equal(&h, hash)) {
			buf_put(out, f->data, f->size);
			return buf_err(out);
		}
	}
	enum err e = index_find_blob(&git, index, 'f', hash);
	if (!e)
		e = store_read(out, store, STORE_BLOB, &git, STORE_OBJECT_MAX, why);
	hash_blake2b_256(h.b, buf_bytes(out));
	return !e && !hash256_equal(&h, hash) ? ERR_FORMAT : e;
}

enum err formbook_get(const struct form **out, struct formbook *b, const struct charter *charter,
	struct store *store, struct index *index, uint32_t number, uint32_t version, struct err_text *why)
{
	*out = NULL;
	const struct charter_entry *entry = charter_form(charter, number, version);
	if (!entry)
		return err_set(why, ERR_NOT_FOUND, "the charter names no form %u version %u", (unsigned)number,
			(unsigned)version);
	const struct statement_form *wanted = &entry->statement->as.form;
	for (size_t i = 0; i < b->count; i++) {
		if (hash256_equal(&b->forms[i]->hash, &wanted->hash)) {
			*out = b->forms[i];
			return ERR_OK;
		}
	}
	struct buf file;
	buf_init(&file, STORE_OBJECT_MAX);
	enum err e = b->count < FORMBOOK_MAX ? find_file(&file, store, index, &wanted->hash, why) : ERR_LIMIT;
	if (e == ERR_NOT_FOUND)
		e = err_set(why, ERR_MISSING,
			"the file of form %u version %u is not here; sync with the central office",
			(unsigned)wanted->number, (unsigned)wanted->version);
	if (!e)
		e = form_load(&b->forms[b->count], buf_bytes(&file), why);
	if (!e)
		*out = b->forms[b->count++];
	buf_clear(&file);
	return e;
}

enum err formbook_get_named(const struct form **out, struct formbook *b, const struct charter *charter,
	struct store *store, struct index *index, const char *name, struct err_text *why)
{
	struct arena a;
	const struct charter_entry *const *forms;
	uint32_t count;
	*out = NULL;
	arena_init(&a, 1 << 20);
	enum err e = charter_list(&forms, &count, &a, charter, STATEMENT_FORM);
	uint32_t number = 0;
	for (uint32_t i = 0; i < count && !e; i++)
		if (bytes_equal(forms[i]->statement->as.form.name, bytes_text(name)))
			number = forms[i]->statement->as.form.number;
	arena_clear(&a);
	if (!e && number == 0)
		return err_set(
			why, ERR_NOT_FOUND, "the charter names no form \"%s\"; `dossier charter show` lists them", name);
	return e ? e : formbook_get(out, b, charter, store, index, number, 0, why);
}
