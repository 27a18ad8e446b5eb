/* Headers of commits and entries of trees (git's object formats, see gitformat in stock git). */
#include "node/gittext.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

static const char file_mode[] = "100644 ";

/* Takes a line "WORD HEX\n" at *at; false, with *at unmoved, when another line stands there. */
static bool take_id_line(struct git_id *out, struct bytes text, size_t *at, const char *word)
{
	size_t size = strlen(word);
	if (text.size - *at < size + GITTEXT_HEX + 1 || memcmp(text.data + *at, word, size) != 0
		|| text.data[*at + size + GITTEXT_HEX] != '\n'
		|| hex_decode(out->b, sizeof out->b, bytes_of(text.data + *at + size, GITTEXT_HEX)))
		return false;
	*at += size + GITTEXT_HEX + 1;
	return true;
}

enum err gittext_parse(struct gittext_commit *out, struct bytes text)
{
	struct git_id parent;
	size_t at = 0;
	*out = (struct gittext_commit){ 0 };
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

size_t gittext_parent_count(const struct gittext_commit *c)
{
	return c->parents.size / GITTEXT_PARENT_LINE;
}

struct git_id gittext_parent(const struct gittext_commit *c, size_t i)
{
	assert(i < gittext_parent_count(c));
	struct git_id id;
	enum err e = hex_decode(id.b, sizeof id.b,
		bytes_of(c->parents.data + i * GITTEXT_PARENT_LINE + strlen("parent "), GITTEXT_HEX));
	assert(!e); /* gittext_parse read it before */
	return id;
}

void gittext_tree_put(struct buf *out, struct bytes name, const struct git_id *id)
{
	buf_put_text(out, file_mode);
	buf_put_bytes(out, name);
	buf_put_byte(out, 0);
	buf_put(out, id->b, sizeof id->b);
}

enum err gittext_tree_next(struct gittext_entry *out, struct bytes tree, size_t *at)
{
	size_t mode = strlen(file_mode);
	*out = (struct gittext_entry){ 0 };
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
