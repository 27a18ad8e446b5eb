/* Editing: which epoch each compartment is written under, who is given its key, and the sealing. */
#include "node/replica_edit_own.h"

#include "base/hash.h"

#include <string.h>

/* ---- Whom to give which key */

static struct share *find_share(struct draft *d, uint32_t compartment, const struct epoch *epoch)
{
	for (uint32_t i = 0; i < d->share_count; i++) {
		struct share *s = &d->shares[i];
		if (s->compartment == compartment && s->own_epoch == !epoch
			&& (!epoch || change_id_equal(&s->epoch, &epoch->id)))
			return s;
	}
	return NULL;
}

/* Adds sites to the share of an epoch (NULL: the one that this change opens). */
static enum err add_share(struct draft *d, uint32_t compartment, const struct epoch *epoch,
	const uint32_t *sites, uint32_t count, uint32_t role)
{
	struct share *s = find_share(d, compartment, epoch);
	if (count == 0)
		return ERR_OK;
	if (!s) {
		if (d->share_count == CHANGE_GRANTS_MAX)
			return ERR_LIMIT;
		s = &d->shares[d->share_count++];
		*s = (struct share){ .compartment = compartment, .own_epoch = !epoch, .role = role };
		if (epoch) {
			s->epoch = epoch->id;
			memcpy(s->commitment, epoch->commitment, sizeof s->commitment);
		}
	}
	uint32_t *merged = arena_array(d->arena, s->site_count + count, sizeof *merged);
	if (!merged)
		return ERR_MEMORY;
	uint32_t n = 0, i = 0, k = 0;
	while (i < s->site_count || k < count) {
		uint32_t a = i < s->site_count ? s->sites[i] : UINT32_MAX, b = k < count ? sites[k] : UINT32_MAX;
		merged[n++] = a < b ? a : b;
		i += a <= b;
		k += b <= a;
	}
	s->sites = merged;
	s->site_count = n;
	return ERR_OK;
}

/* The sites (ascending) that the edit grants this compartment to; *count 0 when there are none. */
static uint32_t *granted_sites(struct draft *d, uint32_t compartment, uint32_t *count)
{
	uint32_t *sites = arena_array(d->arena, d->edit->grant_count, sizeof *sites);
	const struct form_compartment *c = form_find_compartment(d->file->form, compartment);
	*count = 0;
	for (uint32_t i = 0; sites && c && i < d->edit->grant_count; i++) {
		const struct edit_grant *g = &d->edit->grants[i];
		role_set readers = charter_site_roles(d->r->charter, g->site, d->file->form->number);
		bool wanted = compartment == FORM_CORE
			|| (g->compartments ? g->compartments >> compartment & 1
								: (readers & c->read) != 0 && (d->roles & c->share) != 0);
		uint32_t at = *count;
		if (!wanted)
			continue;
		while (at > 0 && sites[at - 1] > g->site)
			at--;
		if (at > 0 && sites[at - 1] == g->site)
			continue;
		memmove(&sites[at + 1], &sites[at], (*count - at) * sizeof *sites);
		sites[at] = g->site;
		++*count;
	}
	return sites;
}

/* A site that is granted a compartment is to read its past too: it gets the key of every epoch that this
 * site holds. */
static enum err share_past(struct draft *d, uint32_t compartment, const uint32_t *sites, uint32_t count)
{
	const struct form_compartment *c = form_find_compartment(d->file->form, compartment);
	uint32_t role = form_least_telling(d->file->form, d->roles & (c ? c->share : 0));
	enum err e = ERR_OK;
	for (uint32_t i = 0; !e && i < epoch_count(d->file->counted->epochs); i++) {
		const struct epoch *epoch = epoch_get(d->file->counted->epochs, i);
		if (epoch->compartment != compartment || !epoch->effective)
			continue;
		for (uint32_t k = 0; k < count && !e; k++)
			if (!epoch_has_key(d->file->counted->epochs, epoch, sites[k]) && casefile_key(d->file, epoch))
				e = add_share(d, compartment, epoch, &sites[k], 1, role);
	}
	return e;
}

static bool holds_key(void *context, const struct epoch *epoch)
{
	return casefile_key(context, epoch) != NULL;
}

