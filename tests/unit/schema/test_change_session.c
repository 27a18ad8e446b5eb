/* The session form of a change against its portable form, with equal state at both ends. */
#include "schema/change_session.h"
#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cbor_limits limits = { .size_max = 1 << 20, .depth_max = 8, .items_max = 65536 };

/* What the hearer holds: the ids that samples name as parents and epochs, all of one case. */
struct held {
	bool nothing;
	struct case_id case_id;
};

static bool find(void *context, const uint8_t prefix[CHANGE_SESSION_PREFIX_SIZE],
	const struct case_id *in_case, struct change_id *id, struct case_id *case_id)
{
	const struct held *h = context;
	memset(id->b, prefix[0], sizeof id->b);
	*case_id = h->case_id;
	return !h->nothing && memcmp(id->b, prefix, CHANGE_SESSION_PREFIX_SIZE) == 0
		&& (!in_case || case_id_equal(in_case, &h->case_id));
}

static bool is_held(const void *context, const struct change_id *id)
{
	(void)id;
	return context != NULL;
}

struct line { /* one direction, both ends */
	struct change_session *from, *to;
	struct held held;
	struct arena arena;
};

static void start(struct line *l)
{
	memset(l, 0, sizeof *l);
	assert_int_equal(change_session_new(&l->from), ERR_OK);
	assert_int_equal(change_session_new(&l->to), ERR_OK);
	arena_init(&l->arena, 1 << 24);
}

static void end(struct line *l)
{
	change_session_free(l->from);
	change_session_free(l->to);
	arena_clear(&l->arena);
}

static void encode(
	struct buf *out, struct line *l, const struct sample *s, bool travels, bool literal, bool held)
{
	static const struct bytes none[2];
	struct change_sending c = { .change = &s->change,
		.id = s->id,
		.grants = travels ? s->grants : none,
		.payloads = travels ? s->payloads : none,
		.is_held = is_held,
		.context = held ? l : NULL };
	if (literal)
		change_session_make_literal(l->from);
	buf_reset(out);
	change_session_encode(out, l->from, &c);
	assert_int_equal(buf_err(out), ERR_OK);
}

static enum err decode(struct change_received *got, struct line *l, struct bytes item)
{
	struct cbor c;
	struct change_finder finder = { .find = find, .context = &l->held };
	struct federation_id f;
	sample_fill(&f, sizeof f, SAMPLE_FEDERATION);
	enum err e = cbor_scan(item, &limits, NULL);
	if (e)
		return e;
	cbor_begin(&c, item);
	e = change_session_decode(got, l->to, &l->arena, &f, &c, &finder);
	return e ? e : cbor_end(&c);
}

/* Sends one over and returns its size. */
static size_t carry(struct line *l, const struct sample *s, bool travels, bool literal)
{
	struct buf item, a, b;
	struct change_received got;
	buf_init(&item, 1 << 20);
	buf_init(&a, CHANGE_WIRE_MAX);
	buf_init(&b, CHANGE_WIRE_MAX);
	l->held.case_id = s->change.case_id;
	encode(&item, l, s, travels, literal, true);
	assert_int_equal(decode(&got, l, buf_bytes(&item)), ERR_OK);
	change_session_note(l->to, &s->id, &s->change.case_id);
	assert_int_equal(change_put_wire(&a, &s->change), ERR_OK);
	assert_int_equal(change_put_wire(&b, got.change), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&a), buf_bytes(&b)));
	assert_memory_equal(&got.change->federation, &s->change.federation, 32);
	for (uint32_t i = 0; i < s->change.payload_count; i++)
		assert_true(travels ? bytes_equal(got.payloads[i], s->payloads[i]) : got.payloads[i].size == 0);
	for (uint32_t i = 0; i < s->change.grant_count; i++)
		assert_true(travels ? bytes_equal(got.grants[i], s->grants[i]) : got.grants[i].size == 0);
	size_t size = item.size;
	buf_clear(&item);
	buf_clear(&a);
	buf_clear(&b);
	return size;
}

static void every_sample_is_the_same_as_in_portable_form(void **state)
{
	(void)state;
	for (int mode = 0; mode < 4; mode++) {
		struct line l;
		start(&l);
		for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
			struct sample s;
			sample_make(&s, (enum sample_kind)kind, NULL);
			carry(&l, &s, mode & 1, mode & 2);
			carry(&l, &s, mode & 1, mode & 2);
			sample_clear(&s);
		}
		end(&l);
	}
}

static void one_field_costs_few_bytes(void **state)
{
	(void)state;
	struct line l;
	struct sample s;
	start(&l);
	sample_make(&s, SAMPLE_EDIT, NULL);
	size_t portable, first, second, next;
	struct buf wire;
	buf_init(&wire, CHANGE_WIRE_MAX);
	assert_int_equal(change_put_wire(&wire, &s.change), ERR_OK);
	portable = wire.size + s.payloads[0].size + 2;
	first = carry(&l, &s, true, false);
	second = carry(&l, &s, true, false);
	/* One that builds on the one before it. */
	struct change_id parent = s.id;
	const struct change_id *parents = s.change.parents;
	s.change.parents = &parent;
	s.change.time += 60;
	next = carry(&l, &s, true, false);
	s.change.parents = parents;
	printf("one field: portable %zu, first of a session %zu, then %zu, on the one before %zu bytes; of it"
		   " signature 64, ciphertext %zu\n",
		portable, first, second, next, s.payloads[0].size);
	assert_true(second <= 190 && next <= 190);
	end(&l);
	/* With a table that begins with what both know from the charter. */
	start(&l);
	uint8_t node[40], form[] = { 0x82, 1, 1 };
	memcpy(node, s.change.node.b, 32);
	memcpy(node + 32, s.change.incarnation.b, 8);
	struct change_session *both[] = { l.from, l.to };
	for (int i = 0; i < 2; i++) {
		struct reftable *t = change_session_table(both[i]);
		assert_int_equal(reftable_seed(t, bytes_of(s.change.checkpoint.b, 32)), ERR_OK);
		assert_int_equal(reftable_seed(t, bytes_of(node, sizeof node)), ERR_OK);
		assert_int_equal(reftable_seed(t, bytes_of(NULL, 0)), ERR_OK);
		assert_int_equal(reftable_seed(t, bytes_of(NULL, 0)), ERR_OK);
		assert_int_equal(reftable_seed(t, bytes_of(s.change.root.b, 32)), ERR_OK);
		assert_int_equal(reftable_seed(t, bytes_of(s.change.issuer.b, 32)), ERR_OK);
		assert_int_equal(reftable_seed(t, bytes_of(s.change.officer.b, 32)), ERR_OK);
		assert_int_equal(reftable_seed(t, bytes_of(form, sizeof form)), ERR_OK);
	}
	first = carry(&l, &s, true, false);
	printf("first of a session with an equal charter: %zu bytes\n", first);
	assert_true(first <= 190);
	end(&l);
	buf_clear(&wire);
	sample_clear(&s);
}

