/* Statements of the charter: refused, kept aside, or kept without counting. */
#include "tests/refusals/trial.h"

#include "base/cbor.h"
#include "schema/charter_now.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { ROLE_POLICE = 1, ROLE_LAWYER = 14 };

struct making { /* a statement that appoints a newcomer at the north, as the root would make it */
	struct statement s;
	struct sign_key newcomer;
	struct form_roles held;
	char name[32];
};

static const struct charter *charter_of(struct trial *t)
{
	return replica_charter(t->w->centre->replica);
}

/* The next of the root's chain. */
static void begin(struct trial *t, struct making *m)
{
	const struct charter *charter = charter_of(t);
	const struct statement *tip = charter_chain_tip(charter, NULL)->statement;
	enum err e = officer_key_new(&m->newcomer, replica_ports(t->w->north->replica));
	assert(!e);
	(void)e;
	m->held = (struct form_roles){ 1, role_bit(ROLE_POLICE) };
	snprintf(m->name, sizeof m->name, "n%llu", (unsigned long long)tip->position);
	m->s = (struct statement){ .code = STATEMENT_APPOINT, .valid = true,
		.federation = *charter_federation(charter), .position = tip->position + 1, .previous = tip->id,
		.superior = charter_root_keys(charter)->statement->id, .time = tip->time,
		.as.appoint = {
			.site = t->w->north->number, .name = bytes_text(m->name), .roles = { &m->held, 1 } } };
	memcpy(m->s.as.appoint.officer.b, m->newcomer.public_key, sizeof m->s.as.appoint.officer.b);
}

/* The same of the chain of counsel's first officer, about his own site. */
static void begin_of_counsel(struct trial *t, struct making *m)
{
	const struct charter *charter = charter_of(t);
	begin(t, m);
	m->held.roles = role_bit(ROLE_LAWYER);
	m->s.has_issuer = true;
	memcpy(m->s.issuer.b, t->w->counsel->officer.public_key, sizeof m->s.issuer.b);
	const struct charter_entry *tip = charter_chain_tip(charter, &m->s.issuer);
	m->s.position = tip ? tip->statement->position + 1 : 0;
	m->s.previous = tip ? tip->statement->id : (struct statement_id){ { 0 } };
	m->s.superior = charter_officer(charter, t->w->counsel->number, &m->s.issuer)->statement->id;
	m->s.as.appoint.site = t->w->counsel->number;
}

static struct bytes finish(struct trial *t, struct making *m, const struct sign_key *key)
{
	struct statement_signatures signatures = { .count = 0 };
	struct buf body, blob;
	buf_init(&body, STATEMENT_BLOB_MAX);
	buf_init(&blob, STATEMENT_BLOB_MAX);
	enum err e = statement_encode_body(&body, &m->s, NULL);
	if (!e)
		e = statement_sign(&signatures, buf_bytes(&body), key);
	if (!e)
		e = statement_encode_blob(&blob, buf_bytes(&body), &signatures);
	assert(!e);
	(void)e;
	statement_get_id(&m->s.id, buf_bytes(&body));
	buf_clear(&body);
	sign_key_clear(&m->newcomer);
	return trial_keep(t, &blob);
}

/* ---- Pushing */

static struct outcome outcome_of(const struct charter_admission *a)
{
	switch (a->verdict) {
	case CHARTER_REFUSED:
		return (struct outcome){ VERDICT_REFUSED, charter_refusal_name(a->refusal) };
	case CHARTER_WAITS:
		return (struct outcome){ VERDICT_WAITS, "missing_statement" };
	case CHARTER_KEPT:
	case CHARTER_KNOWN:
		break;
	}
	if (a->entry->standing != CHARTER_COUNTS)
		return (struct outcome){ VERDICT_NO_EFFECT, charter_standing_name(a->entry->standing) };
	return (struct outcome){ VERDICT_ACCEPTED, "fine" };
}

/* The hostile statement, then the good ones, beside the edit and an edit of another case. */
static void push(struct trial *t)
{
	struct bytes blobs[1 + TRIAL_GOOD_MAX] = { t->hostile };
	struct charter_admission results[1 + TRIAL_GOOD_MAX] = { 0 };
	size_t count = 1;
	for (size_t i = 0; i < t->good_count; i++)
		blobs[count++] = t->good[i];
	t->statements = blobs;
	t->statement_results = results;
	t->statement_count = count;
	t->good_count = 0;
	trial_good(t, trial_neighbour(t));
	trial_push_good(t);
	t->got = outcome_of(&results[0]);
	for (size_t i = 1; i < count; i++)
		if (outcome_of(&results[i]).verdict != VERDICT_ACCEPTED)
			trial_fault(t, "the unaltered statement was not accepted");
	t->statements = NULL;
	t->statement_count = t->good_count = 0;
}

