/* Key files: Argon2id (RFC 9106) over the passphrase, and a sealed body. */
#include "base/kdf.h"

#include "base/cbor.h"
#include "base/seal.h"

#include <sodium.h>
#include <string.h>

enum {
	SALT_SIZE = 16,
	KIB = 1024,
	PASSES_MAX = 16, MEMORY_KIB_MIN = 8, MEMORY_KIB_MAX = 256 * KIB,
	PASSPHRASE_MAX = 1024,
	BODY_MAX = 64 * KIB, FILE_MAX = BODY_MAX + 512, KIND_MAX = 64
};

_Static_assert((int)SALT_SIZE == crypto_pwhash_argon2id_SALTBYTES, "the salt is libsodium's");

enum kdf_alg { ALG_NONE = 0, ALG_ARGON2ID = 1 };

static const char magic[] = "dossier key file 1";
static const char open_context[] = "dossier key file without passphrase 1";

/* What a key file says in the clear. */
struct key_file {
	struct bytes kind;
	enum kdf_alg alg;
	uint64_t passes;
	uint64_t memory_kib;
	uint8_t salt[SALT_SIZE];
	struct bytes sealed;
};

static void put_head(struct buf *b, const struct key_file *f)
{
	cbor_put_text(b, bytes_text(magic));
	cbor_put_text(b, f->kind);
	cbor_put_uint(b, f->alg);
	cbor_put_array(b, 2);
	cbor_put_uint(b, f->passes);
	cbor_put_uint(b, f->memory_kib);
	cbor_put_bytes(b, bytes_of(f->salt, SALT_SIZE));
}

/* The seal's associated data: everything that is in the clear. */
static void put_bound(struct buf *b, const struct key_file *f)
{
	cbor_put_array(b, 5);
	put_head(b, f);
}

