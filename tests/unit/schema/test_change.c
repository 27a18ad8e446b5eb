/* Changes: text and wire form both ways, ids, signatures, limits. */
#include "schema/change.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/hash.h"
#include "base/text.h"
#include "tests/support/hex.h"
#include "tests/support/sample.h"

/* The whole opening, as it is signed and kept. */
static const char opening_text[] =
	"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
	"author SHA256:fe85JkIjo8VPe+XqXJGH5Mau1EMFdK1OdKvJUFicyA8 <SHA256:fe85JkIjo8VPe+XqXJGH5Mau"
	"1EMFdK1OdKvJUFicyA8@fefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefe> 1770"
	"000000 +0000\n"
	"committer dossier <dossier@localhost> 1770000000 +0000\n"
	"gpgsig -----BEGIN SSH SIGNATURE-----\n"
	" U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgiojj3XQJ8ZX9UtstPLpdcspnCb\n"
	" 8dlBIb83SIAbQPb1wAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5\n"
	" AAAAQE26sLN1OfQ29Ep/TJURzjKn62JiPBO7omDCWrTtY1lDGO0X0ev7/ijqU9eoIxZIBJ\n"
	" /dOhUWJtLjpMqtF/goXAQ=\n"
	" -----END SSH SIGNATURE-----\n"
	"\n"
	"dossier change 1\n"
	"\n"
	"case a966ce06c13ca3856cde49db3e420d09\n"
	"form 1 1\n"
	"charter a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 a2a2a2a2a2a2a2a2a"
	"2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2\n"
	"node 8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394 a3a3a3a3a3a3a3a3\n"
	"checkpoint a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4\n"
	"nonce a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\n"
	"box 1 1 EEOtNNMpbBfP5VbhcEUrbYluUsTtkR8lRxE5jlhHbiAU2rzxGR1hi6fUYbEE/WjP4Wjb/1+cXat5kMcvar"
	"axbuPoeldmOSy9YUTkRStv3XY=\n"
	"box 2 1 zE8s22ld12bzQRjrZ7mGUv7R2LxJwzCxGbv6imSYk3ioH0LS8fTLxoZgosyz2wMGedPZ/f7/+2Yjp9CTGl"
	"XEJRF7YpW2nC4P6PV4wWcSL0Y=\n"
	"act 1 0 hAEAWCCwITF/woSpnZKWMp5wn5lfz6fn4I2yFTd2kduRcn6QUYIBAg==\n"
	"act 1 0 hAMAWCB1ftfbZKFWaz+xJSX1hSwxkzFXMCm9jtYp1xXwZPWds4IBAg==\n"
	"grants 1 0 639d2ef729679a46166b07b08d26bfb33ba7b8a13c83cceb755774c59ebd1824 64\n"
	"grants 3 0 9769f72884342a396af31e59945334ae23832ee9bbe0da5f1f0e728d953dbccf 64\n"
	"payload 1 0 83508f9d4e41b055a9e8af55038731397bf5d862e167bd9d59b44e691486964f 72\n"
	"payload 3 0 b779fe5fb5759c195c2b2cfdfedba0aa6956bed8057e90c241611024ba2be4e8 72\n";

static void assert_bytes_equal(struct bytes a, struct bytes b)
{
	assert_int_equal(a.size, b.size);
	assert_memory_equal(a.data, b.data, a.size);
}

static void the_text_of_the_opening_is_pinned(void **state)
{
	(void)state;
	struct sample s;
	sample_make(&s, SAMPLE_OPENING, NULL);
	assert_string_equal(buf_text(&s.commit), opening_text);
	sample_clear(&s);
}

static void the_text_comes_back_as_the_same_change(void **state)
{
	(void)state;
	for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
		struct sample s;
		struct change *c = NULL;
		const struct git_id *parents_git = NULL;
		struct err_text why = { "" };
		struct buf again;
		buf_init(&again, CHANGE_COMMIT_MAX);
		sample_make(&s, (enum sample_kind)kind, NULL);
		enum err e = change_parse_commit(&c, &parents_git, &s.arena, buf_bytes(&s.commit), &why);
		assert_string_equal(why.text, "");
		assert_int_equal(e, ERR_OK);
		assert_int_equal(c->parent_count, s.change.parent_count);
		assert_memory_equal(parents_git, s.parents_git, c->parent_count * sizeof *parents_git);
		assert_int_equal(change_verify(c, buf_bytes(&s.commit)), ERR_OK);
		assert_int_equal(change_put_commit(&again, c, parents_git), ERR_OK);
		assert_bytes_equal(buf_bytes(&again), buf_bytes(&s.commit));
		buf_clear(&again);
		sample_clear(&s);
	}
}

static void the_wire_form_rebuilds_the_text_bit_for_bit(void **state)
{
	(void)state;
	for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
		struct sample s;
		struct change *c = NULL;
		struct change_id id;
		struct buf wire, again, text;
		buf_init(&wire, CHANGE_WIRE_MAX);
		buf_init(&again, CHANGE_WIRE_MAX);
		buf_init(&text, CHANGE_COMMIT_MAX);
		sample_make(&s, (enum sample_kind)kind, NULL);
		assert_int_equal(change_put_wire(&wire, &s.change), ERR_OK);
		assert_int_equal(change_parse_wire(&c, &s.arena, &s.change.federation, buf_bytes(&wire), NULL),
			ERR_OK);
		assert_int_equal(change_put_commit(&text, c, s.parents_git), ERR_OK);
		assert_bytes_equal(buf_bytes(&text), buf_bytes(&s.commit));
		change_get_id(&id, buf_bytes(&text));
		assert_true(change_id_equal(&id, &s.id));
		assert_int_equal(change_put_wire(&again, c), ERR_OK);
		assert_bytes_equal(buf_bytes(&again), buf_bytes(&wire));
		buf_clear(&wire);
		buf_clear(&again);
		buf_clear(&text);
		sample_clear(&s);
	}
}

