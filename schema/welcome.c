/* Requests, welcomes, and the fingerprint that people compare. */
#include "schema/welcome.h"

#include "base/cbor.h"
#include "base/hash.h"
#include "base/sshsig.h"
#include "schema/statement.h"

#include <assert.h>

enum { BODY_FIELDS = 7, REQUEST_FIELDS = 4, WELCOME_FIELDS = 6, HASH_ITEM_SIZE = 34, FINGERPRINT_BYTES = 8 };

static const char request_label[] = "dossier request 1";
static const char welcome_label[] = "dossier welcome 1";
static const char name_space[] = "dossier-request";

static const struct cbor_limits request_limits = { .size_max = REQUEST_FILE_MAX, .depth_max = 1,
	.items_max = 16 };
static const struct cbor_limits welcome_limits = { .size_max = WELCOME_FILE_MAX, .depth_max = 3,
	.items_max = 8 + WELCOME_STATEMENTS_MAX + 3 * WELCOME_FORMS_MAX };

static void put_fixed(struct buf *out, const void *data, size_t size)
{
	cbor_put_bytes(out, bytes_of(data, size));
}

static void take_label(struct cbor *r, size_t fields, const char *label)
{
	if (cbor_array(r, fields) != fields || !bytes_equal(cbor_text(r), bytes_text(label)))
		cbor_fail(r);
}

static struct bytes take_name(struct cbor *r)
{
	struct bytes name = cbor_text(r);
	if (!statement_name_is_valid(name))
		cbor_fail(r);
	return name;
}

static void put_body(struct buf *out, const struct request *r)
{
	cbor_put_array(out, BODY_FIELDS);
	cbor_put_text(out, r->site_name);
	put_fixed(out, r->encryption_key, sizeof r->encryption_key);
	cbor_put_text(out, r->node_name);
	put_fixed(out, r->node.b, sizeof r->node.b);
	put_fixed(out, r->transport_key, sizeof r->transport_key);
	cbor_put_text(out, r->officer_name);
	put_fixed(out, r->officer.b, sizeof r->officer.b);
}

enum err request_encode(struct buf *out, const struct request *r, const struct sign_key *node,
	const struct sign_key *officer)
{
	uint8_t node_signature[SIGN_SIZE], officer_signature[SIGN_SIZE];
	struct buf body;
	assert(memcmp(r->node.b, node->public_key, sizeof r->node.b) == 0);
	assert(memcmp(r->officer.b, officer->public_key, sizeof r->officer.b) == 0);
	if (!statement_name_is_valid(r->site_name) || !statement_name_is_valid(r->node_name) ||
		!statement_name_is_valid(r->officer_name))
		return ERR_FORMAT;
	buf_init(&body, REQUEST_FILE_MAX);
	put_body(&body, r);
	enum err e = buf_err(&body);
	if (!e)
		e = sshsig_make(node_signature, node, name_space, buf_bytes(&body));
	if (!e)
		e = sshsig_make(officer_signature, officer, name_space, buf_bytes(&body));
	if (!e) {
		cbor_put_array(out, REQUEST_FIELDS);
		cbor_put_text(out, bytes_text(request_label));
		cbor_put_bytes(out, buf_bytes(&body));
		put_fixed(out, node_signature, sizeof node_signature);
		put_fixed(out, officer_signature, sizeof officer_signature);
		e = buf_err(out);
	}
	buf_clear(&body);
	return e;
}

static enum err take_body(struct request *out, struct bytes body, struct err_text *why)
{
	struct cbor r;
	enum err e = cbor_scan(body, &request_limits, why);
	if (e)
		return e;
	cbor_begin(&r, body);
	if (cbor_array(&r, BODY_FIELDS) != BODY_FIELDS)
		cbor_fail(&r);
	out->site_name = take_name(&r);
	cbor_fixed(&r, out->encryption_key, sizeof out->encryption_key);
	out->node_name = take_name(&r);
	cbor_fixed(&r, out->node.b, sizeof out->node.b);
	cbor_fixed(&r, out->transport_key, sizeof out->transport_key);
	out->officer_name = take_name(&r);
	cbor_fixed(&r, out->officer.b, sizeof out->officer.b);
	if (cbor_end(&r))
		return err_set(why, ERR_FORMAT, "request: a name or key in it is not what the format wants");
	return ERR_OK;
}

static enum err parse_request(struct request *out, struct bytes file, struct err_text *why)
{
	uint8_t node_signature[SIGN_SIZE], officer_signature[SIGN_SIZE];
	struct cbor r;
	enum err e = cbor_scan(file, &request_limits, why);
	if (e)
		return e;
	cbor_begin(&r, file);
	take_label(&r, REQUEST_FIELDS, request_label);
	struct bytes body = cbor_bytes(&r);
	cbor_fixed(&r, node_signature, sizeof node_signature);
	cbor_fixed(&r, officer_signature, sizeof officer_signature);
	if (cbor_end(&r))
		return err_set(why, ERR_FORMAT, "request: the file is no request");
	e = take_body(out, body, why);
	if (e)
		return e;
	if (sshsig_verify(node_signature, out->node.b, name_space, body))
		return err_set(why, ERR_CRYPTO, "request: the node's signature does not hold");
	if (sshsig_verify(officer_signature, out->officer.b, name_space, body))
		return err_set(why, ERR_CRYPTO, "request: the officer's signature does not hold");
	return ERR_OK;
}

