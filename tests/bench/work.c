/* What the bench works on: homes, cases, edits, and what travels. */
#include "tests/bench/work.h"

#include "base/cbor.h"
#include "tests/bench/bench.h"
#include "tests/support/temp_home.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MEMORY ((size_t)2 << 30)

enum { VALUE_MAX = 64, SEED = 20260203 };

/* The fields that a reception centre writes all day: number of values, 0 for texts. */
static const struct kind {
	const char *path;
	enum op_code code;
	uint32_t values;
} kinds[] = {
	{ "contact.phone", OP_SET, 0 },
	{ "contact.email", OP_SET, 0 },
	{ "contact.vulnerabilities", OP_ADD, 5 },
	{ "accommodation.room", OP_SET, 0 },
	{ "accommodation.regime", OP_SET, 3 },
	{ "case.language", OP_SET, 0 },
};

static void must(enum err e, const char *what, const struct err_text *why)
{
	if (e)
		bench_fail(what, why && why->text[0] ? why->text : err_name(e));
}

static void *need(void *memory)
{
	if (!memory)
		bench_fail("memory", "out of it");
	return memory;
}

static uint32_t draw(struct work *w, uint32_t below)
{
	w->seed = w->seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(w->seed >> 33) % below;
}

void work_open(struct work *w)
{
	const char *homes[2] = { w->homes[0], w->homes[1] };
	*w = (struct work){ .seed = SEED };
	arena_init(&w->arena, MEMORY);
	for (size_t i = 0; i < 2; i++)
		temp_home_make(w->homes[i]);
	federation_init(&w->fed, SEED);
	w->fed.ports = &ports_real;
	w->centre = federation_add(&w->fed, "central", SITE_CENTRAL, SITE_CUSTODIAN | SITE_READS_JOURNALS,
		"ind_registrar,ind_officer,dpo");
	w->budel = federation_add(&w->fed, "budel", SITE_RECEPTION, 0, "coa");
	federation_open(&w->fed, homes);
	must(replica_form(&w->form, w->budel->replica, 1, 0, NULL), "the form", NULL);
}

void work_close(struct work *w)
{
	federation_clear(&w->fed);
	arena_clear(&w->arena);
	for (size_t i = 0; i < 2; i++)
		temp_home_remove(w->homes[i]);
}

/* A value for the field: one of few, or a text of the length that such texts have. */
static struct bytes make_value(struct work *w, const struct kind *kind)
{
	struct buf value;
	char text[32];
	buf_init(&value, VALUE_MAX);
	snprintf(text, sizeof text, "0%09u", (unsigned)draw(w, 1000000000));
	if (kind->values)
		cbor_put_uint(&value, 1 + draw(w, kind->values));
	else
		cbor_put_text(&value, bytes_text(text));
	struct bytes copy = { need(arena_copy(&w->arena, value.data, value.size)), value.size };
	buf_clear(&value);
	return copy;
}

/* An edit of `count` fields that follow each other in the list above. */
static void make_edit(struct work *w, struct edit *edit, uint32_t count)
{
	enum { KINDS = sizeof kinds / sizeof kinds[0] };
	struct op *ops = need(arena_array(&w->arena, count, sizeof *ops));
	uint32_t first = draw(w, KINDS);
	for (uint32_t i = 0; i < count; i++) {
		const struct kind *kind = &kinds[(first + i) % KINDS];
		const struct form_field *field = form_find_path(w->form, kind->path);
		assert(field);
		ops[i] = (struct op){ .field = field->number, .code = kind->code, .value = make_value(w, kind) };
	}
	*edit = (struct edit){ .form = w->form, .officer = &w->budel->officer, .ops = ops, .op_count = count };
}

const struct edit *work_make_edits(struct work *w, size_t count, uint32_t fields_max)
{
	struct edit *edits = need(arena_array(&w->arena, count, sizeof *edits));
	assert(w->case_count > 0 && fields_max <= WORK_OPS_MAX);
	for (size_t i = 0; i < count; i++) {
		/* Two of three changes are of one field. */
		uint32_t fields = fields_max > 1 && draw(w, 3) == 0 ? 2 + draw(w, fields_max - 1) : 1;
		make_edit(w, &edits[i], fields);
		edits[i].case_id = w->cases[draw(w, (uint32_t)w->case_count)];
	}
	return edits;
}

/* Runs the edits; the results are in the arena. */
static struct edit_result *run(struct work *w, const struct edit *edits, size_t count, double *seconds)
{
	struct err_text why = { "" };
	struct edit_result *results = need(arena_array(&w->arena, count, sizeof *results));
	double start = bench_now();
	must(replica_edit(w->budel->replica, edits, count, results, &why), "edit", &why);
	*seconds = bench_now() - start;
	for (size_t i = 0; i < count; i++)
		if (results[i].verdict != EDIT_DONE)
			bench_fail(
				"edit", results[i].why.text[0] ? results[i].why.text : op_reason_name(results[i].reason));
	return results;
}

