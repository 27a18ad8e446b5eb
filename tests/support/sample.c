/* Makes changes from constants. */
#include "tests/support/sample.h"

#include "base/cbor.h"
#include "base/hash.h"
#include "schema/act_args.h"
#include "schema/grant.h"
#include "schema/payload.h"

#include <stdlib.h>

const char *const sample_names[SAMPLE_KINDS] = { "opening", "edit", "fold", "strike", "unknown_act" };

enum { SAMPLE_ARENA_MAX = 4 * 1024 * 1024, WRAP_KEY = 0x30, BOX_SEED = 0x40, NONCE = 0x50 };

static const uint32_t sites[] = { 1, 2 };

/* Stays in with NDEBUG. */
static void must(bool ok)
{
	if (!ok)
		abort();
}

void sample_fill(void *out, size_t size, uint8_t byte)
{
	memset(out, byte, size);
}

void sample_secret(struct secret *out, uint8_t byte)
{
	must(secret_new(out) == ERR_OK);
	memset(out->b, byte, SECRET_SIZE);
}

void sample_sign_key(struct sign_key *out, uint8_t byte)
{
	struct secret seed;
	sample_secret(&seed, byte);
	must(sign_key_from_seed(out, &seed) == ERR_OK);
	secret_free(&seed);
}

void sample_box_key(struct box_key *out, uint8_t byte)
{
	struct secret secret;
	sample_secret(&secret, byte);
	must(box_key_from_secret(out, &secret) == ERR_OK);
	secret_free(&secret);
}

/* Moves what a buffer holds into the arena. */
static struct bytes keep(struct arena *a, struct buf *b)
{
	must(buf_err(b) == ERR_OK);
	const void *copy = arena_copy(a, b->data, b->size);
	must(copy != NULL);
	struct bytes kept = bytes_of(copy, b->size);
	buf_clear(b);
	return kept;
}

struct bytes sample_text(struct arena *a, const char *text)
{
	struct buf b;
	buf_init(&b, 4096);
	cbor_put_text(&b, bytes_text(text));
	return keep(a, &b);
}

static struct bytes sample_number(struct arena *a, uint64_t n)
{
	struct buf b;
	buf_init(&b, 16);
	cbor_put_uint(&b, n);
	return keep(a, &b);
}

/* What every sample has. */
static void begin(struct sample *s)
{
	struct change *c = &s->change;
	struct sign_key officer, node;
	sample_sign_key(&officer, SAMPLE_OFFICER);
	sample_sign_key(&node, SAMPLE_NODE);
	memset(s, 0, sizeof *s);
	arena_init(&s->arena, SAMPLE_ARENA_MAX);
	buf_init(&s->commit, CHANGE_COMMIT_MAX);
	sample_fill(&c->federation, sizeof c->federation, SAMPLE_FEDERATION);
	c->time = SAMPLE_NOW;
	memcpy(c->officer.b, officer.public_key, sizeof c->officer.b);
	memcpy(c->node.b, node.public_key, sizeof c->node.b);
	c->form = 1;
	c->form_version = 1;
	sample_fill(&c->root, sizeof c->root, 0xa1);
	sample_fill(&c->issuer, sizeof c->issuer, 0xa2);
	sample_fill(&c->incarnation, sizeof c->incarnation, 0xa3);
	sample_fill(&c->checkpoint, sizeof c->checkpoint, 0xa4);
	uint8_t nonce[CHANGE_NONCE_SIZE];
	sample_fill(nonce, sizeof nonce, 0xa5);
	change_case_id(&c->case_id, &c->federation, &c->officer, nonce);
	sign_key_clear(&officer);
	sign_key_clear(&node);
}

static void add_parents(struct sample *s, uint32_t count, uint8_t first)
{
	struct change_id *parents = arena_array(&s->arena, count, sizeof *parents);
	must(parents != NULL);
	for (uint32_t i = 0; i < count; i++) {
		sample_fill(&parents[i], sizeof parents[i], (uint8_t)(first + i));
		sample_fill(&s->parents_git[i], sizeof s->parents_git[i], (uint8_t)(first + i));
	}
	s->change.parents = parents;
	s->change.parent_count = count;
}

