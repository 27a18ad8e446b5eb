/* What a view costs: 10,000 changes in the shapes that are common, and in those that are worst. */
#include "base/cbor.h"
#include "node/forms.h"
#include "schema/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CHANGES = 10000, OPS_EACH = 4, RUNS = 5, OFFICERS = 8, PARENTS_MAX = 64 };
#define MEMORY ((size_t)4 << 30)

struct bench {
	struct arena arena;
	const struct form *form;
	struct view_change *changes;
	struct view_payload *payloads; /* OPS_EACH per change */
	uint32_t count;
	uint64_t seed;
};

static uint32_t draw(struct bench *b, uint32_t below)
{
	b->seed = b->seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(b->seed >> 33) % below;
}

static void *need(void *memory)
{
	if (!memory) {
		fputs("out of memory\n", stderr);
		exit(2);
	}
	return memory;
}

/* Adds a change by `officer` with the given parents; returns its position. */
static uint32_t add_change(struct bench *b, uint32_t officer, const uint32_t *parents, uint32_t count)
{
	uint32_t at = b->count++;
	struct view_change *c = &b->changes[at];
	for (int i = 0; i < 8; i++)
		c->dag.id.b[i] = (uint8_t)draw(b, 256);
	memcpy(c->dag.id.b + 8, &at, sizeof at);
	memcpy(c->dag.officer.b, &officer, sizeof officer);
	c->dag.time = 1770000000 + at;
	c->dag.parents = need(arena_copy(&b->arena, parents, count * sizeof *parents));
	c->dag.parent_count = count;
	c->roles = ~(role_set)0;
	c->payloads = &b->payloads[at * OPS_EACH];
	return at;
}

/* Adds one operation in a payload of its own; the fields of one change must stand in compartments that
 * ascend. */
static void add_op(struct bench *b, uint32_t change, const char *path, uint32_t code, uint64_t number,
	bool text)
{
	const struct form_field *f = form_find_path(b->form, path);
	struct view_change *c = &b->changes[change];
	uint32_t role = 1;
	struct buf value;
	char word[32];
	while (!(f->write & role_bit(role)))
		role++;
	buf_init(&value, 64);
	snprintf(word, sizeof word, "value %llu", (unsigned long long)number);
	if (text)
		cbor_put_text(&value, bytes_text(word));
	else
		cbor_put_uint(&value, number);
	struct op *op = need(arena_alloc(&b->arena, sizeof *op));
	*op = (struct op){ .field = f->number, .code = code,
		.value = bytes_of(need(arena_copy(&b->arena, value.data, value.size)), value.size) };
	buf_clear(&value);
	b->payloads[change * OPS_EACH + c->payload_count++] = (struct view_payload){
		.compartment = f->compartment, .role = role, .ops = op, .op_count = 1 };
}

/* Eight officers who each see nearly all of what the others wrote. */
static void busy_case(struct bench *b)
{
	uint32_t tips[OFFICERS] = { 0 };
	add_change(b, 0, NULL, 0);
	while (b->count < CHANGES) {
		uint32_t officer = draw(b, OFFICERS), parents[3];
		parents[0] = tips[officer];
		parents[1] = tips[draw(b, OFFICERS)];
		parents[2] = tips[draw(b, OFFICERS)];
		uint32_t at = add_change(b, officer, parents, 3);
		tips[officer] = at;
		add_op(b, at, "case.language", OP_SET, at, true);
		add_op(b, at, "identity.aliases", draw(b, 3) ? OP_ADD : OP_REMOVE, draw(b, 20), true);
		add_op(b, at, "contact.phone", OP_SET, draw(b, 5), true);
		add_op(b, at, "accommodation.regime", OP_SET, 1 + draw(b, 5), false);
	}
}

/* One officer, one field. */
static void one_line(struct bench *b)
{
	add_change(b, 0, NULL, 0);
	while (b->count < CHANGES) {
		uint32_t parent = b->count - 1, at = add_change(b, 0, &parent, 1);
		add_op(b, at, "contact.phone", OP_SET, at, true);
	}
}

/* Eight officers who never meet, one sticky field. */
static void eight_apart(struct bench *b)
{
	uint32_t tips[OFFICERS] = { 0 };
	add_change(b, 0, NULL, 0);
	while (b->count < CHANGES) {
		uint32_t officer = draw(b, OFFICERS), at = add_change(b, officer, &tips[officer], 1);
		tips[officer] = at;
		add_op(b, at, "identity.family_name", OP_SET, at, true);
	}
}

