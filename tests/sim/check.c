/* What must hold once everybody met everybody. */
#include "tests/sim/sim.h"

/* Whoever shares a case has the whole of it, and the centre has every change that was not lost with the
 * only disk that held it. */
static bool check_changes(struct sim *s)
{
	for (size_t i = 0; i < s->change_count; i++) {
		const struct sim_change *c = &s->changes[i];
		if (!c->is_gone && !sim_holds(s, 0, &c->id))
			return sim_fail(s, "change %zu, written at site %zu, did not reach the centre", i, c->site);
		for (size_t k = 1; k < SIM_SITES && !c->is_gone; k++) {
			struct casefile *f;
			if (replica_case(&f, s->fed.sites[0].replica, &c->case_id, NULL))
				return sim_fail(s, "the centre can't read a case");
			bool shares = epoch_shares_case(f->counted->epochs, s->fed.sites[k].number);
			if (shares && !sim_holds(s, k, &c->id))
				return sim_fail(s, "change %zu did not reach site %zu, which shares its case", i, k);
		}
	}
	return true;
}

/* Nobody holds a case that was never given to him. */
static bool check_entitled(struct sim *s)
{
	for (size_t i = 0; i < s->case_count; i++) {
		for (size_t k = 1; k < SIM_SITES; k++) {
			struct index_case row;
			struct fed_site *site = &s->fed.sites[k];
			bool custodian = charter_is_custodian(replica_charter(site->replica), site->number);
			bool held = index_find_case(&row, replica_index(site->replica), &s->cases[i]) == ERR_OK;
			if (held && !custodian && !s->granted[i][k])
				return sim_fail(s, "site %zu holds case %zu, which nobody granted it", k, i);
		}
	}
	return true;
}

/* Bytes of a compartment are only where they may be. */
static bool check_line(struct sim *s, size_t k, struct casefile *f, uint32_t position, char letter,
	const struct change_blob *line)
{
	struct git_id git;
	struct fed_site *site = &s->fed.sites[k];
	bool held = index_find_blob(&git, replica_index(site->replica), letter, &line->hash) == ERR_OK;
	bool may = epoch_shares_line(f->counted->epochs, position, line, site->number);
	const struct epoch *epoch = epoch_of_line(f->counted->epochs, position, line);
	bool had = epoch && epoch_has_key(f->counted->epochs, epoch, site->number);
	if (held && !may && !had && f->changes[position].row.peer != 0)
		return sim_fail(s, "site %zu holds bytes (%c) that it may not", k, letter);
	if (!held && may) {
		for (size_t i = 0; i < SIM_SITES; i++)
			if (index_find_blob(&git, replica_index(s->fed.sites[i].replica), letter, &line->hash) == ERR_OK)
				return sim_fail(s, "site %zu lacks bytes (%c) that site %zu could give it", k, letter, i);
	}
	return true;
}

static bool check_bytes(struct sim *s)
{
	for (size_t i = 0; i < s->case_count; i++) {
		for (size_t k = 0; k < SIM_SITES; k++) {
			struct casefile *f;
			if (replica_case(&f, s->fed.sites[k].replica, &s->cases[i], NULL) != ERR_OK ||
				!epoch_shares_case(f->counted->epochs, s->fed.sites[k].number))
				continue;
			for (uint32_t p = 0; p < f->count; p++) {
				const struct change *c = f->changes[p].change;
				for (uint32_t n = 0; n < c->payload_count; n++)
					if (!check_line(s, k, f, p, 'p', &c->payloads[n]))
						return false;
				for (uint32_t n = 0; n < c->grant_count; n++)
					if (!check_line(s, k, f, p, 'g', &c->grants[n]))
						return false;
			}
		}
	}
	return true;
}

/* Readers of journals hold every checkpoint of the present lives of all nodes, with its entries. */
static bool check_journals(struct sim *s)
{
	static const size_t readers[] = { 0, 4 };
	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < SIM_SITES; k++) {
			struct journal *j = replica_journal(s->fed.sites[k].replica);
			struct arena a;
			struct index_checkpoint *rows;
			size_t count = 0, full = 0;
			if (!journal_head(j))
				continue;
			arena_init(&a, 1 << 22);
			enum err e = index_list_checkpoints(&rows, &count,
				replica_index(s->fed.sites[readers[i]].replica), &a, replica_node(s->fed.sites[k].replica),
				journal_incarnation(j), 0);
			for (size_t n = 0; n < count && !e; n++)
				full += rows[n].full;
			arena_clear(&a);
			if (e || full <= journal_sequence(j))
				return sim_fail(s, "site %zu holds %zu checkpoints of site %zu, which made %llu", readers[i],
					full, k, (unsigned long long)journal_sequence(j) + 1);
		}
	}
	return true;
}

bool sim_check(struct sim *s)
{
	return check_changes(s) && check_entitled(s) && check_bytes(s) && check_journals(s);
}
