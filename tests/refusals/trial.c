/* One trial: makes the input, pushes it through its door beside what is good, and looks at all of it. */
#include "tests/refusals/trial.h"

#include "base/hash.h"
#include "schema/charter_now.h"

#include <assert.h>
#include <string.h>

enum { TRIAL_MEMORY_MAX = 48 << 20, PIECES_MAX = TRIAL_GOOD_MAX + 2 };

const char *door_name(enum door d)
{
	static const char *const names[DOORS] = { "commit text", "portable wire", "payload", "statement",
		"checkpoint", "session frame" };
	return names[d];
}

const char *verdict_name(enum verdict v)
{
	static const char *const names[VERDICTS] = { "accepted", "refused", "waits", "kept without effect",
		"kept, flagged" };
	return names[v];
}

void trial_good(struct trial *t, struct bytes good)
{
	assert(t->good_count < TRIAL_GOOD_MAX);
	t->good[t->good_count++] = good;
}

void trial_blob(struct trial *t, char letter, struct bytes data)
{
	assert(t->blob_count < TRIAL_BLOBS_MAX);
	t->blobs[t->blob_count++] = (struct admit_blob){ letter, data };
}

void trial_fault(struct trial *t, const char *fault)
{
	if (!t->fault)
		t->fault = fault;
}

/* ---- What the north wrote */

static struct bytes read_object(struct trial *t, enum store_kind kind, const struct git_id *git)
{
	struct buf b;
	buf_init(&b, STORE_OBJECT_MAX);
	enum err e = store_read(&b, replica_store(t->w->north->replica), kind, git, STORE_OBJECT_MAX, NULL);
	assert(!e);
	(void)e;
	return trial_keep(t, &b);
}

struct bytes trial_text_of(struct trial *t, const struct change_id *id)
{
	struct index_change row;
	enum err e = index_find_change(&row, replica_index(t->w->north->replica), id);
	assert(!e);
	(void)e;
	return read_object(t, STORE_COMMIT, &row.git);
}

static void blobs_of_lines(struct trial *t, char letter, const struct change_blob *lines, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct git_id git;
		if (!index_find_blob(&git, replica_index(t->w->north->replica), letter, &lines[i].hash))
			trial_blob(t, letter, read_object(t, STORE_BLOB, &git));
	}
}

void trial_blobs_of(struct trial *t, const struct change *c)
{
	blobs_of_lines(t, 'g', c->grants, c->grant_count);
	blobs_of_lines(t, 'p', c->payloads, c->payload_count);
}

/* ---- Judging what was kept */

static struct outcome no_effect(const char *code)
{
	return (struct outcome){ VERDICT_NO_EFFECT, code };
}

static const char *flag_of(struct trial *t, const struct casefile *f, uint32_t position)
{
	const struct count_flagged *flags;
	uint32_t count;
	enum err e = count_find_flags(&flags, &count, &t->arena, f->counted);
	assert(!e);
	(void)e;
	for (uint32_t i = 0; i < count; i++)
		if (flags[i].b == position || flags[i].a == position)
			return flags[i].flag == COUNT_TWO_OPENINGS ? "two_openings" : "two_lanes";
	return NULL;
}

static struct outcome judge_kept(struct trial *t, const struct case_id *case_id, const struct change_id *id)
{
	struct casefile *f;
	const struct view *view;
	uint32_t at = 0;
	enum err e = replica_case(&f, t->w->centre->replica, case_id, NULL);
	if (!e && !casefile_find(&at, f, id))
		e = ERR_NOT_FOUND;
	if (!e)
		e = casefile_view(&view, f, NULL);
	assert(!e);
	const struct view_change *v = &f->counted->changes[at];
	if (v->standing != REASON_NONE)
		return no_effect(op_reason_name(v->standing));
	for (uint32_t i = 0; i < f->changes[at].change->act_count; i++)
		if (epoch_act(f->counted->epochs, at, i) != REASON_NONE)
			return no_effect(op_reason_name(epoch_act(f->counted->epochs, at, i)));
	for (uint32_t i = 0; i < view->ineffective_count; i++)
		if (view->ineffective[i].change == at)
			return no_effect(op_reason_name(view->ineffective[i].reason));
	for (uint32_t i = 0; i < v->payload_count; i++)
		if (v->payloads[i].state == PAYLOAD_UNKNOWN)
			return (struct outcome){ VERDICT_WAITS, "unknown" };
	const char *flag = flag_of(t, f, at);
	return flag ? (struct outcome){ VERDICT_FLAGGED, flag } : (struct outcome){ VERDICT_ACCEPTED, "fine" };
}

