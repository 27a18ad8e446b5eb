/* Commit texts that differ from the one spelling, or break a limit of the format.  Those that are signed
 * again carry the officer's own good signature: what refuses them is not the signature. */
#include "tests/refusals/refusals.h"

#include "base/sshsig.h"
#include "base/text.h"

#include <assert.h>
#include <string.h>

/* ---- Whole lines */

static struct bytes line_at(struct bytes text, size_t at)
{
	const uint8_t *end = memchr(text.data + at, '\n', text.size - at);
	assert(end);
	return bytes_of(text.data + at, (size_t)(end - text.data) + 1 - at);
}

/* The text with something in the place of `size` bytes at `at`. */
static struct bytes splice(struct trial *t, struct bytes text, size_t at, size_t size, struct bytes with)
{
	struct buf b;
	buf_init(&b, 8 * CHANGE_BLOBS_MAX);
	buf_put(&b, text.data, at);
	buf_put_bytes(&b, with);
	buf_put(&b, text.data + at + size, text.size - at - size);
	return trial_keep(t, &b);
}

static void resign(struct trial *t)
{
	t->hostile = forge_resign(t, t->hostile, &t->w->north->officer);
}

static struct bytes append(struct trial *t, const char *line, size_t times)
{
	struct buf b;
	buf_init(&b, 8 * CHANGE_BLOBS_MAX);
	buf_put_bytes(&b, t->edit);
	for (size_t i = 0; i < times; i++)
		buf_put_text(&b, line);
	return trial_keep(t, &b);
}

static void put_nul(struct trial *t, const struct input *in)
{
	t->hostile = forge_replace(t, t->edit, in->after, in->old, bytes_of("dossier change 1\0\n", 18));
	resign(t);
}

static void end_early(struct trial *t, const struct input *in)
{
	(void)in;
	t->hostile = splice(t, t->edit, t->edit.size - 1, 1, bytes_of(NULL, 0));
	resign(t);
}

static void go_on(struct trial *t, const struct input *in)
{
	t->hostile = append(t, in->new, 1);
	resign(t);
}

static void shout(struct trial *t, const struct input *in)
{
	size_t at = forge_find(t->edit, "tree", in->after);
	struct bytes line = line_at(t->edit, at + 1);
	uint8_t *altered = arena_copy(&t->arena, line.data, line.size);
	assert(altered);
	size_t i = strlen(in->after) - 1;
	while (altered[i] < 'a' || altered[i] > 'f')
		i++;
	altered[i] = (uint8_t)(altered[i] - 'a' + 'A');
	t->hostile = splice(t, t->edit, at + 1, line.size, bytes_of(altered, line.size));
	resign(t);
}

/* ---- The author */

static void name_another(struct trial *t, const struct input *in)
{
	char own[SSH_FINGERPRINT_SIZE], other[SSH_FINGERPRINT_SIZE];
	(void)in;
	ssh_fingerprint(own, t->w->north->officer.public_key);
	ssh_fingerprint(other, t->w->second.public_key);
	t->hostile = forge_replace(t, t->edit, "author ", own, bytes_text(other));
	t->hostile = forge_replace(t, t->hostile, "author ", own, bytes_text(other));
	resign(t);
}

static void sign_by_another(struct trial *t, const struct input *in)
{
	(void)in;
	t->hostile = forge_resign(t, t->edit, &t->w->second);
}

static void sign_for_files(struct trial *t, const struct input *in)
{
	uint8_t signature[SIGN_SIZE];
	struct buf bare, header;
	struct bytes text = t->edit;
	size_t at = forge_find(text, "tree", "gpgsig ");
	size_t end = forge_find(text, "gpgsig ", " -----END SSH SIGNATURE-----\n") + 30;
	(void)in;
	buf_init(&bare, CHANGE_COMMIT_MAX);
	buf_init(&header, CHANGE_COMMIT_MAX);
	buf_put(&bare, text.data, at);
	buf_put(&bare, text.data + end - 1, text.size - end + 1);
	enum err e = sshsig_make(signature, &t->w->north->officer, "file", buf_bytes(&bare));
	assert(!e);
	(void)e;
	buf_put_text(&header, "gpgsig ");
	sshsig_put_armour(&header, signature, t->w->north->officer.public_key, "file");
	for (size_t i = 0; i < header.size; i++) {
		if (header.data[i] != '\n')
			continue;
		struct bytes rest = bytes_after(buf_bytes(&header), i + 1);
		struct bytes copy = { arena_copy(&t->arena, rest.data, rest.size), rest.size };
		header.size = i + 1;
		buf_put_byte(&header, ' ');
		buf_put_bytes(&header, copy);
	}
	buf_put_byte(&header, '\n');
	t->hostile = splice(t, text, at, end - at - 1, trial_keep(t, &header));
	buf_clear(&bare);
}

