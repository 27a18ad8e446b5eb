/* A struct for each kind of id, so that the compiler tells a change from a case.
 *
 * All are plain bytes; `b` is the raw form, hex is only for people and the signed text. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct hash256 { uint8_t b[32]; };        /* BLAKE2b-256, unkeyed */
struct federation_id { uint8_t b[32]; };  /* the id of the charter's first statement */
struct statement_id { uint8_t b[32]; };   /* BLAKE2b-256 of a statement's body */
struct change_id { uint8_t b[32]; };      /* BLAKE2b-256 of the whole canonical commit */
struct checkpoint_id { uint8_t b[32]; };  /* BLAKE2b-256 of the whole canonical commit */
struct case_id { uint8_t b[16]; };        /* BLAKE2b-128 of (federation, opening officer, nonce) */
struct officer_id { uint8_t b[32]; };     /* the officer's raw Ed25519 public key */
struct node_id { uint8_t b[32]; };        /* the node's raw Ed25519 public key */
struct incarnation_id { uint8_t b[8]; };  /* random, one per unbroken life of a node's store */
struct git_id { uint8_t b[20]; };         /* SHA-1, an address in git only; nothing rests on it */

/* Defines ID_equal, ID_compare (memcmp order) and ID_is_zero for one kind of id. */
#define ID_FUNCTIONS(kind) \
	static inline bool kind##_equal(const struct kind *a, const struct kind *b) \
	{ return memcmp(a->b, b->b, sizeof a->b) == 0; } \
	static inline int kind##_compare(const struct kind *a, const struct kind *b) \
	{ return memcmp(a->b, b->b, sizeof a->b); } \
	static inline bool kind##_is_zero(const struct kind *a) \
	{ static const struct kind zero; return memcmp(a->b, zero.b, sizeof a->b) == 0; }

ID_FUNCTIONS(hash256)
ID_FUNCTIONS(federation_id)
ID_FUNCTIONS(statement_id)
ID_FUNCTIONS(change_id)
ID_FUNCTIONS(checkpoint_id)
ID_FUNCTIONS(case_id)
ID_FUNCTIONS(officer_id)
ID_FUNCTIONS(node_id)
ID_FUNCTIONS(incarnation_id)
ID_FUNCTIONS(git_id)

#endif
