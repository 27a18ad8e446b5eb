/* OpenSSH's keys: fingerprint, public line and private key file (PROTOCOL.key). */
#include "base/sshsig.h"

#include "base/hash.h"
#include "base/ssh_wire.h"

#include <sodium.h>
#include <string.h>

/* `PRIVATE_MAX` is ample: the file of one Ed25519 key is below 500 bytes, and the comment is free. */
enum { PUBLIC_BLOB_SIZE = 51, PRIVATE_MAX = 16 * 1024, PAD_TO = 8 };

static const char file_begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
static const char file_end[] = "-----END OPENSSH PRIVATE KEY-----";
static const char file_magic[] = "openssh-key-v1"; /* its NUL belongs to it */

/* The same bytes as ssh_put_public_blob, where nothing may fail. */
static void public_blob(uint8_t blob[PUBLIC_BLOB_SIZE], const uint8_t public_key[SIGN_KEY_SIZE])
{
	static const uint8_t head[PUBLIC_BLOB_SIZE - SIGN_KEY_SIZE] = "\0\0\0\x0bssh-ed25519\0\0\0 ";
	memcpy(blob, head, sizeof head);
	memcpy(blob + sizeof head, public_key, SIGN_KEY_SIZE);
}

void ssh_fingerprint(char out[SSH_FINGERPRINT_SIZE], const uint8_t public_key[SIGN_KEY_SIZE])
{
	uint8_t blob[PUBLIC_BLOB_SIZE], hash[32];
	public_blob(blob, public_key);
	hash_sha256(hash, bytes_of(blob, sizeof blob));
	memcpy(out, "SHA256:", 7);
	sodium_bin2base64(out + 7, SSH_FINGERPRINT_SIZE - 7, hash, sizeof hash,
		sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

void ssh_public_put(struct buf *b, const uint8_t public_key[SIGN_KEY_SIZE])
{
	uint8_t blob[PUBLIC_BLOB_SIZE];
	char base64[sodium_base64_ENCODED_LEN(PUBLIC_BLOB_SIZE, sodium_base64_VARIANT_ORIGINAL)];
	public_blob(blob, public_key);
	sodium_bin2base64(base64, sizeof base64, blob, sizeof blob, sodium_base64_VARIANT_ORIGINAL);
	buf_put_text(b, "ssh-ed25519 ");
	buf_put_text(b, base64);
}

/* The part of the file that OpenSSH would encrypt, padded with 1, 2, 3, ... */
static void put_private_part(struct buf *b, const struct sign_key *k, uint32_t check, const char *comment)
{
	ssh_put_uint32(b, check);
	ssh_put_uint32(b, check);
	ssh_put_public_blob(b, k->public_key);
	ssh_put_uint32(b, SECRET_SIZE + SIGN_KEY_SIZE);
	buf_put(b, k->seed.b, SECRET_SIZE);
	buf_put(b, k->public_key, SIGN_KEY_SIZE);
	ssh_put_string(b, bytes_text(comment));
	for (uint8_t pad = 1; b->size % PAD_TO && !b->err; pad++)
		buf_put_byte(b, pad);
}

enum err ssh_private_put(struct buf *b, const struct sign_key *k, uint32_t check, const char *comment)
{
	struct buf part, blob;
	uint8_t public[PUBLIC_BLOB_SIZE];
	buf_init(&part, PRIVATE_MAX);
	buf_init(&blob, PRIVATE_MAX);
	public_blob(public, k->public_key);
	put_private_part(&part, k, check, comment);
	buf_put(&blob, file_magic, sizeof file_magic);
	ssh_put_string(&blob, bytes_text("none")); /* cipher */
	ssh_put_string(&blob, bytes_text("none")); /* key derivation */
	ssh_put_string(&blob, bytes_of(NULL, 0));
	ssh_put_uint32(&blob, 1);
	ssh_put_string(&blob, bytes_of(public, sizeof public));
	ssh_put_string(&blob, buf_bytes(&part));
	enum err e = buf_err(&part) ? buf_err(&part) : buf_err(&blob);
	if (!e) {
		ssh_put_armour(b, file_begin, &blob, file_end);
		buf_put_byte(b, '\n');
		e = buf_err(b);
	}
	buf_wipe(&part);
	buf_wipe(&blob);
	return e;
}

/* The private part: the seed, and that everything else in it agrees with the seed. */
static enum err take_private_part(struct secret *seed, struct bytes part, struct bytes listed)
{
	struct ssh_reader r = { .bytes = part };
	struct sign_key k;
	uint8_t blob[PUBLIC_BLOB_SIZE];
	if (part.size % PAD_TO || ssh_take_uint32(&r) != ssh_take_uint32(&r))
		return ERR_FORMAT;
	ssh_expect(&r, "ssh-ed25519");
	struct bytes public = ssh_take_string(&r), pair = ssh_take_string(&r);
	(void)ssh_take_string(&r); /* comment */
	for (uint8_t pad = 1; !r.err && r.at < part.size; pad++)
		if (pad >= PAD_TO || *ssh_take(&r, 1).data != pad)
			r.err = ERR_FORMAT;
	if (r.err || public.size != SIGN_KEY_SIZE || pair.size != SECRET_SIZE + SIGN_KEY_SIZE)
		return ERR_FORMAT;

	enum err e = secret_from(seed, pair.data);
	if (!e)
		e = sign_key_from_seed(&k, seed);
	if (e)
		return e;
	public_blob(blob, k.public_key);
	if (!bytes_equal(bytes_of(k.public_key, SIGN_KEY_SIZE), public)
		|| memcmp(pair.data + SECRET_SIZE, k.public_key, SIGN_KEY_SIZE) != 0
		|| !bytes_equal(bytes_of(blob, sizeof blob), listed))
		e = ERR_FORMAT;
	sign_key_clear(&k);
	return e;
}

static enum err take_file(struct secret *seed, struct bytes blob, struct err_text *why)
{
	struct ssh_reader r = { .bytes = blob };
	struct bytes file_head = ssh_take(&r, sizeof file_magic);
	if (!bytes_equal(file_head, bytes_of(file_magic, sizeof file_magic)))
		return err_set(why, ERR_FORMAT, "ssh key file: not of the openssh-key-v1 format");
	struct bytes cipher = ssh_take_string(&r);
	if (!r.err && !bytes_equal(cipher, bytes_text("none")))
		return err_set(why, ERR_NO_KEY, "ssh key file: it is encrypted, take the passphrase off a copy "
			"first (ssh-keygen -p -N '' -f COPY)");
	ssh_expect(&r, "none");
	ssh_expect(&r, "");
	if (ssh_take_uint32(&r) != 1)
		r.err = ERR_FORMAT;
	struct bytes listed = ssh_take_string(&r), part = ssh_take_string(&r);
	if (r.err || r.at != blob.size)
		return err_set(why, ERR_FORMAT, "ssh key file: damaged");
	enum err e = take_private_part(seed, part, listed);
	if (e == ERR_FORMAT)
		return err_set(why, e, "ssh key file: not an Ed25519 key, or damaged");
	return e;
}

enum err ssh_private_parse(struct secret *seed, struct bytes file, struct err_text *why)
{
	struct buf blob;
	*seed = (struct secret){ NULL };
	if (file.size > PRIVATE_MAX)
		return err_set(why, ERR_LIMIT, "ssh key file: larger than %d bytes", PRIVATE_MAX);
	buf_init(&blob, PRIVATE_MAX);
	enum err e = ssh_take_armour(&blob, file_begin, file, file_end);
	if (e == ERR_FORMAT)
		err_set(why, e, "ssh key file: not an OpenSSH private key in its text form");
	if (!e)
		e = take_file(seed, buf_bytes(&blob), why);
	if (e)
		secret_free(seed);
	buf_wipe(&blob);
	return e;
}
