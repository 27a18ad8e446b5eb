/* Statements: bodies, blobs, signatures, and what is refused or kept without effect. */
#include "schema/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cbor.h"
#include "base/sshsig.h"
#include "tests/support/hex.h"
#include "tests/support/sample.h"
#include "tests/support/sample_statement.h"

struct room {
	struct arena arena;
	struct buf body, blob, other;
};

static int set_up(void **state)
{
	static struct room room;
	arena_init(&room.arena, 16 * 1024 * 1024);
	buf_init(&room.body, STATEMENT_BLOB_MAX);
	buf_init(&room.blob, 2 * STATEMENT_BLOB_MAX);
	buf_init(&room.other, 2 * STATEMENT_BLOB_MAX);
	*state = &room;
	return 0;
}

static int tear_down(void **state)
{
	struct room *room = *state;
	arena_clear(&room->arena);
	buf_clear(&room->body);
	buf_clear(&room->blob);
	buf_clear(&room->other);
	return 0;
}

static void make(struct room *room, uint32_t code)
{
	buf_reset(&room->body);
	buf_reset(&room->blob);
	sample_statement_blob(&room->body, &room->blob, code);
}

static enum err parse(struct room *room, struct statement **s, struct bytes blob)
{
	struct err_text why = { "" };
	enum err e = statement_parse(s, &room->arena, blob, &why);
	assert_int_equal(*s != NULL, e == ERR_OK);
	assert_int_equal(why.text[0] != '\0', e != ERR_OK);
	return e;
}

static void every_code_comes_back(void **state)
{
	struct room *room = *state;
	for (uint32_t code = 1; code <= 13; code++) {
		struct statement *s = NULL;
		struct statement_id id;
		struct buf again;
		buf_init(&again, STATEMENT_BLOB_MAX);
		make(room, code);
		assert_int_equal(parse(room, &s, buf_bytes(&room->blob)), ERR_OK);
		assert_int_equal(s->code, code);
		assert_int_equal(s->valid, code <= STATEMENT_RETIRE);
		assert_int_equal(s->signature_count, s->has_issuer ? 1 : 2);
		statement_get_id(&id, buf_bytes(&room->body));
		assert_true(statement_id_equal(&id, &s->id));
		assert_int_equal(statement_encode_body(&again, s, NULL), ERR_OK);
		assert_true(bytes_equal(buf_bytes(&again), buf_bytes(&room->body)));
		assert_true(bytes_equal(s->body, buf_bytes(&room->body)));
		buf_clear(&again);
	}
}

static void arguments_are_decoded(void **state)
{
	struct room *room = *state;
	struct statement *s = NULL;
	make(room, STATEMENT_SITE);
	assert_int_equal(parse(room, &s, buf_bytes(&room->blob)), ERR_OK);
	assert_true(bytes_equal(s->as.site.name, bytes_text("reception-west")));
	assert_int_equal(s->as.site.readers.count, 2);
	assert_int_equal(s->as.site.readers.list[0].form, 1);
	assert_int_equal(s->as.site.readers.list[0].roles, 1 << 2 | 1 << 5);
	assert_true(s->as.site.readers.list[1].roles == (uint64_t)1 << 63);
	make(room, STATEMENT_FOUND);
	assert_int_equal(parse(room, &s, buf_bytes(&room->blob)), ERR_OK);
	assert_true(federation_id_is_zero(&s->federation));
	assert_false(s->has_issuer);
	assert_int_equal(s->as.found.k, 2);
	assert_true(statement_has_quorum(s, s->as.found.keys, 2, 2));
	s->signature_count = 1;
	assert_false(statement_has_quorum(s, s->as.found.keys, 2, 2));
	assert_true(statement_has_quorum(s, s->as.found.keys, 2, 1));
}

static void every_bit_of_a_blob_counts(void **state)
{
	struct room *room = *state;
	for (uint32_t code = 1; code <= 7; code++) {
		struct statement *s = NULL;
		make(room, code);
		struct bytes blob = buf_bytes(&room->blob);
		for (size_t i = 0; i < blob.size; i += 1 + code % 3) {
			room->blob.data[i] ^= (uint8_t)(1 << i % 8);
			assert_int_not_equal(parse(room, &s, blob), ERR_OK);
			room->blob.data[i] ^= (uint8_t)(1 << i % 8);
			assert_int_not_equal(parse(room, &s, bytes_of(blob.data, i)), ERR_OK);
		}
		assert_int_equal(parse(room, &s, blob), ERR_OK);
		arena_clear(&room->arena);
	}
}