static enum err derive_key(struct secret *key, const struct key_file *f, struct bytes passphrase)
{
	*key = (struct secret){ NULL };
	if (f->alg == ALG_NONE) {
		/* A constant in place of a passphrase: this hides nothing from whoever has the file. */
		struct secret zero;
		enum err e = secret_new(&zero);
		if (!e)
			e = secret_derive(key, &zero, open_context, bytes_of(f->salt, SALT_SIZE));
		secret_free(&zero);
		return e;
	}
	enum err e = secret_new(key);
	if (e)
		return e;
	if (crypto_pwhash_argon2id(key->b, SECRET_SIZE, passphrase.size ? (const char *)passphrase.data : "",
		passphrase.size, f->salt, f->passes, (size_t)f->memory_kib * KIB,
		crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
		secret_free(key);
		return ERR_MEMORY; /* the only way left: everything else was checked */
	}
	return ERR_OK;
}

enum err keyfile_seal(struct buf *out, const char *kind, struct bytes passphrase, enum kdf_cost cost,
	const uint8_t salt[16], const uint8_t nonce[24], struct bytes body)
{
	struct key_file f = { .kind = bytes_text(kind) };
	struct buf bound, sealed;
	struct secret key = { NULL };
	if (f.kind.size > KIND_MAX || passphrase.size > PASSPHRASE_MAX || body.size > BODY_MAX)
		return ERR_LIMIT;
	if (cost != KDF_NONE) {
		f.alg = ALG_ARGON2ID;
		f.passes = cost == KDF_MODERATE ? crypto_pwhash_argon2id_OPSLIMIT_MODERATE
			: crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE;
		f.memory_kib = (cost == KDF_MODERATE ? crypto_pwhash_argon2id_MEMLIMIT_MODERATE
			: crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE) / KIB;
	}
	memcpy(f.salt, salt, SALT_SIZE);
	buf_init(&bound, FILE_MAX);
	buf_init(&sealed, FILE_MAX);
	put_bound(&bound, &f);
	enum err e = buf_err(&bound);
	if (!e)
		e = derive_key(&key, &f, passphrase);
	if (!e)
		e = seal_make(&sealed, &key, nonce, buf_bytes(&bound), body, false);
	if (!e) {
		cbor_put_array(out, 6);
		put_head(out, &f);
		cbor_put_bytes(out, buf_bytes(&sealed));
		e = buf_err(out);
	}
	secret_free(&key);
	buf_clear(&bound);
	buf_clear(&sealed);
	return e;
}

/* Everything but the body.  ERR_FORMAT, or ERR_LIMIT when it asks for more than is ever spent. */
static enum err parse(struct key_file *f, struct bytes file)
{
	static const struct cbor_limits limits = { .size_max = FILE_MAX, .depth_max = 2, .items_max = 9 };
	struct cbor c;
	*f = (struct key_file){ .alg = ALG_NONE };
	enum err e = cbor_scan(file, &limits, NULL);
	if (e)
		return e;
	cbor_begin(&c, file);
	if (cbor_array(&c, 6) != 6 || !bytes_equal(cbor_text(&c), bytes_text(magic)))
		return ERR_FORMAT;
	f->kind = cbor_text(&c);
	f->alg = cbor_uint(&c, ALG_ARGON2ID) == ALG_ARGON2ID ? ALG_ARGON2ID : ALG_NONE;
	if (cbor_array(&c, 2) != 2)
		return ERR_FORMAT;
	f->passes = cbor_uint(&c, UINT64_MAX);
	f->memory_kib = cbor_uint(&c, UINT64_MAX);
	cbor_fixed(&c, f->salt, SALT_SIZE);
	f->sealed = cbor_bytes(&c);
	if (cbor_end(&c) || f->sealed.size < SEAL_OVERHEAD || f->sealed.size > BODY_MAX + SEAL_OVERHEAD)
		return ERR_FORMAT;
	if (f->alg == ALG_NONE)
		return f->passes == 0 && f->memory_kib == 0 ? ERR_OK : ERR_FORMAT;
	if (f->passes < crypto_pwhash_argon2id_OPSLIMIT_MIN || f->memory_kib < MEMORY_KIB_MIN)
		return ERR_FORMAT;
	return f->passes > PASSES_MAX || f->memory_kib > MEMORY_KIB_MAX ? ERR_LIMIT : ERR_OK;
}

enum err keyfile_open(struct buf *body, const char *kind, struct bytes passphrase, struct bytes file,
	struct err_text *why)
{
	struct key_file f;
	struct buf bound;
	struct secret key = { NULL };
	enum err e = parse(&f, file);
	if (e == ERR_LIMIT)
		return err_set(why, e, "key file: larger than %d bytes, or it asks for more than %d MiB or %d passes",
			FILE_MAX, MEMORY_KIB_MAX / KIB, PASSES_MAX);
	if (e)
		return err_set(why, e, "key file: damaged, or not a key file; take it from a backup");
	if (!bytes_equal(f.kind, bytes_text(kind)))
		return err_set(why, ERR_FORMAT, "key file: it does not hold a key of the kind \"%s\"", kind);
	if (passphrase.size > PASSPHRASE_MAX)
		return err_set(why, ERR_NO_KEY, "key file: wrong passphrase: longer than %d bytes", PASSPHRASE_MAX);

	buf_init(&bound, FILE_MAX);
	put_bound(&bound, &f);
	e = buf_err(&bound);
	if (!e)
		e = derive_key(&key, &f, passphrase);
	if (e == ERR_MEMORY)
		err_set(why, e, "key file: no memory for its %llu MiB; close other programs and try again",
			(unsigned long long)(f.memory_kib / KIB));
	if (!e)
		e = seal_open(body, &key, buf_bytes(&bound), f.sealed);
	if (e == ERR_CRYPTO && f.alg == ALG_NONE)
		e = err_set(why, ERR_NO_KEY, "key file: altered; take it from a backup");
	else if (e == ERR_CRYPTO)
		e = err_set(why, ERR_NO_KEY, "key file: wrong passphrase (or the file was altered)");
	secret_free(&key);
	buf_clear(&bound);
	return e;
}

bool keyfile_is_open(struct bytes file)
{
	struct key_file f;
	return parse(&f, file) == ERR_OK && f.alg == ALG_NONE;
}