void work_open_cases(struct work *w, size_t count)
{
	double seconds;
	struct edit *edits = need(arena_array(&w->arena, count, sizeof *edits));
	assert(w->case_count + count <= WORK_CASES_MAX);
	for (size_t i = 0; i < count; i++) {
		/* All the fields, so that every compartment that is written later has its key by then. */
		make_edit(w, &edits[i], sizeof kinds / sizeof kinds[0]);
		edits[i].opens = true;
	}
	struct edit_result *results = run(w, edits, count, &seconds);
	for (size_t i = 0; i < count; i++)
		w->cases[w->case_count++] = results[i].case_id;
}

double work_edit(struct work *w, const struct edit *edits, size_t count)
{
	double seconds;
	run(w, edits, count, &seconds);
	return seconds;
}

/* ---- What travels */

static struct bytes read_object(
	struct work *w, enum store_kind kind, const struct git_id *git, size_t size_max)
{
	struct err_text why = { "" };
	struct buf object;
	buf_init(&object, size_max);
	must(store_read(&object, replica_store(w->budel->replica), kind, git, size_max, &why), "reading", &why);
	struct bytes copy = { need(arena_copy(&w->arena, object.data, object.size)), object.size };
	buf_clear(&object);
	return copy;
}

static void collect_blobs(struct work *w, struct work_change *out, const struct change *c)
{
	out->blobs = need(arena_array(&w->arena, c->grant_count + c->payload_count, sizeof *out->blobs));
	for (uint32_t i = 0; i < c->grant_count + c->payload_count; i++) {
		bool is_grant = i < c->grant_count;
		char letter = is_grant ? 'g' : 'p';
		const struct change_blob *line = is_grant ? &c->grants[i] : &c->payloads[i - c->grant_count];
		struct git_id git;
		must(index_find_blob(&git, replica_index(w->budel->replica), letter, &line->hash), "a blob", NULL);
		out->blobs[out->blob_count++] =
			(struct admit_blob){ letter, read_object(w, STORE_BLOB, &git, CHANGE_BLOBS_MAX) };
	}
}

const struct work_change *work_collect(struct work *w, int64_t after, size_t *count)
{
	struct err_text why = { "" };
	struct index_change *rows;
	must(index_list_since(&rows, count, replica_index(w->budel->replica), &w->arena, after, 1 << 20),
		"listing changes", NULL);
	struct work_change *out = need(arena_array(&w->arena, *count, sizeof *out));
	for (size_t i = 0; i < *count; i++) {
		struct change *c;
		const struct git_id *parents;
		struct buf wire;
		buf_init(&wire, CHANGE_WIRE_MAX);
		out[i].commit = read_object(w, STORE_COMMIT, &rows[i].git, CHANGE_COMMIT_MAX);
		must(change_parse_commit(&c, &parents, &w->arena, out[i].commit, &why), "a commit", &why);
		must(change_put_wire(&wire, c), "wire", NULL);
		out[i].wire = (struct bytes){ need(arena_copy(&w->arena, wire.data, wire.size)), wire.size };
		collect_blobs(w, &out[i], c);
		buf_clear(&wire);
	}
	return out;
}

/* One batch: read, then admitted. */
static void admit(struct work *w, const struct work_change *changes, size_t count)
{
	struct err_text why = { "" };
	struct arena a;
	size_t blobs = 0;
	arena_init(&a, MEMORY);
	struct admission batch = { .peer = replica_node(w->budel->replica), .change_count = count };
	for (size_t i = 0; i < count; i++)
		blobs += changes[i].blob_count;
	struct admit_blob *all = need(arena_array(&a, blobs, sizeof *all));
	batch.changes = need(arena_array(&a, count, sizeof *batch.changes));
	batch.blobs = all;
	for (size_t i = 0; i < count; i++) {
		struct change *c;
		must(change_parse_wire(&c, &a, &w->fed.id, changes[i].wire, &why), "wire", &why);
		batch.changes[i].change = c;
		for (size_t k = 0; k < changes[i].blob_count; k++)
			all[batch.blob_count++] = changes[i].blobs[k];
	}
	must(replica_admit(w->centre->replica, &batch, &why), "admission", &why);
	if (batch.changes_kept != count)
		bench_fail("admission", "not all changes were kept");
	arena_clear(&a);
}

double work_admit(struct work *w, const struct work_change *changes, size_t count, size_t batch)
{
	double start = bench_now();
	for (size_t done = 0; done < count; done += batch)
		admit(w, &changes[done], count - done < batch ? count - done : batch);
	return bench_now() - start;
}
