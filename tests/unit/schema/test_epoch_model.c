/* The epoch fold against a plain model over random cases: the sentences of docs/trust.md, word for word,
 * with every set written out and nothing left away. */
#include "schema/epoch.h"
#include "tests/support/case_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ANY UINT32_MAX /* epoch */
#define ALL UINT32_MAX /* in the place of a seer */

enum { CASES = 250, MARKS_MAX = 1024 };

struct mark { /* a grant to, or withdrawal of, one site */
	uint32_t change, act, compartment, epoch, site;
};

struct model {
	const struct counted *c;
	bool sees[KIT_CHANGES_MAX][KIT_CHANGES_MAX];
	struct mark grants[MARKS_MAX], withdrawals[MARKS_MAX];
	uint32_t grant_count, withdrawal_count;
	bool stands[KIT_CHANGES_MAX];
	bool opened[KIT_CHANGES_MAX][4]; /* by compartment: the change's epoch is effective */
};

static struct case_kit kit;
static struct model model;

static bool mark_sees(const struct mark *a, const struct mark *b)
{
	return a->change == b->change ? b->act < a->act : model.sees[a->change][b->change];
}

static bool is_visible(uint32_t seer, const struct mark *m)
{
	return seer == ALL || model.sees[seer][m->change];
}

static bool bears(const struct mark *w, uint32_t compartment, uint32_t site)
{
	return w->site == site &&
		(w->compartment == 0 || w->compartment == CORE || w->compartment == compartment);
}

/* A grant of the compartment (of that epoch) to the site is seen, and it saw every withdrawal that is. */
static bool holds(uint32_t compartment, uint32_t epoch, uint32_t site, uint32_t seer)
{
	for (uint32_t i = 0; i < model.grant_count; i++) {
		const struct mark *g = &model.grants[i];
		bool ok = g->compartment == compartment && g->site == site && is_visible(seer, g) &&
			(epoch == ANY || g->epoch == epoch);
		for (uint32_t k = 0; k < model.withdrawal_count && ok; k++) {
			const struct mark *w = &model.withdrawals[k];
			ok = !bears(w, compartment, site) || !is_visible(seer, w) || mark_sees(g, w);
		}
		if (ok)
			return true;
	}
	return false;
}

static bool is_member(uint32_t compartment, uint32_t site, uint32_t seer)
{
	return holds(CORE, ANY, site, seer) && holds(compartment, ANY, site, seer);
}

static bool is_withdrawn(uint32_t compartment, uint32_t site, uint32_t seer)
{
	for (uint32_t k = 0; k < model.withdrawal_count; k++) {
		if (bears(&model.withdrawals[k], compartment, site) && is_visible(seer, &model.withdrawals[k]))
			return !holds(compartment, ANY, site, seer);
	}
	return false;
}

static bool may_open(uint32_t compartment, uint32_t site, uint32_t seer)
{
	bool empty = true;
	for (uint32_t s = 1; s <= KIT_SITES; s++)
		empty = empty && !is_member(compartment, s, seer);
	return empty || is_member(compartment, site, seer);
}

static bool may_read(uint32_t change, uint32_t compartment, uint32_t site)
{
	const struct charter_entry *root = charter_find(kit.charter, &count_get(model.c, change)->change->root);
	return entitle_site_roles(kit.charter, root, site, KIT_FORM) & kit.compartments[compartment - 1].read;
}

static uint32_t position_of(const struct change_id *id)
{
	return case_kit_at(model.c, (char)id->b[0]);
}

/* ---- Acts.  Each answers whether it counts, and enters its marks. */

static bool take_grant(uint32_t at, uint32_t act)
{
	const struct view_change *v = &model.c->changes[at];
	const struct change_act *written = &count_get(model.c, at)->change->acts[act];
	struct act_grant g;
	assert_int_equal(act_decode_grant(&g, &kit.arena, written->args), ERR_OK);
	uint32_t epoch = g.own_epoch ? at : position_of(&g.epoch);
	bool ok = model.stands[at] && !is_withdrawn(g.compartment, v->site, at);
	if (g.own_epoch)
		ok = ok && may_open(g.compartment, v->site, at);
	else
		ok = ok && model.sees[at][epoch] && model.opened[epoch][g.compartment] &&
			holds(g.compartment, epoch, v->site, at);
	bool shares = v->roles & role_bit(written->role) & kit.compartments[g.compartment - 1].share;
	bool reached = false;
	for (uint32_t i = 0; i < g.site_count && ok; i++) {
		if ((!shares && g.sites[i] != v->site) || !may_read(at, g.compartment, g.sites[i]))
			continue;
		assert_true(model.grant_count < MARKS_MAX);
		model.grants[model.grant_count++] = (struct mark){ at, act, g.compartment, epoch, g.sites[i] };
		reached = true;
	}
	if (g.own_epoch)
		model.opened[at][g.compartment] = reached;
	return reached;
}

