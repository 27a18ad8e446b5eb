/* Every spelling of a change but the one: refused, signed or not.  Stock git takes most of them. */
#include "schema/change.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/sshsig.h"
#include "base/text.h"
#include "tests/support/sample.h"

static enum err parse(struct bytes commit, struct err_text *why)
{
	struct change *c = NULL;
	const struct git_id *parents_git = NULL;
	struct arena a;
	arena_init(&a, 4 * 1024 * 1024);
	if (why)
		why->text[0] = '\0';
	enum err e = change_parse_commit(&c, &parents_git, &a, commit, why);
	assert_int_equal(c != NULL, e == ERR_OK);
	assert_int_equal(parents_git != NULL, e == ERR_OK);
	arena_clear(&a);
	return e;
}

/* The sample with the first `old` after `after` replaced by `new`. */
static void edit_after(struct buf *out, struct sample *s, const char *after, const char *old, const char *new)
{
	const char *text = buf_text(&s->commit), *from = strstr(text, after);
	assert_non_null(from);
	const char *at = strstr(from, old);
	assert_non_null(at);
	buf_reset(out);
	buf_put(out, text, (size_t)(at - text));
	buf_put_text(out, new);
	buf_put_text(out, at + strlen(old));
	assert_int_equal(buf_err(out), ERR_OK);
}

static void refuse_after(enum sample_kind kind, const char *after, const char *old, const char *new)
{
	struct sample s;
	struct err_text why;
	struct buf text;
	buf_init(&text, 4 * CHANGE_COMMIT_MAX);
	sample_make(&s, kind, NULL);
	assert_int_equal(parse(buf_bytes(&s.commit), NULL), ERR_OK); /* control */
	edit_after(&text, &s, after, old, new);
	enum err e = parse(buf_bytes(&text), &why);
	if (e != ERR_FORMAT && e != ERR_LIMIT)
		fail_msg("taken: \"%s\" for \"%s\"", new, old);
	assert_int_not_equal(why.text[0], '\0');
	buf_clear(&text);
	sample_clear(&s);
}

static void refuse(enum sample_kind kind, const char *old, const char *new)
{
	refuse_after(kind, "tree", old, new);
}

/* All of these keep `git verify-commit` content: the signed text is the same, the object id is not. */
static void a_signature_has_one_spelling(void **state)
{
	(void)state;
	static const char end[] = " -----END SSH SIGNATURE-----\n";
	refuse(SAMPLE_EDIT, "gpgsig ", "gpgsig-sha256 junk\ngpgsig ");
	refuse(SAMPLE_EDIT, end, " -----END SSH SIGNATURE-----\ngpgsig-sha256 junk\n");
	refuse(SAMPLE_EDIT, end, " -----END SSH SIGNATURE-----\n \n");
	refuse(SAMPLE_EDIT, end, " -----END SSH SIGNATURE-----\n after\n");
	refuse(SAMPLE_EDIT, end, " -----END SSH SIGNATURE----- \n");
	refuse(SAMPLE_EDIT, end, " -----END SSH SIGNATURE-----\r\n");
	refuse(SAMPLE_EDIT, end, "  -----END SSH SIGNATURE-----\n");
	refuse(SAMPLE_EDIT, end, "\t-----END SSH SIGNATURE-----\n");
	refuse(SAMPLE_EDIT, end, "");
	refuse(SAMPLE_EDIT, "gpgsig ", "gpgsig  ");
	refuse(SAMPLE_EDIT, "gpgsig ", "GPGSIG ");
	refuse(SAMPLE_EDIT, "U1NIU0lH", "U1NIU0lH\n ");
	refuse(SAMPLE_EDIT, "U1NIU0lH", "U1NIU0lH ");
	refuse(SAMPLE_EDIT, "U1NIU0lH", "U1NI\tU0lH");
	refuse(SAMPLE_EDIT, "U1NIU0lH", "\n U1NIU0lH");
	refuse(SAMPLE_EDIT, "U1NIU0lH", "U1NIU0lI");
	refuse_after(SAMPLE_EDIT, "gpgsig", "=\n", "\n");
	refuse_after(SAMPLE_EDIT, "gpgsig", "=\n", "==\n");
	refuse_after(SAMPLE_EDIT, "gpgsig", "=\n", "=\n =\n");
}

