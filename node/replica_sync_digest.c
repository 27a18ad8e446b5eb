/* What both sides of a session share, and the digest of it. */
#include "node/replica_sync_parts.h"

#include "base/hash.h"
#include "schema/form.h"

#include <stdlib.h>
#include <string.h>

enum { DIGEST_SIZE_MAX = 1 << 28 };

/* ---- Shared cases */

static bool shares(const struct index_share *list, size_t count, bool custodian, int64_t case_no)
{
	size_t low = 0, high = count;
	if (custodian)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (list[middle].case_no < case_no)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && list[low].case_no == case_no && !list[low].ended;
}

/* Whether any of a case came from the peer, so that naming the case to it tells nothing. */
static enum err came_from_peer(bool *came, struct replica_sync *s, int64_t case_no, struct arena *a)
{
	struct index_change *rows;
	size_t count;
	*came = false;
	enum err e = index_list_changes(&rows, &count, replica_index(s->r), a, case_no);
	for (size_t i = 0; i < count && !e && !*came; i++)
		*came = rows[i].peer == s->row.no;
	return e;
}

enum err sync_named_cases(struct index_frontier **out, size_t *count, struct replica_sync *s, struct arena *a)
{
	struct index_frontier *all, *shared;
	size_t all_count, shared_count, at = 0, kept = 0;
	if (charter_is_custodian(replica_charter(s->r), replica_site(s->r)))
		return sync_shared_cases(out, count, s, a); /* it shares whatever it holds */
	*count = 0;
	enum err e = index_list_frontiers(&all, &all_count, replica_index(s->r), a);
	if (!e)
		e = sync_shared_cases(&shared, &shared_count, s, a);
	for (size_t i = 0; i < all_count && !e; i++) {
		bool named = at < shared_count && shared[at].no == all[i].no;
		at += named;
		if (!named && all[i].ids.size > 0)
			e = came_from_peer(&named, s, all[i].no, a);
		if (named)
			all[kept++] = all[i];
	}
	*out = all;
	*count = kept;
	return e;
}

enum err sync_shared_cases(struct index_frontier **out, size_t *count, struct replica_sync *s,
	struct arena *a)
{
	struct index *ix = replica_index(s->r);
	const struct charter *c = replica_charter(s->r);
	struct index_share *own, *theirs;
	size_t own_count, their_count, kept = 0;
	uint32_t site = replica_site(s->r);
	*count = 0;
	enum err e = index_list_frontiers(out, count, ix, a);
	if (!e)
		e = index_list_shares(&own, &own_count, ix, a, site);
	if (!e)
		e = index_list_shares(&theirs, &their_count, ix, a, s->peer_site);
	if (e)
		return e;
	bool custodians[] = { charter_is_custodian(c, site), charter_is_custodian(c, s->peer_site) };
	for (size_t i = 0; i < *count; i++)
		if ((*out)[i].ids.size > 0 && shares(own, own_count, custodians[0], (*out)[i].no) &&
			shares(theirs, their_count, custodians[1], (*out)[i].no))
			(*out)[kept++] = (*out)[i];
	*count = kept;
	return ERR_OK;
}

/* ---- Gaps */

static int compare_rows(const void *a, const void *b)
{
	const struct index_gap *x = a, *y = b;
	int order = hash256_compare(&x->hash, &y->hash);
	if (order == 0)
		order = (x->letter > y->letter) - (x->letter < y->letter);
	return order ? order : (x->size > y->size) - (x->size < y->size);
}

struct gap_search { /* in one case */
	struct replica_sync *s;
	const struct casefile *file;
	const struct index_gap *rows; /* ascending by hash, letter, size */
	size_t row_count;
	bool *found; /* one per row */
};

/* Notes which of a change's lines are gaps that the peer may fill.  Both sides are asked for: what this one
 * was entitled to when the gap was noted, a withdrawal may have ended. */
static void search_lines(
	struct gap_search *g, uint32_t position, char letter, const struct change_blob *lines, uint32_t count)
{
	for (uint32_t k = 0; k < count; k++) {
		struct index_gap key = { .letter = letter, .hash = lines[k].hash, .size = lines[k].size };
		const struct index_gap *row =
			bsearch(&key, g->rows, g->row_count, sizeof key, compare_rows);
		if (row && !g->found[row - g->rows])
			g->found[row - g->rows] =
				epoch_shares_line(g->file->counted->epochs, position, &lines[k], g->s->peer_site) &&
				epoch_shares_line(g->file->counted->epochs, position, &lines[k], replica_site(g->s->r));
	}
}

