/* A federation in one process: founding it, its sites and officers. */
#include "tests/support/federation.h"

#include "base/text.h"
#include "node/bootstrap.h"
#include "node/forms.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BLOB_MAX = 64 * 1024, START = 1770000000 };

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void fed_draw(void *context, void *out, size_t size)
{
	struct fed_random *random = context;
	uint8_t *at = out;
	while (size > 0) {
		uint64_t word = next_random(&random->state);
		size_t n = size < sizeof word ? size : sizeof word;
		memcpy(at, &word, n);
		at += n;
		size -= n;
	}
}

static uint64_t fed_now(void *context)
{
	return ((struct fed_random *)context)->now;
}

static struct ports ports_of(struct fed_random *random)
{
	return (struct ports){ random, fed_now, fed_draw };
}

static void must(enum err e, const struct err_text *why)
{
	if (e) {
		(void)why;
		assert(!"a federation for tests could not be made");
	}
}

/* Signs a statement of the root chain and appends it. */
static void state(struct federation *f, struct statement *s)
{
	struct err_text why = { "" };
	struct buf body;
	struct statement_signatures signatures = { .count = 0 };
	assert(f->blob_count < FEDERATION_BLOBS_MAX);
	buf_init(&body, BLOB_MAX);
	s->time = START;
	if (s->code != STATEMENT_FOUND) {
		s->federation = f->id;
		s->position = ++f->position;
		s->previous = f->last;
		memcpy(s->superior.b, f->id.b, sizeof s->superior.b);
	}
	must(statement_encode_body(&body, s, &why), &why);
	must(statement_sign(&signatures, buf_bytes(&body), &f->root), &why);
	struct buf *blob = &f->blobs[f->blob_count++];
	buf_init(blob, BLOB_MAX);
	must(statement_encode_blob(blob, buf_bytes(&body), &signatures), &why);
	statement_get_id(&f->last, buf_bytes(&body));
	if (s->code == STATEMENT_FOUND)
		statement_get_federation(&f->id, buf_bytes(&body));
	buf_clear(&body);
}

void federation_init(struct federation *f, uint64_t seed)
{
	struct fed_random random = { seed, START };
	struct ports ports = ports_of(&random);
	struct officer_id root;
	struct hash256 hash;
	struct form *form;
	*f = (struct federation){ .seed = seed };
	must(crypto_init(), NULL);
	must(officer_key_new(&f->root, &ports), NULL);
	memcpy(root.b, f->root.public_key, sizeof root.b);
	struct statement found = { .code = STATEMENT_FOUND,
		.valid = true,
		.as.found = { .name = bytes_text("test"), .k = 1, .keys = &root, .key_count = 1 } };
	fed_draw(&random, found.as.found.nonce, sizeof found.as.found.nonce);
	state(f, &found);
	assert(form_file_find(&f->form, "asylum"));
	must(form_load(&form, f->form, NULL), NULL);
	hash = form->hash;
	form_free(form);
	struct statement named = { .code = STATEMENT_FORM,
		.valid = true,
		.as.form = { .number = 1, .version = 1, .name = bytes_text("asylum"), .hash = hash } };
	state(f, &named);
}

static role_set find_roles(struct federation *f, const char *names)
{
	struct form *form;
	role_set roles = 0;
	must(form_load(&form, f->form, NULL), NULL);
	for (size_t i = 0; i < form->role_count; i++) {
		size_t size = strlen(form->roles[i].name);
		for (const char *at = names; at; at = strchr(at, ',')) {
			at += *at == ',';
			if (strncmp(at, form->roles[i].name, size) == 0 && (at[size] == ',' || at[size] == '\0'))
				roles |= role_bit(form->roles[i].number);
		}
	}
	form_free(form);
	assert(roles);
	return roles;
}

