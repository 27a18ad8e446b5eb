/* A federation in one process: editing, copying and viewing cases. */
#include "tests/support/federation.h"

#include "schema/value.h"
#include "schema/view_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct edit_result run(struct fed_site *s, struct edit *edit, enum op_code code, const char *path,
	const char *value, const char *basis)
{
	struct err_text why = { "" };
	struct edit_result result;
	struct json *json;
	struct buf item;
	const struct form *form;
	enum err e = replica_form(&form, s->replica, 1, 0, &why);
	assert(!e);
	const struct form_field *field = form_find_path(form, path);
	buf_init(&item, VALUE_SIZE_MAX);
	e = json_parse(&json, bytes_text(value), &why);
	assert(!e && field);
	e = value_from_json(&item, field, json, &why);
	assert(!e);
	struct op op = { .field = field->number,
		.code = code,
		.basis = basis ? form_find_basis(form, basis) : 0,
		.value = buf_bytes(&item) };
	edit->form = form;
	edit->officer = &s->officer;
	edit->ops = &op;
	edit->op_count = 1;
	e = replica_edit(s->replica, edit, 1, &result, &why);
	assert(!e);
	json_free(json);
	buf_clear(&item);
	return result;
}

struct edit_result fed_edit(struct fed_site *s, const struct case_id *case_id, enum op_code code,
	const char *path, const char *value, const char *basis)
{
	struct edit edit = { .case_id = *case_id };
	s->random.now++;
	return run(s, &edit, code, path, value, basis);
}

struct edit_result fed_open(struct fed_site *s, const char *path, const char *value)
{
	struct edit edit = { .opens = true };
	s->random.now++;
	return run(s, &edit, OP_SET, path, value, NULL);
}

/* The blobs of one change that the site may have and the store holds. */
static size_t collect(struct admit_blob *out, struct arena *a, struct fed_site *from, struct casefile *f,
	uint32_t position, uint32_t site)
{
	const struct change *c = f->changes[position].change;
	size_t count = 0;
	for (uint32_t i = 0; i < c->grant_count + c->payload_count; i++) {
		bool is_grant = i < c->grant_count;
		const struct change_blob *line = is_grant ? &c->grants[i] : &c->payloads[i - c->grant_count];
		struct git_id git;
		struct buf blob;
		if (!epoch_shares_line(f->counted->epochs, position, line, site)
			|| index_find_blob(&git, replica_index(from->replica), is_grant ? 'g' : 'p', &line->hash))
			continue;
		buf_init(&blob, CHANGE_BLOBS_MAX);
		enum err e =
			store_read(&blob, replica_store(from->replica), STORE_BLOB, &git, CHANGE_BLOBS_MAX, NULL);
		assert(!e);
		out[count++] =
			(struct admit_blob){ is_grant ? 'g' : 'p', { arena_copy(a, blob.data, blob.size), blob.size } };
		buf_clear(&blob);
	}
	return count;
}

static void copy_case(struct fed_site *to, struct fed_site *from, const struct case_id *id)
{
	struct err_text why = { "" };
	struct casefile *f;
	struct arena a;
	arena_init(&a, 1 << 28);
	enum err e = replica_case(&f, from->replica, id, &why);
	assert(!e);
	for (uint32_t i = 0; i < f->count; i++) {
		struct admit_blob blobs[CHANGE_GRANTS_MAX + CHANGE_PAYLOADS_MAX];
		struct admit_change change = { .change = f->changes[i].change };
		if (!epoch_shares_change(f->counted->epochs, i, to->number))
			continue;
		struct admission batch = { .changes = &change,
			.change_count = 1,
			.blobs = blobs,
			.blob_count = collect(blobs, &a, from, f, i, to->number),
			.peer = replica_node(from->replica) };
		e = replica_admit(to->replica, &batch, &why);
		assert(!e && change.result.verdict == KEEP_OK);
	}
	arena_clear(&a);
}

void fed_copy(struct fed_site *to, struct fed_site *from)
{
	struct arena a;
	struct index_case *cases;
	size_t count;
	arena_init(&a, 1 << 24);
	enum err e = index_list_cases(&cases, &count, replica_index(from->replica), &a);
	assert(!e);
	for (size_t i = 0; i < count; i++)
		copy_case(to, from, &cases[i].id);
	arena_clear(&a);
}

void fed_view(struct buf *out, struct fed_site *s, const struct case_id *case_id)
{
	struct err_text why = { "" };
	struct casefile *f;
	const struct view *view;
	struct json_out o;
	enum err e = replica_case(&f, s->replica, case_id, &why);
	assert(!e);
	e = casefile_view(&view, f, &why);
	assert(!e);
	json_out_init(&o, out);
	e = view_text_json(&o, view, f->form, f->counted->changes, VIEW_TEXT_BY);
	assert(!e);
	(void)e;
}
