/* Makes checkpoints from constants. */
#include "tests/support/sample_journal.h"

#include "base/hash.h"
#include "schema/grant.h"
#include "tests/support/sample.h"

#include <stdlib.h>

enum { BOX_SEED = 0x70, NONCE = 0x80 };

/* Stays in with NDEBUG. */
static void must(bool ok)
{
	if (!ok)
		abort();
}

void sample_journal_key(struct secret *out)
{
	sample_secret(out, SAMPLE_JOURNAL);
}

const struct entry *sample_entries(struct arena *a)
{
	struct entry *e = arena_array(a, SAMPLE_ENTRIES, sizeof *e);
	struct change_id *changes = arena_array(a, 2, sizeof *changes);
	struct case_id *cases = arena_array(a, 1, sizeof *cases);
	must(e && changes && cases);
	sample_fill(&changes[0], sizeof *changes, 0xc2); /* in the order of writing */
	sample_fill(&changes[1], sizeof *changes, 0xc1);
	sample_fill(cases, sizeof *cases, 0xc3);
	for (uint32_t i = 0; i < SAMPLE_ENTRIES; i++)
		e[i].kind = ENTRY_WROTE + i;
	e[0].as.wrote.changes = changes;
	e[0].as.wrote.count = 2;
	sample_fill(&e[1].as.received.node, sizeof e[1].as.received.node, 0xc4);
	sample_fill(&e[1].as.received.incarnation, sizeof e[1].as.received.incarnation, 0xc5);
	e[1].as.received.from = 3;
	e[1].as.received.to = 7;
	e[1].as.received.count = 12;
	e[2].as.showed.time = SAMPLE_NOW;
	sample_fill(&e[2].as.showed.officer, sizeof e[2].as.showed.officer, 0xc6);
	e[2].as.showed.cases = cases;
	e[2].as.showed.case_count = 1;
	e[2].as.showed.compartments = 1 << 1 | 1 << 3;
	e[2].as.showed.code = SHOW_BREAK_GLASS;
	e[2].as.showed.reason = bytes_text("in danger at the border");
	e[3].as.disclosed.time = SAMPLE_NOW + 1;
	e[3].as.disclosed.site = 2;
	e[3].as.disclosed.case_id = *cases;
	e[3].as.disclosed.compartments = 1 << 1;
	e[4].as.erased.case_id = *cases;
	e[4].as.erased.compartment = 3;
	sample_fill(&e[5].as.witnessed.node, sizeof e[5].as.witnessed.node, 0xc7);
	sample_fill(&e[5].as.witnessed.incarnation, sizeof e[5].as.witnessed.incarnation, 0xc8);
	e[5].as.witnessed.sequence = 812;
	sample_fill(&e[5].as.witnessed.checkpoint, sizeof e[5].as.witnessed.checkpoint, 0xc9);
	return e;
}

static void add_boxes(struct sample_checkpoint *s)
{
	struct change_box *boxes = arena_array(&s->arena, 2, sizeof *boxes);
	struct secret journal;
	must(boxes != NULL);
	sample_journal_key(&journal);
	for (uint32_t i = 0; i < 2; i++) {
		struct box_key to;
		struct secret seed;
		sample_box_key(&to, (uint8_t)(SAMPLE_SITE_1 + i));
		sample_secret(&seed, (uint8_t)(BOX_SEED + i));
		boxes[i].site = i + 1;
		boxes[i].keyno = 1;
		must(grant_seal_box(boxes[i].box, to.public_key, &seed, &journal) == ERR_OK);
		box_key_clear(&to);
		secret_free(&seed);
	}
	s->checkpoint.boxes = boxes;
	s->checkpoint.box_count = 2;
	secret_free(&journal);
}

static void seal_entries(struct sample_checkpoint *s)
{
	struct secret journal, key;
	uint8_t nonce[SEAL_NONCE_SIZE];
	sample_fill(nonce, sizeof nonce, (uint8_t)(NONCE + s->checkpoint.sequence));
	sample_journal_key(&journal);
	must(entries_key(&key, &journal) == ERR_OK);
	must(entries_seal(&s->entries, &key, &s->checkpoint, nonce, sample_entries(&s->arena), SAMPLE_ENTRIES)
		== ERR_OK);
	hash_blake2b_256(s->checkpoint.entries.b, buf_bytes(&s->entries));
	secret_free(&journal);
	secret_free(&key);
}

void sample_checkpoint_make(struct sample_checkpoint *s, uint64_t sequence, const struct git_id *tree,
	const struct git_id *parent)
{
	struct checkpoint *c = &s->checkpoint;
	struct sign_key node;
	memset(s, 0, sizeof *s);
	arena_init(&s->arena, 1024 * 1024);
	buf_init(&s->entries, ENTRIES_BLOB_MAX);
	buf_init(&s->commit, CHANGE_COMMIT_MAX);
	sample_sign_key(&node, SAMPLE_NODE);
	sample_fill(&c->federation, sizeof c->federation, SAMPLE_FEDERATION);
	sample_fill(&c->tree, sizeof c->tree, 0xd1);
	if (tree)
		c->tree = *tree;
	c->time = SAMPLE_NOW + sequence;
	memcpy(c->node.b, node.public_key, sizeof c->node.b);
	sample_fill(&c->incarnation, sizeof c->incarnation, 0xa3);
	c->sequence = sequence;
	hash_sha256(c->head.b, bytes_of(NULL, 0)); /* of no checkpoint */
	if (sequence) {
		c->has_parent = true;
		sample_fill(&c->parent, sizeof c->parent, 0xd2);
		if (parent)
			c->parent = *parent;
		sample_fill(&c->previous, sizeof c->previous, 0xd3);
		sample_fill(&c->head, sizeof c->head, 0xd4);
	} else {
		add_boxes(s);
	}
	seal_entries(s);
	must(checkpoint_sign(&s->commit, c, &node) == ERR_OK);
	checkpoint_get_id(&s->id, buf_bytes(&s->commit));
	sign_key_clear(&node);
}

void sample_checkpoint_clear(struct sample_checkpoint *s)
{
	arena_clear(&s->arena);
	buf_clear(&s->entries);
	buf_clear(&s->commit);
}
