/* Prints the vectors of the formats: every signed and sealed thing of docs/format.md, made from constants.
 *
 *     formats > tests/vectors/formats.json
 *
 * One vector a line.  tests/regress/formats.sh compares this with the file, and has a second
 * implementation read the file. */
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "tests/support/sample.h"
#include "tests/support/sample_journal.h"
#include "tests/support/sample_statement.h"
#include "tests/support/sample_welcome.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 1024 * 1024 };

struct vectors {
	struct buf text;
	struct json_out out;
	bool more;
};

static void must(enum err e)
{
	if (e) {
		fprintf(stderr, "formats: %s\n", err_name(e));
		exit(2);
	}
}

/* Begins a vector on a line of its own. */
static void begin(struct vectors *v, const char *kind, const char *name)
{
	char key[64];
	snprintf(key, sizeof key, "%s %s", kind, name);
	buf_put_text(&v->text, v->more ? ",\n" : "\n");
	v->more = true;
	v->out.comma = false;
	json_put_key(&v->out, key);
	json_put_open(&v->out, '{');
}

static void end(struct vectors *v)
{
	json_put_close(&v->out, '}');
}

static void put_hex(struct vectors *v, const char *key, const void *data, size_t size)
{
	struct buf hex;
	buf_init(&hex, FILE_MAX);
	hex_put(&hex, bytes_of(data, size));
	json_put_key(&v->out, key);
	json_put_text(&v->out, buf_bytes(&hex));
	must(buf_err(&hex));
	buf_clear(&hex);
}

static void put_hex_list(struct vectors *v, const char *key, const struct bytes *list, size_t count)
{
	json_put_key(&v->out, key);
	json_put_open(&v->out, '[');
	for (size_t i = 0; i < count; i++) {
		struct buf hex;
		buf_init(&hex, FILE_MAX);
		hex_put(&hex, list[i]);
		json_put_text(&v->out, buf_bytes(&hex));
		buf_clear(&hex);
	}
	json_put_close(&v->out, ']');
}

static void put_text(struct vectors *v, const char *key, const struct buf *text)
{
	json_put_key(&v->out, key);
	json_put_text(&v->out, buf_bytes(text));
}

/* What a reader needs to open the samples: each is a run of one byte. */
static void put_secrets(struct vectors *v)
{
	static const struct { const char *name; uint8_t byte; } secrets[] = {
		{ "officer_seed", SAMPLE_OFFICER }, { "node_seed", SAMPLE_NODE }, { "root_seed_1", SAMPLE_ROOT },
		{ "root_seed_2", SAMPLE_OTHER }, { "site_1", SAMPLE_SITE_1 }, { "site_2", SAMPLE_SITE_2 },
		{ "epoch_1", SAMPLE_EPOCH + 1 }, { "epoch_3", SAMPLE_EPOCH + 3 }, { "journal", SAMPLE_JOURNAL },
	};
	begin(v, "secrets", "of the samples");
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		uint8_t secret[32];
		sample_fill(secret, sizeof secret, secrets[i].byte);
		put_hex(v, secrets[i].name, secret, sizeof secret);
	}
	end(v);
}

static void put_change(struct vectors *v, enum sample_kind kind)
{
	struct sample s;
	struct buf wire;
	struct bytes parents[CHANGE_PARENTS_MAX];
	buf_init(&wire, CHANGE_WIRE_MAX);
	sample_make(&s, kind, NULL);
	must(change_put_wire(&wire, &s.change));
	for (uint32_t i = 0; i < s.change.parent_count; i++)
		parents[i] = bytes_of(s.parents_git[i].b, sizeof s.parents_git[i].b);
	begin(v, "change", sample_names[kind]);
	put_text(v, "commit", &s.commit);
	put_hex(v, "id", s.id.b, sizeof s.id.b);
	put_hex(v, "federation", s.change.federation.b, sizeof s.change.federation.b);
	put_hex_list(v, "parents_git", parents, s.change.parent_count);
	put_hex(v, "wire", wire.data, wire.size);
	put_hex_list(v, "grants", s.grants, s.change.grant_count);
	put_hex_list(v, "payloads", s.payloads, s.change.payload_count);
	end(v);
	buf_clear(&wire);
	sample_clear(&s);
}

