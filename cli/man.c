/* Man pages. */
#include "cli/man.h"

#include "cli/commands.h"
#include "cli/help.h"
#include "cli/version.h"

#include <ctype.h>
#include <string.h>

void man_put_text(struct buf *b, const char *text)
{
	bool at_start = b->size == 0 || b->data[b->size - 1] == '\n';
	for (; *text; text++) {
		if (at_start && (*text == '.' || *text == '\''))
			buf_put_text(b, "\\&");
		at_start = *text == '\n';
		switch (*text) {
		case '\\':
			buf_put_text(b, "\\e");
			break;
		case '-':
			buf_put_text(b, "\\-");
			break;
		case '\'':
			buf_put_text(b, "\\(aq");
			break;
		case '`':
			buf_put_text(b, "\\(ga");
			break;
		case '^':
			buf_put_text(b, "\\(ha");
			break;
		case '~':
			buf_put_text(b, "\\(ti");
			break;
		default:
			buf_put(b, text, 1);
		}
	}
}

/* The page's name: dossier-officer-new for "officer new". */
static void put_page_name(struct buf *b, const struct command *c)
{
	buf_put_text(b, "dossier");
	if (!c)
		return;
	buf_put_text(b, "\\-");
	for (const char *at = c->name; *at; at++)
		if (*at == ' ' || *at == '-')
			buf_put_text(b, "\\-");
		else
			buf_put(b, at, 1);
}

static void put_heading(struct buf *b, const char *title)
{
	buf_printf(b, ".SH \"%s\"\n", title);
}

/* "\n\n" parts paragraphs. */
static void put_paragraphs(struct buf *b, const char *text)
{
	for (;;) {
		const char *end = strstr(text, "\n\n");
		struct buf part;
		buf_init(&part, 1 << 16);
		buf_put(&part, text, end ? (size_t)(end - text) : strlen(text));
		buf_put_text(b, ".PP\n");
		man_put_text(b, buf_text(&part));
		buf_put_byte(b, '\n');
		buf_clear(&part);
		if (!end)
			return;
		text = end + 2;
	}
}

/* A term in bold with its value in italics, and what it means. */
static void put_term(struct buf *b, const char *dashes, const char *name, const char *value,
	const char *meaning)
{
	buf_put_text(b, ".TP\n\\fB");
	man_put_text(b, dashes);
	man_put_text(b, name);
	buf_put_text(b, "\\fR");
	if (value) {
		buf_put_text(b, " \\fI");
		man_put_text(b, value);
		buf_put_text(b, "\\fR");
	}
	buf_put_byte(b, '\n');
	man_put_text(b, meaning);
	buf_put_text(b, ".\n");
}

static void put_options(struct buf *b, enum lang lang, const struct option *list)
{
	for (; list && list->name; list++) {
		struct buf meaning;
		buf_init(&meaning, 1 << 16);
		buf_put_text(&meaning, message_text(lang, list->help));
		if (list->required)
			buf_printf(&meaning, " (%s)", SAY(lang, HELP_REQUIRED));
		if (list->repeats)
			buf_printf(&meaning, " (%s)", SAY(lang, HELP_REPEATS));
		put_term(b, "--", list->name, list->value, buf_text(&meaning));
		buf_clear(&meaning);
	}
}

static void put_exit_status(struct buf *b, enum lang lang)
{
	static const struct {
		const char *code;
		enum message meaning;
	} codes[] = {
		{ "0", MSG_EXIT_DONE }, { "1", MSG_EXIT_FAILED }, { "2", MSG_EXIT_BAD_USAGE },
		{ "3", MSG_EXIT_NOTHING }, { "4", MSG_EXIT_CONFLICTS }, { "5", MSG_EXIT_UNVERIFIED },
		{ "6", MSG_EXIT_UNREACHABLE }, { "7", MSG_EXIT_LOCKED }, { "8", MSG_EXIT_REFUSED },
		{ "130", MSG_EXIT_INTERRUPTED },
	};
	put_heading(b, SAY(lang, MAN_EXIT_STATUS));
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		put_term(b, "", codes[i].code, NULL, message_text(lang, codes[i].meaning));
}

