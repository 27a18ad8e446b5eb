/* Editing: one officer's signed change of one case, from operations to the store. */
#include "node/replica_edit_own.h"

#include "base/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Says in the result that nothing will be done, and why. */
static enum err not_entitled(struct draft *d, const char *words)
{
	d->result->verdict = EDIT_NOT_ENTITLED;
	d->result->reason = REASON_NOT_PERMITTED;
	d->result->op = UINT32_MAX;
	err_set(&d->result->why, ERR_REFUSED, "%s", words);
	return ERR_OK;
}

/* True when there is a case of that id, here or in this very transaction. */
static bool is_taken(struct replica *r, const struct case_id *id)
{
	struct index_case row;
	return replica_find_case(r, id) || index_find_case(&row, r->index, id) == ERR_OK;
}

static enum err find_file(struct draft *d)
{
	if (!d->edit->opens)
		return replica_case(&d->file, d->r, &d->edit->case_id, &d->result->why);
	if (d->edit->nonce)
		memcpy(d->change.nonce, d->edit->nonce, sizeof d->change.nonce);
	else
		ports_random(&d->r->ports, d->change.nonce, sizeof d->change.nonce);
	change_case_id(&d->change.case_id, &d->change.federation, &d->change.officer, d->change.nonce);
	d->result->case_id = d->change.case_id;
	if (is_taken(d->r, &d->change.case_id)) {
		d->result->verdict = EDIT_REFUSED;
		d->result->reason = REASON_ALREADY_SET;
		d->result->op = UINT32_MAX;
		err_set(&d->result->why, ERR_REFUSED, "this case was opened already");
		return ERR_OK;
	}
	enum err e = casefile_new(&d->file, &d->r->env, &d->change.case_id, d->edit->form);
	if (!e)
		e = replica_put_case(d->r, d->file);
	if (e) {
		casefile_free(d->file);
		d->file = NULL;
	}
	return e;
}

/* The statements that the change relies on: the newest that count. */
static enum err find_statements(struct draft *d)
{
	const struct charter *charter = d->r->charter;
	const struct charter_entry *root = charter_root_head(charter);
	const struct charter_entry *appointment = charter_officer(charter, d->r->site, &d->change.officer);
	const struct charter_entry *issuer = root;
	if (!root || !appointment)
		return ERR_REFUSED;
	const struct charter_entry *enrolment = charter_node(charter, &d->r->node);
	const struct statement *by = appointment->statement->has_issuer ? appointment->statement
		: enrolment && enrolment->statement->has_issuer             ? enrolment->statement
																	: NULL;
	if (by)
		issuer = charter_issuer_head(charter, &by->issuer);
	if (!issuer)
		return ERR_REFUSED;
	d->change.root = root->statement->id;
	d->change.issuer = issuer->statement->id;
	d->at = (struct entitle_at){ root, issuer };
	return ERR_OK;
}

static enum err find_parents(struct draft *d)
{
	const uint32_t *frontier;
	uint32_t count;
	if (d->edit->opens)
		return ERR_OK;
	enum err e = casefile_frontier(&frontier, &count, d->file);
	if (!e && count > CHANGE_PARENTS_MAX)
		return ERR_LIMIT;
	struct change_id *ids = arena_array(d->arena, count, sizeof *ids);
	d->parents = arena_array(d->arena, count, sizeof *d->parents);
	d->parents_git = arena_array(d->arena, count, sizeof *d->parents_git);
	if (!e && (!ids || !d->parents || !d->parents_git))
		e = ERR_MEMORY;
	for (uint32_t i = 0; i < count && !e; i++) {
		ids[i] = d->file->changes[frontier[i]].id;
		d->parents[i] = frontier[i];
		d->parents_git[i] = d->file->changes[frontier[i]].git;
	}
	d->change.parents = ids;
	d->change.parent_count = count;
	return e;
}

