/* Three sites that work apart: homes on disk, with keys, cases that all three share, and edits that none
 * of the others has seen.  Then scripts let them meet, in whatever order.
 *
 *	meet DIR [SEED] [EDITS] [CASES]
 *
 * Makes DIR/a, DIR/b and DIR/c.  Every officer holds every role, so all sites hold the same keys.  Prints
 * one line: edits made, pairs of case and field, pairs that two or three sites wrote without knowing of
 * each other, rules and fields. */
#include "tests/support/federation.h"

#include "base/cbor.h"
#include "node/fs.h"
#include "schema/value.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SITES = 3, CASES_MAX = 64, FIELDS_MAX = 128, OPS_PER_EDIT = 3 };

static uint64_t state;

static uint64_t draw(uint64_t below)
{
	uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31)) % below;
}

static void must(enum err e, const char *what, const struct err_text *why)
{
	if (e) {
		fprintf(stderr, "meet: %s: %s (%s)\n", what, why->text, err_name(e));
		exit(1);
	}
}

/* ---- Operations on a field, of whatever type and rule */

static void put_value(struct buf *b, const struct form_field *f)
{
	static const char *const words[] = { "Haile", "HAILE", "Hayle", "Tesfay", "Keren", "Asmara", "Vos",
		"B-214" };
	char text[64];
	switch (f->type) {
	case TYPE_DATE:
	case TYPE_PARTIAL_DATE:
		cbor_put_uint(b, 20260101 + draw(12) * 100 + draw(28));
		break;
	case TYPE_DATETIME:
		cbor_put_uint(b, 1770000000 + draw(1000) * 60);
		break;
	case TYPE_ENUM:
		cbor_put_uint(b, f->values[draw(f->value_count)].number);
		break;
	case TYPE_INTEGER:
		cbor_put_uint(b, draw(100));
		break;
	case TYPE_BOOL:
		cbor_put_bool(b, draw(2));
		break;
	case TYPE_RECORD:
		cbor_put_map(b, 1);
		cbor_put_text(b, bytes_text(f->entry_kind_count ? "kind" : "note"));
		snprintf(text, sizeof text, "%s",
			f->entry_kind_count ? f->entry_kinds[draw(f->entry_kind_count)].kind : words[draw(8)]);
		cbor_put_text(b, bytes_text(text));
		break;
	case TYPE_TEXT:
	case TYPE_REFERENCE:
	case TYPE_ATTACHMENT:
	default:
		if (f->pattern)
			snprintf(text, sizeof text, "%010llu", (unsigned long long)(2900000000 + draw(20)));
		else
			snprintf(text, sizeof text, "%s", words[draw(8)]);
		cbor_put_text(b, bytes_text(text));
		break;
	}
}

static bool make_op(struct op *op, struct arena *a, const struct form *form, const struct form_field *f)
{
	struct buf b;
	buf_init(&b, VALUE_SIZE_MAX);
	put_value(&b, f);
	*op = (struct op){ .field = f->number,
		.code = f->shape == SHAPE_SET ? OP_ADD
			: f->shape == SHAPE_LIST  ? OP_APPEND
									  : OP_SET,
		.basis = f->rank_by_basis ? (uint32_t)(1 + draw(form->basis_count)) : 0,
		.value = { arena_copy(a, b.data, b.size), b.size } };
	buf_clear(&b);
	return value_is_valid(f, op->value);
}

/* ---- Who has written what, apart */
static unsigned char written[CASES_MAX][2048];

