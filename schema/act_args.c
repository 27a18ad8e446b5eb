/* Reads and writes the arguments of grant, withdraw, strike and regrant.
 *
 * One rule for both ways: what was written is read back, and a writer's mistake is what the reader
 * would not take. */
#include "schema/act_args.h"

#include "base/cbor.h"

/* Deeper or longer arguments are none of ours; every item takes a byte at least. */
static const struct cbor_limits args_limits = { .size_max = CHANGE_ACT_ARGS_MAX, .depth_max = 2,
	.items_max = CHANGE_ACT_ARGS_MAX };

/* Begins a tuple of `fields`; false when the bytes are no such thing. */
static bool begin(struct cbor *r, struct bytes args, size_t fields)
{
	if (cbor_scan(args, &args_limits, NULL))
		return false;
	cbor_begin(r, args);
	return cbor_array(r, fields) == fields;
}

static uint32_t take_number(struct cbor *r, uint32_t min)
{
	uint32_t n = (uint32_t)cbor_uint(r, CHANGE_NUMBER_MAX);
	if (n < min)
		cbor_fail(r);
	return n;
}

/* [site...], ascending and unique. */
static enum err take_sites(const uint32_t **out, uint32_t *count, struct arena *a, struct cbor *r)
{
	*count = (uint32_t)cbor_array(r, CHANGE_ACT_ARGS_MAX);
	uint32_t *sites = arena_array(a, *count, sizeof *sites);
	*out = sites;
	if (!sites)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < *count && !r->err; i++) {
		sites[i] = take_number(r, 1);
		if (i && sites[i] <= sites[i - 1])
			cbor_fail(r);
	}
	return ERR_OK;
}

enum err act_decode_grant(struct act_grant *out, struct arena *a, struct bytes args)
{
	struct cbor r;
	*out = (struct act_grant){ .valid = false };
	if (!begin(&r, args, 4))
		return ERR_OK;
	struct act_grant g = { .valid = true };
	g.compartment = take_number(&r, 1);
	g.own_epoch = cbor_peek(&r) == CBOR_UINT;
	if (g.own_epoch) {
		(void)cbor_uint(&r, 0);
		cbor_fixed(&r, g.commitment, sizeof g.commitment);
	} else {
		cbor_fixed(&r, g.epoch.b, sizeof g.epoch.b);
		cbor_null(&r);
	}
	enum err e = take_sites(&g.sites, &g.site_count, a, &r);
	if (!e && !cbor_end(&r))
		*out = g;
	return e;
}

enum err act_decode_withdraw(struct act_withdraw *out, struct arena *a, struct bytes args)
{
	struct cbor r;
	*out = (struct act_withdraw){ .valid = false };
	if (!begin(&r, args, 2))
		return ERR_OK;
	struct act_withdraw w = { .valid = true, .compartment = take_number(&r, 0) };
	enum err e = take_sites(&w.sites, &w.site_count, a, &r);
	if (!e && !cbor_end(&r))
		*out = w;
	return e;
}

enum err act_decode_strike(struct act_strike *out, struct arena *a, struct bytes args)
{
	struct cbor r;
	*out = (struct act_strike){ .valid = false };
	if (cbor_scan(args, &args_limits, NULL))
		return ERR_OK;
	cbor_begin(&r, args);
	uint32_t count = (uint32_t)cbor_array(&r, CHANGE_ACT_ARGS_MAX / sizeof(struct change_id));
	struct change_id *changes = arena_array(a, count, sizeof *changes);
	if (!changes)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < count && !r.err; i++) {
		cbor_fixed(&r, changes[i].b, sizeof changes[i].b);
		if (i && change_id_compare(&changes[i - 1], &changes[i]) >= 0)
			cbor_fail(&r);
	}
	if (!cbor_end(&r))
		*out = (struct act_strike){ .valid = true, .changes = changes, .change_count = count };
	return ERR_OK;
}

