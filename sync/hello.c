/* The hello of the two handshake messages: encode and decode. */
#include "sync/hello.h"

#include "base/cbor.h"

static const struct cbor_limits limits = { .size_max = SYNC_HELLO_MAX, .depth_max = 4, .items_max = 32 };

void hello_put(struct buf *out, const struct hello *h)
{
	cbor_put_array(out, 4);
	cbor_put_uint(out, SYNC_VERSION);
	cbor_put_bytes(out, bytes_of(h->digest, sizeof h->digest));
	cbor_put_bytes(out, bytes_of(h->charter, sizeof h->charter));
	if (!h->position.is_set) {
		cbor_put_null(out);
		return;
	}
	cbor_put_array(out, 3);
	cbor_put_uint(out, h->position.sequence);
	cbor_put_bytes(out, bytes_of(h->position.prefix, sizeof h->position.prefix));
	cbor_put_bool(out, h->position.whole);
}

static void read_position(struct hello_position *p, struct cbor *c)
{
	if (cbor_peek(c) == CBOR_NULL) {
		cbor_null(c);
		return;
	}
	if (cbor_array(c, 3) != 3)
		cbor_fail(c);
	p->is_set = true;
	p->sequence = cbor_uint(c, UINT64_MAX);
	cbor_fixed(c, p->prefix, sizeof p->prefix);
	p->whole = cbor_bool(c);
}

enum err hello_read(struct hello *out, struct bytes payload)
{
	struct cbor c;
	struct hello h = { .version = 0 };
	*out = h;
	enum err e = cbor_scan(payload, &limits, NULL);
	if (e)
		return e;
	cbor_begin(&c, payload);
	size_t count = cbor_array(&c, limits.items_max);
	h.version = cbor_uint(&c, UINT64_MAX);
	if (c.err)
		return ERR_FORMAT;
	if (h.version != SYNC_VERSION) {
		out->version = h.version;
		return ERR_OK;
	}
	if (count != 4)
		return ERR_FORMAT;
	cbor_fixed(&c, h.digest, sizeof h.digest);
	cbor_fixed(&c, h.charter, sizeof h.charter);
	read_position(&h.position, &c);
	e = cbor_end(&c);
	if (!e)
		*out = h;
	return e;
}
