/* Arguments of acts: both ways, and what is no valid argument is a verdict. */
#include "schema/act_args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/secret.h"
#include "tests/support/hex.h"
#include "tests/support/sample.h"

struct room {
	struct arena arena;
	struct buf args;
};

static int set_up(void **state)
{
	static struct room room;
	arena_init(&room.arena, 1024 * 1024);
	buf_init(&room.args, 2 * CHANGE_ACT_ARGS_MAX);
	*state = &room;
	return 0;
}

static int tear_down(void **state)
{
	struct room *room = *state;
	arena_clear(&room->arena);
	buf_clear(&room->args);
	return 0;
}

static void a_grant_comes_back(void **state)
{
	struct room *room = *state;
	static const uint32_t sites[] = { 1, 2, 300 };
	struct act_grant g = { .compartment = 3, .own_epoch = true, .sites = sites, .site_count = 3 }, again;
	sample_fill(g.commitment, sizeof g.commitment, 0x77);
	assert_int_equal(act_encode_grant(&room->args, &g), ERR_OK);
	assert_hex_equal(room->args.data, room->args.size, "8403005820"
		"7777777777777777777777777777777777777777777777777777777777777777" "83010219012c");
	assert_int_equal(act_decode_grant(&again, &room->arena, buf_bytes(&room->args)), ERR_OK);
	assert_true(again.valid && again.own_epoch);
	assert_int_equal(again.compartment, 3);
	assert_memory_equal(again.commitment, g.commitment, 32);
	assert_int_equal(again.site_count, 3);
	assert_memory_equal(again.sites, sites, sizeof sites);

	g.own_epoch = false;
	sample_fill(&g.epoch, sizeof g.epoch, 0x78);
	g.site_count = 0;
	buf_reset(&room->args);
	assert_int_equal(act_encode_grant(&room->args, &g), ERR_OK);
	assert_hex_equal(room->args.data, room->args.size, "84035820"
		"7878787878787878787878787878787878787878787878787878787878787878" "f680");
	assert_int_equal(act_decode_grant(&again, &room->arena, buf_bytes(&room->args)), ERR_OK);
	assert_true(again.valid && !again.own_epoch);
	assert_true(change_id_equal(&again.epoch, &g.epoch));
}

static void the_others_come_back(void **state)
{
	struct room *room = *state;
	static const uint32_t sites[] = { 7 };
	struct change_id ids[2];
	struct act_withdraw w;
	struct act_strike s;
	struct act_regrant r;
	sample_fill(&ids[0], sizeof *ids, 0x10);
	sample_fill(&ids[1], sizeof *ids, 0x11);

	assert_int_equal(act_encode_withdraw(&room->args, &(struct act_withdraw){ .sites = sites,
		.site_count = 1 }), ERR_OK);
	assert_hex_equal(room->args.data, room->args.size, "82008107");
	assert_int_equal(act_decode_withdraw(&w, &room->arena, buf_bytes(&room->args)), ERR_OK);
	assert_true(w.valid && w.compartment == 0 && w.site_count == 1 && w.sites[0] == 7);

	buf_reset(&room->args);
	assert_int_equal(act_encode_strike(&room->args, &(struct act_strike){ .changes = ids,
		.change_count = 2 }), ERR_OK);
	assert_int_equal(act_decode_strike(&s, &room->arena, buf_bytes(&room->args)), ERR_OK);
	assert_true(s.valid && s.change_count == 2);
	assert_memory_equal(s.changes, ids, sizeof ids);

	buf_reset(&room->args);
	assert_int_equal(act_encode_regrant(&room->args, &(struct act_regrant){ .compartment = 2,
		.epoch = ids[1] }), ERR_OK);
	assert_int_equal(act_decode_regrant(&r, &room->arena, buf_bytes(&room->args)), ERR_OK);
	assert_true(r.valid && r.compartment == 2 && change_id_equal(&r.epoch, &ids[1]));
}

static void what_the_reader_refuses_the_writer_does_not_write(void **state)
{
	struct room *room = *state;
	static const uint32_t twice[] = { 2, 2 }, down[] = { 2, 1 }, zero[] = { 0 }, large[] = { 0x80000000 };
	static const uint32_t *const lists[] = { twice, down, zero, large };
	static const uint32_t counts[] = { 2, 2, 1, 1 };
	struct change_id ids[2];
	for (size_t i = 0; i < 4; i++) {
		const struct act_grant g = { .compartment = 1, .own_epoch = true, .sites = lists[i],
			.site_count = counts[i] };
		const struct act_withdraw w = { .compartment = 1, .sites = lists[i], .site_count = counts[i] };
		assert_int_equal(act_encode_grant(&room->args, &g), ERR_FORMAT);
		assert_int_equal(act_encode_withdraw(&room->args, &w), ERR_FORMAT);
	}
	assert_int_equal(act_encode_grant(&room->args, &(struct act_grant){ .own_epoch = true }), ERR_FORMAT);
	sample_fill(ids, sizeof ids, 0x10);
	assert_int_equal(act_encode_strike(&room->args, &(struct act_strike){ .changes = ids,
		.change_count = 2 }), ERR_FORMAT);
	assert_int_equal(act_encode_regrant(&room->args, &(struct act_regrant){ .compartment = 0 }), ERR_FORMAT);
	assert_int_equal(room->args.size, 0);
}

