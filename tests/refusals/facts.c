/* Changes in good form that are not what they say: openings, parents, keys, statements, acts. */
#include "tests/refusals/trial.h"

#include "schema/act_args.h"
#include "schema/charter_now.h"

#include <assert.h>
#include <string.h>

static const struct charter *charter_of(struct trial *t)
{
	return replica_charter(t->w->centre->replica);
}

static struct change *edit_of(struct trial *t, const struct git_id **git)
{
	struct change *c = forge_read(t, t->edit, git);
	c->time++;
	return c;
}

/* ---- Openings */

static void open_as_another(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = forge_read(t, t->opening, &git);
	(void)in;
	t->hostile = forge_sign(t, c, git, &t->w->second);
	trial_good(t, t->opening);
	trial_good(t, t->edit);
}

static void open_with_another_nonce(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = forge_read(t, t->opening, &git);
	(void)in;
	c->nonce[0] ^= 1;
	t->hostile = forge_sign(t, c, git, &t->w->north->officer);
}

static void open_twice(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = forge_read(t, t->opening, &git);
	(void)in;
	c->time++;
	trial_blobs_of(t, c);
	t->hostile = forge_sign(t, c, git, &t->w->north->officer);
}

static void name_own_case(struct change *c)
{
	c->nonce[0] ^= 1;
	change_case_id(&c->case_id, &c->federation, &c->officer, c->nonce);
}

static void open_of_no_form(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = forge_read(t, t->opening, &git);
	(void)in;
	c->form = 2;
	name_own_case(c);
	t->hostile = forge_sign(t, c, git, &t->w->north->officer);
}

static void open_without_the_role(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = forge_read(t, t->opening, &git);
	(void)in;
	c->root = c->issuer = charter_root_head(charter_of(t))->statement->id;
	memcpy(c->officer.b, t->w->counsel->officer.public_key, sizeof c->officer.b);
	memcpy(c->node.b, t->w->counsel->node_keys.sign.public_key, sizeof c->node.b);
	name_own_case(c);
	t->hostile = forge_sign(t, c, git, &t->w->counsel->officer);
}

/* ---- Parents */

static struct bytes next_edit(struct trial *t)
{
	const struct git_id *git;
	struct edit_result r = fed_edit(t->w->north, &t->case_id, OP_SET, "case.language", "\"ar\"", NULL);
	assert(r.verdict == EDIT_DONE);
	struct bytes text = trial_text_of(t, &r.change);
	trial_blobs_of(t, forge_read(t, text, &git));
	return text;
}

static void come_before_the_parent(struct trial *t, const struct input *in)
{
	(void)in;
	t->hostile = next_edit(t);
	trial_good(t, t->edit);
	trial_good(t, t->hostile);
}

/* Puts another parent under the edit. */
static void hang_on(struct trial *t, const struct change_id *id, const struct git_id *parent_git)
{
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	c->parents = id;
	t->hostile = forge_sign(t, c, parent_git, &t->w->north->officer);
}

static void hang_on_another_case(struct trial *t, const struct input *in)
{
	struct casefile *f;
	(void)in;
	enum err e = replica_case(&f, t->w->north->replica, &t->w->other, NULL);
	assert(!e);
	(void)e;
	hang_on(t, &f->changes[0].id, &f->changes[0].git);
}

static void hang_on_a_checkpoint(struct trial *t, const struct input *in)
{
	const struct checkpoint_id *head = journal_head(replica_journal(t->w->north->replica));
	struct change_id id;
	struct store_heads heads;
	(void)in;
	enum err e = store_heads(&heads, replica_store(t->w->north->replica), NULL);
	assert(!e);
	(void)e;
	memcpy(id.b, head->b, sizeof id.b);
	hang_on(t, &id, &heads.journal);
}

static void write_beside_oneself(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	(void)in;
	t->hostile = forge_sign(t, c, git, &t->w->north->officer);
}

/* ---- Keys */

static void be_a_stranger(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	(void)in;
	c->payload_count = 0;
	t->hostile = forge_sign(t, c, git, &t->w->stranger);
}

