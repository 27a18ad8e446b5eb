/* From a command line to the command that runs it. */
#include "cli/cli.h"

#include "base/secret.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/help.h"

#include <stdarg.h>
#include <stdlib.h>

/* The locale that decides on messages (POSIX, Environment Variables): the first that is not empty. */
static const char *locale_name(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return value;
	}
	return NULL;
}

/* The value of an option, or else of the environment; an empty one is none. */
static const char *option_or_env(const struct args *args, const char *option, const char *env)
{
	const char *value = args_get(args, option);
	if (!value)
		value = getenv(env);
	return value && *value ? value : NULL;
}

static void take_globals(struct cli *cli, const struct args *args)
{
	const char *user = getenv("HOME");
	cli->home = option_or_env(args, "home", "DOSSIER_HOME");
	if (!cli->home && user && *user) {
		int size = snprintf(cli->home_default, sizeof cli->home_default, "%s/.dossier", user);
		if (size > 0 && (size_t)size < sizeof cli->home_default)
			cli->home = cli->home_default;
	}
	cli->as = option_or_env(args, "as", "DOSSIER_AS");
	cli->passphrase_file = args_get(args, "passphrase-file");
	cli->no_input = args_has(args, "no-input");
	cli->print.quiet = args_has(args, "quiet");
	cli->print.json = args_has(args, "json");
}

static int run(struct cli *cli, const struct args *args)
{
	const char *lang = args_get(args, "lang");
	if (lang && lang_find(lang) < 0)
		return cli_fail_with(cli, ERR_USAGE, SAY(cli->print.lang, ARGS_BAD_LANG), lang);
	if (args_has(args, "version"))
		return command_version.run(cli, args);
	if (args_has(args, "help"))
		return help_print(cli, args->command, args->family);
	if (!args->command) {
		help_print_usage(cli);
		return EXIT_BAD_USAGE;
	}
	enum err e = crypto_init();
	if (e)
		return cli_fail_with(cli, e, "%s", "the system has no source of randomness");
	return args->command->run(cli, args);
}

int cli_run(int argc, char *const *argv, FILE *out, FILE *err)
{
	struct args args;
	struct cli cli = { 0 };
	int code;
	print_init(&cli.print, out, err, args_lang(argc, argv, locale_name()));
	enum err e = args_parse(&args, argc, argv, cli.print.lang, &cli.why);
	take_globals(&cli, &args);
	cli.command = args.command ? args.command->name : NULL;
	code = e ? cli_fail(&cli, e) : run(&cli, &args);
	e = print_finish(&cli.print, &cli.why);
	if (e)
		code = cli_fail(&cli, e);
	args_clear(&args);
	return code;
}

int cli_fail(struct cli *cli, enum err e)
{
	enum lang lang = cli->print.lang;
	struct err_text words = cli->why;
	/* The floors below speak English; their words get their kind in the reader's language before them. */
	if (lang != LANG_EN && e != ERR_USAGE && *cli->why.text)
		(void)err_set(&words, e, "%s: %s", print_failure_kind(lang, e), cli->why.text);
	print_failure(&cli->print, cli->command, e, words.text);
	return (int)exit_code(e);
}

int cli_fail_with(struct cli *cli, enum err e, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(cli->why.text, sizeof cli->why.text, fmt, ap);
	va_end(ap);
	print_failure(&cli->print, cli->command, e, cli->why.text);
	return (int)exit_code(e);
}

const char *cli_home(struct cli *cli)
{
	if (!cli->home)
		(void)cli_fail_with(cli, ERR_USAGE, "%s", SAY(cli->print.lang, NO_HOME));
	return cli->home;
}