/* ---- The doors of a change */

struct piece { /* a change on its way in */
	struct bytes bytes;
	struct admit_change change; /* .change NULL: refused at the first door */
};

static void read_piece(struct trial *t, struct piece *p, enum door door)
{
	const struct federation_id *federation = charter_federation(replica_charter(t->w->centre->replica));
	const struct git_id *parents_git;
	struct change *c = NULL;
	enum err e;
	p->change = (struct admit_change){ .change = NULL };
	if (door == DOOR_WIRE) {
		e = change_parse_wire(&c, &t->arena, federation, p->bytes, NULL);
		p->change.result = (struct keep_result){ .verdict = e ? KEEP_REFUSED : KEEP_OK,
			.code = e == ERR_LIMIT ? KEEP_OVERSIZE : e ? KEEP_BAD_FORMAT : KEEP_FINE };
		assert(e == ERR_OK || e == ERR_LIMIT || e == ERR_FORMAT);
	} else {
		struct err_text why = { "" };
		e = keep_read_commit(
			&p->change.result, &c, &parents_git, &t->arena, federation, p->bytes, true, &why);
		assert(!e);
		if (!c && why.text[0] == '\0')
			trial_fault(t, "refused without words");
	}
	p->change.change = c;
}

static struct outcome outcome_of(struct trial *t, const struct piece *p)
{
	const struct keep_result *k = &p->change.result;
	if (k->verdict == KEEP_OK)
		return judge_kept(t, &p->change.change->case_id, &p->change.id);
	return (struct outcome){ k->verdict == KEEP_WAITS ? VERDICT_WAITS : VERDICT_REFUSED,
		keep_code_name(k->code) };
}

/* What is refused or waits is not held, unless it came again in its place. */
static void check_absent(struct trial *t, const struct piece *p)
{
	struct index_change row;
	struct change_id id;
	for (size_t i = 0; i < t->good_count; i++)
		if (bytes_equal(t->good[i], p->bytes))
			return;
	change_get_id(&id, p->bytes);
	if (index_find_change(&row, replica_index(t->w->centre->replica), &id) == ERR_OK)
		trial_fault(t, "held all the same");
}

/* Admits the pieces in one batch, with what comes along. */
static void admit(struct trial *t, struct piece *pieces, size_t count)
{
	struct admit_change changes[PIECES_MAX];
	struct piece *from[PIECES_MAX];
	struct admission batch = { .changes = changes,
		.blobs = t->blobs,
		.blob_count = t->blob_count,
		.statements = t->statements,
		.statement_results = t->statement_results,
		.statement_count = t->statement_count,
		.checkpoints = t->checkpoints,
		.checkpoint_count = t->checkpoint_count,
		.peer = replica_node(t->w->north->replica) };
	for (size_t i = 0; i < count; i++) {
		if (!pieces[i].change.change)
			continue;
		from[batch.change_count] = &pieces[i];
		changes[batch.change_count++] = pieces[i].change;
	}
	if (replica_admit(t->w->centre->replica, &batch, NULL))
		trial_fault(t, "the batch failed");
	for (size_t i = 0; i < batch.change_count; i++)
		from[i]->change = changes[i];
}

static void check_good(struct trial *t, const struct piece *p)
{
	struct outcome o = outcome_of(t, p);
	if (o.verdict != VERDICT_ACCEPTED && o.verdict != VERDICT_FLAGGED)
		trial_fault(t, "the unaltered bytes were not accepted");
}

