/* Derives from epoch keys, and hands them over: boxes, shares, commitments. */
#include "schema/grant.h"

#include "base/cbor.h"
#include "base/hash.h"

#include <string.h>

enum { CONTEXT_MAX = 256 };

_Static_assert(GRANT_BOX_SIZE == SECRET_SIZE + BOX_OVERHEAD, "a box holds one wrap key");
_Static_assert(sizeof ((struct change_box *)0)->box == GRANT_BOX_SIZE, "and stands in the manifest");

static void put_case(struct buf *out, const struct grant_context *x)
{
	cbor_put_bytes(out, bytes_of(x->federation->b, sizeof x->federation->b));
	cbor_put_bytes(out, bytes_of(x->case_id->b, sizeof x->case_id->b));
	cbor_put_uint(out, x->compartment);
}

/* CBOR [federation, case, compartment] */
static enum err put_context(struct buf *out, const struct grant_context *x)
{
	cbor_put_array(out, 3);
	put_case(out, x);
	return buf_err(out);
}

/* As secret_derive, but the outcome is public. */
enum err grant_commitment(uint8_t out[GRANT_COMMITMENT_SIZE], const struct secret *epoch_key,
	const struct grant_context *x)
{
	struct buf data, input;
	memset(out, 0, GRANT_COMMITMENT_SIZE);
	buf_init(&data, CONTEXT_MAX);
	buf_init(&input, CONTEXT_MAX);
	enum err e = put_context(&data, x);
	cbor_put_array(&input, 2);
	cbor_put_text(&input, bytes_text("dossier commitment 1"));
	cbor_put_bytes(&input, buf_bytes(&data));
	if (!e)
		e = buf_err(&input);
	if (!e)
		hash_keyed(out, epoch_key->b, buf_bytes(&input));
	buf_clear(&data);
	buf_clear(&input);
	return e;
}

enum err grant_payload_key(struct secret *out, const struct secret *epoch_key, const struct grant_context *x)
{
	struct buf data;
	*out = (struct secret){ NULL };
	buf_init(&data, CONTEXT_MAX);
	enum err e = put_context(&data, x);
	if (!e)
		e = secret_derive(out, epoch_key, "dossier payload key 1", buf_bytes(&data));
	buf_clear(&data);
	return e;
}

enum err grant_seal_box(uint8_t box[GRANT_BOX_SIZE], const uint8_t site_key[BOX_KEY_SIZE],
	const struct secret *seed, const struct secret *wrap)
{
	struct buf sealed;
	memset(box, 0, GRANT_BOX_SIZE);
	buf_init(&sealed, GRANT_BOX_SIZE);
	enum err e = box_seal(&sealed, site_key, seed, bytes_of(wrap->b, SECRET_SIZE));
	if (!e)
		memcpy(box, sealed.data, GRANT_BOX_SIZE);
	buf_clear(&sealed);
	return e;
}

enum err grant_open_box(struct secret *wrap, const struct box_key *site_key,
	const uint8_t box[GRANT_BOX_SIZE])
{
	struct buf plain;
	*wrap = (struct secret){ NULL };
	buf_init(&plain, SECRET_SIZE);
	enum err e = box_open(&plain, site_key, bytes_of(box, GRANT_BOX_SIZE));
	if (!e)
		e = secret_from(wrap, plain.data);
	buf_wipe(&plain);
	return e;
}

/* What an epoch key is masked with for one holder of a wrap key; the caller wipes it. */
static enum err make_mask(uint8_t mask[GRANT_SHARE_SIZE], const struct secret *wrap,
	const struct grant_context *x, const uint8_t commitment[GRANT_COMMITMENT_SIZE])
{
	struct buf input;
	memset(mask, 0, GRANT_SHARE_SIZE);
	buf_init(&input, CONTEXT_MAX);
	cbor_put_array(&input, 5);
	cbor_put_text(&input, bytes_text("dossier grant 1"));
	put_case(&input, x);
	cbor_put_bytes(&input, bytes_of(commitment, GRANT_COMMITMENT_SIZE));
	enum err e = buf_err(&input);
	if (!e)
		hash_keyed(mask, wrap->b, buf_bytes(&input));
	buf_clear(&input);
	return e;
}

enum err grant_mask(uint8_t share[GRANT_SHARE_SIZE], const struct secret *epoch_key,
	const struct secret *wrap, const struct grant_context *x,
	const uint8_t commitment[GRANT_COMMITMENT_SIZE])
{
	uint8_t mask[GRANT_SHARE_SIZE];
	enum err e = make_mask(mask, wrap, x, commitment);
	for (size_t i = 0; i < GRANT_SHARE_SIZE; i++)
		share[i] = e ? 0 : epoch_key->b[i] ^ mask[i];
	secret_wipe(mask, sizeof mask);
	return e;
}

enum err grant_unmask(struct secret *epoch_key, const uint8_t share[GRANT_SHARE_SIZE],
	const struct secret *wrap, const struct grant_context *x,
	const uint8_t commitment[GRANT_COMMITMENT_SIZE])
{
	uint8_t mask[GRANT_SHARE_SIZE], found[GRANT_COMMITMENT_SIZE];
	*epoch_key = (struct secret){ NULL };
	enum err e = make_mask(mask, wrap, x, commitment);
	if (!e)
		e = secret_new(epoch_key);
	if (!e) {
		for (size_t i = 0; i < GRANT_SHARE_SIZE; i++)
			epoch_key->b[i] = share[i] ^ mask[i];
		e = grant_commitment(found, epoch_key, x);
	}
	if (!e && !secret_equal_bytes(found, commitment, sizeof found))
		e = ERR_CRYPTO;
	if (e)
		secret_free(epoch_key);
	secret_wipe(mask, sizeof mask);
	return e;
}

const struct change_box *grant_find_box(const struct change *c, uint32_t site)
{
	for (uint32_t i = 0; i < c->box_count; i++)
		if (c->boxes[i].site == site)
			return &c->boxes[i];
	return NULL;
}

enum err grant_open(struct secret *epoch_key, const struct change *c, const struct act_grant *g,
	const uint8_t commitment[GRANT_COMMITMENT_SIZE], uint32_t site, const struct box_key *site_key,
	struct bytes blob)
{
	const struct grant_context x = { &c->federation, &c->case_id, g->compartment };
	const struct change_box *box = grant_find_box(c, site);
	struct secret wrap = { NULL };
	uint32_t place = 0;
	*epoch_key = (struct secret){ NULL };
	while (place < g->site_count && g->sites[place] != site)
		place++;
	if (!box || place == g->site_count)
		return ERR_NOT_FOUND;
	if (blob.size != (size_t)g->site_count * GRANT_SHARE_SIZE)
		return ERR_CRYPTO;
	enum err e = grant_open_box(&wrap, site_key, box->box);
	if (!e)
		e = grant_unmask(epoch_key, blob.data + (size_t)place * GRANT_SHARE_SIZE, &wrap, &x, commitment);
	secret_free(&wrap);
	return e;
}