static void a_second_signature_is_refused(void **state)
{
	(void)state;
	struct sample s;
	struct buf text;
	buf_init(&text, CHANGE_COMMIT_MAX);
	sample_make(&s, SAMPLE_EDIT, NULL);
	const char *commit = buf_text(&s.commit);
	const char *begin = strstr(commit, "gpgsig "), *end = strstr(begin, "\n\n");
	buf_put(&text, commit, (size_t)(end + 1 - commit));
	buf_put(&text, begin, (size_t)(end + 1 - begin));
	buf_put_text(&text, end + 1);
	assert_int_equal(parse(buf_bytes(&text), NULL), ERR_FORMAT);
	buf_clear(&text);
	sample_clear(&s);
}

static void headers_have_one_order_and_no_company(void **state)
{
	(void)state;
	refuse(SAMPLE_EDIT, "tree 4b", "tree 4B");
	refuse(SAMPLE_EDIT, "tree 4b", "tree 5b");
	refuse(SAMPLE_EDIT, "tree 4b", "tree  4b");
	refuse(SAMPLE_EDIT, "\nparent b", "\nparent  b");
	refuse(SAMPLE_EDIT, "\nparent b", "\nparent B");
	refuse(SAMPLE_EDIT, "\nauthor ", "\nparent b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0\nauthor ");
	refuse(SAMPLE_EDIT, "\nauthor ", "\nencoding UTF-8\nauthor ");
	refuse(SAMPLE_EDIT, "\ngpgsig ", "\nencoding UTF-8\ngpgsig ");
	refuse(SAMPLE_EDIT, "\ngpgsig ", "\nmergetag junk\ngpgsig ");
	refuse_after(SAMPLE_EDIT, "END SSH", "\n\n", "\nencoding UTF-8\n\n");
	refuse(SAMPLE_EDIT, " +0000\ncommitter", " +0100\ncommitter");
	refuse(SAMPLE_EDIT, " +0000\ncommitter", " -0000\ncommitter");
	refuse(SAMPLE_EDIT, " +0000\ncommitter", " +0000 \ncommitter");
	refuse(SAMPLE_EDIT, "\ncommitter dossier", "\ncommitter Dossier");
	refuse(SAMPLE_EDIT, "<dossier@localhost>", "<dossier@localhost> ");
	refuse_after(SAMPLE_EDIT, "committer", "1770000000", "1770000001");
	refuse_after(SAMPLE_EDIT, "author", "1770000000", "1770000001");
	refuse_after(SAMPLE_EDIT, "committer", " +0000", " +0200");
	refuse(SAMPLE_EDIT, "committer ", "commiter ");
	refuse(SAMPLE_EDIT, "@fe", "@FE");
	refuse(SAMPLE_EDIT, "fefe>", "fe>");
	refuse(SAMPLE_EDIT, "fefe>", "fefe >");
}

/* Stock git signs and verifies a commit whatever its author line says. */
static void the_author_is_the_signing_key(void **state)
{
	(void)state;
	struct sample s;
	struct sign_key other;
	char theirs[SSH_FINGERPRINT_SIZE], ours[SSH_FINGERPRINT_SIZE];
	sample_sign_key(&other, SAMPLE_OTHER);
	sample_make(&s, SAMPLE_EDIT, NULL);
	ssh_fingerprint(ours, s.change.officer.b);
	ssh_fingerprint(theirs, other.public_key);
	refuse(SAMPLE_EDIT, ours, theirs);
	refuse_after(SAMPLE_EDIT, "<", ours, theirs);
	refuse(SAMPLE_EDIT, "author SHA256:", "author sha256:");
	sign_key_clear(&other);
	sample_clear(&s);
}

static void the_text_ends_where_it_ends(void **state)
{
	(void)state;
	struct sample s;
	struct buf text;
	buf_init(&text, CHANGE_COMMIT_MAX);
	sample_make(&s, SAMPLE_EDIT, NULL);
	struct bytes commit = buf_bytes(&s.commit);
	/* Without its last line it is the text of another change, which nobody signed. */
	size_t last = commit.size - 1;
	while (commit.data[last - 1] != '\n')
		last--;
	for (size_t size = 0; size < commit.size; size++)
		if (size != last)
			assert_int_equal(parse(bytes_of(commit.data, size), NULL), ERR_FORMAT);
	assert_int_equal(parse(bytes_of(commit.data, last), NULL), ERR_OK);
	assert_int_equal(change_verify(&s.change, bytes_of(commit.data, last)), ERR_CRYPTO);
	static const char *const more[] = { "\n", "x", " ", "\n\n", "x\n", "Signed-off-by: x\n" };
	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		buf_reset(&text);
		buf_put_bytes(&text, commit);
		buf_put_text(&text, more[i]);
		assert_int_equal(parse(buf_bytes(&text), NULL), ERR_FORMAT);
	}
	buf_reset(&text);
	buf_put_bytes(&text, commit);
	buf_put_byte(&text, 0);
	assert_int_equal(parse(buf_bytes(&text), NULL), ERR_FORMAT);
	buf_clear(&text);
	sample_clear(&s);
}

