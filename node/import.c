/* Import: rows in batches, each batch one transaction. */
#include "node/import_own.h"

#include "base/cbor.h"
#include "base/hash.h"
#include "node/casework.h"

#include <stdlib.h>

enum { BATCH_MEMORY = 512 << 20, GRANTS_MEMORY = 64 << 20 };

struct seen { /* open addressing, by the first bytes of the nonce */
	uint8_t nonce[CHANGE_NONCE_SIZE];
	unsigned line; /* 0: free */
};

struct import {
	struct import_config config;
	struct secret key; /* of this site, for nonces */
	unsigned line;
	struct seen *seen;
	uint32_t seen_count, seen_room;
	struct arena arena; /* of the batch */
	struct import_entry entries[IMPORT_BATCH_MAX];
	uint32_t count;
	struct arena grants_arena;
	const struct form *grants_form; /* that the grants are for */
	const struct edit_grant *grants;
	uint32_t grant_count;
};

enum err import_new(struct import **out, const struct import_config *config, struct err_text *why)
{
	const struct site_keys *keys = replica_site_keys(config->replica);
	*out = NULL;
	if (keys->count == 0)
		return err_set(why, ERR_NO_KEY, "this node does not hold its site's key, and can import nothing");
	struct import *im = calloc(1, sizeof *im);
	if (!im)
		return ERR_MEMORY;
	im->config = *config;
	arena_init(&im->arena, BATCH_MEMORY);
	arena_init(&im->grants_arena, GRANTS_MEMORY);
	/* The lowest number: the site's first key, which all its nodes hold. */
	enum err e = secret_derive(&im->key, &keys->list[0].key.secret, "dossier import 1", bytes_text(""));
	if (e)
		import_free(im);
	else
		*out = im;
	return e;
}

void import_free(struct import *im)
{
	if (!im)
		return;
	secret_free(&im->key);
	arena_clear(&im->arena);
	arena_clear(&im->grants_arena);
	free(im->seen);
	free(im);
}

static void report(struct import *im, unsigned line, enum import_verdict verdict, const struct case_id *id,
	const char *words)
{
	struct import_row row = { .line = line, .verdict = verdict, .words = words };
	if (id)
		row.case_id = *id;
	im->config.report(im->config.context, &row);
}

/* ---- Which case a row is */

/* keyed(K, CBOR [form, whether the row has a key, key]), the first half: public, and tells nothing without
 * the site's secret. */
static enum err make_nonce(struct import_entry *e, const struct import *im)
{
	struct buf b;
	uint8_t hash[32];
	buf_init(&b, IMPORT_LINE_MAX + 64);
	cbor_put_array(&b, 3);
	cbor_put_uint(&b, e->form->number);
	cbor_put_bool(&b, e->has_key);
	cbor_put_bytes(&b, e->key);
	enum err err = buf_err(&b);
	if (!err) {
		hash_keyed(hash, im->key.b, buf_bytes(&b));
		memcpy(e->nonce, hash, sizeof e->nonce);
	}
	buf_wipe(&b);
	return err;
}

/* Whoever of this site's officers imported it, now or earlier: the case id holds the officer's key. */
static enum err find_known(bool *known, struct case_id *id, struct import *im, const struct import_entry *e)
{
	struct replica *r = im->config.replica;
	const struct charter *c = replica_charter(r);
	const struct charter_entry *const *list;
	uint32_t count;
	struct index_case row;
	struct arena a;
	*known = false;
	arena_init(&a, GRANTS_MEMORY);
	enum err err = charter_list(&list, &count, &a, c, STATEMENT_APPOINT);
	for (uint32_t i = 0; i < count && !err && !*known; i++) {
		const struct statement_appoint *s = &list[i]->statement->as.appoint;
		if (s->site != replica_site(r))
			continue;
		change_case_id(id, charter_federation(c), &s->officer, e->nonce);
		err = index_find_case(&row, replica_index(r), id);
		*known = err == ERR_OK;
		if (err == ERR_NOT_FOUND)
			err = ERR_OK;
	}
	arena_clear(&a);
	return err;
}

static struct seen *slot_of(struct seen *table, uint32_t room, const uint8_t *nonce)
{
	uint32_t at;
	memcpy(&at, nonce, sizeof at);
	for (at &= room - 1; table[at].line; at = (at + 1) & (room - 1))
		if (memcmp(table[at].nonce, nonce, CHANGE_NONCE_SIZE) == 0)
			break;
	return &table[at];
}

/* Notes the row's nonce; *earlier is the line that had it already, or 0. */
static enum err note_seen(unsigned *earlier, struct import *im, const struct import_entry *e)
{
	if (im->seen_count * 2 >= im->seen_room) {
		uint32_t room = im->seen_room ? im->seen_room * 2 : 1024;
		struct seen *table = calloc(room, sizeof *table);
		if (!table)
			return ERR_MEMORY;
		for (uint32_t i = 0; i < im->seen_room; i++)
			if (im->seen[i].line)
				*slot_of(table, room, im->seen[i].nonce) = im->seen[i];
		free(im->seen);
		im->seen = table;
		im->seen_room = room;
	}
	struct seen *slot = slot_of(im->seen, im->seen_room, e->nonce);
	*earlier = slot->line;
	if (slot->line == 0) {
		slot->line = e->line;
		memcpy(slot->nonce, e->nonce, sizeof slot->nonce);
		im->seen_count++;
	}
	return ERR_OK;
}