static void a_signature_is_for_this_purpose_only(void **state)
{
	struct room *room = *state;
	struct statement *s = NULL;
	struct statement_signatures set = { .count = 1 };
	struct sign_key k;
	make(room, STATEMENT_APPOINT);
	sample_sign_key(&k, SAMPLE_OFFICER);
	memcpy(set.list[0].key.b, k.public_key, 32);
	assert_int_equal(sshsig_make(set.list[0].signature, &k, "git", buf_bytes(&room->body)), ERR_OK);
	assert_int_equal(statement_encode_blob(&room->other, buf_bytes(&room->body), &set), ERR_OK);
	assert_int_equal(parse(room, &s, buf_bytes(&room->other)), ERR_CRYPTO);
	sign_key_clear(&k);
}

static void an_officer_signs_alone(void **state)
{
	struct room *room = *state;
	struct statement *s = NULL;
	struct statement_signatures set = { .count = 0 };
	struct sign_key officer, other;
	make(room, STATEMENT_APPOINT);
	sample_sign_key(&officer, SAMPLE_OFFICER);
	sample_sign_key(&other, SAMPLE_OTHER);
	assert_int_equal(statement_sign(&set, buf_bytes(&room->body), &other), ERR_OK);
	assert_int_equal(statement_encode_blob(&room->other, buf_bytes(&room->body), &set), ERR_OK);
	assert_int_equal(parse(room, &s, buf_bytes(&room->other)), ERR_CRYPTO);
	assert_int_equal(statement_sign(&set, buf_bytes(&room->body), &officer), ERR_OK);
	assert_int_equal(set.count, 2);
	buf_reset(&room->other);
	assert_int_equal(statement_encode_blob(&room->other, buf_bytes(&room->body), &set), ERR_OK);
	assert_int_equal(parse(room, &s, buf_bytes(&room->other)), ERR_CRYPTO);
	sign_key_clear(&officer);
	sign_key_clear(&other);
}

static void signatures_are_sorted_unique_and_few(void **state)
{
	struct room *room = *state;
	struct statement *s = NULL;
	struct statement_signatures set = { .count = 0 }, swapped;
	struct sign_key k;
	make(room, STATEMENT_SITE);
	for (uint8_t seed = 1; seed <= STATEMENT_SIGNATURES_MAX; seed++) {
		sample_sign_key(&k, seed);
		assert_int_equal(statement_sign(&set, buf_bytes(&room->body), &k), ERR_OK);
		assert_int_equal(statement_sign(&set, buf_bytes(&room->body), &k), ERR_OK);
		assert_int_equal(set.count, seed);
		sign_key_clear(&k);
	}
	assert_int_equal(statement_encode_blob(&room->other, buf_bytes(&room->body), &set), ERR_OK);
	assert_int_equal(parse(room, &s, buf_bytes(&room->other)), ERR_OK);
	sample_sign_key(&k, STATEMENT_SIGNATURES_MAX + 1);
	assert_int_equal(statement_sign(&set, buf_bytes(&room->body), &k), ERR_LIMIT);
	sign_key_clear(&k);

	swapped = set;
	swapped.list[3] = set.list[4];
	swapped.list[4] = set.list[3];
	buf_reset(&room->other);
	assert_int_equal(statement_encode_blob(&room->other, buf_bytes(&room->body), &swapped), ERR_OK);
	assert_int_equal(parse(room, &s, buf_bytes(&room->other)), ERR_FORMAT);
	swapped = set;
	swapped.list[3] = set.list[4];
	buf_reset(&room->other);
	assert_int_equal(statement_encode_blob(&room->other, buf_bytes(&room->body), &swapped), ERR_OK);
	assert_int_equal(parse(room, &s, buf_bytes(&room->other)), ERR_FORMAT);
	swapped = set;
	swapped.list[15].signature[0] ^= 1;
	buf_reset(&room->other);
	assert_int_equal(statement_encode_blob(&room->other, buf_bytes(&room->body), &swapped), ERR_OK);
	assert_int_equal(parse(room, &s, buf_bytes(&room->other)), ERR_CRYPTO);
}

