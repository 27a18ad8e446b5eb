/* The audit: its course, its faults, the charter. */
#include "node/audit_own.h"

#include "base/cbor.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *audit_fault_name(enum audit_fault_kind kind)
{
	static const char *const names[] = {
		[AUDIT_UNREADABLE] = "unreadable",
		[AUDIT_STATEMENT] = "statement",
		[AUDIT_CHANGE] = "change",
		[AUDIT_SIGNATURE] = "signature",
		[AUDIT_OTHER_ID] = "other_id",
		[AUDIT_PARENT] = "parent",
		[AUDIT_BLOB] = "blob",
		[AUDIT_CBOR] = "cbor",
		[AUDIT_CHECKPOINT] = "checkpoint",
		[AUDIT_CHAIN] = "chain",
		[AUDIT_ENTRIES] = "entries",
		[AUDIT_NOT_NAMED] = "not_named",
		[AUDIT_NAMED_TWICE] = "named_twice",
		[AUDIT_NAMED_ELSEWHERE] = "named_elsewhere",
		[AUDIT_NOT_HELD] = "not_held",
		[AUDIT_REWRITTEN] = "rewritten",
		[AUDIT_CLONED] = "cloned",
		[AUDIT_COPIED_KEY] = "copied_key",
	};
	return names[kind];
}

enum err audit_put_fault(
	struct auditor *a, enum audit_fault_kind kind, const char *what, const uint8_t *id, const char *fmt, ...)
{
	struct audit *out = a->out;
	char hex[65] = "", words[256];
	va_list ap;
	/* A store that lies in shards says the same ten thousand times; what comes then adds nothing. */
	if (out->fault_count == AUDIT_FAULTS_MAX)
		return ERR_OK;
	struct audit_fault *grown =
		arena_grow(&out->arena, out->faults, out->fault_count, &out->fault_room, sizeof *grown);
	if (!grown)
		return ERR_MEMORY;
	out->faults = grown;
	va_start(ap, fmt);
	vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	if (id)
		hex_encode(hex, bytes_of(id, 32));
	struct audit_fault *f = &grown[out->fault_count++];
	f->kind = kind;
	(void)err_set(&f->words, ERR_CRYPTO, "%s%s%.16s: %s", what, id ? " " : "", hex, words);
	return ERR_OK;
}

bool audit_wants_node(const struct auditor *a, const struct node_id *node)
{
	if (a->options->only_site == 0)
		return true;
	const struct charter_entry *e = charter_node(replica_charter(a->r), node);
	return e && e->statement->as.node.site == a->options->only_site;
}

/* Every statement is read again from its bytes, which checks its signatures, and by a second reader. */
enum err audit_statements(struct auditor *a)
{
	const struct charter *c = replica_charter(a->r);
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < charter_count(c) && !e; i++) {
		const struct charter_entry *entry = charter_get(c, i);
		struct statement *s;
		struct arena arena;
		struct err_text words = { "" };
		arena_init(&arena, 1 << 22);
		e = statement_parse(&s, &arena, entry->blob, &words);
		if (e && audit_is_finding(e))
			e = audit_put_fault(a, AUDIT_STATEMENT, "statement", entry->statement->id.b, "%s", words.text);
		else if (!e && cbor_check_libcbor(s->body) == ERR_FORMAT)
			e = audit_put_fault(
				a, AUDIT_CBOR, "statement", entry->statement->id.b, "two readers of CBOR do not agree");
		a->out->counts.statements++;
		arena_clear(&arena);
	}
	return e;
}

static int compare_reads(const void *x, const void *y)
{
	const struct audit_read *a = x, *b = y;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return node_id_compare(&a->node, &b->node);
}

enum err audit_run(
	struct audit *out, struct replica *r, const struct audit_options *options, struct err_text *why)
{
	struct auditor a = { .out = out, .r = r, .options = options, .why = why };
	*out = (struct audit){ .fault_count = 0 };
	arena_init(&out->arena, AUDIT_MEMORY_MAX);
	enum err e = audit_statements(&a);
	if (!e)
		e = audit_cases(&a);
	if (!e)
		e = audit_journals(&a);
	if (!e)
		e = audit_pending(&a);
	if (!e)
		e = audit_agree(&a);
	if (!e && out->read_count > 1)
		qsort(out->reads, out->read_count, sizeof *out->reads, compare_reads);
	return e;
}

void audit_clear(struct audit *a)
{
	arena_clear(&a->arena);
	a->fault_count = a->read_count = 0;
}
