/* Journal entries and read-log records: both ways, sealed and open, refusals. */
#include "schema/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cbor.h"
#include "tests/support/hex.h"
#include "tests/support/sample.h"
#include "tests/support/sample_journal.h"

struct room {
	struct arena arena;
	struct buf out;
	struct secret entries, readlog;
	struct sample_checkpoint s;
};

static int set_up(void **state)
{
	static struct room room;
	struct secret journal;
	arena_init(&room.arena, 64 * 1024 * 1024);
	buf_init(&room.out, 4 * ENTRIES_SIZE_MAX);
	sample_journal_key(&journal);
	assert_int_equal(entries_key(&room.entries, &journal), ERR_OK);
	assert_int_equal(readlog_key(&room.readlog, &journal), ERR_OK);
	assert_false(secret_equal(&room.entries, &room.readlog));
	secret_free(&journal);
	sample_checkpoint_make(&room.s, 1, NULL, NULL);
	*state = &room;
	return 0;
}

static int tear_down(void **state)
{
	struct room *room = *state;
	arena_clear(&room->arena);
	buf_clear(&room->out);
	secret_free(&room->entries);
	secret_free(&room->readlog);
	sample_checkpoint_clear(&room->s);
	return 0;
}

static void every_kind_comes_back(void **state)
{
	struct room *room = *state;
	const struct entry *in = sample_entries(&room->arena), *out = NULL;
	struct buf again;
	uint32_t count = 0;
	buf_init(&again, SEAL_PLAIN_MAX);
	assert_int_equal(entries_encode(&room->out, in, SAMPLE_ENTRIES), ERR_OK);
	assert_int_equal(entries_decode(&out, &count, &room->arena, buf_bytes(&room->out), NULL), ERR_OK);
	assert_int_equal(count, SAMPLE_ENTRIES);
	assert_int_equal(out[0].as.wrote.count, 2);
	assert_memory_equal(out[0].as.wrote.changes, in[0].as.wrote.changes, 64);
	assert_int_equal(out[1].as.received.to, 7);
	assert_int_equal(out[2].as.showed.compartments, 10);
	assert_true(bytes_equal(out[2].as.showed.reason, in[2].as.showed.reason));
	assert_int_equal(out[3].as.disclosed.site, 2);
	assert_int_equal(out[4].as.erased.compartment, 3);
	assert_int_equal(out[5].as.witnessed.sequence, 812);
	assert_int_equal(entries_encode(&again, out, count), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&again), buf_bytes(&room->out)));
	buf_clear(&again);
	for (uint32_t i = 0; i < SAMPLE_ENTRIES; i++)
		assert_string_not_equal(entry_kind_name(in[i].kind), "unknown");
	assert_string_equal(entry_kind_name(7), "unknown");
}

static void a_kind_of_a_later_version_is_passed_on(void **state)
{
	struct room *room = *state;
	static const uint8_t later[] = { 0x81, 0x83, 0x18, 0x20, 0xa1, 0x01, 0xf5, 0x40 };
	const struct entry *out = NULL;
	struct buf again;
	uint32_t count = 0;
	buf_init(&again, 256);
	assert_int_equal(entries_decode(&out, &count, &room->arena, bytes_of(later, sizeof later), NULL), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(out[0].kind, 32);
	assert_int_equal(entries_encode(&again, out, 1), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&again), bytes_of(later, sizeof later)));
	buf_clear(&again);
}

#define ID "\x58\x20" "0123456789abcdef0123456789abcdef"
#define CASE "\x50" "0123456789abcdef"

static void what_is_no_entry_is_refused(void **state)
{
	struct room *room = *state;
	static const struct { const char *text; size_t size; enum err err; } tries[] = {
		{ "\x81\x83\x05" CASE "\x03", 21, ERR_OK }, /* control */
		{ "\x80", 1, ERR_OK },
		{ "", 0, ERR_FORMAT }, { "\x00", 1, ERR_FORMAT }, { "\xa0", 1, ERR_FORMAT },
		{ "\x81", 1, ERR_FORMAT },
		{ "\x81\x01", 2, ERR_FORMAT }, { "\x81\x80", 2, ERR_FORMAT }, { "\x81\x81\x00", 3, ERR_FORMAT },
		{ "\x81\x81\x20", 3, ERR_FORMAT }, { "\x81\x81\xf6", 3, ERR_FORMAT },
		{ "\x81\x84\x05" CASE "\x03\x03", 22, ERR_FORMAT },
		{ "\x81\x83\x05\x41x\x03", 6, ERR_FORMAT },
		{ "\x81\x83\x05" CASE "\x03\x00", 22, ERR_FORMAT },
		{ "\x81\x82\x01\x81" ID, 38, ERR_OK },
		{ "\x81\x82\x01\x82" ID, 38, ERR_FORMAT },
		{ "\x81\x82\x01\x81" CASE, 21, ERR_FORMAT },
		{ "\x81\x85\x04\x01\x00" CASE "\x01", 23, ERR_FORMAT }, /* site 0 */
		{ "\x81\x85\x04\x01\x01" CASE "\x01", 23, ERR_OK },
		{ "\x81\x87\x03\x01" ID "\x80\x01\x00\x60", 42, ERR_OK },
		{ "\x81\x87\x03\x01" ID "\x80\x01\x00\x61\n", 43, ERR_FORMAT },
		{ "\x81\x87\x03\x01" ID "\x80\x01\x00\x41x", 43, ERR_FORMAT },
	};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		const struct entry *out = NULL;
		uint32_t count = 0;
		struct err_text why = { "" };
		enum err e = entries_decode(&out, &count, &room->arena, bytes_of(tries[i].text, tries[i].size), &why);
		if (e != tries[i].err)
			fail_msg("try %zu: %s", i, err_name(e));
		assert_int_equal(why.text[0] != '\0', e != ERR_OK);
	}
}