/* Signs any body: by the officer when it names one, else by the root. */
static enum err keep(struct room *room, struct statement **s, struct bytes body, bool by_officer)
{
	struct statement_signatures set = { .count = 0 };
	struct sign_key k;
	sample_sign_key(&k, by_officer ? SAMPLE_OFFICER : SAMPLE_ROOT);
	assert_int_equal(statement_sign(&set, body, &k), ERR_OK);
	sign_key_clear(&k);
	buf_reset(&room->other);
	assert_int_equal(statement_encode_blob(&room->other, body, &set), ERR_OK);
	return parse(room, s, buf_bytes(&room->other));
}

/* The sample's body with element `place` replaced. */
static void replace(struct room *room, struct buf *out, size_t place, const char *item, size_t size)
{
	struct cbor r;
	cbor_begin(&r, buf_bytes(&room->body));
	size_t count = cbor_array(&r, 9);
	buf_reset(out);
	cbor_put_array(out, count);
	for (size_t i = 0; i < count; i++) {
		struct bytes was = cbor_skip(&r);
		cbor_put_raw(out, i == place ? bytes_of(item, size) : was);
	}
}

#define ID "\x58\x20" "0123456789abcdef0123456789abcdef"

static void the_frame_of_a_body_has_one_form(void **state)
{
	struct room *room = *state;
	static const struct {
		uint32_t code;
		size_t place;
		const char *item;
		size_t size;
		enum err err;
	} tries[] = {
		{ STATEMENT_SITE, 0, "\x02", 1, ERR_FORMAT },                    /* version */
		{ STATEMENT_SITE, 1, "\xf6", 1, ERR_FORMAT },                    /* of no federation */
		{ STATEMENT_SITE, 1, ID, 34, ERR_OK },                           /* control */
		{ STATEMENT_SITE, 3, "\x00", 1, ERR_FORMAT },                    /* position 0, previous there */
		{ STATEMENT_SITE, 3, "\x1a\x80\0\0\0", 5, ERR_FORMAT },
		{ STATEMENT_SITE, 4, "\xf6", 1, ERR_FORMAT },                    /* position 2, no previous */
		{ STATEMENT_SITE, 5, "\xf6", 1, ERR_FORMAT },                    /* no superior */
		{ STATEMENT_SITE, 6, "\x1b\0\0\0\x04\0\0\0\0", 9, ERR_FORMAT },  /* time 2^34 */
		{ STATEMENT_SITE, 6, "\x1b\0\0\0\x03\xff\xff\xff\xff", 9, ERR_OK },
		{ STATEMENT_SITE, 7, "\x00", 1, ERR_FORMAT },
		{ STATEMENT_SITE, 7, "\x01", 1, ERR_FORMAT },                    /* a second founding */
		{ STATEMENT_SITE, 7, "\x18\x63", 2, ERR_OK },                    /* of a later version */
		{ STATEMENT_FOUND, 7, "\x02", 1, ERR_FORMAT },
		{ STATEMENT_FOUND, 3, "\x01", 1, ERR_FORMAT },
		{ STATEMENT_FOUND, 2, ID, 34, ERR_FORMAT },
		{ STATEMENT_FOUND, 5, ID, 34, ERR_FORMAT },
		{ STATEMENT_FOUND, 8, "\x80", 1, ERR_FORMAT },                   /* founds nothing */
		{ STATEMENT_SITE, 8, "\xf6", 1, ERR_OK },                        /* kept, not valid */
	};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct statement *s = NULL;
		struct buf body;
		buf_init(&body, STATEMENT_BLOB_MAX);
		make(room, tries[i].code);
		replace(room, &body, tries[i].place, tries[i].item, tries[i].size);
		enum err e = keep(room, &s, buf_bytes(&body), false);
		if (e != tries[i].err)
			fail_msg("try %zu: %s", i, err_name(e));
		buf_clear(&body);
	}
}

