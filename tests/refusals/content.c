/* Payloads: nothing inside one ever refuses its change, and nothing inside a bad one ever counts. */
#include "tests/refusals/trial.h"

#include "base/cbor.h"
#include "base/hash.h"
#include "schema/grant.h"
#include "schema/value.h"

#include <assert.h>
#include <string.h>

enum { LANGUAGE = 9, TRACK = 14, COMPARTMENT_IDENTITY = 2, ROLE_POLICE = 1, ROLE_DPO = 17 };

struct content { /* an edit with other content, before it is signed */
	struct change *change;
	const struct git_id *git;
	const struct secret *key;      /* of the epoch */
	const uint8_t *commitment;
	struct change_blob line;
};

static struct content begin(struct trial *t)
{
	struct content x;
	struct casefile *f;
	struct change_id opening;
	x.change = forge_read(t, t->edit, &x.git);
	assert(x.change->payload_count == 1);
	x.change->time++;
	x.line = x.change->payloads[0];
	change_get_id(&opening, t->opening);
	enum err e = replica_case(&f, t->w->north->replica, &t->case_id, NULL);
	const struct epoch *epoch = e ? NULL : epoch_find(f->counted->epochs, FORM_CORE, &opening);
	assert(epoch);
	x.key = casefile_key(f, epoch);
	x.commitment = epoch->commitment;
	assert(x.key);
	return x;
}

static void put_ad(struct buf *ad, const struct content *x)
{
	const struct change *c = x->change;
	cbor_put_array(ad, 7);
	cbor_put_text(ad, bytes_text("dossier payload 1"));
	cbor_put_bytes(ad, bytes_of(c->federation.b, sizeof c->federation.b));
	cbor_put_bytes(ad, bytes_of(c->case_id.b, sizeof c->case_id.b));
	cbor_put_uint(ad, x->line.compartment);
	cbor_put_bytes(ad, bytes_of(x->commitment, GRANT_COMMITMENT_SIZE));
	cbor_put_bytes(ad, bytes_of(c->officer.b, sizeof c->officer.b));
	cbor_put_array(ad, c->parent_count);
	for (uint32_t i = 0; i < c->parent_count; i++)
		cbor_put_bytes(ad, bytes_of(c->parents[i].b, sizeof c->parents[i].b));
}

/* The plaintext sealed as a payload is, under the epoch's key or with one bit of it flipped. */
static struct bytes seal(
	struct trial *t, const struct content *x, struct bytes plain, bool padded, bool wrong)
{
	static const uint8_t nonce[SEAL_NONCE_SIZE] = { 7 };
	const struct grant_context g = { &x->change->federation, &x->change->case_id, x->line.compartment };
	struct secret key = { 0 };
	struct buf ad, blob;
	buf_init(&ad, 4096);
	buf_init(&blob, 2 * SEAL_PLAIN_MAX);
	put_ad(&ad, x);
	enum err e = grant_payload_key(&key, x->key, &g);
	if (!e && wrong)
		key.b[0] ^= 1;
	if (!e)
		e = seal_make(&blob, &key, nonce, buf_bytes(&ad), plain, padded);
	assert(!e);
	(void)e;
	secret_free(&key);
	buf_clear(&ad);
	return trial_keep(t, &blob);
}

static void name(struct content *x, struct bytes blob)
{
	hash_blake2b_256(x->line.hash.b, blob);
	x->line.size = (uint32_t)blob.size;
}

static void finish(struct trial *t, struct content *x)
{
	x->change->payloads = &x->line;
	t->hostile = forge_sign(t, x->change, x->git, &t->w->north->officer);
}

/* ---- What is no payload */

static void say(struct trial *t, const void *plain, size_t size)
{
	struct content x = begin(t);
	struct bytes blob = seal(t, &x, bytes_of(plain, size), true, false);
	name(&x, blob);
	trial_blob(t, 'p', blob);
	finish(t, &x);
}

static void say_noise(struct trial *t, const struct input *in)
{
	say(t, in->new, strlen(in->new));
}

static void nest(struct trial *t, const struct input *in)
{
	/* [1, [[9, 1, [[[...]]]]]] with one level more than may be. */
	uint8_t plain[6 + 14] = { 0x82, 0x01, 0x81, 0x83, 0x09, 0x01 };
	(void)in;
	memset(plain + 6, 0x81, 13);
	plain[19] = 0x80;
	say(t, plain, sizeof plain);
}

static void nest_without_end(struct trial *t, const struct input *in)
{
	size_t size = SEAL_PLAIN_MAX;
	uint8_t *plain = arena_alloc(&t->arena, size);
	(void)in;
	assert(plain);
	memset(plain, 0x81, size);
	say(t, plain, size);
}

static void count_without_end(struct trial *t, const struct input *in)
{
	(void)in;
	say(t, "\x82\x01\x9b\x7f\xff\xff\xff\xff\xff\xff\xff", 11);
}