struct fed_site *federation_add(
	struct federation *f, const char *name, uint32_t site_role, uint32_t flags, const char *roles)
{
	assert(f->site_count < FEDERATION_SITES_MAX);
	struct fed_site *s = &f->sites[f->site_count++];
	s->name = name;
	s->number = (uint32_t)f->site_count;
	s->random = (struct fed_random){ f->seed * 1000 + s->number, START };
	struct ports ports = ports_of(&s->random);
	struct form_roles held = { 1, find_roles(f, roles) };
	must(officer_key_new(&s->officer, &ports), NULL);
	must(node_keys_new(&s->node_keys, &ports), NULL);
	must(site_keys_new(&s->site_keys, &ports), NULL);
	struct statement site = { .code = STATEMENT_SITE,
		.valid = true,
		.as.site = { .number = s->number,
			.name = bytes_text(name),
			.role = site_role,
			.flags = flags,
			.keyno = 1,
			.readers = { &held, 1 } } };
	memcpy(site.as.site.encryption_key, s->site_keys.list[0].key.public_key, BOX_KEY_SIZE);
	state(f, &site);
	struct statement node = {
		.code = STATEMENT_NODE, .valid = true, .as.node = { .site = s->number, .name = bytes_text(name) }
	};
	memcpy(node.as.node.node.b, s->node_keys.sign.public_key, SIGN_KEY_SIZE);
	memcpy(node.as.node.transport_key, s->node_keys.transport.public_key, BOX_KEY_SIZE);
	state(f, &node);
	struct statement appoint = { .code = STATEMENT_APPOINT,
		.valid = true,
		.as.appoint = { .site = s->number,
			.name = bytes_text("first"),
			.roles = { &held, 1 },
			.may_appoint = { &held, 1 } } };
	memcpy(appoint.as.appoint.officer.b, s->officer.public_key, SIGN_KEY_SIZE);
	state(f, &appoint);
	return s;
}

static void copy_keys(struct node_keys *nodes, struct site_keys *sites, const struct fed_site *s)
{
	*nodes = (struct node_keys){ 0 };
	*sites = (struct site_keys){ .count = 1 };
	sites->list[0].number = 1;
	must(sign_key_from_seed(&nodes->sign, &s->node_keys.sign.seed), NULL);
	must(box_key_from_secret(&nodes->transport, &s->node_keys.transport.secret), NULL);
	must(box_key_from_secret(&sites->list[0].key, &s->site_keys.list[0].key.secret), NULL);
}

void federation_open_site(
	struct federation *f, struct fed_site *s, const char *home, bool reborn, struct store *store)
{
	struct err_text why = { "" };
	struct node_keys nodes;
	struct site_keys sites;
	struct store_heads heads;
	struct bytes blobs[FEDERATION_BLOBS_MAX];
	copy_keys(&nodes, &sites, s);
	if (!store && home)
		must(store_git_open(&store, home, &why), &why);
	else if (!store)
		must(store_mem_new(&store), &why);
	for (size_t i = 0; i < f->blob_count; i++)
		blobs[i] = buf_bytes(&f->blobs[i]);
	must(store_heads(&heads, store, &why), &why);
	if (!heads.has_store)
		must(bootstrap_store(store, blobs, f->blob_count, &f->form, 1, START, &why), &why);
	struct replica_config config = { .home = home,
		.store = store,
		.ports = f->ports ? *f->ports : ports_of(&s->random),
		.keys = &nodes,
		.site_keys = &sites,
		.reborn = reborn,
		.who = s->name };
	if (s->locked)
		site_keys_clear(&sites);
	must(replica_open(&s->replica, &config, &why), &why);
	assert(replica_site(s->replica) == s->number);
}

void federation_open(struct federation *f, const char *const *homes)
{
	for (size_t i = 0; i < f->site_count; i++)
		federation_open_site(f, &f->sites[i], homes ? homes[i] : NULL, true, NULL);
}

void federation_clear(struct federation *f)
{
	for (size_t i = 0; i < f->site_count; i++) {
		replica_close(f->sites[i].replica);
		sign_key_clear(&f->sites[i].officer);
		node_keys_clear(&f->sites[i].node_keys);
		site_keys_clear(&f->sites[i].site_keys);
	}
	for (size_t i = 0; i < f->blob_count; i++)
		buf_clear(&f->blobs[i]);
	sign_key_clear(&f->root);
}
