/* Reconciliation: sets of (case, frontier) by ranges of case ids, then the difference within each case. */
#include "node/replica_sync_parts.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

enum { RANGES_MAX = 4096, HALVES_MAX = 32, HASH_SIZE = 16, FRONTIER_MAX = 1 << 16, ID_SIZE = 32 };

/* ---- Ranges */

static uint8_t half(const struct case_id *id, size_t i)
{
	return i % 2 ? id->b[i / 2] & 15 : id->b[i / 2] >> 4;
}

static bool is_in(const struct case_id *id, const uint8_t *prefix, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (half(id, i) != prefix[i])
			return false;
	return true;
}

static void put_frontier(struct buf *b, const struct index_frontier *f)
{
	cbor_put_array(b, 2);
	cbor_put_bytes(b, bytes_of(f->id.b, sizeof f->id.b));
	cbor_put_array(b, f->ids.size / ID_SIZE);
	for (size_t i = 0; i < f->ids.size; i += ID_SIZE)
		cbor_put_bytes(b, bytes_of(f->ids.data + i, ID_SIZE));
}

/* Count and hash of what is shared under a prefix. */
static enum err sum_range(size_t *count, uint8_t hash[HASH_SIZE], const struct index_frontier *cases,
	size_t case_count, const uint8_t *prefix, size_t size)
{
	struct buf list, all;
	uint8_t whole[32];
	*count = 0;
	buf_init(&list, 1 << 28);
	buf_init(&all, (1 << 28) + 16);
	for (size_t i = 0; i < case_count; i++) {
		if (!is_in(&cases[i].id, prefix, size))
			continue;
		put_frontier(&list, &cases[i]);
		++*count;
	}
	cbor_put_array(&all, *count);
	cbor_put_raw(&all, buf_bytes(&list));
	enum err e = list.err ? list.err : buf_err(&all);
	if (!e) {
		hash_blake2b_256(whole, buf_bytes(&all));
		memcpy(hash, whole, HASH_SIZE);
	}
	buf_clear(&list);
	buf_clear(&all);
	return e;
}

static enum err add_range(struct replica_sync *s, const uint8_t *prefix, size_t size, bool name, bool reply)
{
	if (s->ranges.count - s->ranges.at >= RANGES_MAX)
		return err_set(&s->why, ERR_LIMIT, "more ranges at once than are looked at");
	struct sync_range *r = sync_list_add(&s->ranges, sizeof *r);
	if (!r)
		return ERR_MEMORY;
	if (size > 0)
		memcpy(r->prefix, prefix, size);
	r->size = (uint8_t)size;
	r->name_cases = name || size == HALVES_MAX;
	r->reply = reply;
	return ERR_OK;
}

enum err sync_begin_round(struct replica_sync *s)
{
	struct index_frontier *cases;
	size_t count;
	s->reconciling = true;
	change_session_make_literal(s->out);
	s->has_sent = s->whole = false;
	s->say_heads = s->say_journals = true;
	s->wanted.count = 0;
	s->lists_pending = true;
	enum err e = sync_shared_cases(&cases, &count, s, &s->arena);
	if (!e && s->initiator)
		e = add_range(s, NULL, 0, count <= SYNC_FEW_CASES, true);
	return e;
}

static enum err put_parts(struct replica_sync *s, const struct sync_range *r,
	const struct index_frontier *cases, size_t count, size_t *n)
{
	enum err e = ERR_OK;
	uint8_t prefix[HALVES_MAX], hash[HASH_SIZE] = { 0 };
	memcpy(prefix, r->prefix, r->size);
	for (uint8_t i = 0; i < 16 && !e; i++) {
		size_t held;
		prefix[r->size] = i;
		e = sum_range(&held, hash, cases, count, prefix, r->size + 1u);
		cbor_put_array(&s->items, 3);
		cbor_put_bytes(&s->items, bytes_of(prefix, r->size + 1u));
		cbor_put_uint(&s->items, held);
		cbor_put_bytes(&s->items, bytes_of(hash, sizeof hash));
		++*n;
	}
	return e;
}

static void put_named(struct replica_sync *s, const struct sync_range *r, const struct index_frontier *cases,
	size_t count)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		if (!is_in(&cases[i].id, r->prefix, r->size))
			continue;
		put_frontier(&s->items, &cases[i]);
		n++;
	}
	cbor_put_array(&s->body, 4);
	cbor_put_uint(&s->body, MESSAGE_CASES);
	cbor_put_bool(&s->body, r->reply);
	cbor_put_bytes(&s->body, bytes_of(r->prefix, r->size));
	cbor_put_array(&s->body, n);
	cbor_put_raw(&s->body, buf_bytes(&s->items));
}

