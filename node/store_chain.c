/* Store commits as text, both ways. */
#include "node/store_chain.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

/* Both dates are the same; a constant one would make git's walks quadratic. */
#define IDENTITY "dossier <dossier@localhost>"

static const int64_t time_max = ((int64_t)1 << 34) - 1;

static void put_id_line(struct buf *out, const char *word, const struct git_id *id)
{
	buf_put_text(out, word);
	hex_put(out, bytes_of(id->b, sizeof id->b));
	buf_put_byte(out, '\n');
}

static void put_rest(struct buf *out, int64_t time, uint64_t number)
{
	buf_printf(out, "author " IDENTITY " %" PRId64 " +0000\ncommitter " IDENTITY " %" PRId64 " +0000\n\n"
		"store %" PRIu64 "\n", time, time, number);
}

void chain_put(struct buf *out, const struct chain_commit *c)
{
	put_id_line(out, "tree ", &c->tree);
	if (c->number)
		put_id_line(out, "parent ", &c->previous);
	for (size_t i = 0; i < c->tip_count; i++)
		put_id_line(out, "parent ", &c->tips[i]);
	put_rest(out, c->time < 0 ? 0 : c->time > time_max ? time_max : c->time, c->number);
}

/* Takes `word`, then a decimal number up to the first byte that is no digit. */
static enum err take_number(uint64_t *out, struct bytes text, size_t *at, const char *word, uint64_t max)
{
	size_t size = strlen(word);
	if (text.size - *at < size || memcmp(text.data + *at, word, size) != 0)
		return ERR_FORMAT;
	*at += size;
	size_t from = *at;
	while (*at < text.size && text.data[*at] >= '0' && text.data[*at] <= '9')
		(*at)++;
	return decimal_decode(out, bytes_of(text.data + from, *at - from), max);
}

/* Written again and compared, so that there is one spelling. */
static bool is_rest(struct bytes rest, int64_t time, uint64_t number)
{
	struct buf again;
	buf_init(&again, 512);
	put_rest(&again, time, number);
	bool same = !buf_err(&again) && bytes_equal(buf_bytes(&again), rest);
	buf_clear(&again);
	return same;
}

enum err chain_parse(struct chain_commit *out, struct gittext_commit *text, struct bytes commit)
{
	uint64_t time = 0, number = 0;
	*out = (struct chain_commit){ 0 };
	if (gittext_parse(text, commit))
		return ERR_FORMAT;
	size_t at = 0;
	if (take_number(&time, text->rest, &at, "author " IDENTITY " ", (uint64_t)time_max))
		return ERR_FORMAT;
	const uint8_t *gap = NULL;
	for (size_t i = at; !gap && i + 1 < text->rest.size; i++)
		if (text->rest.data[i] == '\n' && text->rest.data[i + 1] == '\n')
			gap = text->rest.data + i;
	if (!gap)
		return ERR_FORMAT;
	at = (size_t)(gap - text->rest.data);
	if (take_number(&number, text->rest, &at, "\n\nstore ", INT64_MAX)
		|| !is_rest(text->rest, (int64_t)time, number)
		|| (number == 0) != (gittext_parent_count(text) == 0))
		return ERR_FORMAT;
	out->tree = text->tree;
	out->number = number;
	out->time = (int64_t)time;
	if (number) {
		out->previous = gittext_parent(text, 0);
		out->tip_count = gittext_parent_count(text) - 1;
	}
	return ERR_OK;
}

void chain_name(char out[CHAIN_NAME], char prefix, const struct hash256 *hash)
{
	char hex[2 * sizeof hash->b + 1];
	hex_encode(hex, bytes_of(hash->b, sizeof hash->b));
	out[0] = prefix;
	out[1] = '-';
	memcpy(out + 2, hex, sizeof hex - 1);
}

enum err chain_parse_name(char *prefix, struct hash256 *hash, struct bytes name)
{
	if (name.size != CHAIN_NAME || name.data[0] < 'a' || name.data[0] > 'z' || name.data[1] != '-')
		return ERR_FORMAT;
	*prefix = (char)name.data[0];
	return hex_decode(hash->b, sizeof hash->b, bytes_of(name.data + 2, name.size - 2));
}
