/* Every sentence that the program says, in English and Dutch, from one catalogue: cli/messages/.
 *
 * An entry is MESSAGE(ID, "English", "Nederlands").  A sentence with printf directives is said as
 *
 *     print_note(p, SAY(p->lang, CASE_OPENED), id);
 *
 * so that the compiler checks the arguments against both languages; one without can be named as MSG_ID
 * in a table and fetched by message_text. */
#ifndef CLI_MESSAGES_H
#define CLI_MESSAGES_H

enum lang { LANG_EN, LANG_NL };

enum message {
	MSG_NONE,
#define MESSAGE(id, en, nl) MSG_##id,
#include "cli/messages/all.def"
#undef MESSAGE
	MESSAGE_COUNT
};

#define MESSAGE(id, en, nl) static const char EN_##id[] = en; static const char NL_##id[] = nl;
#include "cli/messages/all.def"
#undef MESSAGE

#define SAY(lang, ID) ((lang) == LANG_NL ? NL_##ID : EN_##ID)

/* Never NULL; "" for MSG_NONE. */
const char *message_text(enum lang lang, enum message id);
/* The id's own name, for the test that compares the languages. */
const char *message_label(enum message id);

/* "en" or "nl", as in --lang. */
const char *lang_name(enum lang lang);
/* Reads "nl", "nl_NL.UTF-8" and the like; -1 when it is neither Dutch nor English. */
int lang_find(const char *name);

#endif
