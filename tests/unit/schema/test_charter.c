/* The charter: what is kept, what waits, what is refused, and what counts. */
#include "base/cbor.h"
#include "schema/charter_now.h"
#include "tests/support/charter_base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* ---- Kept */

static void a_statement_waits_for_what_it_names(void **state)
{
	struct charter_base *b = *state;
	struct charter *c = kit_charter(&b->kit);
	struct kit_statement clerk = kit_by(&b->kit, ADMIN, &b->admin, NULL,
		kit_appoint(&b->kit, 1, "clerk", CLERK, R1, 0));
	struct kit_statement node = kit_by(&b->kit, ADMIN, &b->admin, &clerk, kit_node(1, "pc", NODE));
	struct charter_admission a = kit_admit(c, &clerk, CHARTER_WAITS);
	assert_memory_equal(a.missing.b, b->kit.first.id.b, sizeof a.missing.b);
	kit_keep(c, &b->kit.first, CHARTER_COUNTS);
	a = kit_admit(c, &b->admin, CHARTER_WAITS);
	assert_memory_equal(a.missing.b, b->site.id.b, sizeof a.missing.b);
	kit_keep(c, &b->site, CHARTER_COUNTS);
	kit_keep(c, &b->admin, CHARTER_COUNTS);
	a = kit_admit(c, &node, CHARTER_WAITS);
	assert_memory_equal(a.missing.b, clerk.id.b, sizeof a.missing.b);
	kit_keep(c, &clerk, CHARTER_COUNTS);
	kit_keep(c, &node, CHARTER_COUNTS);
	a = kit_admit(c, &node, CHARTER_KNOWN);
	assert_ptr_equal(a.entry, kit_entry(c, &node));
	assert_int_equal(charter_count(c), 5);
	charter_free(c);
}

static void expect_refusal(struct charter *c, const struct kit_statement *s, enum charter_refusal refusal)
{
	struct charter_admission a = kit_admit(c, s, CHARTER_REFUSED);
	assert_string_equal(charter_refusal_name(a.refusal), charter_refusal_name(refusal));
	assert_null(charter_find(c, &s->id));
}

static void what_can_never_be_kept_is_refused_with_its_reason(void **state)
{
	struct charter_base *b = *state;
	const uint8_t wrong = CLERK, root = KIT_ROOT;
	struct statement words = kit_node(1, "pc", NODE);
	words.federation = b->kit.federation;
	words.superior = b->kit.first.id;
	words.previous = b->admin.id;
	words.position = b->admin.words.position + 1;
	struct kit_statement s = kit_sign(&b->kit, words, &wrong, 1);
	expect_refusal(b->charter, &s, CHARTER_NO_QUORUM);

	words.position++;
	s = kit_sign(&b->kit, words, &root, 1);
	expect_refusal(b->charter, &s, CHARTER_BAD_CHAIN);
	words.position--;

	words.superior = b->site.id;
	s = kit_sign(&b->kit, words, &root, 1);
	expect_refusal(b->charter, &s, CHARTER_BAD_SUPERIOR);
	words.superior = b->kit.first.id;

	words.federation.b[0] ^= 1;
	s = kit_sign(&b->kit, words, &root, 1);
	expect_refusal(b->charter, &s, CHARTER_OTHER_FEDERATION);
	words.federation.b[0] ^= 1;

	s = kit_by(&b->kit, CLERK, &b->admin, NULL, kit_node(1, "pc", NODE));
	expect_refusal(b->charter, &s, CHARTER_BAD_SUPERIOR);
	s = kit_by(&b->kit, ADMIN, &b->admin, &b->admin, kit_node(1, "pc", NODE));
	expect_refusal(b->charter, &s, CHARTER_BAD_CHAIN);

	/* The control: the same words, rightly signed and placed. */
	s = kit_sign(&b->kit, words, &root, 1);
	kit_keep(b->charter, &s, CHARTER_COUNTS);
}

