/* HOME/config: reading it, and setting a peer's address without losing a comment. */
#include "node/config.h"

#include "node/fs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct line {           /* one line of the file, its parts borrowed from it */
	struct bytes whole; /* without the line feed */
	struct bytes key, value;
};

static struct bytes trim(struct bytes b)
{
	while (b.size && (b.data[0] == ' ' || b.data[0] == '\t'))
		b = bytes_of(b.data + 1, b.size - 1);
	while (b.size && (b.data[b.size - 1] == ' ' || b.data[b.size - 1] == '\t' || b.data[b.size - 1] == '\r'))
		b.size--;
	return b;
}

/* Takes the next line off `rest`; false at the end.  A comment or empty line has no key. */
static bool next_line(struct line *out, struct bytes *rest)
{
	if (rest->size == 0)
		return false;
	const uint8_t *end = memchr(rest->data, '\n', rest->size);
	size_t size = end ? (size_t)(end - rest->data) : rest->size;
	*out = (struct line){ .whole = bytes_of(rest->data, size) };
	*rest = bytes_of(rest->data + size + (end != NULL), rest->size - size - (end != NULL));
	struct bytes text = trim(out->whole);
	if (text.size == 0 || text.data[0] == '#')
		return true;
	const uint8_t *equals = memchr(text.data, '=', text.size);
	size_t key = equals ? (size_t)(equals - text.data) : text.size;
	out->key = trim(bytes_of(text.data, key));
	if (equals)
		out->value = trim(bytes_of(text.data + key + 1, text.size - key - 1));
	return true;
}

static bool copy_word(char *out, size_t size, struct bytes word)
{
	if (word.size == 0 || word.size >= size || memchr(word.data, 0, word.size))
		return false;
	memcpy(out, word.data, word.size);
	out[word.size] = '\0';
	return true;
}

/* "NAME ADDR" of a peer's line. */
static bool split_peer(struct config_peer *out, struct bytes value)
{
	const uint8_t *blank = memchr(value.data, ' ', value.size);
	size_t name = blank ? (size_t)(blank - value.data) : value.size;
	struct bytes address = trim(bytes_of(value.data + name, value.size - name));
	return copy_word(out->name, sizeof out->name, bytes_of(value.data, name))
		&& copy_word(out->address, sizeof out->address, address);
}

static bool take_line(struct config *c, const struct line *l)
{
	if (l->key.size == 0)
		return true;
	if (bytes_equal(l->key, bytes_text("listen")))
		return copy_word(c->listen, sizeof c->listen, l->value);
	if (bytes_equal(l->key, bytes_text("officer")))
		return copy_word(c->officer, sizeof c->officer, l->value);
	if (!bytes_equal(l->key, bytes_text("peer")) || c->peer_count == CONFIG_PEERS_MAX || l->value.size == 0)
		return false;
	return split_peer(&c->peers[c->peer_count++], l->value);
}

static enum err read_text(struct buf *out, const char *home, char path[FS_PATH_MAX], struct err_text *why)
{
	buf_init(out, CONFIG_SIZE_MAX);
	enum err e = fs_path(path, "%s/config", home);
	return e || !fs_exists(path) ? e : fs_read_file(out, path, why);
}

enum err config_read(struct config *out, const char *home, struct err_text *why)
{
	char path[FS_PATH_MAX];
	struct buf text;
	struct line line;
	unsigned number = 0;
	*out = (struct config){ 0 };
	enum err e = read_text(&text, home, path, why);
	out->peers = calloc(CONFIG_PEERS_MAX, sizeof *out->peers);
	if (!e && !out->peers)
		e = ERR_MEMORY;
	struct bytes rest = buf_bytes(&text);
	while (!e && next_line(&line, &rest)) {
		number++;
		if (!take_line(out, &line))
			e = err_set(why, ERR_FORMAT,
				"%s: line %u is not one of: listen = ADDR, peer = NAME ADDR, officer = NAME", path, number);
	}
	buf_clear(&text);
	if (e)
		config_clear(out);
	return e;
}

void config_clear(struct config *c)
{
	if (!c)
		return;
	free(c->peers);
	*c = (struct config){ 0 };
}

const struct config_peer *config_find_peer(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->peer_count; i++)
		if (strcmp(c->peers[i].name, name) == 0)
			return &c->peers[i];
	return NULL;
}

enum err config_put_peer(const char *home, const char *name, const char *address, struct err_text *why)
{
	char path[FS_PATH_MAX];
	struct buf old, text;
	struct line line;
	struct config_peer peer;
	bool done = false;
	if (!*name || !*address || strpbrk(name, " \t\r\n#=") || strpbrk(address, " \t\r\n#="))
		return err_set(why, ERR_FORMAT,
			"\"%s %s\" is not a peer: a site's name and host:port, without blanks", name, address);
	enum err e = read_text(&old, home, path, why);
	buf_init(&text, CONFIG_SIZE_MAX);
	struct bytes rest = buf_bytes(&old);
	while (!e && next_line(&line, &rest)) {
		bool ours = bytes_equal(line.key, bytes_text("peer")) && line.value.size
			&& split_peer(&peer, line.value) && strcmp(peer.name, name) == 0;
		if (ours && !done)
			buf_printf(&text, "peer = %s %s\n", name, address);
		else if (!ours) {
			buf_put_bytes(&text, line.whole);
			buf_put_byte(&text, '\n');
		}
		done = done || ours;
	}
	if (!done)
		buf_printf(&text, "peer = %s %s\n", name, address);
	if (!e)
		e = buf_err(&text);
	if (!e)
		e = fs_write_file(path, buf_bytes(&text), 0600, NULL, why);
	buf_clear(&old);
	buf_clear(&text);
	return e;
}
