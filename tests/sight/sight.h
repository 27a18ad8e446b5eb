/* Partial sight: sites that share cases and hold different compartments, what each was sent, and what each
 * sees.  `shelter` is no custodian and reads neither `interview` nor `medical`. */
#ifndef TESTS_SIGHT_SIGHT_H
#define TESTS_SIGHT_SIGHT_H

#include "tests/support/tap.h"

enum { SIGHT_CASES_MAX = 256 };

struct sight {
	struct federation fed;
	struct fed_site *centre, *north, *shelter, *hearing, *east, *west, *counsel;
	const struct form *form;
	struct case_id cases[SIGHT_CASES_MAX];
	size_t case_count;
	uint64_t random;
	uint64_t edits, sessions;
	struct buf told; /* all that the shelter was sent: plaintexts of its sessions */
	uint64_t told_sessions;
};

/* Seven sites; with `dir` their homes are made there, by name: of all, or of those that stand in `only`.
 * Failures are asserts. */
void sight_open(struct sight *s, uint64_t seed, const char *dir, const char *only);
void sight_close(struct sight *s);

/* Opens cases, edits them everywhere, with sessions between any two sites in between; at the end all are
 * equal.  False when that does not come about. */
MUST_USE bool sight_play(struct sight *s, unsigned cases, unsigned rounds);

/* True when a site's officers read that compartment. */
bool sight_reads(const struct sight *s, const struct fed_site *site, uint32_t compartment);

/* ---- Ciphertexts */
struct sight_blob {
	uint32_t compartment;
	char letter;
	struct hash256 hash;
	struct bytes data;
	bool own; /* written by the shelter itself */
};

struct sight_blobs {
	struct arena arena;
	struct sight_blob *list;
	uint32_t count, room;
};

/* All payloads and grants of all cases, as the centre holds them. */
void sight_list_blobs(struct sight_blobs *out, struct sight *s);
void sight_clear_blobs(struct sight_blobs *b);
bool sight_holds(struct fed_site *site, const struct sight_blob *blob);

/* ---- Searching */

/* How many of the blobs occur, wholly or in a piece of 32 bytes, in the haystack; of `wanted` marks those. */
size_t sight_search(bool *found, const struct bytes *blobs, size_t count, struct bytes haystack);

/* ---- Views */
struct sight_figures {
	uint64_t fields_equal;   /* pairs of sites that both read a field, and show the same */
	uint64_t fields_unknown; /* fields that a site can't read, and shows as unknown */
	uint64_t faults;
};
/* Every case at every two sites, field by field. */
void sight_compare(struct sight_figures *out, struct sight *s);

#endif
