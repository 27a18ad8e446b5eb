/* Commits that anybody can make of a signed one without its key: another object id, and for stock git
 * mostly the same good signature. */
#include "tests/refusals/refusals.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

enum {
	ARMOUR_MAX = 8192, COLUMNS = 70,
	/* In the blob: magic 6, version 4, key 4 + 51, namespace 4 + 3, reserved 4, hash 4 + 6, signature. */
	RESERVED_AT = 6 + 4 + 55 + 7,
	SCALAR_SIZE = 32
};

static const char begin_line[] = "-----BEGIN SSH SIGNATURE-----\n";
static const char end_line[] = " -----END SSH SIGNATURE-----\n";

/* ---- The armour of the edit's signature, apart and together again */

static void get_blob(struct trial *t, struct buf *blob)
{
	struct buf text;
	size_t at = forge_find(t->edit, "gpgsig ", begin_line) + strlen(begin_line);
	size_t end = forge_find(t->edit, "gpgsig ", end_line);
	buf_init(&text, ARMOUR_MAX);
	buf_init(blob, ARMOUR_MAX);
	for (; at < end; at++)
		if (t->edit.data[at] != '\n' && t->edit.data[at] != ' ')
			buf_put_byte(&text, t->edit.data[at]);
	enum err e = base64_decode(blob, buf_bytes(&text));
	assert(!e);
	(void)e;
	buf_clear(&text);
}

/* The edit with other lines between BEGIN and END: base64 in lines of `columns`, each ended with `eol`. */
static struct bytes with_lines(struct trial *t, struct bytes base64, size_t columns, const char *eol)
{
	struct buf b;
	size_t at = forge_find(t->edit, "gpgsig ", begin_line) + strlen(begin_line);
	size_t end = forge_find(t->edit, "gpgsig ", end_line);
	buf_init(&b, 2 * CHANGE_COMMIT_MAX);
	buf_put(&b, t->edit.data, at - 1);
	buf_put_text(&b, eol);
	while (base64.size > 0) {
		size_t size = base64.size < columns ? base64.size : columns;
		buf_put_byte(&b, ' ');
		buf_put(&b, base64.data, size);
		buf_put_text(&b, eol);
		base64 = bytes_after(base64, size);
	}
	buf_put(&b, t->edit.data + end, t->edit.size - end);
	return trial_keep(t, &b);
}

static struct bytes with_blob(struct trial *t, struct bytes blob, size_t columns, const char *eol)
{
	struct buf text;
	buf_init(&text, ARMOUR_MAX);
	base64_put(&text, blob);
	return with_lines(t, trial_keep(t, &text), columns, eol);
}

/* ---- The inputs */

static void wrap_again(struct trial *t, const struct input *in)
{
	struct buf blob;
	(void)in;
	get_blob(t, &blob);
	t->hostile = with_blob(t, buf_bytes(&blob), 64, "\n");
	buf_clear(&blob);
}

static void unwrap(struct trial *t, const struct input *in)
{
	struct buf blob;
	(void)in;
	get_blob(t, &blob);
	t->hostile = with_blob(t, buf_bytes(&blob), ARMOUR_MAX, "\n");
	buf_clear(&blob);
}

static void end_lines_as_dos(struct trial *t, const struct input *in)
{
	struct buf blob;
	(void)in;
	get_blob(t, &blob);
	t->hostile = with_blob(t, buf_bytes(&blob), COLUMNS, "\r\n");
	buf_clear(&blob);
}

/* Readers pass over it, and it is no part of what is signed. */
static void fill_reserved(struct trial *t, const struct input *in)
{
	static const uint8_t empty[4] = { 0 }, filled[] = { 0, 0, 0, 4, 'j', 'u', 'n', 'k' };
	struct buf blob, b;
	(void)in;
	get_blob(t, &blob);
	assert(memcmp(blob.data + RESERVED_AT, empty, sizeof empty) == 0);
	buf_init(&b, ARMOUR_MAX);
	buf_put(&b, blob.data, RESERVED_AT);
	buf_put(&b, filled, sizeof filled);
	buf_put(&b, blob.data + RESERVED_AT + sizeof empty, blob.size - RESERVED_AT - sizeof empty);
	t->hostile = with_blob(t, buf_bytes(&b), COLUMNS, "\n");
	buf_clear(&b);
	buf_clear(&blob);
}