static void a_manifest_has_one_spelling(void **state)
{
	(void)state;
	refuse(SAMPLE_EDIT, "dossier change 1\n", "dossier change 2\n");
	refuse(SAMPLE_EDIT, "dossier change 1\n", "dossier change 1\r\n");
	refuse(SAMPLE_EDIT, "dossier change 1\n\n", "dossier change 1\n");
	refuse(SAMPLE_EDIT, "dossier change 1\n\n", "dossier change 1\n\n\n");
	refuse(SAMPLE_EDIT, "\ncase ", "\nnote x\ncase ");
	refuse(SAMPLE_EDIT, "\ncase a", "\ncase A");
	refuse(SAMPLE_EDIT, "\ncase a", "\ncase 0a");
	refuse(SAMPLE_EDIT, "\ncase ", "\ncase  ");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\nform 01 1\n");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\nform 1 01\n");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\nform +1 1\n");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\nform 0 1\n");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\nform 1 0\n");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\nform 2147483648 1\n");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\nform 1\n");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\nform 1 1 1\n");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\nform 1 1 \n");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\n form 1 1\n");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\n");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\nform 1 1\nform 1 1\n");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\nform 1 \xef\xbc\x91\n");
	refuse(SAMPLE_EDIT, "\nform 1 1\n", "\nform 1 1\xff\n");
	refuse(SAMPLE_EDIT, "\ncharter a1", "\ncharter A1");
	refuse(SAMPLE_EDIT, "\nnode 8", "\nnode  8");
	refuse(SAMPLE_EDIT, "\ncheckpoint a", "\nCheckpoint a");
	refuse(SAMPLE_OPENING, "\nnonce a5", "\nnonce A5");
	refuse(SAMPLE_OPENING, "\nnonce a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5", "");
	refuse_after(SAMPLE_EDIT, "\ncheckpoint", "\nparent ",
		"\nnonce a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\nparent ");
	refuse(SAMPLE_OPENING, "\nbox 1 1 ", "\nbox 3 1 ");
	refuse(SAMPLE_OPENING, "\nbox 2 1 ", "\nbox 1 1 ");
	refuse(SAMPLE_OPENING, "\nbox 1 1 ", "\nbox 0 1 ");
	refuse(SAMPLE_OPENING, "\nbox 1 1 ", "\nbox 1 0 ");
	refuse(SAMPLE_OPENING, "\nbox 1 1 E", "\nbox 1 1 ");
	refuse(SAMPLE_OPENING, "\nbox 1 1 E", "\nbox 1 1 AAAAE");
	refuse(SAMPLE_OPENING, "=\nbox", "\nbox");
	refuse(SAMPLE_OPENING, "\nact 1 0 hAEA", "\nact 0 0 hAEA");
	refuse(SAMPLE_OPENING, "\nact 1 0 hAEA", "\nact 1 64 hAEA");
	refuse(SAMPLE_OPENING, "\nact 1 0 hAEA", "\nact 1 00 hAEA");
	refuse(SAMPLE_OPENING, "\nact 1 0 hAEA", "\nact 1 0 hAE\n A");
	refuse(SAMPLE_OPENING, "BAg==\n", "BAg\n");
	refuse(SAMPLE_OPENING, "BAg==\n", "BAg=\n");
	refuse(SAMPLE_OPENING, "BAg==\n", "BAg===\n");
	refuse(SAMPLE_OPENING, "BAg==\n", "BAh==\n"); /* bits that nobody reads */
	refuse(SAMPLE_UNKNOWN_ACT, "\nact 99 7 ", "\nact 99 7  ");
	refuse(SAMPLE_OPENING, "\ngrants 1 0 ", "\ngrants 1 00 ");
	refuse(SAMPLE_OPENING, "\ngrants 3 0 ", "\ngrants 1 0 ");
	refuse(SAMPLE_OPENING, "\ngrants 1 0 ", "\ngrants 4 0 ");
	refuse(SAMPLE_OPENING, "\npayload 3 0 ", "\npayload 1 0 ");
	refuse(SAMPLE_OPENING, "\npayload 1 0 ", "\npayload 5 0 ");
	refuse(SAMPLE_OPENING, "\npayload 3 0 ",
		"\npayload 1 b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0 ");
	refuse(SAMPLE_OPENING, " 72\npayload", " 0\npayload");
	refuse(SAMPLE_OPENING, " 72\npayload", " 1048577\npayload");
	refuse(SAMPLE_OPENING, " 72\npayload", " 072\npayload");
	refuse(SAMPLE_OPENING, "\npayload 1 0", "\ngrants 1 0");
}