static void add_act(struct sample *s, uint32_t code, uint32_t role, struct bytes args)
{
	struct change_act *acts = arena_array(&s->arena, s->change.act_count + 1, sizeof *acts);
	must(acts != NULL);
	if (s->change.act_count)
		memcpy(acts, s->change.acts, s->change.act_count * sizeof *acts);
	acts[s->change.act_count++] = (struct change_act){ code, role, args };
	s->change.acts = acts;
}

/* Describes a blob of the change, in line with the others. */
static void add_blob(struct sample *s, const struct change_blob **list, uint32_t *count, uint32_t compartment,
	bool own_epoch, struct bytes blob)
{
	struct change_blob *blobs = arena_array(&s->arena, *count + 1, sizeof *blobs);
	must(blobs != NULL);
	if (*count)
		memcpy(blobs, *list, *count * sizeof *blobs);
	struct change_blob *b = &blobs[(*count)++];
	b->compartment = compartment;
	b->own_epoch = own_epoch;
	if (!own_epoch)
		sample_fill(&b->epoch, sizeof b->epoch, 0xb0);
	hash_blake2b_256(b->hash.b, blob);
	b->size = (uint32_t)blob.size;
	*list = blobs;
}

static void add_payload(struct sample *s, uint32_t compartment, bool own_epoch, const struct op *ops,
	uint32_t count)
{
	struct change *c = &s->change;
	struct secret epoch, key;
	uint8_t commitment[GRANT_COMMITMENT_SIZE], nonce[SEAL_NONCE_SIZE];
	struct buf blob;
	const struct grant_context x = { &c->federation, &c->case_id, compartment };
	const struct payload_context px = { &c->federation, &c->case_id, compartment, commitment, &c->officer,
		c->parents, c->parent_count };
	buf_init(&blob, PAYLOAD_BLOB_MAX);
	sample_secret(&epoch, (uint8_t)(SAMPLE_EPOCH + compartment));
	sample_fill(nonce, sizeof nonce, (uint8_t)(NONCE + compartment));
	must(grant_commitment(commitment, &epoch, &x) == ERR_OK);
	must(grant_payload_key(&key, &epoch, &x) == ERR_OK);
	must(payload_seal(&blob, &key, &px, nonce, 2, ops, count) == ERR_OK);
	struct bytes kept = keep(&s->arena, &blob);
	s->payloads[c->payload_count] = kept;
	add_blob(s, &c->payloads, &c->payload_count, compartment, own_epoch, kept);
	secret_free(&epoch);
	secret_free(&key);
}

/* Opens an epoch of a compartment for both sites, under wrap keys that the boxes hold. */
static void add_grant(struct sample *s, uint32_t compartment)
{
	struct change *c = &s->change;
	struct act_grant g = { .compartment = compartment, .own_epoch = true, .sites = sites, .site_count = 2 };
	const struct grant_context x = { &c->federation, &c->case_id, compartment };
	struct secret epoch;
	struct buf args, blob;
	buf_init(&args, CHANGE_ACT_ARGS_MAX);
	buf_init(&blob, 4096);
	sample_secret(&epoch, (uint8_t)(SAMPLE_EPOCH + compartment));
	must(grant_commitment(g.commitment, &epoch, &x) == ERR_OK);
	must(act_encode_grant(&args, &g) == ERR_OK);
	add_act(s, ACT_GRANT, 0, keep(&s->arena, &args));
	for (uint32_t i = 0; i < 2; i++) {
		struct secret wrap;
		uint8_t share[GRANT_SHARE_SIZE];
		sample_secret(&wrap, (uint8_t)(WRAP_KEY + sites[i]));
		must(grant_mask(share, &epoch, &wrap, &x, g.commitment) == ERR_OK);
		buf_put(&blob, share, sizeof share);
		secret_free(&wrap);
	}
	struct bytes kept = keep(&s->arena, &blob);
	s->grants[c->grant_count] = kept;
	add_blob(s, &c->grants, &c->grant_count, compartment, true, kept);
	secret_free(&epoch);
}

