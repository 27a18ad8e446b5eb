/* Words of the command line, and moments for people. */
#include "cli/words.h"

#include "node/fs.h"
#include "schema/suggest.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum { JSON_PAGE_MAX = 1 << 30 };

static enum err read_stdin(struct buf *out, struct cli *cli)
{
	uint8_t chunk[16 * 1024];
	size_t got;
	while ((got = fread(chunk, 1, sizeof chunk, stdin)) > 0)
		buf_put(out, chunk, got);
	if (ferror(stdin))
		return err_set(&cli->why, ERR_IO, "standard input: %s", strerror(errno));
	return buf_err(out);
}

enum err words_read_file(struct buf *out, struct cli *cli, const char *path)
{
	return strcmp(path, "-") == 0 ? read_stdin(out, cli) : fs_read_file(out, path, &cli->why);
}

static enum err unknown_form(
	struct desk *d, const char *name, const struct charter_entry *const *list, uint32_t count)
{
	struct buf all;
	buf_init(&all, 1 << 16);
	for (uint32_t i = 0; i < count; i++) {
		struct bytes other = list[i]->statement->as.form.name;
		buf_printf(&all, "%s%.*s", i ? ", " : "", (int)other.size, (const char *)other.data);
	}
	enum err e = err_set(&d->cli->why, name ? ERR_NOT_FOUND : ERR_USAGE,
		name ? SAY(d->cli->print.lang, WORDS_NO_FORM) : SAY(d->cli->print.lang, WORDS_WHICH_FORM),
		buf_text(&all), name ? name : "");
	buf_clear(&all);
	return e;
}

enum err words_form(const struct form **out, struct desk *d, const char *name)
{
	const struct charter_entry *const *list;
	uint32_t count;
	bool found = false, one = true;
	struct arena a;
	*out = NULL;
	arena_init(&a, 1 << 24);
	enum err e = charter_list(&list, &count, &a, replica_charter(d->replica), STATEMENT_FORM);
	for (uint32_t i = 0; i < count && !e; i++) {
		struct bytes own = list[i]->statement->as.form.name;
		one = one && bytes_equal(own, list[0]->statement->as.form.name);
		found = found || (name && bytes_equal(own, bytes_text(name)));
	}
	if (!e && (count == 0 || (name ? !found : !one)))
		e = unknown_form(d, name, list, count);
	if (!e) {
		struct bytes first = list[0]->statement->as.form.name;
		const char *chosen = name ? name : arena_text(&a, first);
		e = chosen ? replica_form_named(out, d->replica, chosen, &d->cli->why) : ERR_MEMORY;
	}
	arena_clear(&a);
	return e;
}

static enum err find_role(uint32_t *number, struct cli *cli, const struct form *form, struct bytes item)
{
	char name[80] = "", hint[128];
	struct suggest near;
	if (item.size < sizeof name)
		memcpy(name, item.data, item.size);
	const struct form_name *role = form_find_role(form, name);
	*number = role ? role->number : 0;
	if (role)
		return ERR_OK;
	suggest_init(&near, name);
	for (size_t i = 0; i < form->role_count; i++)
		suggest_offer(&near, form->roles[i].name);
	suggest_put(&near, hint, sizeof hint);
	return err_set(&cli->why, ERR_USAGE, SAY(cli->print.lang, WORDS_NO_ROLE), form->name, name,
		near.nearest ? hint : "; `dossier form explain`");
}

enum err words_roles(
	role_set *out, struct cli *cli, const struct args *args, const char *option, const struct form *form)
{
	struct args_cursor cursor = { 0 };
	struct bytes item;
	*out = 0;
	while (args_next_item(args, option, &cursor, &item)) {
		uint32_t number;
		enum err e = find_role(&number, cli, form, item);
		if (e)
			return e;
		*out |= role_bit(number);
	}
	return ERR_OK;
}

void words_put_roles(struct buf *b, const struct form *form, role_set roles)
{
	const char *comma = "";
	for (size_t i = 0; i < form->role_count; i++)
		if (roles & role_bit(form->roles[i].number)) {
			buf_printf(b, "%s%s", comma, form->roles[i].name);
			comma = ", ";
		}
}

void words_json_roles(struct json_out *o, const char *key, const struct form *form, role_set roles)
{
	json_put_key(o, key);
	json_put_open(o, '[');
	for (size_t i = 0; i < form->role_count; i++)
		if (roles & role_bit(form->roles[i].number))
			json_put_cstr(o, form->roles[i].name);
	json_put_close(o, ']');
}

enum message words_reason(enum op_reason reason)
{
	static const enum message words[] = {
		[REASON_NONE] = MSG_NONE,
		[REASON_NOT_PERMITTED] = MSG_REASON_NOT_PERMITTED,
		[REASON_WEAKER_AUTHORITY] = MSG_REASON_WEAKER_AUTHORITY,
		[REASON_ALREADY_SET] = MSG_REASON_ALREADY_SET,
		[REASON_WRONG_STATE] = MSG_REASON_WRONG_STATE,
		[REASON_NO_SUCH_TRANSITION] = MSG_REASON_NO_SUCH_TRANSITION,
		[REASON_GUARD_FAILED] = MSG_REASON_GUARD_FAILED,
		[REASON_STRUCK] = MSG_REASON_STRUCK,
		[REASON_INVALID_VALUE] = MSG_REASON_INVALID_VALUE,
		[REASON_NOT_ADOPTED] = MSG_REASON_NOT_ADOPTED,
		[REASON_RETIRED] = MSG_REASON_RETIRED,
		[REASON_UNKNOWN_CODE] = MSG_REASON_UNKNOWN_CODE,
	};
	return (size_t)reason < sizeof words / sizeof words[0] ? words[reason] : MSG_NONE;
}

void words_time(char out[WORDS_TIME_SIZE], uint64_t time)
{
	time_t t = (time_t)time;
	struct tm local;
	if (time == 0 || !localtime_r(&t, &local) || !strftime(out, WORDS_TIME_SIZE, "%Y-%m-%d %H:%M %z", &local))
		snprintf(out, WORDS_TIME_SIZE, "-");
}

void words_json_begin(struct words_json *j)
{
	buf_init(&j->b, JSON_PAGE_MAX);
	json_out_init(&j->o, &j->b);
}

enum err words_json_end(struct words_json *j, struct cli *cli, enum err e)
{
	if (!e)
		e = buf_err(&j->b);
	if (!e)
		print_json(&cli->print, buf_bytes(&j->b));
	buf_wipe(&j->b);
	return e;
}