static void altered_bytes_are_refused_and_leave_no_trace(void **state)
{
	struct charter_base *b = *state;
	struct kit_statement s = kit_by_root(&b->kit, &b->admin, kit_node(1, "pc", NODE));
	struct hash256 before, after;
	assert_int_equal(charter_digest(&before, b->charter), ERR_OK);
	for (size_t i = 0; i < s.blob.size; i++) {
		struct kit_statement altered = s;
		uint8_t *copy = arena_copy(&b->kit.arena, s.blob.data, s.blob.size);
		assert_non_null(copy);
		copy[i] ^= 0x20;
		altered.blob = bytes_of(copy, s.blob.size);
		struct charter_admission a;
		assert_int_equal(charter_admit(&a, b->charter, altered.blob, NULL), ERR_OK);
		assert_true(a.verdict == CHARTER_REFUSED || a.verdict == CHARTER_WAITS);
	}
	assert_int_equal(charter_digest(&after, b->charter), ERR_OK);
	assert_memory_equal(&before, &after, sizeof before);
	kit_keep(b->charter, &s, CHARTER_COUNTS);
	assert_int_equal(charter_digest(&after, b->charter), ERR_OK);
	assert_memory_not_equal(&before, &after, sizeof before);
}

static void a_charter_without_a_federation_takes_the_first_that_comes(void **state)
{
	struct charter_base *b = *state;
	struct charter *c = NULL;
	assert_int_equal(charter_new(&c, NULL), ERR_OK);
	assert_null(charter_federation(c));
	assert_null(charter_root_head(c));
	struct charter_admission a = kit_admit(c, &b->admin, CHARTER_WAITS);
	assert_memory_equal(a.missing.b, b->kit.federation.b, sizeof a.missing.b);
	kit_keep(c, &b->kit.first, CHARTER_COUNTS);
	assert_memory_equal(charter_federation(c), &b->kit.federation, sizeof b->kit.federation);
	assert_ptr_equal(charter_first(c), kit_entry(c, &b->kit.first));
	charter_free(c);

	struct federation_id other = b->kit.federation;
	other.b[0] ^= 1;
	assert_int_equal(charter_new(&c, &other), ERR_OK);
	expect_refusal(c, &b->kit.first, CHARTER_OTHER_FEDERATION);
	charter_free(c);
}

static int compare_officers(const void *a, const void *b)
{
	return officer_id_compare(a, b);
}

static void k_of_n_root_keys_are_needed(void **state)
{
	struct charter_base *b = *state;
	struct officer_id keys[3] = { kit_officer(1), kit_officer(2), kit_officer(3) };
	qsort(keys, 3, sizeof *keys, compare_officers);
	struct statement words = { .code = STATEMENT_FOUND };
	words.as.found = (struct statement_found){ .name = bytes_text("Three"), .k = 2, .keys = keys,
		.key_count = 3 };
	const uint8_t signers[] = { 1, 2, 9, 3 };
	struct charter *c = NULL;
	assert_int_equal(charter_new(&c, NULL), ERR_OK);
	struct kit_statement first = kit_sign(&b->kit, words, signers, 1);
	expect_refusal(c, &first, CHARTER_NO_QUORUM);
	assert_null(charter_federation(c));
	first = kit_sign(&b->kit, words, signers + 1, 2); /* one of them is nobody's */
	expect_refusal(c, &first, CHARTER_NO_QUORUM);
	first = kit_sign(&b->kit, words, signers + 1, 3);
	kit_keep(c, &first, CHARTER_COUNTS);
	charter_free(c);
}

/* ---- Counting */

