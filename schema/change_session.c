/* The session form of a change, encoded and decoded with equal state at both ends. */
#include "schema/change_session.h"

#include "base/hash.h"
#include "schema/change_lists.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ITEM_FIELDS = 15, NODE_SIZE = 40, FORM_SIZE_MAX = 16 };

struct recent { /* a change that went over in this direction */
	bool is_set;
	struct change_id id;
	struct case_id case_id;
};

struct change_session {
	struct reftable *table;
	uint64_t time; /* claimed, of the last change */
	struct recent recent[CHANGE_SESSION_BACK_MAX]; /* of change n: n % their count */
	uint64_t count;
	bool literal;
	uint64_t first; /* speaker: the first change that may be referred to */
};

enum err change_session_new(struct change_session **out)
{
	struct change_session *s = *out = calloc(1, sizeof *s);
	enum err e = s ? reftable_new(&s->table) : ERR_MEMORY;
	if (e) {
		free(s);
		*out = NULL;
	}
	return e;
}

void change_session_free(struct change_session *s)
{
	if (!s)
		return;
	reftable_free(s->table);
	free(s);
}

struct reftable *change_session_table(struct change_session *s)
{
	return s->table;
}

void change_session_note(struct change_session *s, const struct change_id *id, const struct case_id *case_id)
{
	struct recent *r = &s->recent[s->count++ % CHANGE_SESSION_BACK_MAX];
	*r = (struct recent){ .is_set = id != NULL, .case_id = *case_id };
	if (id)
		r->id = *id;
}

/* The k-th last change, or NULL. */
static const struct recent *get_recent(const struct change_session *s, uint64_t k)
{
	if (k == 0 || k > s->count || k > CHANGE_SESSION_BACK_MAX)
		return NULL;
	const struct recent *r = &s->recent[(s->count - k) % CHANGE_SESSION_BACK_MAX];
	return r->is_set ? r : NULL;
}

/* ---- Speaking */

void change_session_make_literal(struct change_session *s)
{
	s->literal = true;
	s->first = s->count;
	reftable_distrust(s->table);
}

/* False when all 32 bytes went. */
static bool put_change_ref(struct buf *out, const struct change_session *s, const struct change_sending *c,
	const struct change_id *id)
{
	for (uint64_t k = 1; k <= CHANGE_SESSION_BACK_MAX && k <= s->count - s->first; k++) {
		const struct recent *r = get_recent(s, k);
		if (r && change_id_equal(&r->id, id)) {
			cbor_put_int(out, -(int64_t)k);
			return true;
		}
	}
	bool is_short = !s->literal && c->is_held(c->context, id);
	cbor_put_bytes(out, bytes_of(id->b, is_short ? CHANGE_SESSION_PREFIX_SIZE : sizeof id->b));
	return is_short;
}

static void put_lines(struct buf *out, const struct change_session *s, const struct change_sending *c,
	const struct change_blob *lines, uint32_t count, const struct bytes *blobs)
{
	cbor_put_array(out, count);
	for (uint32_t i = 0; i < count; i++) {
		bool travels = blobs[i].size > 0;
		cbor_put_array(out, travels ? 3 : 4);
		cbor_put_uint(out, lines[i].compartment);
		if (lines[i].own_epoch)
			cbor_put_uint(out, 0);
		else
			put_change_ref(out, s, c, &lines[i].epoch);
		if (travels) {
			cbor_put_bytes(out, blobs[i]);
			continue;
		}
		cbor_put_bytes(out, bytes_of(lines[i].hash.b, sizeof lines[i].hash.b));
		cbor_put_uint(out, lines[i].size);
	}
}

static void put_form(struct buf *out, struct reftable *table, const struct change *c)
{
	struct buf form;
	buf_init(&form, FORM_SIZE_MAX);
	cbor_put_array(&form, 2);
	cbor_put_uint(&form, c->form);
	cbor_put_uint(&form, c->form_version);
	if (form.err && !out->err)
		out->err = form.err;
	else if (!form.err)
		reftable_put(out, table, buf_bytes(&form));
	buf_clear(&form);
}

