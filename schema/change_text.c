/* The text of a change: writes the commit that is signed and kept, and reads it back. */
#include "schema/change.h"
#include "schema/commit_text.h"

#include <assert.h>
#include <string.h>

/* The hash of "tree 0": git knows the empty tree under this name without being told. */
static const struct git_id empty_tree = { { 0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60, 0xe5,
	0x4b, 0xf8, 0xd6, 0x92, 0x88, 0xfb, 0xee, 0x49, 0x04 } };

static void put_act(struct buf *out, const struct change_act *act)
{
	buf_put_text(out, "act");
	commit_put_number(out, act->code);
	commit_put_number(out, act->role);
	commit_put_base64(out, act->args);
	buf_put_byte(out, '\n');
}

static void put_blob(struct buf *out, const char *keyword, const struct change_blob *blob)
{
	buf_put_text(out, keyword);
	commit_put_number(out, blob->compartment);
	if (blob->own_epoch)
		commit_put_number(out, 0);
	else
		commit_put_hex(out, blob->epoch.b, sizeof blob->epoch.b);
	commit_put_hex(out, blob->hash.b, sizeof blob->hash.b);
	commit_put_number(out, blob->size);
	buf_put_byte(out, '\n');
}

static void put_top(struct buf *out, const struct change *c)
{
	buf_put_text(out, "dossier change 1\n\ncase");
	commit_put_hex(out, c->case_id.b, sizeof c->case_id.b);
	buf_put_text(out, "\nform");
	commit_put_number(out, c->form);
	commit_put_number(out, c->form_version);
	buf_put_text(out, "\ncharter");
	commit_put_hex(out, c->root.b, sizeof c->root.b);
	commit_put_hex(out, c->issuer.b, sizeof c->issuer.b);
	buf_put_text(out, "\nnode");
	commit_put_hex(out, c->node.b, sizeof c->node.b);
	commit_put_hex(out, c->incarnation.b, sizeof c->incarnation.b);
	buf_put_text(out, "\ncheckpoint");
	commit_put_hex(out, c->checkpoint.b, sizeof c->checkpoint.b);
	buf_put_byte(out, '\n');
}

static void put_message(struct buf *out, const struct change *c)
{
	put_top(out, c);
	if (c->parent_count == 0) {
		buf_put_text(out, "nonce");
		commit_put_hex(out, c->nonce, sizeof c->nonce);
		buf_put_byte(out, '\n');
	}
	for (uint32_t i = 0; i < c->parent_count; i++) {
		buf_put_text(out, "parent");
		commit_put_hex(out, c->parents[i].b, sizeof c->parents[i].b);
		buf_put_byte(out, '\n');
	}
	for (uint32_t i = 0; i < c->box_count; i++)
		commit_put_box(out, c->boxes[i].site, c->boxes[i].keyno, c->boxes[i].box);
	for (uint32_t i = 0; i < c->act_count; i++)
		put_act(out, &c->acts[i]);
	for (uint32_t i = 0; i < c->grant_count; i++)
		put_blob(out, "grants", &c->grants[i]);
	for (uint32_t i = 0; i < c->payload_count; i++)
		put_blob(out, "payload", &c->payloads[i]);
}

/* Appends the commit, with its gpgsig header or without.  *head_size is what precedes that header. */
static enum err put_commit(struct buf *out, const struct change *c, const struct git_id *parents_git,
	bool is_signed, size_t *head_size)
{
	struct commit_head h = { .tree = empty_tree, .parents = parents_git, .parent_count = c->parent_count,
		.federation = c->federation, .time = c->time };
	size_t start = out->size;
	enum err e = change_check(c, NULL);
	if (e)
		return e;
	memcpy(h.key, c->officer.b, sizeof h.key);
	commit_put_head(out, &h);
	*head_size = out->size - start;
	if (is_signed)
		commit_put_signature(out, c->signature, c->officer.b);
	buf_put_byte(out, '\n');
	size_t message = out->size;
	put_message(out, c);
	e = buf_err(out);
	if (!e && out->size - message > CHANGE_MANIFEST_MAX) {
		out->size = start;
		e = ERR_LIMIT;
	}
	return e;
}

