/* SSHSIG: golden armour made by ssh-keygen, and every other spelling of it refused. */
#include "base/sshsig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/support/hex.h"

/* The key with the seed 00 01 02 ... 1f. */
static void test_key(struct sign_key *k)
{
	struct secret seed;
	assert_int_equal(secret_new(&seed), ERR_OK);
	for (uint8_t i = 0; i < SECRET_SIZE; i++)
		seed.b[i] = i;
	assert_int_equal(sign_key_from_seed(k, &seed), ERR_OK);
	secret_free(&seed);
}

/* What `printf 'a change\n' | ssh-keygen -Y sign -n git -f KEY` prints, without its last newline. */
static const char golden[] =
	"-----BEGIN SSH SIGNATURE-----\n"
	"U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgA6EHv/POEL4dcN0Y50vAmWfk1j\n"
	"CbpQ1fHdyGZBJVMbgAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5\n"
	"AAAAQG3Ttfb+m0ebwPja93XfM9pZCJCh+40des4Wo/B5BOIFlrSJhK7j0zfrmX3nxsidw+\n"
	"TdqmuopHiuzjGCNrQYNg8=\n"
	"-----END SSH SIGNATURE-----";

static const char golden_fingerprint[] = "SHA256:lbmsoA0yIEcEiVDRnMWuzm+nV+3ZEEpVIURqFoeSspg";
static const char golden_public[] =
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

/* What `ssh-keygen -p` leaves of the key, with the check number 0x01020304. */
static const char golden_private[] =
	"-----BEGIN OPENSSH PRIVATE KEY-----\n"
	"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n"
	"QyNTUxOQAAACADoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuAAAAJABAgMEAQID\n"
	"BAAAAAtzc2gtZWQyNTUxOQAAACADoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA\n"
	"AAAEAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHwOhB7/zzhC+HXDdGOdLwJln\n"
	"5NYwm6UNXx3chmQSVTG4AAAACWEgY29tbWVudAECAwQ=\n"
	"-----END OPENSSH PRIVATE KEY-----\n";

static void signs_as_ssh_keygen(void **state)
{
	(void)state;
	struct sign_key k;
	struct buf armour;
	uint8_t sig[SIGN_SIZE];
	test_key(&k);
	buf_init(&armour, 4096);
	assert_int_equal(sshsig_make(sig, &k, "git", bytes_text("a change\n")), ERR_OK);
	sshsig_put_armour(&armour, sig, k.public_key, "git");
	assert_string_equal(buf_text(&armour), golden);
	assert_int_equal(sshsig_verify(sig, k.public_key, "git", bytes_text("a change\n")), ERR_OK);
	buf_clear(&armour);
	sign_key_clear(&k);
}

static void reads_its_own_armour_back(void **state)
{
	(void)state;
	struct sign_key k;
	struct buf armour;
	uint8_t sig[SIGN_SIZE], sig_back[SIGN_SIZE], key_back[SIGN_KEY_SIZE];
	test_key(&k);
	buf_init(&armour, 4096);
	assert_int_equal(sshsig_make(sig, &k, "dossier-charter", bytes_of(NULL, 0)), ERR_OK);
	sshsig_put_armour(&armour, sig, k.public_key, "dossier-charter");
	assert_int_equal(sshsig_parse_armour(sig_back, key_back, "dossier-charter", buf_bytes(&armour)), ERR_OK);
	assert_memory_equal(sig, sig_back, SIGN_SIZE);
	assert_memory_equal(k.public_key, key_back, SIGN_KEY_SIZE);
	assert_int_equal(sshsig_parse_armour(sig_back, key_back, "git", buf_bytes(&armour)), ERR_FORMAT);
	buf_clear(&armour);
	sign_key_clear(&k);
}