static void be_retired(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	(void)in;
	c->payload_count = 0;
	c->root = c->issuer = charter_root_head(charter_of(t))->statement->id;
	t->hostile = forge_sign(t, c, git, &t->w->retired);
}

/* The root statement with which the sites' own first officers are all there, and no further one. */
static const struct statement_id *early(struct trial *t)
{
	return &t->w->fed.last;
}

static void be_early(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	(void)in;
	c->payload_count = 0;
	c->root = c->issuer = *early(t);
	t->hostile = forge_sign(t, c, git, &t->w->second);
}

static void sit_elsewhere(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	(void)in;
	c->payload_count = 0;
	t->hostile = forge_sign(t, c, git, &t->w->centre->officer);
}

static void use_no_node(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	(void)in;
	memcpy(c->node.b, t->w->stranger.public_key, sizeof c->node.b);
	t->hostile = forge_sign(t, c, git, &t->w->north->officer);
}

static void be_of_another_federation(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	(void)in;
	c->federation.b[0] ^= 1;
	t->hostile = forge_sign(t, c, git, &t->w->north->officer);
}

/* ---- Statements */

static void rely_on_what_comes(struct trial *t, const struct input *in)
{
	const struct charter *charter = charter_of(t);
	const struct statement *tip = charter_chain_tip(charter, NULL)->statement;
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	struct statement_signatures signatures = { .count = 0 };
	struct statement s = { .code = 99, .args = bytes_of("\xf6", 1), .federation = c->federation,
		.position = tip->position + 1, .previous = tip->id,
		.superior = charter_root_keys(charter)->statement->id, .time = c->time };
	struct buf body, blob;
	(void)in;
	buf_init(&body, STATEMENT_BLOB_MAX);
	buf_init(&blob, STATEMENT_BLOB_MAX);
	enum err e = statement_encode_body(&body, &s, NULL);
	if (!e)
		e = statement_sign(&signatures, buf_bytes(&body), &t->w->fed.root);
	if (!e)
		e = statement_encode_blob(&blob, buf_bytes(&body), &signatures);
	assert(!e);
	(void)e;
	statement_get_id(&c->root, buf_bytes(&body));
	c->issuer = c->root;
	buf_clear(&body);
	t->cure = trial_keep(t, &blob);
	t->hostile = forge_sign(t, c, git, &t->w->north->officer);
}

static void rely_on_no_issuer(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	(void)in;
	c->issuer.b[0] ^= 1;
	t->hostile = forge_sign(t, c, git, &t->w->north->officer);
}

static void rely_on_another_chain(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	(void)in;
	c->issuer = *early(t);
	t->hostile = forge_sign(t, c, git, &t->w->north->officer);
}

/* It sees the edit, and names an older statement than that does. */
static void rely_on_the_past(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = forge_read(t, next_edit(t), &git);
	(void)in;
	c->root = c->issuer = *early(t);
	c->payload_count = 0;
	t->hostile = forge_sign(t, c, git, &t->w->north->officer);
	trial_first(t, t->edit);
}

/* ---- Forms and acts */

static void use_another_version(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	(void)in;
	c->form_version = 2;
	t->hostile = forge_sign(t, c, git, &t->w->north->officer);
}

static void use_another_form(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	(void)in;
	c->form = 2;
	t->hostile = forge_sign(t, c, git, &t->w->north->officer);
}

/* Takes the place of the edit's content. */
static void act(struct trial *t, uint32_t code, uint32_t role, struct bytes args)
{
	const struct git_id *git;
	struct change *c = edit_of(t, &git);
	struct change_act act = { code, role, args };
	c->acts = &act;
	c->act_count = 1;
	c->payload_count = 0;
	t->hostile = forge_sign(t, c, git, &t->w->north->officer);
}

static void act_unheard_of(struct trial *t, const struct input *in)
{
	(void)in;
	act(t, 99, 0, bytes_of("\x80", 1));
}

static void act_without_sense(struct trial *t, const struct input *in)
{
	(void)in;
	act(t, ACT_GRANT, 1, bytes_of("\xff", 1));
}

