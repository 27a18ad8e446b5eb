/* The keys of a home: made, written and read. */
#include "node/keystore.h"

#include "base/cbor.h"
#include "node/fs.h"

#include <string.h>

enum { KEY_FILE_MAX = 8192 };

enum err node_keys_new(struct node_keys *out, const struct ports *p)
{
	struct secret seed = { 0 }, transport = { 0 };
	*out = (struct node_keys){ 0 };
	enum err e = ports_secret(&seed, p);
	if (!e)
		e = ports_secret(&transport, p);
	if (!e)
		e = sign_key_from_seed(&out->sign, &seed);
	if (!e)
		e = box_key_from_secret(&out->transport, &transport);
	secret_free(&seed);
	secret_free(&transport);
	if (e)
		node_keys_clear(out);
	return e;
}

void node_keys_clear(struct node_keys *k)
{
	if (!k)
		return;
	sign_key_clear(&k->sign);
	box_key_clear(&k->transport);
}

enum err site_keys_new(struct site_keys *out, const struct ports *p)
{
	struct secret secret = { 0 };
	*out = (struct site_keys){ 0 };
	enum err e = ports_secret(&secret, p);
	if (!e)
		e = box_key_from_secret(&out->list[0].key, &secret);
	secret_free(&secret);
	if (e)
		return e;
	out->list[0].number = 1;
	out->count = 1;
	return ERR_OK;
}

void site_keys_clear(struct site_keys *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->count; i++)
		box_key_clear(&k->list[i].key);
	k->count = 0;
}

const struct box_key *site_keys_find(const struct site_keys *k, uint32_t number)
{
	for (size_t i = 0; i < k->count; i++)
		if (k->list[i].number == number)
			return &k->list[i].key;
	return NULL;
}

enum err officer_key_new(struct sign_key *out, const struct ports *p)
{
	struct secret seed = { 0 };
	*out = (struct sign_key){ 0 };
	enum err e = ports_secret(&seed, p);
	if (!e)
		e = sign_key_from_seed(out, &seed);
	secret_free(&seed);
	return e;
}

static enum err write_file(const char *home, const char *kind, const char *file, struct bytes body,
	const struct key_lock *lock, const struct ports *p, struct err_text *why)
{
	char path[FS_PATH_MAX];
	uint8_t salt[16], nonce[24];
	struct buf sealed;
	buf_init(&sealed, KEY_FILE_MAX);
	enum err e = fs_path(path, "%s/keys/%s", home, file);
	if (!e && fs_exists(path))
		e = err_set(why, ERR_EXISTS, "key file %s exists already; keys are never overwritten", path);
	if (e)
		return e;
	ports_random(p, salt, sizeof salt);
	ports_random(p, nonce, sizeof nonce);
	e = keyfile_seal(&sealed, kind, lock->passphrase, lock->cost, salt, nonce, body);
	if (!e)
		e = fs_write_file(path, buf_bytes(&sealed), 0600, NULL, why);
	buf_wipe(&sealed);
	return e;
}

/* Tries the passphrases in order.  A file without one opens with any. */
static enum err read_file(struct buf *body, const char *home, const char *kind, const char *file,
	const struct passphrases *pass, struct err_text *why)
{
	char path[FS_PATH_MAX];
	struct buf sealed;
	buf_init(&sealed, KEY_FILE_MAX);
	enum err e = fs_path(path, "%s/keys/%s", home, file);
	if (!e)
		e = fs_read_file(&sealed, path, why);
	if (!e && keyfile_is_open(buf_bytes(&sealed))) {
		e = keyfile_open(body, kind, bytes_text(""), buf_bytes(&sealed), why);
	} else if (!e && pass->count == 0) {
		e = err_set(why, ERR_NO_KEY, "%s is locked: give its passphrase (--passphrase-file FILE)", path);
	} else if (!e) {
		e = ERR_NO_KEY;
		for (size_t i = 0; i < pass->count && e == ERR_NO_KEY; i++)
			e = keyfile_open(body, kind, pass->list[i], buf_bytes(&sealed), why);
		if (e == ERR_NO_KEY)
			e = err_set(why, e, "wrong passphrase for %s; nothing was changed", path);
	}
	buf_clear(&sealed);
	return e;
}

/* Moves the 32 bytes at the reader into guarded memory. */
static enum err take_secret(struct secret *out, struct cbor *c)
{
	uint8_t bytes[SECRET_SIZE];
	cbor_fixed(c, bytes, sizeof bytes);
	return secret_take(out, bytes);
}

enum err keystore_write_node(const char *home, const struct node_keys *k, const struct key_lock *lock,
	const struct ports *p, struct err_text *why)
{
	struct buf body;
	buf_init(&body, KEY_FILE_MAX);
	cbor_put_array(&body, 2);
	cbor_put_bytes(&body, bytes_of(k->sign.seed.b, SECRET_SIZE));
	cbor_put_bytes(&body, bytes_of(k->transport.secret.b, SECRET_SIZE));
	enum err e = buf_err(&body);
	if (!e)
		e = write_file(home, "node", "node.key", buf_bytes(&body), lock, p, why);
	buf_wipe(&body);
	return e;
}

