/* The catalogue as a table. */
#include "cli/messages.h"

#include <assert.h>
#include <string.h>

static const struct {
	const char *name;
	const char *text[2];
} messages[MESSAGE_COUNT] = {
	[MSG_NONE] = { "NONE", { "", "" } },
#define MESSAGE(id, en, nl) [MSG_##id] = { #id, { EN_##id, NL_##id } },
#include "cli/messages/all.def"
#undef MESSAGE
};

const char *message_text(enum lang lang, enum message id)
{
	assert((unsigned)id < MESSAGE_COUNT);
	return messages[id].text[lang];
}

const char *message_label(enum message id)
{
	assert((unsigned)id < MESSAGE_COUNT);
	return messages[id].name;
}

const char *lang_name(enum lang lang)
{
	return lang == LANG_NL ? "nl" : "en";
}

int lang_find(const char *name)
{
	static const char after[] = "_-.@";
	if (strncmp(name, "nl", 2) == 0 && (!name[2] || strchr(after, name[2])))
		return LANG_NL;
	if (strncmp(name, "en", 2) == 0 && (!name[2] || strchr(after, name[2])))
		return LANG_EN;
	return -1;
}
