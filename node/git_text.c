/* Headers of commits and entries of trees (git's object formats, see gitformat in stock git). */
#include "node/git_text.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

static const char file_mode[] = "100644 ";

/* Takes a line "WORD HEX\n" at *at; false, with *at unmoved, when another line stands there. */
static bool take_id_line(struct git_id *out, struct bytes text, size_t *at, const char *word)
{
	size_t size = strlen(word);
	if (text.size - *at < size + GIT_HEX + 1 || memcmp(text.data + *at, word, size) != 0
		|| text.data[*at + size + GIT_HEX] != '\n'
		|| hex_decode(out->b, sizeof out->b, bytes_of(text.data + *at + size, GIT_HEX)))
		return false;
	*at += size + GIT_HEX + 1;
	return true;
}

enum err git_commit_parse(struct git_commit *out, struct bytes text)
{
	struct git_id parent;
	size_t at = 0;
	*out = (struct git_commit){ 0 };
	if (!take_id_line(&out->tree, text, &at, "tree "))
		return ERR_FORMAT;
	size_t from = at;
	while (take_id_line(&parent, text, &at, "parent "))
		;
	out->parents = bytes_of(text.data + from, at - from);
	out->rest = bytes_of(text.data + at, text.size - at);
	if (out->rest.size < 7 || memcmp(out->rest.data, "author ", 7) != 0)
		return ERR_FORMAT;
	return ERR_OK;
}

size_t git_commit_parents(const struct git_commit *c)
{
	return c->parents.size / GIT_PARENT_LINE;
}

struct git_id git_commit_parent(const struct git_commit *c, size_t i)
{
	assert(i < git_commit_parents(c));
	struct git_id id;
	enum err e = hex_decode(id.b, sizeof id.b,
		bytes_of(c->parents.data + i * GIT_PARENT_LINE + strlen("parent "), GIT_HEX));
	assert(!e); /* git_commit_parse read it before */
	return id;
}

void git_tree_put(struct buf *out, struct bytes name, const struct git_id *id)
{
	buf_put_text(out, file_mode);
	buf_put_bytes(out, name);
	buf_put_byte(out, 0);
	buf_put(out, id->b, sizeof id->b);
}

enum err git_tree_next(struct git_tree_entry *out, struct bytes tree, size_t *at)
{
	size_t mode = strlen(file_mode);
	*out = (struct git_tree_entry){ 0 };
	if (tree.size - *at < mode || memcmp(tree.data + *at, file_mode, mode) != 0)
		return ERR_FORMAT;
	const uint8_t *name = tree.data + *at + mode;
	size_t left = tree.size - *at - mode;
	const uint8_t *end = memchr(name, 0, left);
	if (!end || left - (size_t)(end - name) - 1 < sizeof out->id.b)
		return ERR_FORMAT;
	out->name = bytes_of(name, (size_t)(end - name));
	memcpy(out->id.b, end + 1, sizeof out->id.b);
	*at = (size_t)(end - tree.data) + 1 + sizeof out->id.b;
	return ERR_OK;
}
