/* Thousands of altered forms of every format: whatever a reader takes, the writer writes again as the same
 * bytes.  So nothing has two spellings, and nothing breaks a reader. */
#include "schema/change.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "schema/act_args.h"
#include "schema/payload.h"
#include "schema/welcome.h"
#include "tests/support/sample.h"
#include "tests/support/sample_journal.h"
#include "tests/support/sample_statement.h"
#include "tests/support/sample_welcome.h"

enum { ROUNDS = 3000, FORM_MAX = 256 * 1024 };

/* A reproducible stream of numbers (SplitMix64): the same forms on every machine. */
static uint64_t next_number(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Does one or a few of: flip a bit, set a byte to a telling value, drop a run, repeat a run, move one. */
static void mutate(struct buf *out, struct bytes in, uint64_t *seed)
{
	static const uint8_t telling[] = { 0x00, 0x01, 0x17, 0x18, 0x1b, 0x3f, 0x40, 0x5b, 0x7f, 0x80, 0x9f, 0xa0,
		0xc0, 0xf6, 0xff, '\n', ' ', '0', '=' };
	buf_reset(out);
	buf_put_bytes(out, in);
	for (uint64_t steps = 1 + next_number(seed) % 3; steps > 0 && out->size > 0; steps--) {
		size_t at = next_number(seed) % out->size, run = 1 + next_number(seed) % 40, left = out->size - at;
		uint8_t copy[40];
		run = run < left ? run : left;
		memcpy(copy, out->data + at, run);
		switch (next_number(seed) % 5) {
		case 0:
			out->data[at] ^= (uint8_t)(1 << next_number(seed) % 8);
			break;
		case 1:
			out->data[at] = telling[next_number(seed) % sizeof telling];
			break;
		case 2:
			memmove(out->data + at, out->data + at + run, left - run);
			out->size -= run;
			break;
		case 3:
			buf_put_zeros(out, run);
			memmove(out->data + at + run, out->data + at, left);
			memcpy(out->data + at, copy, run);
			break;
		default:
			memmove(out->data + next_number(seed) % (out->size - run + 1), copy, run);
			break;
		}
	}
	assert_int_equal(buf_err(out), ERR_OK);
}

/* Reads `in`; when it is taken, writes it again to `again` and yields true. */
typedef bool (*round_trip)(struct arena *a, struct bytes in, struct buf *again);

/* Counts how many altered forms were taken: some readers take some, for instance another text. */
static unsigned run(round_trip trip, struct bytes form)
{
	struct buf altered, again;
	struct arena a;
	uint64_t seed = form.size;
	unsigned taken = 0;
	buf_init(&altered, FORM_MAX);
	buf_init(&again, FORM_MAX);
	arena_init(&a, 64 * 1024 * 1024);
	assert_true(trip(&a, form, &again)); /* control */
	assert_true(bytes_equal(buf_bytes(&again), form));
	for (int i = 0; i < ROUNDS; i++) {
		mutate(&altered, form, &seed);
		buf_reset(&again);
		if (trip(&a, buf_bytes(&altered), &again)) {
			taken++;
			assert_true(bytes_equal(buf_bytes(&again), buf_bytes(&altered)));
		}
		arena_clear(&a);
	}
	buf_clear(&altered);
	buf_clear(&again);
	return taken;
}

static bool trip_commit(struct arena *a, struct bytes in, struct buf *again)
{
	struct change *c = NULL;
	const struct git_id *parents_git = NULL;
	if (change_parse_commit(&c, &parents_git, a, in, NULL))
		return false;
	assert_int_equal(change_put_commit(again, c, parents_git), ERR_OK);
	return true;
}

static bool trip_wire(struct arena *a, struct bytes in, struct buf *again)
{
	struct change *c = NULL;
	struct federation_id f;
	sample_fill(&f, sizeof f, SAMPLE_FEDERATION);
	if (change_parse_wire(&c, a, &f, in, NULL))
		return false;
	assert_int_equal(change_put_wire(again, c), ERR_OK);
	return true;
}

static bool trip_grant(struct arena *a, struct bytes in, struct buf *again)
{
	struct act_grant g;
	assert_int_equal(act_decode_grant(&g, a, in), ERR_OK);
	if (g.valid)
		assert_int_equal(act_encode_grant(again, &g), ERR_OK);
	return g.valid;
}

static bool trip_payload(struct arena *a, struct bytes in, struct buf *again)
{
	struct payload p;
	assert_int_equal(payload_decode(&p, a, in), ERR_OK);
	if (!p.valid)
		return false;
	assert_int_equal(payload_encode(again, p.role, p.ops, p.op_count), ERR_OK);
	buf_put_zeros(again, seal_bucket(again->size) - again->size);
	return true;
}

static bool trip_statement(struct arena *a, struct bytes in, struct buf *again)
{
	struct statement *s = NULL;
	struct statement_signatures set = { .count = 0 };
	if (statement_parse(&s, a, in, NULL))
		return false;
	memcpy(set.list, s->signatures, s->signature_count * sizeof *set.list);
	set.count = s->signature_count;
	assert_int_equal(statement_encode_blob(again, s->body, &set), ERR_OK);
	return true;
}

static bool trip_checkpoint(struct arena *a, struct bytes in, struct buf *again)
{
	struct checkpoint *c = NULL;
	if (checkpoint_parse_commit(&c, a, in, NULL))
		return false;
	assert_int_equal(checkpoint_put_commit(again, c), ERR_OK);
	return true;
}

static bool trip_checkpoint_wire(struct arena *a, struct bytes in, struct buf *again)
{
	struct checkpoint *c = NULL;
	struct bytes entries;
	struct federation_id f;
	sample_fill(&f, sizeof f, SAMPLE_FEDERATION);
	if (checkpoint_parse_wire(&c, &entries, a, &f, in, NULL))
		return false;
	assert_int_equal(checkpoint_put_wire(again, c, entries), ERR_OK);
	return true;
}

static bool trip_entries(struct arena *a, struct bytes in, struct buf *again)
{
	const struct entry *entries = NULL;
	uint32_t count = 0;
	if (entries_decode(&entries, &count, a, in, NULL))
		return false;
	assert_int_equal(entries_encode(again, entries, count), ERR_OK);
	return true;
}

static bool trip_request(struct arena *a, struct bytes in, struct buf *again)
{
	struct request r;
	(void)a;
	if (request_parse(&r, in, NULL))
		return false;
	buf_put_bytes(again, in); /* signed: what is taken is what was made */
	return true;
}

static bool trip_welcome(struct arena *a, struct bytes in, struct buf *again)
{
	struct welcome w;
	if (welcome_parse(&w, a, in, NULL))
		return false;
	assert_int_equal(welcome_encode(again, &w), ERR_OK);
	return true;
}

static void altered_changes(void **state)
{
	(void)state;
	for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
		struct sample s;
		struct buf wire;
		buf_init(&wire, CHANGE_WIRE_MAX);
		sample_make(&s, (enum sample_kind)kind, NULL);
		assert_int_equal(change_put_wire(&wire, &s.change), ERR_OK);
		(void)run(trip_commit, buf_bytes(&s.commit));
		assert_true(run(trip_wire, buf_bytes(&wire)) > 0);
		if (kind == SAMPLE_OPENING)
			assert_true(run(trip_grant, s.change.acts[0].args) > 0);
		buf_clear(&wire);
		sample_clear(&s);
	}
}

