/* Checkpoints: rules, ids, verification and the text of the commit. */
#include "schema/checkpoint.h"

#include "base/hash.h"
#include "schema/commit_text.h"

#include <assert.h>

void checkpoint_get_id(struct checkpoint_id *id, struct bytes commit)
{
	hash_blake2b_256(id->b, commit);
}

enum err checkpoint_verify(const struct checkpoint *c, struct bytes commit)
{
	return commit_verify(commit, c->signature, c->node.b);
}

enum err checkpoint_check(const struct checkpoint *c, struct err_text *why)
{
	if (c->time > CHANGE_TIME_MAX)
		return err_set(why, ERR_FORMAT, "checkpoint: the time is beyond 2^34 - 1");
	if (c->sequence > CHECKPOINT_SEQUENCE_MAX)
		return err_set(why, ERR_FORMAT, "checkpoint: the sequence is beyond 2^31 - 1");
	if (c->box_count > CHANGE_BOXES_MAX)
		return err_set(why, ERR_LIMIT, "checkpoint: more than %d boxes", CHANGE_BOXES_MAX);
	bool has_previous = !checkpoint_id_is_zero(&c->previous);
	if (c->sequence > 0 && (!has_previous || !c->has_parent))
		return err_set(why, ERR_FORMAT, "checkpoint: only sequence 0 may be without a previous one");
	if (c->has_parent && !has_previous)
		return err_set(why, ERR_FORMAT, "checkpoint: a parent, and no previous checkpoint");
	for (uint32_t i = 0; i < c->box_count; i++) {
		const struct change_box *box = &c->boxes[i];
		if (box->site == 0 || box->site > CHANGE_NUMBER_MAX || box->keyno == 0 ||
			box->keyno > CHANGE_NUMBER_MAX)
			return err_set(why, ERR_FORMAT, "checkpoint: box %u: site or key number out of range", i + 1);
		if (i && c->boxes[i - 1].site >= box->site)
			return err_set(why, ERR_FORMAT, "checkpoint: box %u: not above the one before", i + 1);
	}
	return ERR_OK;
}

static void put_message(struct buf *out, const struct checkpoint *c)
{
	buf_put_text(out, "dossier checkpoint 1\n\nnode");
	commit_put_hex(out, c->node.b, sizeof c->node.b);
	commit_put_hex(out, c->incarnation.b, sizeof c->incarnation.b);
	buf_put_text(out, "\nsequence");
	commit_put_number(out, c->sequence);
	buf_put_text(out, "\nentries");
	commit_put_hex(out, c->entries.b, sizeof c->entries.b);
	buf_put_text(out, "\nprevious");
	commit_put_hex(out, c->previous.b, sizeof c->previous.b);
	buf_put_text(out, "\nhead");
	commit_put_hex(out, c->head.b, sizeof c->head.b);
	buf_put_byte(out, '\n');
	for (uint32_t i = 0; i < c->box_count; i++)
		commit_put_box(out, c->boxes[i].site, c->boxes[i].keyno, c->boxes[i].box);
}

/* Appends the commit, with its gpgsig header or without.  *head_size is what precedes that header. */
static enum err put_commit(struct buf *out, const struct checkpoint *c, bool is_signed, size_t *head_size)
{
	struct commit_head h = { .tree = c->tree, .parents = &c->parent, .parent_count = c->has_parent,
		.federation = c->federation, .time = c->time };
	size_t start = out->size;
	enum err e = checkpoint_check(c, NULL);
	if (e)
		return e;
	memcpy(h.key, c->node.b, sizeof h.key);
	commit_put_head(out, &h);
	*head_size = out->size - start;
	if (is_signed)
		commit_put_signature(out, c->signature, c->node.b);
	buf_put_byte(out, '\n');
	size_t message = out->size;
	put_message(out, c);
	e = buf_err(out);
	if (!e && out->size - message > COMMIT_MESSAGE_MAX) {
		out->size = start;
		e = ERR_LIMIT;
	}
	return e;
}

enum err checkpoint_put_unsigned(struct buf *out, const struct checkpoint *c)
{
	size_t head_size = 0;
	return put_commit(out, c, false, &head_size);
}