enum err act_decode_regrant(struct act_regrant *out, struct arena *a, struct bytes args)
{
	struct cbor r;
	(void)a;
	*out = (struct act_regrant){ .valid = false };
	if (!begin(&r, args, 2))
		return ERR_OK;
	struct act_regrant g = { .valid = true, .compartment = take_number(&r, 1) };
	cbor_fixed(&r, g.epoch.b, sizeof g.epoch.b);
	if (!cbor_end(&r))
		*out = g;
	return ERR_OK;
}

static void put_fixed(struct buf *out, const void *data, size_t size)
{
	cbor_put_bytes(out, bytes_of(data, size));
}

static void put_sites(struct buf *out, const uint32_t *sites, uint32_t count)
{
	cbor_put_array(out, count);
	for (uint32_t i = 0; i < count; i++)
		cbor_put_uint(out, sites[i]);
}

/* What was appended since `start`. */
static struct bytes written(const struct buf *out, size_t start)
{
	return bytes_of(out->data + start, out->size - start);
}

/* The outcome of reading back what was written: takes it away again unless it is valid. */
static enum err finish(struct buf *out, size_t start, enum err e, bool valid)
{
	if (!e && out->size - start > CHANGE_ACT_ARGS_MAX)
		e = ERR_LIMIT;
	if (!e && !valid)
		e = ERR_FORMAT;
	if (e)
		out->size = start;
	return e;
}

enum { READ_BACK_MAX = 1024 * 1024 };

enum err act_encode_grant(struct buf *out, const struct act_grant *g)
{
	struct arena a;
	struct act_grant again = { .valid = false };
	size_t start = out->size;
	arena_init(&a, READ_BACK_MAX);
	cbor_put_array(out, 4);
	cbor_put_uint(out, g->compartment);
	if (g->own_epoch) {
		cbor_put_uint(out, 0);
		put_fixed(out, g->commitment, sizeof g->commitment);
	} else {
		put_fixed(out, g->epoch.b, sizeof g->epoch.b);
		cbor_put_null(out);
	}
	put_sites(out, g->sites, g->site_count);
	enum err e = buf_err(out);
	if (!e)
		e = act_decode_grant(&again, &a, written(out, start));
	arena_clear(&a);
	return finish(out, start, e, again.valid);
}

enum err act_encode_withdraw(struct buf *out, const struct act_withdraw *w)
{
	struct arena a;
	struct act_withdraw again = { .valid = false };
	size_t start = out->size;
	arena_init(&a, READ_BACK_MAX);
	cbor_put_array(out, 2);
	cbor_put_uint(out, w->compartment);
	put_sites(out, w->sites, w->site_count);
	enum err e = buf_err(out);
	if (!e)
		e = act_decode_withdraw(&again, &a, written(out, start));
	arena_clear(&a);
	return finish(out, start, e, again.valid);
}

enum err act_encode_strike(struct buf *out, const struct act_strike *s)
{
	struct arena a;
	struct act_strike again = { .valid = false };
	size_t start = out->size;
	arena_init(&a, READ_BACK_MAX);
	cbor_put_array(out, s->change_count);
	for (uint32_t i = 0; i < s->change_count; i++)
		put_fixed(out, s->changes[i].b, sizeof s->changes[i].b);
	enum err e = buf_err(out);
	if (!e)
		e = act_decode_strike(&again, &a, written(out, start));
	arena_clear(&a);
	return finish(out, start, e, again.valid);
}

enum err act_encode_regrant(struct buf *out, const struct act_regrant *r)
{
	struct arena a;
	struct act_regrant again = { .valid = false };
	size_t start = out->size;
	arena_init(&a, READ_BACK_MAX);
	cbor_put_array(out, 2);
	cbor_put_uint(out, r->compartment);
	put_fixed(out, r->epoch.b, sizeof r->epoch.b);
	enum err e = buf_err(out);
	if (!e)
		e = act_decode_regrant(&again, &a, written(out, start));
	arena_clear(&a);
	return finish(out, start, e, again.valid);
}