/* What the root makes beside the hostile one. */
static void push_beside_a_good_one(struct trial *t)
{
	struct making m;
	begin(t, &m);
	trial_good(t, finish(t, &m, &t->w->fed.root));
	push(t);
}

/* ---- Bytes */

static void alter(struct trial *t, const struct input *in)
{
	struct making m;
	(void)in;
	begin(t, &m);
	struct bytes good = finish(t, &m, &t->w->fed.root);
	uint8_t *copy = arena_copy(&t->arena, good.data, good.size);
	assert(copy);
	size_t at = forge_find(good, "", m.name);
	copy[at] ^= 1;
	t->hostile = bytes_of(copy, good.size);
	trial_good(t, good);
	push(t);
}

static void cut(struct trial *t, const struct input *in)
{
	struct making m;
	(void)in;
	begin(t, &m);
	struct bytes good = finish(t, &m, &t->w->fed.root);
	t->hostile = bytes_of(good.data, good.size - 1);
	trial_good(t, good);
	push(t);
}

static void go_on(struct trial *t, const struct input *in)
{
	struct making m;
	struct buf b;
	(void)in;
	begin(t, &m);
	struct bytes good = finish(t, &m, &t->w->fed.root);
	buf_init(&b, 2 * STATEMENT_BLOB_MAX);
	buf_put_bytes(&b, good);
	buf_put_byte(&b, 0);
	t->hostile = trial_keep(t, &b);
	trial_good(t, good);
	push(t);
}

static void swell(struct trial *t, const struct input *in)
{
	uint8_t *bytes = arena_alloc(&t->arena, 1 << 20);
	assert(bytes);
	memset(bytes, in->new[0], 1 << 20);
	t->hostile = bytes_of(bytes, 1 << 20);
	push_beside_a_good_one(t);
}

static void announce(struct trial *t, const struct input *in)
{
	t->hostile = bytes_of(in->new, strlen(in->new));
	push_beside_a_good_one(t);
}

/* ---- Chains and signatures */

static void be_of_another_federation(struct trial *t, const struct input *in)
{
	struct making m;
	(void)in;
	begin(t, &m);
	m.s.federation.b[0] ^= 1;
	t->hostile = finish(t, &m, &t->w->fed.root);
	push_beside_a_good_one(t);
}

static void found_again(struct trial *t, const struct input *in)
{
	struct making m;
	struct officer_id key;
	(void)in;
	begin(t, &m);
	memcpy(key.b, t->w->stranger.public_key, sizeof key.b);
	m.s = (struct statement){ .code = STATEMENT_FOUND, .valid = true, .time = m.s.time,
		.as.found = { .name = bytes_text("test"), .k = 1, .keys = &key, .key_count = 1 } };
	t->hostile = finish(t, &m, &t->w->stranger);
	push_beside_a_good_one(t);
}

static void leave_a_gap(struct trial *t, const struct input *in)
{
	struct making m;
	(void)in;
	begin(t, &m);
	m.s.position++;
	t->hostile = finish(t, &m, &t->w->fed.root);
	push_beside_a_good_one(t);
}

static void follow_another_chain(struct trial *t, const struct input *in)
{
	struct making m;
	(void)in;
	begin_of_counsel(t, &m);
	m.s.position = charter_root_head(charter_of(t))->statement->position + 1;
	m.s.previous = charter_root_head(charter_of(t))->statement->id;
	t->hostile = finish(t, &m, &t->w->counsel->officer);
	push_beside_a_good_one(t);
}

static void name_no_superior(struct trial *t, const struct input *in)
{
	struct making m;
	(void)in;
	begin(t, &m);
	m.s.superior = charter_site(charter_of(t), 1)->statement->id;
	t->hostile = finish(t, &m, &t->w->fed.root);
	push_beside_a_good_one(t);
}

static void sign_as_a_stranger(struct trial *t, const struct input *in)
{
	struct making m;
	(void)in;
	begin(t, &m);
	t->hostile = finish(t, &m, &t->w->stranger);
	push_beside_a_good_one(t);
}

