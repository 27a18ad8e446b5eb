/* Bash completion: first words, second words of families, options; file names elsewhere. */
#include "cli/completion.h"

#include "cli/commands.h"

#include <stdbool.h>
#include <string.h>

/* The first words of all commands, each once. */
static void put_first_words(struct buf *b)
{
	for (size_t i = 0; commands[i]; i++) {
		size_t size = strcspn(commands[i]->name, " ");
		bool seen = false;
		for (size_t k = 0; k < i && !seen; k++)
			seen = strcspn(commands[k]->name, " ") == size
				&& strncmp(commands[k]->name, commands[i]->name, size) == 0;
		if (!seen)
			buf_printf(b, " %.*s", (int)size, commands[i]->name);
	}
}

/* Patterns of a case statement: a family's first word and what may follow it. */
static void put_families(struct buf *b)
{
	for (size_t i = 0; commands[i]; i++) {
		char family[32];
		size_t size = strcspn(commands[i]->name, " ");
		if (!commands[i]->name[size] || size >= sizeof family)
			continue;
		memcpy(family, commands[i]->name, size);
		family[size] = '\0';
		/* Members stand together in the table: the first one writes the line. */
		if (i && command_verb(commands[i - 1], family))
			continue;
		buf_printf(b, "\t%s) verbs=\"", family);
		for (size_t k = i; commands[k]; k++)
			if (command_verb(commands[k], family))
				buf_printf(b, " %s", command_verb(commands[k], family));
		buf_put_text(b, "\" ;;\n");
	}
}

static void put_options(struct buf *b, const struct option *list)
{
	for (; list && list->name; list++)
		buf_printf(b, " --%s", list->name);
}

void completion_put_bash(struct buf *b)
{
	buf_put_text(b,
		"# bash completion of dossier; printed by `dossier help --completion bash`.\n"
		"_dossier() {\n"
		"\tlocal word=${COMP_WORDS[COMP_CWORD]} first= second= verbs= options= i\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		"\t\tcase ${COMP_WORDS[i]} in\n"
		"\t\t--home|--as|--passphrase-file|--lang) ((i++)) ;;\n"
		"\t\t-*) ;;\n"
		"\t\t*) if [[ -z $first ]]; then first=${COMP_WORDS[i]}; else second=${COMP_WORDS[i]}; break; fi ;;\n"
		"\t\tesac\n"
		"\tdone\n"
		"\tcase $first in\n");
	put_families(b);
	buf_put_text(b, "\tesac\n\tcase $first${verbs:+ $second} in\n");
	for (size_t i = 0; commands[i]; i++) {
		buf_printf(b, "\t\"%s\") options=\"", commands[i]->name);
		put_options(b, commands[i]->options);
		buf_put_text(b, "\" ;;\n");
	}
	buf_put_text(b, "\tesac\n\toptions+=\"");
	put_options(b, global_options);
	buf_put_text(b, "\"\n\tif [[ $word == -* ]]; then\n"
		"\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
		"\telif [[ -z $first ]]; then\n\t\tCOMPREPLY=($(compgen -W \"");
	put_first_words(b);
	buf_put_text(b, "\" -- \"$word\"))\n"
		"\telif [[ -n $verbs && -z $second ]]; then\n"
		"\t\tCOMPREPLY=($(compgen -W \"$verbs\" -- \"$word\"))\n"
		"\telif [[ $first == help ]]; then\n\t\tCOMPREPLY=($(compgen -W \"");
	put_first_words(b);
	buf_put_text(b, "\" -- \"$word\"))\n"
		"\telse\n\t\tCOMPREPLY=($(compgen -f -- \"$word\"))\n\tfi\n"
		"}\ncomplete -F _dossier dossier\n");
}
