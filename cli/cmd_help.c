/* dossier help: explanations, man pages, completion, and the table of commands as data. */
#include "cli/commands.h"

#include "base/json.h"
#include "cli/args.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/man.h"

#include <string.h>

enum { PAGE_MAX = 1 << 20 };

static void put_json_options(struct json_out *o, enum lang lang, const struct option *list)
{
	json_put_open(o, '[');
	for (; list && list->name; list++) {
		json_put_open(o, '{');
		json_put_key(o, "name");
		json_put_cstr(o, list->name);
		json_put_key(o, "value");
		if (list->value)
			json_put_cstr(o, list->value);
		else
			json_put_null(o);
		json_put_key(o, "required");
		json_put_bool(o, list->required);
		json_put_key(o, "repeats");
		json_put_bool(o, list->repeats);
		json_put_key(o, "help");
		json_put_cstr(o, message_text(lang, list->help));
		json_put_close(o, '}');
	}
	json_put_close(o, ']');
}

/* {"commands":[{"name","words","summary","options":[...]}],"options":[...]}, of one command or all. */
static void put_json(struct buf *b, enum lang lang, const struct command *only)
{
	struct json_out o;
	json_out_init(&o, b);
	json_put_open(&o, '{');
	json_put_key(&o, "commands");
	json_put_open(&o, '[');
	for (size_t i = 0; commands[i]; i++) {
		if (only && commands[i] != only)
			continue;
		json_put_open(&o, '{');
		json_put_key(&o, "name");
		json_put_cstr(&o, commands[i]->name);
		json_put_key(&o, "words");
		json_put_cstr(&o, commands[i]->words);
		json_put_key(&o, "summary");
		json_put_cstr(&o, message_text(lang, commands[i]->summary));
		json_put_key(&o, "options");
		put_json_options(&o, lang, commands[i]->options);
		json_put_close(&o, '}');
	}
	json_put_close(&o, ']');
	json_put_key(&o, "options");
	put_json_options(&o, lang, global_options);
	json_put_close(&o, '}');
}

/* The command or family that the words name; an error in the words of the option parser. */
static enum err find_topic(const struct command **command, const char **family, struct cli *cli,
	const struct args *args)
{
	enum lang lang = cli->print.lang;
	*command = NULL;
	*family = NULL;
	if (args->word_count == 0)
		return ERR_OK;
	const char *word = args->words[0];
	const char *verb = args->word_count > 1 ? args->words[1] : NULL;
	*command = command_find_words(word, verb);
	if (!*command && !verb)
		*command = command_find(word); /* "officer new" as one word, as `help --names` prints it */
	if (*command)
		return ERR_OK;
	if (!verb && command_is_family(word)) {
		*family = word;
		return ERR_OK;
	}
	int size;
	const char *near = command_nearest(word, &size);
	if (near)
		return err_set(&cli->why, ERR_USAGE, SAY(lang, ARGS_UNKNOWN_COMMAND_NEAR), word, size, near);
	return err_set(&cli->why, ERR_USAGE, SAY(lang, ARGS_UNKNOWN_COMMAND), word);
}

static int run(struct cli *cli, const struct args *args)
{
	const struct command *command;
	const char *family;
	const char *shell = args_get(args, "completion");
	struct print *p = &cli->print;
	struct buf b;
	if (shell && strcmp(shell, "bash") != 0)
		return cli_fail_with(cli, ERR_USAGE, SAY(p->lang, HELP_BAD_SHELL), shell);
	enum err e = find_topic(&command, &family, cli, args);
	if (e)
		return cli_fail(cli, e);
	if (args_has(args, "names")) {
		for (size_t i = 0; commands[i]; i++)
			print_data(p, "%s\n", commands[i]->name);
		return EXIT_DONE;
	}
	if (!shell && !args_has(args, "man") && !p->json)
		return help_print(cli, command, family);
	buf_init(&b, PAGE_MAX);
	if (shell)
		completion_put_bash(&b);
	else if (p->json)
		put_json(&b, p->lang, command);
	else
		man_put(&b, p->lang, command);
	if (p->json && !shell)
		print_json(p, buf_bytes(&b));
	else
		print_bytes(p, buf_bytes(&b));
	e = buf_err(&b);
	buf_clear(&b);
	return e ? cli_fail_with(cli, e, "%s", "") : EXIT_DONE;
}

static const struct option options[] = {
	{ "man", NULL, MSG_CMD_HELP_MAN, false, false },
	{ "completion", "SHELL", MSG_CMD_HELP_COMPLETION, false, false },
	{ "names", NULL, MSG_CMD_HELP_NAMES, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

static const struct example examples[] = {
	{ "dossier help version", MSG_CMD_HELP_EXAMPLE },
	{ "dossier help --man version | man -l -", MSG_CMD_HELP_EXAMPLE_MAN },
	{ NULL, MSG_NONE },
};

const struct command command_help = {
	.name = "help",
	.group = GROUP_UPKEEP,
	.words = "[COMMAND]",
	.words_max = 2,
	.summary = MSG_CMD_HELP,
	.text = MSG_CMD_HELP_TEXT,
	.options = options,
	.examples = examples,
	.run = run,
};
