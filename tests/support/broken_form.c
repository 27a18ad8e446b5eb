/* Forms with one thing broken. */
#include "tests/support/broken_form.h"

#include "schema/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { FILE_MAX = 8192, TEXT_MAX = 2048 };

static void read_small_form(char out[FILE_MAX])
{
	FILE *file = fopen("tests/unit/schema/small_form.json", "rb");
	assert_non_null(file);
	size_t size = fread(out, 1, FILE_MAX - 1, file);
	fclose(file);
	assert_true(size < FILE_MAX - 1);
	out[size] = '\0';
}

/* Copies with the quotes put in. */
static const char *quoted(char out[TEXT_MAX], const char *text)
{
	size_t size = strlen(text);
	assert_true(size < TEXT_MAX);
	for (size_t i = 0; i <= size; i++)
		out[i] = text[i] == '`' ? '"' : text[i];
	return out;
}

static void expect(const char *form, const char *errors)
{
	struct buf out;
	struct form *f = NULL;
	struct err_text why = { "" };
	unsigned count = 0, lines = 0;
	buf_init(&out, TEXT_MAX);
	assert_int_equal(form_check(&out, bytes_text(form), &count), ERR_OK);
	assert_string_equal(buf_text(&out), errors);
	for (const char *at = errors; *at; at++)
		lines += *at == '\n';
	assert_int_equal(count, lines);
	enum err e = form_load(&f, bytes_text(form), &why);
	assert_int_equal(e, count ? ERR_FORMAT : ERR_OK);
	assert_true((f != NULL) == (e == ERR_OK));
	assert_int_equal(strlen(why.text), strcspn(errors, "\n"));
	assert_memory_equal(why.text, errors, strlen(why.text));
	form_free(f);
	buf_clear(&out);
}

void broken_form_check(const struct broken_form *cases, size_t count)
{
	char form[FILE_MAX], broken[FILE_MAX + TEXT_MAX];
	char find[TEXT_MAX], replace[TEXT_MAX], errors[TEXT_MAX];
	read_small_form(form);
	expect(form, "");
	for (size_t i = 0; i < count; i++) {
		char *at = strstr(form, quoted(find, cases[i].find));
		if (!at || strstr(at + 1, find))
			fail_msg("not exactly once: %s", find);
		snprintf(broken, sizeof broken, "%.*s%s%s", (int)(at - form), form,
			quoted(replace, cases[i].replace), at + strlen(find));
		expect(broken, quoted(errors, cases[i].errors));
	}
}