/* Each line is looked up once: somebody hostile may name very many blobs that there are not. */
static enum err search_case(struct sync_gap *out, size_t *count, struct replica_sync *s, struct arena *a,
	const struct index_gap *rows, size_t row_count)
{
	struct index_case row;
	struct casefile *f = NULL;
	enum err e = index_get_case(&row, replica_index(s->r), rows[0].case_no);
	if (!e)
		e = sync_case(&f, s, &row.id);
	if (e)
		return e == ERR_NOT_FOUND || e == ERR_MISSING ? ERR_OK : e;
	struct gap_search g = { s, f, rows, row_count, arena_array(a, row_count, sizeof *g.found) };
	if (!g.found)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < f->count; i++) {
		const struct change *c = f->changes[i].change;
		search_lines(&g, i, 'p', c->payloads, c->payload_count);
		search_lines(&g, i, 'g', c->grants, c->grant_count);
	}
	for (size_t i = 0; i < row_count; i++)
		if (g.found[i])
			out[(*count)++] = (struct sync_gap){ row.id, rows[i].letter, rows[i].hash };
	return ERR_OK;
}

static int compare_gaps(const void *a, const void *b)
{
	const struct sync_gap *x = a, *y = b;
	int order = case_id_compare(&x->case_id, &y->case_id);
	return order ? order : hash256_compare(&x->hash, &y->hash);
}

enum err sync_gaps(struct sync_gap **out, size_t *count, struct replica_sync *s, struct arena *a)
{
	struct index_gap *rows;
	size_t row_count;
	*out = NULL;
	*count = 0;
	enum err e = index_list_gaps(&rows, &row_count, replica_index(s->r), a, SYNC_GAP_ROWS_MAX);
	if (e || row_count == 0)
		return e;
	struct sync_gap *gaps = *out = arena_array(a, row_count, sizeof *gaps);
	if (!gaps)
		return ERR_MEMORY;
	for (size_t first = 0, end; first < row_count && !e; first = end) {
		for (end = first + 1; end < row_count && rows[end].case_no == rows[first].case_no; end++)
			;
		e = search_case(gaps, count, s, a, rows + first, end - first);
	}
	if (*count > 1)
		qsort(gaps, *count, sizeof *gaps, compare_gaps);
	return e;
}

/* ---- Journals that both sides have to hold */

bool sync_both_read(const struct replica_sync *s)
{
	const struct charter *c = replica_charter(s->r);
	return charter_reads_journals(c, replica_site(s->r)) && charter_reads_journals(c, s->peer_site);
}

enum err sync_known_heads(struct index_checkpoint **out, size_t *count, struct replica_sync *s,
	struct arena *a, bool own, bool theirs)
{
	size_t all, found = 0;
	enum err e = index_list_journals(out, &all, replica_index(s->r), a);
	for (size_t i = 0; i < all && !e; i++)
		if ((own && node_id_equal(&(*out)[i].node, replica_node(s->r))) ||
			(theirs && node_id_equal(&(*out)[i].node, &s->peer)))
			(*out)[found++] = (*out)[i];
	*count = e ? 0 : found;
	return e;
}

enum err sync_full_heads(struct index_checkpoint **out, size_t *count, struct replica_sync *s,
	struct arena *a, const struct node_id *node)
{
	struct index_checkpoint *heads;
	size_t all, found = 0;
	*count = 0;
	enum err e = index_list_journals(&heads, &all, replica_index(s->r), a);
	for (size_t i = 0; i < all && !e; i++) {
		struct index_checkpoint *rows;
		size_t row_count, k;
		if (node && !node_id_equal(&heads[i].node, node))
			continue;
		if (heads[i].full) {
			heads[found++] = heads[i];
			continue;
		}
		/* The newest may be known as a witness only. */
		e = index_list_checkpoints(
			&rows, &row_count, replica_index(s->r), a, &heads[i].node, &heads[i].incarnation, 0);
		for (k = row_count; k > 0 && !e && !rows[k - 1].full; k--)
			;
		if (!e && k > 0)
			heads[found++] = rows[k - 1];
	}
	*out = heads;
	*count = found;
	return e;
}

static int compare_heads(const void *a, const void *b)
{
	const struct index_checkpoint *x = a, *y = b;
	int order = node_id_compare(&x->node, &y->node);
	return order ? order : incarnation_id_compare(&x->incarnation, &y->incarnation);
}

/* A node's journals are held with their entries where the other one's site reads journals, and known by
 * their newest checkpoints otherwise. */