static enum err choose(struct draft *d, uint32_t compartment, const struct epoch **epoch, bool written)
{
	const struct epoch_keys keys = { holds_key, d->file };
	struct epoch_choice choice;
	uint32_t count;
	uint32_t *also = granted_sites(d, compartment, &count);
	*epoch = NULL;
	if (!also)
		return ERR_MEMORY;
	enum err e = epoch_choose(&choice, d->arena, d->file->counted->epochs, compartment, d->r->site, d->roles,
		&keys, also, count, &d->result->why);
	if (e == ERR_REFUSED) {
		d->result->verdict = EDIT_REFUSED;
		d->result->op = UINT32_MAX;
		d->result->reason = REASON_NOT_PERMITTED;
		return ERR_OK;
	}
	if (e)
		return e;
	/* Nothing to say about a compartment that has no key yet and is not written now. */
	if (!written && !choice.epoch)
		return ERR_OK;
	for (uint32_t i = 0; i < choice.without_count; i++)
		d->result->without_key |= UINT64_C(1) << compartment;
	*epoch = choice.epoch;
	e = add_share(d, compartment, choice.epoch, choice.sites, choice.site_count, choice.role);
	return e ? e : share_past(d, compartment, also, count);
}

static int compare_shares(const struct share *a, const struct share *b)
{
	if (a->compartment != b->compartment)
		return a->compartment < b->compartment ? -1 : 1;
	if (a->own_epoch != b->own_epoch)
		return a->own_epoch ? -1 : 1;
	return change_id_compare(&a->epoch, &b->epoch);
}

/* The keys themselves: fresh ones for own epochs, with their commitments. */
static enum err find_keys(struct draft *d)
{
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < d->share_count && !e; i++) {
		struct share *s = &d->shares[i];
		struct grant_context x = { &d->change.federation, &d->change.case_id, s->compartment };
		if (!s->own_epoch) {
			const struct epoch *epoch = epoch_find(d->file->counted->epochs, s->compartment, &s->epoch);
			s->key = epoch ? casefile_key(d->file, epoch) : NULL;
			if (!s->key)
				e = err_set(&d->result->why, ERR_NO_KEY, "this site does not hold the key of compartment %u",
					(unsigned)s->compartment);
			continue;
		}
		e = ports_secret(&s->fresh, &d->r->ports);
		s->key = &s->fresh;
		if (!e)
			e = grant_commitment(s->commitment, s->key, &x);
		if (!e)
			e = grant_payload_key(&s->fresh_payload, s->key, &x);
	}
	return e;
}

/* Compartments that the change touches: written, granted, and core in an opening. */
static uint64_t touched(const struct draft *d, bool *core_written)
{
	uint64_t set = 0;
	*core_written = d->edit->opens;
	for (uint32_t i = 0; i < d->part_count; i++)
		set |= UINT64_C(1) << d->parts[i].compartment;
	if (d->edit->opens)
		set |= UINT64_C(1) << FORM_CORE;
	for (uint32_t i = 0; i < d->edit->grant_count; i++) {
		set |= UINT64_C(1) << FORM_CORE;
		if (d->edit->grants[i].compartments) {
			set |= d->edit->grants[i].compartments;
			continue;
		}
		for (uint32_t k = 0; k < epoch_count(d->file->counted->epochs); k++) {
			uint32_t compartment = epoch_get(d->file->counted->epochs, k)->compartment;
			if (epoch_is_member(d->file->counted->epochs, compartment, d->r->site))
				set |= UINT64_C(1) << compartment;
		}
	}
	return set;
}

enum err draft_keys(struct draft *d)
{
	bool core_written;
	uint64_t set = touched(d, &core_written);
	enum err e = ERR_OK;
	for (uint32_t c = 1; c <= FORM_COMPARTMENTS_MAX && !e && d->result->verdict == EDIT_DONE; c++) {
		const struct epoch *epoch;
		uint32_t part = 0;
		if (!(set >> c & 1))
			continue;
		while (part < d->part_count && d->parts[part].compartment != c)
			part++;
		bool written = part < d->part_count || (c == FORM_CORE && core_written);
		e = choose(d, c, &epoch, written);
		if (part < d->part_count)
			d->epochs[part] = epoch;
	}
	/* The order of the manifest's lines. */
	for (uint32_t i = 1; i < d->share_count; i++)
		for (uint32_t k = i; k > 0 && compare_shares(&d->shares[k], &d->shares[k - 1]) < 0; k--) {
			struct share swap = d->shares[k];
			d->shares[k] = d->shares[k - 1];
			d->shares[k - 1] = swap;
		}
	return e || d->result->verdict != EDIT_DONE ? e : find_keys(d);
}

