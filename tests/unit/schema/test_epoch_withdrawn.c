/* A withdrawn site with every key it ever held, real ones: it opens what came before, and nothing else.
 *
 * Its officer keeps all boxes and blobs that he can lay hands on (a copied disk of a custodian, say) and
 * tries every key on everything. */
#include "schema/grant.h"
#include "schema/payload.h"
#include "tests/support/case_kit.h"
#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { SOUTH = 3, BLOBS_MAX = 64, KEYS_MAX = 256 };

static const struct case_id no_case;

struct blob { /* of a grants or payload line */
	char change;
	uint32_t compartment;
	char epoch;
	struct bytes bytes;
	struct act_grant act; /* of grants */
};

struct room {
	struct case_kit kit;
	struct counted *counted;
	struct blob grants[BLOBS_MAX], payloads[BLOBS_MAX];
	uint32_t grant_count, payload_count;
	struct secret keys[KEYS_MAX]; /* that the thief has got */
	uint32_t key_count;
};

static struct room room;

static struct bytes keep(struct buf *b)
{
	const void *copy = arena_copy(&room.kit.arena, b->data, b->size);
	assert_non_null(copy);
	struct bytes kept = bytes_of(copy, b->size);
	buf_clear(b);
	return kept;
}

static struct grant_context grant_context_of(uint32_t compartment)
{
	return (struct grant_context){ &room.kit.kit.federation, &no_case, compartment };
}

/* The wrap key of a site in a change. */
static void wrap_key(struct secret *out, char change, uint32_t site)
{
	sample_secret(out, (uint8_t)change);
	out->b[1] = (uint8_t)site;
}

static void commitment_of(uint8_t out[32], char epoch, uint32_t compartment)
{
	const struct grant_context x = grant_context_of(compartment);
	struct secret key;
	case_kit_epoch_key(&key, epoch, compartment);
	assert_int_equal(grant_commitment(out, &key, &x), ERR_OK);
	secret_free(&key);
}

/* ---- An honest writer's side: boxes and blobs for every line of a change. */

static void add_boxes(struct case_kit_change *c)
{
	struct change_box *boxes = arena_array(&room.kit.arena, KIT_SITES, sizeof *boxes);
	assert_non_null(boxes);
	for (uint32_t site = 1; site <= 4; site++) {
		struct box_key key;
		struct secret seed, wrap;
		sample_box_key(&key, (uint8_t)(0x80 + site));
		sample_secret(&seed, (uint8_t)(c->name ^ site));
		wrap_key(&wrap, c->name, site);
		boxes[site - 1] = (struct change_box){ .site = site, .keyno = 1 };
		assert_int_equal(grant_seal_box(boxes[site - 1].box, key.public_key, &seed, &wrap), ERR_OK);
		secret_free(&seed);
		secret_free(&wrap);
		box_key_clear(&key);
	}
	c->change.boxes = boxes;
	c->change.box_count = 4;
}

static void add_grant_blob(const struct case_kit_change *c, const struct change_act *written)
{
	struct blob *b = &room.grants[room.grant_count++];
	assert_true(room.grant_count < BLOBS_MAX);
	assert_int_equal(act_decode_grant(&b->act, &room.kit.arena, written->args), ERR_OK);
	b->change = c->name;
	b->compartment = b->act.compartment;
	b->epoch = b->act.own_epoch ? c->name : (char)b->act.epoch.b[0];
	const struct grant_context x = grant_context_of(b->compartment);
	struct buf out;
	struct secret key;
	uint8_t commitment[32];
	buf_init(&out, 4096);
	case_kit_epoch_key(&key, b->epoch, b->compartment);
	commitment_of(commitment, b->epoch, b->compartment);
	for (uint32_t i = 0; i < b->act.site_count; i++) {
		struct secret wrap;
		uint8_t share[GRANT_SHARE_SIZE];
		wrap_key(&wrap, c->name, b->act.sites[i]);
		assert_int_equal(grant_mask(share, &key, &wrap, &x, commitment), ERR_OK);
		buf_put(&out, share, sizeof share);
		secret_free(&wrap);
	}
	secret_free(&key);
	b->bytes = keep(&out);
}

static struct payload_context payload_context_of(const struct case_kit_change *c, uint32_t compartment,
	const uint8_t commitment[32])
{
	return (struct payload_context){ .federation = &room.kit.kit.federation, .case_id = &no_case,
		.compartment = compartment, .commitment = commitment, .officer = &c->change.officer,
		.parents = c->change.parents, .parent_count = c->change.parent_count };
}

