/* Changes: ids, verification, and the structural rules of the format. */
#include "schema/change.h"

#include "base/hash.h"
#include "schema/commit_text.h"

void change_get_id(struct change_id *id, struct bytes commit)
{
	hash_blake2b_256(id->b, commit);
}

enum err change_verify(const struct change *c, struct bytes commit)
{
	return commit_verify(commit, c->signature, c->officer.b);
}

void change_case_id(struct case_id *id, const struct federation_id *f, const struct officer_id *officer,
	const uint8_t nonce[CHANGE_NONCE_SIZE])
{
	/* CBOR ["dossier case 1", federation, officer, nonce] has a fixed size, so nothing can fail here. */
	static const char label[] = "\x84\x6e" "dossier case 1";
	uint8_t item[sizeof label - 1 + 2 + sizeof f->b + 2 + sizeof officer->b + 1 + CHANGE_NONCE_SIZE];
	uint8_t *at = item;
	memcpy(at, label, sizeof label - 1);
	at += sizeof label - 1;
	memcpy(at, "\x58\x20", 2);
	memcpy(at + 2, f->b, sizeof f->b);
	at += 2 + sizeof f->b;
	memcpy(at, "\x58\x20", 2);
	memcpy(at + 2, officer->b, sizeof officer->b);
	at += 2 + sizeof officer->b;
	*at++ = 0x40 | CHANGE_NONCE_SIZE;
	memcpy(at, nonce, CHANGE_NONCE_SIZE);
	hash_blake2b_128(id->b, bytes_of(item, sizeof item));
}

static bool is_number(uint32_t n)
{
	return n >= 1 && n <= CHANGE_NUMBER_MAX;
}

/* Less than 0 when `a` comes before `b`: by compartment, then the own epoch, then the others by id. */
static int compare_blobs(const struct change_blob *a, const struct change_blob *b)
{
	if (a->compartment != b->compartment)
		return a->compartment < b->compartment ? -1 : 1;
	if (a->own_epoch || b->own_epoch)
		return b->own_epoch - a->own_epoch;
	return change_id_compare(&a->epoch, &b->epoch);
}

static enum err check_top(const struct change *c, struct err_text *why)
{
	if (c->time > CHANGE_TIME_MAX)
		return err_set(why, ERR_FORMAT, "change: the claimed time is beyond 2^34 - 1");
	if (!is_number(c->form) || !is_number(c->form_version))
		return err_set(why, ERR_FORMAT, "change: form and version are numbers from 1 to 2^31 - 1");
	if (c->parent_count > CHANGE_PARENTS_MAX || c->box_count > CHANGE_BOXES_MAX ||
		c->act_count > CHANGE_ACTS_MAX || c->grant_count > CHANGE_GRANTS_MAX ||
		c->payload_count > CHANGE_PAYLOADS_MAX)
		return err_set(why, ERR_LIMIT, "change: more parents, boxes, acts, grants or payloads than allowed");
	for (uint32_t i = 1; i < c->parent_count; i++)
		if (change_id_compare(&c->parents[i - 1], &c->parents[i]) >= 0)
			return err_set(why, ERR_FORMAT, "change: parent %u is not above the one before", i + 1);
	return ERR_OK;
}

static enum err check_boxes(const struct change *c, struct err_text *why)
{
	for (uint32_t i = 0; i < c->box_count; i++) {
		const struct change_box *box = &c->boxes[i];
		if (!is_number(box->site) || !is_number(box->keyno))
			return err_set(why, ERR_FORMAT, "change: box %u: site or key number out of range", i + 1);
		if (i && c->boxes[i - 1].site >= box->site)
			return err_set(why, ERR_FORMAT, "change: box %u: the site is not above the one before", i + 1);
	}
	return ERR_OK;
}

static enum err check_acts(const struct change *c, struct err_text *why)
{
	for (uint32_t i = 0; i < c->act_count; i++) {
		const struct change_act *act = &c->acts[i];
		if (!is_number(act->code) || act->role > 63)
			return err_set(why, ERR_FORMAT, "change: act %u: code or role out of range", i + 1);
		if (act->args.size == 0)
			return err_set(why, ERR_FORMAT, "change: act %u: without arguments", i + 1);
		if (act->args.size > CHANGE_ACT_ARGS_MAX)
			return err_set(why, ERR_LIMIT, "change: act %u: arguments longer than %d bytes", i + 1,
				CHANGE_ACT_ARGS_MAX);
	}
	return ERR_OK;
}

/* Checks one list and adds the sizes to *total. */
static enum err check_blobs(const struct change_blob *blobs, uint32_t count, bool one_each, const char *kind,
	uint64_t *total, struct err_text *why)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct change_blob *b = &blobs[i];
		if (!is_number(b->compartment))
			return err_set(why, ERR_FORMAT, "change: %s %u: compartment out of range", kind, i + 1);
		if (b->size == 0 || b->size > CHANGE_BLOBS_MAX)
			return err_set(why, ERR_FORMAT, "change: %s %u: length out of range", kind, i + 1);
		if (i && (compare_blobs(&b[-1], b) >= 0 || (one_each && b[-1].compartment == b->compartment)))
			return err_set(why, ERR_FORMAT, "change: %s %u: not above the one before", kind, i + 1);
		*total += b->size;
	}
	return ERR_OK;
}

enum err change_check(const struct change *c, struct err_text *why)
{
	uint64_t total = 0;
	enum err e = check_top(c, why);
	if (!e)
		e = check_boxes(c, why);
	if (!e)
		e = check_acts(c, why);
	if (!e)
		e = check_blobs(c->grants, c->grant_count, false, "grants", &total, why);
	if (!e)
		e = check_blobs(c->payloads, c->payload_count, true, "payload", &total, why);
	if (!e && total > CHANGE_BLOBS_MAX)
		e = err_set(why, ERR_LIMIT, "change: its blobs are together longer than %d bytes", CHANGE_BLOBS_MAX);
	return e;
}