static void namespace_and_message_are_signed(void **state)
{
	(void)state;
	struct sign_key k;
	uint8_t sig[SIGN_SIZE];
	test_key(&k);
	assert_int_equal(sshsig_make(sig, &k, "git", bytes_text("a change\n")), ERR_OK);
	assert_int_equal(sshsig_verify(sig, k.public_key, "file", bytes_text("a change\n")), ERR_CRYPTO);
	assert_int_equal(sshsig_verify(sig, k.public_key, "git", bytes_text("a change")), ERR_CRYPTO);
	assert_int_equal(sign_verify(sig, k.public_key, bytes_text("a change\n")), ERR_CRYPTO);
	sign_key_clear(&k);
}

static enum err parse(struct bytes armour)
{
	uint8_t sig[SIGN_SIZE], public_key[SIGN_KEY_SIZE];
	return sshsig_parse_armour(sig, public_key, "git", armour);
}

static void every_single_byte_of_the_armour_counts(void **state)
{
	(void)state;
	static const char tries[] = "\n \r\t=-A/+z";
	const size_t size = sizeof golden - 1;
	uint8_t text[sizeof golden + 1], sig[SIGN_SIZE], key[SIGN_KEY_SIZE], sig0[SIGN_SIZE], key0[SIGN_KEY_SIZE];
	assert_int_equal(sshsig_parse_armour(sig0, key0, "git", bytes_text(golden)), ERR_OK);
	for (size_t at = 0; at < size; at++) {
		/* One byte less. */
		memcpy(text, golden, at);
		memcpy(text + at, golden + at + 1, size - at - 1);
		assert_int_equal(parse(bytes_of(text, size - 1)), ERR_FORMAT);
		assert_int_equal(parse(bytes_of(golden, at)), ERR_FORMAT);
		for (const char *c = tries; *c; c++) {
			/* One byte more. */
			memcpy(text, golden, at);
			text[at] = (uint8_t)*c;
			memcpy(text + at + 1, golden + at, size - at);
			assert_int_equal(parse(bytes_of(text, size + 1)), ERR_FORMAT);
			/* Another byte: either refused, or another signature or key. */
			memcpy(text, golden, size);
			text[at] = (uint8_t)*c;
			if (*c == golden[at] || sshsig_parse_armour(sig, key, "git", bytes_of(text, size)))
				continue;
			assert_true(memcmp(sig, sig0, SIGN_SIZE) || memcmp(key, key0, SIGN_KEY_SIZE));
		}
	}
}

/* Rewrites the armour's base64 in lines of `columns`, with `before` ahead of END and `after` behind. */
static enum err parse_rewrapped(size_t columns, const char *newline, const char *before, const char *after)
{
	static const char end[] = "-----END SSH SIGNATURE-----";
	const char *body = strchr(golden, '\n') + 1, *body_end = strstr(golden, end);
	struct buf b;
	size_t column = 0;
	buf_init(&b, 4096);
	buf_put(&b, golden, (size_t)(body - golden) - 1);
	buf_put_text(&b, newline);
	for (const char *c = body; c < body_end; c++) {
		if (*c == '\n')
			continue;
		buf_put_byte(&b, (uint8_t)*c);
		if (++column % columns == 0)
			buf_put_text(&b, newline);
	}
	if (column % columns)
		buf_put_text(&b, newline);
	buf_put_text(&b, before);
	buf_put_text(&b, end);
	buf_put_text(&b, after);
	assert_int_equal(buf_err(&b), ERR_OK);
	enum err e = parse(buf_bytes(&b));
	buf_clear(&b);
	return e;
}

static void other_spellings_of_the_armour_are_refused(void **state)
{
	(void)state;
	assert_int_equal(parse_rewrapped(70, "\n", "", ""), ERR_OK); /* control */
	for (size_t columns = 1; columns < 300; columns++)
		if (columns != 70)
			assert_int_equal(parse_rewrapped(columns, "\n", "", ""), ERR_FORMAT);
	assert_int_equal(parse_rewrapped(70, "\r\n", "", ""), ERR_FORMAT);
	assert_int_equal(parse_rewrapped(70, " \n", "", ""), ERR_FORMAT);
	assert_int_equal(parse_rewrapped(70, "\n ", "", ""), ERR_FORMAT);
	assert_int_equal(parse_rewrapped(70, "\n\n", "", ""), ERR_FORMAT);
	assert_int_equal(parse_rewrapped(70, "\n", "\n", ""), ERR_FORMAT);
	assert_int_equal(parse_rewrapped(70, "\n", "", "\n"), ERR_FORMAT);
	assert_int_equal(parse_rewrapped(70, "\n", "", "junk"), ERR_FORMAT);
	assert_int_equal(parse_rewrapped(70, "\n", "", "\njunk\n"), ERR_FORMAT);
	assert_int_equal(parse(bytes_of(NULL, 0)), ERR_FORMAT);
}