static void leave_unsigned(struct trial *t, const struct input *in)
{
	size_t at = forge_find(t->edit, "tree", "gpgsig ");
	size_t end = forge_find(t->edit, "gpgsig ", "\n\n") + 1;
	(void)in;
	t->hostile = splice(t, t->edit, at, end - at, bytes_of(NULL, 0));
}

static void claim_year_2514(struct trial *t, const struct input *in)
{
	size_t at = forge_find(t->edit, "author ", "> 17") + 2;
	t->hostile = splice(t, t->edit, at, 10, bytes_text(in->new));
	at = forge_find(t->hostile, "committer ", "> 17") + 2;
	t->hostile = splice(t, t->hostile, at, 10, bytes_text(in->new));
	resign(t);
}

/* ---- Parents */

/* The line again behind itself; `after` says which. */
static struct bytes twice(struct trial *t, struct bytes text, const char *after, const char *keyword)
{
	size_t at = forge_find(text, after, keyword) + 1;
	struct bytes line = line_at(text, at);
	return splice(t, text, at, 0, line);
}

static void name_parent_twice(struct trial *t, const struct input *in)
{
	(void)in;
	t->hostile = twice(t, twice(t, t->edit, "tree", "\nparent "), "\ncheckpoint ", "\nparent ");
	resign(t);
}

static void put_parent_header_twice(struct trial *t, const struct input *in)
{
	(void)in;
	t->hostile = twice(t, t->edit, "tree", "\nparent ");
	resign(t);
}

static void drop_parent_header(struct trial *t, const struct input *in)
{
	size_t at = forge_find(t->edit, "tree", "\nparent ") + 1;
	(void)in;
	t->hostile = splice(t, t->edit, at, line_at(t->edit, at).size, bytes_of(NULL, 0));
	resign(t);
}

/* Git sees another commit before this one than the manifest says. */
static void lead_git_astray(struct trial *t, const struct input *in)
{
	size_t at = forge_find(t->edit, "tree", "\nparent ") + 8;
	uint8_t digit = t->edit.data[at] == '0' ? '1' : '0';
	(void)in;
	t->hostile = splice(t, t->edit, at, 1, bytes_of(&digit, 1));
	resign(t);
}

/* A change after the opening and the edit both, and its text with these two in the other order. */
static void swap_parents(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = forge_read(t, t->edit, &git);
	struct change_id ids[2];
	struct git_id gits[2] = { git[0] };
	(void)in;
	ids[0] = c->parents[0];
	change_get_id(&ids[1], t->edit);
	enum err e = store_hash(&gits[1], STORE_COMMIT, t->edit);
	assert(!e);
	(void)e;
	if (change_id_compare(&ids[0], &ids[1]) > 0) {
		struct change_id id = ids[0];
		struct git_id swapped = gits[0];
		ids[0] = ids[1];
		ids[1] = id;
		gits[0] = gits[1];
		gits[1] = swapped;
	}
	c->parents = ids;
	c->parent_count = 2;
	c->payload_count = 0;
	c->time++;
	struct bytes good = forge_sign(t, c, gits, &t->w->north->officer);
	struct bytes text = good;
	static const char *const afters[] = { "tree", "\ncheckpoint " };
	for (int i = 0; i < 2; i++) {
		size_t at = forge_find(text, afters[i], "\nparent ") + 1;
		struct bytes first = line_at(text, at), second = line_at(text, at + first.size);
		struct bytes copy = { arena_copy(&t->arena, first.data, first.size), first.size };
		text = splice(t, splice(t, text, at + first.size, 0, second), at, first.size, bytes_of(NULL, 0));
		text = splice(t, text, at + second.size, second.size, copy);
	}
	t->hostile = text;
	resign(t);
	trial_good(t, t->edit);
	trial_good(t, good);
}

/* ---- Limits */

