/* Altering commits: by struct where the struct can say it, by text where only text can. */
#include "tests/refusals/refusals.h"

#include "schema/commit_text.h"

#include <assert.h>
#include <string.h>

static size_t find(struct bytes in, size_t from, const char *text)
{
	size_t size = strlen(text);
	for (size_t at = from; at + size <= in.size; at++)
		if (memcmp(in.data + at, text, size) == 0)
			return at;
	assert(!"an input alters what is not there");
	return in.size;
}

size_t forge_find(struct bytes text, const char *after, const char *old)
{
	return find(text, find(text, 0, after), old);
}

struct bytes trial_keep(struct trial *t, struct buf *b)
{
	assert(buf_err(b) == ERR_OK);
	struct bytes kept = { arena_copy(&t->arena, b->data, b->size), b->size };
	assert(kept.data);
	buf_clear(b);
	return kept;
}

struct change *forge_read(struct trial *t, struct bytes text, const struct git_id **parents_git)
{
	struct change *c = NULL;
	enum err e = change_parse_commit(&c, parents_git, &t->arena, text, NULL);
	assert(!e);
	(void)e;
	return c;
}

struct bytes forge_sign(
	struct trial *t, struct change *c, const struct git_id *parents_git, const struct sign_key *officer)
{
	struct buf text;
	buf_init(&text, CHANGE_COMMIT_MAX);
	memcpy(c->officer.b, officer->public_key, sizeof c->officer.b);
	enum err e = change_sign(&text, c, parents_git, officer);
	assert(!e);
	(void)e;
	return trial_keep(t, &text);
}

struct bytes forge_replace(
	struct trial *t, struct bytes text, const char *after, const char *old, struct bytes replacement)
{
	size_t at = forge_find(text, after, old), behind = at + strlen(old);
	struct buf b;
	buf_init(&b, 8 * CHANGE_BLOBS_MAX);
	buf_put(&b, text.data, at);
	buf_put_bytes(&b, replacement);
	buf_put(&b, text.data + behind, text.size - behind);
	return trial_keep(t, &b);
}

struct bytes forge_resign(struct trial *t, struct bytes text, const struct sign_key *officer)
{
	static const char end[] = "-----END SSH SIGNATURE-----\n";
	uint8_t signature[SIGN_SIZE];
	struct buf bare, b;
	size_t head = find(text, 0, "gpgsig "), behind = find(text, head, end) + strlen(end);
	buf_init(&bare, 8 * CHANGE_BLOBS_MAX);
	buf_init(&b, 8 * CHANGE_BLOBS_MAX);
	buf_put(&bare, text.data, head);
	buf_put(&bare, text.data + behind, text.size - behind);
	enum err e = commit_sign(&b, signature, buf_bytes(&bare), head, officer);
	assert(!e);
	(void)e;
	buf_clear(&bare);
	return trial_keep(t, &b);
}

struct bytes forge_wire(struct trial *t, struct bytes text)
{
	const struct git_id *parents_git;
	struct buf b;
	buf_init(&b, CHANGE_WIRE_MAX);
	enum err e = change_put_wire(&b, forge_read(t, text, &parents_git));
	assert(!e);
	(void)e;
	return trial_keep(t, &b);
}