static void a_reference_that_leads_nowhere_loses_one_item_only(void **state)
{
	(void)state;
	struct line l;
	struct sample opening, edit;
	struct change_received got;
	struct buf item;
	buf_init(&item, 1 << 20);
	start(&l);
	sample_make(&opening, SAMPLE_OPENING, NULL);
	sample_make(&edit, SAMPLE_EDIT, NULL);
	l.held = (struct held){ .nothing = true, .case_id = edit.change.case_id };
	encode(&item, &l, &edit, true, false, true);
	assert_int_equal(decode(&got, &l, buf_bytes(&item)), ERR_MISSING);
	change_session_note(l.to, NULL, &edit.change.case_id);
	/* What builds on it is lost too: it is named by its place. */
	struct change_id parent = edit.id;
	const struct change_id *parents = edit.change.parents;
	edit.change.parents = &parent;
	encode(&item, &l, &edit, true, false, true);
	assert_int_equal(decode(&got, &l, buf_bytes(&item)), ERR_MISSING);
	change_session_note(l.to, NULL, &edit.change.case_id);
	edit.change.parents = parents;
	/* Everything else goes on, with the table as it has grown. */
	carry(&l, &opening, true, false);
	carry(&l, &edit, false, true);
	l.held.nothing = false;
	carry(&l, &edit, true, false);
	/* A speaker that does not know that the hearer holds it says all of it. */
	l.held.nothing = true;
	encode(&item, &l, &edit, true, false, false);
	assert_int_equal(decode(&got, &l, buf_bytes(&item)), ERR_OK);
	assert_memory_equal(got.change->parents, edit.change.parents, sizeof parent);
	sample_clear(&opening);
	sample_clear(&edit);
	end(&l);
	buf_clear(&item);
}

static void a_full_table_is_emptied_at_both_ends(void **state)
{
	(void)state;
	struct line l;
	struct sample s;
	start(&l);
	sample_make(&s, SAMPLE_EDIT, NULL);
	size_t first = carry(&l, &s, true, false);
	for (uint32_t i = 0; change_session_table(l.from) && i < REFTABLE_FULL - 6; i++) {
		uint8_t string[8] = { 'n' };
		memcpy(string + 4, &i, sizeof i);
		assert_int_equal(reftable_add(change_session_table(l.from), bytes_of(string, 8)), ERR_OK);
		assert_int_equal(reftable_add(change_session_table(l.to), bytes_of(string, 8)), ERR_OK);
	}
	assert_int_equal(carry(&l, &s, true, false), first - 4); /* the time is a difference, and 0 now */
	end(&l);
	sample_clear(&s);
}

static void what_is_not_an_item_is_refused(void **state)
{
	(void)state;
	uint32_t random = 4711;
	unsigned ends[ERR_INTERRUPTED + 1] = { 0 };
	struct sample s[SAMPLE_KINDS];
	struct buf item;
	buf_init(&item, 1 << 20);
	for (int kind = 0; kind < SAMPLE_KINDS; kind++)
		sample_make(&s[kind], (enum sample_kind)kind, NULL);
	for (int i = 0; i < 20000; i++) {
		struct line l;
		struct change_received got;
		start(&l);
		random = random * 1664525 + 1013904223;
		const struct sample *one = &s[(random >> 24) % SAMPLE_KINDS];
		l.held.case_id = one->change.case_id;
		encode(&item, &l, one, random >> 23 & 1, false, true);
		if (i % 3 == 0)
			item.size = (random >> 8) % item.size;
		else
			item.data[(random >> 3) % item.size] = (uint8_t)(random >> 11);
		ends[decode(&got, &l, buf_bytes(&item))]++;
		end(&l);
	}
	printf(
		"refused for the form %u, missing %u, read %u\n", ends[ERR_FORMAT], ends[ERR_MISSING], ends[ERR_OK]);
	assert_int_equal(ends[ERR_MEMORY], 0);
	assert_true(ends[ERR_FORMAT] > 5000 && ends[ERR_MISSING] > 10 && ends[ERR_OK] > 10);
	for (int kind = 0; kind < SAMPLE_KINDS; kind++)
		sample_clear(&s[kind]);
	buf_clear(&item);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sample_is_the_same_as_in_portable_form),
		cmocka_unit_test(one_field_costs_few_bytes),
		cmocka_unit_test(a_reference_that_leads_nowhere_loses_one_item_only),
		cmocka_unit_test(a_full_table_is_emptied_at_both_ends),
		cmocka_unit_test(what_is_not_an_item_is_refused),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
