/* What a session takes: messages are put off as long as another one is there already, then taken in by one
 * transaction. */
#include "node/replica_sync_parts.h"

#include <stdlib.h>
#include <string.h>

/* Reads what is behind [kind, .  The item was scanned by the session. */
static struct cbor open_body(struct bytes body, size_t fields)
{
	struct cbor c;
	cbor_begin(&c, body);
	if (cbor_array(&c, fields) != fields)
		cbor_fail(&c);
	cbor_uint(&c, MESSAGE_BLOBS);
	return c;
}

/* ---- What is answered at once */

static enum err take_heads(struct replica_sync *s, struct cbor *c)
{
	const uint32_t *lacking;
	uint32_t count;
	size_t n = cbor_array(c, SYNC_GAPS_MAX);
	struct charter_head *heads = arena_array(&s->arena, n, sizeof *heads);
	if (!heads)
		return ERR_MEMORY;
	for (size_t i = 0; i < n && !c->err; i++) {
		if (cbor_array(c, 3) != 3)
			cbor_fail(c);
		heads[i].has_issuer = cbor_peek(c) != CBOR_NULL;
		if (heads[i].has_issuer)
			cbor_fixed(c, heads[i].issuer.b, sizeof heads[i].issuer.b);
		else
			cbor_null(c);
		heads[i].position = cbor_uint(c, UINT64_MAX);
		cbor_fixed(c, heads[i].id.b, HELLO_PREFIX_SIZE);
	}
	if (c->err)
		return ERR_FORMAT;
	enum err e = charter_lacking(
		&lacking, &count, &s->arena, replica_charter(s->r), heads, (uint32_t)n, HELLO_PREFIX_SIZE);
	sync_list_clear(&s->statements);
	for (uint32_t i = 0; i < count && !e; i++) {
		uint32_t *index = sync_list_add(&s->statements, sizeof *index);
		if (!index)
			return ERR_MEMORY;
		*index = lacking[i];
	}
	s->needs_heads = false;
	return e;
}

static enum err take_state(struct replica_sync *s, struct bytes body)
{
	struct cbor c = open_body(body, 3);
	enum err e = ERR_OK;
	if (cbor_peek(&c) == CBOR_NULL)
		cbor_null(&c);
	else
		e = take_heads(s, &c);
	if (!e && cbor_peek(&c) == CBOR_NULL)
		cbor_null(&c);
	else if (!e)
		e = sync_plan_listed(s, &c);
	return e ? e : cbor_end(&c);
}

static enum err take_want(struct replica_sync *s, struct bytes body)
{
	struct cbor c = open_body(body, 2);
	size_t n = cbor_array(&c, SYNC_WANTS_MAX);
	if (s->blobs.count - s->blobs.at > 4 * (size_t)SYNC_WANTS_MAX)
		return err_set(&s->why, ERR_LIMIT, "more blobs wanted at once than are looked at");
	for (size_t i = 0; i < n && !c.err; i++) {
		struct sync_blob *b = sync_list_add(&s->blobs, sizeof *b);
		if (!b)
			return ERR_MEMORY;
		if (cbor_array(&c, 3) != 3)
			cbor_fail(&c);
		cbor_fixed(&c, b->case_id.b, sizeof b->case_id.b);
		struct bytes letter = cbor_text(&c);
		cbor_fixed(&c, b->hash.b, sizeof b->hash.b);
		if (letter.size != 1 || (letter.data[0] != 'p' && letter.data[0] != 'g'))
			cbor_fail(&c);
		else
			b->letter = (char)letter.data[0];
	}
	return cbor_end(&c);
}

/* ---- What goes into one transaction */

struct taking { /* one batch; changes are decoded while it is admitted, since they build on one another */
	struct replica_sync *s;
	struct admission batch;
	struct cbor items;       /* of the present message of changes */
	size_t items_left;
	size_t message;          /* in the inbox: the next one to be looked at */
	uint32_t *table;         /* first bytes of an id -> change + 1; open addressing */
	size_t table_room;
	struct admit_blob *blobs;
	uint32_t blob_room, blob_count;
	struct admit_checkpoint *checkpoints;
	uint32_t checkpoint_room, checkpoint_count;
};

