/* Pushes every hostile input through its door and holds what becomes of it against the table.
 *
 *     refusals [--control] [--home DIR] [--write DIR] [TABLE]
 *
 * --control expects of each input what the table says of another one, and fails unless every one of these
 * expectations does; --home keeps the centre's store there; --write leaves the commit texts there, for
 * stock git to judge. */
#include "tests/refusals/refusals.h"
#include "tests/refusals/table.h"

#include "base/sshsig.h"
#include "tests/support/temp_home.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum { MEMORY_MAX_KIB = 64 * 1024 };

static const struct inputs *const groups[] = { &inputs_malleated, &inputs_text, &inputs_wire,
	&inputs_facts, &inputs_content, &inputs_charter, &inputs_journal,
	&inputs_frames };
enum { GROUPS = sizeof groups / sizeof *groups };

struct run {
	struct world world;
	struct table table;
	bool control;
	const char *home, *write;
	unsigned passed, failed, told[VERDICTS];
};

static void fail(struct run *r, const char *name, const char *words)
{
	r->failed++;
	printf("FAILED %s: %s\n", name, words);
}

/* What to expect: the row, or for a control the next one that says something else. */
static const struct table_row *expected(struct run *r, const struct table_row *row)
{
	size_t at = (size_t)(row - r->table.rows);
	for (size_t i = 1; r->control && i < r->table.count; i++) {
		const struct table_row *other = &r->table.rows[(at + i) % r->table.count];
		if (strcmp(other->verdict, row->verdict) != 0 || strcmp(other->code, row->code) != 0)
			return other;
	}
	return row;
}

static void write_text(struct run *r, const char *name, struct bytes text)
{
	char path[FS_PATH_MAX];
	struct err_text why = { "" };
	if (fs_path(path, "%s/%s", r->write, name) || fs_write_file(path, text, 0600, NULL, &why))
		fail(r, name, why.text);
}

static void judge(struct run *r, const struct input *in, const struct trial *t, const struct table_row *row)
{
	const struct table_row *e = expected(r, row);
	char words[256];
	if (strcmp(row->door, door_name(in->door)) != 0) {
		fail(r, in->name, "the table names another door");
	} else if (t->fault) {
		fail(r, in->name, t->fault);
	} else if (strcmp(e->verdict, verdict_name(t->got.verdict)) != 0 || strcmp(e->code, t->got.code) != 0) {
		snprintf(words, sizeof words, "%s, %s; wanted %s, %s", verdict_name(t->got.verdict), t->got.code,
			e->verdict, e->code);
		fail(r, in->name, words);
	} else {
		r->passed++;
		r->told[t->got.verdict]++;
	}
}

static void run_one(struct run *r, const struct input *in)
{
	struct trial *t = &(struct trial){ 0 };
	struct table_row *row = table_find(&r->table, in->name);
	trial_run(t, &r->world, in);
	if (r->write && in->door == DOOR_TEXT)
		write_text(r, in->name, t->hostile);
	if (r->write && in->door == DOOR_TEXT)
		write_text(r, "unaltered", t->edit);
	if (!row) {
		char words[256];
		snprintf(words, sizeof words, "not in the table: %s, %s", verdict_name(t->got.verdict), t->got.code);
		fail(r, in->name, words);
	} else {
		row->used = true;
		judge(r, in, t, row);
	}
	trial_end(t);
}

static void write_signers(struct run *r)
{
	const struct sign_key *keys[] = { &r->world.north->officer, &r->world.second };
	struct buf b;
	buf_init(&b, 4096);
	for (size_t i = 0; i < 2; i++) {
		char fingerprint[SSH_FINGERPRINT_SIZE];
		ssh_fingerprint(fingerprint, keys[i]->public_key);
		buf_printf(&b, "%s namespaces=\"git\" ", fingerprint);
		ssh_public_put(&b, keys[i]->public_key);
		buf_put_byte(&b, '\n');
	}
	write_text(r, "allowed_signers", buf_bytes(&b));
	buf_clear(&b);
}

/* All that the centre shows of all cases. */
static void put_views(struct buf *out, struct fed_site *s)
{
	struct arena a;
	struct index_case *cases;
	size_t count;
	arena_init(&a, 1 << 20);
	buf_init(out, 1 << 24);
	if (index_list_cases(&cases, &count, replica_index(s->replica), &a))
		count = 0;
	for (size_t i = 0; i < count; i++)
		fed_view(out, s, &cases[i].id);
	arena_clear(&a);
}

/* What is on disk says the same once the index was made anew from it. */
static void check_rebuilt(struct run *r, const char *home)
{
	struct buf before, after;
	put_views(&before, r->world.centre);
	world_reopen_centre(&r->world, home);
	put_views(&after, r->world.centre);
	if (before.size == 0 || !bytes_equal(buf_bytes(&before), buf_bytes(&after)))
		fail(r, "rebuilt", "another view than before");
	else
		r->passed += !r->control;
	buf_clear(&before);
	buf_clear(&after);
}

static void run_all(struct run *r, const char *home)
{
	world_open(&r->world, home);
	for (size_t g = 0; g < GROUPS; g++)
		for (size_t i = 0; i < groups[g]->count; i++)
			run_one(r, &groups[g]->list[i]);
	for (size_t i = 0; i < r->table.count; i++)
		if (!r->table.rows[i].used)
			fail(r, r->table.rows[i].name, "in the table, and no input of that name");
	if (r->write)
		write_signers(r);
	check_rebuilt(r, home);
	world_close(&r->world);
}

static void check_memory(struct run *r)
{
	struct rusage use;
	if (getrusage(RUSAGE_SELF, &use) || use.ru_maxrss >= MEMORY_MAX_KIB)
		fail(r, "memory", "64 MiB or more at the peak");
	else
		r->passed++;
	printf("at most %ld KiB of memory at any time\n", use.ru_maxrss);
}

static int report(struct run *r)
{
	if (r->control) {
		/* Every expectation was another input's, so every one must have failed. */
		printf("control: %u of %zu wrong expectations noticed\n", r->failed, r->table.count);
		return r->passed == 0 && r->failed == r->table.count ? 0 : 1;
	}
	for (int v = 0; v < VERDICTS; v++)
		if (r->told[v])
			printf("%u %s\n", r->told[v], verdict_name((enum verdict)v));
	check_memory(r);
	printf("%u passed, %u failed\n", r->passed, r->failed);
	return r->failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct run r;
	const char *path = "tests/refusals.tsv";
	char home[FS_PATH_MAX];
	struct err_text why = { "" };
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--control") == 0)
			r.control = true;
		else if (strcmp(argv[i], "--home") == 0 && i + 1 < argc)
			r.home = argv[++i];
		else if (strcmp(argv[i], "--write") == 0 && i + 1 < argc)
			r.write = argv[++i];
		else
			path = argv[i];
	}
	if (table_read(&r.table, path, &why)) {
		fprintf(stderr, "refusals: %s\n", why.text);
		return 2;
	}
	if (!r.home)
		temp_home_make(home);
	run_all(&r, r.home ? r.home : home);
	if (!r.home)
		temp_home_remove(home);
	int code = report(&r);
	table_clear(&r.table);
	return code;
}