/* Who, where, on what: everything but the content.  The verdict may already be a refusal. */
static enum err prepare(struct draft *d)
{
	struct replica *r = d->r;
	struct entitlement entitled;
	const struct form *form = d->edit->form;
	struct change *c = &d->change;
	c->federation = *charter_federation(r->charter);
	c->time = ports_now(&r->ports);
	memcpy(c->officer.b, d->edit->officer->public_key, sizeof c->officer.b);
	c->node = r->node;
	/* A judgement alone may come before the journal was ever opened. */
	if (journal_head(r->journal)) {
		c->incarnation = *journal_incarnation(r->journal);
		c->checkpoint = *journal_head(r->journal);
	}
	if (find_statements(d))
		return not_entitled(
			d, "this officer has no appointment at this site; `dossier officer list` shows who has");
	enum err e = find_file(d);
	if (e || d->result->verdict != EDIT_DONE)
		return e;
	if (!d->edit->opens) {
		form = d->file->form;
		c->case_id = d->file->id;
	}
	assert(form); /* an opening names its form */
	c->form = form->number;
	c->form_version = form->version;
	entitle_judge(&entitled, r->charter, &d->at, &c->officer, &c->node, form->number);
	d->roles = entitled.state == ENTITLED ? entitled.roles : 0;
	if (d->roles == 0 || entitled.site != r->site)
		return not_entitled(d, "this officer has no role for this form at this site");
	if (d->edit->role && !(d->roles & role_bit(d->edit->role)))
		return not_entitled(
			d, "this officer does not hold that role; `dossier officer list` shows which he holds");
	if (d->edit->opens && !(d->roles & form->open))
		return not_entitled(d, "none of this officer's roles may open a case of this form");
	if (!d->edit->opens && !epoch_is_member(d->file->counted->epochs, FORM_CORE, r->site))
		return not_entitled(d, "this site is not (any more) among those that share the case");
	return find_parents(d);
}

/* Signs, passes the door that foreign changes pass, and takes it into transaction and casefile. */
static enum err finish(struct draft *d, struct txn *t)
{
	struct keep_parent parents[CHANGE_PARENTS_MAX];
	struct keep_result kept;
	struct buf commit;
	struct index_change row = { .cover = INDEX_NOT_COVERED };
	buf_init(&commit, CHANGE_COMMIT_MAX);
	for (uint32_t i = 0; i < d->change.parent_count; i++)
		parents[i] = (struct keep_parent){ true, d->change.case_id };
	enum err e = change_sign(&commit, &d->change, d->parents_git, d->edit->officer);
	if (!e) {
		keep_judge(&kept, d->r->charter, &d->change, parents);
		if (kept.verdict != KEEP_OK)
			e = err_set(
				&d->result->why, ERR_REFUSED, "the change would not be kept: %s", keep_code_name(kept.code));
	}
	struct bytes copy = { e ? NULL : arena_copy(d->arena, commit.data, commit.size), commit.size };
	if (!e && !copy.data)
		e = ERR_MEMORY;
	if (!e) {
		change_get_id(&row.id, copy);
		e = store_hash(&row.git, STORE_COMMIT, copy);
	}
	uint32_t position = d->file->count;
	if (!e)
		e = casefile_add(d->file, &row, &d->change);
	if (!e)
		e = txn_add_change(t, d->file, position, copy, 0);
	for (uint32_t i = 0; i < d->share_count && !e; i++)
		if (d->shares[i].own_epoch)
			e = casefile_put_key(
				d->file, d->shares[i].compartment, &row.id, &d->shares[i].fresh, &d->shares[i].fresh_payload);
	for (uint32_t i = 0; i < d->part_count && !e; i++)
		e = casefile_put_ops(d->file, position, i, d->parts[i].role, d->parts[i].ops, d->parts[i].op_count);
	d->result->change = row.id;
	buf_clear(&commit);
	return e;
}

/* A grant of what the site has already would leave an empty change behind. */
static void refuse_nothing(struct draft *d)
{
	const struct edit *edit = d->edit;
	if (edit->opens || edit->op_count || edit->withdraw_count || edit->strike_count || d->share_count)
		return;
	d->result->verdict = EDIT_REFUSED;
	d->result->reason = REASON_ALREADY_SET;
	d->result->op = UINT32_MAX;
	err_set(&d->result->why, ERR_REFUSED, "%s",
		edit->grant_count ? "there is nothing to grant: the site has all of it that it may read"
						  : "there is nothing to do");
}

static enum err edit_one(
	struct replica *r, struct txn *t, const struct edit *edit, struct edit_result *result)
{
	struct draft *d = calloc(1, sizeof *d);
	if (!d)
		return ERR_MEMORY;
	*result = (struct edit_result){ .verdict = EDIT_DONE };
	d->r = r;
	d->edit = edit;
	d->result = result;
	d->arena = &t->arena;
	enum err e = prepare(d);
	if (!e && result->verdict == EDIT_DONE)
		e = casefile_open_payloads(d->file, &result->why);
	if (!e && result->verdict == EDIT_DONE)
		e = draft_parts(d);
	if (!e && result->verdict == EDIT_DONE)
		e = draft_judge(d);
	if (!e && result->verdict == EDIT_DONE)
		e = draft_keys(d);
	if (!e && result->verdict == EDIT_DONE)
		refuse_nothing(d);
	bool sign = !edit->judge_only && result->verdict == EDIT_DONE;
	if (!e && sign)
		e = draft_seal(d, t);
	if (!e && sign && result->verdict == EDIT_DONE)
		e = finish(d, t);
	if (d->file)
		result->case_id = d->file->id;
	/* A case that was to be opened and was not leaves nothing behind. */
	if (edit->opens && d->file && d->file->count == 0)
		replica_drop_case(r, &result->case_id);
	draft_clear(d);
	free(d);
	return e;
}

