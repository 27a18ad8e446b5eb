/* Making and reporting one signed change. */
#include "cli/signing.h"

#include "node/json_put.h"

#include <string.h>

enum { SIGNING_MEMORY = 256 << 20, VALUE_FILE_MAX = 1 << 20 };

enum err signing_begin(struct signing *s, struct cli *cli, const char *word)
{
	struct casefile *f;
	*s = (struct signing){ .cli = cli };
	arena_init(&s->arena, SIGNING_MEMORY);
	enum err e = desk_open(&s->desk, cli, DESK_OFFICER);
	s->edit.officer = &s->desk.officer;
	if (e || !word)
		return e;
	e = lookup_case(&s->edit.case_id, s->desk.replica, word, &cli->why);
	if (!e)
		e = replica_case(&f, s->desk.replica, &s->edit.case_id, &cli->why);
	if (!e) {
		s->edit.form = f->form;
		op_list_init(&s->ops, &s->arena, f->form);
	}
	return e;
}

enum err signing_open_case(struct signing *s, const char *form)
{
	enum err e = words_form(&s->edit.form, &s->desk, form);
	if (!e)
		e = casework_opening_grants(
			&s->edit.grants, &s->edit.grant_count, &s->arena, s->desk.replica, s->edit.form);
	s->edit.opens = true;
	op_list_init(&s->ops, &s->arena, s->edit.form);
	return e;
}

enum err signing_fetch(const char **out, struct signing *s, const char *argument)
{
	struct buf b;
	*out = argument;
	if (argument[0] != '@')
		return ERR_OK;
	if (argument[1] == '@') {
		*out = argument + 1;
		return ERR_OK;
	}
	buf_init(&b, VALUE_FILE_MAX);
	enum err e = words_read_file(&b, s->cli, argument + 1);
	/* One new line at a file's end is the editor's. */
	if (!e && b.size > 0 && b.data[b.size - 1] == '\n')
		b.size--;
	if (!e && b.size > 0 && memchr(b.data, '\0', b.size))
		e = err_set(&s->cli->why, ERR_USAGE, SAY(s->cli->print.lang, EDIT_NO_TEXT), argument + 1);
	*out = e ? "" : arena_text(&s->arena, buf_bytes(&b));
	buf_wipe(&b);
	return e || *out ? e : ERR_MEMORY;
}

static enum err add_word(struct signing *s, const char *text, uint32_t basis)
{
	struct op_word word;
	const char *value;
	if (!op_word_split(&word, text))
		return err_set(&s->cli->why, ERR_USAGE, SAY(s->cli->print.lang, EDIT_NO_WORD), text);
	enum err e = signing_fetch(&value, s, word.value);
	return e ? e : op_list_add_word(&s->ops, &word, bytes_text(value), basis, &s->cli->why);
}

static enum err add_file(struct signing *s, const char *path)
{
	struct json *root = NULL;
	struct err_text detail = { "" };
	struct buf b;
	buf_init(&b, DESK_FILE_MAX);
	enum err e = words_read_file(&b, s->cli, path);
	if (!e) {
		e = json_parse(&root, buf_bytes(&b), &detail);
		if (e)
			e = err_set(&s->cli->why, ERR_USAGE, "%s: %s", path, detail.text);
	}
	if (!e)
		e = op_list_add_all_json(&s->ops, root, &s->cli->why);
	json_free(root);
	buf_wipe(&b);
	return e;
}

enum err signing_add_words(struct signing *s, const struct args *args, size_t first)
{
	const char *basis_name = args_get(args, "basis"), *file = args_get(args, "ops");
	const char *role = args_get(args, "role");
	uint32_t basis = 0;
	role_set roles = 0;
	enum err e = basis_name ? op_find_basis(&basis, s->edit.form, basis_name, &s->cli->why) : ERR_OK;
	if (!e && role)
		e = words_roles(&roles, s->cli, args, "role", s->edit.form);
	s->edit.role = form_least_telling(s->edit.form, roles);
	for (size_t i = first; i < args->word_count && !e; i++)
		e = add_word(s, args->words[i], basis);
	if (!e && file)
		e = add_file(s, file);
	return e;
}