enum err keystore_read_node(
	struct node_keys *out, const char *home, const struct passphrases *pass, struct err_text *why)
{
	struct buf body;
	struct secret seed = { 0 }, transport = { 0 };
	struct cbor c;
	*out = (struct node_keys){ 0 };
	buf_init(&body, KEY_FILE_MAX);
	enum err e = read_file(&body, home, "node", "node.key", pass, why);
	if (e)
		goto done;
	cbor_begin(&c, buf_bytes(&body));
	if (cbor_array(&c, 2) != 2)
		cbor_fail(&c);
	e = take_secret(&seed, &c);
	if (!e)
		e = take_secret(&transport, &c);
	if (!e)
		e = cbor_end(&c);
	if (!e)
		e = sign_key_from_seed(&out->sign, &seed);
	if (!e)
		e = box_key_from_secret(&out->transport, &transport);
	if (e) {
		node_keys_clear(out);
		err_set(why, e, "node.key does not hold a node's keys");
	}
done:
	secret_free(&seed);
	secret_free(&transport);
	buf_wipe(&body);
	return e;
}

enum err keystore_write_site(const char *home, const struct site_keys *k, const struct key_lock *lock,
	const struct ports *p, struct err_text *why)
{
	struct buf body;
	buf_init(&body, KEY_FILE_MAX);
	cbor_put_array(&body, k->count);
	for (size_t i = 0; i < k->count; i++) {
		cbor_put_array(&body, 2);
		cbor_put_uint(&body, k->list[i].number);
		cbor_put_bytes(&body, bytes_of(k->list[i].key.secret.b, SECRET_SIZE));
	}
	enum err e = buf_err(&body);
	if (!e)
		e = write_file(home, "site", "site.key", buf_bytes(&body), lock, p, why);
	buf_wipe(&body);
	return e;
}

enum err keystore_read_site(
	struct site_keys *out, const char *home, const struct passphrases *pass, struct err_text *why)
{
	struct buf body;
	struct cbor c;
	*out = (struct site_keys){ 0 };
	buf_init(&body, KEY_FILE_MAX);
	enum err e = read_file(&body, home, "site", "site.key", pass, why);
	if (e) {
		buf_wipe(&body);
		return e;
	}
	cbor_begin(&c, buf_bytes(&body));
	size_t count = cbor_array(&c, KEYSTORE_SITE_KEYS_MAX);
	for (size_t i = 0; i < count && !e; i++) {
		struct secret secret = { 0 };
		if (cbor_array(&c, 2) != 2)
			cbor_fail(&c);
		out->list[i].number = (uint32_t)cbor_uint(&c, UINT32_MAX);
		e = take_secret(&secret, &c);
		if (!e)
			e = box_key_from_secret(&out->list[i].key, &secret);
		secret_free(&secret);
		out->count += !e;
	}
	if (!e)
		e = cbor_end(&c);
	if (e) {
		site_keys_clear(out);
		err_set(why, e, "site.key does not hold a site's keys");
	}
	buf_wipe(&body);
	return e;
}

static enum err write_seed(const char *home, const char *kind, const char *file, const struct sign_key *k,
	const struct key_lock *lock, const struct ports *p, struct err_text *why)
{
	struct buf body;
	buf_init(&body, KEY_FILE_MAX);
	cbor_put_bytes(&body, bytes_of(k->seed.b, SECRET_SIZE));
	enum err e = buf_err(&body);
	if (!e)
		e = write_file(home, kind, file, buf_bytes(&body), lock, p, why);
	buf_wipe(&body);
	return e;
}

static enum err read_seed(struct sign_key *out, const char *home, const char *kind, const char *file,
	const struct passphrases *pass, struct err_text *why)
{
	struct buf body;
	struct secret seed = { 0 };
	struct cbor c;
	*out = (struct sign_key){ 0 };
	buf_init(&body, KEY_FILE_MAX);
	enum err e = read_file(&body, home, kind, file, pass, why);
	if (!e) {
		cbor_begin(&c, buf_bytes(&body));
		e = take_secret(&seed, &c);
		if (!e)
			e = cbor_end(&c);
		if (!e)
			e = sign_key_from_seed(out, &seed);
		if (e)
			err_set(why, e, "%s does not hold a signing key", file);
	}
	secret_free(&seed);
	buf_wipe(&body);
	return e;
}

enum err keystore_write_root(const char *home, const struct sign_key *k, const struct key_lock *lock,
	const struct ports *p, struct err_text *why)
{
	return write_seed(home, "root", "root.key", k, lock, p, why);
}

enum err keystore_read_root(
	struct sign_key *out, const char *home, const struct passphrases *pass, struct err_text *why)
{
	return read_seed(out, home, "root", "root.key", pass, why);
}

enum err keystore_write_officer(const char *home, const char *name, const struct sign_key *k,
	const struct key_lock *lock, const struct ports *p, struct err_text *why)
{
	char file[FS_PATH_MAX];
	enum err e = fs_path(file, "officers/%s.key", name);
	return e ? e : write_seed(home, "officer", file, k, lock, p, why);
}

enum err keystore_read_officer(struct sign_key *out, const char *home, const char *name,
	const struct passphrases *pass, struct err_text *why)
{
	char file[FS_PATH_MAX];
	enum err e = fs_path(file, "officers/%s.key", name);
	return e ? e : read_seed(out, home, "officer", file, pass, why);
}
