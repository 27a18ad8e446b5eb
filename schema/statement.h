/* Statements of the charter: signed CBOR bodies (docs/format.md "The charter").
 *
 * What is judged here can never change: the body is canonical and every signature holds.  Whether the
 * superior lists the signers, and whether a statement counts, is the charter's to judge. */
#ifndef SCHEMA_STATEMENT_H
#define SCHEMA_STATEMENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/id.h"
#include "base/sign.h"

enum {
	STATEMENT_BLOB_MAX = 65536, STATEMENT_SIGNATURES_MAX = 16, STATEMENT_ROOT_KEYS_MAX = 15,
	STATEMENT_NAME_MAX = 64, STATEMENT_FEDERATION_NAME_MAX = 128, STATEMENT_FORMS_MAX = 64,
	STATEMENT_NONCE_SIZE = 16, STATEMENT_NUMBER_MAX = 0x7fffffff
};
#define STATEMENT_TIME_MAX ((UINT64_C(1) << 34) - 1)

enum statement_code { /* final */
	STATEMENT_FOUND = 1, STATEMENT_SITE, STATEMENT_NODE, STATEMENT_FORM, STATEMENT_APPOINT,
	STATEMENT_RETIRE, STATEMENT_REVOKE, STATEMENT_ENDORSE, STATEMENT_STAND, STATEMENT_ROOT,
	STATEMENT_ERASE, STATEMENT_ERASE_ACK
};
const char *statement_name(uint32_t code); /* "appoint"; "unknown" */

enum site_role { /* final */
	SITE_CENTRAL = 1, SITE_RECEPTION, SITE_REGISTRATION, SITE_INTERVIEW, SITE_COUNSEL, SITE_SUPPORT,
	SITE_MEDICAL, SITE_AUDIT, SITE_RELAY
};
const char *site_role_name(uint32_t role); /* "reception"; "unknown" */
uint32_t site_role_find(struct bytes name); /* 0: none */

enum { SITE_CUSTODIAN = 1, SITE_READS_JOURNALS = 2 }; /* flags of a site */

struct form_roles { /* one entry of {form: [role...]} */
	uint32_t form;
	uint64_t roles; /* bit n: role n, 1 to 63; never empty (role_set of schema/form.h) */
};

struct form_roles_list { /* ascending by form, unique */
	const struct form_roles *list;
	uint32_t count;
};

struct statement_found {
	struct bytes name; /* clean text */
	uint32_t k;
	const struct officer_id *keys; /* ascending, unique */
	uint32_t key_count;
	uint8_t nonce[STATEMENT_NONCE_SIZE];
};
struct statement_site {
	uint32_t number;
	struct bytes name;
	uint32_t role, flags, keyno; /* a later version may know more roles and flags */
	uint8_t encryption_key[32];
	struct form_roles_list readers;
};
struct statement_node {
	uint32_t site;
	struct bytes name;
	struct node_id node;
	uint8_t transport_key[32];
};
struct statement_form {
	uint32_t number, version;
	struct bytes name;
	struct hash256 hash;
};
struct statement_appoint {
	uint32_t site;
	struct officer_id officer;
	struct bytes name;
	struct form_roles_list roles, may_appoint;
};
struct statement_retire {
	struct statement_id ended;
	uint64_t position; /* of its issuer's chain, from which on it is ended */
};

struct statement {
	struct statement_id id; /* of a parsed one */
	struct federation_id federation; /* zero in the first statement, which makes it */
	bool has_issuer;                 /* false: root chain */
	struct officer_id issuer;
	uint64_t position;
	struct statement_id previous; /* zero (null) if and only if position is 0 */
	struct statement_id superior; /* zero (null) only in the first statement */
	uint64_t time;
	uint32_t code;
	struct bytes args; /* canonical CBOR; of a statement to be encoded only for codes above 6 */
	bool valid; /* args of a code known here decoded; false: kept and without effect */
	union { /* by code, when valid */
		struct statement_found found;
		struct statement_site site;
		struct statement_node node;
		struct statement_form form;
		struct statement_appoint appoint;
		struct statement_retire retire;
	} as;
	struct bytes body;
	const struct statement_signature *signatures; /* ascending by key, every one holds */
	uint32_t signature_count;
};

struct statement_signature {
	struct officer_id key;
	uint8_t signature[SIGN_SIZE];
};

struct statement_signatures {
	struct statement_signature list[STATEMENT_SIGNATURES_MAX];
	uint32_t count;
};

/* Appends the body.  Reads neither id, body nor signatures.  ERR_FORMAT with `why` when the struct
 * breaks a rule (names too: 1 to 64 of a-z 0-9 - . _). */
MUST_USE enum err statement_encode_body(struct buf *out, const struct statement *s, struct err_text *why);

void statement_get_id(struct statement_id *id, struct bytes body);
/* The federation that a first statement makes: its id. */
void statement_get_federation(struct federation_id *f, struct bytes body);

/* Signs the body and puts the signature in its place; a key that signed already changes nothing.
 * ERR_LIMIT when the set is full. */
MUST_USE enum err statement_sign(struct statement_signatures *set, struct bytes body,
	const struct sign_key *key);

/* Appends the blob as it is stored and sent. */
MUST_USE enum err statement_encode_blob(struct buf *out, struct bytes body,
	const struct statement_signatures *set);

/* Reads a blob; everything is copied into the arena.  ERR_FORMAT, ERR_LIMIT, or ERR_CRYPTO when one
 * signature does not hold.  An officer's statement has exactly his own signature. */
MUST_USE enum err statement_parse(struct statement **out, struct arena *a, struct bytes blob,
	struct err_text *why);

/* True when at least k of these n keys signed. */
bool statement_has_quorum(const struct statement *s, const struct officer_id *keys, uint32_t n, uint32_t k);

/* 1 to 64 bytes of a-z 0-9 - . _ */
bool statement_name_is_valid(struct bytes name);

#endif
