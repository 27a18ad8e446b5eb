/* Statements of a charter for tests: every key comes from one byte, every statement from its words.
 *
 * A statement is built on what is given to it, kept nowhere: the test decides what is admitted, when. */
#ifndef TESTS_SUPPORT_CHARTER_KIT_H
#define TESTS_SUPPORT_CHARTER_KIT_H

#include "schema/charter.h"
#include "schema/form.h"

enum { KIT_ROOT = 0x06, KIT_FORM = 9 }; /* the root key; the form that roles are for */

struct kit_statement { /* in the kit's arena */
	struct statement_id id;
	struct bytes blob;
	struct statement words; /* as it was written, id filled in */
};

struct charter_kit {
	struct arena arena;
	struct federation_id federation;
	struct kit_statement first; /* founds with KIT_ROOT alone */
};

void charter_kit_init(struct charter_kit *k);
void charter_kit_clear(struct charter_kit *k);

/* The key that a byte stands for. */
struct officer_id kit_officer(uint8_t key);
struct node_id kit_node_id(uint8_t key);

/* ---- What a statement says. */
struct statement kit_site(struct charter_kit *k, uint32_t number, const char *name, uint32_t role,
	role_set readers);
struct statement kit_node(uint32_t site, const char *name, uint8_t node);
struct statement kit_form(uint32_t number, uint32_t version, const char *name, uint8_t hash);
struct statement kit_appoint(struct charter_kit *k, uint32_t site, const char *name, uint8_t officer,
	role_set roles, role_set may_appoint);
struct statement kit_retire(const struct kit_statement *ended, uint64_t from);
/* One of a code without a decoded form. */
struct statement kit_other(struct charter_kit *k, uint32_t code, struct bytes args);

/* ---- Who says it, and where in which chain.  `previous` is NULL at the beginning of a chain. */
struct kit_statement kit_by_root(struct charter_kit *k, const struct kit_statement *previous,
	struct statement words);
struct kit_statement kit_by(struct charter_kit *k, uint8_t officer, const struct kit_statement *superior,
	const struct kit_statement *previous, struct statement words);
/* The general form: signed by each of the keys, whatever the words say. */
struct kit_statement kit_sign(struct charter_kit *k, struct statement words, const uint8_t *keys,
	uint32_t key_count);

/* ---- Admitting. */
struct charter *kit_charter(const struct charter_kit *k); /* empty, of the kit's federation */
/* Asserts the verdict; hands back all of it. */
struct charter_admission kit_admit(struct charter *c, const struct kit_statement *s,
	enum charter_verdict verdict);
/* Asserts that it is kept, and how it counts. */
void kit_keep(struct charter *c, const struct kit_statement *s, enum charter_standing standing);
const struct charter_entry *kit_entry(const struct charter *c, const struct kit_statement *s);

#endif