void draft_clear(struct draft *d)
{
	for (uint32_t i = 0; i < d->share_count; i++) {
		secret_free(&d->shares[i].fresh);
		secret_free(&d->shares[i].fresh_payload);
	}
}

/* ---- Sealing */

struct wraps { /* one wrap key per receiving site */
	struct secret keys[CHANGE_BOXES_MAX];
	struct change_box *boxes; /* ascending by site */
	uint32_t count;
};

static enum err make_wrap(struct draft *d, struct wraps *w, uint32_t site)
{
	uint32_t at = 0;
	struct secret seed = { 0 };
	const struct charter_entry *entry = charter_site(d->r->charter, site);
	while (at < w->count && w->boxes[at].site < site)
		at++;
	if (at < w->count && w->boxes[at].site == site)
		return ERR_OK;
	if (w->count == CHANGE_BOXES_MAX || !entry)
		return ERR_LIMIT;
	memmove(&w->boxes[at + 1], &w->boxes[at], (w->count - at) * sizeof w->boxes[0]);
	memmove(&w->keys[at + 1], &w->keys[at], (w->count - at) * sizeof w->keys[0]);
	w->keys[at] = (struct secret){ 0 };
	w->count++;
	w->boxes[at] = (struct change_box){ .site = site, .keyno = entry->statement->as.site.keyno };
	enum err e = ports_secret(&w->keys[at], &d->r->ports);
	if (!e)
		e = ports_secret(&seed, &d->r->ports);
	if (!e)
		e = grant_seal_box(w->boxes[at].box, entry->statement->as.site.encryption_key, &seed, &w->keys[at]);
	secret_free(&seed);
	return e;
}

static const struct secret *wrap_of(const struct wraps *w, uint32_t site)
{
	for (uint32_t i = 0; i < w->count; i++)
		if (w->boxes[i].site == site)
			return &w->keys[i];
	return NULL;
}

/* A blob into the transaction, and its line. */
static enum err put_blob(
	struct draft *d, struct txn *t, char letter, struct change_blob *line, const struct buf *blob)
{
	struct bytes data = { arena_copy(d->arena, blob->data, blob->size), blob->size };
	hash_blake2b_256(line->hash.b, buf_bytes(blob));
	line->size = (uint32_t)blob->size;
	return data.data ? txn_add_new_blob(t, letter, &line->hash, data) : ERR_MEMORY;
}

static enum err seal_share(struct draft *d, struct txn *t, const struct wraps *w, const struct share *s,
	struct change_act *act, struct change_blob *line)
{
	struct act_grant g = { .compartment = s->compartment,
		.own_epoch = s->own_epoch,
		.epoch = s->epoch,
		.sites = s->sites,
		.site_count = s->site_count };
	struct grant_context x = { &d->change.federation, &d->change.case_id, s->compartment };
	struct buf blob, args;
	enum err e = ERR_OK;
	buf_init(&blob, CHANGE_BLOBS_MAX);
	buf_init(&args, CHANGE_ACT_ARGS_MAX);
	memcpy(g.commitment, s->commitment, sizeof g.commitment);
	for (uint32_t i = 0; i < s->site_count && !e; i++) {
		uint8_t *at = buf_grow(&blob, GRANT_SHARE_SIZE);
		e = at ? grant_mask(at, s->key, wrap_of(w, s->sites[i]), &x, s->commitment) : ERR_MEMORY;
	}
	*line =
		(struct change_blob){ .compartment = s->compartment, .own_epoch = s->own_epoch, .epoch = s->epoch };
	if (!e)
		e = put_blob(d, t, 'g', line, &blob);
	if (!e)
		e = act_encode_grant(&args, &g);
	*act = (struct change_act){
		.code = ACT_GRANT, .role = s->role, .args = { arena_copy(d->arena, args.data, args.size), args.size }
	};
	buf_clear(&blob);
	buf_clear(&args);
	return e ? e : act->args.data ? ERR_OK : ERR_MEMORY;
}

/* What a part is sealed under. */
static const struct secret *part_key(struct draft *d, uint32_t part, const uint8_t **commitment)
{
	const struct epoch *epoch = d->epochs[part];
	if (epoch) {
		*commitment = epoch->commitment;
		return casefile_payload_key(d->file, epoch);
	}
	struct share *s = find_share(d, d->parts[part].compartment, NULL);
	*commitment = s ? s->commitment : NULL;
	return s ? &s->fresh_payload : NULL;
}

