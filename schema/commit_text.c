/* Writes the headers of our signed commits, signs and verifies them. */
#include "schema/commit_text.h"

#include "base/sshsig.h"
#include "base/text.h"

#include <assert.h>
#include <string.h>

enum { ARMOUR_MAX = 512 };

static const char signature_header[] = "gpgsig ";
static const char signature_begin[] = "\ngpgsig -----BEGIN SSH SIGNATURE-----\n";
static const char signature_end[] = "\n -----END SSH SIGNATURE-----\n";

void commit_put_number(struct buf *out, uint64_t n)
{
	char digits[20];
	size_t at = sizeof digits;
	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	buf_put_byte(out, ' ');
	buf_put(out, digits + at, sizeof digits - at);
}

void commit_put_hex(struct buf *out, const void *data, size_t size)
{
	buf_put_byte(out, ' ');
	hex_put(out, bytes_of(data, size));
}

void commit_put_base64(struct buf *out, struct bytes bytes)
{
	buf_put_byte(out, ' ');
	base64_put(out, bytes);
}

void commit_put_box(struct buf *out, uint32_t site, uint32_t keyno, const uint8_t box[COMMIT_BOX_SIZE])
{
	buf_put_text(out, "box");
	commit_put_number(out, site);
	commit_put_number(out, keyno);
	commit_put_base64(out, bytes_of(box, COMMIT_BOX_SIZE));
	buf_put_byte(out, '\n');
}

void commit_put_head(struct buf *out, const struct commit_head *h)
{
	char fingerprint[SSH_FINGERPRINT_SIZE];
	ssh_fingerprint(fingerprint, h->key);
	buf_put_text(out, "tree");
	commit_put_hex(out, h->tree.b, sizeof h->tree.b);
	for (uint32_t i = 0; i < h->parent_count; i++) {
		buf_put_text(out, "\nparent");
		commit_put_hex(out, h->parents[i].b, sizeof h->parents[i].b);
	}
	buf_put_text(out, "\nauthor ");
	buf_put_text(out, fingerprint);
	buf_put_text(out, " <");
	buf_put_text(out, fingerprint);
	buf_put_byte(out, '@');
	hex_put(out, bytes_of(h->federation.b, sizeof h->federation.b));
	buf_put_byte(out, '>');
	commit_put_number(out, h->time);
	buf_put_text(out, " +0000\ncommitter dossier <dossier@localhost>");
	commit_put_number(out, h->time);
	buf_put_text(out, " +0000\n");
}

/* A header of several lines: each but the first begins with a blank. */
void commit_put_signature(struct buf *out, const uint8_t signature[SIGN_SIZE],
	const uint8_t key[SIGN_KEY_SIZE])
{
	struct buf armour;
	buf_init(&armour, ARMOUR_MAX);
	sshsig_put_armour(&armour, signature, key, "git");
	if (armour.err && !out->err)
		out->err = armour.err;
	buf_put_text(out, signature_header);
	struct bytes text = buf_bytes(&armour);
	while (text.size) {
		const uint8_t *end = memchr(text.data, '\n', text.size);
		size_t size = end ? (size_t)(end - text.data) + 1 : text.size;
		buf_put(out, text.data, size);
		if (end)
			buf_put_byte(out, ' ');
		text = bytes_of(text.data + size, text.size - size);
	}
	buf_put_byte(out, '\n');
	buf_clear(&armour);
}

enum err commit_sign(struct buf *out, uint8_t signature[SIGN_SIZE], struct bytes unsigned_commit,
	size_t head_size, const struct sign_key *key)
{
	assert(head_size <= unsigned_commit.size);
	enum err e = sshsig_make(signature, key, "git", unsigned_commit);
	if (e)
		return e;
	buf_put(out, unsigned_commit.data, head_size);
	commit_put_signature(out, signature, key->public_key);
	buf_put(out, unsigned_commit.data + head_size, unsigned_commit.size - head_size);
	return buf_err(out);
}

/* Where `text` begins in `in` at or after `from`; in.size when it does not. */
static size_t find(struct bytes in, size_t from, const char *text)
{
	size_t size = strlen(text);
	while (in.size - from >= size) {
		const uint8_t *at = memchr(in.data + from, text[0], in.size - from - size + 1);
		if (!at)
			break;
		from = (size_t)(at - in.data);
		if (memcmp(at, text, size) == 0)
			return from;
		from++;
	}
	return in.size;
}

/* The first gpgsig header is the commit's own: no header before it may hold a line end. */
enum err commit_verify(struct bytes commit, const uint8_t signature[SIGN_SIZE],
	const uint8_t key[SIGN_KEY_SIZE])
{
	size_t begin = find(commit, 0, signature_begin);
	size_t end = find(commit, begin, signature_end);
	if (end == commit.size || commit.size > COMMIT_SIZE_MAX)
		return ERR_CRYPTO;
	begin += 1;
	end += strlen(signature_end);

	struct buf text;
	buf_init(&text, COMMIT_SIZE_MAX);
	buf_put(&text, commit.data, begin);
	buf_put(&text, commit.data + end, commit.size - end);
	enum err e = buf_err(&text);
	if (!e)
		e = sshsig_verify(signature, key, "git", buf_bytes(&text));
	buf_clear(&text);
	return e;
}