static void altered_payloads(void **state)
{
	(void)state;
	const struct op ops[] = {
		{ .field = 1, .code = OP_SET, .value = bytes_of("\xa2\x61""a\x82\x01\x20\x61""b\xf6", 9) },
		{ .field = 300, .code = OP_APPEND, .value = bytes_of("\x43\x01\x02\x03", 4), .basis = 2 },
		{ .field = 0, .code = OP_REASON, .value = bytes_of("\x64text", 5) },
	};
	struct buf plain;
	buf_init(&plain, SEAL_PLAIN_MAX);
	assert_int_equal(payload_encode(&plain, 2, ops, 3), ERR_OK);
	buf_put_zeros(&plain, seal_bucket(plain.size) - plain.size);
	assert_true(run(trip_payload, buf_bytes(&plain)) > 0);
	buf_clear(&plain);
}

static void altered_statements(void **state)
{
	(void)state;
	for (uint32_t code = STATEMENT_FOUND; code <= STATEMENT_REVOKE; code++) {
		struct buf body, blob;
		buf_init(&body, STATEMENT_BLOB_MAX);
		buf_init(&blob, STATEMENT_BLOB_MAX);
		sample_statement_blob(&body, &blob, code);
		(void)run(trip_statement, buf_bytes(&blob));
		buf_clear(&body);
		buf_clear(&blob);
	}
}

static void altered_checkpoints_and_entries(void **state)
{
	(void)state;
	for (uint64_t sequence = 0; sequence < 2; sequence++) {
		struct sample_checkpoint s;
		struct buf wire, plain;
		buf_init(&wire, CHECKPOINT_WIRE_MAX);
		buf_init(&plain, SEAL_PLAIN_MAX);
		sample_checkpoint_make(&s, sequence, NULL, NULL);
		assert_int_equal(checkpoint_put_wire(&wire, &s.checkpoint, bytes_of(NULL, 0)), ERR_OK);
		assert_int_equal(entries_encode(&plain, sample_entries(&s.arena), SAMPLE_ENTRIES), ERR_OK);
		(void)run(trip_checkpoint, buf_bytes(&s.commit));
		assert_true(run(trip_checkpoint_wire, buf_bytes(&wire)) > 0);
		assert_true(run(trip_entries, buf_bytes(&plain)) > 0);
		buf_reset(&wire);
		assert_int_equal(checkpoint_put_wire(&wire, &s.checkpoint, buf_bytes(&s.entries)), ERR_OK);
		(void)run(trip_checkpoint_wire, buf_bytes(&wire));
		buf_clear(&wire);
		buf_clear(&plain);
		sample_checkpoint_clear(&s);
	}
}

static void altered_files(void **state)
{
	(void)state;
	struct request r;
	struct buf file;
	buf_init(&file, WELCOME_FILE_MAX);
	sample_request(&r, &file);
	(void)run(trip_request, buf_bytes(&file));
	buf_reset(&file);
	sample_welcome(&file);
	(void)run(trip_welcome, buf_bytes(&file));
	buf_clear(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(altered_changes),
		cmocka_unit_test(altered_payloads),
		cmocka_unit_test(altered_statements),
		cmocka_unit_test(altered_checkpoints_and_entries),
		cmocka_unit_test(altered_files),
	};
	return crypto_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