static enum err seal_part(struct draft *d, struct txn *t, uint32_t part, struct change_blob *line)
{
	const struct part *p = &d->parts[part];
	const uint8_t *commitment;
	const struct secret *key = part_key(d, part, &commitment);
	struct payload_context x = { .federation = &d->change.federation,
		.case_id = &d->change.case_id,
		.compartment = p->compartment,
		.commitment = commitment,
		.officer = &d->change.officer,
		.parents = d->change.parents,
		.parent_count = d->change.parent_count };
	uint8_t nonce[SEAL_NONCE_SIZE];
	struct buf blob;
	if (!key)
		return err_set(&d->result->why, ERR_NO_KEY, "this site does not hold the key of compartment %u",
			(unsigned)p->compartment);
	buf_init(&blob, PAYLOAD_BLOB_MAX);
	ports_random(&d->r->ports, nonce, sizeof nonce);
	*line = (struct change_blob){ .compartment = p->compartment, .own_epoch = !d->epochs[part] };
	if (d->epochs[part])
		line->epoch = d->epochs[part]->id;
	enum err e = payload_seal(&blob, key, &x, nonce, p->role, p->ops, p->op_count);
	if (!e)
		e = put_blob(d, t, 'p', line, &blob);
	buf_clear(&blob);
	return e;
}

/* Acts that come after the grants: withdrawals and strikes. */
static enum err put_acts(struct draft *d, struct change_act *acts)
{
	struct buf args;
	enum err e = ERR_OK;
	buf_init(&args, CHANGE_ACT_ARGS_MAX);
	if (d->edit->withdraw_count > 0) {
		const struct form_compartment *core = form_find_compartment(d->file->form, FORM_CORE);
		struct act_withdraw w = { .sites = d->edit->withdraw, .site_count = d->edit->withdraw_count };
		struct change_act *act = &acts[d->change.act_count++];
		e = act_encode_withdraw(&args, &w);
		*act = (struct change_act){ ACT_WITHDRAW, form_least_telling(d->file->form, d->roles & core->share),
			{ arena_copy(d->arena, args.data, args.size), args.size } };
	}
	buf_reset(&args);
	if (d->edit->strike_count > 0 && !e) {
		struct act_strike s = { .changes = d->edit->strikes, .change_count = d->edit->strike_count };
		struct change_act *act = &acts[d->change.act_count++];
		e = act_encode_strike(&args, &s);
		*act = (struct change_act){ ACT_STRIKE, draft_strike_role(d),
			{ arena_copy(d->arena, args.data, args.size), args.size } };
	}
	buf_clear(&args);
	return e;
}

enum err draft_seal(struct draft *d, struct txn *t)
{
	struct wraps *w = arena_alloc(d->arena, sizeof *w);
	struct change_act *acts = arena_array(d->arena, d->share_count + 2, sizeof *acts);
	struct change_blob *grants = arena_array(d->arena, d->share_count, sizeof *grants);
	struct change_blob *payloads = arena_array(d->arena, d->part_count, sizeof *payloads);
	if (!w || !acts || !grants || !payloads)
		return ERR_MEMORY;
	w->boxes = d->share_count ? arena_array(d->arena, CHANGE_BOXES_MAX, sizeof *w->boxes) : NULL;
	enum err e = d->share_count && !w->boxes ? ERR_MEMORY : ERR_OK;
	for (uint32_t i = 0; i < d->share_count && !e; i++)
		for (uint32_t k = 0; k < d->shares[i].site_count && !e; k++)
			e = make_wrap(d, w, d->shares[i].sites[k]);
	for (uint32_t i = 0; i < d->share_count && !e; i++)
		e = seal_share(d, t, w, &d->shares[i], &acts[i], &grants[i]);
	d->change.act_count = d->share_count;
	if (!e)
		e = put_acts(d, acts);
	for (uint32_t i = 0; i < d->part_count && !e; i++)
		e = seal_part(d, t, i, &payloads[i]);
	for (uint32_t i = 0; i < w->count; i++)
		secret_free(&w->keys[i]);
	d->change.boxes = w->boxes;
	d->change.box_count = w->count;
	d->change.acts = acts;
	d->change.grants = grants;
	d->change.grant_count = d->share_count;
	d->change.payloads = payloads;
	d->change.payload_count = d->part_count;
	return e;
}
