/* Key files: golden bytes, files built by hand as docs/format.md says, and what must not open. */
#include "base/kdf.h"
#include "base/cbor.h"
#include "base/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/hex.h"

static const uint8_t salt[16] = { 1, 2, 3 }, nonce[24] = { 4, 5, 6 };
static const char body_text[] = "\x83\x01\x02\x03"; /* CBOR [1, 2, 3] */

static struct bytes body(void)
{
	return bytes_text(body_text);
}

/* One call of keyfile_open whose body is what `out_text` says, or nothing. */
static enum err open_as(const char *kind, const char *passphrase, struct bytes file, struct err_text *why)
{
	struct buf out;
	buf_init(&out, 1024);
	buf_put_text(&out, "before");
	enum err e = keyfile_open(&out, kind, bytes_text(passphrase), file, why);
	if (e)
		assert_true(bytes_equal(buf_bytes(&out), bytes_text("before")));
	else
		assert_true(bytes_equal(bytes_of(out.data + 6, out.size - 6), body()));
	buf_wipe(&out);
	return e;
}

/* A file with any parameters, built from the description. */
static void build(struct buf *file, const char *kind, uint64_t alg, uint64_t passes, uint64_t memory_kib,
	const char *passphrase)
{
	struct buf ad, sealed;
	struct secret key;
	buf_init(&ad, 1024);
	buf_init(&sealed, 1024);
	assert_int_equal(secret_new(&key), ERR_OK);
	/* Above the caps the key does not matter, and below Argon2id's least there is none. */
	if (passes > 0 && passes <= 16 && memory_kib >= 8 && memory_kib <= 256 * 1024)
		assert_int_equal(crypto_pwhash(key.b, SECRET_SIZE, passphrase, strlen(passphrase), salt, passes,
		(size_t)memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13), 0);
	for (int whole = 0; whole < 2; whole++) {
		struct buf *b = whole ? file : &ad;
		cbor_put_array(b, whole ? 6 : 5);
		cbor_put_text(b, bytes_text("dossier key file 1"));
		cbor_put_text(b, bytes_text(kind));
		cbor_put_uint(b, alg);
		cbor_put_array(b, 2);
		cbor_put_uint(b, passes);
		cbor_put_uint(b, memory_kib);
		cbor_put_bytes(b, bytes_of(salt, sizeof salt));
		if (whole)
			cbor_put_bytes(b, buf_bytes(&sealed));
		else
			assert_int_equal(seal_make(&sealed, &key, nonce, buf_bytes(&ad), body(), false), ERR_OK);
	}
	assert_int_equal(buf_err(file), ERR_OK);
	secret_free(&key);
	buf_clear(&ad);
	buf_clear(&sealed);
}

static void a_file_opens_with_its_passphrase_only(void **state)
{
	(void)state;
	struct err_text why = { "" };
	struct buf file, by_hand;
	buf_init(&file, 1024);
	buf_init(&by_hand, 1024);
	assert_int_equal(keyfile_seal(&file, "officer", bytes_text("correct horse"), KDF_INTERACTIVE, salt, nonce,
		body()), ERR_OK);
	assert_false(keyfile_is_open(buf_bytes(&file)));
	assert_int_equal(open_as("officer", "correct horse", buf_bytes(&file), &why), ERR_OK);
	assert_int_equal(open_as("officer", "correct horsf", buf_bytes(&file), &why), ERR_NO_KEY);
	assert_non_null(strstr(why.text, "wrong passphrase"));
	assert_int_equal(open_as("node", "correct horse", buf_bytes(&file), &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "node"));
	build(&by_hand, "officer", 1, 2, 64 * 1024, "correct horse");
	assert_true(bytes_equal(buf_bytes(&file), buf_bytes(&by_hand)));
	buf_clear(&file);
	buf_clear(&by_hand);
}

static void moderate_costs_what_libsodium_says(void **state)
{
	(void)state;
	struct buf file, by_hand;
	buf_init(&file, 1024);
	buf_init(&by_hand, 1024);
	assert_int_equal(keyfile_seal(&file, "site", bytes_text(""), KDF_MODERATE, salt, nonce, body()), ERR_OK);
	build(&by_hand, "site", 1, 3, 256 * 1024, "");
	assert_true(bytes_equal(buf_bytes(&file), buf_bytes(&by_hand)));
	buf_clear(&file);
	buf_clear(&by_hand);
}