static void put_statement(struct vectors *v, uint32_t code)
{
	struct statement_id id;
	struct buf body, blob;
	buf_init(&body, STATEMENT_BLOB_MAX);
	buf_init(&blob, STATEMENT_BLOB_MAX);
	sample_statement_blob(&body, &blob, code);
	statement_get_id(&id, buf_bytes(&body));
	begin(v, "statement", code > STATEMENT_ERASE_ACK ? "unknown" : statement_name(code));
	put_hex(v, "blob", blob.data, blob.size);
	put_hex(v, "id", id.b, sizeof id.b);
	end(v);
	buf_clear(&body);
	buf_clear(&blob);
}

static void put_checkpoint(struct vectors *v, uint64_t sequence)
{
	struct sample_checkpoint s;
	struct buf reader, witness;
	buf_init(&reader, CHECKPOINT_WIRE_MAX);
	buf_init(&witness, CHECKPOINT_WIRE_MAX);
	sample_checkpoint_make(&s, sequence, NULL, NULL);
	must(checkpoint_put_wire(&reader, &s.checkpoint, buf_bytes(&s.entries)));
	must(checkpoint_put_wire(&witness, &s.checkpoint, bytes_of(NULL, 0)));
	begin(v, "checkpoint", sequence ? "1" : "0");
	put_text(v, "commit", &s.commit);
	put_hex(v, "id", s.id.b, sizeof s.id.b);
	put_hex(v, "federation", s.checkpoint.federation.b, sizeof s.checkpoint.federation.b);
	put_hex(v, "tree", s.checkpoint.tree.b, sizeof s.checkpoint.tree.b);
	put_hex(v, "wire_reader", reader.data, reader.size);
	put_hex(v, "wire_witness", witness.data, witness.size);
	end(v);
	buf_clear(&reader);
	buf_clear(&witness);
	sample_checkpoint_clear(&s);
}

/* Two records of a read log. */
static void put_readlog(struct vectors *v)
{
	struct sample_checkpoint s;
	struct secret journal, key;
	struct arena a;
	struct buf file;
	uint8_t nonce[SEAL_NONCE_SIZE];
	buf_init(&file, FILE_MAX);
	arena_init(&a, FILE_MAX);
	sample_checkpoint_make(&s, 0, NULL, NULL);
	sample_journal_key(&journal);
	must(readlog_key(&key, &journal));
	for (uint8_t i = 0; i < 2; i++) {
		sample_fill(nonce, sizeof nonce, (uint8_t)(0x90 + i));
		must(readlog_put(&file, &key, &s.checkpoint.node, &s.checkpoint.incarnation, i, nonce,
			&sample_entries(&a)[2]));
	}
	begin(v, "readlog", "of checkpoint 0");
	put_hex(v, "file", file.data, file.size);
	end(v);
	secret_free(&journal);
	secret_free(&key);
	arena_clear(&a);
	buf_clear(&file);
	sample_checkpoint_clear(&s);
}

static void put_files(struct vectors *v)
{
	char fingerprint[WELCOME_FINGERPRINT_SIZE];
	struct request request;
	struct buf file;
	buf_init(&file, WELCOME_FILE_MAX);
	for (int i = 0; i < 2; i++) {
		buf_reset(&file);
		if (i == 0)
			sample_request(&request, &file);
		else
			sample_welcome(&file);
		welcome_fingerprint(fingerprint, buf_bytes(&file));
		begin(v, i ? "welcome" : "request", "of a site");
		put_hex(v, "file", file.data, file.size);
		json_put_key(&v->out, "fingerprint");
		json_put_cstr(&v->out, fingerprint);
		end(v);
	}
	buf_clear(&file);
}

int main(void)
{
	struct vectors v = { .more = false };
	must(crypto_init());
	buf_init(&v.text, FILE_MAX);
	json_out_init(&v.out, &v.text);
	buf_put_text(&v.text, "{");
	put_secrets(&v);
	for (int kind = 0; kind < SAMPLE_KINDS; kind++)
		put_change(&v, (enum sample_kind)kind);
	for (uint32_t code = STATEMENT_FOUND; code <= STATEMENT_ERASE_ACK + 1; code++)
		put_statement(&v, code);
	put_checkpoint(&v, 0);
	put_checkpoint(&v, 1);
	put_readlog(&v);
	put_files(&v);
	buf_put_text(&v.text, "\n}\n");
	must(buf_err(&v.text));
	fwrite(v.text.data, 1, v.text.size, stdout);
	buf_clear(&v.text);
	return 0;
}