static void strike(struct trial *t, uint32_t role, const struct change_id *id)
{
	struct buf args;
	buf_init(&args, CHANGE_ACT_ARGS_MAX);
	enum err e = act_encode_strike(&args, &(struct act_strike){ .changes = id, .change_count = 1 });
	assert(!e);
	(void)e;
	act(t, ACT_STRIKE, role, trial_keep(t, &args));
}

/* The first officer may not take back what a colleague wrote: a strike of the opening would be his own, so
 * it is the colleague who strikes. */
static void strike_anothers(struct trial *t, const struct input *in)
{
	const struct git_id *git;
	struct change_id id;
	(void)in;
	change_get_id(&id, t->opening);
	strike(t, 1, &id);
	struct change *c = forge_read(t, t->hostile, &git);
	t->hostile = forge_sign(t, c, git, &t->w->second);
}

static void strike_by_no_role(struct trial *t, const struct input *in)
{
	struct change_id id;
	(void)in;
	change_get_id(&id, t->opening);
	strike(t, 17, &id);
}

static void strike_the_unseen(struct trial *t, const struct input *in)
{
	struct change_id id;
	(void)in;
	change_get_id(&id, t->edit);
	strike(t, 1, &id);
}

/* Site 3, counsel, has no role that reads compartment 7, and the north none that shares it. */
static void grant_beyond(struct trial *t, const struct input *in)
{
	static const uint32_t sites[] = { 3 };
	struct act_grant g = { .compartment = 7, .own_epoch = true, .sites = sites, .site_count = 1 };
	struct buf args;
	(void)in;
	buf_init(&args, CHANGE_ACT_ARGS_MAX);
	enum err e = act_encode_grant(&args, &g);
	assert(!e);
	(void)e;
	act(t, ACT_GRANT, 1, trial_keep(t, &args));
}

static void withdraw_by_no_role(struct trial *t, const struct input *in)
{
	static const uint32_t sites[] = { 1 };
	struct act_withdraw w = { .sites = sites, .site_count = 1 };
	struct buf args;
	(void)in;
	buf_init(&args, CHANGE_ACT_ARGS_MAX);
	enum err e = act_encode_withdraw(&args, &w);
	assert(!e);
	(void)e;
	act(t, ACT_WITHDRAW, 17, trial_keep(t, &args));
}

#define FACT(n, f) { .name = n, .make = f }
static const struct input list[] = {
	FACT("opening-by-another-key", open_as_another),
	FACT("opening-with-another-nonce", open_with_another_nonce),
	FACT("opening-twice-by-one-key", open_twice),
	FACT("opening-of-an-unknown-form", open_of_no_form),
	FACT("opening-by-a-role-that-may-not", open_without_the_role),
	FACT("parent-missing", come_before_the_parent),
	FACT("parent-of-another-case", hang_on_another_case),
	FACT("parent-is-a-checkpoint", hang_on_a_checkpoint),
	FACT("two-lanes-of-one-pen", write_beside_oneself),
	FACT("officer-unknown", be_a_stranger),
	FACT("officer-retired", be_retired),
	FACT("officer-before-the-appointment", be_early),
	FACT("officer-of-another-site", sit_elsewhere),
	FACT("node-unknown", use_no_node),
	FACT("federation-other", be_of_another_federation),
	FACT("relies-on-a-missing-statement", rely_on_what_comes),
	FACT("relies-on-a-missing-issuer-statement", rely_on_no_issuer),
	FACT("relies-on-another-chain", rely_on_another_chain),
	FACT("relies-on-older-than-its-past", rely_on_the_past),
	FACT("form-of-another-version", use_another_version),
	FACT("form-other", use_another_form),
	FACT("act-unknown", act_unheard_of),
	FACT("act-args-undecodable", act_without_sense),
	FACT("act-strike-of-anothers-change", strike_anothers),
	FACT("act-strike-by-a-role-not-held", strike_by_no_role),
	FACT("act-strike-of-the-unseen", strike_the_unseen),
	FACT("act-grant-beyond-the-form", grant_beyond),
	FACT("act-withdraw-by-a-role-not-held", withdraw_by_no_role),
};
const struct inputs inputs_facts = { list, sizeof list / sizeof *list };
