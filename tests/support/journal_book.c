/* A node's own journal read back. */
#include "tests/support/journal_book.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void must(enum err e)
{
	assert(!e);
	(void)e;
}

static void read_one(struct journal_book *b, size_t i, struct replica *r)
{
	struct checkpoint *c;
	struct buf bytes;
	struct git_id blob;
	struct secret journal_key, key;
	const struct index_checkpoint *row = &b->rows[i];
	buf_init(&bytes, CHECKPOINT_WIRE_MAX);
	must(store_read(&bytes, replica_store(r), STORE_COMMIT, &row->git, CHECKPOINT_WIRE_MAX, NULL));
	must(checkpoint_parse_commit(&c, &b->arena, buf_bytes(&bytes), NULL));
	must(checkpoint_verify(c, buf_bytes(&bytes)));
	buf_reset(&bytes);
	must(store_read(&bytes, replica_store(r), STORE_TREE, &c->tree, 256, NULL));
	memcpy(blob.b, bytes.data + bytes.size - sizeof blob.b, sizeof blob.b);
	buf_reset(&bytes);
	must(store_read(&bytes, replica_store(r), STORE_BLOB, &blob, ENTRIES_BLOB_MAX, NULL));
	must(journal_find_key(&journal_key, replica_journal(r), &row->node, &row->incarnation, NULL));
	must(entries_key(&key, &journal_key));
	must(entries_open(&b->entries[i], &b->entry_counts[i], &b->arena, &key, c, buf_bytes(&bytes), NULL));
	secret_free(&journal_key);
	secret_free(&key);
	buf_clear(&bytes);
}

static int by_number(const void *a, const void *b)
{
	const struct index_checkpoint *x = a, *y = b;
	return (x->no > y->no) - (x->no < y->no);
}

void journal_book_open(struct journal_book *b, struct replica *r)
{
	struct index_checkpoint *heads, *rows;
	size_t head_count, count;
	*b = (struct journal_book){ .count = 0 };
	arena_init(&b->arena, 1 << 28);
	must(index_list_journals(&heads, &head_count, replica_index(r), &b->arena));
	b->rows = arena_array(&b->arena, 256, sizeof *b->rows);
	for (size_t i = 0; i < head_count; i++) {
		if (!node_id_equal(&heads[i].node, replica_node(r)))
			continue;
		must(index_list_checkpoints(
			&rows, &count, replica_index(r), &b->arena, &heads[i].node, &heads[i].incarnation, 0));
		for (size_t k = 0; k < count; k++)
			b->rows[b->count++] = rows[k];
	}
	if (b->count)
		qsort(b->rows, b->count, sizeof *b->rows, by_number);
	b->entries = arena_array(&b->arena, b->count, sizeof(struct entry *));
	b->entry_counts = arena_array(&b->arena, b->count, sizeof *b->entry_counts);
	for (size_t i = 0; i < b->count; i++)
		read_one(b, i, r);
}

void journal_book_close(struct journal_book *b)
{
	arena_clear(&b->arena);
}

size_t journal_book_count(const struct journal_book *b, uint32_t kind)
{
	size_t found = 0;
	for (size_t i = 0; i < b->count; i++)
		for (uint32_t k = 0; k < b->entry_counts[i]; k++)
			found += b->entries[i][k].kind == kind;
	return found;
}

size_t journal_book_named(const struct journal_book *b, const struct change_id *id)
{
	size_t found = 0;
	for (size_t i = 0; i < b->count; i++)
		for (uint32_t k = 0; k < b->entry_counts[i]; k++)
			for (uint32_t n = 0; b->entries[i][k].kind == ENTRY_WROTE && n < b->entries[i][k].as.wrote.count;
				 n++)
				found += change_id_equal(&b->entries[i][k].as.wrote.changes[n], id);
	return found;
}
