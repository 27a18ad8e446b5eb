/* The session form of a checkpoint, to readers of a journal and to witnesses. */
#include "schema/checkpoint_session.h"
#include "tests/support/sample.h"
#include "tests/support/sample_journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

static const struct cbor_limits limits = { .size_max = 1 << 20, .depth_max = 8, .items_max = 65536 };

struct line {
	struct reftable *from, *to;
	struct arena arena;
	struct buf item;
	struct checkpoint_received got;
};

static void start(struct line *l)
{
	*l = (struct line){ .from = NULL };
	assert_int_equal(reftable_new(&l->from), ERR_OK);
	assert_int_equal(reftable_new(&l->to), ERR_OK);
	arena_init(&l->arena, 1 << 24);
	buf_init(&l->item, 1 << 20);
}

static void end(struct line *l)
{
	reftable_free(l->from);
	reftable_free(l->to);
	arena_clear(&l->arena);
	buf_clear(&l->item);
}

static enum err decode(struct line *l)
{
	struct cbor c;
	struct federation_id f;
	sample_fill(&f, sizeof f, SAMPLE_FEDERATION);
	enum err e = cbor_scan(buf_bytes(&l->item), &limits, NULL);
	if (e)
		return e;
	cbor_begin(&c, buf_bytes(&l->item));
	e = checkpoint_session_decode(&l->got, l->to, &l->arena, &f, &c);
	return e ? e : cbor_end(&c);
}

static void encode(struct line *l, const struct sample_checkpoint *s, bool full, bool knows_head)
{
	struct checkpoint_sending c = { .checkpoint = &s->checkpoint, .id = s->id, .knows_head = knows_head,
		.knows_previous = reftable_has(l->from, bytes_of(s->checkpoint.previous.b, 32)) };
	if (full)
		c.entries = buf_bytes(&s->entries);
	buf_reset(&l->item);
	checkpoint_session_encode(&l->item, l->from, &c);
	assert_int_equal(buf_err(&l->item), ERR_OK);
}

/* Sends one over; the commit that is rebuilt from it must be the same. */
static size_t carry(struct line *l, const struct sample_checkpoint *s, bool full, bool knows_head)
{
	struct buf commit;
	const struct checkpoint *c = &s->checkpoint;
	encode(l, s, full, knows_head);
	assert_int_equal(decode(l), ERR_OK);
	assert_int_equal(checkpoint_session_note(l->to, &s->id), ERR_OK);
	assert_true(full ? bytes_equal(l->got.entries, buf_bytes(&s->entries)) : l->got.entries.size == 0);
	assert_int_equal(l->got.wants_tree, full);
	assert_int_equal(l->got.wants_head, knows_head);
	if (l->got.wants_tree)
		l->got.checkpoint->tree = c->tree;
	if (l->got.wants_parent)
		l->got.checkpoint->parent = c->parent;
	if (l->got.wants_head)
		l->got.checkpoint->head = c->head;
	buf_init(&commit, CHECKPOINT_WIRE_MAX);
	assert_int_equal(checkpoint_put_commit(&commit, l->got.checkpoint), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&commit), buf_bytes(&s->commit)));
	buf_clear(&commit);
	return l->item.size;
}

static void a_checkpoint_comes_out_as_it_went_in(void **state)
{
	(void)state;
	struct sample_checkpoint s[2];
	sample_checkpoint_make(&s[0], 0, NULL, NULL);
	sample_checkpoint_make(&s[1], 1, NULL, NULL);
	for (int mode = 0; mode < 4; mode++) {
		struct line l;
		start(&l);
		size_t first = carry(&l, &s[0], mode & 1, mode & 2);
		assert_false(l.got.wants_parent);
		size_t second = carry(&l, &s[1], mode & 1, mode & 2);
		/* The second names the first, which went over before it: by number, without its git id. */
		assert_int_equal(l.got.wants_parent, checkpoint_id_equal(&s[1].checkpoint.previous, &s[0].id));
		printf("%s, head %s: %zu bytes, then %zu; of it entries %zu\n", mode & 1 ? "with entries" : "witness",
			mode & 2 ? "known" : "given", first, second, mode & 1 ? s[1].entries.size : 0);
		end(&l);
	}
	sample_checkpoint_clear(&s[0]);
	sample_checkpoint_clear(&s[1]);
}

static void a_previous_that_the_hearer_does_not_know_loses_one_item_only(void **state)
{
	(void)state;
	struct line l;
	struct sample_checkpoint s;
	sample_checkpoint_make(&s, 1, NULL, NULL);
	start(&l);
	struct bytes previous = bytes_of(s.checkpoint.previous.b, 32);
	assert_int_equal(reftable_seed(l.from, previous), ERR_OK);
	assert_int_equal(reftable_seed(l.to, bytes_of(NULL, 0)), ERR_OK);
	encode(&l, &s, false, false);
	assert_int_equal(decode(&l), ERR_MISSING);
	assert_int_equal(checkpoint_session_note(l.to, NULL), ERR_OK);
	encode(&l, &s, false, false);
	assert_int_equal(decode(&l), ERR_MISSING);
	assert_int_equal(checkpoint_session_note(l.to, &s.id), ERR_OK);
	sample_checkpoint_clear(&s);
	end(&l);
}

static void what_is_not_an_item_is_refused(void **state)
{
	(void)state;
	uint32_t random = 815;
	unsigned ends[ERR_INTERRUPTED + 1] = { 0 };
	struct sample_checkpoint s;
	sample_checkpoint_make(&s, 1, NULL, NULL);
	for (int i = 0; i < 20000; i++) {
		struct line l;
		start(&l);
		random = random * 1664525 + 1013904223;
		encode(&l, &s, random >> 24 & 1, random >> 25 & 1);
		if (i % 3 == 0)
			l.item.size = (random >> 8) % l.item.size;
		else
			l.item.data[(random >> 3) % l.item.size] = (uint8_t)(random >> 11);
		ends[decode(&l)]++;
		end(&l);
	}
	sample_checkpoint_clear(&s);
	assert_int_equal(ends[ERR_MEMORY], 0);
	assert_true(ends[ERR_FORMAT] > 5000 && ends[ERR_OK] > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_checkpoint_comes_out_as_it_went_in),
		cmocka_unit_test(a_previous_that_the_hearer_does_not_know_loses_one_item_only),
		cmocka_unit_test(what_is_not_an_item_is_refused),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