static void a_reason_has_eighty_characters(void **state)
{
	struct room *room = *state;
	char reason[2 * 81 + 1] = "";
	struct entry showed = sample_entries(&room->arena)[2];
	for (size_t i = 0; i < 81; i++)
		memcpy(reason + 2 * i, "\xc3\xa9", 2);
	showed.as.showed.reason = bytes_of(reason, 160);
	assert_int_equal(entry_encode(&room->out, &showed), ERR_OK);
	showed.as.showed.reason = bytes_of(reason, 162);
	assert_int_equal(entry_encode(&room->out, &showed), ERR_FORMAT);
	showed.as.showed.reason = bytes_of(reason, 159);
	assert_int_equal(entry_encode(&room->out, &showed), ERR_FORMAT);
	showed.as.showed.reason = bytes_text("two\nlines");
	assert_int_equal(entry_encode(&room->out, &showed), ERR_FORMAT);
}

static void one_entry_always_fits_and_too_many_do_not(void **state)
{
	struct room *room = *state;
	static struct case_id cases[ENTRIES_SIZE_MAX / 16];
	struct entry showed[2];
	showed[0] = showed[1] = sample_entries(&room->arena)[2];
	uint32_t most = (ENTRY_SIZE_MAX - 128) / 17;
	showed[0].as.showed.cases = showed[1].as.showed.cases = cases;
	showed[0].as.showed.case_count = showed[1].as.showed.case_count = most;
	assert_int_equal(entries_encode(&room->out, showed, 1), ERR_OK);
	assert_true(room->out.size <= ENTRIES_SIZE_MAX);
	assert_int_equal(entries_encode(&room->out, showed, 2), ERR_LIMIT);
	showed[0].as.showed.case_count = most + 16;
	assert_int_equal(entry_encode(&room->out, showed), ERR_LIMIT);
}

static void a_checkpoint_names_32768_changes(void **state)
{
	struct room *room = *state;
	enum { MANY = 32768 };
	static struct change_id ids[MANY];
	struct checkpoint *c = &room->s.checkpoint;
	struct entry wrote = { .kind = ENTRY_WROTE, .as.wrote = { .changes = ids, .count = MANY } };
	const struct entry *out = NULL;
	const uint8_t nonce[SEAL_NONCE_SIZE] = { 1 };
	uint32_t count = 0;
	for (uint32_t i = 0; i < MANY; i++)
		memcpy(ids[i].b, &i, sizeof i);
	assert_int_equal(entries_seal(&room->out, &room->entries, c, nonce, &wrote, 1), ERR_OK);
	assert_int_equal(
		entries_open(&out, &count, &room->arena, &room->entries, c, buf_bytes(&room->out), NULL), ERR_OK);
	assert_int_equal(out[0].as.wrote.count, MANY);
	assert_memory_equal(out[0].as.wrote.changes, ids, sizeof ids);
}

static void more_entries_than_a_checkpoint_takes_are_refused_both_ways(void **state)
{
	struct room *room = *state;
	static struct entry erased[ENTRIES_COUNT_MAX + 1];
	const struct entry *out = NULL;
	uint32_t count = 0;
	for (uint32_t i = 0; i <= ENTRIES_COUNT_MAX; i++)
		erased[i] = (struct entry){ .kind = ENTRY_ERASED };
	assert_int_equal(entries_encode(&room->out, erased, ENTRIES_COUNT_MAX + 1), ERR_LIMIT);
	assert_int_equal(room->out.size, 0);
	/* What a hostile node would write: the shortest entries of a later kind. */
	for (uint32_t over = 0; over < 2; over++) {
		buf_reset(&room->out);
		cbor_put_array(&room->out, ENTRIES_COUNT_MAX + over);
		for (uint32_t i = 0; i < ENTRIES_COUNT_MAX + over; i++) {
			cbor_put_array(&room->out, 1);
			cbor_put_uint(&room->out, ENTRY_WITNESSED + 1);
		}
		assert_int_equal(entries_decode(&out, &count, &room->arena, buf_bytes(&room->out), NULL),
			over ? ERR_FORMAT : ERR_OK);
	}
}

