/* Epoch keys: commitment, payload key, boxes and shares, and every way in which a grant does not hold. */
#include "schema/grant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>

#include "schema/payload.h"
#include "tests/support/hex.h"
#include "tests/support/sample.h"

/* A sample opening with the decoded grant of its second compartment. */
struct granted {
	struct sample s;
	struct act_grant g;
	struct box_key site[2];
};

static int set_up(void **state)
{
	static struct granted x;
	sample_make(&x.s, SAMPLE_OPENING, NULL);
	assert_int_equal(act_decode_grant(&x.g, &x.s.arena, x.s.change.acts[1].args), ERR_OK);
	assert_true(x.g.valid && x.g.compartment == 3);
	sample_box_key(&x.site[0], SAMPLE_SITE_1);
	sample_box_key(&x.site[1], SAMPLE_SITE_2);
	*state = &x;
	return 0;
}

static int tear_down(void **state)
{
	struct granted *x = *state;
	box_key_clear(&x->site[0]);
	box_key_clear(&x->site[1]);
	sample_clear(&x->s);
	return 0;
}

static void each_site_of_an_opening_reads_it(void **state)
{
	struct granted *x = *state;
	const struct change *c = &x->s.change;
	for (uint32_t i = 0; i < 2; i++) {
		struct secret epoch, key;
		struct payload p;
		const struct grant_context gx = { &c->federation, &c->case_id, 3 };
		const struct payload_context px = { &c->federation, &c->case_id, 3, x->g.commitment, &c->officer,
			c->parents, 0 };
		assert_int_equal(grant_open(&epoch, c, &x->g, x->g.commitment, i + 1, &x->site[i], x->s.grants[1]),
			ERR_OK);
		assert_int_equal(grant_payload_key(&key, &epoch, &gx), ERR_OK);
		assert_int_equal(payload_open(&p, &x->s.arena, &key, &px, x->s.payloads[1]), ERR_OK);
		assert_true(p.valid);
		assert_int_equal(p.ops[0].field, 40);
		secret_free(&epoch);
		secret_free(&key);
	}
}

static enum err try_open(struct granted *x, uint32_t site, size_t key, struct bytes blob)
{
	struct secret epoch;
	enum err e = grant_open(&epoch, &x->s.change, &x->g, x->g.commitment, site, &x->site[key], blob);
	assert_int_equal(secret_is_set(&epoch), e == ERR_OK);
	secret_free(&epoch);
	return e;
}

static void a_grant_that_does_not_hold_is_refused(void **state)
{
	struct granted *x = *state;
	struct bytes blob = x->s.grants[1];
	uint8_t altered[96] = { 0 };
	assert_int_equal(try_open(x, 1, 0, blob), ERR_OK);
	assert_int_equal(try_open(x, 1, 1, blob), ERR_CRYPTO); /* another site's key */
	assert_int_equal(try_open(x, 2, 0, blob), ERR_CRYPTO);
	assert_int_equal(try_open(x, 3, 0, blob), ERR_NOT_FOUND);
	assert_int_equal(try_open(x, 1, 0, x->s.grants[0]), ERR_CRYPTO); /* of another compartment */
	memcpy(altered, blob.data, blob.size);
	assert_int_equal(try_open(x, 1, 0, bytes_of(altered, blob.size - 1)), ERR_CRYPTO);
	assert_int_equal(try_open(x, 1, 0, bytes_of(altered, blob.size + 32)), ERR_CRYPTO);
	assert_int_equal(try_open(x, 1, 0, bytes_of(altered, 0)), ERR_CRYPTO);
	for (size_t i = 0; i < blob.size; i++) {
		altered[i] ^= 1;
		/* Each site depends on its own share alone. */
		assert_int_equal(try_open(x, 1, 0, bytes_of(altered, blob.size)), i < 32 ? ERR_CRYPTO : ERR_OK);
		assert_int_equal(try_open(x, 2, 1, bytes_of(altered, blob.size)), i < 32 ? ERR_OK : ERR_CRYPTO);
		altered[i] ^= 1;
	}
	uint8_t *const bound[] = { x->g.commitment, x->s.change.federation.b, x->s.change.case_id.b };
	for (size_t i = 0; i < sizeof bound / sizeof *bound; i++) {
		bound[i][7] ^= 1;
		assert_int_equal(try_open(x, 1, 0, blob), ERR_CRYPTO);
		bound[i][7] ^= 1;
	}
	x->s.change.box_count = 1;
	assert_int_equal(try_open(x, 2, 1, blob), ERR_NOT_FOUND);
	x->s.change.box_count = 2;
	x->g.site_count = 1;
	assert_int_equal(try_open(x, 2, 1, bytes_of(blob.data, 32)), ERR_NOT_FOUND);
}

