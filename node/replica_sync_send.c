/* What a session sends: state, statements, blobs that were asked for, changes by cursor, and wants. */
#include "node/replica_sync_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- State, statements */

static enum err put_heads(struct buf *b, struct replica_sync *s)
{
	const struct charter_head *heads;
	uint32_t count;
	enum err e = charter_heads(&heads, &count, &s->arena, replica_charter(s->r));
	if (e)
		return e;
	cbor_put_array(b, count);
	for (uint32_t i = 0; i < count; i++) {
		cbor_put_array(b, 3);
		if (heads[i].has_issuer)
			cbor_put_bytes(b, bytes_of(heads[i].issuer.b, sizeof heads[i].issuer.b));
		else
			cbor_put_null(b);
		cbor_put_uint(b, heads[i].position);
		cbor_put_bytes(b, bytes_of(heads[i].id.b, HELLO_PREFIX_SIZE));
	}
	return ERR_OK;
}

static void put_list(struct buf *b, const struct index_checkpoint *heads, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		cbor_put_array(b, 4);
		cbor_put_bytes(b, bytes_of(heads[i].node.b, sizeof heads[i].node.b));
		cbor_put_bytes(b, bytes_of(heads[i].incarnation.b, sizeof heads[i].incarnation.b));
		cbor_put_uint(b, heads[i].sequence);
		cbor_put_bytes(b, bytes_of(heads[i].id.b, HELLO_PREFIX_SIZE));
	}
}

/* What is to be held with its entries is listed as far as it is: one's own always. */
static enum err put_lists(struct buf *b, struct replica_sync *s)
{
	struct index_checkpoint *held, *known = NULL;
	size_t held_count, known_count = 0;
	bool reads = charter_reads_journals(replica_charter(s->r), replica_site(s->r));
	enum err e = sync_full_heads(&held, &held_count, s, &s->arena, reads ? NULL : replica_node(s->r));
	if (!e && !reads)
		e = sync_known_heads(&known, &known_count, s, &s->arena, false, true);
	if (e)
		return e;
	/* What is left out comes again, which costs and does no harm: nobody may make so many but to do harm. */
	if (held_count > SYNC_LISTS_MAX)
		held_count = SYNC_LISTS_MAX;
	if (known_count > SYNC_LISTS_MAX - held_count)
		known_count = SYNC_LISTS_MAX - held_count;
	cbor_put_array(b, held_count + known_count);
	put_list(b, held, held_count);
	put_list(b, known, known_count);
	return ERR_OK;
}

static enum err make_state(struct replica_sync *s)
{
	enum err e = ERR_OK;
	cbor_put_array(&s->body, 3);
	cbor_put_uint(&s->body, MESSAGE_STATE);
	if (s->say_heads)
		e = put_heads(&s->body, s);
	else
		cbor_put_null(&s->body);
	if (!e && s->say_journals)
		e = put_lists(&s->body, s);
	else
		cbor_put_null(&s->body);
	s->say_heads = s->say_journals = false;
	return e;
}

static enum err make_statements(struct replica_sync *s, size_t target)
{
	const uint32_t *indices = s->statements.items;
	size_t n = 0;
	for (; s->statements.at < s->statements.count && (n == 0 || s->items.size < target); s->statements.at++) {
		const struct charter_entry *entry =
			charter_get(replica_charter(s->r), indices[s->statements.at]);
		if (!entry)
			continue;
		cbor_put_bytes(&s->items, entry->blob);
		n++;
	}
	cbor_put_array(&s->body, 2);
	cbor_put_uint(&s->body, MESSAGE_STATEMENTS);
	cbor_put_array(&s->body, n);
	cbor_put_raw(&s->body, buf_bytes(&s->items));
	return buf_err(&s->items);
}

/* ---- Blobs */

