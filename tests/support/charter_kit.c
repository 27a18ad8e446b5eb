/* Makes statements of a charter for tests. */
#include "tests/support/charter_kit.h"

#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { KIT_MEMORY_MAX = 64 << 20 };

struct officer_id kit_officer(uint8_t key)
{
	struct sign_key k;
	struct officer_id id;
	sample_sign_key(&k, key);
	memcpy(id.b, k.public_key, sizeof id.b);
	sign_key_clear(&k);
	return id;
}

struct node_id kit_node_id(uint8_t key)
{
	struct node_id id;
	struct officer_id same = kit_officer(key);
	memcpy(id.b, same.b, sizeof id.b);
	return id;
}

/* ---- Words */

static struct form_roles_list roles_of(struct charter_kit *k, role_set roles)
{
	struct form_roles *one = arena_alloc(&k->arena, sizeof *one);
	assert_non_null(one);
	*one = (struct form_roles){ KIT_FORM, roles };
	return (struct form_roles_list){ one, roles ? 1 : 0 };
}

struct statement kit_site(struct charter_kit *k, uint32_t number, const char *name, uint32_t role,
	role_set readers)
{
	struct statement s = { .code = STATEMENT_SITE };
	s.as.site = (struct statement_site){ .number = number, .name = bytes_text(name), .role = role, .keyno = 1,
		.readers = roles_of(k, readers) };
	struct box_key key;
	sample_box_key(&key, (uint8_t)(0x80 + number));
	memcpy(s.as.site.encryption_key, key.public_key, sizeof s.as.site.encryption_key);
	box_key_clear(&key);
	return s;
}

struct statement kit_node(uint32_t site, const char *name, uint8_t node)
{
	struct statement s = { .code = STATEMENT_NODE };
	s.as.node = (struct statement_node){ .site = site, .name = bytes_text(name), .node = kit_node_id(node) };
	sample_fill(s.as.node.transport_key, sizeof s.as.node.transport_key, node);
	return s;
}

struct statement kit_form(uint32_t number, uint32_t version, const char *name, uint8_t hash)
{
	struct statement s = { .code = STATEMENT_FORM };
	s.as.form = (struct statement_form){ .number = number, .version = version, .name = bytes_text(name) };
	sample_fill(s.as.form.hash.b, sizeof s.as.form.hash.b, hash);
	return s;
}

struct statement kit_appoint(struct charter_kit *k, uint32_t site, const char *name, uint8_t officer,
	role_set roles, role_set may_appoint)
{
	struct statement s = { .code = STATEMENT_APPOINT };
	s.as.appoint = (struct statement_appoint){ .site = site, .officer = kit_officer(officer),
		.name = bytes_text(name), .roles = roles_of(k, roles), .may_appoint = roles_of(k, may_appoint) };
	return s;
}

struct statement kit_retire(const struct kit_statement *ended, uint64_t from)
{
	struct statement s = { .code = STATEMENT_RETIRE };
	s.as.retire = (struct statement_retire){ ended->id, from };
	return s;
}

struct statement kit_other(struct charter_kit *k, uint32_t code, struct bytes args)
{
	const void *copy = arena_copy(&k->arena, args.data, args.size);
	assert_non_null(copy);
	return (struct statement){ .code = code, .args = bytes_of(copy, args.size) };
}

/* ---- Signing */

struct kit_statement kit_sign(struct charter_kit *k, struct statement words, const uint8_t *keys,
	uint32_t key_count)
{
	struct kit_statement made = { .words = words };
	struct statement_signatures set = { .count = 0 };
	struct err_text why = { "" };
	struct buf body, blob;
	buf_init(&body, STATEMENT_BLOB_MAX);
	buf_init(&blob, STATEMENT_BLOB_MAX);
	if (statement_encode_body(&body, &made.words, &why))
		fail_msg("%s", why.text);
	for (uint32_t i = 0; i < key_count; i++) {
		struct sign_key key;
		sample_sign_key(&key, keys[i]);
		assert_int_equal(statement_sign(&set, buf_bytes(&body), &key), ERR_OK);
		sign_key_clear(&key);
	}
	assert_int_equal(statement_encode_blob(&blob, buf_bytes(&body), &set), ERR_OK);
	statement_get_id(&made.id, buf_bytes(&body));
	made.words.id = made.id;
	made.blob = bytes_of(arena_copy(&k->arena, blob.data, blob.size), blob.size);
	assert_non_null(made.blob.data);
	buf_clear(&body);
	buf_clear(&blob);
	return made;
}

static void follow(struct statement *words, const struct kit_statement *previous)
{
	if (previous) {
		words->previous = previous->id;
		words->position = previous->words.position + 1;
	}
}

struct kit_statement kit_by_root(struct charter_kit *k, const struct kit_statement *previous,
	struct statement words)
{
	const uint8_t key = KIT_ROOT;
	words.federation = k->federation;
	words.superior = k->first.id;
	words.time = SAMPLE_NOW;
	follow(&words, previous);
	return kit_sign(k, words, &key, 1);
}

struct kit_statement kit_by(struct charter_kit *k, uint8_t officer, const struct kit_statement *superior,
	const struct kit_statement *previous, struct statement words)
{
	words.federation = k->federation;
	words.has_issuer = true;
	words.issuer = kit_officer(officer);
	words.superior = superior->id;
	words.time = SAMPLE_NOW;
	follow(&words, previous);
	return kit_sign(k, words, &officer, 1);
}

void charter_kit_init(struct charter_kit *k)
{
	const uint8_t key = KIT_ROOT;
	assert_int_equal(crypto_init(), ERR_OK);
	struct officer_id root = kit_officer(KIT_ROOT);
	struct statement words = { .code = STATEMENT_FOUND };
	memset(k, 0, sizeof *k);
	arena_init(&k->arena, KIT_MEMORY_MAX);
	words.as.found = (struct statement_found){ .name = bytes_text("Test"), .k = 1, .keys = &root,
		.key_count = 1 };
	k->first = kit_sign(k, words, &key, 1);
	memcpy(k->federation.b, k->first.id.b, sizeof k->federation.b);
}

void charter_kit_clear(struct charter_kit *k)
{
	arena_clear(&k->arena);
}

/* ---- Admitting */

struct charter *kit_charter(const struct charter_kit *k)
{
	struct charter *c = NULL;
	assert_int_equal(charter_new(&c, &k->federation), ERR_OK);
	return c;
}

struct charter_admission kit_admit(struct charter *c, const struct kit_statement *s,
	enum charter_verdict verdict)
{
	struct charter_admission a;
	struct err_text why = { "" };
	assert_int_equal(charter_admit(&a, c, s->blob, &why), ERR_OK);
	if (a.verdict != verdict)
		fail_msg("verdict %d (%s), not %d: %s", a.verdict, charter_refusal_name(a.refusal), verdict,
			why.text);
	return a;
}

const struct charter_entry *kit_entry(const struct charter *c, const struct kit_statement *s)
{
	const struct charter_entry *e = charter_find(c, &s->id);
	assert_non_null(e);
	return e;
}

void kit_keep(struct charter *c, const struct kit_statement *s, enum charter_standing standing)
{
	(void)kit_admit(c, s, CHARTER_KEPT);
	const struct charter_entry *e = kit_entry(c, s);
	assert_string_equal(charter_standing_name(e->standing), charter_standing_name(standing));
}