static void an_officer_gives_only_what_he_may(void **state)
{
	struct charter_base *b = *state;
	struct charter_kit *k = &b->kit;
	const struct {
		struct statement words;
		enum charter_standing standing;
	} rows[] = {
		{ kit_appoint(k, 1, "clerk", CLERK, R1, 0), CHARTER_COUNTS },
		{ kit_appoint(k, 1, "clerk", CLERK, R1 | R2, R1), CHARTER_COUNTS },
		{ kit_appoint(k, 1, "clerk", CLERK, R3, 0), CHARTER_NOT_ENTITLED },
		{ kit_appoint(k, 1, "clerk", CLERK, R1, R3), CHARTER_NOT_ENTITLED },
		{ kit_appoint(k, 2, "clerk", CLERK, R1, 0), CHARTER_NOT_ENTITLED },
		{ kit_node(1, "pc", NODE), CHARTER_COUNTS },
		{ kit_node(2, "pc", NODE), CHARTER_NOT_ENTITLED },
		{ kit_site(k, 2, "other", SITE_RECEPTION, R1), CHARTER_NOT_ENTITLED },
		{ kit_form(KIT_FORM, 1, "small", 1), CHARTER_NOT_ENTITLED },
		{ kit_retire(&b->admin, 0), CHARTER_NOT_ENTITLED },
		{ kit_retire(&b->site, 0), CHARTER_NOT_ENTITLED },
		{ kit_other(k, 4711, bytes_text("\x01")), CHARTER_NO_EFFECT },
		{ kit_other(k, STATEMENT_REVOKE, bytes_text("\x01")), CHARTER_NO_EFFECT },
		{ kit_other(k, STATEMENT_ROOT, bytes_text("\x01")), CHARTER_NOT_ENTITLED },
	};
	struct kit_statement previous, s;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		s = kit_by(k, ADMIN, &b->admin, i ? &previous : NULL, rows[i].words);
		kit_keep(b->charter, &s, rows[i].standing);
		previous = s;
	}
	/* Someone who may appoint nobody enrols nothing either, and what stands on nothing falls. */
	struct kit_statement clerk = kit_by(k, ADMIN, &b->admin, &previous,
		kit_appoint(k, 1, "doctor", DOCTOR, R1, 0));
	kit_keep(b->charter, &clerk, CHARTER_COUNTS);
	s = kit_by(k, DOCTOR, &clerk, NULL, kit_node(1, "pc", NODE));
	kit_keep(b->charter, &s, CHARTER_NOT_ENTITLED);
	struct kit_statement below = kit_by(k, DOCTOR, &clerk, &s, kit_appoint(k, 1, "x", 0x31, R1, 0));
	kit_keep(b->charter, &below, CHARTER_NOT_ENTITLED);
	s = kit_by(k, DOCTOR, &clerk, &below, kit_appoint(k, 1, "x", 0x31, 0, 0)); /* not even without a role */
	kit_keep(b->charter, &s, CHARTER_NOT_ENTITLED);
	s = kit_by(k, 0x31, &below, NULL, kit_node(1, "pc", NODE));
	kit_keep(b->charter, &s, CHARTER_SUPERIOR);
}

