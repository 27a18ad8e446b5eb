/* Values: one encoding per type, what is refused at entry and from afar, how they compare. */
#include "schema/value.h"

#include "base/cbor.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { FOREIGN_MAX = 200000 };

static struct form *form;

static int load_form(void **state)
{
	static uint8_t data[1 << 20];
	(void)state;
	FILE *file = fopen("schema/forms/asylum.json", "rb");
	if (!file)
		return -1;
	size_t size = fread(data, 1, sizeof data, file);
	fclose(file);
	return form_load(&form, bytes_of(data, size), NULL) ? -1 : 0;
}

static int free_form(void **state)
{
	(void)state;
	form_free(form);
	return 0;
}

static const struct form_field *field_of(const char *path)
{
	/* Types that the asylum form has no field of. */
	static const struct form_field extra[] = {
		{ .path = "test.integer", .type = TYPE_INTEGER, .rule = RULE_LAST_WRITER, .example = "" },
		{ .path = "test.bool", .type = TYPE_BOOL, .rule = RULE_LAST_WRITER, .example = "" },
		{ .path = "test.record", .type = TYPE_RECORD, .rule = RULE_LAST_WRITER, .example = "" },
		{ .path = "test.short", .type = TYPE_TEXT, .rule = RULE_LAST_WRITER, .example = "", .text_max = 3 },
	};
	for (size_t i = 0; i < sizeof extra / sizeof extra[0]; i++)
		if (strcmp(extra[i].path, path) == 0)
			return &extra[i];
	const struct form_field *field = form_find_path(form, path);
	if (!field)
		fail_msg("no field %s", path);
	return field;
}

static enum err encode(struct buf *b, const char *path, const char *json, struct err_text *why)
{
	struct json *j = NULL;
	if (json_parse(&j, bytes_text(json), why))
		fail_msg("%s: %s", json, why->text);
	enum err e = value_from_json(b, field_of(path), j, why);
	json_free(j);
	return e;
}

struct encoding { const char *path, *json, *hex; };

static const struct encoding encodings[] = {
	{ "case.language", "\"ti (Tigrinya)\"", "6d7469202854696772696e796129" },
	{ "case.language", "\"\"", "60" },
	{ "case.language", "\"a\\nb\\tc\"", "65610a620963" },
	{ "case.v_number", "\"2912345678\"", "6a32393132333435363738" },
	{ "case.reported_on", "\"2026-02-03\"", "1a0135256b" },
	{ "case.reported_on", "\"0001-01-01\"", "192775" },
	{ "identity.birth_date", "\"2003-05-14\"", "1a0131a432" },
	{ "identity.birth_date", "\"2003-05-00\"", "1a0131a424" },
	{ "identity.birth_date", "\"2003-00-00\"", "1a0131a230" },
	{ "identity.birth_date", "\"0000-00-00\"", "00" },
	{ "interview.scheduled_for", "\"2026-02-16T08:30:00Z\"", "1a6992d588" },
	{ "identity.age", "\"minor\"", "01" },
	{ "identity.age", "\"adult\"", "02" },
	{ "identity.sex", "\"unknown\"", "04" },
	{ "identity.sex", "{\"absent\":\"unknown\"}", "8101" },
	{ "identity.sex", "{\"absent\":\"not_asked\"}", "8102" },
	{ "case.language", "{\"absent\":\"refused\"}", "8103" },
	{ "case.v_number", "{\"absent\":\"unknown\"}", "8101" },
	{ "test.record", "{\"absent\":\"unknown\"}", "8101" },
	{ "case.language", "null", "f6" },
	{ "identity.age", "null", "f6" },
	{ "test.integer", "0", "00" },
	{ "test.integer", "-1", "20" },
	{ "test.integer", "9007199254740991", "1b001fffffffffffff" },
	{ "test.integer", "-9007199254740991", "3b001ffffffffffffe" },
	{ "test.bool", "true", "f5" },
	{ "test.bool", "false", "f4" },
	{ "test.short", "\"\xc3\xa9\xc3\xa9\xc3\xa9\"", "66c3a9c3a9c3a9" },
	{ "case.counsel", "\"member:adv.vos\"", "6e6d656d6265723a6164762e766f73" },
	{ "identity.photo", "\"a.jpg\"", "65612e6a7067" },
	{ "identity.photo",
		"{\"root\":\"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\",\"length\":70000,"
		"\"count\":2,\"name\":\"a.jpg\",\"type\":\"image/jpeg\"}",
		"855820000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f1a000111700265612e6a70676a"
		"696d6167652f6a706567" },
	{ "procedure.milestones", "{\"kind\":\"identified\"}", "a1646b696e646a6964656e746966696564" },
	{ "procedure.extensions", "{\"ground\":\"complex\",\"months\":9}",
		"a26667726f756e6467636f6d706c6578666d6f6e74687309" },
	{ "test.record", "{\"b\":[1,-2,null,true,{\"c\":\"\"}]}", "a16162850121f6f5a1616360" },
	{ "test.record", "{}", "a0" },
	{ "interview.detailed_held_on", "\"2026-02-16\"", "1a01352578" },
};

