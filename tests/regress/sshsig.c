/* Our side of the conversation that sshsig.sh has with ssh-keygen: one verb per run.
 *
 *     sshsig public SEED            the public key line
 *     sshsig fingerprint SEED       as ssh-keygen -l
 *     sshsig private SEED COMMENT   the private key file
 *     sshsig seed FILE              the seed in a private key file
 *     sshsig sign SEED NAMESPACE    the armour over standard input
 *     sshsig verify FILE NAMESPACE  checks the armour in FILE over standard input, prints its key
 *     sshsig stretch FILE NAMESPACE the armour in FILE with the group order added to its scalar
 *
 * SEED is hex. */
#include "base/sshsig.h"
#include "base/text.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { INPUT_MAX = 4 * 1024 * 1024 };

static enum err read_all(struct buf *b, FILE *f)
{
	uint8_t part[65536];
	size_t size;
	if (!f)
		return ERR_NOT_FOUND;
	while ((size = fread(part, 1, sizeof part, f)) > 0)
		buf_put(b, part, size);
	return ferror(f) ? ERR_IO : buf_err(b);
}

static enum err read_file(struct buf *b, const char *path)
{
	FILE *f = fopen(path, "rb");
	enum err e = read_all(b, f);
	if (f)
		fclose(f);
	return e;
}

static enum err with_key(struct buf *out, const char *verb, const struct sign_key *k, const char *word)
{
	struct buf message;
	uint8_t sig[SIGN_SIZE];
	char fingerprint[SSH_FINGERPRINT_SIZE];
	enum err e = ERR_OK;
	if (strcmp(verb, "public") == 0) {
		ssh_public_put(out, k->public_key);
	} else if (strcmp(verb, "fingerprint") == 0) {
		ssh_fingerprint(fingerprint, k->public_key);
		buf_put_text(out, fingerprint);
	} else if (strcmp(verb, "private") == 0) {
		return ssh_private_put(out, k, 0x5eed5eed, word);
	} else if (strcmp(verb, "sign") == 0) {
		buf_init(&message, INPUT_MAX);
		e = read_all(&message, stdin);
		if (!e)
			e = sshsig_make(sig, k, word, buf_bytes(&message));
		if (!e)
			sshsig_put_armour(out, sig, k->public_key, word);
		buf_clear(&message);
	} else {
		return ERR_USAGE;
	}
	buf_put_byte(out, '\n');
	return e ? e : buf_err(out);
}

static enum err with_armour(struct buf *out, const char *verb, struct bytes armour, const char *name_space)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
		0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
	struct buf message;
	uint8_t sig[SIGN_SIZE], public_key[SIGN_KEY_SIZE];
	/* ssh-keygen ends its files with a newline, which is not part of our one spelling. */
	if (armour.size > 0 && armour.data[armour.size - 1] == '\n')
		armour.size--;
	enum err e = sshsig_parse_armour(sig, public_key, name_space, armour);
	if (e)
		return e;
	if (strcmp(verb, "stretch") == 0) {
		sodium_add(sig + 32, order, sizeof order);
		sshsig_put_armour(out, sig, public_key, name_space);
	} else {
		buf_init(&message, INPUT_MAX);
		e = read_all(&message, stdin);
		if (!e)
			e = sshsig_verify(sig, public_key, name_space, buf_bytes(&message));
		buf_clear(&message);
		ssh_public_put(out, public_key);
	}
	buf_put_byte(out, '\n');
	return e ? e : buf_err(out);
}

static enum err run(struct buf *out, char **argv)
{
	struct buf file;
	struct sign_key k = { .expanded = NULL };
	struct secret seed = { NULL };
	uint8_t bytes[SECRET_SIZE];
	buf_init(&file, INPUT_MAX);
	enum err e = ERR_OK;
	if (strcmp(argv[1], "verify") == 0 || strcmp(argv[1], "stretch") == 0) {
		e = read_file(&file, argv[2]);
		if (!e)
			e = with_armour(out, argv[1], buf_bytes(&file), argv[3]);
	} else if (strcmp(argv[1], "seed") == 0) {
		e = read_file(&file, argv[2]);
		if (!e)
			e = ssh_private_parse(&seed, buf_bytes(&file), NULL);
		if (!e)
			hex_put(out, bytes_of(seed.b, SECRET_SIZE));
		buf_put_byte(out, '\n');
	} else {
		e = hex_decode(bytes, sizeof bytes, bytes_text(argv[2]));
		if (!e)
			e = secret_take(&seed, bytes);
		if (!e)
			e = sign_key_from_seed(&k, &seed);
		if (!e)
			e = with_key(out, argv[1], &k, argv[3] ? argv[3] : "");
	}
	secret_free(&seed);
	sign_key_clear(&k);
	buf_wipe(&file);
	return e;
}

int main(int argc, char **argv)
{
	struct buf out;
	buf_init(&out, INPUT_MAX);
	enum err e = argc < 3 || (argc < 4 && strchr("sv", argv[1][0]) && strcmp(argv[1], "seed") != 0)
		? ERR_USAGE : crypto_init();
	if (!e)
		e = run(&out, argv);
	if (!e)
		fwrite(out.data, 1, out.size, stdout);
	else
		fprintf(stderr, "sshsig: %s\n", err_name(e));
	buf_wipe(&out);
	return e ? 1 : 0;
}