enum err sync_make_range(bool *made, enum message_kind *kind, struct replica_sync *s)
{
	enum { ROOM = 200 << 10 };
	struct index_frontier *cases;
	size_t count, n = 0;
	const struct sync_range *list = s->ranges.items;
	bool names = list[s->ranges.at].name_cases;
	enum err e = names ? sync_named_cases(&cases, &count, s, &s->arena) :
		sync_shared_cases(&cases, &count, s, &s->arena);
	*made = true;
	if (!e && names) {
		*kind = MESSAGE_CASES;
		put_named(s, &list[s->ranges.at++], cases, count);
		return s->items.err ? s->items.err : buf_err(&s->body);
	}
	*kind = MESSAGE_RANGES;
	for (; !e && s->ranges.at < s->ranges.count && !list[s->ranges.at].name_cases && s->items.size < ROOM;
		s->ranges.at++)
		e = put_parts(s, &list[s->ranges.at], cases, count, &n);
	cbor_put_array(&s->body, 2);
	cbor_put_uint(&s->body, MESSAGE_RANGES);
	cbor_put_array(&s->body, n);
	cbor_put_raw(&s->body, buf_bytes(&s->items));
	return e ? e : buf_err(&s->body);
}

/* Reads a prefix; an error of `c` when it is none. */
static struct bytes take_prefix(struct cbor *c)
{
	struct bytes prefix = cbor_bytes(c);
	if (prefix.size > HALVES_MAX)
		cbor_fail(c);
	for (size_t i = 0; i < prefix.size; i++)
		if (prefix.data[i] > 15)
			cbor_fail(c);
	return c->err ? bytes_of(NULL, 0) : prefix;
}

enum err sync_take_ranges(struct replica_sync *s, struct bytes body)
{
	struct index_frontier *cases;
	size_t case_count;
	struct cbor c;
	enum err e = sync_shared_cases(&cases, &case_count, s, &s->arena);
	cbor_begin(&c, body);
	cbor_array(&c, 2);
	cbor_uint(&c, MESSAGE_RANGES);
	size_t count = cbor_array(&c, RANGES_MAX);
	for (size_t i = 0; i < count && !e && !c.err; i++) {
		uint8_t theirs[HASH_SIZE], own[HASH_SIZE] = { 0 };
		size_t held;
		if (cbor_array(&c, 3) != 3)
			cbor_fail(&c);
		struct bytes prefix = take_prefix(&c);
		uint64_t their_count = cbor_uint(&c, INT64_MAX);
		cbor_fixed(&c, theirs, sizeof theirs);
		if (c.err)
			break;
		e = sum_range(&held, own, cases, case_count, prefix.data, prefix.size);
		if (!e && memcmp(own, theirs, sizeof own) != 0)
			e = add_range(s, prefix.data, prefix.size, held + their_count <= 2 * SYNC_FEW_CASES, true);
	}
	return e ? e : cbor_end(&c);
}

/* ---- Cases */

static enum err add_difference(struct replica_sync *s, const struct case_id *id, const uint8_t *frontier,
	size_t count, bool named)
{
	struct sync_difference *d = sync_list_add(&s->differences, sizeof *d);
	if (!d)
		return ERR_MEMORY;
	d->case_id = *id;
	d->named = named;
	d->frontier = malloc((count + 1) * sizeof *d->frontier);
	if (!d->frontier)
		return ERR_MEMORY;
	if (count > 0)
		memcpy(d->frontier, frontier, count * sizeof *d->frontier);
	d->frontier_count = count;
	return ERR_OK;
}

/* One case as the peer names it; the frontier's ids one after the other, in the arena. */
static enum err take_named(struct case_id *id, struct bytes *ids, struct cbor *c, struct arena *a)
{
	if (cbor_array(c, 2) != 2)
		cbor_fail(c);
	cbor_fixed(c, id->b, sizeof id->b);
	size_t count = cbor_array(c, FRONTIER_MAX);
	uint8_t *room = arena_array(a, count + 1, ID_SIZE);
	if (!room)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		cbor_fixed(c, room + i * ID_SIZE, ID_SIZE);
	*ids = bytes_of(room, count * ID_SIZE);
	return ERR_OK;
}

struct named { /* by the peer */
	struct case_id id;
	struct bytes ids;
};

static const struct named *find_named(const struct named *list, size_t count, const struct case_id *id)
{
	for (size_t i = 0; i < count; i++)
		if (case_id_equal(&list[i].id, id))
			return &list[i];
	return NULL;
}