static void add_payload_blob(const struct case_kit_change *c, const struct change_blob *line)
{
	struct blob *b = &room.payloads[room.payload_count++];
	assert_true(room.payload_count < BLOBS_MAX);
	char epoch = line->own_epoch ? c->name : (char)line->epoch.b[0];
	const struct grant_context x = grant_context_of(line->compartment);
	const struct op op = { .field = 1, .code = OP_SET, .value = sample_text(&room.kit.arena, "secret") };
	const uint8_t nonce[SEAL_NONCE_SIZE] = { (uint8_t)c->name, (uint8_t)line->compartment };
	uint8_t commitment[32];
	struct secret key, payload_key;
	struct buf out;
	buf_init(&out, PAYLOAD_BLOB_MAX);
	commitment_of(commitment, epoch, line->compartment);
	case_kit_epoch_key(&key, epoch, line->compartment);
	assert_int_equal(grant_payload_key(&payload_key, &key, &x), ERR_OK);
	const struct payload_context px = payload_context_of(c, line->compartment, commitment);
	assert_int_equal(payload_seal(&out, &payload_key, &px, nonce, CLERK, &op, 1), ERR_OK);
	secret_free(&key);
	secret_free(&payload_key);
	*b = (struct blob){ .change = c->name, .compartment = line->compartment, .epoch = epoch,
		.bytes = keep(&out) };
}

static void add(char name, const char *parents, uint32_t site, const char *text)
{
	(void)case_kit_add(&room.kit, name, parents, site, text);
	struct case_kit_change *c = &room.kit.changes[room.kit.count - 1];
	add_boxes(c);
	for (uint32_t i = 0; i < c->change.act_count; i++) {
		if (c->change.acts[i].code == ACT_GRANT)
			add_grant_blob(c, &c->change.acts[i]);
	}
	for (uint32_t i = 0; i < c->change.payload_count; i++)
		add_payload_blob(c, &c->change.payloads[i]);
}

/* ---- The thief's side. */

static void take_key(struct secret *key)
{
	assert_true(room.key_count < KEYS_MAX);
	room.keys[room.key_count++] = *key;
}

/* Every share of every grant blob under every wrap key that a site's own key opens, against every
 * commitment: a key that fits is a key. */
static void collect_keys(uint32_t site)
{
	struct box_key own;
	sample_box_key(&own, (uint8_t)(0x80 + site));
	for (uint32_t n = 0; n < room.kit.count; n++) {
		const struct change *change = &room.kit.changes[n].change;
		for (uint32_t i = 0; i < change->box_count; i++) {
			struct secret wrap;
			if (grant_open_box(&wrap, &own, change->boxes[i].box))
				continue;
			assert_int_equal(change->boxes[i].site, site);
			for (uint32_t g = 0; g < room.grant_count; g++) {
				const struct blob *b = &room.grants[g];
				const struct grant_context x = grant_context_of(b->compartment);
				uint8_t commitment[32];
				commitment_of(commitment, b->epoch, b->compartment);
				for (size_t at = 0; at < b->bytes.size; at += GRANT_SHARE_SIZE) {
					struct secret key;
					if (!grant_unmask(&key, b->bytes.data + at, &wrap, &x, commitment))
						take_key(&key);
				}
			}
			secret_free(&wrap);
		}
	}
	box_key_clear(&own);
}

/* True when one of the keys at hand opens the payload, as what its line says or as any other epoch's. */
static bool can_open(const struct blob *b)
{
	bool opened = false;
	const struct case_kit_change *c = room.kit.changes;
	while (c->name != b->change)
		c++;
	const struct grant_context x = grant_context_of(b->compartment);
	for (uint32_t i = 0; i < room.key_count && !opened; i++) {
		struct secret payload_key;
		assert_int_equal(grant_payload_key(&payload_key, &room.keys[i], &x), ERR_OK);
		for (uint32_t g = 0; g < room.grant_count && !opened; g++) {
			uint8_t commitment[32];
			struct payload payload;
			commitment_of(commitment, room.grants[g].epoch, b->compartment);
			const struct payload_context px = payload_context_of(c, b->compartment, commitment);
			assert_int_equal(payload_open(&payload, &room.kit.arena, &payload_key, &px, b->bytes), ERR_OK);
			opened = payload.valid;
		}
		secret_free(&payload_key);
	}
	return opened;
}

/* What the site can open with all it has, as text: "A1 A3 B2", change and compartment. */
static void expect_opened(uint32_t site, const char *expected)
{
	char text[200] = "";
	collect_keys(site);
	for (uint32_t i = 0; i < room.payload_count; i++) {
		const struct blob *b = &room.payloads[i];
		if (can_open(b))
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s%c%u", *text ? " " : "", b->change,
				b->compartment);
	}
	assert_string_equal(text, expected);
	while (room.key_count)
		secret_free(&room.keys[--room.key_count]);
}