/* The wider frontier of a case is folded by changes without operations: the 64 lowest ids, then the fold
 * before and 63 more. */
static enum err fold(struct replica *r, struct txn *t, const struct edit *edit, struct edit_result *result)
{
	struct casefile *f;
	const uint32_t *frontier;
	uint32_t count = 0;
	enum err e = edit->opens ? ERR_NOT_FOUND : replica_case(&f, r, &edit->case_id, &result->why);
	if (e)
		return edit->opens ? ERR_OK : e;
	e = casefile_frontier(&frontier, &count, f);
	while (!e && count > CHANGE_PARENTS_MAX) {
		struct draft *d = calloc(1, sizeof *d);
		struct edit empty = { .case_id = edit->case_id, .officer = edit->officer };
		struct change_id *ids = arena_array(&t->arena, CHANGE_PARENTS_MAX, sizeof *ids);
		struct git_id *gits = arena_array(&t->arena, CHANGE_PARENTS_MAX, sizeof *gits);
		if (!d || !ids || !gits) {
			free(d);
			return ERR_MEMORY;
		}
		d->r = r;
		d->edit = &empty;
		d->result = result;
		d->arena = &t->arena;
		e = prepare(d);
		if (e == ERR_LIMIT) /* too many parents is why we are here */
			e = ERR_OK;
		for (uint32_t i = 0; i < CHANGE_PARENTS_MAX; i++) {
			ids[i] = f->changes[frontier[i]].id;
			gits[i] = f->changes[frontier[i]].git;
		}
		d->change.parents = ids;
		d->change.parent_count = CHANGE_PARENTS_MAX;
		d->parents_git = gits;
		if (!e && result->verdict == EDIT_DONE)
			e = finish(d, t);
		bool done = result->verdict == EDIT_DONE;
		free(d);
		if (!e)
			e = casefile_frontier(&frontier, &count, f);
		if (!done)
			break;
	}
	return e;
}

/* An incarnation is open, and what was done before is attested once it is enough: all changes that name a
 * checkpoint are named by the one that follows it, and that one has to stay small enough for a bad link. */
static enum err attest(uint64_t *waiting, struct replica *r, struct err_text *why)
{
	*waiting = 0;
	enum err e = journal_ensure(r->journal, why);
	if (!e)
		e = journal_count_pending(waiting, r->journal);
	if (e || *waiting < JOURNAL_PENDING_MAX)
		return e;
	*waiting = 0;
	return journal_checkpoint(r->journal, why);
}

enum err replica_edit(struct replica *r, const struct edit *edits, size_t count, struct edit_result *results,
	struct err_text *why)
{
	struct txn t;
	uint64_t waiting = 0;
	enum err e = replica_lock(r, why);
	if (e)
		return e;
	bool writes = false;
	for (size_t i = 0; i < count; i++)
		writes = writes || !edits[i].judge_only;
	if (writes)
		e = attest(&waiting, r, why);
	if (!e)
		e = txn_begin(&t, r, why);
	if (e) {
		replica_unlock(r);
		return e;
	}
	for (size_t i = 0; i < count && !e; i++) {
		results[i] = (struct edit_result){ .verdict = EDIT_DONE };
		if (waiting + t.change_count + 1 > JOURNAL_WAITING_MAX)
			e = err_set(&results[i].why, ERR_LIMIT, "more than %d changes in one transaction; split it",
				JOURNAL_WAITING_MAX);
		if (!e && !edits[i].judge_only)
			e = fold(r, &t, &edits[i], &results[i]);
		if (!e && results[i].verdict == EDIT_DONE)
			e = edit_one(r, &t, &edits[i], &results[i]);
		if (e)
			err_set(why, e, "%s", results[i].why.text[0] ? results[i].why.text : err_name(e));
	}
	if (!e)
		e = txn_commit(&t, why);
	txn_end(&t, !e);
	replica_unlock(r);
	return e;
}
