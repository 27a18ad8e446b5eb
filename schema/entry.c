/* Journal entries as CBOR. */
#include "schema/entry.h"

#include "base/cbor.h"
#include "base/text.h"

enum { DEPTH_MAX = 16 };

/* Every item takes a byte at least, so the size alone bounds their number. */
static const struct cbor_limits limits = { .size_max = ENTRIES_SIZE_MAX, .depth_max = DEPTH_MAX,
	.items_max = ENTRIES_SIZE_MAX };

const char *entry_kind_name(uint32_t kind)
{
	static const char *const names[] = { "unknown", "wrote", "received", "showed", "disclosed", "erased",
		"witnessed" };
	return names[kind <= ENTRY_WITNESSED ? kind : 0];
}

static void put_fixed(struct buf *out, const void *data, size_t size)
{
	cbor_put_bytes(out, bytes_of(data, size));
}

static void put_wrote(struct buf *out, const struct entry *entry)
{
	cbor_put_array(out, entry->as.wrote.count);
	for (uint32_t i = 0; i < entry->as.wrote.count; i++)
		put_fixed(out, entry->as.wrote.changes[i].b, sizeof entry->as.wrote.changes[i].b);
}

static void put_received(struct buf *out, const struct entry *entry)
{
	put_fixed(out, entry->as.received.node.b, sizeof entry->as.received.node.b);
	put_fixed(out, entry->as.received.incarnation.b, sizeof entry->as.received.incarnation.b);
	cbor_put_uint(out, entry->as.received.from);
	cbor_put_uint(out, entry->as.received.to);
	cbor_put_uint(out, entry->as.received.count);
}

static void put_showed(struct buf *out, const struct entry *entry)
{
	cbor_put_uint(out, entry->as.showed.time);
	put_fixed(out, entry->as.showed.officer.b, sizeof entry->as.showed.officer.b);
	cbor_put_array(out, entry->as.showed.case_count);
	for (uint32_t i = 0; i < entry->as.showed.case_count; i++)
		put_fixed(out, entry->as.showed.cases[i].b, sizeof entry->as.showed.cases[i].b);
	cbor_put_uint(out, entry->as.showed.compartments);
	cbor_put_uint(out, entry->as.showed.code);
	cbor_put_text(out, entry->as.showed.reason);
}

static void put_disclosed(struct buf *out, const struct entry *entry)
{
	cbor_put_uint(out, entry->as.disclosed.time);
	cbor_put_uint(out, entry->as.disclosed.site);
	put_fixed(out, entry->as.disclosed.case_id.b, sizeof entry->as.disclosed.case_id.b);
	cbor_put_uint(out, entry->as.disclosed.compartments);
}

static void put_erased(struct buf *out, const struct entry *entry)
{
	put_fixed(out, entry->as.erased.case_id.b, sizeof entry->as.erased.case_id.b);
	cbor_put_uint(out, entry->as.erased.compartment);
}

static void put_witnessed(struct buf *out, const struct entry *entry)
{
	put_fixed(out, entry->as.witnessed.node.b, sizeof entry->as.witnessed.node.b);
	put_fixed(out, entry->as.witnessed.incarnation.b, sizeof entry->as.witnessed.incarnation.b);
	cbor_put_uint(out, entry->as.witnessed.sequence);
	put_fixed(out, entry->as.witnessed.checkpoint.b, sizeof entry->as.witnessed.checkpoint.b);
}

/* Elements of each kind's array, the kind included. */
static const uint8_t entry_fields[] = { 0, 2, 6, 7, 5, 3, 5 };

static void put_entry(struct buf *out, const struct entry *entry)
{
	if (entry->kind == 0 || entry->kind > ENTRY_WITNESSED) {
		cbor_put_raw(out, entry->item);
		return;
	}
	cbor_put_array(out, entry_fields[entry->kind]);
	cbor_put_uint(out, entry->kind);
	switch (entry->kind) {
	case ENTRY_WROTE: put_wrote(out, entry); break;
	case ENTRY_RECEIVED: put_received(out, entry); break;
	case ENTRY_SHOWED: put_showed(out, entry); break;
	case ENTRY_DISCLOSED: put_disclosed(out, entry); break;
	case ENTRY_ERASED: put_erased(out, entry); break;
	default: put_witnessed(out, entry); break;
	}
}