static enum err list_journals(struct index_checkpoint **out, size_t *count, struct replica_sync *s)
{
	struct arena *a = &s->arena;
	const struct charter *c = replica_charter(s->r);
	struct index_checkpoint *own, *theirs, *list;
	size_t own_count = 0, their_count = 0, n = 0;
	bool they_read = charter_reads_journals(c, s->peer_site);
	bool we_read = charter_reads_journals(c, replica_site(s->r));
	enum err e;
	if (they_read)
		e = sync_full_heads(&own, &own_count, s, a, we_read ? NULL : replica_node(s->r));
	else
		e = sync_known_heads(&own, &own_count, s, a, true, false);
	if (!e && we_read && !they_read)
		e = sync_full_heads(&theirs, &their_count, s, a, &s->peer);
	else if (!e && !we_read)
		e = sync_known_heads(&theirs, &their_count, s, a, false, true);
	list = e ? NULL : arena_array(a, own_count + their_count, sizeof *list);
	if (!list)
		return e ? e : ERR_MEMORY;
	for (size_t i = 0; i < own_count; i++)
		list[n++] = own[i];
	for (size_t i = 0; i < their_count; i++)
		list[n++] = theirs[i];
	/* The peer's newest, of all its lives the one that was heard of last: what is to be its position. */
	s->digest_has_head = false;
	for (size_t i = 0; i < n; i++) {
		if (!node_id_equal(&list[i].node, &s->peer) || (s->digest_has_head && list[i].no < s->digest_head.no))
			continue;
		s->digest_has_head = true;
		s->digest_head = list[i];
	}
	if (n > 1)
		qsort(list, n, sizeof *list, compare_heads);
	*out = list;
	*count = n;
	return ERR_OK;
}

/* ---- The digest */

static void put_journals(struct buf *b, const struct index_checkpoint *list, size_t count)
{
	cbor_put_array(b, count);
	for (size_t i = 0; i < count; i++) {
		cbor_put_array(b, 4);
		cbor_put_bytes(b, bytes_of(list[i].node.b, sizeof list[i].node.b));
		cbor_put_bytes(b, bytes_of(list[i].incarnation.b, sizeof list[i].incarnation.b));
		cbor_put_uint(b, list[i].sequence);
		cbor_put_bytes(b, bytes_of(list[i].id.b, sizeof list[i].id.b));
	}
}

static void put_case(struct buf *b, const struct index_frontier *f, const struct sync_gap *gaps, size_t count)
{
	enum { ID_SIZE = sizeof(struct change_id) };
	cbor_put_array(b, 3);
	cbor_put_bytes(b, bytes_of(f->id.b, sizeof f->id.b));
	cbor_put_array(b, f->ids.size / ID_SIZE);
	for (size_t i = 0; i < f->ids.size; i += ID_SIZE)
		cbor_put_bytes(b, bytes_of(f->ids.data + i, ID_SIZE));
	cbor_put_array(b, count);
	for (size_t i = 0; i < count; i++)
		cbor_put_bytes(b, bytes_of(gaps[i].hash.b, sizeof gaps[i].hash.b));
}

static enum err digest_cases(struct hash256 *out, struct replica_sync *s)
{
	struct index_frontier *cases;
	struct sync_gap *gaps = NULL;
	size_t count = 0, gap_count = 0, at = 0;
	struct buf b;
	buf_init(&b, DIGEST_SIZE_MAX);
	enum err e = sync_gaps(&gaps, &gap_count, s, &s->arena);
	if (!e)
		e = sync_shared_cases(&cases, &count, s, &s->arena);
	if (!e)
		cbor_put_array(&b, count);
	for (size_t i = 0; i < count && !e; i++) {
		size_t end;
		while (at < gap_count && case_id_compare(&gaps[at].case_id, &cases[i].id) < 0)
			at++;
		for (end = at; end < gap_count && case_id_equal(&gaps[end].case_id, &cases[i].id); end++)
			;
		put_case(&b, &cases[i], gaps ? gaps + at : NULL, end - at);
	}
	if (!e)
		e = buf_err(&b);
	if (!e)
		hash_blake2b_256(out->b, buf_bytes(&b));
	buf_clear(&b);
	return e;
}

enum err sync_digest(uint8_t out[HELLO_DIGEST_SIZE], struct replica_sync *s)
{
	struct hash256 charter, journals, cases;
	struct index_checkpoint *heads = NULL;
	size_t count = 0;
	struct buf b;
	buf_init(&b, 1 << 26);
	/* The order matters: what arrives after this number is not in the digest for sure. */
	enum err e = index_last_change(&s->digest_last, replica_index(s->r));
	if (!e)
		e = charter_digest(&charter, replica_charter(s->r));
	if (!e)
		e = list_journals(&heads, &count, s);
	if (!e)
		put_journals(&b, heads, count);
	if (!e)
		e = buf_err(&b);
	if (!e) {
		hash_blake2b_256(journals.b, buf_bytes(&b));
		e = digest_cases(&cases, s);
	}
	buf_reset(&b);
	cbor_put_array(&b, 4);
	cbor_put_text(&b, bytes_text("dossier digest 1"));
	cbor_put_bytes(&b, bytes_of(charter.b, sizeof charter.b));
	cbor_put_bytes(&b, bytes_of(journals.b, sizeof journals.b));
	cbor_put_bytes(&b, bytes_of(cases.b, sizeof cases.b));
	if (!e)
		e = buf_err(&b);
	if (!e)
		hash_blake2b_256(out, buf_bytes(&b));
	buf_clear(&b);
	return e;
}