/* A blob in the arena; empty when it is not held. */
static enum err read_blob(struct bytes *out, struct replica_sync *s, char letter, const struct hash256 *hash)
{
	struct git_id git;
	struct buf blob;
	*out = bytes_of(NULL, 0);
	enum err e = index_find_blob(&git, replica_index(s->r), letter, hash);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	buf_init(&blob, CHANGE_BLOBS_MAX);
	e = store_read(&blob, replica_store(s->r), STORE_BLOB, &git, CHANGE_BLOBS_MAX, &s->why);
	const void *copy = e ? NULL : arena_copy(&s->arena, blob.data, blob.size);
	if (!e && !copy)
		e = ERR_MEMORY;
	if (copy)
		*out = bytes_of(copy, blob.size);
	buf_clear(&blob);
	return e;
}

/* Whether the peer's site is entitled to a blob of that case. */
static enum err is_entitled(bool *entitled, struct replica_sync *s, const struct sync_blob *b)
{
	struct casefile *f;
	*entitled = false;
	enum err e = sync_case(&f, s, &b->case_id);
	if (e)
		return e == ERR_NOT_FOUND || e == ERR_MISSING ? ERR_OK : e;
	for (uint32_t i = 0; i < f->count && !*entitled; i++) {
		const struct change *c = f->changes[i].change;
		const struct change_blob *lines = b->letter == 'p' ? c->payloads : c->grants;
		uint32_t count = b->letter == 'p' ? c->payload_count : c->grant_count;
		for (uint32_t k = 0; k < count; k++)
			*entitled = *entitled || (hash256_equal(&lines[k].hash, &b->hash) &&
				epoch_shares_line(f->counted->epochs, i, &lines[k], s->peer_site));
	}
	return ERR_OK;
}

static enum err make_blobs(struct replica_sync *s, size_t target)
{
	const struct sync_blob *blobs = s->blobs.items;
	enum err e = ERR_OK;
	size_t n = 0;
	for (; s->blobs.at < s->blobs.count && !e && s->items.size < target; s->blobs.at++) {
		const struct sync_blob *b = &blobs[s->blobs.at];
		struct bytes data = { NULL, 0 };
		bool entitled;
		e = is_entitled(&entitled, s, b);
		if (!e && entitled)
			e = read_blob(&data, s, b->letter, &b->hash);
		if (e || data.size == 0)
			continue;
		cbor_put_array(&s->items, 2);
		cbor_put_text(&s->items, bytes_of(&b->letter, 1));
		cbor_put_bytes(&s->items, data);
		n++;
	}
	cbor_put_array(&s->body, 2);
	cbor_put_uint(&s->body, MESSAGE_BLOBS);
	cbor_put_array(&s->body, n);
	cbor_put_raw(&s->body, buf_bytes(&s->items));
	return e ? e : buf_err(&s->items);
}

/* ---- Changes */

static bool is_held(const void *context, const struct change_id *id)
{
	uint32_t position;
	return casefile_find(&position, context, id);
}

static enum err collect_blobs(const struct bytes **out, struct replica_sync *s, struct casefile *f,
	uint32_t position, char letter)
{
	const struct change *c = f->changes[position].change;
	const struct change_blob *lines = letter == 'p' ? c->payloads : c->grants;
	uint32_t count = letter == 'p' ? c->payload_count : c->grant_count;
	struct bytes *blobs = arena_array(&s->arena, count, sizeof *blobs);
	enum err e = blobs ? ERR_OK : ERR_MEMORY;
	for (uint32_t i = 0; i < count && !e; i++) {
		if (!epoch_shares_line(f->counted->epochs, position, &lines[i], s->peer_site))
			continue;
		e = read_blob(&blobs[i], s, letter, &lines[i].hash);
		/* Where the line lies about the length, the hearer could not rebuild it from the blob. */
		if (blobs[i].size != lines[i].size)
			blobs[i] = (struct bytes){ NULL, 0 };
	}
	*out = blobs;
	return e;
}

enum err sync_put_change(struct replica_sync *s, struct casefile *f, uint32_t position)
{
	struct change_sending sending = { .change = f->changes[position].change, .id = f->changes[position].id,
		.is_held = is_held, .context = f };
	enum err e = collect_blobs(&sending.grants, s, f, position, 'g');
	if (!e)
		e = collect_blobs(&sending.payloads, s, f, position, 'p');
	if (e)
		return e;
	change_session_encode(&s->items, s->out, &sending);
	s->counts.changes_sent++;
	return buf_err(&s->items);
}