static void the_bytes_of_an_open_file(void **state)
{
	(void)state;
	struct buf file;
	buf_init(&file, 1024);
	struct bytes ignored = bytes_text("not looked at");
	assert_int_equal(keyfile_seal(&file, "officer", ignored, KDF_NONE, salt, nonce, body()), ERR_OK);
	assert_hex_equal(file.data, file.size,
		"8672646f7373696572206b65792066696c652031676f66666963657200820000"
		"5001020300000000000000000000000000582c04050600000000000000000000"
		"0000000000000000000000c197273c55e36f638ad0f6dd22856b8f1e134120");
	assert_true(keyfile_is_open(buf_bytes(&file)));
	assert_int_equal(open_as("officer", "", buf_bytes(&file), NULL), ERR_OK);
	buf_clear(&file);
}

/* With the lowest cost that Argon2id has, so that every bit can be tried. */
static void every_bit_and_byte_counts(void **state)
{
	(void)state;
	struct buf file;
	buf_init(&file, 1024);
	build(&file, "officer", 1, 1, 8, "pass");
	assert_int_equal(open_as("officer", "pass", buf_bytes(&file), NULL), ERR_OK); /* control */
	for (size_t bit = 0; bit < 8 * file.size; bit++) {
		file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(open_as("officer", "pass", buf_bytes(&file), NULL), ERR_OK);
		file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t size = 0; size < file.size; size++)
		assert_int_equal(open_as("officer", "pass", bytes_of(file.data, size), NULL), ERR_FORMAT);
	buf_put_byte(&file, 0);
	assert_int_equal(open_as("officer", "pass", buf_bytes(&file), NULL), ERR_FORMAT);
	buf_clear(&file);
}

static enum err open_with(uint64_t alg, uint64_t passes, uint64_t memory_kib)
{
	struct buf file;
	buf_init(&file, 1024);
	build(&file, "officer", alg, passes, memory_kib, "pass");
	enum err e = open_as("officer", "pass", buf_bytes(&file), NULL);
	buf_clear(&file);
	return e;
}

static void what_a_file_may_cost_is_capped(void **state)
{
	(void)state;
	assert_int_equal(open_with(1, 16, 8), ERR_OK); /* control */
	assert_int_equal(open_with(1, 17, 8), ERR_LIMIT);
	assert_int_equal(open_with(1, UINT64_MAX, 8), ERR_LIMIT);
	assert_int_equal(open_with(1, 1, 256 * 1024 + 1), ERR_LIMIT);
	assert_int_equal(open_with(1, 1, UINT64_MAX / 1024), ERR_LIMIT);
	assert_int_equal(open_with(1, 0, 8), ERR_FORMAT);
	assert_int_equal(open_with(1, 1, 7), ERR_FORMAT);
	assert_int_equal(open_with(2, 1, 8), ERR_FORMAT);
	assert_int_equal(open_with(0, 1, 8), ERR_FORMAT);
}

static void sizes_are_capped(void **state)
{
	(void)state;
	static uint8_t large[70 * 1024];
	struct err_text why;
	struct buf out;
	buf_init(&out, sizeof large);
	struct bytes none = { NULL, 0 }, whole = bytes_of(large, 65536);
	struct bytes long_phrase = bytes_of(large, 1025), more = bytes_of(large, 65537);
	assert_int_equal(keyfile_seal(&out, "k", none, KDF_NONE, salt, nonce, more), ERR_LIMIT);
	assert_int_equal(keyfile_seal(&out, "k", long_phrase, KDF_NONE, salt, nonce, body()), ERR_LIMIT);
	assert_int_equal(out.size, 0);
	assert_int_equal(keyfile_seal(&out, "k", none, KDF_NONE, salt, nonce, whole), ERR_OK);
	struct buf back;
	buf_init(&back, 65536);
	assert_int_equal(keyfile_open(&back, "k", none, buf_bytes(&out), &why), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&back), whole));
	buf_clear(&back);
	assert_int_equal(keyfile_open(&back, "k", none, bytes_of(large, sizeof large), &why), ERR_LIMIT);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_opens_with_its_passphrase_only),
		cmocka_unit_test(moderate_costs_what_libsodium_says),
		cmocka_unit_test(the_bytes_of_an_open_file),
		cmocka_unit_test(every_bit_and_byte_counts),
		cmocka_unit_test(what_a_file_may_cost_is_capped),
		cmocka_unit_test(sizes_are_capped),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