/* S and S + L are the same scalar (RFC 8032 section 5.1.7 wants it below L). */
static void add_order(struct trial *t, const struct input *in)
{
	static const uint8_t order[SCALAR_SIZE] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c,
		0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
	struct buf blob;
	unsigned carry = 0;
	(void)in;
	get_blob(t, &blob);
	uint8_t *scalar = blob.data + blob.size - SCALAR_SIZE;
	for (size_t i = 0; i < SCALAR_SIZE; i++) {
		carry += (unsigned)scalar[i] + order[i];
		scalar[i] = (uint8_t)carry;
		carry >>= 8;
	}
	t->hostile = with_blob(t, buf_bytes(&blob), COLUMNS, "\n");
	buf_clear(&blob);
}

/* The blob's 173 bytes leave two bits of the last digit unread. */
static void set_spare_bits(struct trial *t, const struct input *in)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct buf blob, text;
	(void)in;
	get_blob(t, &blob);
	buf_init(&text, ARMOUR_MAX);
	base64_put(&text, buf_bytes(&blob));
	assert(text.data[text.size - 1] == '=' && text.data[text.size - 2] != '=');
	const char *digit = strchr(digits, text.data[text.size - 2]);
	text.data[text.size - 2] = (uint8_t)digits[(digit - digits) | 1];
	t->hostile = with_lines(t, trial_keep(t, &text), COLUMNS, "\n");
	buf_clear(&blob);
}

static struct bytes signature_header(struct trial *t)
{
	size_t at = forge_find(t->edit, "tree", "gpgsig ");
	size_t end = forge_find(t->edit, "gpgsig ", end_line) + strlen(end_line);
	return bytes_of(t->edit.data + at, end - at);
}

static void sign_twice(struct trial *t, const struct input *in)
{
	struct bytes header = signature_header(t);
	size_t at = (size_t)(header.data - t->edit.data);
	struct buf b;
	(void)in;
	buf_init(&b, 2 * CHANGE_COMMIT_MAX);
	buf_put(&b, t->edit.data, at);
	buf_put_bytes(&b, header);
	buf_put(&b, t->edit.data + at, t->edit.size - at);
	t->hostile = trial_keep(t, &b);
}

/* Git takes the header out wherever it stands. */
static void move_header(struct trial *t, const struct input *in)
{
	struct bytes header = signature_header(t);
	size_t at = forge_find(t->edit, "tree", "author "), from = (size_t)(header.data - t->edit.data);
	struct buf b;
	(void)in;
	buf_init(&b, 2 * CHANGE_COMMIT_MAX);
	buf_put(&b, t->edit.data, at);
	buf_put_bytes(&b, header);
	buf_put(&b, t->edit.data + at, from - at);
	buf_put(&b, t->edit.data + from + header.size, t->edit.size - from - header.size);
	t->hostile = trial_keep(t, &b);
}

#define END "\n -----END SSH SIGNATURE-----\n"
static const struct input list[] = {
	{ .name = "malleated-sha256-header-after", .after = "gpgsig ", .old = END,
		.new = END "gpgsig-sha256 junk\n" },
	{ .name = "malleated-sha256-header-before", .after = "tree", .old = "gpgsig ",
		.new = "gpgsig-sha256 junk\ngpgsig " },
	{ .name = "malleated-text-after-end", .after = "gpgsig ", .old = END, .new = END " after\n" },
	{ .name = "malleated-blank-after-end", .after = "gpgsig ", .old = END, .new = END " \n" },
	{ .name = "malleated-base64-spaced", .after = "gpgsig ", .old = "U1NIU0lH", .new = "U1NI U0lH" },
	{ .name = "malleated-base64-tabbed", .after = "gpgsig ", .old = "U1NIU0lH", .new = "\tU1NIU0lH" },
	{ .name = "malleated-base64-blank-line", .after = "gpgsig ", .old = "U1NIU0lH", .new = "\n U1NIU0lH" },
	{ .name = "malleated-base64-rewrapped", .make = wrap_again },
	{ .name = "malleated-base64-one-line", .make = unwrap },
	{ .name = "malleated-base64-crlf", .make = end_lines_as_dos },
	{ .name = "malleated-base64-spare-bits", .make = set_spare_bits },
	{ .name = "malleated-second-signature", .make = sign_twice },
	{ .name = "malleated-header-moved", .make = move_header },
	{ .name = "malleated-reserved-field", .make = fill_reserved },
	{ .name = "malleated-scalar-plus-order", .make = add_order },
	{ .name = "malleated-armour-label", .after = "gpgsig ", .old = "BEGIN SSH SIGNATURE",
		.new = "BEGIN ssh signature" },
};
const struct inputs inputs_malleated = { list, sizeof list / sizeof *list };