/* 9,841 officers write one contested field at once; then the frontier is folded, 64 at a time. */
static void all_at_once(struct bench *b)
{
	uint32_t first, parents[PARENTS_MAX], root = add_change(b, 0, NULL, 0);
	add_op(b, root, "procedure.track", OP_SET, 1, false);
	for (first = b->count; b->count < CHANGES - 158;) {
		uint32_t at = add_change(b, b->count, &root, 1);
		add_op(b, at, "procedure.track", OP_SET, 1 + draw(b, 5), false);
		add_op(b, at, "identity.family_name", OP_SET, at, true);
	}
	for (uint32_t next = first, last = root, end = b->count; next < end;) {
		uint32_t count = 0;
		parents[count++] = last;
		while (count < PARENTS_MAX && next < end)
			parents[count++] = next++;
		last = add_change(b, 0, parents, count);
	}
}

/* 5,000 adds and 5,000 removes of one element, none of which saw another. */
static void one_element(struct bench *b)
{
	uint32_t root = add_change(b, 0, NULL, 0);
	while (b->count < CHANGES) {
		uint32_t at = add_change(b, b->count, &root, 1);
		add_op(b, at, "identity.aliases", b->count % 2 ? OP_ADD : OP_REMOVE, 1, true);
	}
}

/* Two officers contest a field 5,000 times over, each time having seen the last contest. */
static void contest_on_contest(struct bench *b)
{
	uint32_t pair[2], next[2];
	pair[0] = pair[1] = add_change(b, 0, NULL, 0);
	while (b->count + 1 < CHANGES) {
		for (uint32_t i = 0; i < 2; i++) {
			next[i] = add_change(b, i, pair, 2);
			add_op(b, next[i], "procedure.track", OP_SET, 1 + i, false);
		}
		pair[0] = next[0];
		pair[1] = next[1];
	}
}

static double milliseconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void measure(const struct form *form, const char *name, void (*make)(struct bench *))
{
	struct bench b = { .form = form, .seed = 1 };
	double best = 1e9, graph = 1e9;
	size_t memory = 0, ops = 0;
	arena_init(&b.arena, MEMORY);
	b.changes = need(arena_array(&b.arena, CHANGES, sizeof *b.changes));
	b.payloads = need(arena_array(&b.arena, CHANGES * OPS_EACH, sizeof *b.payloads));
	make(&b);
	struct dag_change *plain = need(arena_array(&b.arena, CHANGES, sizeof *plain));
	for (uint32_t i = 0; i < b.count; i++) {
		plain[i] = b.changes[i].dag;
		ops += b.changes[i].payload_count;
	}
	for (int run = 0; run < RUNS; run++) {
		struct arena a;
		struct view *v = NULL;
		struct dag *d = NULL;
		arena_init(&a, MEMORY);
		double start = milliseconds();
		if (dag_build(&d, &a, plain, b.count))
			exit(2);
		double built = milliseconds();
		arena_clear(&a);
		double again = milliseconds();
		if (view_make(&v, &a, form, b.changes, b.count))
			exit(2);
		double end = milliseconds();
		best = end - again < best ? end - again : best;
		graph = built - start < graph ? built - start : graph;
		memory = a.total;
		arena_clear(&a);
	}
	printf("%-20s %7u %7zu %9.1f %9.1f %9.1f\n", name, (unsigned)b.count, ops, best, graph,
		(double)memory / (1 << 20));
	arena_clear(&b.arena);
}

int main(void)
{
	struct form *form = NULL;
	struct err_text why = { "" };
	for (const struct form_file *f = forms_data; f->name; f++) {
		if (strcmp(f->name, "asylum") == 0 && form_load(&form, bytes_of(f->data, f->size), &why))
			fprintf(stderr, "%s\n", why.text);
	}
	if (!form)
		return 2;
	printf("%-20s %7s %7s %9s %9s %9s\n", "a view of", "changes", "ops", "ms", "graph ms", "MiB");
	measure(form, "a busy case", busy_case);
	measure(form, "one line", one_line);
	measure(form, "eight apart", eight_apart);
	measure(form, "all at once", all_at_once);
	measure(form, "one element", one_element);
	measure(form, "contest on contest", contest_on_contest);
	form_free(form);
	return 0;
}
