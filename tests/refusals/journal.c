/* Checkpoints of another node's journal. */
#include "tests/refusals/trial.h"

#include "schema/checkpoint.h"

#include <assert.h>
#include <string.h>

struct making { /* the north's newest checkpoint, to be altered */
	struct checkpoint *c;
	struct bytes entries;
};

static struct bytes read_object(struct trial *t, enum store_kind kind, const struct git_id *git)
{
	struct buf b;
	buf_init(&b, STORE_OBJECT_MAX);
	enum err e = store_read(&b, replica_store(t->w->north->replica), kind, git, STORE_OBJECT_MAX, NULL);
	assert(!e);
	(void)e;
	return trial_keep(t, &b);
}

static struct making begin(struct trial *t)
{
	struct making m;
	struct store_heads heads;
	struct git_id blob;
	struct replica *north = t->w->north->replica;
	enum err e = replica_lock(north, NULL);
	if (!e)
		e = journal_checkpoint(replica_journal(north), NULL);
	replica_unlock(north);
	if (!e)
		e = store_heads(&heads, replica_store(north), NULL);
	assert(!e);
	e = checkpoint_parse_commit(&m.c, &t->arena, read_object(t, STORE_COMMIT, &heads.journal), NULL);
	assert(!e);
	(void)e;
	struct bytes tree = read_object(t, STORE_TREE, &m.c->tree);
	memcpy(blob.b, tree.data + tree.size - sizeof blob.b, sizeof blob.b);
	m.entries = read_object(t, STORE_BLOB, &blob);
	return m;
}

static struct bytes finish(struct trial *t, const struct making *m)
{
	struct buf wire;
	buf_init(&wire, CHECKPOINT_WIRE_MAX);
	enum err e = checkpoint_put_wire(&wire, m->c, m->entries);
	assert(!e);
	(void)e;
	return trial_keep(t, &wire);
}

/* The hostile one, then the unaltered one, beside an edit of another case. */
static void push(struct trial *t, struct bytes good)
{
	struct admit_checkpoint checkpoints[2] = { { .wire = t->hostile }, { .wire = good } };
	t->checkpoints = checkpoints;
	t->checkpoint_count = 2;
	trial_good(t, trial_neighbour(t));
	trial_push_good(t);
	t->checkpoint_count = 0;
	t->got = (struct outcome){ checkpoints[0].err ? VERDICT_REFUSED : VERDICT_ACCEPTED,
		err_name(checkpoints[0].err) };
	if (checkpoints[1].err)
		trial_fault(t, "the unaltered checkpoint was not accepted");
}

static void alter(struct trial *t, const struct input *in)
{
	struct making m = begin(t);
	struct bytes good = finish(t, &m);
	switch (in->new[0]) {
	case 't': m.c->time++; break;
	case 's': m.c->sequence++; break;
	case 'h': m.c->head.b[0] ^= 1; break;
	default: m.c->signature[0] ^= 1; break;
	}
	t->hostile = finish(t, &m);
	push(t, good);
}

static void alter_entries(struct trial *t, const struct input *in)
{
	struct making m = begin(t);
	struct bytes good = finish(t, &m);
	(void)in;
	uint8_t *copy = arena_copy(&t->arena, good.data, good.size);
	assert(copy);
	copy[good.size - 1] ^= 1;
	t->hostile = bytes_of(copy, good.size);
	push(t, good);
}

static void cut(struct trial *t, const struct input *in)
{
	struct making m = begin(t);
	struct bytes good = finish(t, &m);
	(void)in;
	t->hostile = bytes_of(good.data, good.size - 1);
	push(t, good);
}

static void be_a_stranger(struct trial *t, const struct input *in)
{
	struct making m = begin(t);
	struct bytes good = finish(t, &m);
	struct buf commit;
	(void)in;
	buf_init(&commit, CHECKPOINT_WIRE_MAX);
	memcpy(m.c->node.b, t->w->stranger.public_key, sizeof m.c->node.b);
	enum err e = checkpoint_sign(&commit, m.c, &t->w->stranger);
	assert(!e);
	(void)e;
	buf_clear(&commit);
	t->hostile = finish(t, &m);
	push(t, good);
}

static void fill(struct trial *t, const struct input *in)
{
	struct making m = begin(t);
	size_t size = 1 << 20;
	uint8_t *bytes = arena_alloc(&t->arena, size);
	assert(bytes);
	memset(bytes, in->new[0], size);
	t->hostile = bytes_of(bytes, size);
	push(t, finish(t, &m));
}

static void announce(struct trial *t, const struct input *in)
{
	struct making m = begin(t);
	t->hostile = bytes_of(in->new, strlen(in->new));
	push(t, finish(t, &m));
}

#define CHECKPOINT(n, f, w) { .name = n, .door = DOOR_CHECKPOINT, .make = f, .new = w }
static const struct input list[] = {
	CHECKPOINT("checkpoint-altered-time", alter, "t"),
	CHECKPOINT("checkpoint-altered-sequence", alter, "s"),
	CHECKPOINT("checkpoint-altered-head", alter, "h"),
	CHECKPOINT("checkpoint-altered-signature", alter, "-"),
	CHECKPOINT("checkpoint-altered-entries", alter_entries, ""),
	CHECKPOINT("checkpoint-cut", cut, ""),
	CHECKPOINT("checkpoint-of-a-stranger", be_a_stranger, ""),
	CHECKPOINT("checkpoint-nested-1m", fill, "\x81"),
	CHECKPOINT("checkpoint-array-of-2e63", announce, "\x9b\x7f\xff\xff\xff\xff\xff\xff\xff"),
};
const struct inputs inputs_journal = { list, sizeof list / sizeof *list };