static void every_type_has_one_encoding(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
		const struct encoding *c = &encodings[i];
		struct buf b, back;
		struct json_out o;
		struct err_text why = { "" };
		buf_init(&b, VALUE_SIZE_MAX);
		buf_init(&back, VALUE_SIZE_MAX);
		if (encode(&b, c->path, c->json, &why))
			fail_msg("%s", why.text);
		assert_hex_equal(b.data, b.size, c->hex);
		assert_true(value_is_valid(field_of(c->path), buf_bytes(&b)));
		json_out_init(&o, &back);
		assert_int_equal(value_to_json(&o, field_of(c->path), buf_bytes(&b)), ERR_OK);
		assert_string_equal(buf_text(&back), c->json);
		buf_clear(&b);
		buf_clear(&back);
	}
}

/* Values as offices write them, of every kind of field. */
static void what_offices_write_is_taken(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "accommodation.movements",
			"{\"event\":\"arrive\",\"location\":\"coa-gilze\",\"at\":\"2026-02-10T16:00:00Z\"}" },
		{ "accommodation.presence_checks", "{\"result\":\"absent\",\"at\":\"2026-02-10T20:00:00Z\"}" },
		{ "accommodation.regime", "\"pol\"" },
		{ "accommodation.special_needs", "\"quiet_room\"" },
		{ "contact.interview_preferences", "\"female_interpreter\"" },
		{ "contact.phone", "\"+31612345678\"" },
		{ "decision.legal_basis", "\"vw29_1b\"" },
		{ "decision.letter", "\"inwilliging.pdf\"" },
		{ "decision.signatures", "\"member:j.visser\"" },
		{ "identity.birth_date", "\"2006-01-01\"" },
		{ "identity.document_checks", "{\"number\":\"EP0412345\",\"verdict\":\"genuine\",\"by\":\"kmar\"}" },
		{ "identity.documents", "{\"kind\":\"passport\",\"number\":\"EP0412345\",\"issuer\":\"ER\"}" },
		{ "procedure.extensions", "{\"months\":6,\"ground\":\"country_moratorium\"}" },
		{ "procedure.milestones", "{\"kind\":\"decision_signed\",\"note\":\"signed at the desk\"}" },
		{ "residence.rights",
			"{\"code\":\"26\",\"procedure\":\"asylum-1\",\"from\":\"2026-02-03\",\"until\":\"2031-02-03\"}" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buf b;
		struct err_text why = { "" };
		buf_init(&b, VALUE_SIZE_MAX);
		if (encode(&b, cases[i][0], cases[i][1], &why))
			fail_msg("%s", why.text);
		assert_int_equal(cbor_scan(buf_bytes(&b), &cbor_limits_default, NULL), ERR_OK);
		buf_clear(&b);
	}
}

