/* Founding a federation. */
#include "node/membership_own.h"

#include "base/text.h"
#include "node/forms.h"

/* The statement that makes the federation: one root key, which is enough. */
static enum err state_found(
	struct first *f, const struct membership_founding *p, const struct sign_key *root, struct err_text *why)
{
	struct officer_id key;
	struct statement_id id;
	struct statement s = { .time = ports_now(&p->ports), .code = STATEMENT_FOUND };
	memcpy(key.b, root->public_key, sizeof key.b);
	s.as.found.name = bytes_text(p->federation);
	s.as.found.k = 1;
	s.as.found.keys = &key;
	s.as.found.key_count = 1;
	ports_random(&p->ports, s.as.found.nonce, sizeof s.as.found.nonce);
	return first_state(&id, f, &s, root, why);
}

static enum err state_form(struct first *f, const struct form *form, uint64_t time,
	const struct sign_key *root, struct err_text *why)
{
	struct statement_id id;
	struct statement s = { .time = time, .code = STATEMENT_FORM };
	s.as.form.number = form->number;
	s.as.form.version = form->version;
	s.as.form.name = bytes_text(form->name);
	s.as.form.hash = form->hash;
	return first_state(&id, f, &s, root, why);
}

static enum err state_site(struct first *f, const struct membership_founding *p, const struct home_keys *k,
	const struct form *form, struct err_text *why)
{
	struct statement_id id;
	struct form_roles room;
	struct statement s = { .time = ports_now(&p->ports), .code = STATEMENT_SITE };
	s.as.site.number = 1;
	s.as.site.name = bytes_text(p->site);
	s.as.site.role = SITE_CENTRAL;
	s.as.site.flags = membership_flags(SITE_CENTRAL);
	s.as.site.keyno = k->site.list[0].number;
	memcpy(s.as.site.encryption_key, k->site.list[0].key.public_key, sizeof s.as.site.encryption_key);
	s.as.site.readers = membership_roles(&room, form->number, form->site_roles[SITE_CENTRAL]);
	return first_state(&id, f, &s, &k->root, why);
}

static enum err state_node(struct first *f, const struct membership_founding *p, const struct home_keys *k,
	const char *name, struct err_text *why)
{
	struct statement_id id;
	struct statement s = { .time = ports_now(&p->ports), .code = STATEMENT_NODE };
	s.as.node.site = 1;
	s.as.node.name = bytes_text(name);
	memcpy(s.as.node.node.b, k->node.sign.public_key, sizeof s.as.node.node.b);
	memcpy(s.as.node.transport_key, k->node.transport.public_key, sizeof s.as.node.transport_key);
	return first_state(&id, f, &s, &k->root, why);
}

static enum err state_all(struct first *f, const struct membership_founding *p, const struct home_keys *k,
	const char *node, struct bytes file, struct err_text *why)
{
	struct form *form;
	enum err e = form_load(&form, file, why);
	if (e)
		return e;
	e = state_found(f, p, &k->root, why);
	if (!e)
		e = state_form(f, form, ports_now(&p->ports), &k->root, why);
	if (!e)
		e = first_add_form(f, file);
	if (!e)
		e = state_site(f, p, k, form, why);
	if (!e)
		e = state_node(f, p, k, node, why);
	form_free(form);
	return e;
}

enum err membership_found(
	struct federation_id *out, const struct membership_founding *p, struct err_text *why)
{
	struct home_draft draft = { .path = "" };
	struct home_keys keys = { 0 };
	struct first first = { 0 };
	struct bytes file;
	char node[MEMBERSHIP_NAME_SIZE];
	const char *form = p->form ? p->form : "asylum";
	struct bytes name = bytes_text(p->federation);
	*out = (struct federation_id){ 0 };
	if (name.size == 0 || name.size > STATEMENT_FEDERATION_NAME_MAX || !text_is_clean(name, false))
		return err_set(why, ERR_USAGE, "a federation's name is one line of 1 to %d bytes",
			STATEMENT_FEDERATION_NAME_MAX);
	enum err e = membership_node_name(node, p->node, p->site, why);
	if (!e && !form_file_find(&file, form))
		e = err_set(why, ERR_NOT_FOUND, "this program carries no form \"%.80s\"", form);
	if (!e)
		e = home_draft_begin(&draft, p->home, why);
	if (!e)
		e = home_keys_make(&keys, &draft, NULL, true, &p->locks, &p->ports, why);
	if (!e)
		e = first_init(&first, NULL);
	if (!e)
		e = state_all(&first, p, &keys, node, file, why);
	if (!e)
		e = first_write(&first, draft.path, &p->ports, why);
	if (!e)
		e = home_draft_finish(&draft, why);
	if (!e)
		*out = *charter_federation(first.charter);
	first_clear(&first);
	home_keys_clear(&keys);
	home_draft_clear(&draft);
	return e;
}
