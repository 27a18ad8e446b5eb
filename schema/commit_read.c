/* Reads the headers and message lines of our signed commits. */
#include "schema/commit_text.h"

#include "base/sshsig.h"
#include "base/text.h"

#include <string.h>

enum { ARMOUR_MAX = 512, NUMBER_MAX = 0x7fffffff };

void commit_fail(struct commit_lines *l, enum err e)
{
	if (!l->err)
		l->err = e;
	l->next = l->count = 0;
}

void commit_lines_begin(struct commit_lines *l, struct bytes text)
{
	*l = (struct commit_lines){ .rest = text };
}

static bool begins_with(struct bytes text, const char *word)
{
	size_t size = strlen(word);
	return text.size >= size && (size == 0 || memcmp(text.data, word, size) == 0);
}

/* Takes the text up to the next LF off `text`; false when there is none. */
static bool take_line(struct bytes *line, struct bytes *text)
{
	const uint8_t *end = text->size ? memchr(text->data, '\n', text->size) : NULL;
	if (!end)
		return false;
	*line = bytes_of(text->data, (size_t)(end - text->data));
	*text = bytes_of(end + 1, text->size - line->size - 1);
	return true;
}

size_t commit_lines_count(const struct commit_lines *l, const char *keyword)
{
	struct bytes rest = l->rest, line;
	size_t size = strlen(keyword), count = 0;
	while (take_line(&line, &rest) && line.size > size && begins_with(line, keyword) &&
		line.data[size] == ' ')
		count++;
	return count;
}

void commit_next(struct commit_lines *l, const char *keyword)
{
	struct bytes line = { NULL, 0 };
	if (l->err)
		return;
	l->number++;
	if (l->next != l->count || !take_line(&line, &l->rest)) {
		commit_fail(l, ERR_FORMAT);
		return;
	}
	l->next = l->count = 0;
	while (l->count < COMMIT_WORDS_MAX) {
		const uint8_t *blank = line.size ? memchr(line.data, ' ', line.size) : NULL;
		if (!blank || l->count == COMMIT_WORDS_MAX - 1) {
			l->words[l->count++] = line;
			break;
		}
		size_t size = (size_t)(blank - line.data);
		l->words[l->count++] = bytes_of(line.data, size);
		line = bytes_of(blank + 1, line.size - size - 1);
	}
	if (!bytes_equal(commit_take_word(l), bytes_text(keyword)))
		commit_fail(l, ERR_FORMAT);
}

struct bytes commit_take_word(struct commit_lines *l)
{
	if (!l->err && l->next < l->count)
		return l->words[l->next++];
	commit_fail(l, ERR_FORMAT);
	return bytes_of(NULL, 0);
}

uint64_t commit_take_number(struct commit_lines *l, uint64_t max)
{
	uint64_t n = 0;
	if (decimal_decode(&n, commit_take_word(l), max))
		commit_fail(l, ERR_FORMAT);
	return n;
}

void commit_take_hex(struct commit_lines *l, void *out, size_t size)
{
	if (hex_decode(out, size, commit_take_word(l)))
		commit_fail(l, ERR_FORMAT);
}

void commit_take_base64(struct commit_lines *l, struct buf *out)
{
	enum err e = base64_decode(out, commit_take_word(l));
	if (e)
		commit_fail(l, e == ERR_MEMORY ? e : ERR_FORMAT); /* what is too long is no such word */
}

void commit_take_box(struct commit_lines *l, uint32_t *site, uint32_t *keyno, uint8_t box[COMMIT_BOX_SIZE])
{
	struct buf plain;
	buf_init(&plain, COMMIT_BOX_SIZE);
	commit_next(l, "box");
	*site = (uint32_t)commit_take_number(l, NUMBER_MAX);
	*keyno = (uint32_t)commit_take_number(l, NUMBER_MAX);
	commit_take_base64(l, &plain);
	if (plain.size == COMMIT_BOX_SIZE)
		memcpy(box, plain.data, COMMIT_BOX_SIZE);
	else
		commit_fail(l, ERR_FORMAT);
	buf_clear(&plain);
}

