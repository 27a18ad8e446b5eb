/* Payloads: both ways, sealed and open; what is not exactly one is invalid and never an error. */
#include "schema/payload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cbor.h"
#include "schema/grant.h"
#include "tests/support/hex.h"
#include "tests/support/sample.h"

struct room {
	struct arena arena;
	struct buf plain;
};

static int set_up(void **state)
{
	static struct room room;
	arena_init(&room.arena, 64 * 1024 * 1024);
	buf_init(&room.plain, 4 * SEAL_PLAIN_MAX);
	*state = &room;
	return 0;
}

static int tear_down(void **state)
{
	struct room *room = *state;
	arena_clear(&room->arena);
	buf_clear(&room->plain);
	return 0;
}

/* Decodes the bytes after padding them to their bucket. */
static bool is_valid(struct room *room, const void *data, size_t size)
{
	struct payload p;
	buf_reset(&room->plain);
	buf_put(&room->plain, data, size);
	buf_put_zeros(&room->plain, seal_bucket(size) - size);
	assert_int_equal(payload_decode(&p, &room->arena, buf_bytes(&room->plain)), ERR_OK);
	assert_true(p.valid || (p.op_count == 0 && p.ops == NULL && p.role == 0));
	return p.valid;
}

static void operations_come_back(void **state)
{
	struct room *room = *state;
	const struct op ops[] = {
		{ .field = 1, .code = OP_SET, .value = bytes_of("\x63""abc", 4) },
		{ .field = 300, .code = OP_ADD, .value = bytes_of("\x07", 1), .basis = 2 },
		{ .field = 0, .code = 4000, .value = bytes_of("\xa1\x01\xf6", 3) }, /* of a later version */
	};
	struct payload p;
	assert_int_equal(payload_encode(&room->plain, 2, ops, 3), ERR_OK);
	assert_hex_equal(room->plain.data, room->plain.size, "82028383010163616263" "8419012c020702"
		"8300190fa0a101f6");
	size_t size = room->plain.size;
	buf_put_zeros(&room->plain, seal_bucket(size) - size);
	assert_int_equal(payload_decode(&p, &room->arena, buf_bytes(&room->plain)), ERR_OK);
	buf_wipe(&room->plain); /* nothing is borrowed */
	assert_true(p.valid);
	assert_int_equal(p.role, 2);
	assert_int_equal(p.op_count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(p.ops[i].field, ops[i].field);
		assert_int_equal(p.ops[i].code, ops[i].code);
		assert_int_equal(p.ops[i].basis, ops[i].basis);
		assert_true(bytes_equal(p.ops[i].value, ops[i].value));
	}
}

static void what_is_not_exactly_a_payload_is_invalid(void **state)
{
	struct room *room = *state;
	static const struct { const char *bytes; size_t size; bool valid; } tries[] = {
		{ "\x82\x02\x80", 3, true },                       /* control: no operations */
		{ "\x82\x02\x81\x83\x01\x01\x07", 7, true },       /* control */
		{ "\x82\x02\x81\x83\x01\x01\x00", 7, true },       /* control: its last byte is a zero */
		{ "\x82\x00\x80", 3, true },
		{ "", 0, false },
		{ "\x80", 1, false },
		{ "\x81\x02", 2, false },
		{ "\x83\x02\x80\x80", 4, false },
		{ "\x82\x18\x40\x80", 4, false },                  /* role 64 */
		{ "\x82\x18\x02\x80", 4, false },                  /* not the shortest form */
		{ "\x82\x02\xa0", 3, false },
		{ "\x82\x02\x81\x82\x01\x01", 6, false },          /* no value */
		{ "\x82\x02\x81\x85\x01\x01\x07\x01\x01", 9, false },
		{ "\x82\x02\x81\x83\x01\x00\x07", 7, false },      /* op 0 */
		{ "\x82\x02\x81\x84\x01\x01\x07\x00", 8, false },  /* basis 0 is spelt by leaving it out */
		{ "\x82\x02\x81\x83\x20\x01\x07", 7, false },
		{ "\x82\x02\x81\x83\x1a\x80\0\0\0\x01\x07", 11, false },
		{ "\x82\x02\x81\x83\x01\x01\xf9\0\0", 9, false },  /* a float */
		{ "\x82\x02\x81\x83\x01\x01\xc0\x01", 8, false },  /* a tag */
		{ "\x82\x02\x81\x83\x01\x01\xa2\x02\x01\x01\x01", 11, false }, /* keys out of order */
		{ "\x82\x02\x81\x83\x01\x01\x61\xff", 8, false },
		{ "\x82\x02\x9f\xff", 4, false },
		{ "\x82\x02\x80\x01", 4, false },                  /* not only zeros follow */
	};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		if (is_valid(room, tries[i].bytes, tries[i].size) != tries[i].valid)
			fail_msg("try %zu", i);
	}
}

