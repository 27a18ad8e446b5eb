/* Random charters, forks and endings among them: whatever the order of admission, the same answers. */
#include "schema/charter_now.h"
#include "tests/support/charter_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { SEEDS = 12, SHUFFLES = 6, STATEMENTS = 70, OFFICERS = 5, FIRST_OFFICER = 0x11 };

static uint32_t next(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33) % below;
}

struct history {
	struct charter_kit kit;
	struct kit_statement all[STATEMENTS];
	uint32_t previous[STATEMENTS], superior[STATEMENTS]; /* STATEMENTS: none */
	uint32_t chain[STATEMENTS];    /* 0 the root's, else the officer */
	uint32_t count;
};

static struct statement random_words(struct history *h, uint64_t *seed)
{
	static const char *const names[] = { "one", "two", "three", "four" };
	const char *name = names[next(seed, 4)];
	uint32_t site = 1 + next(seed, 3);
	uint8_t officer = (uint8_t)(FIRST_OFFICER + next(seed, OFFICERS));
	role_set roles = 2 * (1 + next(seed, 7)), may = 2 * next(seed, 8);
	switch (next(seed, 8)) {
	case 0:
	case 1: return kit_site(&h->kit, site, name, 1 + next(seed, 9), roles);
	case 2: return kit_node(site, name, (uint8_t)(0x21 + next(seed, 3)));
	case 3: return kit_form(8 + next(seed, 2), 1 + next(seed, 2), name, (uint8_t)next(seed, 2));
	case 4: return kit_retire(&h->all[next(seed, h->count)], next(seed, 5));
	default: return kit_appoint(&h->kit, site, name, officer, roles, may);
	}
}

/* The last, or now and then any, of a chain; STATEMENTS when it is empty. */
static uint32_t pick_previous(const struct history *h, uint32_t chain, uint64_t *seed)
{
	bool any = next(seed, 12) == 0;
	uint32_t found = STATEMENTS;
	for (uint32_t i = 0; i < h->count; i++) {
		if (h->chain[i] == chain && (!any || found == STATEMENTS || next(seed, 2)))
			found = i;
	}
	return chain && any && next(seed, 4) == 0 ? STATEMENTS : found;
}

/* Any appointment of the officer; STATEMENTS when there is none. */
static uint32_t pick_superior(const struct history *h, const struct officer_id *officer, uint64_t *seed)
{
	uint32_t found = STATEMENTS;
	for (uint32_t i = 0; i < h->count; i++) {
		const struct statement *s = &h->all[i].words;
		if (s->code == STATEMENT_APPOINT && officer_id_equal(&s->as.appoint.officer, officer) &&
			(found == STATEMENTS || next(seed, 2)))
			found = i;
	}
	return found;
}

static void make_history(struct history *h, uint64_t seed)
{
	charter_kit_init(&h->kit);
	h->all[0] = h->kit.first;
	h->previous[0] = h->superior[0] = STATEMENTS;
	h->chain[0] = 0;
	h->count = 1;
	while (h->count < STATEMENTS) {
		uint32_t chain = next(&seed, 2) ? 0 : 1 + next(&seed, OFFICERS), superior = 0;
		uint8_t key = (uint8_t)(FIRST_OFFICER + chain - 1);
		struct statement words = random_words(h, &seed);
		if (chain) {
			struct officer_id officer = kit_officer(key);
			superior = pick_superior(h, &officer, &seed);
			if (superior == STATEMENTS)
				continue;
		}
		uint32_t previous = pick_previous(h, chain, &seed);
		const struct kit_statement *p = previous == STATEMENTS ? NULL : &h->all[previous];
		h->all[h->count] = chain ? kit_by(&h->kit, key, &h->all[superior], p, words) :
			kit_by_root(&h->kit, p, words);
		h->previous[h->count] = previous;
		h->superior[h->count] = superior;
		h->chain[h->count++] = chain;
	}
}

/* Admits everything in a random order; now and then too early, and then it waits. */
static struct charter *admit_shuffled(const struct history *h, uint64_t seed)
{
	struct charter *c = kit_charter(&h->kit);
	bool here[STATEMENTS + 1] = { [STATEMENTS] = true };
	uint32_t order[STATEMENTS], left = STATEMENTS;
	for (uint32_t i = 0; i < STATEMENTS; i++)
		order[i] = i;
	while (left) {
		uint32_t at = seed ? next(&seed, left) : 0, picked = order[at];
		bool ready = here[h->previous[picked]] && here[h->superior[picked]];
		if (!ready && next(&seed, 20))
			continue;
		(void)kit_admit(c, &h->all[picked], ready ? CHARTER_KEPT : CHARTER_WAITS);
		here[picked] = ready;
		if (ready)
			memmove(&order[at], &order[at + 1], (--left - at) * sizeof *order);
	}
	return c;
}

static void put_entry(struct buf *out, const char *what, const struct charter_entry *e)
{
	buf_printf(out, " %s", what);
	for (int i = 0; e && i < 4; i++)
		buf_printf(out, "%02x", e->statement->id.b[i]);
}

