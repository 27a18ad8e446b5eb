/* Makes and reads stores for store.sh, which asks stock git what it thinks of them.
 *
 *     store make HOME     a few hundred changes, blobs and checkpoints in many transactions
 *     store write HOME N  N transactions more, each under the home's lock
 *     store read HOME     reads everything that is held and attested; prints what it found
 *     store merge HOME    merges the packs as far as they can be */
#include "node/flock.h"
#include "node/gittext.h"
#include "node/process.h"
#include "node/store_walk.h"
#include "tests/support/store_sample.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRANSACTIONS = 120, JOURNALS = 3, TIME = 1700000000 };

static void must(enum err e, const struct err_text *why)
{
	if (!e)
		return;
	fprintf(stderr, "%s: %s\n", err_name(e), why->text);
	exit(1);
}

/* ---- Writing */

static void write_checkpoint(struct store *s, const struct git_id *parent, unsigned number, bool own,
	unsigned node)
{
	struct buf text;
	struct store_checkpoint c = sample_checkpoint_init(&text, parent, number);
	struct store_txn t = { .checkpoints = &c, .checkpoint_count = 1, .time = TIME };
	c.own = own;
	c.node.b[0] = (uint8_t)node;
	sample_write(s, &t);
	buf_clear(&text);
}

/* One of the three: a chain of changes on a case, the own journal, a foreign one. */
static void write_one(struct store *s, unsigned i)
{
	struct err_text why = { "" };
	struct store_heads heads;
	struct git_id tip = { 0 }, parent;
	struct node_id node = { { (uint8_t)(1 + i % JOURNALS) } };
	struct incarnation_id incarnation = { { 0 } };
	must(store_heads(&heads, s, &why), &why);
	sample_write_chain(s, &tip, 1 + i % 5, TIME + i, 1000 * (uint64_t)i);
	if (i % 3 == 0)
		write_checkpoint(s, heads.has_journal ? &heads.journal : NULL, i, true, 0);
	if (i % 4 == 0) {
		enum err e = store_journal_find(&parent, s, &node, &incarnation, &why);
		if (e != ERR_NOT_FOUND)
			must(e, &why);
		write_checkpoint(s, e ? NULL : &parent, i, false, node.b[0]);
	}
}

/* A change over more tips than one store commit may name. */
static void write_wide(struct store *s)
{
	enum { WIDE = 300 };
	struct buf *texts = calloc(WIDE, sizeof *texts);
	struct store_change *changes = calloc(WIDE, sizeof *changes);
	struct store_txn t = { .changes = changes, .change_count = WIDE, .time = TIME };
	assert(texts && changes);
	for (unsigned i = 0; i < WIDE; i++) {
		buf_init(&texts[i], 4096);
		sample_change(&texts[i], NULL, 0, TIME, 1000000 + i);
		changes[i].commit = buf_bytes(&texts[i]);
	}
	sample_write(s, &t);
	for (unsigned i = 0; i < WIDE; i++)
		buf_clear(&texts[i]);
	free(texts);
	free(changes);
}

static void write_many(struct store *s, const char *home, unsigned count)
{
	struct err_text why = { "" };
	struct home_lock lock;
	/* Numbers that no earlier run used: from the commits in the chain. */
	struct store_walk *w = NULL;
	const struct store_step *step = NULL;
	unsigned from = 0;
	must(store_walk_open(&w, s, NULL, &why), &why);
	do {
		must(store_walk_next(&step, w, &why), &why);
		from += step != NULL;
	} while (step);
	store_walk_close(w);
	for (unsigned i = from; i < from + count; i++) {
		must(flock_take(&lock, home, FLOCK_WAIT_MS, "store write", &why), &why);
		write_one(s, i);
		flock_release(&lock);
	}
}

/* ---- Reading */

/* Follows the first parents of a commit to `stop` or the end; a checkpoint's tree and entries are read
 * too. */
static unsigned read_chain(struct store *s, struct git_id at, bool checkpoints)
{
	struct err_text why = { "" };
	struct gittext_commit commit;
	struct gittext_entry entry;
	struct buf text, tree, blob;
	unsigned count = 0;
	size_t place;
	buf_init(&text, 65536);
	buf_init(&tree, 65536);
	buf_init(&blob, 65536);
	for (bool more = true; more; count++) {
		buf_reset(&text);
		must(store_read(&text, s, STORE_COMMIT, &at, 65536, &why), &why);
		must(gittext_parse(&commit, buf_bytes(&text)), &why);
		buf_reset(&tree);
		must(store_read(&tree, s, STORE_TREE, &commit.tree, 65536, &why), &why);
		if (checkpoints) {
			place = 0;
			must(gittext_tree_next(&entry, buf_bytes(&tree), &place), &why);
			must(store_read(&blob, s, STORE_BLOB, &entry.id, 65536, &why), &why);
		}
		more = gittext_parent_count(&commit) > 0;
		if (more)
			at = gittext_parent(&commit, 0);
	}
	buf_clear(&text);
	buf_clear(&tree);
	buf_clear(&blob);
	return count;
}

static void read_held(struct store *s)
{
	struct err_text why = { "" };
	struct store_walk *w = NULL;
	const struct store_step *step = NULL;
	struct buf blob;
	unsigned changes = 0, blobs = 0, steps = 0;
	buf_init(&blob, 65536);
	must(store_walk_open(&w, s, NULL, &why), &why);
	for (;; steps++) {
		must(store_walk_next(&step, w, &why), &why);
		if (!step)
			break;
		for (size_t i = 0; i < step->tip_count; i++)
			changes += read_chain(s, step->tips[i], false);
		for (size_t i = 0; i < step->blob_count; i++, blobs++) {
			buf_reset(&blob);
			must(store_read(&blob, s, STORE_BLOB, &step->blobs[i].git, 65536, &why), &why);
		}
	}
	store_walk_close(w);
	buf_clear(&blob);
	printf("steps %u changes %u blobs %u", steps, changes, blobs);
}

static void read_attested(struct store *s)
{
	struct err_text why = { "" };
	struct store_heads heads;
	struct store_journal *journals = NULL;
	size_t count = 0;
	unsigned foreign = 0;
	must(store_heads(&heads, s, &why), &why);
	must(store_journals(&journals, &count, s, &why), &why);
	for (size_t i = 0; i < count; i++)
		foreign += read_chain(s, journals[i].head, true);
	free(journals);
	printf(" checkpoints %u journals %zu foreign %u\n",
		heads.has_journal ? read_chain(s, heads.journal, true) : 0, count, foreign);
}

int main(int argc, char **argv)
{
	struct err_text why = { "" };
	struct store *s = NULL;
	if (argc < 3)
		return 2;
	process_tune_memory();
	must(store_git_open(&s, argv[2], &why), &why);
	if (strcmp(argv[1], "make") == 0) {
		write_many(s, argv[2], TRANSACTIONS);
		write_wide(s);
	} else if (strcmp(argv[1], "write") == 0 && argc == 4) {
		write_many(s, argv[2], (unsigned)strtoul(argv[3], NULL, 10));
	} else if (strcmp(argv[1], "read") == 0) {
		read_held(s);
		read_attested(s);
	} else if (strcmp(argv[1], "merge") == 0) {
		must(store_merge_packs(s, 2, &why), &why);
	}
	store_close(s);
	return 0;
}
