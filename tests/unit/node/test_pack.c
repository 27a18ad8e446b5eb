/* Packs: the checksum, writing, reading back, merging. */
#include "base/text.h"
#include "node/pack_merge.h"
#include "node/pack_read.h"
#include "tests/support/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static char folder[FS_PATH_MAX]; /* of the running test */

static int set_up(void **state)
{
	(void)state;
	temp_home_make(folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	temp_home_remove(folder);
	return 0;
}

static void assert_sha1(struct sha1 *s, const char *hex)
{
	uint8_t sum[SHA1_SIZE];
	char got[2 * SHA1_SIZE + 1];
	sha1_final(sum, s);
	hex_encode(got, bytes_of(sum, sizeof sum));
	assert_string_equal(got, hex);
}

static void the_checksum_is_that_of_the_standard(void **state)
{
	struct sha1 s;
	static uint8_t a[1000];
	(void)state;
	memset(a, 'a', sizeof a);
	sha1_init(&s);
	assert_sha1(&s, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	sha1_init(&s);
	sha1_put(&s, "abc", 3);
	assert_sha1(&s, "a9993e364706816aba3e25717850c26c9cd0d89d");
	sha1_init(&s);
	sha1_put(&s, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56);
	assert_sha1(&s, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	/* A million times "a", in pieces of every size up to 1,000. */
	sha1_init(&s);
	size_t left = 1000 * 1000;
	for (size_t size = 0; left; left -= size) {
		size = size % sizeof a + 1;
		size = size < left ? size : left;
		sha1_put(&s, a, size);
	}
	assert_sha1(&s, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

/* A pack of blobs "FROM" to "TO - 1" in decimal, and one commit. */
static void write_pack(struct pack *p, unsigned from, unsigned to)
{
	char text[16];
	struct buf commit;
	struct git_id id;
	buf_init(&commit, 4096);
	sample_change(&commit, NULL, 0, 1, from);
	assert_int_equal(pack_begin(p, folder, to - from + 1, NULL, NULL), ERR_OK);
	assert_int_equal(store_hash(&id, STORE_COMMIT, buf_bytes(&commit)), ERR_OK);
	assert_int_equal(pack_add(p, STORE_COMMIT, &id, buf_bytes(&commit), PACK_STORED), ERR_OK);
	for (unsigned i = from; i < to; i++) {
		struct bytes data = bytes_of(text, (size_t)snprintf(text, sizeof text, "%u", i));
		assert_int_equal(store_hash(&id, STORE_BLOB, data), ERR_OK);
		assert_int_equal(pack_add(p, STORE_BLOB, &id, data, i % 2 ? PACK_DEFLATED : PACK_STORED), ERR_OK);
	}
	assert_int_equal(pack_finish(p, NULL), ERR_OK);
	buf_clear(&commit);
}

static size_t count_packs(void)
{
	size_t count = 0;
	assert_int_equal(pack_count(&count, folder, NULL), ERR_OK);
	return count;
}

/* Of all packs; also that each has its index and nothing else is there. */
static size_t count_objects(void)
{
	struct fs_names names;
	struct pack_reader r;
	char name[64];
	size_t count = 0;
	assert_int_equal(fs_list(&names, folder, NULL), ERR_OK);
	assert_int_equal(names.count, 2 * count_packs());
	for (size_t i = 0; i < names.count; i += 2) {
		snprintf(name, sizeof name, "%.*s", (int)strlen(names.names[i]) - 4, names.names[i]);
		assert_int_equal(pack_reader_open(&r, folder, name, NULL), ERR_OK);
		count += r.count;
		pack_reader_close(&r);
	}
	fs_names_clear(&names);
	return count;
}

static void a_pack_reads_back_in_the_order_written(void **state)
{
	struct pack p;
	struct pack_reader r;
	struct buf entry, text;
	char name[64];
	bool flag = true;
	(void)state;
	buf_init(&entry, 4096);
	buf_init(&text, 4096);
	write_pack(&p, 0, 100);
	snprintf(name, sizeof name, "pack-%s", p.name);
	assert_int_equal(pack_reader_open(&r, folder, name, NULL), ERR_OK);
	assert_int_equal(r.count, 101);
	assert_int_equal(pack_reader_has_deltas(&flag, &r), ERR_OK);
	assert_false(flag);
	for (size_t i = 0; i < r.count; i++) {
		assert_int_equal(pack_reader_get(&entry, &r, i), ERR_OK);
		assert_int_equal(pack_stored_commit(&flag, &text, buf_bytes(&entry)), ERR_OK);
		assert_int_equal(flag, i == 0);
	}
	pack_reader_close(&r);
	buf_clear(&entry);
	buf_clear(&text);
}

static void a_damaged_index_or_a_short_pack_is_refused(void **state)
{
	struct pack p;
	struct pack_reader r;
	struct buf index, pack, entry;
	char path[FS_PATH_MAX], name[64];
	(void)state;
	buf_init(&index, 1 << 20);
	buf_init(&pack, 1 << 20);
	buf_init(&entry, 1 << 20);
	write_pack(&p, 0, 20);
	snprintf(name, sizeof name, "pack-%s", p.name);
	assert_int_equal(fs_path(path, "%s/%s.pack", folder, name), ERR_OK);
	assert_int_equal(fs_read_file(&pack, path, NULL), ERR_OK);
	assert_int_equal(fs_write_file(path, bytes_of(pack.data, pack.size - 30), 0600, NULL, NULL), ERR_OK);
	assert_int_equal(pack_reader_open(&r, folder, name, NULL), ERR_OK);
	assert_int_equal(pack_reader_get(&entry, &r, 20), ERR_FORMAT);
	pack_reader_close(&r);
	assert_int_equal(fs_path(path, "%s/%s.idx", folder, name), ERR_OK);
	assert_int_equal(fs_read_file(&index, path, NULL), ERR_OK);
	for (size_t i = 0; i < index.size; i += 7) {
		index.data[i] ^= 1;
		assert_int_equal(fs_write_file(path, buf_bytes(&index), 0600, NULL, NULL), ERR_OK);
		assert_int_equal(pack_reader_open(&r, folder, name, NULL), ERR_FORMAT);
		index.data[i] ^= 1;
	}
	for (size_t size = 0; size < index.size; size += 101) {
		assert_int_equal(fs_write_file(path, bytes_of(index.data, size), 0600, NULL, NULL), ERR_OK);
		assert_int_equal(pack_reader_open(&r, folder, name, NULL), ERR_FORMAT);
	}
	assert_int_equal(fs_write_file(path, buf_bytes(&index), 0600, NULL, NULL), ERR_OK);
	assert_int_equal(pack_reader_open(&r, folder, name, NULL), ERR_OK); /* the control */
	pack_reader_close(&r);
	buf_clear(&index);
	buf_clear(&pack);
	buf_clear(&entry);
}

static void a_pack_given_up_or_taken_back_leaves_no_file(void **state)
{
	struct pack p;
	struct fs_names names;
	(void)state;
	assert_int_equal(pack_begin(&p, folder, 5, NULL, NULL), ERR_OK);
	pack_abort(&p);
	pack_abort(&p);
	write_pack(&p, 0, 5);
	pack_remove(&p);
	assert_int_equal(fs_list(&names, folder, NULL), ERR_OK);
	assert_int_equal(names.count, 0);
	fs_names_clear(&names);
	/* But a pack that was there before is not taken back: others rely on it. */
	write_pack(&p, 0, 5);
	write_pack(&p, 0, 5);
	pack_remove(&p);
	assert_int_equal(count_packs(), 1);
}

static void merging_keeps_each_object_once_and_spares_large_packs(void **state)
{
	struct pack p;
	char path[FS_PATH_MAX];
	(void)state;
	write_pack(&p, 0, 5000);
	for (unsigned i = 0; i < 10; i++)
		write_pack(&p, 10000 + 5 * i, 10000 + 5 * i + 10); /* overlaps with the next */
	assert_int_equal(count_packs(), 11);
	assert_int_equal(pack_merge(folder, 11, NULL, NULL), ERR_OK); /* nothing to do */
	assert_int_equal(count_packs(), 11);
	assert_int_equal(fs_path(path, "%s/multi-pack-index", folder), ERR_OK);
	assert_int_equal(fs_write_file(path, bytes_text("names packs that go"), 0600, NULL, NULL), ERR_OK);
	assert_int_equal(pack_merge(folder, 4, NULL, NULL), ERR_OK);
	assert_false(fs_exists(path));
	assert_int_equal(count_packs(), 2);
	assert_int_equal(count_objects(), 5001 + 10 + 55);
}

static void packs_that_stock_git_keeps_files_beside_stay(void **state)
{
	struct pack p;
	char path[FS_PATH_MAX];
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		write_pack(&p, 10 * i, 10 * i + 5);
		assert_int_equal(fs_path(path, "%s/pack-%s.keep", folder, p.name), ERR_OK);
		if (i < 2)
			assert_int_equal(fs_write_file(path, bytes_text(""), 0600, NULL, NULL), ERR_OK);
	}
	assert_int_equal(pack_merge(folder, 2, NULL, NULL), ERR_OK);
	assert_int_equal(count_packs(), 3);
}

static void merging_doubles_of_a_merged_pack_loses_nothing(void **state)
{
	struct pack p;
	(void)state;
	/* In the second round the new pack may be byte for byte the one that is there already. */
	for (int round = 0; round < 2; round++) {
		write_pack(&p, 0, 1);
		write_pack(&p, 1, 2);
		write_pack(&p, 2, 3);
		assert_int_equal(pack_merge(folder, 2, NULL, NULL), ERR_OK);
		assert_int_equal(count_packs(), 1);
		assert_int_equal(count_objects(), 6);
	}
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_checksum_is_that_of_the_standard),
		IN_FOLDER(a_pack_reads_back_in_the_order_written),
		IN_FOLDER(a_damaged_index_or_a_short_pack_is_refused),
		IN_FOLDER(a_pack_given_up_or_taken_back_leaves_no_file),
		IN_FOLDER(merging_keeps_each_object_once_and_spares_large_packs),
		IN_FOLDER(packs_that_stock_git_keeps_files_beside_stay),
		IN_FOLDER(merging_doubles_of_a_merged_pack_loses_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
