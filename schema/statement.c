/* Statements: names, bodies, ids, signatures and blobs. */
#include "schema/statement.h"

#include "base/cbor.h"
#include "base/hash.h"
#include "base/sshsig.h"
#include "schema/statement_args.h"

#include <assert.h>

enum { VERSION = 1, BODY_FIELDS = 9, DEPTH_MAX = 16 };

static const char name_space[] = "dossier-charter";

/* Every item takes a byte at least, so the size alone bounds their number. */
static const struct cbor_limits limits = { .size_max = STATEMENT_BLOB_MAX, .depth_max = DEPTH_MAX,
	.items_max = STATEMENT_BLOB_MAX };

static const char *const statement_names[] = { "unknown", "found", "site", "node", "form", "appoint",
	"retire", "revoke", "endorse", "stand", "root", "erase", "erase_ack" };
static const char *const site_role_names[] = { "unknown", "central", "reception", "registration", "interview",
	"counsel", "support", "medical", "audit", "relay" };

const char *statement_name(uint32_t code)
{
	return statement_names[code <= STATEMENT_ERASE_ACK ? code : 0];
}

const char *site_role_name(uint32_t role)
{
	return site_role_names[role <= SITE_RELAY ? role : 0];
}

uint32_t site_role_find(struct bytes name)
{
	for (uint32_t role = SITE_CENTRAL; role <= SITE_RELAY; role++)
		if (bytes_equal(name, bytes_text(site_role_names[role])))
			return role;
	return 0;
}

bool statement_name_is_valid(struct bytes name)
{
	if (name.size == 0 || name.size > STATEMENT_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.size; i++) {
		uint8_t c = name.data[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '.' && c != '_')
			return false;
	}
	return true;
}

void statement_get_id(struct statement_id *id, struct bytes body)
{
	hash_blake2b_256(id->b, body);
}

void statement_get_federation(struct federation_id *f, struct bytes body)
{
	hash_blake2b_256(f->b, body);
}

/* An id, or null in its place where `present` is false. */
static void put_optional(struct buf *out, const uint8_t id[32], bool present)
{
	if (present)
		cbor_put_bytes(out, bytes_of(id, 32));
	else
		cbor_put_null(out);
}

static void take_optional(struct cbor *r, uint8_t id[32], bool present)
{
	if (present)
		cbor_fixed(r, id, 32);
	else
		cbor_null(r);
}

/* Reads a canonical body.  What is null and what is not follows from code and position, so a zero id
 * never stands for null. */
static enum err take_body(struct statement *s, struct arena *a, struct bytes body, struct err_text *why)
{
	struct cbor r;
	cbor_begin(&r, body);
	if (cbor_array(&r, BODY_FIELDS) != BODY_FIELDS || cbor_uint(&r, VERSION) != VERSION)
		return err_set(why, ERR_FORMAT, "statement: not a body of version 1");
	bool is_first = cbor_peek(&r) == CBOR_NULL;
	take_optional(&r, s->federation.b, !is_first);
	s->has_issuer = cbor_peek(&r) != CBOR_NULL;
	take_optional(&r, s->issuer.b, s->has_issuer);
	s->position = cbor_uint(&r, STATEMENT_NUMBER_MAX);
	take_optional(&r, s->previous.b, s->position > 0);
	take_optional(&r, s->superior.b, !is_first);
	s->time = cbor_uint(&r, STATEMENT_TIME_MAX);
	s->code = (uint32_t)cbor_uint(&r, STATEMENT_NUMBER_MAX);
	s->args = cbor_skip(&r);
	s->body = body;
	if (cbor_end(&r) || s->code == 0)
		return err_set(why, ERR_FORMAT, "statement: the body breaks off at byte %zu", r.at);
	if (is_first != (s->code == STATEMENT_FOUND) || is_first != (!s->has_issuer && s->position == 0))
		return err_set(why, ERR_FORMAT, "statement: the first one, and no other, founds a federation");
	enum err e = statement_take_args(s, a);
	if (!e && is_first && !s->valid)
		return err_set(why, ERR_FORMAT, "statement: the founding names no valid root keys");
	return e;
}

/* Written, then read back, so that the writer can't make what the reader would not take. */
enum err statement_encode_body(struct buf *out, const struct statement *s, struct err_text *why)
{
	struct arena a;
	struct statement again = { .valid = false };
	size_t start = out->size;
	bool is_first = s->code == STATEMENT_FOUND;
	arena_init(&a, 4 * STATEMENT_BLOB_MAX);
	cbor_put_array(out, BODY_FIELDS);
	cbor_put_uint(out, VERSION);
	put_optional(out, s->federation.b, !is_first);
	put_optional(out, s->issuer.b, s->has_issuer);
	cbor_put_uint(out, s->position);
	put_optional(out, s->previous.b, s->position > 0);
	put_optional(out, s->superior.b, !is_first);
	cbor_put_uint(out, s->time);
	cbor_put_uint(out, s->code);
	statement_put_args(out, s);
	enum err e = buf_err(out);
	struct bytes body = bytes_of(out->data + start, out->size - start);
	if (!e)
		e = cbor_scan(body, &limits, why);
	if (!e)
		e = take_body(&again, &a, body, why);
	if (!e && s->code <= STATEMENT_RETIRE && !again.valid)
		e = err_set(why, ERR_FORMAT, "statement %s: a name, number or list of its arguments is not allowed",
			statement_name(s->code));
	if (e)
		out->size = start;
	arena_clear(&a);
	return e;
}

