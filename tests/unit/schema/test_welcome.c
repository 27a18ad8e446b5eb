/* Requests, welcomes and fingerprints. */
#include "schema/welcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cbor.h"
#include "base/hash.h"
#include "base/sshsig.h"
#include "tests/support/sample.h"
#include "tests/support/sample_statement.h"
#include "tests/support/sample_welcome.h"

static void a_request_comes_back(void **state)
{
	(void)state;
	struct request in, out;
	struct buf file;
	buf_init(&file, REQUEST_FILE_MAX);
	sample_request(&in, &file);
	assert_int_equal(request_parse(&out, buf_bytes(&file), NULL), ERR_OK);
	assert_true(bytes_equal(out.site_name, in.site_name));
	assert_true(bytes_equal(out.node_name, in.node_name));
	assert_true(bytes_equal(out.officer_name, in.officer_name));
	assert_memory_equal(out.encryption_key, in.encryption_key, 32);
	assert_memory_equal(out.transport_key, in.transport_key, 32);
	assert_true(node_id_equal(&out.node, &in.node));
	assert_true(officer_id_equal(&out.officer, &in.officer));
	buf_clear(&file);
}

static void a_request_is_refused_when_any_bit_differs(void **state)
{
	(void)state;
	struct request in, out;
	struct buf file;
	struct err_text why;
	buf_init(&file, REQUEST_FILE_MAX);
	sample_request(&in, &file);
	struct bytes bytes = buf_bytes(&file);
	for (size_t bit = 0; bit < 8 * bytes.size; bit += 5) {
		file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		why.text[0] = '\0';
		assert_int_not_equal(request_parse(&out, bytes, &why), ERR_OK);
		assert_string_not_equal(why.text, "");
		assert_int_equal(out.site_name.size, 0);
		file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t size = 0; size < bytes.size; size++)
		assert_int_not_equal(request_parse(&out, bytes_of(bytes.data, size), NULL), ERR_OK);
	buf_put_byte(&file, 0);
	assert_int_equal(request_parse(&out, buf_bytes(&file), NULL), ERR_FORMAT);
	buf_clear(&file);
}

/* Both keys must have signed: nobody asks in another's name. */
static void both_signatures_are_wanted(void **state)
{
	(void)state;
	struct request in, out;
	struct buf file, forged;
	struct cbor r;
	struct sign_key node, officer;
	uint8_t signature[2][SIGN_SIZE];
	buf_init(&file, REQUEST_FILE_MAX);
	buf_init(&forged, REQUEST_FILE_MAX);
	sample_sign_key(&node, SAMPLE_NODE);
	sample_sign_key(&officer, SAMPLE_OFFICER);
	sample_request(&in, &file);
	cbor_begin(&r, buf_bytes(&file));
	assert_int_equal(cbor_array(&r, 4), 4);
	(void)cbor_text(&r);
	struct bytes body = cbor_bytes(&r);
	for (int i = 0; i < 3; i++) {
		const struct sign_key *first = i == 0 ? &officer : &node, *second = i == 1 ? &node : &officer;
		assert_int_equal(sshsig_make(signature[0], first, "dossier-request", body), ERR_OK);
		assert_int_equal(sshsig_make(signature[1], second, "dossier-request", body), ERR_OK);
		buf_reset(&forged);
		cbor_put_array(&forged, 4);
		cbor_put_text(&forged, bytes_text("dossier request 1"));
		cbor_put_bytes(&forged, body);
		cbor_put_bytes(&forged, bytes_of(signature[0], SIGN_SIZE));
		cbor_put_bytes(&forged, bytes_of(signature[1], SIGN_SIZE));
		assert_int_equal(request_parse(&out, buf_bytes(&forged), NULL), i == 2 ? ERR_OK : ERR_CRYPTO);
	}
	assert_true(bytes_equal(buf_bytes(&forged), buf_bytes(&file)));
	in.site_name = bytes_text("No Name");
	buf_reset(&forged);
	assert_int_equal(request_encode(&forged, &in, &node, &officer), ERR_FORMAT);
	assert_int_equal(forged.size, 0);
	sign_key_clear(&node);
	sign_key_clear(&officer);
	buf_clear(&file);
	buf_clear(&forged);
}

static void a_welcome_comes_back(void **state)
{
	(void)state;
	struct welcome out;
	struct arena a;
	struct buf file, blob, body;
	buf_init(&file, WELCOME_FILE_MAX);
	buf_init(&blob, STATEMENT_BLOB_MAX);
	buf_init(&body, STATEMENT_BLOB_MAX);
	arena_init(&a, 1024 * 1024);
	sample_welcome(&file);
	assert_int_equal(welcome_parse(&out, &a, buf_bytes(&file), NULL), ERR_OK);
	assert_int_equal(out.site, 2);
	assert_int_equal(out.statement_count, 2);
	assert_int_equal(out.form_count, 1);
	sample_statement_blob(&body, &blob, STATEMENT_FOUND);
	assert_true(bytes_equal(out.statements[0], buf_bytes(&blob)));
	assert_true(bytes_equal(out.forms[0].name, bytes_text("asylum")));
	assert_true(bytes_equal(out.forms[0].file, bytes_text("{}\n")));
	arena_clear(&a);
	buf_clear(&file);
	buf_clear(&blob);
	buf_clear(&body);
}

static void a_welcome_is_refused_when_any_bit_differs(void **state)
{
	(void)state;
	struct welcome out;
	struct arena a;
	struct buf file;
	buf_init(&file, WELCOME_FILE_MAX);
	arena_init(&a, 16 * 1024 * 1024);
	sample_welcome(&file);
	struct bytes bytes = buf_bytes(&file);
	for (size_t i = 0; i < bytes.size; i++) {
		struct err_text why = { "" };
		file.data[i] ^= (uint8_t)(1 << i % 8);
		assert_int_not_equal(welcome_parse(&out, &a, bytes, &why), ERR_OK);
		assert_string_not_equal(why.text, "");
		assert_int_equal(out.statement_count, 0);
		file.data[i] ^= (uint8_t)(1 << i % 8);
		assert_int_not_equal(welcome_parse(&out, &a, bytes_of(bytes.data, i), NULL), ERR_OK);
	}
	buf_put_byte(&file, 0);
	assert_int_equal(welcome_parse(&out, &a, buf_bytes(&file), NULL), ERR_FORMAT);
	assert_int_equal(welcome_parse(&out, &a, bytes, NULL), ERR_OK);
	arena_clear(&a);
	buf_clear(&file);
}

/* The proquints of Wilkerson's paper: 127.0.0.1 is lusab-babad. */
static void a_fingerprint_is_what_b2sum_says_in_proquints(void **state)
{
	(void)state;
	char out[WELCOME_FINGERPRINT_SIZE];
	welcome_fingerprint(out, bytes_text("abc"));
	/* printf abc | b2sum -l 64: d8bb 14d8 33d5 9559 */
	assert_string_equal(out, "tofur-digim-gazij-nijin");
	assert_int_equal(strlen(out), WELCOME_FINGERPRINT_SIZE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_comes_back),
		cmocka_unit_test(a_request_is_refused_when_any_bit_differs),
		cmocka_unit_test(both_signatures_are_wanted),
		cmocka_unit_test(a_welcome_comes_back),
		cmocka_unit_test(a_welcome_is_refused_when_any_bit_differs),
		cmocka_unit_test(a_fingerprint_is_what_b2sum_says_in_proquints),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
