/* Help texts, laid out for a terminal. */
#include "cli/help.h"

#include "cli/commands.h"
#include "cli/layout.h"

#include <string.h>

enum { HELP_MAX = 1 << 20, HELP_WIDTH_MAX = 100 };

static size_t help_width(const struct cli *cli)
{
	return cli->print.width < HELP_WIDTH_MAX ? cli->print.width : HELP_WIDTH_MAX;
}

void help_put_synopsis(struct buf *b, enum lang lang, const struct command *c)
{
	bool has_optional = false;
	buf_printf(b, "dossier %s", c->name);
	if (*c->words)
		buf_printf(b, " %s", c->words);
	for (const struct option *o = c->options; o && o->name; o++) {
		if (o->required)
			buf_printf(b, " --%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
		else
			has_optional = true;
	}
	if (has_optional)
		buf_printf(b, " [%s]", SAY(lang, HELP_OPTIONS_WORD));
}

/* Two columns: the option as typed, and what it does, broken into lines under itself. */
static void put_options(struct buf *b, const struct cli *cli, const struct option *list)
{
	enum lang lang = cli->print.lang;
	size_t left = 0;
	for (const struct option *o = list; o->name; o++) {
		size_t size = strlen(o->name) + (o->value ? strlen(o->value) + 1 : 0);
		left = size > left ? size : left;
	}
	for (const struct option *o = list; o->name; o++) {
		struct buf text;
		buf_init(&text, HELP_MAX);
		size_t from = b->size;
		buf_printf(b, "  --%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
		while (b->size < from + left + 6)
			buf_put_byte(b, ' ');
		buf_printf(&text, "%s%s%s%s", message_text(lang, o->help), o->required ? ", " : "",
			o->required ? SAY(lang, HELP_REQUIRED) : "", "");
		if (o->repeats)
			buf_printf(&text, ", %s", SAY(lang, HELP_REPEATS));
		struct buf wrapped;
		buf_init(&wrapped, HELP_MAX);
		text_put_wrapped(&wrapped, buf_text(&text), left + 6, help_width(cli));
		/* The first line goes on where the option ended. */
		if (wrapped.size > left + 6)
			buf_put(b, wrapped.data + left + 6, wrapped.size - left - 6);
		buf_clear(&wrapped);
		buf_clear(&text);
	}
}

static void put_command(struct buf *b, const struct cli *cli, const struct command *c)
{
	enum lang lang = cli->print.lang;
	buf_printf(b, "%s ", SAY(lang, HELP_USAGE));
	help_put_synopsis(b, lang, c);
	buf_printf(b, "\n\n  %s\n", message_text(lang, c->summary));
	if (c->text) {
		buf_put_byte(b, '\n');
		text_put_wrapped(b, message_text(lang, c->text), 2, help_width(cli));
	}
	if (c->options) {
		buf_printf(b, "\n%s\n", SAY(lang, HELP_OPTIONS));
		put_options(b, cli, c->options);
	}
	if (c->examples)
		buf_printf(b, "\n%s\n", SAY(lang, HELP_EXAMPLES));
	for (const struct example *e = c->examples; e && e->line; e++) {
		buf_printf(b, "  %s\n", e->line);
		text_put_wrapped(b, message_text(lang, e->help), 6, help_width(cli));
	}
	buf_printf(b, "\n%s\n", SAY(lang, HELP_GLOBALS_TOO));
}

/* A line per command: all, or those of one family, or those of one group. */
static void put_list(struct buf *b, enum lang lang, const char *family, int group)
{
	struct table t;
	table_init(&t, 2);
	for (size_t i = 0; commands[i]; i++) {
		if (family && !command_verb(commands[i], family))
			continue;
		if (group >= 0 && commands[i]->group != (enum command_group)group)
			continue;
		table_put(&t, commands[i]->name);
		table_put(&t, message_text(lang, commands[i]->summary));
	}
	if (table_write(b, &t, 2))
		buf_put_text(b, "...\n");
	table_clear(&t);
}

static bool group_is_empty(enum command_group group)
{
	for (size_t i = 0; commands[i]; i++)
		if (commands[i]->group == group)
			return false;
	return true;
}

static void put_overview(struct buf *b, const struct cli *cli)
{
	enum lang lang = cli->print.lang;
	buf_printf(b, "dossier: %s\n\n", SAY(lang, TAGLINE));
	buf_printf(b, "%s dossier %s ...\n", SAY(lang, HELP_USAGE), SAY(lang, HELP_COMMAND_WORD));
	for (int g = 0; g < COMMAND_GROUPS; g++) {
		if (group_is_empty((enum command_group)g))
			continue;
		buf_printf(b, "\n%s\n", message_text(lang, command_group_title((enum command_group)g)));
		put_list(b, lang, NULL, g);
	}
	buf_printf(b, "\n%s\n", SAY(lang, HELP_OPTIONS_OF_ALL));
	put_options(b, cli, global_options);
	buf_printf(b, "\n%s\n", SAY(lang, HELP_MORE));
}

int help_print(struct cli *cli, const struct command *command, const char *family)
{
	struct buf b;
	buf_init(&b, HELP_MAX);
	if (command) {
		put_command(&b, cli, command);
	} else if (family) {
		buf_printf(&b, "%s dossier %s ...\n\n", SAY(cli->print.lang, HELP_USAGE), family);
		put_list(&b, cli->print.lang, family, -1);
		buf_printf(&b, "\n%s\n", SAY(cli->print.lang, HELP_MORE));
	} else {
		put_overview(&b, cli);
	}
	print_bytes(&cli->print, buf_bytes(&b));
	buf_clear(&b);
	return EXIT_DONE;
}

void help_print_usage(struct cli *cli)
{
	struct buf b;
	buf_init(&b, HELP_MAX);
	put_overview(&b, cli);
	buf_drop(&b, 0);
	if (b.size)
		b.size--; /* a note ends its own line */
	print_note(&cli->print, "%s", buf_text(&b));
	buf_clear(&b);
}