enum err change_put_unsigned(struct buf *out, const struct change *c, const struct git_id *parents_git)
{
	size_t head_size = 0;
	return put_commit(out, c, parents_git, false, &head_size);
}

enum err change_put_commit(struct buf *out, const struct change *c, const struct git_id *parents_git)
{
	size_t head_size = 0;
	return put_commit(out, c, parents_git, true, &head_size);
}

enum err change_sign(struct buf *out, struct change *c, const struct git_id *parents_git,
	const struct sign_key *officer)
{
	struct buf text;
	size_t head_size = 0;
	assert(memcmp(c->officer.b, officer->public_key, sizeof c->officer.b) == 0);
	buf_init(&text, CHANGE_COMMIT_MAX);
	enum err e = put_commit(&text, c, parents_git, false, &head_size);
	if (!e)
		e = commit_sign(out, c->signature, buf_bytes(&text), head_size, officer);
	buf_clear(&text);
	return e;
}

/* Room for the lines ahead that begin with the keyword; NULL (and a sticky error) beyond `max`. */
static void *take_room(struct commit_lines *l, struct arena *a, const char *keyword, size_t max, size_t size,
	uint32_t *count)
{
	size_t lines = commit_lines_count(l, keyword);
	*count = 0;
	if (lines > max) {
		commit_fail(l, ERR_LIMIT);
		return NULL;
	}
	void *room = arena_array(a, lines, size);
	if (!room)
		commit_fail(l, ERR_MEMORY);
	else
		*count = (uint32_t)lines;
	return room;
}

static void take_boxes(struct commit_lines *l, struct change *c, struct arena *a)
{
	struct change_box *boxes = take_room(l, a, "box", CHANGE_BOXES_MAX, sizeof *boxes, &c->box_count);
	c->boxes = boxes;
	for (uint32_t i = 0; i < c->box_count && !l->err; i++)
		commit_take_box(l, &boxes[i].site, &boxes[i].keyno, boxes[i].box);
}

static void take_acts(struct commit_lines *l, struct change *c, struct arena *a, struct buf *scratch)
{
	struct change_act *acts = take_room(l, a, "act", CHANGE_ACTS_MAX, sizeof *acts, &c->act_count);
	c->acts = acts;
	for (uint32_t i = 0; i < c->act_count && !l->err; i++) {
		commit_next(l, "act");
		acts[i].code = (uint32_t)commit_take_number(l, CHANGE_NUMBER_MAX);
		acts[i].role = (uint32_t)commit_take_number(l, CHANGE_NUMBER_MAX);
		buf_reset(scratch);
		commit_take_base64(l, scratch);
		const void *args = arena_copy(a, scratch->data, scratch->size);
		if (!args)
			commit_fail(l, ERR_MEMORY);
		acts[i].args = bytes_of(args, scratch->size);
	}
}

static const struct change_blob *take_blobs(struct commit_lines *l, struct arena *a, const char *keyword,
	size_t max, uint32_t *count)
{
	struct change_blob *blobs = take_room(l, a, keyword, max, sizeof *blobs, count);
	for (uint32_t i = 0; i < *count && !l->err; i++) {
		struct change_blob *blob = &blobs[i];
		commit_next(l, keyword);
		blob->compartment = (uint32_t)commit_take_number(l, CHANGE_NUMBER_MAX);
		blob->own_epoch = l->next < l->count && bytes_equal(l->words[l->next], bytes_text("0"));
		if (blob->own_epoch)
			(void)commit_take_word(l);
		else
			commit_take_hex(l, blob->epoch.b, sizeof blob->epoch.b);
		commit_take_hex(l, blob->hash.b, sizeof blob->hash.b);
		blob->size = (uint32_t)commit_take_number(l, CHANGE_BLOBS_MAX);
	}
	return blobs;
}