static void appoint_unappointed(struct trial *t, const struct input *in)
{
	struct making m;
	(void)in;
	begin_of_counsel(t, &m);
	memcpy(m.s.issuer.b, t->w->stranger.public_key, sizeof m.s.issuer.b);
	m.s.position = 0;
	m.s.previous = (struct statement_id){ { 0 } };
	t->hostile = finish(t, &m, &t->w->stranger);
	push_beside_a_good_one(t);
}

static void come_before_the_predecessor(struct trial *t, const struct input *in)
{
	struct making first, second;
	(void)in;
	begin(t, &first);
	struct bytes good = finish(t, &first, &t->w->fed.root);
	begin(t, &second);
	second.s.position++;
	second.s.previous = first.s.id;
	second.name[0] = 'm';
	t->hostile = finish(t, &second, &t->w->fed.root);
	trial_good(t, good);
	trial_good(t, t->hostile);
	push(t);
}

/* ---- What is kept and does not count */

static void take_a_name(struct trial *t, const struct input *in)
{
	struct making m;
	(void)in;
	begin(t, &m);
	m.s.code = STATEMENT_SITE;
	m.s.as.site = (struct statement_site){ .number = 99, .name = bytes_text("north"), .role = SITE_RECEPTION,
		.keyno = 1, .readers = { &m.held, 1 } };
	m.s.as.site.encryption_key[0] = 9;
	t->hostile = finish(t, &m, &t->w->fed.root);
	push(t);
}

static void appoint_beyond(struct trial *t, const struct input *in)
{
	struct making m;
	(void)in;
	begin_of_counsel(t, &m);
	m.held.roles = role_bit(ROLE_POLICE);
	t->hostile = finish(t, &m, &t->w->counsel->officer);
	push_beside_a_good_one(t);
}

static void appoint_elsewhere(struct trial *t, const struct input *in)
{
	struct making m;
	(void)in;
	begin_of_counsel(t, &m);
	m.s.as.appoint.site = t->w->north->number;
	t->hostile = finish(t, &m, &t->w->counsel->officer);
	push_beside_a_good_one(t);
}

static void say_the_unheard_of(struct trial *t, const struct input *in)
{
	struct making m;
	(void)in;
	begin(t, &m);
	m.s.code = 99;
	m.s.valid = false;
	m.s.args = bytes_of("\x80", 1);
	t->hostile = finish(t, &m, &t->w->fed.root);
	push(t);
}

/* Two statements of one issuer with one predecessor: from there on only endings count. */
static void fork_the_chain(struct trial *t, const struct input *in)
{
	struct making m;
	(void)in;
	begin_of_counsel(t, &m);
	struct statement_id previous = m.s.previous;
	uint64_t position = m.s.position;
	struct bytes good = finish(t, &m, &t->w->counsel->officer);
	t->hostile = good;
	push(t);
	if (t->got.verdict != VERDICT_ACCEPTED)
		trial_fault(t, "the first branch did not count");
	begin_of_counsel(t, &m);
	m.s.previous = previous;
	m.s.position = position;
	m.name[0] = 'm';
	t->hostile = finish(t, &m, &t->w->counsel->officer);
	push_beside_a_good_one(t);
}

#define STATEMENT(n, f) { .name = n, .door = DOOR_STATEMENT, .make = f }
static const struct input list[] = {
	STATEMENT("statement-altered", alter),
	STATEMENT("statement-cut", cut),
	STATEMENT("statement-goes-on", go_on),
	{ .name = "statement-nested-1m", .door = DOOR_STATEMENT, .make = swell, .new = "\x81" },
	{ .name = "statement-array-of-2e63", .door = DOOR_STATEMENT, .make = announce,
		.new = "\x9b\x7f\xff\xff\xff\xff\xff\xff\xff" },
	STATEMENT("statement-of-another-federation", be_of_another_federation),
	STATEMENT("statement-founding-another", found_again),
	STATEMENT("statement-position-skipped", leave_a_gap),
	STATEMENT("statement-after-another-chain", follow_another_chain),
	STATEMENT("statement-superior-no-root", name_no_superior),
	STATEMENT("statement-by-a-stranger-as-root", sign_as_a_stranger),
	STATEMENT("statement-by-a-stranger", appoint_unappointed),
	STATEMENT("statement-predecessor-missing", come_before_the_predecessor),
	STATEMENT("statement-site-name-taken", take_a_name),
	STATEMENT("statement-role-beyond", appoint_beyond),
	STATEMENT("statement-of-another-site", appoint_elsewhere),
	STATEMENT("statement-code-unknown", say_the_unheard_of),
	STATEMENT("statement-forked", fork_the_chain),
};
const struct inputs inputs_charter = { list, sizeof list / sizeof *list };