static uint64_t key_of(const uint8_t *id)
{
	uint64_t key;
	memcpy(&key, id, sizeof key);
	return key;
}

static void remember(struct taking *t, size_t change)
{
	size_t at = key_of(t->batch.changes[change].id.b) & (t->table_room - 1);
	while (t->table[at])
		at = (at + 1) & (t->table_room - 1);
	t->table[at] = (uint32_t)change + 1;
}

/* A change of this batch whose id begins so; *more than one is as none. */
static const struct admit_change *find_taken(const struct taking *t, const uint8_t *prefix, bool *many)
{
	const struct admit_change *found = NULL;
	*many = false;
	size_t at = key_of(prefix) & (t->table_room - 1);
	for (; t->table[at]; at = (at + 1) & (t->table_room - 1)) {
		const struct admit_change *c = &t->batch.changes[t->table[at] - 1];
		if (memcmp(c->id.b, prefix, INDEX_PREFIX_SIZE) != 0)
			continue;
		*many = *many || (found && !change_id_equal(&found->id, &c->id));
		found = c;
	}
	return found;
}

static bool find_change(void *context, const uint8_t prefix[CHANGE_SESSION_PREFIX_SIZE],
	const struct case_id *in_case, struct change_id *id, struct case_id *case_id)
{
	struct taking *t = context;
	struct index_change row;
	bool many;
	const struct admit_change *taken = find_taken(t, prefix, &many);
	enum err e = index_find_prefix(&row, case_id, replica_index(t->s->r), prefix);
	if (many || e == ERR_CONFLICT || (!taken && e) ||
		(taken && !e && !change_id_equal(&taken->id, &row.id)))
		return false;
	if (taken)
		*case_id = taken->change->case_id;
	*id = taken ? taken->id : row.id;
	return !in_case || case_id_equal(in_case, case_id);
}

static enum err add_blobs(struct taking *t, char letter, const struct bytes *blobs, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (blobs[i].size == 0)
			continue;
		struct admit_blob *grown = arena_grow(
			&t->s->take_arena, t->blobs, t->blob_count, &t->blob_room, sizeof *grown);
		if (!grown)
			return ERR_MEMORY;
		t->blobs = grown;
		t->blobs[t->blob_count++] = (struct admit_blob){ letter, blobs[i] };
	}
	t->batch.blobs = t->blobs;
	t->batch.blob_count = t->blob_count;
	return ERR_OK;
}

static struct bytes inbox_body(const struct replica_sync *s, size_t message)
{
	return bytes_of(s->inbox.bytes.data + s->inbox.list[message].at, s->inbox.list[message].size);
}

/* The change before this one has been judged: its id is known, if it has one. */
static void note_change(struct taking *t, size_t change)
{
	const struct admit_change *a = &t->batch.changes[change];
	struct case_id none = { { 0 } };
	bool has_id = a->change && !change_id_is_zero(&a->id);
	change_session_note(t->s->in, has_id ? &a->id : NULL, a->change ? &a->change->case_id : &none);
	if (has_id)
		remember(t, change);
}

static enum err decode_next(struct taking *t, struct admit_change *a)
{
	struct replica_sync *s = t->s;
	struct change_received got;
	struct change_finder finder = { .find = find_change, .context = t };
	while (t->items_left == 0) {
		t->items = open_body(inbox_body(s, t->message), 2);
		if (s->inbox.list[t->message++].kind != MESSAGE_CHANGES)
			continue;
		t->items_left = cbor_array(&t->items, SYNC_ITEMS_MAX);
		if (t->items.err)
			return err_set(&s->why, ERR_FORMAT, "message changes: not a list of items");
	}
	t->items_left--;
	enum err e = change_session_decode(
		&got, s->in, &s->take_arena, charter_federation(replica_charter(s->r)), &t->items, &finder);
	if (!e && t->items_left == 0)
		e = cbor_end(&t->items);
	if (e == ERR_FORMAT)
		err_set(&s->why, e, "message changes: the item at byte %zu is none", t->items.at);
	if (e)
		return e;
	a->change = got.change;
	e = add_blobs(t, 'g', got.grants, got.change->grant_count);
	return e ? e : add_blobs(t, 'p', got.payloads, got.change->payload_count);
}

