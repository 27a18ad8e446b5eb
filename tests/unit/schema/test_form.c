/* Forms: the asylum form loads and says what it should; broken forms are refused with line and words. */
#include "schema/act.h"
#include "schema/form.h"
#include "schema/statement.h"

#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct bytes read_file(const char *path)
{
	static uint8_t data[1 << 20];
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t size = fread(data, 1, sizeof data, file);
	fclose(file);
	return bytes_of(data, size);
}

static struct form *load_asylum(void)
{
	struct form *f = NULL;
	struct err_text why = { "" };
	if (form_load(&f, read_file("schema/forms/asylum.json"), &why))
		fail_msg("%s", why.text);
	return f;
}

static role_set roles(const struct form *f, const char *a, const char *b)
{
	return role_bit(form_find_role(f, a)->number) | (b ? role_bit(form_find_role(f, b)->number) : 0);
}

static void the_asylum_form_holds_what_the_domain_says(void **state)
{
	(void)state;
	struct form *f = load_asylum();
	assert_string_equal(f->name, "asylum");
	assert_int_equal(f->number, 1);
	assert_int_equal(f->version, 1);
	assert_int_equal(f->role_count, 18);
	assert_int_equal(f->compartment_count, 17);
	assert_int_equal(f->basis_count, 8);
	assert_int_equal(f->field_count, 116);
	assert_null(form_find_field(f, 10)); /* the number of the state stays free */
	const struct form_field *name = form_find_path(f, "identity.family_name");
	assert_ptr_equal(form_find_field(f, 22), name);
	assert_int_equal(name->rule, RULE_AUTHORITY);
	assert_true(name->sticky && name->rank_by_basis);
	assert_int_equal(name->tie, TIE_MANUAL_REVIEW);
	assert_int_equal(name->interim, INTERIM_LAST_AGREED);
	assert_true(name->resolve == roles(f, "ind_registrar", NULL));
	assert_int_equal(name->rank_count, 5);
	assert_int_equal(name->ranks[0], form_find_role(f, "police_avim")->number);
	assert_int_equal(form_find_basis(f, "own_statement"), 7);
	assert_int_equal(form_find_basis(f, "rumour"), 0);
	const struct form_field *age = form_find_path(f, "identity.age");
	assert_int_equal(age->interim, INTERIM_FIXED);
	assert_int_equal(age->interim_value.size, 1);
	assert_int_equal(age->interim_value.data[0], form_find_value(age, "minor")->number);
	assert_null(form_find_path(f, "identity.nobody"));
	assert_null(form_find_field(f, 0));
	assert_null(form_find_field(f, 121));
	form_free(f);
}

static void who_may_act_is_in_the_form(void **state)
{
	(void)state;
	struct form *f = load_asylum();
	assert_true(f->strike == roles(f, "ind_registrar", "dpo"));
	assert_true(f->act_roles[ACT_HOLD] == roles(f, "dpo", "ind_litigation"));
	assert_true(f->act_roles[ACT_MIGRATE] == roles(f, "ind_registrar", NULL));
	assert_true(f->act_roles[ACT_REGRANT] == ((role_set)1 << 19) - 2);
	assert_true(f->act_roles[ACT_GRANT] == 0);
	assert_false(f->act_roles[ACT_ATTACH] & roles(f, "auditor", "dtv") & ~roles(f, "dtv", NULL));
	assert_true(f->open & roles(f, "coa", NULL));
	assert_false(f->open & roles(f, "lawyer", NULL));
	form_free(f);
}

static void a_site_role_has_default_roles(void **state)
{
	(void)state;
	struct form *f = load_asylum();
	assert_true(f->site_roles[SITE_RECEPTION] == roles(f, "coa", NULL));
	assert_true(f->site_roles[SITE_CENTRAL] & roles(f, "dpo", NULL));
	assert_false(f->site_roles[SITE_CENTRAL] & roles(f, "coa", "lawyer"));
	assert_true(f->site_roles[SITE_RELAY] == 0);
	form_free(f);
}

static void acts_have_names(void **state)
{
	(void)state;
	for (uint32_t code = 1; code < ACT_CODE_END; code++)
		assert_int_equal(act_find(act_name(code)), code);
	assert_string_equal(act_name(13), "regrant");
	assert_null(act_name(0));
	assert_null(act_name(14));
	assert_int_equal(act_find("open"), 0);
}

static void readers_follow_from_the_compartments(void **state)
{
	(void)state;
	struct form *f = load_asylum();
	uint64_t core = UINT64_C(1) << form_find_compartment_name(f, "core");
	uint64_t privacy = UINT64_C(1) << form_find_compartment_name(f, "privacy");
	assert_true(form_readable(f, roles(f, "auditor", NULL)) == (core | privacy));
	assert_true(form_readable(f, 0) == 0);
	assert_int_equal(form_find_compartment_name(f, "cellar"), 0);
	assert_null(form_find_compartment(f, 0));
	form_free(f);
}

