/* The portable wire form of a change: what is not exactly it is refused, what is altered is unsigned. */
#include "schema/change.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cbor.h"
#include "tests/support/sample.h"

/* Parses, rebuilds the commit and verifies it: what a receiver does. */
static enum err receive(const struct sample *s, struct bytes wire)
{
	struct change *c = NULL;
	struct err_text why = { "" };
	struct arena a;
	struct buf commit;
	arena_init(&a, 1024 * 1024);
	buf_init(&commit, CHANGE_COMMIT_MAX);
	enum err e = change_parse_wire(&c, &a, &s->change.federation, wire, &why);
	assert_int_equal(e != ERR_OK, why.text[0] != '\0');
	assert_int_equal(c != NULL, e == ERR_OK);
	if (!e)
		e = change_put_commit(&commit, c, s->parents_git);
	if (!e)
		e = change_verify(c, buf_bytes(&commit));
	arena_clear(&a);
	buf_clear(&commit);
	return e;
}

static void every_bit_and_every_end_counts(void **state)
{
	(void)state;
	static const enum sample_kind kinds[] = { SAMPLE_OPENING, SAMPLE_EDIT, SAMPLE_UNKNOWN_ACT };
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		struct sample s;
		struct buf wire;
		buf_init(&wire, CHANGE_WIRE_MAX + 1);
		sample_make(&s, kinds[k], NULL);
		assert_int_equal(change_put_wire(&wire, &s.change), ERR_OK);
		struct bytes bytes = buf_bytes(&wire);
		assert_int_equal(receive(&s, bytes), ERR_OK);
		for (size_t size = 0; size < bytes.size; size++)
			assert_int_equal(receive(&s, bytes_of(bytes.data, size)), ERR_FORMAT);
		for (size_t bit = k; bit < 8 * bytes.size; bit += 3) {
			wire.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_not_equal(receive(&s, bytes), ERR_OK);
			wire.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		buf_put_byte(&wire, 0);
		assert_int_equal(receive(&s, buf_bytes(&wire)), ERR_FORMAT);
		buf_clear(&wire);
		sample_clear(&s);
	}
}

static void another_federation_is_another_change(void **state)
{
	(void)state;
	struct sample s;
	struct buf wire;
	buf_init(&wire, CHANGE_WIRE_MAX);
	sample_make(&s, SAMPLE_EDIT, NULL);
	assert_int_equal(change_put_wire(&wire, &s.change), ERR_OK);
	s.change.federation.b[0] ^= 1;
	assert_int_equal(receive(&s, buf_bytes(&wire)), ERR_CRYPTO);
	s.change.federation.b[0] ^= 1;
	assert_int_equal(receive(&s, buf_bytes(&wire)), ERR_OK);
	buf_clear(&wire);
	sample_clear(&s);
}

/* Replaces the element `place` of the outer array by `item`. */
static void replace(struct buf *out, struct bytes wire, size_t place, struct bytes item)
{
	struct cbor r;
	cbor_begin(&r, wire);
	size_t count = cbor_array(&r, 32);
	buf_reset(out);
	cbor_put_array(out, count);
	for (size_t i = 0; i < count; i++) {
		struct bytes was = cbor_skip(&r);
		cbor_put_raw(out, i == place ? item : was);
	}
	assert_int_equal(buf_err(out), ERR_OK);
}