static void too_many_ids_are_too_long(void **state)
{
	struct room *room = *state;
	static struct change_id ids[500];
	for (uint32_t i = 0; i < 500; i++) {
		ids[i].b[0] = (uint8_t)(i >> 8);
		ids[i].b[1] = (uint8_t)i;
	}
	assert_int_equal(act_encode_strike(&room->args, &(struct act_strike){ .changes = ids,
		.change_count = 481 }), ERR_OK);
	buf_reset(&room->args);
	assert_int_equal(act_encode_strike(&room->args, &(struct act_strike){ .changes = ids,
		.change_count = 482 }), ERR_LIMIT);
	assert_int_equal(room->args.size, 0);
}

#define HEX32 "\x58\x20" "0123456789abcdef0123456789abcdef"

static void undecodable_arguments_are_a_verdict(void **state)
{
	struct room *room = *state;
	struct act_grant g;
	struct act_withdraw w;
	struct act_strike s;
	struct act_regrant r;
	static const struct { const char *text; size_t size; } tries[] = {
		{ "", 0 }, { "\x00", 1 }, { "\xf6", 1 }, { "\x81", 1 }, { "\xff", 1 },
		{ "\x84\x01\x00" HEX32 "\x81\x02\x00", 40 },           /* something follows */
		{ "\x84\x01\x00\xf6\x81\x02", 6 },                     /* opened without a commitment */
		{ "\x84\x01" HEX32 HEX32 "\x81\x02", 72 },             /* a commitment to another's epoch */
		{ "\x84\x01\x01" HEX32 "\x81\x02", 39 },               /* epoch 1 */
		{ "\x84\x00\x00" HEX32 "\x81\x02", 39 },               /* compartment 0 */
		{ "\x84\x01\x00" HEX32 "\x81\x18\x02", 40 },           /* not the shortest form */
		{ "\x84\x01\x00" HEX32 "\x81\x81\x02", 40 },
		{ "\x84\x01\x00" HEX32 "\x82\x02\x02", 40 },
		{ "\x83\x01\x00" HEX32, 37 },
		{ "\x81" "\x82\x01\x80", 4 },
		{ "\x82" HEX32 HEX32, 69 },                            /* one id twice */
		{ "\x82\x01\x01", 3 }, { "\x82\x00" HEX32, 36 },
	};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		struct bytes args = bytes_of(tries[i].text, tries[i].size);
		assert_int_equal(act_decode_grant(&g, &room->arena, args), ERR_OK);
		assert_int_equal(act_decode_withdraw(&w, &room->arena, args), ERR_OK);
		assert_int_equal(act_decode_strike(&s, &room->arena, args), ERR_OK);
		assert_int_equal(act_decode_regrant(&r, &room->arena, args), ERR_OK);
		assert_false(g.valid || w.valid || s.valid || r.valid);
	}
	/* The control. */
	const struct bytes good = bytes_of("\x84\x01\x00" HEX32 "\x81\x02", 39);
	assert_int_equal(act_decode_grant(&g, &room->arena, good), ERR_OK);
	assert_true(g.valid);
	assert_int_equal(act_decode_regrant(&r, &room->arena, bytes_of("\x82\x01" HEX32, 36)), ERR_OK);
	assert_true(r.valid);
}

static void without_memory_it_is_an_error_and_no_verdict(void **state)
{
	(void)state;
	struct act_grant g;
	struct arena none;
	arena_init(&none, 0);
	assert_int_equal(act_decode_grant(&g, &none, bytes_of("\x84\x01\x00" HEX32 "\x81\x02", 39)), ERR_MEMORY);
	assert_false(g.valid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_grant_comes_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_others_come_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_the_reader_refuses_the_writer_does_not_write, set_up, tear_down),
		cmocka_unit_test_setup_teardown(too_many_ids_are_too_long, set_up, tear_down),
		cmocka_unit_test_setup_teardown(undecodable_arguments_are_a_verdict, set_up, tear_down),
		cmocka_unit_test(without_memory_it_is_an_error_and_no_verdict),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