static void the_bucket_is_the_smallest_that_holds_it(void **state)
{
	struct room *room = *state;
	static const size_t sizes[] = { 0, 3, 16, 31, 32, 33, 64, 128, 256 };
	struct payload p;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		buf_reset(&room->plain);
		buf_put(&room->plain, "\x82\x02\x80", 3);
		if (sizes[i] > 3)
			buf_put_zeros(&room->plain, sizes[i] - 3);
		room->plain.size = sizes[i];
		assert_int_equal(payload_decode(&p, &room->arena, buf_bytes(&room->plain)), ERR_OK);
		assert_int_equal(p.valid, sizes[i] == 32);
	}
}

static void depth_and_count_have_bounds(void **state)
{
	struct room *room = *state;
	static struct op ops[OPS_MAX + 1];
	static const uint8_t nested[15] = { 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81,
		0x81, 0x81, 0x81, 0x80 };
	/* The item itself takes three levels: the payload, its operations, the operation. */
	const struct op deep = { .field = 1, .code = OP_SET, .value = bytes_of(nested + 2, 13) };
	const struct op deeper = { .field = 1, .code = OP_SET, .value = bytes_of(nested + 1, 14) };
	assert_int_equal(payload_encode(&room->plain, 1, &deep, 1), ERR_OK);
	uint8_t bytes[6 + 14];
	assert_int_equal(room->plain.size, 6 + 13);
	memcpy(bytes, room->plain.data, 6 + 13);
	assert_true(is_valid(room, bytes, 6 + 13));
	buf_reset(&room->plain);
	assert_int_equal(payload_encode(&room->plain, 1, &deeper, 1), ERR_LIMIT);
	assert_int_equal(room->plain.size, 0);
	memmove(bytes + 7, bytes + 6, 13); /* one array more around the value */
	bytes[6] = 0x81;
	assert_false(is_valid(room, bytes, 6 + 14));

	for (size_t i = 0; i < OPS_MAX + 1; i++)
		ops[i] = (struct op){ .field = 1, .code = OP_SET, .value = bytes_of("\x01", 1) };
	buf_reset(&room->plain);
	assert_int_equal(payload_encode(&room->plain, 1, ops, OPS_MAX), ERR_OK);
	buf_put_zeros(&room->plain, seal_bucket(room->plain.size) - room->plain.size);
	struct payload p;
	assert_int_equal(payload_decode(&p, &room->arena, buf_bytes(&room->plain)), ERR_OK);
	assert_true(p.valid);
	assert_int_equal(p.op_count, OPS_MAX);
	buf_reset(&room->plain);
	assert_int_equal(payload_encode(&room->plain, 1, ops, OPS_MAX + 1), ERR_LIMIT);
	/* One more than the cap, in good CBOR. */
	buf_put(&room->plain, "\x82\x01\x99\x10\x01", 5);
	for (size_t i = 0; i < OPS_MAX + 1; i++)
		buf_put(&room->plain, "\x83\x01\x01\x01", 4);
	buf_put_zeros(&room->plain, seal_bucket(room->plain.size) - room->plain.size);
	assert_int_equal(payload_decode(&p, &room->arena, buf_bytes(&room->plain)), ERR_OK);
	assert_false(p.valid);
}

static void the_writer_takes_only_values_that_are_canonical(void **state)
{
	struct room *room = *state;
	static const struct { const char *bytes; size_t size; } bad[] = { { "", 0 }, { "\x18\x01", 2 },
		{ "\x01\x01", 2 }, { "\x81", 1 }, { "\xf9\0\0", 3 } };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct op op = { .field = 1, .code = OP_SET, .value = bytes_of(bad[i].bytes, bad[i].size) };
		assert_int_equal(payload_encode(&room->plain, 1, &op, 1), ERR_FORMAT);
	}
	const struct op fine = { .field = 1, .code = OP_SET, .value = bytes_of("\x01", 1) };
	struct op op = fine;
	op.code = 0;
	assert_int_equal(payload_encode(&room->plain, 1, &op, 1), ERR_FORMAT);
	op = fine;
	op.field = 0x80000000;
	assert_int_equal(payload_encode(&room->plain, 1, &op, 1), ERR_FORMAT);
	assert_int_equal(payload_encode(&room->plain, 64, &fine, 1), ERR_FORMAT);
	assert_int_equal(room->plain.size, 0);
	assert_int_equal(payload_encode(&room->plain, 63, &fine, 1), ERR_OK);
}