static void put_command_sections(struct buf *b, enum lang lang, const struct command *c)
{
	struct buf line;
	buf_init(&line, 4096);
	put_heading(b, SAY(lang, MAN_SYNOPSIS));
	help_put_synopsis(&line, lang, c);
	man_put_text(b, buf_text(&line));
	buf_put_byte(b, '\n');
	buf_clear(&line);
	if (c->text) {
		put_heading(b, SAY(lang, MAN_DESCRIPTION));
		put_paragraphs(b, message_text(lang, c->text));
	}
	put_heading(b, SAY(lang, MAN_OPTIONS));
	put_options(b, lang, c->options);
	put_paragraphs(b, SAY(lang, MAN_GLOBALS));
	put_exit_status(b, lang);
	if (c->examples)
		put_heading(b, SAY(lang, MAN_EXAMPLES));
	for (const struct example *e = c->examples; e && e->line; e++) {
		buf_put_text(b, ".TP\n\\fB");
		man_put_text(b, e->line);
		buf_put_text(b, "\\fR\n");
		man_put_text(b, message_text(lang, e->help));
		buf_put_byte(b, '\n');
	}
	put_heading(b, SAY(lang, MAN_SEE_ALSO));
	buf_put_text(b, ".BR dossier (1)\n");
}

static void put_program_sections(struct buf *b, enum lang lang)
{
	put_heading(b, SAY(lang, MAN_SYNOPSIS));
	buf_printf(b, "dossier \\fI%s\\fR ...\n", SAY(lang, HELP_COMMAND_WORD));
	put_heading(b, SAY(lang, MAN_DESCRIPTION));
	put_paragraphs(b, SAY(lang, MAN_TEXT));
	put_heading(b, SAY(lang, MAN_COMMANDS));
	for (size_t i = 0; commands[i]; i++)
		put_term(b, "", commands[i]->name, *commands[i]->words ? commands[i]->words : NULL,
			message_text(lang, commands[i]->summary));
	put_heading(b, SAY(lang, MAN_OPTIONS));
	put_options(b, lang, global_options);
	put_heading(b, SAY(lang, MAN_ENVIRONMENT));
	put_term(b, "", "DOSSIER_HOME", NULL, SAY(lang, MAN_ENV_HOME));
	put_term(b, "", "DOSSIER_AS", NULL, SAY(lang, MAN_ENV_AS));
	put_term(b, "", "LC_ALL, LC_MESSAGES, LANG", NULL, SAY(lang, MAN_ENV_LANG));
	put_term(b, "", "NO_COLOR", NULL, SAY(lang, MAN_ENV_NO_COLOR));
	put_exit_status(b, lang);
	put_heading(b, SAY(lang, MAN_SEE_ALSO));
	buf_put_text(b, ".BR git (1),\n.BR ssh\\-keygen (1)\n");
}

void man_put(struct buf *b, enum lang lang, const struct command *c)
{
	struct buf name;
	buf_init(&name, 256);
	put_page_name(&name, c);
	buf_put_text(b, ".TH ");
	for (const char *at = buf_text(&name); *at; at++)
		buf_put_byte(b, (uint8_t)toupper((unsigned char)*at));
	buf_printf(b, " 1 \"\" \"dossier %s\" \"%s\"\n", DOSSIER_VERSION, SAY(lang, MAN_MANUAL));
	buf_put_text(b, ".nh\n.ad l\n");
	put_heading(b, SAY(lang, MAN_NAME));
	buf_printf(b, "%s \\- ", buf_text(&name));
	man_put_text(b, c ? message_text(lang, c->summary) : SAY(lang, TAGLINE));
	buf_put_byte(b, '\n');
	buf_clear(&name);
	if (c)
		put_command_sections(b, lang, c);
	else
		put_program_sections(b, lang);
}
