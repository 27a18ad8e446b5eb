/* The first transaction of a home. */
#include "node/bootstrap.h"

#include "base/hash.h"

#include <stdlib.h>

enum err bootstrap_store(struct store *s, const struct bytes *statements, size_t statement_count,
	const struct bytes *forms, size_t form_count, int64_t time, struct err_text *why)
{
	struct store_txn t = { .blob_count = statement_count + form_count, .time = time };
	enum err e = store_heads(&t.expect, s, why);
	if (e)
		return e;
	if (t.expect.has_store)
		return err_set(why, ERR_EXISTS, "this home belongs to a federation already; nothing was changed");
	t.blobs = calloc(t.blob_count ? t.blob_count : 1, sizeof *t.blobs);
	if (!t.blobs)
		return ERR_MEMORY;
	for (size_t i = 0; i < t.blob_count; i++) {
		bool is_form = i >= statement_count;
		t.blobs[i].prefix = is_form ? 'f' : 's';
		t.blobs[i].data = is_form ? forms[i - statement_count] : statements[i];
		hash_blake2b_256(t.blobs[i].hash.b, t.blobs[i].data);
	}
	e = store_write(s, &t, why);
	free(t.blobs);
	return e;
}