static void put_many(struct trial *t, const struct input *in)
{
	size_t at = forge_find(t->edit, "\ncheckpoint ", "\npayload ") + 1;
	struct bytes rest = bytes_after(t->edit, at);
	struct buf b;
	buf_init(&b, 8 * CHANGE_BLOBS_MAX);
	buf_put(&b, t->edit.data, at);
	for (int i = 0; i < CHANGE_ACTS_MAX + 1; i++)
		buf_put_text(&b, in->new);
	buf_put_bytes(&b, rest);
	t->hostile = trial_keep(t, &b);
	resign(t);
}

static void put_parents(struct trial *t, const struct input *in)
{
	struct buf b;
	size_t header = forge_find(t->edit, "tree", "\nparent ") + 1;
	size_t manifest = forge_find(t->edit, "\ncheckpoint ", "\nparent ") + 1;
	(void)in;
	buf_init(&b, 8 * CHANGE_BLOBS_MAX);
	buf_put(&b, t->edit.data, header);
	for (unsigned i = 0; i < CHANGE_PARENTS_MAX + 1; i++)
		buf_printf(&b, "parent %040x\n", i + 1);
	size_t behind = header + line_at(t->edit, header).size;
	buf_put(&b, t->edit.data + behind, manifest - behind);
	for (unsigned i = 0; i < CHANGE_PARENTS_MAX + 1; i++)
		buf_printf(&b, "parent %064x\n", i + 1);
	behind = manifest + line_at(t->edit, manifest).size;
	buf_put(&b, t->edit.data + behind, t->edit.size - behind);
	t->hostile = trial_keep(t, &b);
	resign(t);
}

/* Acts with `size` bytes of arguments each, `count` of them. */
static void put_acts(struct trial *t, size_t count, size_t size)
{
	size_t at = forge_find(t->edit, "\ncheckpoint ", "\npayload ") + 1;
	uint8_t *args = arena_alloc(&t->arena, size);
	struct buf b;
	assert(args);
	buf_init(&b, 8 * CHANGE_BLOBS_MAX);
	buf_put(&b, t->edit.data, at);
	for (size_t i = 0; i < count; i++) {
		buf_put_text(&b, "act 99 0 ");
		base64_put(&b, bytes_of(args, size));
		buf_put_byte(&b, '\n');
	}
	buf_put(&b, t->edit.data + at, t->edit.size - at);
	t->hostile = trial_keep(t, &b);
	resign(t);
}

static void argue_long(struct trial *t, const struct input *in)
{
	(void)in;
	put_acts(t, 1, CHANGE_ACT_ARGS_MAX + 1);
}

static void argue_much(struct trial *t, const struct input *in)
{
	(void)in;
	put_acts(t, 3, CHANGE_ACT_ARGS_MAX - 1);
}

/* The payload's line with another length; with `second` a further one. */
static void say_length(struct trial *t, const char *length, const char *second)
{
	size_t at = forge_find(t->edit, "\ncheckpoint ", "\npayload ") + 1;
	struct bytes line = line_at(t->edit, at);
	size_t size = line.size;
	while (line.data[size - 1] != ' ')
		size--;
	struct buf b;
	buf_init(&b, CHANGE_COMMIT_MAX);
	buf_put(&b, line.data, size);
	buf_printf(&b, "%s\n%s", length, second);
	t->hostile = splice(t, t->edit, at, line.size, trial_keep(t, &b));
	resign(t);
}

static void say_over_the_most(struct trial *t, const struct input *in)
{
	(void)in;
	say_length(t, "1048577", "");
}

static void say_over_the_sum(struct trial *t, const struct input *in)
{
	struct buf b;
	(void)in;
	buf_init(&b, 1024);
	buf_printf(&b, "payload 2 0 %064x 1\n", 1u);
	say_length(t, "1048576", buf_text(&b));
	buf_clear(&b);
}

static void fill(struct trial *t, const struct input *in)
{
	size_t size = 1 << 20;
	uint8_t *bytes = arena_alloc(&t->arena, size);
	assert(bytes);
	memset(bytes, in->new[0], size);
	t->hostile = bytes_of(bytes, size);
}

static void be_empty(struct trial *t, const struct input *in)
{
	(void)in;
	t->hostile = bytes_of("", 0);
}

