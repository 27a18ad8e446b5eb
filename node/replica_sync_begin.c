/* Where a session begins to send, and what is attested in the journal before anything goes. */
#include "node/replica_sync_parts.h"

#include "schema/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t compartments_of(const struct casefile *f, uint32_t site)
{
	uint64_t set = 0;
	for (uint32_t i = 0; i < epoch_count(f->counted->epochs); i++) {
		uint32_t compartment = epoch_get(f->counted->epochs, i)->compartment;
		if (compartment < 64 && epoch_is_member(f->counted->epochs, compartment, site))
			set |= UINT64_C(1) << compartment;
	}
	return set;
}

static enum err disclose_case(struct replica_sync *s, const struct case_id *id)
{
	struct casefile *f;
	enum err e = sync_case(&f, s, id);
	if (e)
		return e == ERR_NOT_FOUND || e == ERR_MISSING ? ERR_OK : e;
	struct entry entry = { .kind = ENTRY_DISCLOSED };
	entry.as.disclosed.time = ports_now(replica_ports(s->r));
	entry.as.disclosed.site = s->peer_site;
	entry.as.disclosed.case_id = *id;
	entry.as.disclosed.compartments = compartments_of(f, s->peer_site);
	return journal_disclose(replica_journal(s->r), &entry);
}

/* The number up to which what a site was first sent is in the journal: it holds for all nodes of the site. */
static void disclosed_name(char out[32], const struct replica_sync *s)
{
	snprintf(out, 32, "disclosed %u", s->peer_site);
}

static enum err disclosed_until(int64_t *until, struct replica_sync *s)
{
	char name[32];
	struct buf meta;
	*until = 0;
	disclosed_name(name, s);
	buf_init(&meta, sizeof *until);
	enum err e = index_get_meta(&meta, replica_index(s->r), name);
	if (!e && meta.size == sizeof *until)
		memcpy(until, meta.data, sizeof *until);
	buf_clear(&meta);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* Journals every case that the site is about to get for the first time. */
static enum err disclose(bool *any, struct replica_sync *s)
{
	struct index *ix = replica_index(s->r);
	char name[32];
	int64_t until, last;
	struct index_case row;
	enum err e = disclosed_until(&until, s);
	*any = false;
	if (!e)
		e = index_last_change(&last, ix);
	if (e || until == last || s->peer_site == replica_site(s->r))
		return e;
	for (size_t i = 0; i < s->share_count && !e; i++) {
		const struct index_share *share = &s->shares[i];
		if (share->ended || share->since <= until)
			continue;
		e = index_get_case(&row, ix, share->case_no);
		if (!e)
			e = disclose_case(s, &row.id);
		*any = true;
	}
	disclosed_name(name, s);
	return e ? e : index_put_meta(ix, name, bytes_of(&last, sizeof last));
}

enum err sync_load_shares(struct replica_sync *s)
{
	struct index_share *list;
	size_t count;
	if (!s->shares_stale)
		return ERR_OK;
	enum err e = index_list_shares(&list, &count, replica_index(s->r), &s->arena, s->peer_site);
	struct index_share *copy = e ? NULL : malloc((count + 1) * sizeof *copy);
	if (!copy)
		return e ? e : ERR_MEMORY;
	if (count > 0)
		memcpy(copy, list, count * sizeof *copy);
	free(s->shares);
	s->shares = copy;
	s->share_count = count;
	s->peer_is_custodian = charter_is_custodian(replica_charter(s->r), s->peer_site);
	s->shares_stale = false;
	return ERR_OK;
}

/* Before anything new goes: a checkpoint that covers it. */
enum err sync_attest(struct replica_sync *s)
{
	struct index_change *own;
	size_t count = 0;
	int64_t last;
	bool disclosed = false;
	enum err e = index_last_change(&last, replica_index(s->r));
	if (e || last == s->attested)
		return e;
	e = replica_lock(s->r, &s->why);
	if (e)
		return e;
	s->shares_stale = true;
	e = sync_load_shares(s);
	if (!e)
		e = disclose(&disclosed, s);
	if (!e)
		e = index_list_uncovered(&own, &count, replica_index(s->r), &s->arena);
	/* What was only received is attested with the next own work: it would cost each session a checkpoint. */
	if (!e && (disclosed || count > 0))
		e = journal_checkpoint(replica_journal(s->r), &s->why);
	replica_unlock(s->r);
	if (!e)
		s->attested = last;
	return e;
}

enum err sync_begin(struct replica_sync *s)
{
	struct index_checkpoint position;
	bool has = false;
	int64_t covered = 0, last = 0;
	s->say_heads = s->needs_heads = s->charters_differ;
	s->say_journals = s->needs_lists = sync_both_read(s);
	enum err e = sync_own_position(&has, &position, s, &s->peer_hello.position, &s->arena);
	if (!e && has) {
		s->journal_no = position.no;
		s->has_position = true;
		s->position = position.id;
		s->whole = s->peer_hello.position.whole;
		s->whole_incarnation = position.incarnation;
		s->whole_sequence = position.sequence;
		e = index_covered_until(&covered, replica_index(s->r), position.no);
	}
	if (!e)
		e = index_last_change(&last, replica_index(s->r));
	/* One of both was restored from an older state: what either remembers of the other is worth nothing. */
	if ((s->peer_hello.position.is_set && !has) || s->row.sent > last) {
		s->skip_cursor = true;
		s->row.sent = 0;
	}
	s->acked = s->row.sent > covered ? s->row.sent : covered;
	s->cursor = s->skip_cursor ? last : s->acked;
	s->begun_at = s->acked;
	return e;
}
