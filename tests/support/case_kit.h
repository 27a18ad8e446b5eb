/* A small federation and cases in it, written down in a line per change: for tests of what counts.
 *
 * Sites: 1 centre (central), 2 north, 3 south (reception), 4 counsel, 5 carrier (relay, no readers).
 * Each has one officer, appointed by the root in all roles of the site, and one node.
 * Roles: 1 clerk, 2 doctor, 3 lawyer.  Compartments:
 *
 *               read by        shared by
 *   1 core      all            all           sites 1 2 3 4
 *   2 health    doctor clerk   doctor        sites 1 2 3
 *   3 identity  clerk lawyer   clerk         sites 1 2 3 4
 *
 * Clerks open cases.  A change is named by one character, which is also the first byte of its id. */
#ifndef TESTS_SUPPORT_CASE_KIT_H
#define TESTS_SUPPORT_CASE_KIT_H

#include "schema/count.h"
#include "tests/support/charter_kit.h"

enum { CLERK = 1, DOCTOR = 2, LAWYER = 3 };
enum { CORE = 1, HEALTH = 2, IDENTITY = 3 };
enum { KIT_SITES = 5, KIT_CHANGES_MAX = 64, KIT_ACTS_MAX = 8 };

struct case_kit_change {
	char name;
	struct change change;
	struct change_id id, parent_ids[8];
	char parents[8];
	struct change_act acts[KIT_ACTS_MAX];
	struct change_blob payloads[KIT_ACTS_MAX];
};

struct case_kit {
	struct charter_kit kit;
	struct charter *charter;
	struct form form;
	struct form_compartment compartments[3];
	uint32_t telling[3];
	struct kit_statement sites[KIT_SITES + 1], officers[KIT_SITES + 1], nodes[KIT_SITES + 1]; /* [0] unused */
	struct kit_statement last; /* of the root chain */
	struct arena arena;        /* of the cases */
	struct case_kit_change changes[KIT_CHANGES_MAX];
	uint32_t count;
};

void case_kit_init(struct case_kit *k);
void case_kit_clear(struct case_kit *k);
/* Forgets the changes; charter and form stay. */
void case_kit_restart(struct case_kit *k);

/* Says something as the root, at the end of its chain. */
struct kit_statement case_kit_say(struct case_kit *k, struct statement words);

/* Adds a change of the officer of `site` with these parents ("" opens the case).  `text` holds, parted by
 * `;`, what it does; E is the name of the change that opened the epoch, or 0 for one of its own:
 *
 *   grant COMPARTMENT E ROLE SITE...     write COMPARTMENT E     withdraw COMPARTMENT ROLE SITE...
 *   regrant COMPARTMENT E                strike ROLE NAME...     act CODE
 *
 * The change may be altered until case_kit_count. */
struct change *case_kit_add(struct case_kit *k, char name, const char *parents, uint32_t site,
	const char *text);

/* The key of the epoch that a change opens, fixed for tests; its commitment stands in the grant act.  The
 * caller frees it. */
void case_kit_epoch_key(struct secret *out, char opener, uint32_t compartment);

/* Judges all changes, laid out in an order that follows from the seed (0: as they were added). */
struct counted *case_kit_count(struct case_kit *k, uint64_t seed);

/* The position of a change in what case_kit_count made. */
uint32_t case_kit_at(const struct counted *c, char name);

/* The standing of changes, and of acts, as text: "A:none B:not_permitted". */
void case_kit_expect(const struct counted *c, const char *standings);
/* Members of a compartment as text: "1 2". */
void case_kit_expect_members(const struct counted *c, uint32_t compartment, const char *sites);

#endif