static void arguments_that_do_not_decode_are_kept_and_not_valid(void **state)
{
	struct room *room = *state;
	static const struct { uint32_t code; const char *args; size_t size; bool valid; } tries[] = {
		{ STATEMENT_FORM, "\x84\x01\x01\x61""a" ID, 39, true }, /* control */
		{ STATEMENT_FORM, "\x84\x00\x01\x61""a" ID, 39, false },
		{ STATEMENT_FORM, "\x84\x01\x00\x61""a" ID, 39, false },
		{ STATEMENT_FORM, "\x84\x01\x01\x60" ID, 38, false },
		{ STATEMENT_FORM, "\x84\x01\x01\x61""A" ID, 39, false },
		{ STATEMENT_FORM, "\x84\x01\x01\x61 " ID, 39, false },
		{ STATEMENT_FORM, "\x84\x01\x01\x41""a" ID, 39, false },
		{ STATEMENT_FORM, "\x85\x01\x01\x61""a" ID "\x01", 40, false },
		{ STATEMENT_NODE, "\x84\x02\x61""a" ID ID, 72, true },
		{ STATEMENT_NODE, "\x84\x00\x61""a" ID ID, 72, false },
		{ STATEMENT_SITE, "\x87\x01\x61""a\x09\x00\x01" ID "\xa1\x01\x81\x05", 45, true },
		{ STATEMENT_SITE, "\x87\x01\x61""a\x0c\x04\x01" ID "\xa0", 42, true }, /* a later role and flag */
		{ STATEMENT_SITE, "\x87\x01\x61""a\x00\x00\x01" ID "\xa0", 42, false },
		{ STATEMENT_SITE, "\x87\x01\x61""a\x09\x00\x00" ID "\xa0", 42, false },
		{ STATEMENT_SITE, "\x87\x01\x61""a\x09\x00\x01" ID "\xa1\x01\x80", 44, false }, /* no roles */
		{ STATEMENT_SITE, "\x87\x01\x61""a\x09\x00\x01" ID "\xa1\x00\x81\x05", 45, false },
		{ STATEMENT_SITE, "\x87\x01\x61""a\x09\x00\x01" ID "\xa1\x01\x82\x05\x05", 46, false },
		{ STATEMENT_SITE, "\x87\x01\x61""a\x09\x00\x01" ID "\xa1\x01\x82\x05\x04", 46, false },
		{ STATEMENT_SITE, "\x87\x01\x61""a\x09\x00\x01" ID "\xa1\x01\x81\x00", 45, false },
		{ STATEMENT_SITE, "\x87\x01\x61""a\x09\x00\x01" ID "\xa1\x01\x81\x18\x3f", 46, true },
		{ STATEMENT_SITE, "\x87\x01\x61""a\x09\x00\x01" ID "\xa1\x01\x81\x18\x40", 46, false },
		{ STATEMENT_APPOINT, "\x85\x02" ID "\x61""a\xa1\x01\x81\x05\xa0", 43, true },
		{ STATEMENT_APPOINT, "\x85\x02" ID "\x61""a\xa1\x01\x81\x05\xf6", 43, false },
		{ STATEMENT_RETIRE, "\x82" ID "\x00", 36, true },
		{ STATEMENT_RETIRE, "\x82" ID "\xf6", 36, false },
		{ STATEMENT_RETIRE, "\x82" ID "\x1a\x80\0\0\0", 40, false },
		{ STATEMENT_REVOKE, "\x82" ID "\x00", 36, false }, /* not judged by this version */
	};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct statement *s = NULL;
		struct buf body;
		buf_init(&body, STATEMENT_BLOB_MAX);
		make(room, tries[i].code);
		replace(room, &body, 8, tries[i].args, tries[i].size);
		assert_int_equal(keep(room, &s, buf_bytes(&body), tries[i].code > STATEMENT_FORM), ERR_OK);
		if (s->valid != tries[i].valid)
			fail_msg("try %zu", i);
		assert_true(bytes_equal(s->args, bytes_of(tries[i].args, tries[i].size)));
		buf_clear(&body);
	}
}

/* Changes one thing of a good founding and tries to write it. */
static enum err found(struct room *room, uint32_t k, const struct officer_id *keys, uint32_t count,
	struct bytes name)
{
	struct statement s;
	struct err_text why = { "" };
	sample_statement(&s, STATEMENT_FOUND);
	s.as.found.k = k;
	s.as.found.keys = keys;
	s.as.found.key_count = count;
	s.as.found.name = name;
	buf_reset(&room->other);
	enum err e = statement_encode_body(&room->other, &s, &why);
	assert_int_equal(why.text[0] != '\0', e != ERR_OK);
	assert_int_equal(room->other.size == 0, e != ERR_OK);
	return e;
}