/* What stands between the case and the parents. */
static void put_head(struct buf *out, struct change_session *s, const struct change *c)
{
	struct reftable *t = s->table;
	uint8_t node[NODE_SIZE];
	memcpy(node, c->node.b, sizeof c->node.b);
	memcpy(node + sizeof c->node.b, c->incarnation.b, sizeof c->incarnation.b);
	put_form(out, t, c);
	reftable_put(out, t, bytes_of(c->officer.b, sizeof c->officer.b));
	reftable_put(out, t, bytes_of(node, sizeof node));
	cbor_put_int(out, (int64_t)c->time - (int64_t)s->time);
	s->time = c->time;
	cbor_put_bytes(out, bytes_of(c->signature, sizeof c->signature));
	reftable_put(out, t, bytes_of(c->root.b, sizeof c->root.b));
	reftable_put(out, t, bytes_of(c->issuer.b, sizeof c->issuer.b));
	reftable_put(out, t, bytes_of(c->checkpoint.b, sizeof c->checkpoint.b));
	if (c->parent_count > 0)
		cbor_put_null(out);
	else
		cbor_put_bytes(out, bytes_of(c->nonce, sizeof c->nonce));
}

void change_session_encode(struct buf *out, struct change_session *s, const struct change_sending *sending)
{
	const struct change *c = sending->change;
	struct buf parents;
	bool first_is_short = false;
	buf_init(&parents, 8 + CHANGE_PARENTS_MAX * 40);
	reftable_begin_item(s->table);
	cbor_put_array(&parents, c->parent_count);
	for (uint32_t i = 0; i < c->parent_count; i++) {
		bool is_short = put_change_ref(&parents, s, sending, &c->parents[i]);
		first_is_short = first_is_short || (i == 0 && is_short);
	}
	cbor_put_array(out, ITEM_FIELDS);
	if (first_is_short)
		cbor_put_null(out);
	else
		reftable_put(out, s->table, bytes_of(c->case_id.b, sizeof c->case_id.b));
	put_head(out, s, c);
	cbor_put_raw(out, buf_bytes(&parents));
	change_lists_put_boxes(out, c->boxes, c->box_count);
	change_lists_put_acts(out, c->acts, c->act_count);
	put_lines(out, s, sending, c->grants, c->grant_count, sending->grants);
	put_lines(out, s, sending, c->payloads, c->payload_count, sending->payloads);
	if (parents.err && !out->err)
		out->err = parents.err;
	buf_clear(&parents);
	change_session_note(s, &sending->id, &c->case_id);
}

/* ---- Hearing */

struct change_ref { /* as it stands in the item */
	bool own;      /* epoch 0 */
	uint64_t back; /* 0: bytes */
	struct bytes bytes;
};

struct hearing { /* one item: read first, so that the table moves on whatever resolves, then resolved */
	struct change_session *s;
	struct arena *a;
	struct change *c;
	const struct change_finder *finder;
	struct change_received *out;
	bool has_case, unknown;
	struct change_ref *parents, *grants, *payloads;
	bool no_room;
};

static struct change_ref take_change_ref(struct cbor *r, bool may_be_own)
{
	struct change_ref ref = { .own = false };
	enum cbor_kind kind = cbor_peek(r);
	if (kind == CBOR_NINT) {
		int64_t k = cbor_int(r);
		if (k < -CHANGE_SESSION_BACK_MAX)
			cbor_fail(r);
		else
			ref.back = (uint64_t)-k;
	} else if (kind == CBOR_UINT && may_be_own) {
		ref.own = cbor_uint(r, 0) == 0;
	} else {
		ref.bytes = cbor_bytes(r);
		if (ref.bytes.size != CHANGE_SESSION_PREFIX_SIZE && ref.bytes.size != sizeof(struct change_id))
			cbor_fail(r);
	}
	return ref;
}