/* Everything that the charter answers, as text. */
static void describe(struct buf *out, const struct charter *c, const struct history *h)
{
	struct hash256 digest;
	assert_int_equal(charter_digest(&digest, c), ERR_OK);
	buf_printf(out, "%02x%02x%02x%02x", digest.b[0], digest.b[1], digest.b[2], digest.b[3]);
	for (uint32_t i = 0; i < STATEMENTS; i++) {
		const struct charter_entry *e = kit_entry(c, &h->all[i]);
		buf_printf(out, "\n%u %s %d %d %llu", i, charter_standing_name(e->standing), e->frozen, e->ended,
			(unsigned long long)e->ended_from);
	}
	put_entry(out, "\nroot", charter_root_head(c));
	for (uint32_t site = 1; site <= 3; site++) {
		put_entry(out, "\nsite", charter_site(c, site));
		for (uint8_t o = 0; o < OFFICERS; o++) {
			struct officer_id officer = kit_officer((uint8_t)(FIRST_OFFICER + o));
			put_entry(out, "officer", charter_officer(c, site, &officer));
			put_entry(out, "chain", charter_issuer_head(c, &officer));
			buf_printf(out, " %llx/%llx", (unsigned long long)charter_roles(c, site, &officer, KIT_FORM),
				(unsigned long long)charter_may_appoint(c, site, &officer, KIT_FORM));
		}
	}
	for (uint8_t n = 0; n < 3; n++) {
		struct node_id node = kit_node_id((uint8_t)(0x21 + n));
		uint8_t transport[32];
		memset(transport, 0x21 + n, sizeof transport);
		put_entry(out, "\nnode", charter_node(c, &node));
		put_entry(out, "transport", charter_node_by_transport(c, transport));
	}
	put_entry(out, "\nnamed", charter_site_named(c, bytes_text("one")));
	put_entry(out, "form", charter_form(c, 8, 0));
	assert_int_equal(buf_err(out), ERR_OK);
}

static void any_order_of_admission_gives_the_same_answers(void **state)
{
	(void)state;
	uint32_t seen[6] = { 0 }, ended = 0;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		static struct history h;
		struct buf first, other;
		buf_init(&first, 1 << 20);
		buf_init(&other, 1 << 20);
		make_history(&h, seed);
		struct charter *c = admit_shuffled(&h, 0);
		describe(&first, c, &h);
		for (uint32_t i = 0; i < STATEMENTS; i++) {
			seen[kit_entry(c, &h.all[i])->standing]++;
			ended += kit_entry(c, &h.all[i])->ended;
		}
		charter_free(c);
		for (uint64_t shuffle = 1; shuffle <= SHUFFLES; shuffle++) {
			buf_reset(&other);
			c = admit_shuffled(&h, seed * 1000 + shuffle);
			describe(&other, c, &h);
			assert_string_equal(buf_text(&first), buf_text(&other));
			charter_free(c);
		}
		buf_clear(&first);
		buf_clear(&other);
		charter_kit_clear(&h.kit);
	}
	/* The histories are worth it only when everything occurs in them. */
	assert_true(seen[CHARTER_COUNTS] > 50 && seen[CHARTER_FROZEN] > 20 && seen[CHARTER_SUPERIOR] > 5);
	assert_true(seen[CHARTER_NOT_ENTITLED] > 20 && seen[CHARTER_TAKEN] > 5 && ended > 5);
}

static bool precedes(const struct history *h, uint32_t a, uint32_t b)
{
	while (b != STATEMENTS && b != a)
		b = h->previous[b];
	return b == a;
}

static bool is_frozen(const struct history *h, uint32_t i)
{
	for (; i != STATEMENTS; i = h->previous[i]) {
		for (uint32_t k = 0; k < STATEMENTS; k++) {
			if (k != i && h->chain[k] == h->chain[i] && h->previous[k] == h->previous[i])
				return true;
		}
	}
	return false;
}

static void chains_and_forks_are_what_a_plain_walk_finds(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		static struct history h;
		make_history(&h, seed);
		struct charter *c = admit_shuffled(&h, seed);
		for (uint32_t i = 0; i < STATEMENTS; i++) {
			assert_int_equal(kit_entry(c, &h.all[i])->frozen, is_frozen(&h, i));
			for (uint32_t k = 0; k < STATEMENTS; k++)
				assert_int_equal(charter_precedes(c, kit_entry(c, &h.all[i]), kit_entry(c, &h.all[k])),
					precedes(&h, i, k));
		}
		charter_free(c);
		charter_kit_clear(&h.kit);
	}
}

/* What one charter has and the other lacks, by heads alone, makes them equal. */
static void two_charters_become_equal_by_heads(void **state)
{
	(void)state;
	static struct history h;
	make_history(&h, 99);
	struct charter *whole = admit_shuffled(&h, 0);
	for (uint32_t part = 1; part < STATEMENTS; part += 7) {
		struct charter *c = kit_charter(&h.kit);
		struct arena a;
		const struct charter_head *heads = NULL;
		const uint32_t *lacking = NULL;
		uint32_t head_count = 0, count = 0;
		struct hash256 x, y;
		arena_init(&a, 1 << 20);
		for (uint32_t i = 0; i < part; i++)
			(void)kit_admit(c, &h.all[i], CHARTER_KEPT);
		assert_int_equal(charter_heads(&heads, &head_count, &a, c), ERR_OK);
		assert_int_equal(charter_lacking(&lacking, &count, &a, whole, heads, head_count, 8), ERR_OK);
		assert_int_equal(count, STATEMENTS - part);
		for (uint32_t i = 0; i < count; i++) {
			struct charter_admission admission;
			struct bytes blob = charter_get(whole, lacking[i])->blob;
			assert_int_equal(charter_admit(&admission, c, blob, NULL), ERR_OK);
			assert_int_equal(admission.verdict, CHARTER_KEPT);
		}
		assert_int_equal(charter_digest(&x, whole), ERR_OK);
		assert_int_equal(charter_digest(&y, c), ERR_OK);
		assert_memory_equal(&x, &y, sizeof x);
		arena_clear(&a);
		charter_free(c);
	}
	charter_free(whole);
	charter_kit_clear(&h.kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_of_admission_gives_the_same_answers),
		cmocka_unit_test(chains_and_forks_are_what_a_plain_walk_finds),
		cmocka_unit_test(two_charters_become_equal_by_heads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
