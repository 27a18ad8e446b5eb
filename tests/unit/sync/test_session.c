/* A session between two honest sides over a link that holds. */
#include "tests/support/toy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

static struct toy toy;

static int setup(void **state)
{
	(void)state;
	toy_init(&toy);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	toy_clear(&toy);
	return 0;
}

static void add_many(int side, const char *prefix, int count)
{
	for (int i = 0; i < count; i++) {
		char text[TOY_TEXT_SIZE];
		snprintf(text, sizeof text, "%s-%05d", prefix, i);
		toy_add(&toy.side[side], text);
	}
}

static void assert_ends(enum session_end a, enum session_end b)
{
	assert_int_equal(session_end(toy.side[0].session), a);
	assert_int_equal(session_end(toy.side[1].session), b);
}

static void assert_proven(void)
{
	assert_ends(SESSION_EQUAL, SESSION_EQUAL);
	assert_true(session_is_equal(toy.side[0].session) && session_is_equal(toy.side[1].session));
	assert_true(session_is_finished(toy.side[0].session) && session_is_finished(toy.side[1].session));
	assert_true(toy_is_same(&toy));
}

static void equal_sides_need_one_round_trip_and_300_bytes(void **state)
{
	(void)state;
	toy_add(&toy.side[0], "a");
	toy_add(&toy.side[1], "a");
	toy_start(&toy);
	size_t moved = toy_run(&toy, SIZE_MAX, false);
	assert_proven();
	assert_int_equal(session_stats(toy.side[0].session)->round_trips, 1);
	assert_int_equal(toy.side[0].takes + toy.side[1].takes, 0);
	assert_int_equal(toy.side[0].digests + toy.side[1].digests, 0);
	assert_true(moved <= 300);
	printf("idle session: %zu bytes both ways\n", moved);
}

static void one_text_goes_over_with_few_bytes_around_it(void **state)
{
	(void)state;
	toy_start(&toy);
	size_t idle = toy_run(&toy, SIZE_MAX, false);
	toy_add(&toy.side[0], "one");
	toy_start(&toy);
	size_t moved = toy_run(&toy, SIZE_MAX, false);
	assert_proven();
	assert_int_equal(toy.side[1].puts, 1);
	assert_true(moved - idle < 120);
	printf("one text of 3 bytes: %zu bytes more than idle\n", moved - idle);
}

static void the_responder_sends_what_it_has(void **state)
{
	(void)state;
	add_many(1, "b", 3);
	toy_start(&toy);
	toy_run(&toy, SIZE_MAX, false);
	assert_proven();
	assert_int_equal(toy.side[0].puts, 3);
	assert_int_equal(toy.side[1].puts, 0);
}

static void both_directions_run_at_once(void **state)
{
	(void)state;
	add_many(0, "a", 1500);
	add_many(1, "b", 900);
	toy_start(&toy);
	toy_run(&toy, SIZE_MAX, false);
	assert_proven();
	assert_int_equal(toy.side[0].count, 2400);
	assert_int_equal(toy.side[0].puts, 900);
	assert_int_equal(toy.side[1].puts, 1500);
	/* A digest costs something, so it is not made after each message. */
	assert_true(toy.side[0].digests + toy.side[1].digests <= 4);
	assert_true(toy.side[1].takes > 10);
}

static void a_wrong_cursor_is_repaired_by_reconciliation(void **state)
{
	(void)state;
	add_many(0, "a", 20);
	add_many(1, "b", 20);
	toy.side[0].cursor = toy.side[1].cursor = 20;
	toy_start(&toy);
	toy_run(&toy, SIZE_MAX, false);
	assert_proven();
	assert_int_equal(toy.side[0].mismatches, 1);
	assert_int_equal(toy.side[1].mismatches, 1);
}