static int set_up(void **state)
{
	(void)state;
	memset(&room, 0, sizeof room);
	case_kit_init(&room.kit);
	add('A', "", 2, "grant 1 0 1 1 2 3; grant 2 0 2 1 2 3; write 1 0; write 2 0");
	add('B', "A", 3, "write 1 A; write 2 A");
	add('C', "B", 2, "withdraw 0 1 3");
	/* Beside the withdrawal, by someone who has not seen it: under the old keys. */
	add('D', "B", 1, "write 1 A; write 2 A");
	/* After it: new epochs, without the south. */
	add('E', "C", 2, "grant 1 0 1 1 2; grant 2 0 2 1 2; write 1 0; write 2 0");
	add('F', "DE", 1, "grant 3 0 1 1 2; write 1 E; write 3 0");
	/* What the south tries: old keys, keys it never had, keys of its own making, without and with guile. */
	add('G', "C", 3, "write 1 A; write 2 A");
	add('H', "E", 3, "write 1 E; write 2 E");
	add('I', "F", 3, "grant 1 0 1 1 2 3; grant 2 0 2 1 2 3; write 1 0; write 2 0");
	add('J', "F", 3, "grant 1 E 1 3; grant 2 E 2 3; grant 3 F 1 3");
	room.counted = case_kit_count(&room.kit, 7);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	case_kit_clear(&room.kit);
	return 0;
}

static void a_withdrawn_site_opens_what_came_before_and_nothing_after(void **state)
{
	(void)state;
	/* The payloads of G and I are its own, under keys that it has; E, F and H (sealed here under the real
	 * key of E, as if someone had leaked it) stay shut, and so does what J pretends to hand on. */
	room.grant_count -= 3; /* J's blobs hold the real keys here: it could not have made them */
	expect_opened(SOUTH, "A1 A2 B1 B2 D1 D2 G1 G2 I1 I2");
}

/* The control: the same search from a site that was granted everything finds everything. */
static void the_same_search_opens_all_for_a_member(void **state)
{
	(void)state;
	room.grant_count -= 3;
	expect_opened(1, "A1 A2 B1 B2 D1 D2 E1 E2 F1 F3 G1 G2 H1 H2 I1 I2");
	expect_opened(4, "");
}

static void nothing_that_it_writes_afterwards_counts(void **state)
{
	(void)state;
	const struct counted *c = room.counted;
	case_kit_expect(c, "A:none B:none C:none D:none E:none F:none");
	case_kit_expect(c, "G:not_permitted H:not_permitted I:not_permitted J:not_permitted");
	case_kit_expect_members(c, CORE, "1 2");
	case_kit_expect_members(c, HEALTH, "1 2");
	for (const char *name = "IJ"; *name; name++) {
		uint32_t at = case_kit_at(c, *name);
		for (uint32_t i = 0; i < count_get(c, at)->change->act_count; i++)
			assert_true(epoch_act(c->epochs, at, i) != REASON_NONE);
	}
	const struct change_id i = count_get(c, case_kit_at(c, 'I'))->id;
	assert_false(epoch_find(c->epochs, CORE, &i)->effective);
}

static void nothing_new_is_sent_to_it(void **state)
{
	(void)state;
	const struct counted *c = room.counted;
	for (const char *name = "ABC"; *name; name++)
		assert_true(epoch_shares_change(c->epochs, case_kit_at(c, *name), SOUTH));
	for (const char *name = "DEFGHIJ"; *name; name++) {
		uint32_t at = case_kit_at(c, *name);
		const struct change *change = count_get(c, at)->change;
		assert_false(epoch_shares_change(c->epochs, at, SOUTH));
		for (uint32_t i = 0; i < change->payload_count; i++)
			assert_false(epoch_shares_line(c->epochs, at, &change->payloads[i], SOUTH));
	}
}

static void the_next_writer_keeps_to_the_new_epoch(void **state)
{
	(void)state;
	struct epoch_choice choice;
	for (uint32_t compartment = CORE; compartment <= HEALTH; compartment++) {
		assert_int_equal(epoch_choose(&choice, &room.kit.arena, room.counted->epochs, compartment, 2,
			role_bit(CLERK) | role_bit(DOCTOR), NULL, NULL, 0, NULL), ERR_OK);
		assert_non_null(choice.epoch);
		assert_int_equal(choice.epoch->id.b[0], 'E');
		assert_int_equal(choice.site_count, 0);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_withdrawn_site_opens_what_came_before_and_nothing_after),
		TEST(the_same_search_opens_all_for_a_member),
		TEST(nothing_that_it_writes_afterwards_counts),
		TEST(nothing_new_is_sent_to_it),
		TEST(the_next_writer_keeps_to_the_new_epoch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