/* Replaces bytes inside the blob; the armour around it is spelt as it should be. */
static enum err parse_blob(struct bytes blob)
{
	struct buf b;
	char base64[512];
	buf_init(&b, 4096);
	sodium_bin2base64(base64, sizeof base64, blob.data, blob.size, sodium_base64_VARIANT_ORIGINAL);
	buf_put_text(&b, "-----BEGIN SSH SIGNATURE-----\n");
	for (const char *at = base64; *at; at += strnlen(at, 70))
		buf_printf(&b, "%.70s\n", at);
	buf_put_text(&b, "-----END SSH SIGNATURE-----");
	enum err e = parse(buf_bytes(&b));
	buf_clear(&b);
	return e;
}

static void other_spellings_of_the_blob_are_refused(void **state)
{
	(void)state;
	uint8_t blob[256], changed[256];
	const char *body = strchr(golden, '\n') + 1;
	size_t size = 0;
	assert_int_equal(sodium_base642bin(blob, sizeof blob, body, (size_t)(strstr(golden, "-----END") - body),
		"\n", &size, NULL, sodium_base64_VARIANT_ORIGINAL), 0);
	assert_int_equal(size, 173);
	assert_int_equal(parse_blob(bytes_of(blob, size)), ERR_OK); /* control */
	/* Everything outside the key (at 33) and the signature (at 109) is fixed. */
	for (size_t at = 0; at < size; at++) {
		bool is_free = (at >= 33 && at < 65) || at >= 109;
		memcpy(changed, blob, size);
		for (unsigned bit = 0; bit < 8; bit++) {
			changed[at] = (uint8_t)(blob[at] ^ 1 << bit);
			assert_int_equal(parse_blob(bytes_of(changed, size)), is_free ? ERR_OK : ERR_FORMAT);
		}
		assert_int_equal(parse_blob(bytes_of(blob, at)), ERR_FORMAT);
	}
	/* Three bytes in the reserved field, which stock git lets pass; SHA-256; bytes behind. */
	memcpy(changed, blob, 72);
	memcpy(changed + 72, "\0\0\0\3xyz", 7);
	memcpy(changed + 79, blob + 76, size - 76);
	assert_int_equal(parse_blob(bytes_of(changed, size + 3)), ERR_FORMAT);
	memcpy(changed, blob, size);
	memcpy(changed + 80, "sha256", 6);
	assert_int_equal(parse_blob(bytes_of(changed, size)), ERR_FORMAT);
	memcpy(changed, blob, size);
	memset(changed + size, 0, 3);
	assert_int_equal(parse_blob(bytes_of(changed, size + 3)), ERR_FORMAT);
}

static void prints_keys_as_ssh_keygen(void **state)
{
	(void)state;
	struct sign_key k;
	struct buf line;
	char fingerprint[SSH_FINGERPRINT_SIZE];
	test_key(&k);
	buf_init(&line, 4096);
	ssh_fingerprint(fingerprint, k.public_key);
	assert_string_equal(fingerprint, golden_fingerprint);
	ssh_public_put(&line, k.public_key);
	assert_string_equal(buf_text(&line), golden_public);
	buf_clear(&line);
	assert_int_equal(ssh_private_put(&line, &k, 0x01020304, "a comment"), ERR_OK);
	assert_string_equal(buf_text(&line), golden_private);
	buf_wipe(&line);
	sign_key_clear(&k);
}

