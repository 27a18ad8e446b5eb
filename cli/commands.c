/* The table of commands and how one is found in it. */
#include "cli/commands.h"

#include "schema/suggest.h"

#include <assert.h>
#include <string.h>

const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "cli/commands.def"
#undef COMMAND
	NULL
};

const struct option global_options[] = {
	{ "home", "DIR", MSG_OPTION_HOME, false, false },
	{ "as", "OFFICER", MSG_OPTION_AS, false, false },
	{ "passphrase-file", "FILE", MSG_OPTION_PASSPHRASE_FILE, false, false },
	{ "json", NULL, MSG_OPTION_JSON, false, false },
	{ "no-input", NULL, MSG_OPTION_NO_INPUT, false, false },
	{ "quiet", NULL, MSG_OPTION_QUIET, false, false },
	{ "lang", "nl|en", MSG_OPTION_LANG, false, false },
	{ "help", NULL, MSG_OPTION_HELP, false, false },
	{ "version", NULL, MSG_OPTION_VERSION, false, false },
	{ NULL, NULL, MSG_NONE, false, false },
};

const char *command_verb(const struct command *c, const char *word)
{
	size_t size = strlen(word);
	if (strncmp(c->name, word, size) != 0 || c->name[size] != ' ')
		return NULL;
	return c->name + size + 1;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

const struct command *command_find_words(const char *word, const char *verb)
{
	if (!verb)
		return command_find(word);
	for (size_t i = 0; commands[i]; i++) {
		const char *own = command_verb(commands[i], word);
		if (own && strcmp(own, verb) == 0)
			return commands[i];
	}
	return NULL;
}

bool command_is_family(const char *word)
{
	for (size_t i = 0; commands[i]; i++)
		if (command_verb(commands[i], word))
			return true;
	return false;
}

static const struct option *find_in(const struct option *list, const char *name, size_t size)
{
	for (; list && list->name; list++)
		if (strlen(list->name) == size && memcmp(list->name, name, size) == 0)
			return list;
	return NULL;
}

const struct option *command_find_option(const struct command *c, const char *name, size_t size)
{
	const struct option *found = c ? find_in(c->options, name, size) : NULL;
	return found ? found : find_in(global_options, name, size);
}

const char *command_nearest(const char *word, int *size)
{
	char first[32];
	struct suggest s;
	suggest_init(&s, word);
	*size = 0;
	for (size_t i = 0; commands[i]; i++) {
		size_t length = strcspn(commands[i]->name, " ");
		assert(length < sizeof first);
		memcpy(first, commands[i]->name, length);
		first[length] = '\0';
		suggest_offer(&s, first);
		if (s.nearest == first) {
			s.nearest = commands[i]->name; /* which outlives this loop */
			*size = (int)length;
		}
	}
	return s.nearest;
}

const char *command_nearest_verb(const char *family, const char *verb)
{
	struct suggest s;
	suggest_init(&s, verb);
	for (size_t i = 0; commands[i]; i++) {
		const char *own = command_verb(commands[i], family);
		if (own)
			suggest_offer(&s, own);
	}
	return s.nearest;
}

const char *command_nearest_option(const struct command *c, const char *name)
{
	struct suggest s;
	suggest_init(&s, name);
	for (const struct option *o = c ? c->options : NULL; o && o->name; o++)
		suggest_offer(&s, o->name);
	for (const struct option *o = global_options; o->name; o++)
		suggest_offer(&s, o->name);
	return s.nearest;
}

enum message command_group_title(enum command_group group)
{
	static const enum message titles[COMMAND_GROUPS] = {
		[GROUP_START] = MSG_GROUP_START,
		[GROUP_CASES] = MSG_GROUP_CASES,
		[GROUP_PEOPLE] = MSG_GROUP_PEOPLE,
		[GROUP_SYNC] = MSG_GROUP_SYNC,
		[GROUP_PROOF] = MSG_GROUP_PROOF,
		[GROUP_UPKEEP] = MSG_GROUP_UPKEEP,
	};
	assert((unsigned)group < COMMAND_GROUPS);
	return titles[group];
}
