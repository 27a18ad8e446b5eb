/* The arguments of the statements that this version judges: found, site, node, form, appoint, retire. */
#include "schema/statement_args.h"

#include "base/text.h"

enum { ROLE_NUMBER_MAX = 63 };

static void put_fixed(struct buf *out, const void *data, size_t size)
{
	cbor_put_bytes(out, bytes_of(data, size));
}

/* {form: [role...]} */
static void put_roles(struct buf *out, const struct form_roles_list *roles)
{
	cbor_put_map(out, roles->count);
	for (uint32_t i = 0; i < roles->count; i++) {
		uint64_t set = roles->list[i].roles;
		cbor_put_uint(out, roles->list[i].form);
		cbor_put_array(out, (uint64_t)__builtin_popcountll(set));
		for (uint32_t role = 0; role <= ROLE_NUMBER_MAX; role++)
			if (set >> role & 1)
				cbor_put_uint(out, role);
	}
}

static void put_found(struct buf *out, const struct statement_found *f)
{
	cbor_put_array(out, 4);
	cbor_put_text(out, f->name);
	cbor_put_uint(out, f->k);
	cbor_put_array(out, f->key_count);
	for (uint32_t i = 0; i < f->key_count; i++)
		put_fixed(out, f->keys[i].b, sizeof f->keys[i].b);
	put_fixed(out, f->nonce, sizeof f->nonce);
}

static void put_site(struct buf *out, const struct statement_site *s)
{
	cbor_put_array(out, 7);
	cbor_put_uint(out, s->number);
	cbor_put_text(out, s->name);
	cbor_put_uint(out, s->role);
	cbor_put_uint(out, s->flags);
	cbor_put_uint(out, s->keyno);
	put_fixed(out, s->encryption_key, sizeof s->encryption_key);
	put_roles(out, &s->readers);
}

static void put_node(struct buf *out, const struct statement_node *n)
{
	cbor_put_array(out, 4);
	cbor_put_uint(out, n->site);
	cbor_put_text(out, n->name);
	put_fixed(out, n->node.b, sizeof n->node.b);
	put_fixed(out, n->transport_key, sizeof n->transport_key);
}

static void put_form(struct buf *out, const struct statement_form *f)
{
	cbor_put_array(out, 4);
	cbor_put_uint(out, f->number);
	cbor_put_uint(out, f->version);
	cbor_put_text(out, f->name);
	put_fixed(out, f->hash.b, sizeof f->hash.b);
}

static void put_appoint(struct buf *out, const struct statement_appoint *p)
{
	cbor_put_array(out, 5);
	cbor_put_uint(out, p->site);
	put_fixed(out, p->officer.b, sizeof p->officer.b);
	cbor_put_text(out, p->name);
	put_roles(out, &p->roles);
	put_roles(out, &p->may_appoint);
}

static void put_retire(struct buf *out, const struct statement_retire *r)
{
	cbor_put_array(out, 2);
	put_fixed(out, r->ended.b, sizeof r->ended.b);
	cbor_put_uint(out, r->position);
}

void statement_put_args(struct buf *out, const struct statement *s)
{
	switch (s->code) {
	case STATEMENT_FOUND: put_found(out, &s->as.found); break;
	case STATEMENT_SITE: put_site(out, &s->as.site); break;
	case STATEMENT_NODE: put_node(out, &s->as.node); break;
	case STATEMENT_FORM: put_form(out, &s->as.form); break;
	case STATEMENT_APPOINT: put_appoint(out, &s->as.appoint); break;
	case STATEMENT_RETIRE: put_retire(out, &s->as.retire); break;
	default: cbor_put_raw(out, s->args); break;
	}
}

/* ---- Reading.  Whatever is out of range is a sticky error of the cursor. */

static void take_tuple(struct cbor *r, size_t fields)
{
	if (cbor_array(r, fields) != fields)
		cbor_fail(r);
}

static uint32_t take_number(struct cbor *r)
{
	uint32_t n = (uint32_t)cbor_uint(r, STATEMENT_NUMBER_MAX);
	if (n == 0)
		cbor_fail(r);
	return n;
}

static struct bytes take_name(struct cbor *r)
{
	struct bytes name = cbor_text(r);
	if (!statement_name_is_valid(name))
		cbor_fail(r);
	return name;
}

