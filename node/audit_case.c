/* The audit of cases: every change, its parents, its blobs. */
#include "node/audit_own.h"

#include "base/cbor.h"
#include "base/hash.h"
#include "schema/keep.h"

struct look { /* at one change */
	struct auditor *a;
	struct arena arena;
	const struct index_change *row;
	struct change *change;
	const struct git_id *parents_git;
};

static enum err fault(struct look *l, enum audit_fault_kind kind, const char *words)
{
	return audit_put_fault(l->a, kind, "change", l->row->id.b, "%s", words);
}

/* The commit as it lies in the store: canonical, signed, and the one of this id.  *found is false after a
 * fault that makes the rest of no use. */
static enum err check_commit(struct look *l, bool *found)
{
	struct buf commit;
	struct keep_result kept;
	struct change_id id;
	struct err_text words = { "" };
	*found = false;
	buf_init(&commit, CHANGE_COMMIT_MAX);
	enum err e =
		store_read(&commit, replica_store(l->a->r), STORE_COMMIT, &l->row->git, CHANGE_COMMIT_MAX, &words);
	if (e && audit_is_finding(e)) {
		e = fault(l, AUDIT_UNREADABLE, words.text);
		goto done;
	}
	if (!e)
		e = keep_read_commit(&kept, &l->change, &l->parents_git, &l->arena,
			charter_federation(replica_charter(l->a->r)), buf_bytes(&commit), true, &words);
	if (e)
		goto done;
	if (kept.verdict != KEEP_OK) {
		e = fault(l, kept.code == KEEP_BAD_SIGNATURE ? AUDIT_SIGNATURE : AUDIT_CHANGE,
			words.text[0] ? words.text : keep_code_name(kept.code));
		goto done;
	}
	change_get_id(&id, buf_bytes(&commit));
	*found = change_id_equal(&id, &l->row->id);
	if (!*found)
		e = fault(l, AUDIT_OTHER_ID, "the commit held under this id has another");
done:
	buf_clear(&commit);
	return e;
}

/* Parents, and the charter's word on officer and node. */
static enum err check_place(struct look *l)
{
	struct keep_parent parents[CHANGE_PARENTS_MAX];
	struct keep_result kept;
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < l->change->parent_count && !e; i++) {
		struct index_change row;
		enum err missing = index_find_change(&row, replica_index(l->a->r), &l->change->parents[i]);
		if (missing && missing != ERR_NOT_FOUND)
			return missing;
		parents[i] = (struct keep_parent){ .held = !missing };
		if (missing)
			e = fault(l, AUDIT_PARENT, "a parent is not here");
		else if (row.case_no != l->row->case_no)
			e = fault(l, AUDIT_PARENT, "a parent is of another case");
		else if (!git_id_equal(&row.git, &l->parents_git[i]))
			e = fault(l, AUDIT_PARENT, "git has another parent than the one signed");
		if (!missing && row.case_no == l->row->case_no)
			parents[i].case_id = l->change->case_id;
	}
	if (e)
		return e;
	keep_judge(&kept, replica_charter(l->a->r), l->change, parents);
	return kept.verdict == KEEP_OK ? ERR_OK : fault(l, AUDIT_CHANGE, keep_code_name(kept.code));
}

/* The bytes of a payload or of grants, where they are here. */
static enum err check_blob(struct look *l, char letter, const struct change_blob *line)
{
	struct audit_counts *counts = &l->a->out->counts;
	struct git_id git;
	struct hash256 hash = { { 0 } };
	struct buf blob;
	struct err_text words = { "" };
	enum err e = index_find_blob(&git, replica_index(l->a->r), letter, &line->hash);
	if (e == ERR_NOT_FOUND) {
		counts->not_here++;
		return ERR_OK;
	}
	buf_init(&blob, CHANGE_BLOBS_MAX);
	if (!e)
		e = store_read(&blob, replica_store(l->a->r), STORE_BLOB, &git, CHANGE_BLOBS_MAX, &words);
	if (e && audit_is_finding(e)) {
		e = fault(l, AUDIT_UNREADABLE, words.text);
	} else if (!e) {
		hash_blake2b_256(hash.b, buf_bytes(&blob));
		if (blob.size != line->size || !hash256_equal(&hash, &line->hash))
			e = fault(l, AUDIT_BLOB,
				letter == 'p' ? "a payload is not the one that the manifest names"
							  : "a grant is not the one that the manifest names");
		if (letter == 'p')
			counts->payloads++;
		else
			counts->grants++;
	}
	buf_clear(&blob);
	return e;
}