#define SIGNED(n, a, o, w) { .name = n, .after = a, .old = o, .new = w, .resigned = true }
static const struct input list[] = {
	SIGNED("text-header-extra", "tree", "gpgsig ", "x-note hello\ngpgsig "),
	SIGNED("text-header-encoding", "tree", "gpgsig ", "encoding UTF-8\ngpgsig "),
	SIGNED("text-header-encoding-latin1", "tree", "gpgsig ", "encoding ISO-8859-1\ngpgsig "),
	SIGNED("text-header-mergetag", "tree", "gpgsig ", "mergetag object 0\n type commit\ngpgsig "),
	SIGNED("text-tree-other", "tree", "tree 4b82", "tree 4b83"),
	SIGNED("text-author-name", "tree", "author SHA256:", "author Officer SHA256:"),
	{ .name = "text-author-of-another-key", .make = name_another },
	{ .name = "text-signed-by-another-key", .make = sign_by_another },
	{ .name = "text-signed-for-another-purpose", .make = sign_for_files },
	{ .name = "text-unsigned", .make = leave_unsigned },
	SIGNED("text-committer-other", "author", "committer dossier <", "committer officer <"),
	SIGNED("text-committer-time", "author", "localhost> 17", "localhost> 18"),
	SIGNED("text-zone", "committer", "+0000", "+0100"),
	SIGNED("text-zone-minus", "committer", "+0000", "-0000"),
	{ .name = "text-time-beyond", .make = claim_year_2514, .new = "17179869184" },
	{ .name = "text-time-zeros", .make = claim_year_2514, .new = "01770000001" },
	SIGNED("text-subject", "gpgsig ", "dossier change 1\n", "dossier change 2\n"),
	{ .name = "text-nul", .make = put_nul, .after = "gpgsig ", .old = "dossier change 1\n" },
	SIGNED("text-latin1", "gpgsig ", "dossier change 1\n", "dossier change 1 \xe9\n"),
	SIGNED("text-utf8", "gpgsig ", "dossier change 1\n", "dossier change 1 \xc3\xa9\n"),
	SIGNED("text-crlf", "gpgsig ", "\ncase ", "\r\ncase "),
	SIGNED("text-tab", "gpgsig ", "\nform 1 1\n", "\nform\t1 1\n"),
	SIGNED("text-two-blanks", "gpgsig ", "\nform 1 1\n", "\nform  1 1\n"),
	SIGNED("text-trailing-blank", "gpgsig ", "\nform 1 1\n", "\nform 1 1 \n"),
	SIGNED("text-leading-zero", "gpgsig ", "\nform 1 1\n", "\nform 01 1\n"),
	SIGNED("text-number-beyond", "gpgsig ", "\nform 1 1\n", "\nform 1 2147483648\n"),
	SIGNED("text-number-zero", "gpgsig ", "\nform 1 1\n", "\nform 0 1\n"),
	SIGNED("text-line-twice", "gpgsig ", "\nform 1 1\n", "\nform 1 1\nform 1 1\n"),
	SIGNED("text-line-missing", "gpgsig ", "\nform 1 1\n", "\n"),
	SIGNED("text-line-unknown", "gpgsig ", "\nform 1 1\n", "\nform 1 1\nnote hello\n"),
	SIGNED("text-nonce-beside-parent", "\ncheckpoint", "\nparent ",
		"\nnonce a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\nparent "),
	{ .name = "text-upper-case", .make = shout, .after = "\ncheckpoint " },
	{ .name = "text-end-missing", .make = end_early },
	{ .name = "text-end-twice", .make = go_on, .new = "\n" },
	{ .name = "text-goes-on", .make = go_on, .new = "Signed-off-by: nobody\n" },
	{ .name = "text-parent-twice", .make = name_parent_twice },
	{ .name = "text-parent-header-twice", .make = put_parent_header_twice },
	{ .name = "text-parent-header-missing", .make = drop_parent_header },
	{ .name = "text-parent-header-other", .make = lead_git_astray },
	{ .name = "text-parents-swapped", .make = swap_parents },
	{ .name = "text-altered", .after = "gpgsig ", .old = "\nform 1 1\n", .new = "\nform 1 2\n" },
	{ .name = "text-parents-65", .make = put_parents },
	{ .name = "text-acts-257", .make = put_many, .new = "act 99 0 AA==\n" },
	{ .name = "text-act-over-16k", .make = argue_long },
	{ .name = "text-manifest-over-64k", .make = argue_much },
	{ .name = "text-payload-over-1m", .make = say_over_the_most },
	{ .name = "text-payloads-over-1m", .make = say_over_the_sum },
	{ .name = "text-one-line-of-1m", .make = fill, .new = "a" },
	{ .name = "text-a-million-lines", .make = fill, .new = "\n" },
	{ .name = "text-empty", .make = be_empty },
};
const struct inputs inputs_text = { list, sizeof list / sizeof *list };