static bool find_case(const struct index_frontier *cases, size_t count, const struct case_id *id)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (case_id_compare(&cases[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && case_id_equal(&cases[low].id, id);
}

enum err sync_take_cases(struct replica_sync *s, struct bytes body)
{
	struct index_frontier *cases;
	size_t case_count;
	struct cbor c;
	enum err e = sync_shared_cases(&cases, &case_count, s, &s->arena);
	cbor_begin(&c, body);
	if (cbor_array(&c, 4) != 4)
		cbor_fail(&c);
	cbor_uint(&c, MESSAGE_CASES);
	bool reply = cbor_bool(&c);
	struct bytes prefix = take_prefix(&c);
	size_t count = cbor_array(&c, SYNC_GAPS_MAX);
	struct named *named = arena_array(&s->arena, count, sizeof *named);
	if (!e && !named)
		e = ERR_MEMORY;
	for (size_t i = 0; i < count && !e && !c.err; i++)
		e = take_named(&named[i].id, &named[i].ids, &c, &s->arena);
	if (!e)
		e = cbor_end(&c);
	for (size_t i = 0; i < case_count && !e; i++) {
		if (!is_in(&cases[i].id, prefix.data, prefix.size))
			continue;
		const struct named *n = find_named(named, count, &cases[i].id);
		if (!n)
			e = add_difference(s, &cases[i].id, NULL, 0, false);
		else if (!bytes_equal(n->ids, cases[i].ids))
			e = add_difference(s, &cases[i].id, n->ids.data, n->ids.size / ID_SIZE, true);
	}
	/* One that the peer shares by what it knows, and does not any more by what we know: it is to hear why. */
	for (size_t i = 0; i < count && !e; i++)
		if (!find_case(cases, case_count, &named[i].id))
			e = add_difference(s, &named[i].id, named[i].ids.data, named[i].ids.size / ID_SIZE, true);
	if (!e && reply)
		e = add_range(s, prefix.data, prefix.size, true, false);
	return e;
}

/* ---- The difference within a case */

static void mark_past(struct replica_sync *s, const struct casefile *f, uint32_t at)
{
	s->difference_has[at] = 1;
	for (uint32_t i = 0; i < f->count; i++)
		if (!s->difference_has[i] && dag_sees(f->counted->dag, at, i))
			s->difference_has[i] = 1;
}

static enum err begin_difference(struct replica_sync *s, const struct casefile *f,
	const struct sync_difference *d)
{
	bool ahead = false;
	s->difference_has = calloc(f->count + 1, 1);
	if (!s->difference_has)
		return ERR_MEMORY;
	s->difference_next = 0;
	s->difference_end = f->count;
	for (size_t i = 0; i < d->frontier_count; i++) {
		uint32_t at;
		if (casefile_find(&at, f, &d->frontier[i]))
			mark_past(s, f, at);
		else
			ahead = true;
	}
	/* It has more than we know: then it surely still has what came from it. */
	for (uint32_t i = f->count; ahead && i-- > 0;)
		if (f->changes[i].row.peer == s->row.no && !s->difference_has[i])
			mark_past(s, f, i);
	return ERR_OK;
}

static void end_difference(struct replica_sync *s)
{
	free(s->difference_has);
	s->difference_has = NULL;
	s->differences.at++;
}

enum err sync_make_difference(bool *made, struct replica_sync *s, size_t target)
{
	size_t n = 0;
	enum err e = ERR_OK;
	*made = false;
	while (!e && s->differences.at < s->differences.count && s->items.size < target) {
		const struct sync_difference *d =
			(const struct sync_difference *)s->differences.items + s->differences.at;
		struct casefile *f;
		e = sync_case(&f, s, &d->case_id);
		if (e == ERR_MISSING || e == ERR_NOT_FOUND) {
			e = ERR_OK;
			end_difference(s);
			continue;
		}
		/* What arrives from now on is for the cursor, or for the next round. */
		if (!e && !s->difference_has)
			e = begin_difference(s, f, d);
		uint32_t i = s->difference_next;
		for (; !e && i < s->difference_end && s->items.size < target; i++) {
			if (s->difference_has[i] || !epoch_shares_change(f->counted->epochs, i, s->peer_site))
				continue;
			e = sync_put_change(s, f, i);
			n++;
		}
		s->difference_next = i;
		if (!e && i == s->difference_end)
			end_difference(s);
	}
	if (e || n == 0)
		return e;
	*made = true;
	cbor_put_array(&s->body, 2);
	cbor_put_uint(&s->body, MESSAGE_CHANGES);
	cbor_put_array(&s->body, n);
	cbor_put_raw(&s->body, buf_bytes(&s->items));
	return buf_err(&s->body);
}
