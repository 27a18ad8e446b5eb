/* OpenSSH's signature format (PROTOCOL.sshsig): the signed text, the blob and its armour. */
#include "base/sshsig.h"

#include "base/hash.h"
#include "base/ssh_wire.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* Longer names would reach the length at which ssh-keygen wraps its lines in its own way. */
enum { NAMESPACE_MAX = 32, BLOB_MAX = 256, FINGERPRINT_BASE64 = 43 };

static const char magic[] = "SSHSIG";
static const char armour_begin[] = "-----BEGIN SSH SIGNATURE-----";
static const char armour_end[] = "-----END SSH SIGNATURE-----";

/* What both the signed text and the blob say about how the message is signed. */
static void put_terms(struct buf *b, const char *name_space)
{
	assert(name_space[0] && strlen(name_space) <= NAMESPACE_MAX);
	ssh_put_string(b, bytes_text(name_space));
	ssh_put_string(b, bytes_of(NULL, 0)); /* reserved */
	ssh_put_string(b, bytes_text("sha512"));
}

static void put_signed_text(struct buf *b, const char *name_space, struct bytes message)
{
	uint8_t hash[64];
	hash_sha512(hash, message);
	buf_put_text(b, magic);
	put_terms(b, name_space);
	ssh_put_string(b, bytes_of(hash, sizeof hash));
}

enum err sshsig_make(uint8_t sig[SIGN_SIZE], const struct sign_key *k, const char *name_space,
	struct bytes message)
{
	struct buf text;
	buf_init(&text, BLOB_MAX);
	memset(sig, 0, SIGN_SIZE);
	put_signed_text(&text, name_space, message);
	enum err e = buf_err(&text);
	if (!e)
		sign_make(sig, k, buf_bytes(&text));
	buf_clear(&text);
	return e;
}

enum err sshsig_verify(const uint8_t sig[SIGN_SIZE], const uint8_t public_key[SIGN_KEY_SIZE],
	const char *name_space, struct bytes message)
{
	struct buf text;
	buf_init(&text, BLOB_MAX);
	put_signed_text(&text, name_space, message);
	enum err e = buf_err(&text);
	if (!e)
		e = sign_verify(sig, public_key, buf_bytes(&text));
	buf_clear(&text);
	return e;
}

static void put_blob(struct buf *b, const uint8_t sig[SIGN_SIZE], const uint8_t public_key[SIGN_KEY_SIZE],
	const char *name_space)
{
	struct buf part;
	buf_init(&part, BLOB_MAX);
	buf_put_text(b, magic);
	ssh_put_uint32(b, 1); /* version */
	ssh_put_public_blob(&part, public_key);
	ssh_put_string(b, buf_bytes(&part));
	put_terms(b, name_space);
	enum err e = buf_err(&part);
	buf_reset(&part);
	ssh_put_string(&part, bytes_text("ssh-ed25519"));
	ssh_put_string(&part, bytes_of(sig, SIGN_SIZE));
	ssh_put_string(b, buf_bytes(&part));
	e = e ? e : buf_err(&part);
	b->err = b->err ? b->err : e;
	buf_clear(&part);
}

void sshsig_put_armour(struct buf *b, const uint8_t sig[SIGN_SIZE],
	const uint8_t public_key[SIGN_KEY_SIZE], const char *name_space)
{
	struct buf blob;
	buf_init(&blob, BLOB_MAX);
	put_blob(&blob, sig, public_key, name_space);
	ssh_put_armour(b, armour_begin, &blob, armour_end);
	buf_clear(&blob);
}

/* Read loosely, then written again and compared: so there is one rule for the one spelling. */
enum err sshsig_parse_armour(uint8_t sig[SIGN_SIZE], uint8_t public_key[SIGN_KEY_SIZE],
	const char *name_space, struct bytes armour)
{
	struct buf blob, again;
	memset(sig, 0, SIGN_SIZE);
	memset(public_key, 0, SIGN_KEY_SIZE);
	buf_init(&blob, 2 * BLOB_MAX);
	buf_init(&again, 2 * BLOB_MAX);
	enum err e = armour.size > again.size_max ? ERR_FORMAT
		: ssh_take_armour(&blob, armour_begin, armour, armour_end);
	if (e)
		goto done;

	struct ssh_reader r = { .bytes = buf_bytes(&blob) };
	(void)ssh_take(&r, strlen(magic) + 4); /* and the version */
	struct ssh_reader key = { .bytes = ssh_take_string(&r) };
	for (int i = 0; i < 3; i++)
		(void)ssh_take_string(&r);
	struct ssh_reader value = { .bytes = ssh_take_string(&r) };
	ssh_expect(&key, "ssh-ed25519");
	ssh_expect(&value, "ssh-ed25519");
	struct bytes key_bytes = ssh_take_string(&key), value_bytes = ssh_take_string(&value);
	if (key_bytes.size != SIGN_KEY_SIZE || value_bytes.size != SIGN_SIZE) {
		e = ERR_FORMAT;
		goto done;
	}
	sshsig_put_armour(&again, value_bytes.data, key_bytes.data, name_space);
	e = buf_err(&again);
	if (!e && !bytes_equal(buf_bytes(&again), armour))
		e = ERR_FORMAT;
	if (!e) {
		memcpy(sig, value_bytes.data, SIGN_SIZE);
		memcpy(public_key, key_bytes.data, SIGN_KEY_SIZE);
	}
done:
	buf_clear(&blob);
	buf_clear(&again);
	return e;
}
