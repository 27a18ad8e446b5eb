/* Further keys from a key, each under its own context. */
#include "base/secret.h"

#include "base/cbor.h"
#include "base/hash.h"

#include <assert.h>

enum { DERIVE_DATA_MAX = 64 * 1024 };

enum err secret_derive(struct secret *out, const struct secret *key, const char *context, struct bytes data)
{
	assert(secret_is_set(key));
	out->b = NULL;
	struct buf input;
	buf_init(&input, DERIVE_DATA_MAX);
	cbor_put_array(&input, 2);
	cbor_put_text(&input, bytes_text(context));
	cbor_put_bytes(&input, data);
	enum err e = buf_err(&input);
	if (!e)
		e = secret_new(out);
	if (!e)
		hash_keyed(out->b, key->b, buf_bytes(&input));
	buf_wipe(&input);
	return e;
}