enum err request_parse(struct request *out, struct bytes file, struct err_text *why)
{
	struct request found = { .site_name = { NULL, 0 } };
	*out = found;
	enum err e = parse_request(&found, file, why);
	if (!e)
		*out = found;
	return e;
}

enum err welcome_encode(struct buf *out, const struct welcome *w)
{
	uint8_t hash[32];
	size_t start = out->size;
	if (w->site == 0 || w->site > STATEMENT_NUMBER_MAX)
		return ERR_FORMAT;
	if (w->statement_count > WELCOME_STATEMENTS_MAX || w->form_count > WELCOME_FORMS_MAX)
		return ERR_LIMIT;
	cbor_put_array(out, WELCOME_FIELDS);
	cbor_put_text(out, bytes_text(welcome_label));
	put_fixed(out, w->federation.b, sizeof w->federation.b);
	cbor_put_uint(out, w->site);
	cbor_put_array(out, w->statement_count);
	for (uint32_t i = 0; i < w->statement_count; i++)
		cbor_put_bytes(out, w->statements[i]);
	cbor_put_array(out, w->form_count);
	for (uint32_t i = 0; i < w->form_count; i++) {
		cbor_put_array(out, 2);
		cbor_put_text(out, w->forms[i].name);
		cbor_put_bytes(out, w->forms[i].file);
	}
	enum err e = buf_err(out);
	if (!e) {
		hash_blake2b_256(hash, bytes_of(out->data + start, out->size - start));
		put_fixed(out, hash, sizeof hash);
		e = buf_err(out);
	}
	if (!e && out->size - start > WELCOME_FILE_MAX)
		e = ERR_LIMIT;
	if (e)
		out->size = start;
	return e;
}

static enum err take_lists(struct welcome *w, struct arena *a, struct cbor *r)
{
	w->statement_count = (uint32_t)cbor_array(r, WELCOME_STATEMENTS_MAX);
	struct bytes *statements = arena_array(a, w->statement_count, sizeof *statements);
	if (!statements)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < w->statement_count; i++)
		statements[i] = cbor_bytes(r);
	w->statements = statements;

	w->form_count = (uint32_t)cbor_array(r, WELCOME_FORMS_MAX);
	struct welcome_form *forms = arena_array(a, w->form_count, sizeof *forms);
	if (!forms)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < w->form_count && !r->err; i++) {
		if (cbor_array(r, 2) != 2)
			cbor_fail(r);
		forms[i].name = take_name(r);
		forms[i].file = cbor_bytes(r);
	}
	w->forms = forms;
	return ERR_OK;
}

enum err welcome_parse(struct welcome *out, struct arena *a, struct bytes file, struct err_text *why)
{
	struct welcome w = { .site = 0 };
	struct cbor r;
	uint8_t named[32], found[32];
	*out = w;
	enum err e = cbor_scan(file, &welcome_limits, why);
	if (e)
		return e;
	cbor_begin(&r, file);
	take_label(&r, WELCOME_FIELDS, welcome_label);
	cbor_fixed(&r, w.federation.b, sizeof w.federation.b);
	w.site = (uint32_t)cbor_uint(&r, STATEMENT_NUMBER_MAX);
	e = take_lists(&w, a, &r);
	if (e)
		return err_set(why, e, "welcome: out of memory");
	cbor_fixed(&r, named, sizeof named);
	if (cbor_end(&r) || w.site == 0)
		return err_set(why, ERR_FORMAT, "welcome: the file is no welcome");
	hash_blake2b_256(found, bytes_of(file.data, file.size - HASH_ITEM_SIZE));
	if (memcmp(found, named, sizeof found) != 0)
		return err_set(why, ERR_FORMAT, "welcome: the file is damaged, copy it again");
	*out = w;
	return ERR_OK;
}

/* Proquints (Wilkerson, 2009): 16 bits are a consonant, a vowel, a consonant, a vowel, a consonant. */
void welcome_fingerprint(char out[WELCOME_FINGERPRINT_SIZE], struct bytes file)
{
	static const char consonants[] = "bdfghjklmnprstvz", vowels[] = "aiou";
	uint8_t hash[FINGERPRINT_BYTES];
	hash_blake2b_64(hash, file);
	for (size_t i = 0; i < FINGERPRINT_BYTES; i += 2) {
		unsigned bits = (unsigned)hash[i] << 8 | hash[i + 1];
		*out++ = consonants[bits >> 12];
		*out++ = vowels[bits >> 10 & 3];
		*out++ = consonants[bits >> 6 & 15];
		*out++ = vowels[bits >> 4 & 3];
		*out++ = consonants[bits & 15];
		*out++ = i + 2 < FINGERPRINT_BYTES ? '-' : '\0';
	}
}
