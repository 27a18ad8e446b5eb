/* Ids of git objects, from libgit2 for its SHA-1 with collision detection. */
#include "node/store.h"

#include "node/store_body.h"

#include <assert.h>
#include <git2.h>
#include <string.h>

const struct git_id store_empty_tree = { {
	0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60,
	0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88, 0xfb, 0xee, 0x49, 0x04,
} };

void store_ids_hold(void)
{
	int count = git_libgit2_init();
	assert(count > 0);
}

void store_ids_release(void)
{
	git_libgit2_shutdown();
}

enum err store_hash(struct git_id *out, enum store_kind kind, struct bytes content)
{
	static const git_object_t types[] = {
		[STORE_COMMIT] = GIT_OBJECT_COMMIT,
		[STORE_TREE] = GIT_OBJECT_TREE,
		[STORE_BLOB] = GIT_OBJECT_BLOB,
	};
	git_oid id;
	*out = (struct git_id){ 0 };
	store_ids_hold(); /* counted by libgit2: 13 ns while any store is open, 4 ms otherwise */
	int failed = git_odb_hash(&id, content.size ? (const void *)content.data : "", content.size, types[kind]);
	store_ids_release();
	if (failed)
		return ERR_CRYPTO;
	memcpy(out->b, id.id, sizeof out->b);
	return ERR_OK;
}

enum err store_tree_id(struct git_id *out, struct bytes entries)
{
	static const char head[] = "100644 entries";
	uint8_t tree[sizeof head + sizeof out->b];
	struct git_id blob;
	*out = (struct git_id){ 0 };
	enum err e = store_hash(&blob, STORE_BLOB, entries);
	if (e)
		return e;
	memcpy(tree, head, sizeof head); /* with its NUL */
	memcpy(tree + sizeof head, blob.b, sizeof blob.b);
	return store_hash(out, STORE_TREE, bytes_of(tree, sizeof tree));
}