/* ---- Reading.  Whatever is out of range is a sticky error of the cursor. */

static enum err take_wrote(struct entry *entry, struct cbor *r, struct arena *a)
{
	uint32_t count = (uint32_t)cbor_array(r, ENTRIES_SIZE_MAX / sizeof(struct change_id));
	struct change_id *changes = arena_array(a, count, sizeof *changes);
	if (!changes)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < count && !r->err; i++)
		cbor_fixed(r, changes[i].b, sizeof changes[i].b);
	entry->as.wrote.changes = changes;
	entry->as.wrote.count = count;
	return ERR_OK;
}

static void take_received(struct entry *entry, struct cbor *r)
{
	cbor_fixed(r, entry->as.received.node.b, sizeof entry->as.received.node.b);
	cbor_fixed(r, entry->as.received.incarnation.b, sizeof entry->as.received.incarnation.b);
	entry->as.received.from = cbor_uint(r, CHECKPOINT_SEQUENCE_MAX);
	entry->as.received.to = cbor_uint(r, CHECKPOINT_SEQUENCE_MAX);
	entry->as.received.count = cbor_uint(r, CHANGE_NUMBER_MAX);
}

/* Counts code points. */
static bool reason_is_valid(struct bytes reason)
{
	size_t characters = 0;
	for (size_t i = 0; i < reason.size; i++)
		characters += (reason.data[i] & 0xc0) != 0x80;
	return characters <= ENTRY_REASON_MAX && text_is_clean(reason, false);
}

static enum err take_showed(struct entry *entry, struct cbor *r, struct arena *a)
{
	entry->as.showed.time = cbor_uint(r, CHANGE_TIME_MAX);
	cbor_fixed(r, entry->as.showed.officer.b, sizeof entry->as.showed.officer.b);
	uint32_t count = (uint32_t)cbor_array(r, ENTRIES_SIZE_MAX / sizeof(struct case_id));
	struct case_id *cases = arena_array(a, count, sizeof *cases);
	if (!cases)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < count && !r->err; i++)
		cbor_fixed(r, cases[i].b, sizeof cases[i].b);
	entry->as.showed.cases = cases;
	entry->as.showed.case_count = count;
	entry->as.showed.compartments = cbor_uint(r, UINT64_MAX);
	entry->as.showed.code = (uint32_t)cbor_uint(r, CHANGE_NUMBER_MAX);
	entry->as.showed.reason = cbor_text(r);
	if (!reason_is_valid(entry->as.showed.reason))
		cbor_fail(r);
	return ERR_OK;
}

static void take_disclosed(struct entry *entry, struct cbor *r)
{
	entry->as.disclosed.time = cbor_uint(r, CHANGE_TIME_MAX);
	entry->as.disclosed.site = (uint32_t)cbor_uint(r, CHANGE_NUMBER_MAX);
	cbor_fixed(r, entry->as.disclosed.case_id.b, sizeof entry->as.disclosed.case_id.b);
	entry->as.disclosed.compartments = cbor_uint(r, UINT64_MAX);
	if (entry->as.disclosed.site == 0)
		cbor_fail(r);
}

static void take_erased(struct entry *entry, struct cbor *r)
{
	cbor_fixed(r, entry->as.erased.case_id.b, sizeof entry->as.erased.case_id.b);
	entry->as.erased.compartment = (uint32_t)cbor_uint(r, CHANGE_NUMBER_MAX);
}

static void take_witnessed(struct entry *entry, struct cbor *r)
{
	cbor_fixed(r, entry->as.witnessed.node.b, sizeof entry->as.witnessed.node.b);
	cbor_fixed(r, entry->as.witnessed.incarnation.b, sizeof entry->as.witnessed.incarnation.b);
	entry->as.witnessed.sequence = cbor_uint(r, CHECKPOINT_SEQUENCE_MAX);
	cbor_fixed(r, entry->as.witnessed.checkpoint.b, sizeof entry->as.witnessed.checkpoint.b);
}