static void add_boxes(struct sample *s)
{
	struct change_box *boxes = arena_array(&s->arena, 2, sizeof *boxes);
	must(boxes != NULL);
	for (uint32_t i = 0; i < 2; i++) {
		struct box_key to;
		struct secret seed, wrap;
		sample_box_key(&to, (uint8_t)(SAMPLE_SITE_1 + i));
		sample_secret(&seed, (uint8_t)(BOX_SEED + sites[i]));
		sample_secret(&wrap, (uint8_t)(WRAP_KEY + sites[i]));
		boxes[i].site = sites[i];
		boxes[i].keyno = 1;
		must(grant_seal_box(boxes[i].box, to.public_key, &seed, &wrap) == ERR_OK);
		box_key_clear(&to);
		secret_free(&seed);
		secret_free(&wrap);
	}
	s->change.boxes = boxes;
	s->change.box_count = 2;
}

static void make_opening(struct sample *s)
{
	struct arena *a = &s->arena;
	const struct op core[] = {
		{ .field = 1, .code = OP_SET, .value = sample_text(a, "A. Example") },
		{ .field = 2, .code = OP_SET, .value = sample_number(a, 19900217), .basis = 3 },
	};
	const struct op medical[] = { { .field = 40, .code = OP_ADD, .value = sample_number(a, 3) } };
	sample_fill(s->change.nonce, sizeof s->change.nonce, 0xa5);
	add_boxes(s);
	add_grant(s, 1);
	add_grant(s, 3);
	add_payload(s, 1, true, core, 2);
	add_payload(s, 3, true, medical, 1);
}

static void make_edit(struct sample *s)
{
	const struct op ops[] = { { .field = 1, .code = OP_SET, .value = sample_text(&s->arena, "B. Example") } };
	add_parents(s, 1, 0xb0);
	add_payload(s, 1, false, ops, 1);
}

static void make_strike(struct sample *s)
{
	struct change_id struck;
	struct buf args, reason;
	buf_init(&args, CHANGE_ACT_ARGS_MAX);
	buf_init(&reason, 4096);
	sample_fill(&struck, sizeof struck, 0xb1);
	add_parents(s, 1, 0xb1);
	must(act_encode_strike(&args, &(struct act_strike){ .changes = &struck, .change_count = 1 }) == ERR_OK);
	add_act(s, ACT_STRIKE, 4, keep(&s->arena, &args));
	cbor_put_array(&reason, 2);
	cbor_put_bytes(&reason, bytes_of(struck.b, sizeof struck.b));
	cbor_put_text(&reason, bytes_text("wrong person"));
	const struct op ops[] = { { .field = 0, .code = OP_REASON, .value = keep(&s->arena, &reason) } };
	add_payload(s, 1, false, ops, 1);
}

void sample_sign(struct sample *s)
{
	struct sign_key officer;
	sample_sign_key(&officer, SAMPLE_OFFICER);
	buf_reset(&s->commit);
	must(change_sign(&s->commit, &s->change, s->parents_git, &officer) == ERR_OK);
	change_get_id(&s->id, buf_bytes(&s->commit));
	sign_key_clear(&officer);
}

void sample_make(struct sample *s, enum sample_kind kind, const struct git_id *parent_git)
{
	begin(s);
	switch (kind) {
	case SAMPLE_OPENING: make_opening(s); break;
	case SAMPLE_EDIT: make_edit(s); break;
	case SAMPLE_FOLD: add_parents(s, CHANGE_PARENTS_MAX, 0x10); break;
	case SAMPLE_STRIKE: make_strike(s); break;
	case SAMPLE_UNKNOWN_ACT:
		add_parents(s, 1, 0xb2);
		add_act(s, 99, 7, sample_text(&s->arena, "of a later version"));
		break;
	case SAMPLE_KINDS: must(false); break;
	}
	if (parent_git)
		s->parents_git[0] = *parent_git;
	sample_sign(s);
}

void sample_clear(struct sample *s)
{
	arena_clear(&s->arena);
	buf_clear(&s->commit);
}