static const struct index_share *find_share(const struct replica_sync *s, int64_t case_no)
{
	size_t low = 0, high = s->share_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->shares[middle].case_no < case_no)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->share_count && s->shares[low].case_no == case_no ? &s->shares[low] : NULL;
}

/* Sends what is up to number `until` of a case, from where the last message stopped. */
static enum err put_burst(struct replica_sync *s, struct casefile *f, int64_t until, size_t target,
	size_t *n)
{
	enum err e = ERR_OK;
	s->in_burst = true;
	for (; s->burst_next < f->count && !e && s->items.size < target; s->burst_next++) {
		const struct index_change *row = &f->changes[s->burst_next].row;
		if (row->no > until || row->peer == s->row.no ||
			!epoch_shares_change(f->counted->epochs, s->burst_next, s->peer_site))
			continue;
		e = sync_put_change(s, f, s->burst_next);
		++*n;
	}
	if (s->burst_next == f->count)
		s->in_burst = false;
	return e;
}

/* Looks at one change after the cursor, and sends it, or the whole of its case where the site's share in it
 * begins with it.  The cursor moves when that is done. */
static enum err put_row(struct replica_sync *s, const struct index_change *row, size_t target, size_t *n)
{
	struct index_case file_row;
	struct casefile *f;
	uint32_t position;
	const struct index_share *share = find_share(s, row->case_no);
	bool begins = share && !share->ended && row->no == share->since;
	if ((!share && !s->peer_is_custodian) || (!begins && row->peer == s->row.no) ||
		(share && row->no < share->since && !s->peer_is_custodian)) {
		s->cursor = row->no;
		return ERR_OK;
	}
	enum err e = index_get_case(&file_row, replica_index(s->r), row->case_no);
	if (!e)
		e = sync_case(&f, s, &file_row.id);
	if (e == ERR_MISSING) { /* its form's file is not here: nobody can say who shares it */
		s->cursor = row->no;
		return ERR_OK;
	}
	if (e)
		return e;
	if (begins && !s->peer_is_custodian) {
		if (!s->in_burst)
			s->burst_next = 0;
		e = put_burst(s, f, row->no, target, n);
	} else if (casefile_find(&position, f, &row->id) &&
		epoch_shares_change(f->counted->epochs, position, s->peer_site)) {
		e = sync_put_change(s, f, position);
		++*n;
	}
	if (!e && !s->in_burst)
		s->cursor = row->no;
	return e;
}

/* `message` carries what is up to the cursor; 0: what follows the last message is nothing to the peer. */
static void note_cursor(struct replica_sync *s, uint64_t message)
{
	if (message > 0) {
		assert(s->mark_count < SYNC_MARKS_MAX);
		s->marks[s->mark_count++] = (struct sync_mark){ message, s->cursor };
	} else if (s->mark_count > 0) {
		s->marks[s->mark_count - 1].cursor = s->cursor;
	} else {
		s->acked = s->cursor;
	}
}

static enum err make_changes(bool *made, struct replica_sync *s, const struct session_ask *ask)
{
	size_t n = 0;
	enum err e = sync_load_shares(s);
	*made = false;
	for (bool more = true; more && !e && s->items.size < ask->size_target;) {
		struct index_change *rows;
		size_t count;
		e = index_list_since(&rows, &count, replica_index(s->r), &s->arena, s->cursor, SYNC_ROWS_MAX);
		more = !e && count > 0;
		for (size_t i = 0; i < count && !e && s->items.size < ask->size_target && !s->in_burst; i++)
			e = put_row(s, &rows[i], ask->size_target, &n);
		/* A burst goes on with the row it began with. */
		if (!e && count > 0 && s->in_burst && s->items.size < ask->size_target)
			e = put_row(s, &rows[0], ask->size_target, &n);
	}
	if (e)
		return e;
	*made = n > 0;
	if (!s->skip_cursor)
		note_cursor(s, *made ? ask->sent + 1 : 0);
	if (!*made)
		return ERR_OK;
	cbor_put_array(&s->body, 2);
	cbor_put_uint(&s->body, MESSAGE_CHANGES);
	cbor_put_array(&s->body, n);
	cbor_put_raw(&s->body, buf_bytes(&s->items));
	return buf_err(&s->body);
}