/* Reads one item that cbor_scan passed.  ERR_FORMAT, ERR_MEMORY. */
static enum err take_entry(struct entry *entry, struct arena *a, struct bytes item)
{
	struct cbor r;
	enum err e = ERR_OK;
	cbor_begin(&r, item);
	size_t fields = cbor_array(&r, ENTRIES_SIZE_MAX);
	*entry = (struct entry){ .kind = (uint32_t)cbor_uint(&r, CHANGE_NUMBER_MAX), .item = item };
	if (r.err || entry->kind == 0)
		return ERR_FORMAT;
	if (entry->kind > ENTRY_WITNESSED)
		return ERR_OK;
	if (fields != entry_fields[entry->kind])
		return ERR_FORMAT;
	switch (entry->kind) {
	case ENTRY_WROTE: e = take_wrote(entry, &r, a); break;
	case ENTRY_RECEIVED: take_received(entry, &r); break;
	case ENTRY_SHOWED: e = take_showed(entry, &r, a); break;
	case ENTRY_DISCLOSED: take_disclosed(entry, &r); break;
	case ENTRY_ERASED: take_erased(entry, &r); break;
	default: take_witnessed(entry, &r); break;
	}
	return e ? e : cbor_end(&r);
}

/* Written, then read back, so that the writer can't make what the reader would not take. */
enum err entry_encode(struct buf *out, const struct entry *entry)
{
	struct arena a;
	struct entry again;
	size_t start = out->size;
	arena_init(&a, 4 * ENTRIES_SIZE_MAX);
	put_entry(out, entry);
	enum err e = buf_err(out);
	struct bytes item = bytes_of(out->data + start, out->size - start);
	if (!e && item.size > ENTRY_SIZE_MAX)
		e = ERR_LIMIT;
	if (!e)
		e = cbor_scan(item, &limits, NULL);
	if (!e)
		e = take_entry(&again, &a, item);
	if (!e && again.kind != entry->kind)
		e = ERR_FORMAT;
	if (e)
		out->size = start;
	arena_clear(&a);
	return e;
}

enum err entries_encode(struct buf *out, const struct entry *entries, uint32_t count)
{
	size_t start = out->size;
	enum err e = count > ENTRIES_COUNT_MAX ? ERR_LIMIT : ERR_OK;
	cbor_put_array(out, count);
	for (uint32_t i = 0; i < count && !e; i++)
		e = entry_encode(out, &entries[i]);
	if (!e)
		e = buf_err(out);
	if (!e && out->size - start > ENTRIES_SIZE_MAX)
		e = ERR_LIMIT;
	if (e)
		out->size = start;
	return e;
}

enum err entry_decode(struct entry *out, struct arena *a, struct bytes plain)
{
	*out = (struct entry){ .kind = 0 };
	enum err e = cbor_scan(plain, &limits, NULL);
	if (e)
		return e;
	const void *copy = arena_copy(a, plain.data, plain.size);
	if (!copy)
		return ERR_MEMORY;
	e = take_entry(out, a, bytes_of(copy, plain.size));
	if (e)
		*out = (struct entry){ .kind = 0 };
	return e;
}

enum err entries_decode(const struct entry **out, uint32_t *count, struct arena *a, struct bytes plain,
	struct err_text *why)
{
	struct cbor r;
	*out = NULL;
	*count = 0;
	enum err e = cbor_scan(plain, &limits, why);
	if (e)
		return e;
	const void *copy = arena_copy(a, plain.data, plain.size);
	if (!copy)
		return err_set(why, ERR_MEMORY, "journal entries: out of memory");
	cbor_begin(&r, bytes_of(copy, plain.size));
	uint32_t found = (uint32_t)cbor_array(&r, ENTRIES_COUNT_MAX);
	struct entry *entries = arena_array(a, found, sizeof *entries);
	if (!entries)
		return err_set(why, ERR_MEMORY, "journal entries: out of memory");
	for (uint32_t i = 0; i < found && !e; i++) {
		e = take_entry(&entries[i], a, cbor_skip(&r));
		if (e)
			err_set(why, e, "journal entry %u: not what the format wants", i + 1);
	}
	if (!e && cbor_end(&r))
		e = err_set(why, ERR_FORMAT, "journal entries: not an array");
	if (!e) {
		*out = entries;
		*count = found;
	}
	return e;
}