/* author FP <FP@FED64> T +0000: the key comes from the signature, so only federation and time are read. */
static void take_author(struct commit_lines *l, struct commit_head *h)
{
	enum { HEX_SIZE = 2 * sizeof h->federation.b };
	commit_next(l, "author");
	(void)commit_take_word(l);
	struct bytes mail = commit_take_word(l);
	if (mail.size < HEX_SIZE + 1 ||
		hex_decode(h->federation.b, sizeof h->federation.b,
			bytes_of(mail.data + mail.size - HEX_SIZE - 1, HEX_SIZE)))
		commit_fail(l, ERR_FORMAT);
	h->time = commit_take_number(l, UINT64_MAX);
	(void)commit_take_word(l);
}

/* Joins the lines of the gpgsig header and reads the armour. */
static void take_signature(struct commit_lines *l, struct commit_head *h)
{
	struct buf armour;
	struct bytes line = { NULL, 0 };
	enum err e = ERR_FORMAT;
	buf_init(&armour, ARMOUR_MAX);
	l->number++;
	if (!l->err && begins_with(l->rest, "gpgsig ") && take_line(&line, &l->rest)) {
		buf_put(&armour, line.data + 7, line.size - 7);
		while (begins_with(l->rest, " ") && take_line(&line, &l->rest)) {
			buf_put_byte(&armour, '\n');
			buf_put(&armour, line.data + 1, line.size - 1);
			l->number++;
		}
		e = buf_err(&armour) == ERR_MEMORY ? ERR_MEMORY
			: buf_err(&armour) ? ERR_FORMAT
			: sshsig_parse_armour(h->signature, h->key, "git", buf_bytes(&armour));
	}
	if (e)
		commit_fail(l, e);
	buf_clear(&armour);
}

void commit_take_head(struct commit_lines *l, struct commit_head *h, struct arena *a, size_t parents_max)
{
	*h = (struct commit_head){ .parents = NULL };
	commit_next(l, "tree");
	commit_take_hex(l, h->tree.b, sizeof h->tree.b);
	size_t count = commit_lines_count(l, "parent");
	struct git_id *parents = count > parents_max ? NULL : arena_array(a, count, sizeof *parents);
	if (!parents) {
		commit_fail(l, count > parents_max ? ERR_LIMIT : ERR_MEMORY);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		commit_next(l, "parent");
		commit_take_hex(l, parents[i].b, sizeof parents[i].b);
	}
	h->parents = parents;
	h->parent_count = (uint32_t)count;
	take_author(l, h);
	commit_next(l, "committer");
	for (int i = 0; i < 4; i++)
		(void)commit_take_word(l); /* all of it follows from the author's line */
	take_signature(l, h);
	commit_next(l, "");
}

enum err commit_lines_end(const struct commit_lines *l, const char *what, struct err_text *why)
{
	if (l->err == ERR_LIMIT)
		return err_set(why, ERR_LIMIT, "%s, line %zu: more lines of this kind than the format allows", what,
			l->number + 1);
	if (l->err == ERR_MEMORY)
		return err_set(why, ERR_MEMORY, "%s: out of memory", what);
	if (l->err || l->next != l->count)
		return err_set(why, ERR_FORMAT, "%s, line %zu: not what the format wants there", what, l->number);
	if (l->rest.size)
		return err_set(why, ERR_FORMAT, "%s, line %zu: nothing may follow the last line", what,
			l->number + 1);
	return ERR_OK;
}

enum err commit_compare(struct bytes commit, struct bytes again, const char *what, struct err_text *why)
{
	size_t line = 1, size = commit.size < again.size ? commit.size : again.size;
	if (bytes_equal(commit, again))
		return ERR_OK;
	for (size_t i = 0; i < size && commit.data[i] == again.data[i]; i++)
		line += commit.data[i] == '\n';
	return err_set(why, ERR_FORMAT, "%s, line %zu: not in its one canonical spelling", what, line);
}