static void nothing_but_ascii_passes_and_no_nul(void **state)
{
	(void)state;
	struct sample s;
	sample_make(&s, SAMPLE_EDIT, NULL);
	struct bytes commit = buf_bytes(&s.commit);
	static const uint8_t tries[] = { 0x00, 0x0b, 0x0d, 0x7f, 0x80, 0xc3, 0xff };
	for (size_t i = 0; i < commit.size; i++) {
		uint8_t was = s.commit.data[i];
		for (size_t j = 0; j < sizeof tries; j++) {
			s.commit.data[i] = tries[j];
			assert_int_not_equal(parse(commit, NULL), ERR_OK);
		}
		s.commit.data[i] = was;
	}
	assert_int_equal(parse(commit, NULL), ERR_OK);
	sample_clear(&s);
}

static void swapped_or_repeated_parents_are_refused(void **state)
{
	(void)state;
	refuse_after(SAMPLE_FOLD, "\ncheckpoint",
		"\nparent 1111111111111111111111111111111111111111111111111111111111111111",
		"\nparent 1010101010101010101010101010101010101010101010101010101010101010");
	refuse_after(SAMPLE_FOLD, "\ncheckpoint", "\nparent 10", "\nparent 12");
	refuse_after(SAMPLE_FOLD, "\ncheckpoint",
		"\nparent 1010101010101010101010101010101010101010101010101010101010101010", "");
	refuse_after(SAMPLE_FOLD, "\ncheckpoint", "\nparent 10",
		"\nparent 0000000000000000000000000000000000000000000000000000000000000000\nparent 10");
	refuse(SAMPLE_FOLD, "\nparent 1010101010101010101010101010101010101010\n", "\n");
	refuse(SAMPLE_FOLD, "\nparent 10",
		"\nparent 0000000000000000000000000000000000000000\nparent 10");
}

/* What the writer refuses to sign at all. */
static enum err sign(struct sample *s)
{
	struct sign_key officer;
	struct buf text;
	buf_init(&text, 4 * CHANGE_COMMIT_MAX);
	sample_sign_key(&officer, SAMPLE_OFFICER);
	enum err e = change_sign(&text, &s->change, s->parents_git, &officer);
	assert_int_equal(e, change_check(&s->change, NULL) ? change_check(&s->change, NULL) : e);
	assert_true(e == ERR_OK || text.size == 0);
	sign_key_clear(&officer);
	buf_clear(&text);
	return e;
}

static void times_and_numbers_have_bounds(void **state)
{
	(void)state;
	struct sample s;
	sample_make(&s, SAMPLE_EDIT, NULL);
	struct change good = s.change;
	s.change.time = CHANGE_TIME_MAX;
	assert_int_equal(sign(&s), ERR_OK);
	s.change.time = CHANGE_TIME_MAX + 1;
	assert_int_equal(sign(&s), ERR_FORMAT);
	s.change = good;
	s.change.form = CHANGE_NUMBER_MAX;
	assert_int_equal(sign(&s), ERR_OK);
	s.change.form = (uint32_t)CHANGE_NUMBER_MAX + 1;
	assert_int_equal(sign(&s), ERR_FORMAT);
	s.change.form = 0;
	assert_int_equal(sign(&s), ERR_FORMAT);
	s.change = good;
	assert_int_equal(sign(&s), ERR_OK);
	sample_clear(&s);
	refuse_after(SAMPLE_EDIT, "committer", "1770000000", "17179869184");
}

