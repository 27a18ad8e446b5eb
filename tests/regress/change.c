/* Prints changes and checkpoints for stock git to judge: see tests/regress/change.sh.
 *
 *     change text KIND [GIT_ID...]       the commit; the ids are a change's parent, or a checkpoint's
 *                                        tree and parent
 *     change id KIND [GIT_ID...]         its id
 *     change flip KIND I OF [GIT_ID...]  the commit with one bit flipped, I/OF into what is signed
 *     change signer                      the lines of an allowed_signers file
 *     change parse change|checkpoint     reads a commit from standard input: exit code 0 if it is
 *                                        canonical and its signature holds */
#include "base/sshsig.h"
#include "base/text.h"
#include "tests/support/sample.h"
#include "tests/support/sample_journal.h"

#include <stdio.h>
#include <stdlib.h>

static int fail(const char *what)
{
	fprintf(stderr, "change: %s\n", what);
	return 2;
}

static void print_signer(uint8_t seed)
{
	char fingerprint[SSH_FINGERPRINT_SIZE];
	struct sign_key k;
	struct buf line;
	buf_init(&line, 1024);
	sample_sign_key(&k, seed);
	ssh_fingerprint(fingerprint, k.public_key);
	buf_put_text(&line, fingerprint);
	buf_put_text(&line, " namespaces=\"git\" ");
	ssh_public_put(&line, k.public_key);
	puts(buf_text(&line));
	buf_clear(&line);
	sign_key_clear(&k);
}

static int parse_input(bool is_change)
{
	static uint8_t text[CHANGE_COMMIT_MAX + 1];
	const struct git_id *parents_git = NULL;
	struct change *change = NULL;
	struct checkpoint *checkpoint = NULL;
	struct err_text why = { "its signature does not hold" };
	struct arena a;
	arena_init(&a, 16 * 1024 * 1024);
	struct bytes commit = bytes_of(text, fread(text, 1, sizeof text, stdin));
	enum err e = is_change ? change_parse_commit(&change, &parents_git, &a, commit, &why)
		: checkpoint_parse_commit(&checkpoint, &a, commit, &why);
	if (!e)
		e = is_change ? change_verify(change, commit) : checkpoint_verify(checkpoint, commit);
	if (e)
		puts(why.text);
	arena_clear(&a);
	return e ? 1 : 0;
}

/* Makes the commit that the words name; false when there is no such kind. */
static bool make(struct buf *commit, uint8_t id[32], const char *kind, const struct git_id *ids, int count)
{
	for (int i = 0; i < SAMPLE_KINDS; i++) {
		struct sample s;
		if (strcmp(kind, sample_names[i]) != 0)
			continue;
		sample_make(&s, (enum sample_kind)i, count ? ids : NULL);
		buf_put_bytes(commit, buf_bytes(&s.commit));
		memcpy(id, s.id.b, sizeof s.id.b);
		sample_clear(&s);
		return true;
	}
	if (strcmp(kind, "checkpoint_0") != 0 && strcmp(kind, "checkpoint_1") != 0)
		return false;
	struct sample_checkpoint s;
	sample_checkpoint_make(&s, kind[11] == '1', count > 0 ? &ids[0] : NULL, count > 1 ? &ids[1] : NULL);
	buf_put_bytes(commit, buf_bytes(&s.commit));
	memcpy(id, s.id.b, sizeof s.id.b);
	sample_checkpoint_clear(&s);
	return true;
}

/* Flips a bit of the signed text: the signature's own header is left out. */
static void flip(struct buf *commit, size_t i, size_t of)
{
	static const char end[] = "-----END SSH SIGNATURE-----\n";
	const char *text = buf_text(commit);
	size_t begin = (size_t)(strstr(text, "gpgsig ") - text);
	size_t behind = (size_t)(strstr(text, end) - text) + strlen(end);
	size_t at = i * (commit->size - (behind - begin)) / of;
	commit->data[at < begin ? at : at + behind - begin] ^= 1;
}

static int print_commit(const char *what, const char *kind, char **words, int count)
{
	struct git_id ids[2];
	uint8_t id[32];
	char hex[65];
	struct buf commit;
	bool flips = strcmp(what, "flip") == 0;
	int first = flips ? 2 : 0;
	if (count < first || count - first > 2)
		return fail("too few or too many words");
	for (int i = first; i < count; i++)
		if (hex_decode(ids[i - first].b, sizeof ids->b, bytes_text(words[i])))
			return fail("a git id is 40 hex digits");
	buf_init(&commit, 2 * CHANGE_COMMIT_MAX);
	if (!make(&commit, id, kind, ids, count - first))
		return fail("no sample of this kind");
	if (flips)
		flip(&commit, strtoul(words[0], NULL, 10), strtoul(words[1], NULL, 10));
	hex_encode(hex, bytes_of(id, sizeof id));
	if (strcmp(what, "id") == 0)
		puts(hex);
	else
		fwrite(commit.data, 1, commit.size, stdout);
	buf_clear(&commit);
	return 0;
}

int main(int argc, char **argv)
{
	if (crypto_init())
		return fail("no cryptography");
	if (argc == 2 && strcmp(argv[1], "signer") == 0) {
		print_signer(SAMPLE_OFFICER);
		print_signer(SAMPLE_NODE);
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "parse") == 0)
		return parse_input(strcmp(argv[2], "change") == 0);
	if (argc >= 3)
		return print_commit(argv[1], argv[2], argv + 3, argc - 3);
	return fail("text, id, flip, signer or parse");
}
