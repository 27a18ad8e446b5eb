/* Requests and welcomes: the two files that a person carries when a node joins (docs/format.md
 * "Requests and welcomes").  Neither holds a secret. */
#ifndef SCHEMA_WELCOME_H
#define SCHEMA_WELCOME_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/id.h"
#include "base/sign.h"

enum {
	REQUEST_FILE_MAX = 4096, WELCOME_FILE_MAX = 16 * 1024 * 1024, WELCOME_STATEMENTS_MAX = 32768,
	WELCOME_FORMS_MAX = 64, WELCOME_FINGERPRINT_SIZE = 4 * 5 + 3 + 1
};

struct request {
	struct bytes site_name; /* names as in statements */
	uint8_t encryption_key[32];
	struct bytes node_name;
	struct node_id node;
	uint8_t transport_key[32];
	struct bytes officer_name;
	struct officer_id officer;
};

/* Appends the request's file, signed by both keys, which are those that it names. */
MUST_USE enum err request_encode(struct buf *out, const struct request *r, const struct sign_key *node,
	const struct sign_key *officer);

/* Reads one into *out, which borrows from `file`.  ERR_FORMAT, ERR_LIMIT; ERR_CRYPTO when a signature
 * does not hold. */
MUST_USE enum err request_parse(struct request *out, struct bytes file, struct err_text *why);

struct welcome_form {
	struct bytes name, file;
};

struct welcome {
	struct federation_id federation;
	uint32_t site;
	const struct bytes *statements; /* blobs, in an order in which each is kept */
	uint32_t statement_count;
	const struct welcome_form *forms;
	uint32_t form_count;
};

MUST_USE enum err welcome_encode(struct buf *out, const struct welcome *w);

/* Reads one; lists are in the arena, blobs and files are borrowed from `file`.  The statements are not
 * looked into. */
MUST_USE enum err welcome_parse(struct welcome *out, struct arena *a, struct bytes file,
	struct err_text *why);

/* What people compare on both sides: BLAKE2b-64 of the file as four proquints ("lusab-babad-..."). */
void welcome_fingerprint(char out[WELCOME_FINGERPRINT_SIZE], struct bytes file);

#endif