/* ---- Wants */

static int compare_hashes(const void *a, const void *b)
{
	return hash256_compare(a, b);
}

/* Among the first `count`, which are sorted. */
static bool was_wanted(const struct replica_sync *s, size_t count, const struct hash256 *hash)
{
	return count > 0 && bsearch(hash, s->wanted.items, count, sizeof *hash, compare_hashes);
}

static enum err make_want(bool *made, struct replica_sync *s)
{
	struct sync_gap *gaps;
	size_t count, n = 0, sorted = s->wanted.count;
	enum err e = sync_gaps(&gaps, &count, s, &s->arena);
	*made = false;
	for (size_t i = 0; i < count && !e && n < SYNC_WANTS_MAX; i++) {
		if (was_wanted(s, sorted, &gaps[i].hash))
			continue;
		struct hash256 *hash = sync_list_add(&s->wanted, sizeof *hash);
		if (!hash)
			return ERR_MEMORY;
		*hash = gaps[i].hash;
		cbor_put_array(&s->items, 3);
		cbor_put_bytes(&s->items, bytes_of(gaps[i].case_id.b, sizeof gaps[i].case_id.b));
		cbor_put_text(&s->items, bytes_of(&gaps[i].letter, 1));
		cbor_put_bytes(&s->items, bytes_of(gaps[i].hash.b, sizeof gaps[i].hash.b));
		n++;
	}
	if (e || n == 0)
		return e;
	qsort(s->wanted.items, s->wanted.count, sizeof(struct hash256), compare_hashes);
	*made = true;
	cbor_put_array(&s->body, 2);
	cbor_put_uint(&s->body, MESSAGE_WANT);
	cbor_put_array(&s->body, n);
	cbor_put_raw(&s->body, buf_bytes(&s->items));
	return buf_err(&s->items);
}

/* ---- In order */

static enum err make_bulk(bool *made, enum message_kind *kind, struct replica_sync *s,
	const struct session_ask *ask)
{
	enum err e = sync_make_difference(made, s, ask->size_target);
	*kind = MESSAGE_CHANGES;
	if (!e && !*made)
		e = make_changes(made, s, ask);
	if (e || *made)
		return e;
	*kind = MESSAGE_JOURNAL;
	if (!s->needs_lists)
		e = sync_make_journal(made, s, ask->size_target);
	if (e || *made)
		return e;
	*kind = MESSAGE_WANT;
	return make_want(made, s);
}

enum err sync_next(struct session_answer *out, struct replica_sync *s, const struct session_ask *ask)
{
	bool made = true;
	struct session_ask bounded = *ask;
	enum err e = sync_attest(s);
	buf_reset(&s->body);
	buf_reset(&s->items);
	if (e)
		return e;
	/* One change more than the target must still fit. */
	if (ask->size_target > SYNC_TARGET_ROOM)
		bounded.size_target = SYNC_TARGET_ROOM;
	ask = &bounded;
	if (s->say_heads || s->say_journals) {
		out->message = MESSAGE_STATE;
		e = make_state(s);
	} else if (s->needs_heads) {
		made = false;
	} else if (s->statements.at < s->statements.count) {
		out->message = MESSAGE_STATEMENTS;
		e = make_statements(s, ask->size_target);
	} else if (s->ranges.at < s->ranges.count) {
		e = sync_make_range(&made, &out->message, s);
	} else if (s->blobs.at < s->blobs.count) {
		out->message = MESSAGE_BLOBS;
		e = make_blobs(s, ask->size_target);
	} else {
		e = make_bulk(&made, &out->message, s, ask);
	}
	out->none = !made;
	out->wait = !made && (s->needs_heads || s->needs_lists);
	out->body = buf_bytes(&s->body);
	return e ? e : buf_err(&s->body);
}