static const struct change_blob *take_lines(struct cbor *r, struct hearing *h, size_t max, uint32_t *count,
	struct change_ref **refs, const struct bytes **blobs)
{
	struct change_blob *lines = change_lists_take(r, h->a, max, sizeof *lines, count, &h->no_room);
	struct bytes *data = arena_array(h->a, *count, sizeof *data);
	*refs = arena_array(h->a, *count, sizeof **refs);
	if (!data || !*refs) {
		h->no_room = true;
		return lines;
	}
	for (uint32_t i = 0; i < *count && !r->err; i++) {
		size_t fields = cbor_array(r, 4);
		if (fields < 3)
			cbor_fail(r);
		lines[i].compartment = (uint32_t)cbor_uint(r, CHANGE_NUMBER_MAX);
		(*refs)[i] = take_change_ref(r, true);
		lines[i].own_epoch = (*refs)[i].own;
		if (fields == 4) {
			cbor_fixed(r, lines[i].hash.b, sizeof lines[i].hash.b);
			lines[i].size = (uint32_t)cbor_uint(r, CHANGE_BLOBS_MAX);
			continue;
		}
		data[i] = cbor_bytes(r);
		if (data[i].size == 0 || data[i].size > CHANGE_BLOBS_MAX)
			cbor_fail(r);
		hash_blake2b_256(lines[i].hash.b, data[i]);
		lines[i].size = (uint32_t)data[i].size;
	}
	*blobs = data;
	return lines;
}

static void take_fixed(struct cbor *r, struct hearing *h, void *out, size_t size)
{
	struct bytes b = reftable_take(r, h->s->table, size, &h->no_room);
	if (b.size == size)
		memcpy(out, b.data, size);
	else
		h->unknown = true; /* a number of what only the speaker knows, or an error of `r` */
}

static void take_form(struct cbor *r, struct hearing *h)
{
	static const struct cbor_limits limits = { .size_max = FORM_SIZE_MAX, .depth_max = 1, .items_max = 3 };
	struct cbor f;
	struct bytes form = reftable_take(r, h->s->table, 0, &h->no_room);
	if (form.size == 0) {
		h->unknown = true;
		return;
	}
	if (cbor_scan(form, &limits, NULL)) {
		cbor_fail(r);
		return;
	}
	cbor_begin(&f, form);
	change_lists_take_tuple(&f, 2);
	h->c->form = (uint32_t)cbor_uint(&f, CHANGE_NUMBER_MAX);
	h->c->form_version = (uint32_t)cbor_uint(&f, CHANGE_NUMBER_MAX);
	if (cbor_end(&f))
		cbor_fail(r);
}

/* Yields whether there is a nonce. */
static bool take_head(struct cbor *r, struct hearing *h)
{
	struct change *c = h->c;
	uint8_t node[NODE_SIZE] = { 0 };
	h->has_case = cbor_peek(r) != CBOR_NULL;
	if (h->has_case)
		take_fixed(r, h, c->case_id.b, sizeof c->case_id.b);
	else
		cbor_null(r);
	take_form(r, h);
	take_fixed(r, h, c->officer.b, sizeof c->officer.b);
	take_fixed(r, h, node, sizeof node);
	memcpy(c->node.b, node, sizeof c->node.b);
	memcpy(c->incarnation.b, node + sizeof c->node.b, sizeof c->incarnation.b);
	int64_t dt = cbor_int(r), time;
	if (__builtin_add_overflow((int64_t)h->s->time, dt, &time) || time < 0 || time > (int64_t)CHANGE_TIME_MAX)
		cbor_fail(r);
	else
		h->s->time = c->time = (uint64_t)time;
	cbor_fixed(r, c->signature, sizeof c->signature);
	take_fixed(r, h, c->root.b, sizeof c->root.b);
	take_fixed(r, h, c->issuer.b, sizeof c->issuer.b);
	take_fixed(r, h, c->checkpoint.b, sizeof c->checkpoint.b);
	bool has_nonce = cbor_peek(r) == CBOR_BYTES;
	if (has_nonce)
		cbor_fixed(r, c->nonce, sizeof c->nonce);
	else
		cbor_null(r);
	return has_nonce;
}