static void elements_are_of_their_type_and_range(void **state)
{
	(void)state;
	static const struct {
		enum sample_kind kind;
		size_t place;
		const char *item;
		size_t size;
		enum err err;
	} tries[] = {
		{ SAMPLE_EDIT, 0, "\x02", 1, ERR_FORMAT },                          /* version */
		{ SAMPLE_EDIT, 0, "\x00", 1, ERR_FORMAT },
		{ SAMPLE_EDIT, 1, "\x1b\0\0\0\x04\0\0\0\0", 9, ERR_FORMAT },        /* time 2^34 */
		{ SAMPLE_EDIT, 1, "\x20", 1, ERR_FORMAT },
		{ SAMPLE_EDIT, 2, "\x41x", 2, ERR_FORMAT },                         /* a short key */
		{ SAMPLE_EDIT, 5, "\x82\x00\x01", 3, ERR_FORMAT },                  /* form 0 */
		{ SAMPLE_EDIT, 5, "\x83\x01\x01\x01", 4, ERR_FORMAT },
		{ SAMPLE_EDIT, 5, "\x82\x1a\x80\0\0\0\x01", 7, ERR_FORMAT },        /* form 2^31 */
		{ SAMPLE_EDIT, 11, "\x50""0123456789abcdef", 17, ERR_FORMAT },      /* nonce beside parents */
		{ SAMPLE_OPENING, 11, "\xf6", 1, ERR_FORMAT },                      /* neither */
		{ SAMPLE_OPENING, 11, "\x50""0123456789abcdef", 17, ERR_CRYPTO },   /* fine: see schema/keep */
		{ SAMPLE_OPENING, 13, "\x81\x81\x01", 3, ERR_FORMAT },              /* half a box */
		{ SAMPLE_EDIT, 14, "\x81\x83\x01\x18\x40\x41x", 7, ERR_FORMAT },    /* role 64 */
		{ SAMPLE_EDIT, 14, "\x81\x83\x00\x01\x41x", 6, ERR_FORMAT },        /* act 0 */
		{ SAMPLE_EDIT, 14, "\x81\x83\x01\x01\x40", 5, ERR_FORMAT },         /* no arguments */
		{ SAMPLE_EDIT, 14, "\x81\x83\x01\x01\x01", 5, ERR_FORMAT },
		{ SAMPLE_EDIT, 15, "\x81\x84\x01\x01\x40\x01", 6, ERR_FORMAT },     /* epoch 1 */
		{ SAMPLE_EDIT, 16, "\xa0", 1, ERR_FORMAT },
		{ SAMPLE_EDIT, 16, "\x81\x81\x81\x80", 4, ERR_LIMIT },              /* too deep */
		{ SAMPLE_EDIT, 14, "\x81\x83\x01\x01\x41x", 6, ERR_CRYPTO },        /* control: fine but unsigned */
		{ SAMPLE_EDIT, 16, "\x80", 1, ERR_CRYPTO },
	};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct sample s;
		struct buf wire, altered;
		buf_init(&wire, CHANGE_WIRE_MAX);
		buf_init(&altered, CHANGE_WIRE_MAX);
		sample_make(&s, tries[i].kind, NULL);
		assert_int_equal(change_put_wire(&wire, &s.change), ERR_OK);
		replace(&altered, buf_bytes(&wire), tries[i].place, bytes_of(tries[i].item, tries[i].size));
		enum err e = receive(&s, buf_bytes(&altered));
		if (e != tries[i].err)
			fail_msg("try %zu: %s", i, err_name(e));
		buf_clear(&wire);
		buf_clear(&altered);
		sample_clear(&s);
	}
}

static void lists_that_are_too_long_cost_nothing(void **state)
{
	(void)state;
	struct sample s;
	struct buf wire, altered, list;
	buf_init(&wire, CHANGE_WIRE_MAX);
	buf_init(&altered, 2 * CHANGE_WIRE_MAX);
	buf_init(&list, CHANGE_WIRE_MAX);
	sample_make(&s, SAMPLE_FOLD, NULL);
	assert_int_equal(change_put_wire(&wire, &s.change), ERR_OK);
	cbor_put_array(&list, CHANGE_PARENTS_MAX + 1);
	for (uint8_t i = 0; i < CHANGE_PARENTS_MAX + 1; i++) {
		struct change_id id;
		sample_fill(&id, sizeof id, i);
		cbor_put_bytes(&list, bytes_of(id.b, sizeof id.b));
	}
	replace(&altered, buf_bytes(&wire), 12, buf_bytes(&list));
	assert_int_equal(receive(&s, buf_bytes(&altered)), ERR_FORMAT);
	/* More items than any change has. */
	buf_reset(&list);
	cbor_put_array(&list, 10000);
	for (int i = 0; i < 10000; i++)
		cbor_put_uint(&list, 0);
	replace(&altered, buf_bytes(&wire), 14, buf_bytes(&list));
	assert_int_equal(receive(&s, buf_bytes(&altered)), ERR_LIMIT);
	/* More bytes than are ever looked at. */
	buf_reset(&list);
	cbor_put_array(&list, 1);
	cbor_put_bytes(&list, bytes_of(altered.data, 0));
	buf_reset(&altered);
	buf_put_zeros(&altered, CHANGE_WIRE_MAX + 1);
	assert_int_equal(receive(&s, buf_bytes(&altered)), ERR_LIMIT);
	buf_clear(&wire);
	buf_clear(&altered);
	buf_clear(&list);
	sample_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit_and_every_end_counts),
		cmocka_unit_test(another_federation_is_another_change),
		cmocka_unit_test(elements_are_of_their_type_and_range),
		cmocka_unit_test(lists_that_are_too_long_cost_nothing),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