static void sides_that_can_not_become_equal_say_so(void **state)
{
	(void)state;
	add_many(0, "!", 1);
	toy_start(&toy);
	toy_run(&toy, SIZE_MAX, false);
	assert_ends(SESSION_NOT_EQUAL, SESSION_NOT_EQUAL);
	assert_false(session_is_equal(toy.side[0].session) || session_is_equal(toy.side[1].session));
	assert_int_equal(toy.side[0].mismatches, SYNC_ROUNDS_MAX);
}

static void an_open_session_stays_and_pushes_what_is_new(void **state)
{
	(void)state;
	toy.side[0].stay_open = true;
	for (int differs = 0; differs < 2; differs++) {
		if (differs)
			add_many(0, "d", 1);
		toy_start(&toy);
		toy_run(&toy, SIZE_MAX, false);
		assert_ends(SESSION_OPEN, SESSION_OPEN);
		for (int i = 0; i < 2; i++) {
			assert_true(session_is_idle(toy.side[i].session));
			assert_int_equal(session_deadline(toy.side[i].session), 0);
		}
	}
	for (int i = 0; i < 2; i++) {
		add_many(i, i ? "late-b" : "late-a", 5);
		session_wake(toy.side[i].session);
		toy_run(&toy, SIZE_MAX, false);
		assert_true(session_is_idle(toy.side[0].session) && session_is_idle(toy.side[1].session));
		assert_true(toy_is_same(&toy));
		assert_int_equal(toy.side[!i].puts, 5 + (i == 0));
	}
	session_stop(toy.side[1].session, "stopping");
	toy_run(&toy, SIZE_MAX, false);
	assert_proven();
}

static void a_session_with_something_on_the_way_is_stopped_with_words(void **state)
{
	(void)state;
	add_many(0, "a", 1500);
	toy_start(&toy);
	toy_run(&toy, 10000, false);
	session_stop(toy.side[1].session, "asked to stop");
	toy_run(&toy, SIZE_MAX, false);
	assert_ends(SESSION_FAILED_PEER, SESSION_CLOSED);
	assert_string_equal(session_reason(toy.side[0].session), "asked to stop");
}

static void a_replica_that_fails_ends_the_session(void **state)
{
	(void)state;
	add_many(0, "a", 3);
	toy.side[1].take_err = ERR_FULL;
	toy_start(&toy);
	toy_run(&toy, SIZE_MAX, false);
	assert_ends(SESSION_FAILED_PEER, SESSION_REPLICA);
	assert_string_equal(session_reason(toy.side[0].session), "full");
}

static void slow_acknowledgements_make_messages_smaller(void **state)
{
	(void)state;
	unsigned takes[2];
	for (int slow = 0; slow < 2; slow++) {
		toy_clear(&toy);
		toy_init(&toy);
		add_many(0, "a-long-prefix-now", 4000);
		toy_start(&toy);
		for (int i = 0; i < 500; i++) {
			toy_run(&toy, 300, false);
			if (slow)
				toy.now_ms += 5000;
		}
		assert_proven();
		takes[slow] = toy.side[1].takes;
	}
	assert_true(takes[1] > takes[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(equal_sides_need_one_round_trip_and_300_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(one_text_goes_over_with_few_bytes_around_it, setup, teardown),
		cmocka_unit_test_setup_teardown(the_responder_sends_what_it_has, setup, teardown),
		cmocka_unit_test_setup_teardown(both_directions_run_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_wrong_cursor_is_repaired_by_reconciliation, setup, teardown),
		cmocka_unit_test_setup_teardown(sides_that_can_not_become_equal_say_so, setup, teardown),
		cmocka_unit_test_setup_teardown(an_open_session_stays_and_pushes_what_is_new, setup, teardown),
		cmocka_unit_test_setup_teardown(a_session_with_something_on_the_way_is_stopped_with_words, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_replica_that_fails_ends_the_session, setup, teardown),
		cmocka_unit_test_setup_teardown(slow_acknowledgements_make_messages_smaller, setup, teardown),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