static void go_on(struct trial *t, const struct input *in)
{
	(void)in;
	say(t, "\x82\x01\x80\x01", 4);
}

static void say_float(struct trial *t, const struct input *in)
{
	(void)in;
	say(t, "\x82\x01\x81\x83\x09\x01\xf9\x3c\x00", 9);
}

static void take_a_larger_bucket(struct trial *t, const struct input *in)
{
	uint8_t plain[64] = { 0x82, 0x01, 0x80 };
	struct content x = begin(t);
	(void)in;
	struct bytes blob = seal(t, &x, bytes_of(plain, sizeof plain), false, false);
	name(&x, blob);
	trial_blob(t, 'p', blob);
	finish(t, &x);
}

static void say_too_often(struct trial *t, const struct input *in)
{
	struct buf b;
	(void)in;
	buf_init(&b, SEAL_PLAIN_MAX);
	cbor_put_array(&b, 2);
	cbor_put_uint(&b, ROLE_POLICE);
	cbor_put_array(&b, OPS_MAX + 1);
	for (int i = 0; i < OPS_MAX + 1; i++)
		buf_put(&b, "\x83\x09\x01\x61n", 5);
	struct bytes plain = trial_keep(t, &b);
	say(t, plain.data, plain.size);
}

static void be_no_ciphertext(struct trial *t, const struct input *in)
{
	struct content x = begin(t);
	(void)in;
	name(&x, bytes_of("x", 1));
	trial_blob(t, 'p', bytes_of("x", 1));
	finish(t, &x);
}

static void use_another_key(struct trial *t, const struct input *in)
{
	struct content x = begin(t);
	(void)in;
	struct bytes blob = seal(t, &x, bytes_of("\x82\x01\x80", 3), true, true);
	name(&x, blob);
	trial_blob(t, 'p', blob);
	finish(t, &x);
}

/* The edit's own ciphertext under another change: its seal binds it to the parents. */
static void play_again(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct edit_result r = fed_edit(t->w->north, &t->case_id, OP_SET, "case.language", "\"so\"", NULL);
	assert(r.verdict == EDIT_DONE);
	(void)in;
	struct change *next = forge_read(t, trial_text_of(t, &r.change), &git);
	const struct change *edit = forge_read(t, t->edit, &(const struct git_id *){ NULL });
	next->payloads = edit->payloads;
	t->hostile = forge_sign(t, next, git, &t->w->north->officer);
	trial_first(t, t->edit);
}

/* ---- What is one, and does not count */

static void put_op(
	struct trial *t, uint32_t role, uint32_t field, uint32_t code, struct bytes value, uint32_t basis)
{
	const struct op op = { .field = field, .code = code, .value = value, .basis = basis };
	struct buf plain;
	buf_init(&plain, SEAL_PLAIN_MAX);
	enum err e = payload_encode(&plain, role, &op, 1);
	assert(!e);
	(void)e;
	struct bytes kept = trial_keep(t, &plain);
	say(t, kept.data, kept.size);
}

static const struct bytes nl = { (const uint8_t *)"\x62nl", 3 };

static void hold_no_such_role(struct trial *t, const struct input *in)
{
	(void)in;
	put_op(t, ROLE_DPO, LANGUAGE, OP_SET, nl, 0);
}

static void write_what_others_write(struct trial *t, const struct input *in)
{
	(void)in;
	put_op(t, ROLE_POLICE, TRACK, OP_SET, bytes_of("\x01", 1), 0);
}

static void write_no_field(struct trial *t, const struct input *in)
{
	(void)in;
	put_op(t, ROLE_POLICE, 9999, OP_SET, nl, 0);
}

static void write_in_the_wrong_place(struct trial *t, const struct input *in)
{
	(void)in;
	put_op(t, ROLE_POLICE, 22, OP_SET, nl, 0);
}

static void do_the_unheard_of(struct trial *t, const struct input *in)
{
	(void)in;
	put_op(t, ROLE_POLICE, LANGUAGE, 99, nl, 0);
}

static void do_what_the_rule_has_not(struct trial *t, const struct input *in)
{
	(void)in;
	put_op(t, ROLE_POLICE, LANGUAGE, OP_APPEND, nl, 0);
}

static void write_another_type(struct trial *t, const struct input *in)
{
	(void)in;
	put_op(t, ROLE_POLICE, LANGUAGE, OP_SET, bytes_of("\x01", 1), 0);
}

static void write_controls(struct trial *t, const struct input *in)
{
	(void)in;
	put_op(t, ROLE_POLICE, LANGUAGE, OP_SET, bytes_of("\x62\x1b[", 3), 0);
}

static void rely_on_no_basis(struct trial *t, const struct input *in)
{
	(void)in;
	put_op(t, ROLE_POLICE, LANGUAGE, OP_SET, nl, 9999);
}

/* ---- Epochs and blobs */

static void use_no_epoch(struct trial *t, const struct input *in)
{
	struct content x = begin(t);
	(void)in;
	x.line.epoch.b[0] ^= 1;
	finish(t, &x);
}