static enum err open(struct room *room, const struct secret *key, const struct checkpoint *c,
	struct bytes blob)
{
	const struct entry *out = NULL;
	uint32_t count = 0;
	enum err e = entries_open(&out, &count, &room->arena, key, c, blob, NULL);
	assert_int_equal(count, e ? 0 : SAMPLE_ENTRIES);
	return e;
}

static void entries_open_for_their_checkpoint_only(void **state)
{
	struct room *room = *state;
	struct bytes blob = buf_bytes(&room->s.entries);
	struct checkpoint *c = &room->s.checkpoint;
	assert_int_equal(open(room, &room->entries, c, blob), ERR_OK);
	assert_int_equal(open(room, &room->readlog, c, blob), ERR_CRYPTO);
	uint8_t *const bound[] = { c->federation.b, c->node.b, c->incarnation.b, c->previous.b };
	for (size_t i = 0; i < sizeof bound / sizeof *bound; i++) {
		bound[i][5] ^= 1;
		assert_int_equal(open(room, &room->entries, c, blob), ERR_CRYPTO);
		bound[i][5] ^= 1;
	}
	c->sequence++;
	assert_int_equal(open(room, &room->entries, c, blob), ERR_CRYPTO);
	c->sequence--;
	room->s.entries.data[blob.size - 1] ^= 1;
	assert_int_equal(open(room, &room->entries, c, blob), ERR_CRYPTO);
	assert_int_equal(open(room, &room->entries, c, bytes_of(blob.data, 39)), ERR_FORMAT);
}

static enum err next(struct room *room, uint64_t record, struct bytes file, size_t *at)
{
	struct entry showed;
	const struct checkpoint *c = &room->s.checkpoint;
	size_t was = *at;
	enum err e = readlog_next(&showed, &room->arena, &room->readlog, &c->node, &c->incarnation, record, file,
		at);
	assert_int_equal(showed.kind, e ? 0 : ENTRY_SHOWED);
	assert_true(e ? *at == was : *at > was);
	return e;
}

static void a_read_log_is_read_record_by_record(void **state)
{
	struct room *room = *state;
	const struct entry *in = sample_entries(&room->arena);
	const struct checkpoint *c = &room->s.checkpoint;
	uint8_t nonce[SEAL_NONCE_SIZE];
	size_t at = 0;
	for (uint64_t i = 0; i < 3; i++) {
		sample_fill(nonce, sizeof nonce, (uint8_t)i);
		assert_int_equal(readlog_put(&room->out, &room->readlog, &c->node, &c->incarnation, i, nonce, &in[2]),
			ERR_OK);
	}
	assert_int_equal(readlog_put(&room->out, &room->readlog, &c->node, &c->incarnation, 3, nonce, &in[0]),
		ERR_FORMAT);
	/* A list of more cases than a record takes. */
	static struct case_id cases[ENTRY_SHOWED_MAX / 17];
	struct entry listing = in[2];
	listing.as.showed.cases = cases;
	listing.as.showed.case_count = ENTRY_SHOWED_MAX / 17;
	assert_int_equal(readlog_put(&room->out, &room->readlog, &c->node, &c->incarnation, 3, nonce, &listing),
		ERR_LIMIT);
	struct bytes file = buf_bytes(&room->out);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(next(room, i, file, &at), ERR_OK);
	assert_int_equal(at, file.size);
	assert_int_equal(next(room, 3, file, &at), ERR_NOT_FOUND);
	/* Any tail that a crash may leave is told from damage. */
	size_t one = file.size / 3;
	at = 0;
	for (size_t size = 1; size < one; size++)
		assert_int_equal(next(room, 0, bytes_of(file.data, size), &at), ERR_MISSING);
	/* No record stands for another, and none is altered. */
	assert_int_equal(next(room, 1, file, &at), ERR_CRYPTO);
	for (size_t i = 4; i < one; i++) {
		room->out.data[i] ^= 1;
		assert_int_equal(next(room, 0, file, &at), ERR_CRYPTO);
		room->out.data[i] ^= 1;
	}
	assert_int_equal(next(room, 0, file, &at), ERR_OK);
	at = 0;
	room->out.data[0] = 0xff; /* longer than any record */
	assert_int_equal(next(room, 0, file, &at), ERR_FORMAT);
	room->out.data[0] = 0;
	room->out.data[3] = 39; /* shorter than any record */
	assert_int_equal(next(room, 0, file, &at), ERR_FORMAT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_kind_comes_back),
		TEST(a_kind_of_a_later_version_is_passed_on),
		TEST(what_is_no_entry_is_refused),
		TEST(a_reason_has_eighty_characters),
		TEST(one_entry_always_fits_and_too_many_do_not),
		TEST(a_checkpoint_names_32768_changes),
		TEST(more_entries_than_a_checkpoint_takes_are_refused_both_ways),
		TEST(entries_open_for_their_checkpoint_only),
		TEST(a_read_log_is_read_record_by_record),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