static void take_top(struct commit_lines *l, struct change *c)
{
	commit_next(l, "dossier");
	(void)commit_take_word(l);
	(void)commit_take_word(l);
	commit_next(l, "");
	commit_next(l, "case");
	commit_take_hex(l, c->case_id.b, sizeof c->case_id.b);
	commit_next(l, "form");
	c->form = (uint32_t)commit_take_number(l, CHANGE_NUMBER_MAX);
	c->form_version = (uint32_t)commit_take_number(l, CHANGE_NUMBER_MAX);
	commit_next(l, "charter");
	commit_take_hex(l, c->root.b, sizeof c->root.b);
	commit_take_hex(l, c->issuer.b, sizeof c->issuer.b);
	commit_next(l, "node");
	commit_take_hex(l, c->node.b, sizeof c->node.b);
	commit_take_hex(l, c->incarnation.b, sizeof c->incarnation.b);
	commit_next(l, "checkpoint");
	commit_take_hex(l, c->checkpoint.b, sizeof c->checkpoint.b);
}

static void take_message(struct commit_lines *l, struct change *c, struct arena *a, struct buf *scratch)
{
	take_top(l, c);
	if (commit_lines_count(l, "nonce")) {
		commit_next(l, "nonce");
		commit_take_hex(l, c->nonce, sizeof c->nonce);
	}
	struct change_id *parents = take_room(l, a, "parent", CHANGE_PARENTS_MAX, sizeof *parents,
		&c->parent_count);
	c->parents = parents;
	for (uint32_t i = 0; i < c->parent_count; i++) {
		commit_next(l, "parent");
		commit_take_hex(l, parents[i].b, sizeof parents[i].b);
	}
	take_boxes(l, c, a);
	take_acts(l, c, a, scratch);
	c->grants = take_blobs(l, a, "grants", CHANGE_GRANTS_MAX, &c->grant_count);
	c->payloads = take_blobs(l, a, "payload", CHANGE_PAYLOADS_MAX, &c->payload_count);
}

/* Reads loosely, checks the rules, then writes again and compares. */
static enum err parse_commit(struct change *c, const struct git_id **parents_git, struct arena *a,
	struct bytes commit, struct err_text *why)
{
	static const char what[] = "change";
	struct commit_lines l;
	struct commit_head h;
	struct buf text;
	buf_init(&text, CHANGE_COMMIT_MAX);
	commit_lines_begin(&l, commit);
	commit_take_head(&l, &h, a, CHANGE_PARENTS_MAX);
	take_message(&l, c, a, &text);
	enum err e = commit_lines_end(&l, what, why);
	if (!e && h.parent_count != c->parent_count)
		e = err_set(why, ERR_FORMAT, "change: %u parent headers and %u parents in the manifest",
			h.parent_count, c->parent_count);
	if (!e) {
		c->federation = h.federation;
		c->time = h.time;
		memcpy(c->officer.b, h.key, sizeof c->officer.b);
		memcpy(c->signature, h.signature, sizeof c->signature);
		*parents_git = h.parents;
		e = change_check(c, why);
	}
	buf_reset(&text);
	if (!e) {
		e = change_put_commit(&text, c, h.parents);
		if (e)
			err_set(why, e, "change: the manifest is longer than %d bytes", CHANGE_MANIFEST_MAX);
	}
	if (!e)
		e = commit_compare(commit, buf_bytes(&text), what, why);
	buf_clear(&text);
	return e;
}

enum err change_parse_commit(struct change **out, const struct git_id **parents_git, struct arena *a,
	struct bytes commit, struct err_text *why)
{
	*out = NULL;
	*parents_git = NULL;
	if (commit.size > CHANGE_COMMIT_MAX)
		return err_set(why, ERR_LIMIT, "change: a commit of %zu bytes, at most %d are taken", commit.size,
			CHANGE_COMMIT_MAX);
	struct change *c = arena_alloc(a, sizeof *c);
	if (!c)
		return err_set(why, ERR_MEMORY, "change: out of memory");
	enum err e = parse_commit(c, parents_git, a, commit, why);
	if (e)
		*parents_git = NULL;
	else
		*out = c;
	return e;
}
