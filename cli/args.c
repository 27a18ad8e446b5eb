/* The option parser. */
#include "cli/args.h"

#include "cli/commands.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	struct args *args;
	enum lang lang;
	struct err_text *why;
	const char *first; /* the first word of a family, until its second is seen */
};

static enum err unknown_command(struct parser *p, const char *word)
{
	int size;
	const char *near = command_nearest(word, &size);
	if (near)
		return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_UNKNOWN_COMMAND_NEAR), word, size, near);
	return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_UNKNOWN_COMMAND), word);
}

/* A word that is no option: part of the command's name, or what the command works on. */
static enum err take_word(struct parser *p, const char *word)
{
	struct args *a = p->args;
	if (a->command) {
		a->words[a->word_count++] = word;
		return ERR_OK;
	}
	if (p->first) {
		a->command = command_find_words(p->first, word);
		if (a->command) {
			p->first = NULL;
			return ERR_OK;
		}
		const char *near = command_nearest_verb(p->first, word);
		if (near)
			return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_UNKNOWN_VERB_NEAR), p->first, word,
				p->first, near);
		return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_UNKNOWN_VERB), p->first, word, p->first);
	}
	a->command = command_find_words(word, NULL);
	if (!a->command && command_is_family(word))
		p->first = word;
	else if (!a->command)
		return unknown_command(p, word);
	return ERR_OK;
}

/* An option at argv[*at]; moves *at onto its value when that is the next word. */
static enum err take_option(struct parser *p, int argc, char *const *argv, int *at)
{
	struct args *a = p->args;
	const char *text = argv[*at];
	const char *name = strcmp(text, "-h") == 0 ? "help" : text + strspn(text, "-");
	size_t size = strcspn(name, "=");
	const struct option *o = NULL;
	if (strncmp(text, "--", 2) == 0 || strcmp(text, "-h") == 0)
		o = command_find_option(a->command, name, size);
	if (!o) {
		const char *near = command_nearest_option(a->command, name);
		if (near)
			return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_UNKNOWN_OPTION_NEAR), text, near);
		return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_UNKNOWN_OPTION), text);
	}
	const char *value = name[size] == '=' ? name + size + 1 : NULL;
	if (value && !o->value)
		return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_NO_VALUE), o->name);
	if (o->value && !value) {
		if (*at + 1 >= argc)
			return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_WANTS_VALUE), o->name, o->value);
		value = argv[++*at];
	}
	for (size_t i = 0; i < a->option_count; i++)
		if (a->options[i].option == o && o->value && !o->repeats)
			return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_TWICE), o->name);
	if (a->option_count == ARGS_OPTIONS_MAX)
		return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_TOO_MANY_OPTIONS), (int)ARGS_OPTIONS_MAX);
	a->options[a->option_count].option = o;
	a->options[a->option_count++].value = value;
	return ERR_OK;
}

/* What the whole line lacks, or has too much of. */
static enum err check_whole(const struct parser *p)
{
	const struct args *a = p->args;
	const struct command *c = a->command;
	if (args_has(a, "help") || args_has(a, "version"))
		return ERR_OK;
	if (a->family)
		return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_WANTS_VERB), a->family, a->family);
	if (!c)
		return ERR_OK;
	if (a->word_count < c->words_min)
		return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_TOO_FEW_WORDS), c->words, c->name);
	if (a->word_count > c->words_max)
		return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_TOO_MANY_WORDS), a->words[c->words_max],
			c->name);
	for (const struct option *o = c->options; o && o->name; o++)
		if (o->required && !args_has(a, o->name))
			return err_set(p->why, ERR_USAGE, SAY(p->lang, ARGS_WANTS_OPTION), o->name,
				o->value ? o->value : "", c->name);
	return ERR_OK;
}

enum err args_parse(struct args *out, int argc, char *const *argv, enum lang lang, struct err_text *why)
{
	struct parser p = { .args = out, .lang = lang, .why = why };
	enum err first_error = ERR_OK;
	bool options_end = false;
	*out = (struct args){ 0 };
	out->words = calloc((size_t)argc + 1, sizeof *out->words);
	if (!out->words)
		return err_set(why, ERR_MEMORY, "out of memory");
	for (int i = 1; i < argc; i++) {
		enum err e;
		if (!options_end && strcmp(argv[i], "--") == 0) {
			options_end = true;
			continue;
		}
		if (!options_end && argv[i][0] == '-' && argv[i][1])
			e = take_option(&p, argc, argv, &i);
		else
			e = take_word(&p, argv[i]);
		/* The first error is the one to tell; the rest is read on, for --json says how to. */
		if (e && !first_error) {
			first_error = e;
			p.why = NULL;
		}
	}
	out->family = p.first;
	return first_error ? first_error : check_whole(&p);
}

void args_clear(struct args *a)
{
	free(a->words);
	*a = (struct args){ 0 };
}

const char *args_next(const struct args *a, const char *name, size_t *at)
{
	assert(command_find_option(a->command, name, strlen(name)));
	while (*at < a->option_count) {
		size_t i = (*at)++;
		if (strcmp(a->options[i].option->name, name) == 0)
			return a->options[i].value ? a->options[i].value : "";
	}
	return NULL;
}

const char *args_get(const struct args *a, const char *name)
{
	size_t at = 0;
	return args_next(a, name, &at);
}

bool args_has(const struct args *a, const char *name)
{
	return args_get(a, name) != NULL;
}

bool args_next_item(const struct args *a, const char *name, struct args_cursor *cursor, struct bytes *item)
{
	for (;;) {
		while (cursor->rest && *cursor->rest) {
			const char *start = cursor->rest;
			size_t size = strcspn(start, ",");
			cursor->rest += size + (start[size] == ',');
			*item = bytes_of(start, size);
			if (size)
				return true;
		}
		cursor->rest = args_next(a, name, &cursor->at);
		if (!cursor->rest)
			return false;
	}
}

enum lang args_lang(int argc, char *const *argv, const char *locale)
{
	int lang = locale ? lang_find(locale) : -1;
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *value = "";
		if (strncmp(argv[i], "--lang=", 7) == 0)
			value = argv[i] + 7;
		else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
			value = argv[i + 1];
		int named = lang_find(value);
		if (named >= 0)
			lang = named;
	}
	return lang == LANG_NL ? LANG_NL : LANG_EN;
}