static enum err check_content(struct look *l)
{
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < l->change->payload_count && !e; i++)
		e = check_blob(l, 'p', &l->change->payloads[i]);
	for (uint32_t i = 0; i < l->change->grant_count && !e; i++)
		e = check_blob(l, 'g', &l->change->grants[i]);
	for (uint32_t i = 0; i < l->change->act_count && !e; i++) {
		e = cbor_check_libcbor(l->change->acts[i].args);
		if (e == ERR_FORMAT)
			e = fault(l, AUDIT_CBOR, "two readers of CBOR do not agree on the arguments of an act");
		l->a->out->counts.acts++;
	}
	return e;
}

static enum err note_wrote(struct look *l)
{
	struct auditor *a = l->a;
	struct audit_wrote *grown =
		arena_grow(&a->out->arena, a->wrote, a->wrote_count, &a->wrote_room, sizeof *grown);
	if (!grown)
		return ERR_MEMORY;
	a->wrote = grown;
	grown[a->wrote_count++] = (struct audit_wrote){ l->row->id, l->change->node, l->change->checkpoint };
	return ERR_OK;
}

static enum err look_at(struct auditor *a, const struct index_change *row)
{
	struct look l = { .a = a, .row = row };
	bool found;
	arena_init(&l.arena, 1 << 24);
	enum err e = check_commit(&l, &found);
	if (!e && found && l.change->time >= a->options->since && audit_wants_node(a, &l.change->node)) {
		e = check_place(&l);
		if (!e)
			e = check_content(&l);
		if (!e)
			e = note_wrote(&l);
		a->out->counts.changes++;
		if (a->options->progress)
			a->options->progress(a->options->context, a->out->counts.changes);
	}
	arena_clear(&l.arena);
	return e;
}

/* What takes no effect is no fault, and counted; a copied key is one. */
static enum err check_case(struct auditor *a, const struct case_id *id)
{
	static const char *const words[] = { [COUNT_TWO_OPENINGS] = "one key and nonce opened the case twice",
		[COUNT_TWO_LANES] = "one officer at one node wrote two changes that do not know of each other" };
	struct casefile *f;
	const struct count_flagged *flags;
	struct arena arena;
	uint32_t count;
	enum err e = replica_case(&f, a->r, id, NULL);
	if (e) /* what is wrong with its changes was said; a form that is not here is no fault */
		return audit_is_finding(e) ? ERR_OK : e;
	for (uint32_t i = 0; i < f->count; i++)
		a->out->counts.not_counted += epoch_standing(f->counted->epochs, i) != REASON_NONE;
	arena_init(&arena, 1 << 26);
	e = count_find_flags(&flags, &count, &arena, f->counted);
	for (uint32_t i = 0; i < count && !e; i++)
		e = audit_put_fault(
			a, AUDIT_COPIED_KEY, "change", f->changes[flags[i].b].id.b, "%s", words[flags[i].flag]);
	arena_clear(&arena);
	return e;
}

enum err audit_cases(struct auditor *a)
{
	struct index_case *cases;
	struct arena arena;
	size_t count = 0;
	arena_init(&arena, AUDIT_MEMORY_MAX);
	enum err e = index_list_cases(&cases, &count, replica_index(a->r), &arena);
	for (size_t i = 0; i < count && !e; i++) {
		struct index_change *rows;
		size_t row_count;
		struct arena list;
		if (a->options->only_case && !case_id_equal(a->options->only_case, &cases[i].id))
			continue;
		arena_init(&list, AUDIT_MEMORY_MAX);
		e = index_list_changes(&rows, &row_count, replica_index(a->r), &list, cases[i].no);
		for (size_t k = 0; k < row_count && !e; k++)
			e = look_at(a, &rows[k]);
		if (!e)
			e = check_case(a, &cases[i].id);
		arena_clear(&list);
	}
	arena_clear(&arena);
	return e;
}