/* Checkpoints share the table with the changes, so they are read after them. */
static enum err take_checkpoints(struct taking *t)
{
	struct replica_sync *s = t->s;
	for (size_t i = 0; i < s->inbox.count; i++) {
		if (s->inbox.list[i].kind != MESSAGE_JOURNAL)
			continue;
		struct cbor c = open_body(inbox_body(s, i), 2);
		size_t n = cbor_array(&c, SYNC_ITEMS_MAX);
		for (size_t k = 0; k < n && !c.err; k++) {
			struct bytes wire;
			enum err e = sync_take_checkpoint(&wire, s, &c);
			if (e == ERR_FORMAT)
				err_set(&s->why, e, "message journal: the item at byte %zu is none", c.at);
			if (e)
				return e;
			if (wire.size == 0)
				continue;
			struct admit_checkpoint *grown = arena_grow(&s->take_arena, t->checkpoints, t->checkpoint_count,
				&t->checkpoint_room, sizeof *grown);
			if (!grown)
				return ERR_MEMORY;
			t->checkpoints = grown;
			t->checkpoints[t->checkpoint_count++] = (struct admit_checkpoint){ .wire = wire };
		}
		if (cbor_end(&c))
			return ERR_FORMAT;
	}
	t->batch.checkpoints = t->checkpoints;
	t->batch.checkpoint_count = t->checkpoint_count;
	return ERR_OK;
}

static enum err prepare(void *context, struct admission *batch, size_t i)
{
	struct taking *t = context;
	if (i > 0)
		note_change(t, i - 1);
	return i < batch->change_count ? decode_next(t, &batch->changes[i]) : take_checkpoints(t);
}

static enum err count_items(size_t *count, struct bytes body)
{
	struct cbor c = open_body(body, 2);
	*count = cbor_array(&c, SYNC_ITEMS_MAX);
	return c.err;
}

static enum err take_statements(struct taking *t, struct bytes body)
{
	struct cbor c = open_body(body, 2);
	size_t n = cbor_array(&c, SYNC_ITEMS_MAX), had = t->batch.statement_count;
	struct bytes *list = arena_array(&t->s->take_arena, had + n, sizeof *list);
	if (!list)
		return ERR_MEMORY;
	if (had > 0)
		memcpy(list, t->batch.statements, had * sizeof *list);
	for (size_t i = 0; i < n; i++)
		list[had + i] = cbor_bytes(&c);
	t->batch.statements = list;
	t->batch.statement_count = had + n;
	return cbor_end(&c);
}

static enum err take_blobs(struct taking *t, struct bytes body)
{
	struct cbor c = open_body(body, 2);
	size_t n = cbor_array(&c, SYNC_ITEMS_MAX);
	enum err e = ERR_OK;
	for (size_t i = 0; i < n && !c.err && !e; i++) {
		if (cbor_array(&c, 2) != 2)
			cbor_fail(&c);
		struct bytes letter = cbor_text(&c), data = cbor_bytes(&c);
		if (letter.size != 1)
			cbor_fail(&c);
		else
			e = add_blobs(t, (char)letter.data[0], &data, 1);
	}
	return e ? e : cbor_end(&c);
}