static bool take_withdraw(uint32_t at, uint32_t act)
{
	const struct view_change *v = &model.c->changes[at];
	const struct change_act *written = &count_get(model.c, at)->change->acts[act];
	struct act_withdraw w;
	assert_int_equal(act_decode_withdraw(&w, &kit.arena, written->args), ERR_OK);
	uint32_t compartment = w.compartment ? w.compartment : CORE;
	if (!model.stands[at] || is_withdrawn(compartment, v->site, at) ||
		!(v->roles & role_bit(written->role) & kit.compartments[compartment - 1].share))
		return false;
	for (uint32_t i = 0; i < w.site_count; i++) {
		assert_true(model.withdrawal_count < MARKS_MAX);
		model.withdrawals[model.withdrawal_count++] =
			(struct mark){ at, act, w.compartment, ANY, w.sites[i] };
	}
	return true;
}

static bool is_effective(uint32_t at, const struct change_blob *line)
{
	const struct view_change *v = &model.c->changes[at];
	uint32_t epoch = line->own_epoch ? at : position_of(&line->epoch);
	if (!model.stands[at] || !model.opened[epoch][line->compartment])
		return false;
	if (!line->own_epoch)
		return model.sees[at][epoch] && is_member(line->compartment, v->site, at) &&
			holds(line->compartment, epoch, v->site, at);
	for (uint32_t i = 0; i < model.grant_count; i++) {
		const struct mark *g = &model.grants[i];
		if (g->change == at && g->epoch == at && g->compartment == line->compartment && g->site == v->site)
			return true;
	}
	return false;
}

/* ---- The comparison */

static void see(uint32_t at)
{
	const struct count_change *c = count_get(model.c, at);
	for (uint32_t p = 0; p < c->change->parent_count; p++) {
		model.sees[at][c->parents[p]] = true;
		for (uint32_t j = 0; j < kit.count; j++)
			model.sees[at][j] = model.sees[at][j] || model.sees[c->parents[p]][j];
	}
}

static void compare_change(uint32_t at, uint32_t *counted, uint32_t *fallen)
{
	const struct change *change = count_get(model.c, at)->change;
	const struct view_change *v = &model.c->changes[at];
	see(at);
	model.stands[at] = change->parent_count == 0 || is_member(CORE, v->site, at);
	assert_int_equal(v->standing == REASON_NONE, model.stands[at]);
	for (uint32_t i = 0; i < change->act_count; i++) {
		bool counts = change->acts[i].code == ACT_GRANT ? take_grant(at, i) : take_withdraw(at, i);
		assert_int_equal(epoch_act(model.c->epochs, at, i) == REASON_NONE, counts);
		*(counts ? counted : fallen) += 1;
	}
	for (uint32_t i = 0; i < change->payload_count; i++)
		assert_int_equal(epoch_is_effective(model.c->epochs, at, &change->payloads[i]),
			is_effective(at, &change->payloads[i]));
}

/* A change is sent to a custodian, and to a site with a grant that holds, or that was ended by a withdrawal
 * which is, or saw, the change. */
static bool is_sent(uint32_t at, uint32_t site)
{
	for (uint32_t i = 0; i < model.grant_count; i++) {
		const struct mark *g = &model.grants[i];
		bool ended = false, before = false;
		for (uint32_t k = 0; k < model.withdrawal_count; k++) {
			const struct mark *w = &model.withdrawals[k];
			if (!bears(w, CORE, site) || mark_sees(g, w))
				continue;
			ended = true;
			before = before || w->change == at || model.sees[w->change][at];
		}
		if (g->compartment == CORE && g->site == site && (!ended || before))
			return true;
	}
	return site == 5;
}

static void compare_whole(void)
{
	for (uint32_t site = 1; site <= KIT_SITES; site++) {
		for (uint32_t compartment = CORE; compartment <= IDENTITY; compartment++)
			assert_int_equal(epoch_is_member(model.c->epochs, compartment, site),
				is_member(compartment, site, ALL));
		for (uint32_t at = 0; at < kit.count; at++)
			assert_int_equal(epoch_shares_change(model.c->epochs, at, site), is_sent(at, site));
	}
	for (uint32_t i = 0; i < epoch_count(model.c->epochs); i++) {
		const struct epoch *epoch = epoch_get(model.c->epochs, i);
		assert_int_equal(epoch->effective, model.opened[epoch->opener][epoch->compartment]);
		for (uint32_t site = 1; site <= KIT_SITES; site++) {
			bool given = false;
			for (uint32_t k = 0; k < model.grant_count; k++)
				given = given || (model.grants[k].epoch == epoch->opener && model.grants[k].site == site &&
					model.grants[k].compartment == epoch->compartment);
			assert_int_equal(epoch_has_key(model.c->epochs, epoch, site), given);
		}
	}
}

static void the_fold_is_what_the_sentences_say(void **state)
{
	(void)state;
	uint32_t counted = 0, fallen = 0, withdrawals = 0;
	case_kit_init(&kit);
	for (uint64_t seed = 1; seed <= CASES; seed++) {
		case_kit_restart(&kit);
		case_random_make(&kit, seed);
		memset(&model, 0, sizeof model);
		model.c = case_kit_count(&kit, 0);
		for (uint32_t at = 0; at < kit.count; at++)
			compare_change(at, &counted, &fallen);
		compare_whole();
		withdrawals += model.withdrawal_count;
	}
	/* Worth it only when everything occurs. */
	assert_true(counted > 500 && fallen > 500 && withdrawals > 200);
	case_kit_clear(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_fold_is_what_the_sentences_say) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