static void counts_and_sizes_have_bounds(void **state)
{
	(void)state;
	static struct change_act acts[CHANGE_ACTS_MAX + 1];
	static uint8_t args[CHANGE_ACT_ARGS_MAX + 1];
	static struct change_blob blobs[CHANGE_PAYLOADS_MAX + 1];
	struct sample s;
	sample_make(&s, SAMPLE_UNKNOWN_ACT, NULL);
	for (size_t i = 0; i < CHANGE_ACTS_MAX + 1; i++)
		acts[i] = (struct change_act){ 1, 0, bytes_of(args, 1) };
	s.change.acts = acts;
	s.change.act_count = CHANGE_ACTS_MAX;
	assert_int_equal(sign(&s), ERR_OK);
	s.change.act_count++;
	assert_int_equal(sign(&s), ERR_LIMIT);
	s.change.act_count = 1;
	acts[0].args = bytes_of(args, CHANGE_ACT_ARGS_MAX);
	assert_int_equal(sign(&s), ERR_OK);
	acts[0].args = bytes_of(args, CHANGE_ACT_ARGS_MAX + 1);
	assert_int_equal(sign(&s), ERR_LIMIT);
	acts[0].args = bytes_of(args, 0);
	assert_int_equal(sign(&s), ERR_FORMAT);
	/* Three acts of 16 KiB are 64 KiB of base64, and the manifest has other lines too. */
	s.change.act_count = 3;
	for (size_t i = 0; i < 3; i++)
		acts[i].args = bytes_of(args, CHANGE_ACT_ARGS_MAX);
	assert_int_equal(change_check(&s.change, NULL), ERR_OK);
	assert_int_equal(sign(&s), ERR_LIMIT);

	s.change.act_count = 0;
	for (uint32_t i = 0; i < CHANGE_PAYLOADS_MAX + 1; i++)
		blobs[i] = (struct change_blob){ .compartment = i + 1, .own_epoch = true, .size = 16384 };
	s.change.payloads = blobs;
	s.change.payload_count = CHANGE_PAYLOADS_MAX;
	assert_int_equal(sign(&s), ERR_OK);
	blobs[0].size++;
	assert_int_equal(sign(&s), ERR_LIMIT); /* 1 MiB together */
	blobs[0].size--;
	s.change.payload_count++;
	assert_int_equal(sign(&s), ERR_LIMIT);
	sample_clear(&s);
}

static void a_commit_that_is_too_long_is_not_looked_at(void **state)
{
	(void)state;
	static uint8_t text[CHANGE_COMMIT_MAX + 1];
	struct err_text why;
	memset(text, 'a', sizeof text);
	assert_int_equal(parse(bytes_of(text, sizeof text), &why), ERR_LIMIT);
	assert_int_equal(parse(bytes_of(text, sizeof text - 1), &why), ERR_FORMAT);
	memset(text, '\n', sizeof text);
	assert_int_equal(parse(bytes_of(text, sizeof text - 1), &why), ERR_FORMAT);
}

static void the_reason_names_the_line(void **state)
{
	(void)state;
	struct sample s;
	struct buf text;
	struct err_text why;
	buf_init(&text, CHANGE_COMMIT_MAX);
	sample_make(&s, SAMPLE_EDIT, NULL);
	edit_after(&text, &s, "tree", "\nform 1 1\n", "\nform 1 x\n");
	assert_int_equal(parse(buf_bytes(&text), &why), ERR_FORMAT);
	assert_string_equal(why.text, "change, line 15: not what the format wants there");
	edit_after(&text, &s, "committer", "+0000", "+0100");
	assert_int_equal(parse(buf_bytes(&text), &why), ERR_FORMAT);
	assert_string_equal(why.text, "change, line 4: not in its one canonical spelling");
	buf_clear(&text);
	sample_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_has_one_spelling),
		cmocka_unit_test(a_second_signature_is_refused),
		cmocka_unit_test(headers_have_one_order_and_no_company),
		cmocka_unit_test(the_author_is_the_signing_key),
		cmocka_unit_test(the_text_ends_where_it_ends),
		cmocka_unit_test(a_manifest_has_one_spelling),
		cmocka_unit_test(nothing_but_ascii_passes_and_no_nul),
		cmocka_unit_test(swapped_or_repeated_parents_are_refused),
		cmocka_unit_test(times_and_numbers_have_bounds),
		cmocka_unit_test(counts_and_sizes_have_bounds),
		cmocka_unit_test(a_commit_that_is_too_long_is_not_looked_at),
		cmocka_unit_test(the_reason_names_the_line),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