static void the_least_telling_role_is_shown(void **state)
{
	(void)state;
	struct form *f = load_asylum();
	uint32_t coordinator = form_find_role(f, "ind_coordinator")->number;
	uint32_t officer = form_find_role(f, "ind_officer")->number;
	assert_int_equal(form_least_telling(f, roles(f, "ind_coordinator", "ind_officer")), officer);
	assert_int_equal(form_least_telling(f, roles(f, "ind_coordinator", NULL)), coordinator);
	assert_int_equal(form_least_telling(f, 0), 0);
	assert_string_equal(form_find_role_number(f, officer)->name, "ind_officer");
	form_free(f);
}

static void a_form_is_named_by_the_hash_of_its_file(void **state)
{
	(void)state;
	struct form *f = load_asylum();
	uint8_t hash[32];
	hash_blake2b_256(hash, read_file("schema/forms/asylum.json"));
	assert_memory_equal(hash, f->hash.b, sizeof hash);
	form_free(f);
}

static unsigned draw(uint64_t *seed, unsigned below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*seed >> 33) % below;
}

/* Whatever is broken, check and load agree, every error has a line of the file, and nothing leaks. */
static void any_broken_form_is_survived(void **state)
{
	(void)state;
	static const char junk[] = "{}[]\",:0129azAZ_\\ \n\t-.";
	uint8_t file[8192];
	uint64_t seed = 5;
	unsigned broken = 0, form_errors = 0;
	struct bytes whole = read_file("tests/unit/schema/small_form.json");
	assert_true(whole.size < sizeof file);
	for (unsigned i = 0; i < 3000; i++) {
		struct form *f = NULL;
		struct buf out;
		unsigned errors = 0, line = 0;
		memcpy(file, whole.data, whole.size);
		for (unsigned n = 1 + draw(&seed, 3); n > 0; n--) {
			size_t at = draw(&seed, (unsigned)whole.size);
			file[at] = draw(&seed, 2) ? (uint8_t)junk[draw(&seed, sizeof junk - 1)] :
				file[draw(&seed, (unsigned)whole.size)];
		}
		buf_init(&out, 1 << 16);
		assert_int_equal(form_check(&out, bytes_of(file, whole.size), &errors), ERR_OK);
		enum err e = form_load(&f, bytes_of(file, whole.size), NULL);
		assert_int_equal(e, errors ? ERR_FORMAT : ERR_OK);
		if (errors) {
			assert_int_equal(sscanf(buf_text(&out), "line %u", &line), 1);
			assert_true(line >= 1 && line <= 51);
			broken++;
			form_errors += strstr(buf_text(&out), "column") == NULL;
		}
		form_free(f);
		buf_clear(&out);
	}
	/* Both kinds of errors were met, and forms that stayed whole. */
	assert_true(broken > 500 && broken < 3000 && form_errors > 500);
}

static void errors_without_end_are_counted_not_listed(void **state)
{
	(void)state;
	struct buf file, out;
	unsigned errors = 0, lines = 0;
	buf_init(&file, 1 << 21);
	buf_init(&out, 1 << 20);
	buf_put_text(&file, "{\"fields\": [");
	for (unsigned i = 0; i < 1000; i++)
		buf_put_text(&file, "{},");
	buf_put_text(&file, "{}]}");
	assert_int_equal(form_check(&out, buf_bytes(&file), &errors), ERR_OK);
	assert_true(errors > 8000);
	for (const char *at = buf_text(&out); *at; at++)
		lines += *at == '\n';
	assert_int_equal(lines, 201);
	buf_clear(&file);
	buf_clear(&out);
}

static void a_form_too_large_is_refused_unread(void **state)
{
	(void)state;
	struct buf file;
	struct form *f = NULL;
	struct err_text why = { "" };
	buf_init(&file, 1 << 21);
	buf_put_zeros(&file, (1 << 20) + 1);
	assert_int_equal(form_load(&f, buf_bytes(&file), &why), ERR_FORMAT);
	assert_string_equal(why.text, "line 1: the file is larger than 1 MiB");
	assert_null(f);
	buf_clear(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_asylum_form_holds_what_the_domain_says),
		cmocka_unit_test(who_may_act_is_in_the_form),
		cmocka_unit_test(a_site_role_has_default_roles),
		cmocka_unit_test(acts_have_names),
		cmocka_unit_test(readers_follow_from_the_compartments),
		cmocka_unit_test(the_least_telling_role_is_shown),
		cmocka_unit_test(a_form_is_named_by_the_hash_of_its_file),
		cmocka_unit_test(any_broken_form_is_survived),
		cmocka_unit_test(errors_without_end_are_counted_not_listed),
		cmocka_unit_test(a_form_too_large_is_refused_unread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