/* [role...], ascending, unique, not empty. */
static uint64_t take_role_set(struct cbor *r)
{
	uint64_t set = 0;
	size_t count = cbor_array(r, ROLE_NUMBER_MAX);
	uint32_t last = 0;
	for (size_t i = 0; i < count && !r->err; i++) {
		uint32_t role = (uint32_t)cbor_uint(r, ROLE_NUMBER_MAX);
		if (role <= last)
			cbor_fail(r);
		last = role;
		set |= (uint64_t)1 << role;
	}
	if (count == 0)
		cbor_fail(r);
	return set;
}

/* The keys of the map are ascending and unique, since it is canonical. */
static enum err take_roles(struct form_roles_list *out, struct arena *a, struct cbor *r)
{
	size_t count = cbor_map(r, STATEMENT_FORMS_MAX);
	struct form_roles *list = arena_array(a, count, sizeof *list);
	if (!list)
		return ERR_MEMORY;
	for (size_t i = 0; i < count && !r->err; i++) {
		list[i].form = take_number(r);
		list[i].roles = take_role_set(r);
	}
	*out = (struct form_roles_list){ list, (uint32_t)count };
	return ERR_OK;
}

static enum err take_found(struct statement_found *f, struct arena *a, struct cbor *r)
{
	take_tuple(r, 4);
	f->name = cbor_text(r);
	if (f->name.size == 0 || f->name.size > STATEMENT_FEDERATION_NAME_MAX || !text_is_clean(f->name, false))
		cbor_fail(r);
	f->k = take_number(r);
	f->key_count = (uint32_t)cbor_array(r, STATEMENT_ROOT_KEYS_MAX);
	struct officer_id *keys = arena_array(a, f->key_count, sizeof *keys);
	if (!keys)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < f->key_count && !r->err; i++) {
		cbor_fixed(r, keys[i].b, sizeof keys[i].b);
		if (i && officer_id_compare(&keys[i - 1], &keys[i]) >= 0)
			cbor_fail(r);
	}
	f->keys = keys;
	cbor_fixed(r, f->nonce, sizeof f->nonce);
	if (f->k > f->key_count || 2 * (uint64_t)f->k <= f->key_count)
		cbor_fail(r);
	return ERR_OK;
}

static enum err take_site(struct statement_site *s, struct arena *a, struct cbor *r)
{
	take_tuple(r, 7);
	s->number = take_number(r);
	s->name = take_name(r);
	s->role = take_number(r);
	s->flags = (uint32_t)cbor_uint(r, STATEMENT_NUMBER_MAX);
	s->keyno = take_number(r);
	cbor_fixed(r, s->encryption_key, sizeof s->encryption_key);
	return take_roles(&s->readers, a, r);
}

static void take_node(struct statement_node *n, struct cbor *r)
{
	take_tuple(r, 4);
	n->site = take_number(r);
	n->name = take_name(r);
	cbor_fixed(r, n->node.b, sizeof n->node.b);
	cbor_fixed(r, n->transport_key, sizeof n->transport_key);
}

static void take_form(struct statement_form *f, struct cbor *r)
{
	take_tuple(r, 4);
	f->number = take_number(r);
	f->version = take_number(r);
	f->name = take_name(r);
	cbor_fixed(r, f->hash.b, sizeof f->hash.b);
}

static enum err take_appoint(struct statement_appoint *p, struct arena *a, struct cbor *r)
{
	take_tuple(r, 5);
	p->site = take_number(r);
	cbor_fixed(r, p->officer.b, sizeof p->officer.b);
	p->name = take_name(r);
	enum err e = take_roles(&p->roles, a, r);
	return e ? e : take_roles(&p->may_appoint, a, r);
}

static void take_retire(struct statement_retire *t, struct cbor *r)
{
	take_tuple(r, 2);
	cbor_fixed(r, t->ended.b, sizeof t->ended.b);
	t->position = cbor_uint(r, STATEMENT_NUMBER_MAX);
}

enum err statement_take_args(struct statement *s, struct arena *a)
{
	struct cbor r;
	enum err e = ERR_OK;
	s->valid = false;
	cbor_begin(&r, s->args);
	switch (s->code) {
	case STATEMENT_FOUND: e = take_found(&s->as.found, a, &r); break;
	case STATEMENT_SITE: e = take_site(&s->as.site, a, &r); break;
	case STATEMENT_NODE: take_node(&s->as.node, &r); break;
	case STATEMENT_FORM: take_form(&s->as.form, &r); break;
	case STATEMENT_APPOINT: e = take_appoint(&s->as.appoint, a, &r); break;
	case STATEMENT_RETIRE: take_retire(&s->as.retire, &r); break;
	default: return ERR_OK; /* of another version: kept, and without effect here */
	}
	if (!e && !cbor_end(&r))
		s->valid = true;
	return e;
}