static void open_without_granting(struct trial *t, const struct input *in)
{
	struct content x = begin(t);
	(void)in;
	x.line.own_epoch = true;
	finish(t, &x);
}

static void use_another_compartments_epoch(struct trial *t, const struct input *in)
{
	struct content x = begin(t);
	(void)in;
	x.line.compartment = COMPARTMENT_IDENTITY;
	finish(t, &x);
}

/* Sends another blob than the one named; what is named comes later. */
static void send(struct trial *t, struct content *x, struct bytes named, struct bytes sent)
{
	t->blob_count = 0;
	name(x, named);
	trial_blob(t, 'p', sent);
	t->cure_blob = named;
	finish(t, x);
	trial_first(t, t->edit);
	trial_good(t, t->edit);
}

static void send_altered(struct trial *t, const struct input *in)
{
	struct content x = begin(t);
	(void)in;
	struct bytes blob = seal(t, &x, bytes_of("\x82\x01\x80", 3), true, false);
	uint8_t *altered = arena_copy(&t->arena, blob.data, blob.size);
	assert(altered);
	altered[blob.size - 1] ^= 1;
	trial_first(t, t->edit);
	send(t, &x, blob, bytes_of(altered, blob.size));
}

static void send_cut(struct trial *t, const struct input *in)
{
	struct content x = begin(t);
	(void)in;
	struct bytes blob = seal(t, &x, bytes_of("\x82\x01\x80", 3), true, false);
	trial_first(t, t->edit);
	send(t, &x, blob, bytes_of(blob.data, blob.size - 1));
}

/* The line says less than the blob has: so a change could bring far more than the 1 MiB it may. */
static void send_more_than_said(struct trial *t, const struct input *in)
{
	struct content x = begin(t);
	(void)in;
	struct bytes blob = seal(t, &x, bytes_of("\x82\x01\x80", 3), true, false);
	name(&x, blob);
	x.line.size--;
	trial_blob(t, 'p', blob);
	finish(t, &x);
}

/* Nobody may fill a disk with bytes that no change names. */
static void send_unnamed(struct trial *t, const struct input *in)
{
	struct hash256 hash;
	struct git_id git;
	size_t size = CHANGE_BLOBS_MAX;
	uint8_t *bytes = arena_alloc(&t->arena, size);
	(void)in;
	assert(bytes);
	hash_blake2b_256(hash.b, bytes_of(bytes, size));
	trial_blob(t, 'p', bytes_of(bytes, size));
	trial_blob(t, 'g', bytes_of(bytes, size));
	trial_first(t, t->edit);
	bool held = index_find_blob(&git, replica_index(t->w->centre->replica), 'p', &hash) == ERR_OK ||
		index_find_blob(&git, replica_index(t->w->centre->replica), 'g', &hash) == ERR_OK;
	t->got = (struct outcome){ held ? VERDICT_ACCEPTED : VERDICT_REFUSED, held ? "fine" : "not_named" };
}

#define CONTENT(n, f) { .name = n, .door = DOOR_PAYLOAD, .make = f }
static const struct input list[] = {
	{ .name = "payload-undecodable", .door = DOOR_PAYLOAD, .make = say_noise, .new = "not CBOR at all" },
	CONTENT("payload-nested-17", nest),
	CONTENT("payload-nested-256k", nest_without_end),
	CONTENT("payload-array-of-2e63", count_without_end),
	CONTENT("payload-goes-on", go_on),
	CONTENT("payload-float", say_float),
	CONTENT("payload-larger-bucket", take_a_larger_bucket),
	CONTENT("payload-ops-4097", say_too_often),
	CONTENT("payload-of-one-byte", be_no_ciphertext),
	CONTENT("payload-under-another-key", use_another_key),
	CONTENT("payload-of-another-change", play_again),
	CONTENT("payload-role-not-held", hold_no_such_role),
	CONTENT("payload-role-may-not-write", write_what_others_write),
	CONTENT("payload-field-unknown", write_no_field),
	CONTENT("payload-field-of-another-compartment", write_in_the_wrong_place),
	CONTENT("payload-op-unknown", do_the_unheard_of),
	CONTENT("payload-op-of-another-rule", do_what_the_rule_has_not),
	CONTENT("payload-value-of-another-type", write_another_type),
	CONTENT("payload-value-with-controls", write_controls),
	CONTENT("payload-basis-unknown", rely_on_no_basis),
	CONTENT("payload-epoch-unknown", use_no_epoch),
	CONTENT("payload-epoch-without-a-grant", open_without_granting),
	CONTENT("payload-epoch-of-another-compartment", use_another_compartments_epoch),
	CONTENT("blob-altered", send_altered),
	CONTENT("blob-cut", send_cut),
	CONTENT("blob-longer-than-said", send_more_than_said),
	CONTENT("blob-not-named", send_unnamed),
};
const struct inputs inputs_content = { list, sizeof list / sizeof *list };