static const struct { const char *path, *json, *words; } refusals[] = {
	{ "identity.age", "\"adutl\"",
		"identity.age takes one of minor, adult; did you mean \"adult\"?" },
	{ "identity.age", "\"Adult\"",
		"identity.age takes one of minor, adult; did you mean \"adult\"?" },
	{ "identity.age", "\"old\"", "identity.age takes one of minor, adult" },
	{ "identity.age", "1", "identity.age takes one of minor, adult" },
	{ "identity.age", "{\"absent\":\"perhaps\"}",
		"identity.age takes the absences unknown, not_asked and refused" },
	{ "identity.age", "{\"absent\":\"unknown\",\"more\":1}", "identity.age takes one of minor, adult" },
	{ "case.reported_on", "\"2026-02-30\"",
		"case.reported_on takes a day that exists, such as \"2026-02-02\"" },
	{ "case.reported_on", "\"2026-02-00\"",
		"case.reported_on takes a day that exists, such as \"2026-02-02\"" },
	{ "case.reported_on", "20260203",
		"case.reported_on takes a day that exists, such as \"2026-02-02\"" },
	{ "identity.birth_date", "\"0000-05-00\"",
		"identity.birth_date takes a day, 00 for an unknown day or month (\"2003-05-00\", "
		"\"2003-00-00\"), such as \"2003-05-14\"" },
	{ "interview.scheduled_for", "\"2026-02-16T08:30\"",
		"interview.scheduled_for takes a moment in UTC, such as \"2026-02-16T08:30:00Z\"" },
	{ "case.v_number", "\"12345\"",
		"case.v_number takes a text without control characters that matches ^[0-9]{10}$, "
		"such as \"2912345678\"" },
	{ "case.v_number", "null", "case.v_number is written once and cannot be emptied" },
	{ "case.language", "\"bell \\u0007\"",
		"case.language takes a text without control characters, such as \"ti (Tigrinya)\"" },
	{ "case.language", "[\"ti\"]",
		"case.language takes a text without control characters, such as \"ti (Tigrinya)\"" },
	{ "case.language", "true",
		"case.language takes a text without control characters, such as \"ti (Tigrinya)\"" },
	{ "case.counsel", "\"\"",
		"case.counsel takes a reference of at most 256 characters, such as \"member:adv.vos\"" },
	{ "case.counsel", "\"two\\nlines\"",
		"case.counsel takes a reference of at most 256 characters, such as \"member:adv.vos\"" },
	{ "identity.photo", "{\"root\":\"00\"}",
		"identity.photo takes an attachment's label, such as \"photo-2026-02-03.jpg\"" },
	{ "identity.documents", "\"passport\"",
		"identity.documents takes a record, such as "
		"{\"kind\":\"passport\",\"number\":\"EP0412345\",\"issuer\":\"ER\"}" },
	{ "identity.documents", "{\"two\\nlines\":1}",
		"identity.documents takes a record, such as "
		"{\"kind\":\"passport\",\"number\":\"EP0412345\",\"issuer\":\"ER\"}" },
	{ "identity.documents", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}",
		"identity.documents takes a record, such as "
		"{\"kind\":\"passport\",\"number\":\"EP0412345\",\"issuer\":\"ER\"}" },
	{ "procedure.milestones", "{\"kind\":\"identifed\"}",
		"procedure.milestones takes a record whose \"kind\" the form declares, such as "
		"{\"kind\":\"reporting_report_issued\"}; did you mean \"identified\"?" },
	{ "procedure.milestones", "{\"sort\":\"identified\"}",
		"procedure.milestones takes a record whose \"kind\" the form declares, such as "
		"{\"kind\":\"reporting_report_issued\"}" },
	{ "procedure.milestones", "{\"kind\":7}",
		"procedure.milestones takes a record whose \"kind\" the form declares, such as "
		"{\"kind\":\"reporting_report_issued\"}" },
	{ "procedure.extensions", "{\"ground\":\"complex\",\"months\":10}",
		"procedure.extensions takes one of the records that the form lists, such as "
		"{\"ground\":\"complex\",\"months\":9}" },
	{ "procedure.holds", "null",
		"procedure.holds takes a text without control characters, such as \"hold-7f3a\"" },
	{ "procedure.holds", "{\"absent\":\"unknown\"}",
		"procedure.holds takes a text without control characters, such as \"hold-7f3a\"" },
	{ "test.integer", "\"12\"", "test.integer takes a whole number" },
	{ "test.bool", "0", "test.bool takes true or false" },
	{ "test.short", "\"four\"",
		"test.short takes a text without control characters of at most 3 characters" },
};