enum err signing_field(
	const struct casefile **file, const struct view_field **field, struct signing *s, const char *path)
{
	struct casefile *f;
	const struct view *view;
	const struct form_field *wanted;
	*field = NULL;
	enum err e = op_find_field(&wanted, s->edit.form, path, &s->cli->why);
	if (!e)
		e = replica_case(&f, s->desk.replica, &s->edit.case_id, &s->cli->why);
	if (!e)
		e = casefile_view(&view, f, &s->cli->why);
	if (e)
		return e;
	*file = f;
	*field = view_find(view, wanted->number);
	if (!*field)
		return err_set(&s->cli->why, ERR_NOT_FOUND, SAY(s->cli->print.lang, EDIT_NEVER_WRITTEN), path);
	return ERR_OK;
}

/* The refusal in words: which operation, why, and who may. */
static enum err refusal(struct signing *s)
{
	const struct edit_result *r = &s->result;
	enum lang lang = s->cli->print.lang;
	if (r->why.text[0])
		return err_set(&s->cli->why, ERR_REFUSED, "%s", r->why.text);
	const struct form_field *field =
		r->op < s->ops.count ? form_find_field(s->edit.form, s->ops.ops[r->op].field) : NULL;
	const char *path = field ? field->path : SAY(lang, EDIT_THE_CHANGE);
	struct buf may;
	buf_init(&may, 4096);
	words_put_roles(&may, s->edit.form, r->may);
	enum err e = r->reason == REASON_NOT_PERMITTED && r->may
		? err_set(&s->cli->why, ERR_REFUSED, SAY(lang, EDIT_REFUSED_MAY), path, buf_text(&may))
		: err_set(&s->cli->why, ERR_REFUSED, SAY(lang, EDIT_REFUSED_REASON), path, op_reason_name(r->reason),
			message_text(lang, words_reason(r->reason)));
	buf_clear(&may);
	return e;
}

static enum err make(struct signing *s)
{
	s->edit.ops = s->ops.ops;
	s->edit.op_count = s->ops.count;
	enum err e = replica_edit(s->desk.replica, &s->edit, 1, &s->result, &s->cli->why);
	if (!e && s->result.verdict != EDIT_DONE)
		e = refusal(s);
	return e;
}

/* Members that could not be given a compartment's key stay without it; that is worth a word. */
static void warn_without(struct signing *s)
{
	for (size_t i = 0; i < s->edit.form->compartment_count; i++) {
		const struct form_compartment *c = &s->edit.form->compartments[i];
		if (s->result.without_key >> c->number & 1)
			print_warning(&s->cli->print, SAY(s->cli->print.lang, EDIT_WITHOUT_KEY), c->name);
	}
}

static enum err report(struct signing *s, const char *done)
{
	const struct edit_result *r = &s->result;
	struct words_json j;
	char change[65], name[LOOKUP_SHORT_SIZE], case_hex[LOOKUP_SHORT_SIZE];
	hex_encode(change, bytes_of(r->change.b, sizeof r->change.b));
	hex_encode(case_hex, bytes_of(r->case_id.b, sizeof r->case_id.b));
	enum err e = lookup_shorten(name, s->desk.replica, &r->case_id);
	if (e)
		return e;
	warn_without(s);
	if (!s->cli->print.json) {
		print_data(&s->cli->print, "%s\n", s->edit.opens ? case_hex : change);
		print_note(&s->cli->print, SAY(s->cli->print.lang, SIGNING_REPORT), done, change, name,
			s->edit.opens ? SAY(s->cli->print.lang, EDIT_NEXT_NEW) : SAY(s->cli->print.lang, EDIT_NEXT));
		return ERR_OK;
	}
	words_json_begin(&j);
	json_put_open(&j.o, '{');
	put_member_cstr(&j.o, "case", case_hex);
	put_member_cstr(&j.o, "change", change);
	json_put_close(&j.o, '}');
	return words_json_end(&j, s->cli, ERR_OK);
}

int signing_finish(struct signing *s, enum err e, const char *done)
{
	if (!e)
		e = make(s);
	if (!e)
		e = report(s, done);
	desk_close(&s->desk);
	arena_clear(&s->arena);
	return e ? cli_fail(s->cli, e) : EXIT_DONE;
}