static void edit_apart(struct fed_site *s, const struct form *form, const struct case_id *cases,
	unsigned case_count, unsigned edits)
{
	for (unsigned done = 0, tries = 0; done < edits;) {
		struct op ops[OPS_PER_EDIT];
		struct arena a;
		struct err_text why = { "" };
		struct edit_result result;
		unsigned n = 0, which = (unsigned)draw(case_count);
		assert(++tries < edits * 50);
		arena_init(&a, 1 << 20);
		while (n < OPS_PER_EDIT) {
			const struct form_field *f = &form->fields[draw(form->field_count)];
			bool twice = f->number == 1; /* the label on the paper file is not drawn from a list */
			for (unsigned i = 0; i < n; i++)
				twice = twice || ops[i].field == f->number;
			n += !twice && make_op(&ops[n], &a, form, f);
		}
		struct edit edit = { .case_id = cases[which], .officer = &s->officer, .ops = ops, .op_count = n };
		s->random.now++;
		must(replica_edit(s->replica, &edit, 1, &result, &why), "edit", &why);
		if (result.verdict == EDIT_DONE) {
			done++;
			for (unsigned i = 0; i < n; i++)
				written[which][ops[i].field] |= (unsigned char)(1u << s->number);
		}
		arena_clear(&a);
	}
}

static void report(unsigned edits, unsigned case_count, const struct form *form)
{
	unsigned pairs = 0, concurrent = 0, fields = 0, rules = 0;
	for (size_t i = 0; i < form->field_count; i++) {
		bool used = false;
		for (unsigned c = 0; c < case_count; c++) {
			unsigned sites = (unsigned)__builtin_popcount(written[c][form->fields[i].number]);
			pairs += sites > 0;
			concurrent += sites > 1;
			used = used || sites > 1;
		}
		fields += used;
		rules |= used ? 1u << form->fields[i].rule : 0;
	}
	printf("edits %u cases %u pairs %u concurrent %u fields %u rules %u\n", edits * SITES, case_count, pairs,
		concurrent, fields, (unsigned)__builtin_popcount(rules));
}

int main(int argc, char **argv)
{
	static struct federation fed;
	static const char *const names[SITES] = { "a", "b", "c" };
	static char homes[SITES][FS_PATH_MAX];
	const char *paths[SITES];
	struct case_id cases[CASES_MAX];
	struct err_text why = { "" };
	const struct form *form;
	unsigned edits = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 300;
	unsigned case_count = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 20;
	if (argc < 2 || case_count == 0 || case_count > CASES_MAX)
		return 2;
	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	federation_init(&fed, state);
	for (unsigned i = 0; i < SITES; i++) {
		federation_add(&fed, names[i], i == 0 ? SITE_CENTRAL : SITE_INTERVIEW,
			i == 0 ? SITE_CUSTODIAN | SITE_READS_JOURNALS : 0,
			"police_avim,kmar,ind_intake,ind_officer,ind_trainee,ind_coordinator,ind_dat,ind_dublin,"
			"ind_registrar,ind_litigation,coa,medical,vwn,lawyer,nidos,dtv,dpo,auditor");
		must(fs_path(homes[i], "%s/%s", argv[1], names[i]), "path", &why);
		federation_make_home(homes[i], &fed.sites[i]);
		paths[i] = homes[i];
	}
	federation_open(&fed, paths);
	must(replica_form(&form, fed.sites[0].replica, 1, 0, &why), "form", &why);
	/* Cases that all share, with a key for every compartment, before they part. */
	for (unsigned c = 0; c < case_count; c++) {
		struct edit_grant grants[2] = { { .site = 2 }, { .site = 3 } };
		char number[16];
		snprintf(number, sizeof number, "\"%u\"", 2800000000u + c);
		cases[c] = fed_open(&fed.sites[c % SITES], "case.reported_on", "\"2026-02-02\"").case_id;
		grants[0].site = 1 + (c + 1) % SITES;
		grants[1].site = 1 + (c + 2) % SITES;
		struct edit edit = {
			.case_id = cases[c], .officer = &fed.sites[c % SITES].officer, .grants = grants, .grant_count = 2
		};
		struct edit_result result;
		must(replica_edit(fed.sites[c % SITES].replica, &edit, 1, &result, &why), "grant", &why);
		assert(result.verdict == EDIT_DONE);
	}
	for (unsigned i = 0; i < SITES; i++)
		for (unsigned k = 0; k < SITES; k++)
			if (i != k)
				fed_copy(&fed.sites[k], &fed.sites[i]);
	for (unsigned i = 0; i < SITES; i++)
		edit_apart(&fed.sites[i], form, cases, case_count, edits);
	report(edits, case_count, form);
	federation_clear(&fed);
	return 0;
}