void trial_first(struct trial *t, struct bytes text)
{
	struct piece p = { .bytes = text };
	read_piece(t, &p, DOOR_TEXT);
	admit(t, &p, 1);
	check_good(t, &p);
}

void trial_push_good(struct trial *t)
{
	struct piece pieces[PIECES_MAX];
	for (size_t i = 0; i < t->good_count; i++) {
		pieces[i].bytes = t->good[i];
		read_piece(t, &pieces[i], DOOR_TEXT);
	}
	admit(t, pieces, t->good_count);
	for (size_t i = 0; i < t->good_count; i++)
		check_good(t, &pieces[i]);
}

static void run_change(struct trial *t)
{
	struct piece pieces[PIECES_MAX] = { { .bytes = t->hostile } };
	size_t count = 1;
	if (t->good_count == 0)
		trial_good(t, t->door == DOOR_WIRE ? forge_wire(t, t->edit) : t->edit);
	for (size_t i = 0; i < t->good_count; i++)
		pieces[count++].bytes = t->good[i];
	for (size_t i = 0; i < count; i++)
		read_piece(t, &pieces[i], t->door);
	pieces[count].bytes = trial_neighbour(t);
	read_piece(t, &pieces[count++], DOOR_TEXT);
	admit(t, pieces, count);
	t->got = outcome_of(t, &pieces[0]);
	if (pieces[0].change.result.verdict != KEEP_OK && t->door != DOOR_WIRE)
		check_absent(t, &pieces[0]);
	for (size_t i = 1; i < count; i++)
		check_good(t, &pieces[i]);
	if (t->cure.size == 0 && t->cure_blob.size == 0)
		return;
	if (t->cure_blob.size > 0)
		trial_blob(t, 'p', t->cure_blob);
	t->statements = &t->cure;
	t->statement_count = t->cure.size > 0;
	read_piece(t, &pieces[0], t->door);
	admit(t, pieces, 1);
	check_good(t, &pieces[0]);
}

/* ---- The whole */

struct bytes trial_neighbour(struct trial *t)
{
	const struct git_id *parents_git;
	struct edit_result r = fed_edit(t->w->north, &t->w->other, OP_SET, "case.language", "\"fa\"", NULL);
	assert(r.verdict == EDIT_DONE);
	struct bytes text = trial_text_of(t, &r.change);
	trial_blobs_of(t, forge_read(t, text, &parents_git));
	return text;
}

/* A new case at the north, its opening at the centre too, and an edit that is not there yet. */
static void begin(struct trial *t)
{
	const struct git_id *parents_git;
	struct edit_result opened = fed_open(t->w->north, "case.reported_on", "\"2026-02-02\"");
	assert(opened.verdict == EDIT_DONE);
	t->case_id = opened.case_id;
	t->opening = trial_text_of(t, &opened.change);
	trial_blobs_of(t, forge_read(t, t->opening, &parents_git));
	trial_first(t, t->opening);
	t->blob_count = 0;
	struct edit_result edited =
		fed_edit(t->w->north, &t->case_id, OP_SET, "case.language", "\"nl\"", NULL);
	assert(edited.verdict == EDIT_DONE);
	t->edit = trial_text_of(t, &edited.change);
	trial_blobs_of(t, forge_read(t, t->edit, &parents_git));
}

void trial_run(struct trial *t, struct world *w, const struct input *in)
{
	*t = (struct trial){ .w = w, .door = in->door };
	arena_init(&t->arena, TRIAL_MEMORY_MAX);
	begin(t);
	if (in->make) {
		in->make(t, in);
	} else {
		t->hostile = forge_replace(t, t->edit, in->after, in->old, bytes_text(in->new));
		if (in->resigned)
			t->hostile = forge_resign(t, t->hostile, &w->north->officer);
	}
	if (!t->got.code)
		run_change(t);
}

void trial_end(struct trial *t)
{
	arena_clear(&t->arena);
}
