/* The doorway to libcbor: an independent reading of what our own scanner passed. */
#include "base/cbor.h"

#include <cbor.h>
#include <stdlib.h>

enum err cbor_check_libcbor(struct bytes scanned)
{
	struct cbor_load_result result;
	unsigned char *again = NULL;
	size_t capacity = 0;
	enum err e = ERR_FORMAT;
	cbor_item_t *item = cbor_load(scanned.data, scanned.size, &result);
	if (!item)
		return result.error.code == CBOR_ERR_MEMERROR ? ERR_MEMORY : ERR_FORMAT;
	size_t size = cbor_serialize_alloc(item, &again, &capacity);
	if (!again)
		e = ERR_MEMORY;
	else if (bytes_equal(scanned, bytes_of(again, size)))
		e = ERR_OK;
	free(again);
	cbor_decref(&item);
	return e;
}