static void reads_a_private_key_back(void **state)
{
	(void)state;
	struct sign_key k;
	struct buf file, loose;
	struct secret seed;
	test_key(&k);
	buf_init(&file, 4096);
	buf_init(&loose, 4096);
	for (size_t size = 0; size < 20; size++) {
		char comment[21] = "an officer's comment";
		comment[size] = '\0';
		buf_reset(&file);
		assert_int_equal(ssh_private_put(&file, &k, 7, comment), ERR_OK);
		assert_int_equal(ssh_private_parse(&seed, buf_bytes(&file), NULL), ERR_OK);
		assert_true(secret_equal(&seed, &k.seed));
		secret_free(&seed);
	}
	/* A file that went through a mail program, with CR LF, is still a key. */
	for (size_t i = 0; i < file.size; i++) {
		if (file.data[i] == '\n')
			buf_put_byte(&loose, '\r');
		buf_put_byte(&loose, file.data[i]);
	}
	assert_int_equal(ssh_private_parse(&seed, buf_bytes(&loose), NULL), ERR_OK);
	secret_free(&seed);
	buf_wipe(&file);
	buf_wipe(&loose);
	sign_key_clear(&k);
}

static void a_damaged_private_key_is_refused(void **state)
{
	(void)state;
	struct err_text why;
	struct secret seed;
	uint8_t file[sizeof golden_private];
	const size_t size = sizeof golden_private - 1;
	unsigned accepted = 0;
	for (size_t at = 0; at < size; at++) {
		memcpy(file, golden_private, size);
		file[at] ^= 1;
		enum err e = ssh_private_parse(&seed, bytes_of(file, size), &why);
		accepted += e == ERR_OK; /* only in the comment */
		secret_free(&seed);
		if (at + 1 < size)
			assert_int_not_equal(ssh_private_parse(&seed, bytes_of(file, at), &why), ERR_OK);
		assert_false(secret_is_set(&seed));
	}
	assert_in_range(accepted, 1, 14);
	static uint8_t large[20000];
	assert_int_equal(ssh_private_parse(&seed, bytes_of(large, sizeof large), &why), ERR_LIMIT);
}

static void an_encrypted_private_key_says_what_to_do(void **state)
{
	(void)state;
	static const char encrypted[] =
		"-----BEGIN OPENSSH PRIVATE KEY-----\n"
		"b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABAUHGAFU8\n"
		"W1MfGJSb4xzGRyAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDd\n"
		"GOdLwJln5NYwm6UNXx3chmQSVTG4AAAAkPMAn7pMiXJKULf8vl+Uou8Duuo4U2VfbIjfpN\n"
		"vqmfNlHCeH2EU9Uiqq04ONDapk4a4NKn8SMtVT6ovxL0KFHs5mKG/34/LbvUSSKur6a8jE\n"
		"HlrlKRTRqLC9in5LkRmXa5hr0ozjtQaT+NUjeaMYtIYjITtWZxfudMwsVuxkStIdOLbPcU\n"
		"awVBCmm5l77dtR4Q==\n"
		"-----END OPENSSH PRIVATE KEY-----\n";
	struct err_text why = { "" };
	struct secret seed;
	assert_int_equal(ssh_private_parse(&seed, bytes_text(encrypted), &why), ERR_NO_KEY);
	assert_non_null(strstr(why.text, "passphrase"));
	assert_false(secret_is_set(&seed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_as_ssh_keygen),
		cmocka_unit_test(reads_its_own_armour_back),
		cmocka_unit_test(namespace_and_message_are_signed),
		cmocka_unit_test(every_single_byte_of_the_armour_counts),
		cmocka_unit_test(other_spellings_of_the_armour_are_refused),
		cmocka_unit_test(other_spellings_of_the_blob_are_refused),
		cmocka_unit_test(prints_keys_as_ssh_keygen),
		cmocka_unit_test(reads_a_private_key_back),
		cmocka_unit_test(a_damaged_private_key_is_refused),
		cmocka_unit_test(an_encrypted_private_key_says_what_to_do),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