static void a_box_is_a_stock_sealed_box(void **state)
{
	struct granted *x = *state;
	uint8_t wrap[32], expected[32];
	struct secret opened;
	memset(expected, 0x31, sizeof expected);
	const struct change_box *box = grant_find_box(&x->s.change, 1);
	assert_non_null(box);
	assert_int_equal(crypto_box_seal_open(wrap, box->box, sizeof box->box, x->site[0].public_key,
		x->site[0].secret.b), 0);
	assert_memory_equal(wrap, expected, 32);
	assert_int_equal(grant_open_box(&opened, &x->site[0], box->box), ERR_OK);
	assert_memory_equal(opened.b, expected, 32);
	secret_free(&opened);
	assert_int_equal(grant_open_box(&opened, &x->site[1], box->box), ERR_CRYPTO);
	assert_false(secret_is_set(&opened));
	assert_null(grant_find_box(&x->s.change, 9));
}

static void nothing_is_sealed_to_a_key_of_small_order(void **state)
{
	(void)state;
	static const uint8_t zero[32] = { 0 };
	uint8_t box[GRANT_BOX_SIZE];
	struct secret seed, wrap;
	sample_secret(&seed, 1);
	sample_secret(&wrap, 2);
	assert_int_equal(grant_seal_box(box, zero, &seed, &wrap), ERR_CRYPTO);
	secret_free(&seed);
	secret_free(&wrap);
}

/* What an independent BLAKE2b of the spelt-out input gives: tests/tools/formats.py computes it too. */
static void derivations_follow_the_format(void **state)
{
	(void)state;
	static const uint8_t context[] = "\x82\x74" "dossier commitment 1" "\x58\x35";
	static const uint8_t data[] = { 0x83, 0x58, 0x20 };
	uint8_t input[256], expected[32], commitment[32];
	size_t size = 0;
	struct federation_id f;
	struct case_id c;
	struct secret epoch;
	sample_fill(&f, sizeof f, 0xfe);
	sample_fill(&c, sizeof c, 0x0c);
	sample_secret(&epoch, 0x21);
	memcpy(input, context, sizeof context - 1);
	size += sizeof context - 1;
	memcpy(input + size, data, sizeof data);
	size += sizeof data;
	memcpy(input + size, f.b, 32);
	size += 32;
	input[size++] = 0x50;
	memcpy(input + size, c.b, 16);
	size += 16;
	input[size++] = 0x05;
	crypto_generichash(expected, 32, input, size, epoch.b, 32);
	const struct grant_context x = { &f, &c, 5 };
	assert_int_equal(grant_commitment(commitment, &epoch, &x), ERR_OK);
	assert_memory_equal(commitment, expected, 32);
	secret_free(&epoch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_site_of_an_opening_reads_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_grant_that_does_not_hold_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_box_is_a_stock_sealed_box, set_up, tear_down),
		cmocka_unit_test(nothing_is_sealed_to_a_key_of_small_order),
		cmocka_unit_test(derivations_follow_the_format),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
