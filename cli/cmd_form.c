/* dossier form: what a form file says, and what is wrong with it. */
#include "cli/args.h"
#include "cli/commands.h"

#include "base/json.h"
#include "node/forms.h"
#include "node/fs.h"
#include "schema/form.h"
#include "schema/suggest.h"

#include <string.h>

enum { FORM_FILE_MAX = 16 << 20, REPORT_MAX = 64 << 20 };

/* The lines of a report as a JSON array of texts. */
static void put_lines(struct json_out *o, struct bytes report)
{
	json_put_open(o, '[');
	while (report.size) {
		const uint8_t *end = memchr(report.data, '\n', report.size);
		size_t size = end ? (size_t)(end - report.data) : report.size;
		json_put_text(o, bytes_of(report.data, size));
		size += end != NULL;
		report = bytes_of(report.data + size, report.size - size);
	}
	json_put_close(o, ']');
}

static enum err print_errors(struct print *p, const char *path, struct bytes report)
{
	struct buf b;
	struct json_out o;
	if (!p->json) {
		print_bytes(p, report);
		return ERR_OK;
	}
	buf_init(&b, REPORT_MAX);
	json_out_init(&o, &b);
	json_put_open(&o, '{');
	json_put_key(&o, "file");
	json_put_cstr(&o, path);
	json_put_key(&o, "errors");
	put_lines(&o, report);
	json_put_close(&o, '}');
	enum err e = buf_err(&b);
	if (!e)
		print_json(p, buf_bytes(&b));
	buf_clear(&b);
	return e;
}

static int run_check(struct cli *cli, const struct args *args)
{
	const char *path = args->words[0];
	unsigned errors = 0;
	struct buf file, report;
	buf_init(&file, FORM_FILE_MAX);
	buf_init(&report, REPORT_MAX);
	int code = EXIT_DONE;
	enum err e = fs_read_file(&file, path, &cli->why);
	if (!e)
		e = form_check(&report, buf_bytes(&file), &errors);
	if (!e)
		e = print_errors(&cli->print, path, buf_bytes(&report));
	if (e)
		code = cli_fail(cli, e);
	else if (errors)
		code = cli_fail_with(cli, ERR_FORMAT, SAY(cli->print.lang, FORM_IS_BAD), path, errors);
	else
		print_note(&cli->print, SAY(cli->print.lang, FORM_IS_GOOD), path);
	buf_clear(&report);
	buf_clear(&file);
	return code;
}

/* The bytes of a carried form, or else of the file of that path. */
static enum err read_form(struct buf *file, struct cli *cli, const char *name)
{
	struct bytes carried;
	if (form_file_find(&carried, name)) {
		buf_put_bytes(file, carried);
		return buf_err(file);
	}
	enum err e = fs_read_file(file, name, &cli->why);
	if (e != ERR_NOT_FOUND)
		return e;
	struct suggest s;
	suggest_init(&s, name);
	for (const struct form_file *f = forms_data; f->name; f++)
		suggest_offer(&s, f->name);
	if (s.nearest)
		return err_set(&cli->why, e, SAY(cli->print.lang, FORM_UNKNOWN_NEAR), name, s.nearest);
	return err_set(&cli->why, e, SAY(cli->print.lang, FORM_UNKNOWN), name);
}

static int run_explain(struct cli *cli, const struct args *args)
{
	struct form *form = NULL;
	struct buf file, out;
	buf_init(&file, FORM_FILE_MAX);
	buf_init(&out, REPORT_MAX);
	enum err e = read_form(&file, cli, args->words[0]);
	if (!e)
		e = form_load(&form, buf_bytes(&file), &cli->why);
	if (!e)
		e = form_explain(&out, form, cli->print.json);
	if (!e && cli->print.json)
		print_json(&cli->print, buf_bytes(&out));
	else if (!e)
		print_bytes(&cli->print, buf_bytes(&out));
	form_free(form);
	buf_clear(&out);
	buf_clear(&file);
	return e ? cli_fail(cli, e) : EXIT_DONE;
}

static const struct example check_examples[] = {
	{ "dossier form check draft.json", MSG_CMD_FORM_CHECK_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_form_check = {
	.name = "form check",
	.group = GROUP_UPKEEP,
	.words = "FILE",
	.words_min = 1,
	.words_max = 1,
	.summary = MSG_CMD_FORM_CHECK,
	.text = MSG_CMD_FORM_CHECK_TEXT,
	.examples = check_examples,
	.run = run_check,
};

static const struct example explain_examples[] = {
	{ "dossier form explain asylum", MSG_CMD_FORM_EXPLAIN_EXAMPLE },
	{ NULL, MSG_NONE },
};

const struct command command_form_explain = {
	.name = "form explain",
	.group = GROUP_UPKEEP,
	.words = "FORM",
	.words_min = 1,
	.words_max = 1,
	.summary = MSG_CMD_FORM_EXPLAIN,
	.text = MSG_CMD_FORM_EXPLAIN_TEXT,
	.examples = explain_examples,
	.run = run_explain,
};