static void what_a_field_does_not_take_is_refused_with_help(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		struct buf b;
		struct err_text why = { "" };
		buf_init(&b, VALUE_SIZE_MAX);
		buf_put_text(&b, "before");
		assert_int_equal(encode(&b, refusals[i].path, refusals[i].json, &why), ERR_FORMAT);
		assert_string_equal(why.text, refusals[i].words);
		assert_string_equal(buf_text(&b), "before"); /* nothing half done stays */
		buf_clear(&b);
	}
}

static void typed_text_is_normalised(void **state)
{
	(void)state;
	struct buf b;
	struct err_text why = { "" };
	buf_init(&b, VALUE_SIZE_MAX);
	assert_int_equal(encode(&b, "identity.family_name", "\"Rene\xcc\x81\"", &why), ERR_OK);
	assert_hex_equal(b.data, b.size, "6552656ec3a9");
	buf_clear(&b);
	/* In a record as well, names of members included; a mark at the start of a text stays there. */
	assert_int_equal(encode(&b, "test.record", "{\"e\xcc\x81\":[\"\xcc\x81" "e\",\"e\xcc\x81\"]}", &why),
		ERR_OK);
	assert_hex_equal(b.data, b.size, "a162c3a98263cc816562c3a9");
	buf_clear(&b);
	/* Two names that become one are refused. */
	assert_int_equal(encode(&b, "test.record", "{\"e\xcc\x81\":1,\"\xc3\xa9\":2}", &why), ERR_FORMAT);
	buf_clear(&b);
}

