/* Whether a statement may be kept: its chain fits, and keys that its superior lists signed it. */
#include "schema/charter_state.h"

#include <assert.h>

#include "base/cbor.h"

static const char *const refusal_names[] = { "none", "bad_format", "bad_signature", "other_federation",
	"bad_chain", "bad_superior", "no_quorum", "full" };

const char *charter_refusal_name(enum charter_refusal r)
{
	return (unsigned)r < sizeof refusal_names / sizeof *refusal_names ? refusal_names[r] : "unknown";
}

enum err charter_read_keys(struct charter_keys *out, struct arena *a, const struct statement *s)
{
	*out = (struct charter_keys){ 0 };
	if (s->code == STATEMENT_FOUND && s->valid) {
		*out = (struct charter_keys){ s->as.found.keys, s->as.found.key_count, s->as.found.k };
		return ERR_OK;
	}
	if (s->code != STATEMENT_ROOT || s->has_issuer)
		return ERR_OK;
	struct cbor r;
	cbor_begin(&r, s->args);
	if (cbor_array(&r, 2) != 2)
		return ERR_OK;
	uint64_t k = cbor_uint(&r, STATEMENT_ROOT_KEYS_MAX);
	size_t n = cbor_array(&r, STATEMENT_ROOT_KEYS_MAX);
	struct officer_id *keys = arena_array(a, n, sizeof *keys);
	if (!keys)
		return ERR_MEMORY;
	bool ascending = true;
	for (size_t i = 0; i < n; i++) {
		cbor_fixed(&r, keys[i].b, sizeof keys[i].b);
		ascending = ascending && (i == 0 || officer_id_compare(&keys[i - 1], &keys[i]) < 0);
	}
	if (!cbor_end(&r) && ascending && k <= n && 2 * k > n)
		*out = (struct charter_keys){ keys, (uint32_t)n, (uint32_t)k };
	return ERR_OK;
}

static void refuse(struct charter_admission *out, enum charter_refusal refusal, struct err_text *why,
	const char *words)
{
	out->verdict = CHARTER_REFUSED;
	out->refusal = refusal;
	(void)err_set(why, ERR_REFUSED, "statement: %s", words);
}

static void wait_for(struct charter_admission *out, const uint8_t id[32])
{
	out->verdict = CHARTER_WAITS;
	memcpy(out->missing.b, id, sizeof out->missing.b);
}

/* The first statement makes the federation, and its own keys sign it. */
static void judge_first(struct charter_admission *out, const struct charter *c,
	const struct charter_item *item, struct err_text *why)
{
	const struct statement *s = item->entry.statement;
	struct federation_id made;
	statement_get_federation(&made, s->body);
	if (c->has_federation && !federation_id_equal(&made, &c->federation))
		refuse(out, CHARTER_OTHER_FEDERATION, why, "founds another federation");
	else if (!statement_has_quorum(s, item->keys.list, item->keys.count, item->keys.k))
		refuse(out, CHARTER_NO_QUORUM, why, "fewer of the root keys signed than it asks for");
	else
		out->verdict = CHARTER_KEPT;
}

/* The superior names root keys of which enough signed, or appoints the issuer, whose own signature the
 * reader has seen to.  Whether it is in force is another question. */
static bool judge_superior(struct charter_admission *out, const struct statement *s,
	const struct charter_item *superior, struct err_text *why)
{
	const struct statement *t = superior->entry.statement;
	if (s->has_issuer) {
		if (t->code == STATEMENT_APPOINT && t->valid && officer_id_equal(&t->as.appoint.officer, &s->issuer))
			return true;
		refuse(out, CHARTER_BAD_SUPERIOR, why, "its superior is no appointment of its issuer");
		return false;
	}
	if (!superior->keys.count) {
		refuse(out, CHARTER_BAD_SUPERIOR, why, "its superior names no root keys");
		return false;
	}
	if (statement_has_quorum(s, superior->keys.list, superior->keys.count, superior->keys.k))
		return true;
	refuse(out, CHARTER_NO_QUORUM, why, "fewer of the root keys signed than are needed");
	return false;
}

static bool judge_chain(struct charter_admission *out, const struct statement *s,
	const struct charter_item *previous, struct err_text *why)
{
	const struct statement *p = previous->entry.statement;
	bool same = s->has_issuer == p->has_issuer &&
		(!s->has_issuer || officer_id_equal(&s->issuer, &p->issuer));
	if (same && p->position + 1 == s->position)
		return true;
	refuse(out, CHARTER_BAD_CHAIN, why, "does not follow the predecessor that it names");
	return false;
}

void charter_judge_kept(struct charter_admission *out, struct charter *c, struct charter_item *item,
	struct err_text *why)
{
	const struct statement *s = item->entry.statement;
	out->id = s->id;
	item->previous = item->superior = CHARTER_NONE;
	if (c->count == CHARTER_STATEMENTS_MAX || item->entry.blob.size > CHARTER_BLOBS_MAX - c->blob_bytes) {
		refuse(out, CHARTER_FULL, why, "the charter holds as much as it ever may");
		return;
	}
	if (s->code == STATEMENT_FOUND) {
		judge_first(out, c, item, why);
		return;
	}
	if (c->has_federation && !federation_id_equal(&s->federation, &c->federation)) {
		refuse(out, CHARTER_OTHER_FEDERATION, why, "is of another federation");
		return;
	}
	if (c->count == 0) {
		wait_for(out, s->federation.b);
		return;
	}
	bool begins = s->position == 0;
	assert(s->has_issuer || !begins); /* the reader lets only a first statement begin the root chain */
	item->superior = key_map_get(&c->by_id, s->superior.b, CHARTER_NONE);
	if (item->superior != CHARTER_NONE && !judge_superior(out, s, c->items[item->superior], why))
		return;
	item->previous = begins ? CHARTER_NONE : key_map_get(&c->by_id, s->previous.b, CHARTER_NONE);
	if (item->previous != CHARTER_NONE && !judge_chain(out, s, c->items[item->previous], why))
		return;
	if (item->superior == CHARTER_NONE)
		wait_for(out, s->superior.b);
	else if (item->previous == CHARTER_NONE && !begins)
		wait_for(out, s->previous.b);
	else
		out->verdict = CHARTER_KEPT;
}