static void a_founding_needs_more_than_half_of_few_keys(void **state)
{
	struct room *room = *state;
	struct officer_id keys[16];
	char long_name[130];
	for (uint8_t i = 0; i < 16; i++)
		sample_fill(&keys[i], 32, i);
	memset(long_name, 'n', sizeof long_name);
	struct bytes name = bytes_text("n");
	assert_int_equal(found(room, 1, keys, 1, name), ERR_OK);
	assert_int_equal(found(room, 0, keys, 1, name), ERR_FORMAT);
	assert_int_equal(found(room, 2, keys, 1, name), ERR_FORMAT);
	assert_int_equal(found(room, 1, keys, 2, name), ERR_FORMAT);
	assert_int_equal(found(room, 2, keys, 2, name), ERR_OK);
	assert_int_equal(found(room, 2, keys, 3, name), ERR_OK);
	assert_int_equal(found(room, 2, keys, 4, name), ERR_FORMAT);
	assert_int_equal(found(room, 8, keys, 15, name), ERR_OK);
	assert_int_equal(found(room, 9, keys, 16, name), ERR_FORMAT);
	assert_int_equal(found(room, 0, keys, 0, name), ERR_FORMAT);
	keys[2] = keys[1];
	assert_int_equal(found(room, 2, keys, 3, name), ERR_FORMAT);
	assert_int_equal(found(room, 1, keys, 1, bytes_text("")), ERR_FORMAT);
	assert_int_equal(found(room, 1, keys, 1, bytes_text("a\nb")), ERR_FORMAT);
	assert_int_equal(found(room, 1, keys, 1, bytes_text("\xff")), ERR_FORMAT);
	assert_int_equal(found(room, 1, keys, 1, bytes_of(long_name, 128)), ERR_OK);
	assert_int_equal(found(room, 1, keys, 1, bytes_of(long_name, 129)), ERR_FORMAT);
}

static void the_writer_writes_nothing_that_has_no_effect(void **state)
{
	struct room *room = *state;
	struct statement s;
	static const struct form_roles none = { 1, 0 }, down[] = { { 2, 4 }, { 1, 4 } };
	sample_statement(&s, STATEMENT_SITE);
	s.as.site.name = bytes_text("Reception");
	assert_int_equal(statement_encode_body(&room->other, &s, NULL), ERR_FORMAT);
	sample_statement(&s, STATEMENT_SITE);
	s.as.site.readers = (struct form_roles_list){ &none, 1 };
	assert_int_equal(statement_encode_body(&room->other, &s, NULL), ERR_FORMAT);
	s.as.site.readers = (struct form_roles_list){ down, 2 };
	assert_int_equal(statement_encode_body(&room->other, &s, NULL), ERR_FORMAT);
	sample_statement(&s, STATEMENT_REVOKE);
	s.args = bytes_of("\x18\x01", 2);
	assert_int_equal(statement_encode_body(&room->other, &s, NULL), ERR_FORMAT);
	s.args = bytes_of("", 0);
	assert_int_equal(statement_encode_body(&room->other, &s, NULL), ERR_FORMAT);
	assert_int_equal(room->other.size, 0);
}

static void names_are_plain(void **state)
{
	(void)state;
	char name[66];
	memset(name, 'a', sizeof name);
	assert_true(statement_name_is_valid(bytes_text("m.weber_2-x")));
	assert_true(statement_name_is_valid(bytes_of(name, 64)));
	assert_false(statement_name_is_valid(bytes_of(name, 65)));
	assert_false(statement_name_is_valid(bytes_of(name, 0)));
	static const char *const bad[] = { "A", "a b", "a/b", "a@b", "\xc3\xa9", "a\n", "`", "{", ":" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(statement_name_is_valid(bytes_text(bad[i])));
	assert_string_equal(statement_name(STATEMENT_APPOINT), "appoint");
	assert_string_equal(statement_name(99), "unknown");
	assert_string_equal(site_role_name(SITE_RELAY), "relay");
	assert_string_equal(site_role_name(0), "unknown");
	assert_int_equal(site_role_find(bytes_text("medical")), SITE_MEDICAL);
	assert_int_equal(site_role_find(bytes_text("unknown")), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_code_comes_back),
		TEST(arguments_are_decoded),
		TEST(every_bit_of_a_blob_counts),
		TEST(a_signature_is_for_this_purpose_only),
		TEST(an_officer_signs_alone),
		TEST(signatures_are_sorted_unique_and_few),
		TEST(the_frame_of_a_body_has_one_form),
		TEST(arguments_that_do_not_decode_are_kept_and_not_valid),
		TEST(a_founding_needs_more_than_half_of_few_keys),
		TEST(the_writer_writes_nothing_that_has_no_effect),
		TEST(names_are_plain),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
