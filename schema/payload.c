/* Writes, reads, seals and opens payloads. */
#include "schema/payload.h"

#include "base/cbor.h"

#include <string.h>

enum { CONTEXT_MAX = 4096, NUMBER_MAX = 0x7fffffff, ROLE_MAX = 63 };

/* Every item takes a byte at least, so the greatest bucket is the only bound on their number. */
static const struct cbor_limits plain_limits = { .size_max = SEAL_PLAIN_MAX, .depth_max = PAYLOAD_DEPTH_MAX,
	.items_max = SEAL_PLAIN_MAX };

static void put_op(struct buf *out, const struct op *op)
{
	cbor_put_array(out, op->basis ? 4 : 3);
	cbor_put_uint(out, op->field);
	cbor_put_uint(out, op->code);
	cbor_put_raw(out, op->value);
	if (op->basis)
		cbor_put_uint(out, op->basis);
}

enum err payload_encode(struct buf *out, uint32_t role, const struct op *ops, uint32_t count)
{
	size_t start = out->size;
	if (count > OPS_MAX)
		return ERR_LIMIT;
	if (role > ROLE_MAX)
		return ERR_FORMAT;
	for (uint32_t i = 0; i < count; i++) {
		const struct op *op = &ops[i];
		if (op->field > NUMBER_MAX || op->code == 0 || op->code > NUMBER_MAX || op->basis > NUMBER_MAX)
			return ERR_FORMAT;
		enum err e = cbor_scan(op->value, &plain_limits, NULL);
		if (e)
			return e;
	}
	cbor_put_array(out, 2);
	cbor_put_uint(out, role);
	cbor_put_array(out, count);
	for (uint32_t i = 0; i < count; i++)
		put_op(out, &ops[i]);
	enum err e = buf_err(out);
	if (!e)
		e = cbor_scan(bytes_of(out->data + start, out->size - start), &plain_limits, NULL);
	if (e)
		out->size = start;
	return e;
}

/* One operation; what is out of range is a sticky error of the cursor. */
static void take_op(struct cbor *r, struct op *op)
{
	size_t fields = cbor_array(r, 4);
	if (fields < 3)
		cbor_fail(r);
	op->field = (uint32_t)cbor_uint(r, NUMBER_MAX);
	op->code = (uint32_t)cbor_uint(r, NUMBER_MAX);
	op->value = cbor_skip(r);
	if (fields == 4)
		op->basis = (uint32_t)cbor_uint(r, NUMBER_MAX);
	if (op->code == 0 || (fields == 4 && op->basis == 0))
		cbor_fail(r);
}

static bool is_zero(struct bytes bytes)
{
	uint8_t all = 0;
	for (size_t i = 0; i < bytes.size; i++)
		all |= bytes.data[i];
	return all == 0;
}

enum err payload_decode(struct payload *out, struct arena *a, struct bytes plain)
{
	struct cbor r;
	size_t size = 0;
	*out = (struct payload){ .valid = false };
	if (cbor_scan_first(&size, plain, &plain_limits, NULL) || seal_bucket(size) != plain.size ||
		!is_zero(bytes_of(plain.data + size, plain.size - size)))
		return ERR_OK;
	const uint8_t *copy = arena_copy(a, plain.data, size);
	if (!copy)
		return ERR_MEMORY;
	cbor_begin(&r, bytes_of(copy, size));
	if (cbor_array(&r, 2) != 2)
		return ERR_OK;
	uint32_t role = (uint32_t)cbor_uint(&r, ROLE_MAX);
	uint32_t count = (uint32_t)cbor_array(&r, OPS_MAX);
	struct op *ops = arena_array(a, count, sizeof *ops);
	if (!ops)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < count && !r.err; i++)
		take_op(&r, &ops[i]);
	if (!cbor_end(&r))
		*out = (struct payload){ .valid = true, .role = role, .ops = ops, .op_count = count };
	return ERR_OK;
}

/* The associated data. */
static enum err put_context(struct buf *ad, const struct payload_context *x)
{
	cbor_put_array(ad, 7);
	cbor_put_text(ad, bytes_text("dossier payload 1"));
	cbor_put_bytes(ad, bytes_of(x->federation->b, sizeof x->federation->b));
	cbor_put_bytes(ad, bytes_of(x->case_id->b, sizeof x->case_id->b));
	cbor_put_uint(ad, x->compartment);
	cbor_put_bytes(ad, bytes_of(x->commitment, 32));
	cbor_put_bytes(ad, bytes_of(x->officer->b, sizeof x->officer->b));
	cbor_put_array(ad, x->parent_count);
	for (uint32_t i = 0; i < x->parent_count; i++)
		cbor_put_bytes(ad, bytes_of(x->parents[i].b, sizeof x->parents[i].b));
	return buf_err(ad);
}

enum err payload_seal(struct buf *blob, const struct secret *payload_key, const struct payload_context *x,
	const uint8_t nonce[SEAL_NONCE_SIZE], uint32_t role, const struct op *ops, uint32_t count)
{
	struct buf plain, ad;
	buf_init(&plain, SEAL_PLAIN_MAX);
	buf_init(&ad, CONTEXT_MAX);
	enum err e = payload_encode(&plain, role, ops, count);
	if (!e)
		e = put_context(&ad, x);
	if (!e)
		e = seal_make(blob, payload_key, nonce, buf_bytes(&ad), buf_bytes(&plain), true);
	buf_wipe(&plain);
	buf_clear(&ad);
	return e;
}

enum err payload_open(struct payload *out, struct arena *a, const struct secret *payload_key,
	const struct payload_context *x, struct bytes blob)
{
	struct buf plain, ad;
	*out = (struct payload){ .valid = false };
	buf_init(&plain, SEAL_PLAIN_MAX);
	buf_init(&ad, CONTEXT_MAX);
	enum err e = put_context(&ad, x);
	if (!e)
		e = seal_open(&plain, payload_key, buf_bytes(&ad), blob);
	if (!e)
		e = payload_decode(out, a, buf_bytes(&plain));
	buf_wipe(&plain);
	buf_clear(&ad);
	return e == ERR_MEMORY ? e : ERR_OK;
}