enum err checkpoint_put_commit(struct buf *out, const struct checkpoint *c)
{
	size_t head_size = 0;
	return put_commit(out, c, true, &head_size);
}

enum err checkpoint_sign(struct buf *out, struct checkpoint *c, const struct sign_key *node)
{
	struct buf text;
	size_t head_size = 0;
	assert(memcmp(c->node.b, node->public_key, sizeof c->node.b) == 0);
	buf_init(&text, COMMIT_SIZE_MAX);
	enum err e = put_commit(&text, c, false, &head_size);
	if (!e)
		e = commit_sign(out, c->signature, buf_bytes(&text), head_size, node);
	buf_clear(&text);
	return e;
}

static void take_boxes(struct commit_lines *l, struct checkpoint *c, struct arena *a)
{
	size_t count = commit_lines_count(l, "box");
	struct change_box *boxes = count > CHANGE_BOXES_MAX ? NULL : arena_array(a, count, sizeof *boxes);
	if (!boxes) {
		commit_fail(l, count > CHANGE_BOXES_MAX ? ERR_LIMIT : ERR_MEMORY);
		return;
	}
	for (size_t i = 0; i < count; i++)
		commit_take_box(l, &boxes[i].site, &boxes[i].keyno, boxes[i].box);
	c->boxes = boxes;
	c->box_count = (uint32_t)count;
}

static void take_message(struct commit_lines *l, struct checkpoint *c, struct arena *a)
{
	struct node_id node = { { 0 } };
	commit_next(l, "dossier");
	(void)commit_take_word(l);
	(void)commit_take_word(l);
	commit_next(l, "");
	commit_next(l, "node");
	commit_take_hex(l, node.b, sizeof node.b);
	if (!node_id_equal(&node, &c->node))
		commit_fail(l, ERR_FORMAT);
	commit_take_hex(l, c->incarnation.b, sizeof c->incarnation.b);
	commit_next(l, "sequence");
	c->sequence = commit_take_number(l, CHECKPOINT_SEQUENCE_MAX);
	commit_next(l, "entries");
	commit_take_hex(l, c->entries.b, sizeof c->entries.b);
	commit_next(l, "previous");
	commit_take_hex(l, c->previous.b, sizeof c->previous.b);
	commit_next(l, "head");
	commit_take_hex(l, c->head.b, sizeof c->head.b);
	take_boxes(l, c, a);
}

/* Reads loosely, checks the rules, then writes again and compares. */
static enum err parse_commit(struct checkpoint *c, struct arena *a, struct bytes commit, struct err_text *why)
{
	static const char what[] = "checkpoint";
	struct commit_lines l;
	struct commit_head h;
	struct buf text;
	buf_init(&text, COMMIT_SIZE_MAX);
	commit_lines_begin(&l, commit);
	commit_take_head(&l, &h, a, 1);
	c->tree = h.tree;
	c->has_parent = h.parent_count > 0;
	if (c->has_parent)
		c->parent = h.parents[0];
	c->federation = h.federation;
	c->time = h.time;
	memcpy(c->node.b, h.key, sizeof c->node.b);
	memcpy(c->signature, h.signature, sizeof c->signature);
	take_message(&l, c, a);
	enum err e = commit_lines_end(&l, what, why);
	if (!e)
		e = checkpoint_check(c, why);
	if (!e) {
		e = checkpoint_put_commit(&text, c);
		if (e)
			err_set(why, e, "checkpoint: the message is longer than %d bytes", COMMIT_MESSAGE_MAX);
	}
	if (!e)
		e = commit_compare(commit, buf_bytes(&text), what, why);
	buf_clear(&text);
	return e;
}

enum err checkpoint_parse_commit(struct checkpoint **out, struct arena *a, struct bytes commit,
	struct err_text *why)
{
	*out = NULL;
	if (commit.size > COMMIT_SIZE_MAX)
		return err_set(why, ERR_LIMIT, "checkpoint: a commit of %zu bytes, at most %d are taken", commit.size,
			COMMIT_SIZE_MAX);
	struct checkpoint *c = arena_alloc(a, sizeof *c);
	if (!c)
		return err_set(why, ERR_MEMORY, "checkpoint: out of memory");
	enum err e = parse_commit(c, a, commit, why);
	if (!e)
		*out = c;
	return e;
}