static void the_unsigned_text_is_the_text_without_its_signature(void **state)
{
	(void)state;
	struct sample s;
	struct buf text;
	buf_init(&text, CHANGE_COMMIT_MAX);
	sample_make(&s, SAMPLE_EDIT, NULL);
	assert_int_equal(change_put_unsigned(&text, &s.change, s.parents_git), ERR_OK);
	assert_int_equal(sshsig_verify(s.change.signature, s.change.officer.b, "git", buf_bytes(&text)), ERR_OK);
	assert_null(strstr(buf_text(&text), "gpgsig"));
	assert_int_equal(sshsig_verify(s.change.signature, s.change.officer.b, "dossier-charter",
		buf_bytes(&text)), ERR_CRYPTO);
	buf_clear(&text);
	sample_clear(&s);
}

static void a_signature_holds_for_its_text_and_key_only(void **state)
{
	(void)state;
	struct sample s;
	struct change other;
	struct sign_key key;
	sample_sign_key(&key, SAMPLE_OTHER);
	sample_make(&s, SAMPLE_EDIT, NULL);
	struct bytes commit = buf_bytes(&s.commit);
	assert_int_equal(change_verify(&s.change, commit), ERR_OK);
	other = s.change;
	memcpy(other.officer.b, key.public_key, sizeof other.officer.b);
	assert_int_equal(change_verify(&other, commit), ERR_CRYPTO);
	for (size_t i = 0; i < SIGN_SIZE; i++) {
		other = s.change;
		other.signature[i] ^= 1;
		assert_int_equal(change_verify(&other, commit), ERR_CRYPTO);
	}
	/* Every byte before the signature's header and after it is signed. */
	for (size_t i = 0; i < commit.size; i += 7) {
		char *gpgsig = strstr(buf_text(&s.commit), "gpgsig"), *end = strstr(gpgsig, "END SSH");
		if (i >= (size_t)((uint8_t *)gpgsig - s.commit.data) && i < (size_t)((uint8_t *)end - s.commit.data))
			continue;
		s.commit.data[i] ^= 1;
		assert_int_equal(change_verify(&s.change, commit), ERR_CRYPTO);
		s.commit.data[i] ^= 1;
	}
	assert_int_equal(change_verify(&s.change, bytes_of(NULL, 0)), ERR_CRYPTO);
	assert_int_equal(change_verify(&s.change, commit), ERR_OK);
	sign_key_clear(&key);
	sample_clear(&s);
}

/* S + L verifies too where nobody looks: L is the order of the group (RFC 8032). */
static void a_signature_with_s_plus_l_is_refused(void **state)
{
	(void)state;
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2,
		0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10 };
	struct sample s;
	struct buf text;
	unsigned carry = 0;
	buf_init(&text, CHANGE_COMMIT_MAX);
	sample_make(&s, SAMPLE_EDIT, NULL);
	for (size_t i = 0; i < sizeof order; i++) {
		carry += (unsigned)s.change.signature[32 + i] + order[i];
		s.change.signature[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(change_put_commit(&text, &s.change, s.parents_git), ERR_OK);
	assert_int_equal(change_verify(&s.change, buf_bytes(&text)), ERR_CRYPTO);
	buf_clear(&text);
	sample_clear(&s);
}

static void a_case_belongs_to_the_key_and_nonce_that_open_it(void **state)
{
	(void)state;
	static const uint8_t item[] = "\x84\x6e" "dossier case 1";
	struct sample s;
	struct case_id id, expected;
	struct buf cbor;
	sample_make(&s, SAMPLE_OPENING, NULL);
	buf_init(&cbor, 256);
	buf_put(&cbor, item, sizeof item - 1);
	buf_put(&cbor, "\x58\x20", 2);
	buf_put(&cbor, s.change.federation.b, 32);
	buf_put(&cbor, "\x58\x20", 2);
	buf_put(&cbor, s.change.officer.b, 32);
	buf_put(&cbor, "\x50", 1);
	buf_put(&cbor, s.change.nonce, 16);
	hash_blake2b_128(expected.b, buf_bytes(&cbor));
	change_case_id(&id, &s.change.federation, &s.change.officer, s.change.nonce);
	assert_true(case_id_equal(&id, &expected));
	assert_true(case_id_equal(&id, &s.change.case_id));
	s.change.nonce[0] ^= 1;
	change_case_id(&id, &s.change.federation, &s.change.officer, s.change.nonce);
	assert_false(case_id_equal(&id, &expected));
	s.change.nonce[0] ^= 1;
	s.change.officer.b[0] ^= 1;
	change_case_id(&id, &s.change.federation, &s.change.officer, s.change.nonce);
	assert_false(case_id_equal(&id, &expected));
	s.change.officer.b[0] ^= 1;
	s.change.federation.b[0] ^= 1;
	change_case_id(&id, &s.change.federation, &s.change.officer, s.change.nonce);
	assert_false(case_id_equal(&id, &expected));
	buf_clear(&cbor);
	sample_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_of_the_opening_is_pinned),
		cmocka_unit_test(the_text_comes_back_as_the_same_change),
		cmocka_unit_test(the_wire_form_rebuilds_the_text_bit_for_bit),
		cmocka_unit_test(the_unsigned_text_is_the_text_without_its_signature),
		cmocka_unit_test(a_signature_holds_for_its_text_and_key_only),
		cmocka_unit_test(a_signature_with_s_plus_l_is_refused),
		cmocka_unit_test(a_case_belongs_to_the_key_and_nonce_that_open_it),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