/* ---- Writing */

static enum err find_grants(struct import *im, const struct form *form)
{
	if (im->grants_form == form)
		return ERR_OK;
	enum err e =
		casework_opening_grants(&im->grants, &im->grant_count, &im->grants_arena, im->config.replica, form);
	im->grants_form = e ? NULL : form;
	return e;
}

static void report_result(struct import *im, const struct import_entry *e, const struct edit_result *r)
{
	struct err_text words;
	if (r->verdict == EDIT_DONE) {
		report(im, e->line, im->config.dry_run ? IMPORT_WOULD_OPEN : IMPORT_OPENED, &r->case_id, "");
		return;
	}
	const struct form_field *field =
		r->op < e->ops.count ? form_find_field(e->form, e->ops.ops[r->op].field) : NULL;
	if (r->why.text[0])
		words = r->why;
	else
		(void)err_set(&words, ERR_REFUSED, "%s would not take effect: %s", field ? field->path : "the row",
			op_reason_name(r->reason));
	report(im, e->line, IMPORT_REFUSED, NULL, words.text);
}

static enum err write_batch(struct import *im, struct err_text *why)
{
	enum err e = ERR_OK;
	struct edit *edits = arena_array(&im->arena, im->count, sizeof *edits);
	struct edit_result *results = arena_array(&im->arena, im->count, sizeof *results);
	if (im->count == 0)
		return ERR_OK;
	if (!edits || !results)
		e = ERR_MEMORY;
	for (uint32_t i = 0; i < im->count && !e; i++) {
		const struct import_entry *row = &im->entries[i];
		e = find_grants(im, row->form);
		edits[i] = (struct edit){ .opens = true,
			.judge_only = im->config.dry_run,
			.form = row->form,
			.nonce = row->nonce,
			.officer = im->config.officer,
			.role = im->config.role,
			.ops = row->ops.ops,
			.op_count = row->ops.count,
			.grants = im->grants,
			.grant_count = im->grant_count };
	}
	if (!e)
		e = replica_edit(im->config.replica, edits, im->count, results, why);
	for (uint32_t i = 0; i < im->count && !e; i++)
		report_result(im, &im->entries[i], &results[i]);
	arena_clear(&im->arena);
	im->count = 0;
	return e;
}

static bool is_blank(struct bytes line)
{
	for (size_t i = 0; i < line.size; i++)
		if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
			return false;
	return true;
}

/* True for what is wrong with the row and not with the machine. */
static bool is_of_the_row(enum err e)
{
	return e == ERR_USAGE || e == ERR_REFUSED || e == ERR_NOT_FOUND || e == ERR_LIMIT || e == ERR_MISSING;
}

/* Reads, and decides whether the row waits to be written: *waits. */
static enum err take_row(bool *waits, struct import *im, struct import_entry *entry, struct bytes line)
{
	struct err_text words = { "" };
	struct case_id id;
	unsigned earlier = 0;
	bool known = false;
	*waits = false;
	enum err e = import_read_row(entry, &im->arena, im->config.replica, im->config.form, line, &words);
	if (is_of_the_row(e)) {
		report(im, im->line, IMPORT_REFUSED, NULL, words.text);
		return ERR_OK;
	}
	if (!e)
		e = make_nonce(entry, im);
	if (!e)
		e = note_seen(&earlier, im, entry);
	if (!e && earlier) {
		(void)err_set(&words, ERR_EXISTS, "this row has the key of line %u", earlier);
		report(im, im->line, IMPORT_REFUSED, NULL, words.text);
		return ERR_OK;
	}
	if (!e)
		e = find_known(&known, &id, im, entry);
	if (!e && known)
		report(im, im->line, IMPORT_KNOWN, &id, "");
	*waits = !e && !known;
	return e;
}

enum err import_line(struct import *im, struct bytes line, struct err_text *why)
{
	bool waits = false;
	im->line++;
	if (is_blank(line))
		return ERR_OK;
	if (line.size > IMPORT_LINE_MAX) {
		report(im, im->line, IMPORT_REFUSED, NULL, "the line is longer than 1 MiB");
		return ERR_OK;
	}
	struct import_entry *entry = &im->entries[im->count];
	*entry = (struct import_entry){ .line = im->line };
	enum err e = take_row(&waits, im, entry, line);
	if (e)
		return err_set(why, e, "line %u: %s", im->line, err_name(e));
	im->count += waits;
	if (im->count == 0)
		arena_clear(&im->arena);
	return im->count == IMPORT_BATCH_MAX ? write_batch(im, why) : ERR_OK;
}

enum err import_finish(struct import *im, struct err_text *why)
{
	return write_batch(im, why);
}