enum err statement_sign(struct statement_signatures *set, struct bytes body, const struct sign_key *key)
{
	uint32_t place = 0;
	int order = 1;
	while (place < set->count) {
		order = memcmp(set->list[place].key.b, key->public_key, SIGN_KEY_SIZE);
		if (order >= 0)
			break;
		place++;
	}
	if (place < set->count && order == 0)
		return ERR_OK;
	if (set->count >= STATEMENT_SIGNATURES_MAX)
		return ERR_LIMIT;
	struct statement_signature one;
	memcpy(one.key.b, key->public_key, sizeof one.key.b);
	enum err e = sshsig_make(one.signature, key, name_space, body);
	if (e)
		return e;
	memmove(&set->list[place + 1], &set->list[place], (set->count - place) * sizeof one);
	set->list[place] = one;
	set->count++;
	return ERR_OK;
}

enum err statement_encode_blob(struct buf *out, struct bytes body, const struct statement_signatures *set)
{
	size_t start = out->size;
	assert(set->count >= 1 && set->count <= STATEMENT_SIGNATURES_MAX);
	cbor_put_array(out, 2);
	cbor_put_bytes(out, body);
	cbor_put_array(out, set->count);
	for (uint32_t i = 0; i < set->count; i++) {
		cbor_put_array(out, 2);
		cbor_put_bytes(out, bytes_of(set->list[i].key.b, sizeof set->list[i].key.b));
		cbor_put_bytes(out, bytes_of(set->list[i].signature, sizeof set->list[i].signature));
	}
	enum err e = buf_err(out);
	if (!e && out->size - start > STATEMENT_BLOB_MAX) {
		out->size = start;
		e = ERR_LIMIT;
	}
	return e;
}

/* Reads the list of signatures; whether they hold is seen later. */
static enum err take_signatures(struct statement *s, struct arena *a, struct cbor *r, struct err_text *why)
{
	uint32_t count = (uint32_t)cbor_array(r, STATEMENT_SIGNATURES_MAX);
	struct statement_signature *list = arena_array(a, count, sizeof *list);
	if (!list)
		return err_set(why, ERR_MEMORY, "statement: out of memory");
	for (uint32_t i = 0; i < count && !r->err; i++) {
		if (cbor_array(r, 2) != 2)
			cbor_fail(r);
		cbor_fixed(r, list[i].key.b, sizeof list[i].key.b);
		cbor_fixed(r, list[i].signature, sizeof list[i].signature);
		if (i && officer_id_compare(&list[i - 1].key, &list[i].key) >= 0)
			cbor_fail(r);
	}
	s->signatures = list;
	s->signature_count = count;
	if (cbor_end(r) || count == 0)
		return err_set(why, ERR_FORMAT, "statement: its signatures are not an ascending list of 1 to %d",
			STATEMENT_SIGNATURES_MAX);
	return ERR_OK;
}

static enum err verify(const struct statement *s, struct err_text *why)
{
	if (s->has_issuer && (s->signature_count != 1 || !officer_id_equal(&s->signatures[0].key, &s->issuer)))
		return err_set(why, ERR_CRYPTO, "statement: not signed by its issuer and nobody else");
	for (uint32_t i = 0; i < s->signature_count; i++)
		if (sshsig_verify(s->signatures[i].signature, s->signatures[i].key.b, name_space, s->body))
			return err_set(why, ERR_CRYPTO, "statement: signature %u does not hold", i + 1);
	return ERR_OK;
}

static enum err parse(struct statement *s, struct arena *a, struct bytes blob, struct err_text *why)
{
	struct cbor r;
	enum err e = cbor_scan(blob, &limits, why);
	if (e)
		return e;
	const void *copy = arena_copy(a, blob.data, blob.size);
	if (!copy)
		return err_set(why, ERR_MEMORY, "statement: out of memory");
	cbor_begin(&r, bytes_of(copy, blob.size));
	if (cbor_array(&r, 2) != 2)
		return err_set(why, ERR_FORMAT, "statement: not a body with signatures");
	struct bytes body = cbor_bytes(&r);
	e = take_signatures(s, a, &r, why);
	if (!e)
		e = cbor_scan(body, &limits, why);
	if (!e)
		e = take_body(s, a, body, why);
	if (!e)
		e = verify(s, why);
	if (!e)
		statement_get_id(&s->id, body);
	return e;
}

enum err statement_parse(struct statement **out, struct arena *a, struct bytes blob, struct err_text *why)
{
	*out = NULL;
	struct statement *s = arena_alloc(a, sizeof *s);
	if (!s)
		return err_set(why, ERR_MEMORY, "statement: out of memory");
	enum err e = parse(s, a, blob, why);
	if (!e)
		*out = s;
	return e;
}

bool statement_has_quorum(const struct statement *s, const struct officer_id *keys, uint32_t n, uint32_t k)
{
	uint32_t found = 0;
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < s->signature_count; j++)
			found += officer_id_equal(&keys[i], &s->signatures[j].key);
	return found >= k;
}