static void foreign_bytes_are_judged_strictly(void **state)
{
	(void)state;
	static const struct { const char *path, *hex; bool valid; } cases[] = {
		{ "identity.family_name", "6365cc81", false },          /* not NFC */
		{ "identity.family_name", "62c3a9", true },
		{ "identity.family_name", "6107", false },              /* a control character */
		{ "identity.family_name", "43616263", false },          /* bytes, not text */
		{ "identity.age", "03", false },
		{ "identity.age", "00", false },
		{ "identity.age", "20", false },
		{ "identity.age", "656d696e6f72", false },              /* the name is not the encoding */
		{ "identity.age", "8100", false },
		{ "identity.age", "8104", false },
		{ "identity.age", "820101", false },
		{ "identity.age", "80", false },
		{ "case.reported_on", "1a01352586", false },            /* 2026-02-30 */
		{ "case.reported_on", "1a01352568", false },
		{ "case.reported_on", "00", false },
		{ "case.reported_on", "1bffffffffffffffff", false },
		{ "identity.birth_date", "1901f4", false },             /* 0000-05-00 */
		{ "interview.scheduled_for", "1b0000000400000000", false },
		{ "interview.scheduled_for", "1b00000003ffffffff", true },
		{ "interview.scheduled_for", "20", false },
		{ "test.integer", "1b0020000000000000", false },
		{ "test.integer", "3b001fffffffffffff", false },
		{ "test.integer", "f6", true },
		{ "test.bool", "f6", true },
		{ "test.bool", "00", false },
		{ "case.v_number", "f6", false },
		{ "case.v_number", "8103", true },
		{ "procedure.holds", "f6", false },
		{ "procedure.holds", "8101", false },
		{ "case.counsel", "60", false },
		{ "case.counsel", "63610a62", false },
		{ "identity.photo", "8441000102616161", false },
		{ "identity.photo", "854100010261616161", false },
		{ "test.record", "a1416101", false },                   /* a key of bytes */
		{ "test.record", "a160" "01", false },                  /* a nameless member */
		{ "test.record", "a161614101", false },                 /* bytes inside */
		{ "test.record", "a161611b0020000000000000", false },
		{ "test.record", "8101", true },                        /* absent */
		{ "test.record", "8201" "02", false },
		{ "procedure.milestones", "a0", false },
		{ "procedure.milestones", "a1646b696e6401", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint8_t item[64];
		size_t size = strlen(cases[i].hex) / 2;
		from_hex(item, size, cases[i].hex);
		if (value_is_valid(field_of(cases[i].path), bytes_of(item, size)) != cases[i].valid)
			fail_msg("%s and %s", cases[i].path, cases[i].hex);
	}
	assert_false(value_is_valid(field_of("case.language"), bytes_of(NULL, 0)));
}

static void foreign_sizes_are_capped(void **state)
{
	(void)state;
	struct buf text, item;
	buf_init(&text, FOREIGN_MAX);
	buf_init(&item, FOREIGN_MAX);
	memset(buf_grow(&text, VALUE_TEXT_MAX), 'a', VALUE_TEXT_MAX);
	cbor_put_text(&item, buf_bytes(&text));
	assert_true(value_is_valid(field_of("case.language"), buf_bytes(&item)));
	assert_false(value_is_valid(field_of("case.counsel"), buf_bytes(&item)));
	buf_put_byte(&text, 'a');
	buf_reset(&item);
	cbor_put_text(&item, buf_bytes(&text));
	assert_false(value_is_valid(field_of("case.language"), buf_bytes(&item)));
	buf_clear(&text);
	buf_clear(&item);
}

static void what_cannot_be_read_is_shown_as_hex(void **state)
{
	(void)state;
	struct buf b;
	struct json_out o;
	buf_init(&b, 1000);
	json_out_init(&o, &b);
	assert_int_equal(value_to_json(&o, field_of("identity.age"), bytes_of("\x18\x63", 2)), ERR_OK);
	assert_string_equal(buf_text(&b), "{\"undecodable\":\"1863\"}");
	buf_clear(&b);
}

static void a_typed_word_is_read_as_the_field_needs(void **state)
{
	(void)state;
	static const struct { const char *path, *word, *hex; } cases[] = {
		{ "case.language", "null", "646e756c6c" },
		{ "case.language", "12", "623132" },
		{ "case.language", "{\"a\":1}", "677b2261223a317d" },
		{ "case.language", "{\"absent\":\"refused\"}", "8103" },
		{ "identity.age", "minor", "01" },
		{ "identity.age", "null", "f6" },
		{ "identity.age", "{\"absent\":\"unknown\"}", "8101" },
		{ "case.reported_on", "2026-02-03", "1a0135256b" },
		{ "interview.scheduled_for", "2026-02-16T08:30:00Z", "1a6992d588" },
		{ "test.integer", "-12", "2b" },
		{ "test.bool", "true", "f5" },
		{ "test.record", "{\"a\":1}", "a1616101" },
		{ "identity.photo", "a.jpg", "65612e6a7067" },
		{ "identity.age", "old", NULL },
		{ "identity.age", "{\"absent\":\"perhaps\"}", NULL },
		{ "test.integer", "012", NULL },
		{ "test.integer", "1.5", NULL },
		{ "test.integer", "", NULL },
		{ "test.bool", "yes", NULL },
		{ "test.record", "{\"a\":", NULL },
		{ "test.record", "a", NULL },
		{ "case.reported_on", "3 February 2026", NULL },
		{ "case.language", "\xff", NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buf b;
		struct err_text why = { "" };
		buf_init(&b, VALUE_SIZE_MAX);
		enum err e = value_from_text(&b, field_of(cases[i].path), bytes_text(cases[i].word), &why);
		if (e != (cases[i].hex ? ERR_OK : ERR_FORMAT))
			fail_msg("%s and %s: %s", cases[i].path, cases[i].word, why.text);
		assert_hex_equal(b.data, b.size, cases[i].hex ? cases[i].hex : "");
		assert_int_equal(strlen(why.text) > 0, !cases[i].hex);
		buf_clear(&b);
	}
}

static int compare(const char *path, const char *a, const char *b)
{
	struct buf ba, bb;
	struct err_text why = { "" };
	buf_init(&ba, VALUE_SIZE_MAX);
	buf_init(&bb, VALUE_SIZE_MAX);
	assert_int_equal(encode(&ba, path, a, &why), ERR_OK);
	assert_int_equal(encode(&bb, path, b, &why), ERR_OK);
	int order = value_compare(field_of(path), buf_bytes(&ba), buf_bytes(&bb));
	assert_int_equal(value_compare(field_of(path), buf_bytes(&bb), buf_bytes(&ba)), -order);
	buf_clear(&ba);
	buf_clear(&bb);
	return order;
}

static void values_compare_by_the_order_of_field_or_type(void **state)
{
	(void)state;
	assert_int_equal(compare("security.public_order", "\"cleared\"", "\"danger\""), -1);
	assert_int_equal(compare("medical_advice.consent", "\"given\"", "\"refused\""), 1);
	assert_int_equal(compare("security.public_order", "\"danger\"", "\"danger\""), 0);
	assert_int_equal(compare("case.reported_on", "\"2026-02-03\"", "\"2025-12-31\""), 1);
	assert_int_equal(compare("test.integer", "-300", "-2"), -1);
	assert_int_equal(compare("test.integer", "-1", "5"), -1);
	assert_int_equal(compare("test.integer", "300", "5"), 1);
	/* An order of its own, not that of the numbers. */
	static const uint32_t order[] = { 2, 1 };
	struct form_field turned = *field_of("identity.age");
	turned.order = order;
	turned.order_count = 2;
	assert_true(value_compare(&turned, bytes_of("\x02", 1), bytes_of("\x01", 1)) < 0);
}

static void blanks_are_null_and_absences(void **state)
{
	(void)state;
	assert_true(value_is_blank(bytes_of("\xf6", 1)));
	assert_true(value_is_blank(bytes_of("\x81\x01", 2)));
	assert_true(value_is_blank(bytes_of("\x81\x03", 2)));
	assert_false(value_is_blank(bytes_of("\x81\x04", 2)));
	assert_false(value_is_blank(bytes_of("\x60", 1)));
	assert_false(value_is_blank(bytes_of("\x00", 1)));
}

static void an_entry_tells_its_kind(void **state)
{
	(void)state;
	const struct form_field *field = field_of("procedure.milestones");
	struct buf b;
	struct err_text why = { "" };
	buf_init(&b, VALUE_SIZE_MAX);
	assert_int_equal(encode(&b, field->path, "{\"a\":[1,{\"kind\":\"x\"}],\"kind\":\"view_filed\"}", &why),
		ERR_OK);
	const struct form_entry_kind *kind = value_entry_kind(field, buf_bytes(&b));
	assert_non_null(kind);
	assert_string_equal(kind->kind, "view_filed");
	assert_true(kind->roles == (role_bit(form_find_role(form, "lawyer")->number) |
		role_bit(form_find_role(form, "nidos")->number)));
	assert_null(value_entry_kind(field, bytes_of("\xa0", 1)));
	assert_null(value_entry_kind(field_of("signals.reports"), buf_bytes(&b)));
	buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_has_one_encoding),
		cmocka_unit_test(what_offices_write_is_taken),
		cmocka_unit_test(what_a_field_does_not_take_is_refused_with_help),
		cmocka_unit_test(typed_text_is_normalised),
		cmocka_unit_test(foreign_bytes_are_judged_strictly),
		cmocka_unit_test(foreign_sizes_are_capped),
		cmocka_unit_test(what_cannot_be_read_is_shown_as_hex),
		cmocka_unit_test(a_typed_word_is_read_as_the_field_needs),
		cmocka_unit_test(values_compare_by_the_order_of_field_or_type),
		cmocka_unit_test(blanks_are_null_and_absences),
		cmocka_unit_test(an_entry_tells_its_kind),
	};
	return cmocka_run_group_tests(tests, load_form, free_form);
}