static void take_parents(struct cbor *r, struct hearing *h)
{
	h->parents = change_lists_take(r, h->a, CHANGE_PARENTS_MAX, sizeof *h->parents, &h->c->parent_count,
		&h->no_room);
	for (uint32_t i = 0; i < h->c->parent_count; i++)
		h->parents[i] = take_change_ref(r, false);
	/* Only what the receiver looks up tells the case. */
	if (!h->has_case && (h->c->parent_count == 0 || (h->parents[0].back == 0 &&
		h->parents[0].bytes.size != CHANGE_SESSION_PREFIX_SIZE)))
		cbor_fail(r);
}

static bool resolve(struct hearing *h, const struct change_ref *ref, struct change_id *id,
	struct case_id *case_id)
{
	if (ref->back > 0) {
		const struct recent *r = get_recent(h->s, ref->back);
		if (r) {
			*id = r->id;
			*case_id = r->case_id;
		}
		return r != NULL;
	}
	if (ref->bytes.size == sizeof id->b) {
		memcpy(id->b, ref->bytes.data, sizeof id->b);
		return true;
	}
	return h->finder->find(h->finder->context, ref->bytes.data, h->has_case ? &h->c->case_id : NULL, id,
		case_id);
}

static bool resolve_lines(struct hearing *h, const struct change_blob *lines, const struct change_ref *refs,
	uint32_t count)
{
	/* They were made here, in this arena, a moment ago. */
	struct change_blob *own = (struct change_blob *)(uintptr_t)lines;
	struct case_id unused;
	bool all = true;
	for (uint32_t i = 0; i < count; i++)
		all = (refs[i].own || resolve(h, &refs[i], &own[i].epoch, &unused)) && all;
	return all;
}

static enum err resolve_all(struct hearing *h)
{
	struct change *c = h->c;
	struct change_id *parents = arena_array(h->a, c->parent_count, sizeof *parents);
	bool all = true;
	if (!parents)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < c->parent_count; i++) {
		struct case_id case_id = { { 0 } };
		all = resolve(h, &h->parents[i], &parents[i], &case_id) && all;
		if (i == 0 && !h->has_case) {
			c->case_id = case_id;
			h->has_case = all;
		}
	}
	c->parents = parents;
	all = resolve_lines(h, c->grants, h->grants, c->grant_count) && all;
	all = resolve_lines(h, c->payloads, h->payloads, c->payload_count) && all;
	return all && !h->unknown ? ERR_OK : ERR_MISSING;
}

enum err change_session_decode(struct change_received *out, struct change_session *s, struct arena *a,
	const struct federation_id *f, struct cbor *items, const struct change_finder *finder)
{
	struct hearing h = { .s = s, .a = a, .finder = finder, .out = out, .c = arena_alloc(a, sizeof *h.c) };
	*out = (struct change_received){ .change = h.c };
	if (!h.c)
		return ERR_MEMORY;
	h.c->federation = *f;
	reftable_begin_item(s->table);
	change_lists_take_tuple(items, ITEM_FIELDS);
	bool has_nonce = take_head(items, &h);
	take_parents(items, &h);
	h.c->boxes = change_lists_take_boxes(items, a, &h.c->box_count, &h.no_room);
	h.c->acts = change_lists_take_acts(items, a, &h.c->act_count, &h.no_room);
	h.c->grants = take_lines(items, &h, CHANGE_GRANTS_MAX, &h.c->grant_count, &h.grants, &out->grants);
	h.c->payloads = take_lines(items, &h, CHANGE_PAYLOADS_MAX, &h.c->payload_count, &h.payloads,
		&out->payloads);
	if (h.no_room)
		return ERR_MEMORY;
	if (items->err || has_nonce != (h.c->parent_count == 0))
		return ERR_FORMAT;
	return resolve_all(&h);
}
