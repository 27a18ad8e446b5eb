/* Makes statements from constants. */
#include "tests/support/sample_statement.h"

#include "tests/support/sample.h"

#include <stdlib.h>

/* Stays in with NDEBUG. */
static void must(bool ok)
{
	if (!ok)
		abort();
}

static void public_key(uint8_t out[32], uint8_t seed)
{
	struct sign_key k;
	sample_sign_key(&k, seed);
	memcpy(out, k.public_key, 32);
	sign_key_clear(&k);
}

static const struct form_roles two_forms[] = { { 1, 1 << 2 | 1 << 5 }, { 2, (uint64_t)1 << 63 } };
static const struct form_roles one_form[] = { { 1, 1 << 2 } };

static void fill_found(struct statement_found *f)
{
	static struct officer_id keys[2];
	public_key(keys[0].b, SAMPLE_ROOT);
	public_key(keys[1].b, SAMPLE_OTHER);
	if (officer_id_compare(&keys[0], &keys[1]) > 0) {
		struct officer_id first = keys[1];
		keys[1] = keys[0];
		keys[0] = first;
	}
	f->name = bytes_text("Asylum Office, F\xc3\xa9""d\xc3\xa9ration");
	f->k = 2;
	f->keys = keys;
	f->key_count = 2;
	sample_fill(f->nonce, sizeof f->nonce, 0xe0);
}

static void fill_args(struct statement *s)
{
	switch (s->code) {
	case STATEMENT_FOUND:
		fill_found(&s->as.found);
		break;
	case STATEMENT_SITE:
		s->as.site = (struct statement_site){ .number = 2, .name = bytes_text("reception-west"),
			.role = SITE_RECEPTION, .flags = SITE_CUSTODIAN, .keyno = 1, .readers = { two_forms, 2 } };
		sample_fill(s->as.site.encryption_key, 32, 0xe1);
		break;
	case STATEMENT_NODE:
		s->as.node = (struct statement_node){ .site = 2, .name = bytes_text("laptop-1") };
		public_key(s->as.node.node.b, SAMPLE_NODE);
		sample_fill(s->as.node.transport_key, 32, 0xe2);
		break;
	case STATEMENT_FORM:
		s->as.form = (struct statement_form){ .number = 1, .version = 1, .name = bytes_text("asylum") };
		sample_fill(&s->as.form.hash, 32, 0xe3);
		break;
	case STATEMENT_APPOINT:
		s->as.appoint = (struct statement_appoint){ .site = 2, .name = bytes_text("m.weber"),
			.roles = { two_forms, 2 }, .may_appoint = { one_form, 1 } };
		public_key(s->as.appoint.officer.b, SAMPLE_OTHER);
		break;
	case STATEMENT_RETIRE:
		s->as.retire.position = 12;
		sample_fill(&s->as.retire.ended, 32, 0xe4);
		break;
	default:
		s->args = bytes_of("\x82\x00\xa1\x01\xf6", 5);
		break;
	}
}

void sample_statement(struct statement *out, uint32_t code)
{
	memset(out, 0, sizeof *out);
	out->code = code;
	out->time = SAMPLE_NOW;
	if (code != STATEMENT_FOUND) {
		sample_fill(&out->federation, 32, SAMPLE_FEDERATION);
		out->position = code;
		sample_fill(&out->previous, 32, 0xe5);
		sample_fill(&out->superior, 32, 0xe6);
	}
	if (code > STATEMENT_FORM) {
		out->has_issuer = true;
		public_key(out->issuer.b, SAMPLE_OFFICER);
	}
	fill_args(out);
}

void sample_statement_blob(struct buf *body, struct buf *blob, uint32_t code)
{
	static const uint8_t root[] = { SAMPLE_ROOT, SAMPLE_OTHER }, officer[] = { SAMPLE_OFFICER };
	struct statement s;
	struct statement_signatures set = { .count = 0 };
	sample_statement(&s, code);
	must(statement_encode_body(body, &s, NULL) == ERR_OK);
	for (size_t i = 0; i < (s.has_issuer ? 1 : 2); i++) {
		struct sign_key k;
		sample_sign_key(&k, s.has_issuer ? officer[i] : root[i]);
		must(statement_sign(&set, buf_bytes(body), &k) == ERR_OK);
		sign_key_clear(&k);
	}
	must(statement_encode_blob(blob, buf_bytes(body), &set) == ERR_OK);
}