static void the_root_does_not_contradict_itself(void **state)
{
	struct charter_base *b = *state;
	struct charter_kit *k = &b->kit;
	struct statement again = kit_site(k, 1, "centre", SITE_CENTRAL, R1);
	struct statement renamed = kit_site(k, 1, "head", SITE_CENTRAL, R1);
	struct statement other_key = again, second_key = again, number_alone = again;
	other_key.as.site.encryption_key[0] ^= 1;
	second_key.as.site.encryption_key[0] ^= 1;
	second_key.as.site.keyno = 2;
	number_alone.as.site.keyno = 2;
	const struct {
		struct statement words;
		enum charter_standing standing;
	} rows[] = {
		{ kit_site(k, 2, "centre", SITE_RECEPTION, R1), CHARTER_TAKEN },
		{ other_key, CHARTER_TAKEN },
		{ number_alone, CHARTER_TAKEN },
		{ again, CHARTER_COUNTS },
		{ second_key, CHARTER_COUNTS },
		{ again, CHARTER_TAKEN },
		{ kit_form(9, 1, "small", 1), CHARTER_COUNTS },
		{ kit_form(9, 1, "small", 2), CHARTER_TAKEN },
		{ kit_form(9, 2, "large", 2), CHARTER_TAKEN },
		{ kit_form(8, 1, "small", 2), CHARTER_TAKEN },
		{ kit_form(9, 2, "small", 2), CHARTER_COUNTS },
		{ kit_form(8, 1, "large", 2), CHARTER_COUNTS },
	};
	struct kit_statement previous = b->admin;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct kit_statement s = kit_by_root(k, &previous, rows[i].words);
		kit_keep(b->charter, &s, rows[i].standing);
		previous = s;
	}
	assert_int_equal(charter_site(b->charter, 1)->statement->as.site.keyno, 2);
	assert_memory_equal(charter_site_key(b->charter, 1, 1), again.as.site.encryption_key, 32);
	assert_memory_equal(charter_site_key(b->charter, 1, 2), second_key.as.site.encryption_key, 32);
	assert_null(charter_site_key(b->charter, 1, 3));
	assert_int_equal(charter_form(b->charter, 9, 0)->statement->as.form.version, 2);
	assert_int_equal(charter_form(b->charter, 9, 1)->statement->as.form.hash.b[0], 1);
	assert_null(charter_form(b->charter, 9, 3));
	renamed.as.site.keyno = 2;
	renamed.as.site.encryption_key[0] ^= 1;
	struct kit_statement s = kit_by_root(k, &previous, renamed);
	kit_keep(b->charter, &s, CHARTER_COUNTS);
	assert_null(charter_site_named(b->charter, bytes_text("centre")));
	struct kit_statement t = kit_by_root(k, &s, kit_site(k, 2, "centre", SITE_RELAY, 0));
	kit_keep(b->charter, &t, CHARTER_COUNTS); /* the name is free again */
	assert_true(charter_is_custodian(b->charter, 2));
	assert_false(charter_is_custodian(b->charter, 1));
}

static void new_root_keys_take_over_where_they_stand(void **state)
{
	struct charter_base *b = *state;
	struct charter_kit *k = &b->kit;
	const uint8_t fresh = 0x41, old = KIT_ROOT;
	struct officer_id key = kit_officer(fresh);
	struct buf args;
	buf_init(&args, 256);
	cbor_put_array(&args, 2);
	cbor_put_uint(&args, 1);
	cbor_put_array(&args, 1);
	cbor_put_bytes(&args, bytes_of(key.b, sizeof key.b));
	struct kit_statement root = kit_by_root(k, &b->admin, kit_other(k, STATEMENT_ROOT, buf_bytes(&args)));
	buf_clear(&args);
	kit_keep(b->charter, &root, CHARTER_COUNTS);
	assert_ptr_equal(charter_root_keys(b->charter), kit_entry(b->charter, &root));
	struct kit_statement stale = kit_by_root(k, &root, kit_node(1, "pc", NODE));
	struct statement words = kit_node(1, "pc", NODE);
	words.federation = k->federation;
	words.superior = root.id;
	words.previous = stale.id;
	words.position = stale.words.position + 1;
	kit_keep(b->charter, &stale, CHARTER_SUPERIOR); /* kept: the first statement lists the key */
	struct kit_statement s = kit_sign(k, words, &old, 1);
	expect_refusal(b->charter, &s, CHARTER_NO_QUORUM);
	s = kit_sign(k, words, &fresh, 1);
	kit_keep(b->charter, &s, CHARTER_COUNTS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, charter_base_set_up, charter_base_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_statement_waits_for_what_it_names),
		TEST(what_can_never_be_kept_is_refused_with_its_reason),
		TEST(altered_bytes_are_refused_and_leave_no_trace),
		TEST(a_charter_without_a_federation_takes_the_first_that_comes),
		TEST(k_of_n_root_keys_are_needed),
		TEST(an_officer_gives_only_what_he_may),
		TEST(the_root_does_not_contradict_itself),
		TEST(new_root_keys_take_over_where_they_stand),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