static enum err fill(struct taking *t)
{
	struct replica_sync *s = t->s;
	size_t changes = 0;
	enum err e = ERR_OK;
	for (size_t i = 0; i < s->inbox.count && !e; i++) {
		size_t n = 0;
		if (s->inbox.list[i].kind == MESSAGE_STATEMENTS)
			e = take_statements(t, inbox_body(s, i));
		else if (s->inbox.list[i].kind == MESSAGE_BLOBS)
			e = take_blobs(t, inbox_body(s, i));
		else if (s->inbox.list[i].kind == MESSAGE_CHANGES)
			e = count_items(&n, inbox_body(s, i));
		changes += n;
	}
	for (t->table_room = 64; t->table_room < 2 * changes + 2; t->table_room *= 2)
		;
	t->table = arena_array(&s->take_arena, t->table_room, sizeof *t->table);
	t->batch.changes = arena_array(&s->take_arena, changes, sizeof *t->batch.changes);
	t->batch.change_count = changes;
	return e ? e : t->table && t->batch.changes ? ERR_OK : ERR_MEMORY;
}

static void count_results(struct taking *t)
{
	struct replica_sync_counts *counts = &t->s->counts;
	for (size_t i = 0; i < t->batch.change_count; i++) {
		const struct keep_result *r = &t->batch.changes[i].result;
		counts->changes_refused += r->verdict == KEEP_REFUSED;
		counts->changes_waiting += r->verdict == KEEP_WAITS;
	}
	counts->changes_taken += t->batch.changes_kept;
	for (size_t i = 0; i < t->batch.statement_count; i++)
		counts->statements_taken += t->batch.statement_results[i].verdict == CHARTER_KEPT;
	counts->blobs_taken += t->batch.blob_count;
}

/* Takes in what was put off. */
static enum err flush(struct replica_sync *s)
{
	struct taking t = { .s = s };
	if (s->inbox.count == 0)
		return ERR_OK;
	arena_clear(&s->take_arena);
	enum err e = fill(&t);
	t.batch.peer = &s->peer;
	t.batch.prepare = prepare;
	t.batch.context = &t;
	t.batch.statement_results = e ? NULL :
		arena_array(&s->take_arena, t.batch.statement_count, sizeof *t.batch.statement_results);
	if (!e && !t.batch.statement_results)
		e = ERR_MEMORY;
	if (!e)
		e = replica_admit(s->r, &t.batch, &s->why);
	if (!e)
		count_results(&t);
	s->shares_stale = true;
	s->inbox.count = 0;
	buf_reset(&s->inbox.bytes);
	arena_clear(&s->take_arena);
	return e;
}

static enum err put_off(struct replica_sync *s, const struct session_ask *ask)
{
	size_t n = s->inbox.count;
	s->inbox.list[n].kind = ask->message;
	s->inbox.list[n].at = s->inbox.bytes.size;
	s->inbox.list[n].size = ask->body.size;
	buf_put_bytes(&s->inbox.bytes, ask->body);
	s->inbox.count++;
	return buf_err(&s->inbox.bytes);
}

enum err sync_take(struct replica_sync *s, const struct session_ask *ask, bool *deferred)
{
	enum err e = ERR_OK;
	bool admits = ask->message == MESSAGE_STATEMENTS || ask->message == MESSAGE_CHANGES ||
		ask->message == MESSAGE_JOURNAL || ask->message == MESSAGE_BLOBS;
	*deferred = false;
	/* A batch is admitted in the order of the kinds; what is out of that order begins another. */
	if (s->inbox.count > 0 && (!admits || s->inbox.list[s->inbox.count - 1].kind > ask->message))
		e = flush(s);
	if (e)
		return e;
	if (admits) {
		e = put_off(s, ask);
		*deferred = ask->more && s->inbox.count < SYNC_INBOX_MAX;
		return e || *deferred ? e : flush(s);
	}
	if (ask->message == MESSAGE_STATE)
		e = take_state(s, ask->body);
	else if (ask->message == MESSAGE_RANGES)
		e = sync_take_ranges(s, ask->body);
	else if (ask->message == MESSAGE_CASES)
		e = sync_take_cases(s, ask->body);
	else
		e = take_want(s, ask->body);
	if (e == ERR_FORMAT && s->why.text[0] == '\0')
		err_set(&s->why, e, "a message that is not what its kind holds");
	return e;
}