static void the_largest_payload_fits_and_no_larger(void **state)
{
	struct room *room = *state;
	static uint8_t text[SEAL_PLAIN_MAX];
	memset(text, 'a', sizeof text);
	/* [role, [[field, op, text]]]: 6 bytes before the text's head of 5. */
	for (size_t over = 0; over < 2; over++) {
		struct buf value;
		struct payload p;
		buf_init(&value, 2 * SEAL_PLAIN_MAX);
		cbor_put_text(&value, bytes_of(text, SEAL_PLAIN_MAX - 11 + over));
		const struct op op = { .field = 1, .code = OP_SET, .value = buf_bytes(&value) };
		buf_reset(&room->plain);
		assert_int_equal(payload_encode(&room->plain, 1, &op, 1), over ? ERR_LIMIT : ERR_OK);
		if (!over) {
			assert_int_equal(room->plain.size, SEAL_PLAIN_MAX);
			assert_int_equal(payload_decode(&p, &room->arena, buf_bytes(&room->plain)), ERR_OK);
			assert_true(p.valid);
		}
		buf_clear(&value);
	}
}

/* The payload of the sample edit, its context and its key. */
struct sealed {
	struct sample sample;
	struct payload_context x;
	uint8_t commitment[32];
	struct secret key;
};

static void seal(struct sealed *s)
{
	struct secret epoch;
	sample_make(&s->sample, SAMPLE_EDIT, NULL);
	const struct change *c = &s->sample.change;
	const struct grant_context g = { &c->federation, &c->case_id, 1 };
	sample_secret(&epoch, 0x21);
	assert_int_equal(grant_commitment(s->commitment, &epoch, &g), ERR_OK);
	assert_int_equal(grant_payload_key(&s->key, &epoch, &g), ERR_OK);
	s->x = (struct payload_context){ &c->federation, &c->case_id, 1, s->commitment, &c->officer, c->parents,
		c->parent_count };
	secret_free(&epoch);
}

static bool opens(const struct sealed *s, const struct payload_context *x, struct bytes blob)
{
	struct payload p;
	struct arena a;
	arena_init(&a, 1024 * 1024);
	assert_int_equal(payload_open(&p, &a, &s->key, x, blob), ERR_OK);
	arena_clear(&a);
	return p.valid;
}

static void a_payload_opens_in_its_own_context_only(void **state)
{
	(void)state;
	struct sealed s;
	seal(&s);
	struct bytes blob = s.sample.payloads[0];
	struct change *c = &s.sample.change;
	assert_true(opens(&s, &s.x, blob));
	uint8_t *const bound[] = { c->federation.b, c->case_id.b, s.commitment, c->officer.b };
	for (size_t i = 0; i < sizeof bound / sizeof *bound; i++) {
		bound[i][15] ^= 1;
		assert_false(opens(&s, &s.x, blob));
		bound[i][15] ^= 1;
	}
	struct payload_context x = s.x;
	x.compartment = 2;
	assert_false(opens(&s, &x, blob));
	x = s.x;
	x.parent_count = 0;
	assert_false(opens(&s, &x, blob));
	s.key.b[0] ^= 1;
	assert_false(opens(&s, &s.x, blob));
	s.key.b[0] ^= 1;
	uint8_t altered[128];
	memcpy(altered, blob.data, blob.size);
	for (size_t i = 0; i < blob.size; i++) {
		altered[i] ^= 0x80;
		assert_false(opens(&s, &s.x, bytes_of(altered, blob.size)));
		altered[i] ^= 0x80;
		assert_false(opens(&s, &s.x, bytes_of(altered, i)));
	}
	assert_true(opens(&s, &s.x, bytes_of(altered, blob.size)));
	secret_free(&s.key);
	sample_clear(&s.sample);
}

static void without_memory_it_is_an_error_and_no_verdict(void **state)
{
	(void)state;
	struct sealed s;
	struct payload p;
	struct arena none;
	seal(&s);
	arena_init(&none, 0);
	assert_int_equal(payload_open(&p, &none, &s.key, &s.x, s.sample.payloads[0]), ERR_MEMORY);
	assert_false(p.valid);
	secret_free(&s.key);
	sample_clear(&s.sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(operations_come_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_exactly_a_payload_is_invalid, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_bucket_is_the_smallest_that_holds_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(depth_and_count_have_bounds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_writer_takes_only_values_that_are_canonical, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_largest_payload_fits_and_no_larger, set_up, tear_down),
		cmocka_unit_test(a_payload_opens_in_its_own_context_only),
		cmocka_unit_test(without_memory_it_is_an_error_and_no_verdict),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
