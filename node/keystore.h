/* The keys of a home: files under HOME/keys, each sealed under a passphrase (docs/format.md "Key
 * files").
 *
 *	node.key            signing seed and transport secret of this node
 *	site.key            the site's encryption secrets, by key number
 *	root.key            a root key of the federation, where this home holds one
 *	officers/NAME.key   signing seeds of officers */
#ifndef NODE_KEYSTORE_H
#define NODE_KEYSTORE_H

#include "base/box.h"
#include "base/id.h"
#include "base/kdf.h"
#include "base/sign.h"
#include "node/ports.h"

enum { KEYSTORE_SITE_KEYS_MAX = 8, PASSPHRASES_MAX = 4 };

/* Passphrases to try, in order.  Borrowed. */
struct passphrases {
	struct bytes list[PASSPHRASES_MAX];
	size_t count;
};

struct node_keys {
	struct sign_key sign;
	struct box_key transport;
};

struct site_keys {
	struct {
		uint32_t number;
		struct box_key key;
	} list[KEYSTORE_SITE_KEYS_MAX];
	size_t count;
};

/* Makes fresh keys; nothing is written. */
MUST_USE enum err node_keys_new(struct node_keys *out, const struct ports *p);
MUST_USE enum err site_keys_new(struct site_keys *out, const struct ports *p);
MUST_USE enum err officer_key_new(struct sign_key *out, const struct ports *p);
void node_keys_clear(struct node_keys *k);
void site_keys_clear(struct site_keys *k);
/* The key of that number; NULL when it is not here. */
const struct box_key *site_keys_find(const struct site_keys *k, uint32_t number);

/* How new files are sealed: an empty passphrase with KDF_NONE is for demos and tests. */
struct key_lock {
	struct bytes passphrase;
	enum kdf_cost cost;
};

/* Write (replacing nothing: ERR_EXISTS) and read.  A read that no passphrase opens is ERR_NO_KEY, a
 * missing file ERR_NOT_FOUND; `why` names the file. */
MUST_USE enum err keystore_write_node(const char *home, const struct node_keys *k,
	const struct key_lock *lock, const struct ports *p, struct err_text *why);
MUST_USE enum err keystore_read_node(
	struct node_keys *out, const char *home, const struct passphrases *pass, struct err_text *why);
MUST_USE enum err keystore_write_site(const char *home, const struct site_keys *k,
	const struct key_lock *lock, const struct ports *p, struct err_text *why);
MUST_USE enum err keystore_read_site(
	struct site_keys *out, const char *home, const struct passphrases *pass, struct err_text *why);
MUST_USE enum err keystore_write_root(const char *home, const struct sign_key *k, const struct key_lock *lock,
	const struct ports *p, struct err_text *why);
MUST_USE enum err keystore_read_root(
	struct sign_key *out, const char *home, const struct passphrases *pass, struct err_text *why);
MUST_USE enum err keystore_write_officer(const char *home, const char *name, const struct sign_key *k,
	const struct key_lock *lock, const struct ports *p, struct err_text *why);
MUST_USE enum err keystore_read_officer(struct sign_key *out, const char *home, const char *name,
	const struct passphrases *pass, struct err_text *why);

#endif
