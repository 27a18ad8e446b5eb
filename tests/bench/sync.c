/* Bytes, round trips and pace of a session, without what a link adds to it. */
#include "tests/bench/bench.h"

#include "base/text.h"
#include "tests/bench/work.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CASES = 500, CHANGES = 1000, MANY = 5000, CUT = 20000, FEW = 20, SESSIONS_MAX = 1000 };

static struct wire_result meet(struct work *w, size_t limit)
{
	return wire_sync(w->budel, w->centre, limit);
}

static struct wire_result meet_equal(struct work *w, const char *what)
{
	struct wire_result r = meet(w, SIZE_MAX);
	if (r.end[0] != SESSION_EQUAL || r.end[1] != SESSION_EQUAL)
		bench_fail(what, r.reason[0]);
	return r;
}

/* What of it went for what. */
static void put_kinds(const struct wire_result *r, double changes)
{
	printf("  per change:");
	for (int i = 0; i < 2; i++)
		for (uint64_t kind = 0; kind < 16; kind++)
			if (r->stats[i].kind_out[kind])
				printf(" %s%s %.1f", i ? "<" : ">", kind ? message_name(kind) : "hello",
					(double)r->stats[i].kind_out[kind] / changes);
	printf("\n");
}

static void put_bytes(struct bench *b, const char *what, double value, double gate, double goal)
{
	bench_put(b, &(struct bench_row){ what, value, "bytes", 0, gate, goal, true });
}

static void measure_small(struct bench *b, struct work *w)
{
	struct wire_result idle = meet_equal(w, "idle");
	put_bytes(b, "nothing new, 500 cases, both ways", (double)idle.bytes, 400, 300);
	bench_put(b,
		&(struct bench_row){ "round trips of that", (double)idle.stats[0].round_trips, "", 0, 1, 1, true });
	work_edit(w, work_make_edits(w, 1, 1), 1);
	meet_equal(w, "one change");
	work_edit(w, work_make_edits(w, 1, 1), 1);
	struct wire_result one = meet_equal(w, "one change");
	put_bytes(b, "one change of one field, above that, to a reader of journals",
		(double)one.bytes - (double)idle.bytes, 0, 450);
}

/* What stock git would send for the same: the thin pack of all that is reachable now and was not before. */
static double git_fetch_bytes(const struct work *w, const struct git_id *before)
{
	char old[2 * sizeof before->b + 1], command[2 * FS_PATH_MAX + 256], path[FS_PATH_MAX];
	struct fs_info info;
	hex_encode(old, bytes_of(before->b, sizeof before->b));
	snprintf(command, sizeof command,
		"printf 'refs/heads/store\\n^%s\\n' |"
		" git --git-dir='%s/store.git' pack-objects --revs --thin --stdout -q >'%s/thin'",
		old, w->homes[1], w->homes[1]);
	int status = -1;
	pid_t child = fork();
	if (child == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0
		|| fs_path(path, "%s/thin", w->homes[1]) || fs_stat(&info, path, NULL) || info.size == 0)
		bench_fail("git pack-objects", command);
	return (double)info.size;
}

static void measure_many(struct bench *b, struct work *w)
{
	struct store_heads before;
	if (store_heads(&before, replica_store(w->budel->replica), NULL))
		bench_fail("1,000 changes", "the store's heads");
	work_edit(w, work_make_edits(w, CHANGES, 3), CHANGES);
	struct wire_result r = meet_equal(w, "1,000 changes");
	put_bytes(b, "each of 1,000 changes of 1 to 3 fields, all in all", (double)r.bytes / CHANGES, 300, 250);
	put_kinds(&r, CHANGES);
	put_bytes(b, "the same by git fetch: its thin pack", git_fetch_bytes(w, &before.store) / CHANGES, 0, 0);
}

static void measure_pace(struct bench *b, struct work *w)
{
	work_edit(w, work_make_edits(w, MANY, 1), MANY);
	double start = bench_now();
	struct wire_result r = meet_equal(w, "pace");
	double seconds = bench_now() - start;
	bench_put(b,
		&(struct bench_row){ "changes that a session moves, both sides on this core",
			(double)r.counts[1].changes_taken / seconds, "a second", 0, 0, 0, false });
}

static void measure_cuts(struct bench *b, struct work *w)
{
	/* As they come in a day: a checkpoint for every few, for each goes over in one piece. */
	for (int i = 0; i < CHANGES; i += FEW)
		work_edit(w, work_make_edits(w, FEW, 3), FEW);
	uint64_t sent = 0, bytes = 0;
	unsigned sessions = 0;
	for (bool equal = false; !equal; sessions++) {
		struct wire_result r = meet(w, CUT);
		sent += r.counts[0].changes_sent;
		bytes += r.bytes;
		equal = r.end[0] == SESSION_EQUAL && r.end[1] == SESSION_EQUAL;
		if (sessions == SESSIONS_MAX)
			bench_fail("cuts", r.reason[0]);
	}
	put_bytes(b, "each of 1,000 changes, the link cut every 20,000 bytes", (double)bytes / CHANGES, 0, 0);
	bench_put(b,
		&(struct bench_row){
			"changes made ready for each that was needed", (double)sent / CHANGES, "", 0, 0, 0, false });
}

void bench_sync(struct bench *b)
{
	struct work w;
	work_open(&w);
	bench_heading("a session");
	work_open_cases(&w, CASES);
	meet_equal(&w, "the beginning");
	measure_small(b, &w);
	measure_many(b, &w);
	measure_pace(b, &w);
	measure_cuts(b, &w);
	work_close(&w);
}
